"""Releases at hand: one named as the user names it, from the registry, a file, or the shipped collection."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from meta.faults import fault
from registry import releases
from registry.release_draws import USUAL_NUMBER, ReleaseDraws, release_draws
from registry.session import exists, reading
from studies.ingest import COLLECTION
from studies.release_files import FOLDER, read_release, refuse_unfounded

DEFAULT_DATABASE = "sqlite:///evidens.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A released estimate.

    Parameters
    ----------
    name, sha256 : str
        What to cite, and its id.
    document : mapping
        The whole release: `docs/releases.md` describes it.

    Examples
    --------
    >>> import evidens
    >>> ips = evidens.estimate("ips-vive@2026.1", registry=None)
    >>> ratio = ips.value("competitive-employment", "risk ratio")
    >>> ratio["ci_low"] < ratio["value"] < ratio["ci_high"]
    True
    """

    name: str
    sha256: str
    document: Mapping[str, Any]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every value with its interval, as the columns of the CSV export."""
        found: list[dict[str, Any]] = self.document["estimate"]["estimates"]
        return found

    def value(self, outcome: str, quantity: str, per: str | None = None) -> dict[str, Any]:
        """Return the one row of an outcome and a quantity.

        Parameters
        ----------
        outcome : str
            Of the vocabulary, e.g. ``weeks-worked``.
        quantity : str
            As ``risk ratio`` or ``absolute difference``.
        per : str, optional
            The outcome that the amount is divided by.

        Returns
        -------
        dict

        Raises
        ------
        InputError
            There is none, or more than one.
        """
        found = [
            row
            for row in self.rows
            if (row["outcome"], row["quantity"], row["per"]) == (outcome, quantity, per)
        ]
        if len(found) != 1:
            have = sorted({f"{row['outcome']}: {row['quantity']}" for row in self.rows})
            raise fault(
                f"{self.name} has {len(found)} values of {outcome!r}, {quantity!r}, per {per!r}",
                f"It has {'; '.join(have)}.",
            )
        return found[0]


def open_registry(registry: str | None = None) -> AbstractContextManager[Session]:
    """Open a registry to read it as it is at one moment.

    Parameters
    ----------
    registry : str, optional
        Database URL; by default that of ``EVIDENS_DB``, or ``evidens.db`` in the working directory.

    Returns
    -------
    context manager of sqlmodel.Session

    Raises
    ------
    registry.session.DatabaseError
        There is no such registry.
    """
    return reading(registry or default_database())


def estimate(name: str, registry: str | None = "") -> Estimate:
    """Return a released estimate.

    Parameters
    ----------
    name : str
        As ``ips-vive@2026.1``, or the path of a release file.
    registry : str or None
        Database URL; by default that of ``EVIDENS_DB``, or ``evidens.db`` in the working directory, or,
        where there is neither, the releases shipped with Evidens; with None those at once.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        There is no such release, or it was changed after it was made.
    registry.session.DatabaseError
        The registry cannot be opened.
    """
    url = default_database() if registry == "" else registry
    if url is not None and not path_of(name) and (registry or exists(url)):
        document = release_of(url, name)
    else:
        document = release_at(path_of(name) or _shipped(name))
    return Estimate(name=document["name"], sha256=document["sha256"], document=document)


def draws(
    name: str,
    n: int = USUAL_NUMBER,
    *,
    seed: int,
    outcome: str | None = None,
    registry: str | None = "",
) -> ReleaseDraws:
    """Return joint draws of a released effect, made from the numbers that are frozen in the release.

    Parameters
    ----------
    name : str
        As ``ips-vive@2026.1``, or the path of a release file.
    n : int
        1 to 1,000,000.
    seed : int
        The same one gives the same draws again; a release's folder has those of 10,000 and 2026.
    outcome : str, optional
        Needed where the release pools several.
    registry : str or None
        As `estimate` takes it.

    Returns
    -------
    ReleaseDraws
        ``columns`` has the arrays: ``mu``, ``tau`` and ``theta_new`` on the scale of the analysis, ``p0``,
        ``p1`` and ``rd`` as proportions, ``rr``; `to_dict` says how they were made.

    Raises
    ------
    InputError
        There is no such release, it pools no such outcome, or the draws cannot be made.
    registry.session.DatabaseError
        The registry cannot be opened.

    Examples
    --------
    >>> import evidens
    >>> made = evidens.draws("ips-vive@2026.1", 1000, seed=7, registry=None)
    >>> bool((made.columns["rd"] == made.columns["p1"] - made.columns["p0"]).all())
    True
    >>> made.to_dict()["prior_tau"], list(made.to_frame())[:4]
    ('half-normal:0.5', ['draw', 'mu', 'tau', 'theta_new'])
    """
    document = estimate(name, registry).document
    with releases.read_here(document):
        found = {one.outcome: one for one in release_draws(document, n, seed)}
    if outcome is None and len(found) == 1:
        return next(iter(found.values()))
    if outcome not in found:
        asked = "several outcomes" if outcome is None else f"no {outcome!r}"
        raise fault(
            f"{document['name']} pools {asked}",
            f"Name one of: {', '.join(found)}.",
            field="outcome",
        )
    return found[outcome]


def release_of(url: str, named: str) -> dict[str, Any]:
    """Return a whole release, by its name in a registry or by the path of its file or folder.

    Raises
    ------
    InputError
        There is no such release, or it was changed after it was made.
    registry.session.DatabaseError
        The registry cannot be opened.
    """
    path = path_of(named)
    if path is None:
        with reading(url) as session:
            return releases.loaded(releases.held(session, named))
    return release_at(path)


def to_verify(url: str, named: str) -> dict[str, Any]:
    """Return a release that need not be whole, by name or by path.

    Raises
    ------
    InputError
        There is no such release.
    registry.session.DatabaseError
        The registry cannot be opened.
    """
    path = path_of(named)
    if path is not None:
        return read_release(path)
    with reading(url) as session:
        return releases.read_back(releases.held(session, named))


def path_of(named: str) -> Path | None:
    """Return the file that is meant where no name of a release is given; a folder's is ``estimate.json``."""
    path = Path(named)
    if path.is_dir():
        return path / "estimate.json"
    if path.suffix == ".json" or "/" in named or "\\" in named:
        return path
    releases.checked_name(named)
    return None


def release_at(path: Path) -> dict[str, Any]:
    """Return the whole release of a file, or of an exported folder.

    Raises
    ------
    InputError
        There is none, or it was changed after it was made.
    """
    path = path / "estimate.json" if path.is_dir() else path
    document = read_release(path)
    releases.refuse_broken(document, str(path))
    refuse_unfounded(document, str(path))
    return document


def default_database() -> str:
    """Return the URL of ``EVIDENS_DB``, or of ``evidens.db`` in the working directory."""
    return os.environ.get("EVIDENS_DB") or DEFAULT_DATABASE


def _shipped(name: str) -> Path:
    file = COLLECTION / FOLDER / f"{releases.checked_name(name)}.json"
    if not file.exists():
        have = ", ".join(sorted(one.stem for one in file.parent.glob("*@*.json")))
        raise fault(f"no release {name!r} is shipped", f"Evidens ships: {have}.")
    return file
