"""Joint draws of a released estimate, for those who work in Python."""

from evidens.released import estimate
from meta.choices.draws import JointDraws
from meta.faults import fault
from registry.draws_export import DrawsAsked, draws_of
from studies.reanalysis import reanalyse
from studies.release import frozen_records


def draws(
    name: str, *, seed: int, n: int = 10_000, outcome: str | None = None, registry: str | None = ""
) -> JointDraws:
    """Return joint draws of a released estimate: effect, heterogeneity, next site and risks.

    They are those of ``evidens export --to draws``, from the records that the release holds.

    Parameters
    ----------
    name : str
        As ``ips-vive@2026.1``, or the path of a release file.
    seed : int
        The same one gives the same draws again.
    n : int
        1 to 1,000,000.
    outcome : str, optional
        May be left out where the estimate has draws of one.
    registry : str or None
        As for `evidens.estimate`.

    Returns
    -------
    JointDraws

    Raises
    ------
    InputError
        There is no such release, it was changed after it was made, or it has no draws of the outcome.

    References
    ----------
    As `meta.choices.draws.joint_draws`.

    Examples
    --------
    >>> import evidens
    >>> found = evidens.draws("ips-vive@2026.1", seed=1, n=1000, registry=None)
    >>> bool((found.columns["rd"] == found.columns["p1"] - found.columns["p0"]).all())
    True
    """
    release = estimate(name, registry).document
    analysis = reanalyse(frozen_records(release).values(), release["synthesis"])
    found = {one.outcome: one.joint for one in draws_of(analysis, DrawsAsked(seed=seed, n=n))}
    if outcome is None and len(found) == 1:
        (outcome,) = found
    if outcome not in found:
        said = "which outcome is not said" if outcome is None else f"it has no draws of {outcome!r}"
        raise fault(f"{name}: {said}", f"It has draws of {', '.join(found)}.", field="outcome")
    return found[outcome]
