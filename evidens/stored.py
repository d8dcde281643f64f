"""What a registry holds, carried out by id: the multiverse of a synthesis, and what has changed in one.

`registry.analyses.analyse` and `studies.replicate` take ids themselves; here are the two that need some
looking up first.
"""

from collections.abc import Callable, Sequence

from sqlmodel import Session

from registry import multiverse
from registry.analyses import decided_studies, plan_of
from registry.multiverse import SynthesisMultiverse
from registry.synthesis_changes import SynthesisChanges, changes_between
from studies.past import state_at, state_now


def synthesis_multiverse(
    session: Session,
    synthesis: str,
    *,
    measures: Sequence[str] | None = None,
    threshold: float | None = None,
    done: Callable[[int, int], None] | None = None,
) -> SynthesisMultiverse:
    """Pool a stored synthesis under every combination of the choices that can be defended.

    Parameters
    ----------
    session : Session
        As `evidens.open_registry` gives it.
    synthesis : str
    measures : sequence of {"RR", "OR", "RD"}, optional
        By default those of the plan.
    threshold : float, optional
        On the natural scale; by default the plan's, or no effect.
    done : callable, optional
        Called with how many specifications are pooled, and how many there are.

    Returns
    -------
    SynthesisMultiverse
        ``found.to_frame()`` has a row for each specification.

    Raises
    ------
    UnknownSynthesisError, InputError
        As `registry.multiverse.synthesis_multiverse`.
    """
    _, plan = plan_of(session, synthesis)
    included = [
        one for one in decided_studies(session, synthesis, plan) if one.decision == "included"
    ]
    return multiverse.synthesis_multiverse(
        session, plan, included, measures=measures, threshold=threshold, done=done
    )


def changes(session: Session, synthesis: str, since: str) -> SynthesisChanges:
    """Return what has changed in a stored synthesis, and how far each estimate moved.

    Parameters
    ----------
    session : Session
        As `evidens.open_registry` gives it.
    synthesis : str
    since : str
        A date or time in UTC, the number of a revision, or the name of a release.

    Returns
    -------
    SynthesisChanges

    Raises
    ------
    UnknownSynthesisError, InputError
        As `studies.past.state_at` and `state_now`.
    """
    now = state_now(session, synthesis)
    return changes_between(state_at(session, synthesis, since), now)
