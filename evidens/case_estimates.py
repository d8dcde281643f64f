"""Estimates that a case cites: from the release that it names, or from the registry as it is now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session

from costing.quantities import Given, Key
from evidens.released import release_at
from meta.choices.printed import Rounded
from meta.faults import InputError, fault
from registry import releases
from registry.analyses import Analysis, analyse
from registry.exports import document
from studies.fields import did_you_mean
from studies.kept.kinds import identities
from studies.reanalysis import reanalyse
from studies.release import frozen_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """An estimate that a case rests on.

    Parameters
    ----------
    name : str
        As the case has it: ``ips-vive@2026.1``, or ``ips-nordic``.
    source : str
        What it was taken from, for people.
    document : mapping
        As `registry.exports.document` has it.
    release : mapping or None
        The whole release; None where the registry was asked.
    """

    name: str
    source: str
    document: Mapping[str, Any]
    release: Mapping[str, Any] | None


class CitedEstimates:
    """Estimates while a case is carried out: each looked up once.

    Parameters
    ----------
    session : Session
        An open transaction.
    analysed : callable, optional
        Gives the analysis of a synthesis of the registry, where some are carried out already.
    """

    def __init__(self, session: Session, analysed: Callable[[str], Analysis] | None = None) -> None:
        self.session = session
        self._analysed = analysed or partial(analyse, session)
        self._found: dict[str, Cited] = {}
        self._analyses: dict[str, Analysis] = {}

    def cited(self, name: str) -> Cited:
        """Return an estimate by its name.

        Parameters
        ----------
        name : str
            Of a release, with its version behind ``@``, or of a synthesis; or the path of an exported
            release, its file or its folder, with a slash in it or ``.json`` at its end.

        Raises
        ------
        InputError
            There is none of that name, or the release was changed after it was made.
        """
        if name not in self._found:
            if "/" in name or "\\" in name or name.endswith(".json"):
                self._found[name] = _exported(name)
            else:
                self._found[name] = self._released(name) if "@" in name else self._now(name)
        return self._found[name]

    def analysis(self, name: str) -> Analysis:
        """Return the analysis behind an estimate; that of a release from the records in it alone.

        Raises
        ------
        InputError
            As `cited`.
        """
        found = self.cited(name)
        if name not in self._analyses:
            assert found.release is not None  # `_now` has put the others there
            records = frozen_records(found.release)
            self._analyses[name] = reanalyse(records.values(), found.release["synthesis"])
        return self._analyses[name]

    def value(self, key: Key) -> Given:
        """Return a value that a case cites.

        Parameters
        ----------
        key : Key
            ``estimate``, its name, the outcome, what it is per, and the quantity.

        Raises
        ------
        InputError
            There is no such estimate, or it has no such value.
        """
        _, name, outcome, per, which = key
        estimate = self.cited(name)
        rows = [
            row
            for row in estimate.document["estimates"]
            if (row["outcome"], row["per"] or "", row["quantity"]) == (outcome, per, which)
        ]
        of = f"{which} of {outcome}" + (f" per {per}" if per else "")
        if len(rows) != 1:
            has = sorted(
                {
                    f"{row['quantity']} of {row['outcome']}"
                    + (f" per {row['per']}" if row["per"] else "")
                    for row in estimate.document["estimates"]
                }
            )
            many = "more than one" if rows else "no"
            raise fault(f"{name} has {many} {of}", f"It has: {'; '.join(has)}.")
        if rows[0]["value"] is None:
            raise fault(f"{name} has no value for {of}", "Cite another estimate.")
        return Given(
            value=_rounded(rows[0]),
            kind="derived",
            source=f"{estimate.source}: {of}, {rows[0]['method']}",
        )

    def _released(self, name: str) -> Cited:
        held = releases.held(self.session, name)
        try:
            release = releases.loaded(held)
        except InputError as error:  # the case's place takes the place of the release's
            raise InputError(
                [
                    replace(one, problem=f"release {name}{one.field}: {one.problem}")
                    for one in error.faults
                ]
            ) from error
        return _cited(name, release)

    def _now(self, name: str) -> Cited:
        known = identities(self.session, "synthesis")
        if name not in known:
            raise not_there("synthesis", name, known)
        analysis = self._analyses[name] = self._analysed(name)
        source = f"{name} version {analysis.version}, from the registry as it is now"
        return Cited(name=name, source=source, document=document(analysis), release=None)


def _exported(name: str) -> Cited:
    return _cited(name, release_at(Path(name)))


def _cited(name: str, release: Mapping[str, Any]) -> Cited:
    source = f"release {release['name']}, SHA-256 {release['sha256'][:12]}"
    return Cited(name=name, source=source, document=release["estimate"], release=release)


def not_there(what: str, name: str, known: Any) -> InputError:
    """Return the error of a name that a registry does not have, with the nearest that it has."""
    advice = did_you_mean(name, known) if known else "Load the records first: evidens load."
    return fault(f"there is no {what} {name!r}", advice)


def _rounded(row: Mapping[str, Any]) -> Rounded:
    """Return an exported value with what the rounding of its inputs leaves open, from its shortest digits."""
    value = Fraction(repr(row["value"]))
    ends = (row["rounding_low"], row["rounding_high"])
    low, high = (value if end is None else Fraction(repr(end)) for end in ends)
    return Rounded(value, min(low, value), max(high, value))
