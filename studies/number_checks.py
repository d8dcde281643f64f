"""Number checks: what a record prints, its numbers checked against each other.

An inconsistency is a fact of the report, or a slip of ours: the record keeps its numbers and enters, and the
check says which do not go together. Only what is printed is used: where a report gives no number of people
with a mean, the size of the arm is not put in its place. The formulas are in `meta.choices.consistency` and
the modules that it names; which of a project's numbers are checked is in `studies.project_checks`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from meta.choices.consistency import (
    INCONSISTENT,
    VERDICTS,
    Check,
    check_share,
    not_computable,
)
from meta.choices.printed_intervals import Scale, check_middle, check_p_value
from meta.choices.standard_deviations import check_sd_in_limits
from meta.choices.whole_numbers import grim, grimmer
from meta.faults import Fault
from registry.outcomes import IN_WHOLE_NUMBERS, OUTCOMES
from registry.windows import length
from studies.extraction import Extraction
from studies.form import CheckedRecord, PathOf, field_name
from studies.project import Project
from studies.project_checks import project_checks
from studies.record import Record, Study, record_id
from studies.results import Contrast, Result, Values, window_of
from studies.rules import PER_WEEK

SCALES: dict[str, Scale] = {
    "risk-ratio": "log",
    "odds-ratio": "log",
    "ratio-of-means": "log",
    "risk-difference": "identity",
    "risk-difference-proportion": "identity",
    "success-rate-difference": "identity",
    "mean-difference": "identity",
    "standardised-mean-difference": "identity",
}
"""On which scale the interval of a comparison is even; the other comparisons have none."""

USUAL_LEVEL = "95"
"""The level of an interval whose report does not say it."""

NO_PEOPLE = "the number of people is not printed with it"

SAID = "The record marks this result as disputed."
UNSAID = "Check the numbers in the report; if they are printed so, say it under 'disputed:'."


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCheck:
    """A check of the numbers of one result.

    Parameters
    ----------
    record : str
        Kind and id, e.g. ``study davis-2012``.
    path : tuple
        Where the number stands that was worked out from the others.
    check : Check
    disputed : str or None
        What the record says that the result disagrees with.
    """

    record: str
    path: PathOf
    check: Check
    disputed: str | None

    @property
    def inconsistent(self) -> bool:
        """Tell whether the numbers cannot be true together."""
        return self.check.verdict == INCONSISTENT

    def remark(self, one: CheckedRecord | None = None) -> Fault:
        """Return what was found as one line, with file and line where the record's file is at hand."""
        return Fault(
            file=self.record if one is None else one.text.name,
            line=None if one is None else one.text.line(self.path),
            field=field_name(self.path),
            problem=f"{self.check.verdict}: {self.check.text}",
            remedy=UNSAID if self.disputed is None else SAID,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the check as plain types."""
        return {
            "record": self.record,
            **self.check.to_dict(),
            "field": field_name(self.path),
            "disputed": self.disputed,
        }


def number_checks(record: Record) -> Iterator[NumberCheck]:
    """Check the numbers of a study, of a second reading of one, or of an impact bond against each other.

    Parameters
    ----------
    record : Record
        Of any kind; those without results have nothing to check.

    Yields
    ------
    NumberCheck
        In the order of the record.
    """
    name = f"{record.kind} {record_id(record)}"
    if isinstance(record, Project):
        for place, check, disputed in project_checks(record):
            yield NumberCheck(record=name, path=place, check=check, disputed=disputed)
    if not isinstance(record, Study | Extraction):
        return
    for index, result in enumerate(record.results):
        path: PathOf = ("results", index)
        for arm, numbers in result.values.items():
            for check in _of_arm(result, numbers):
                yield NumberCheck(
                    record=name,
                    path=(*path, arm, check.field),
                    check=check,
                    disputed=result.disputed,
                )
        if result.contrast is not None:
            for check in _of_contrast(result.contrast, result.p):
                where = ("p",) if check.field == "p" else ("contrast", check.field)
                yield NumberCheck(
                    record=name, path=(*path, *where), check=check, disputed=result.disputed
                )


def remarks(checked: Iterable[CheckedRecord]) -> tuple[Fault, ...]:
    """Return what is inconsistent in records, as lines with file, line and field."""
    return tuple(
        found.remark(one)
        for one in checked
        for found in number_checks(one.record)
        if found.inconsistent
    )


def counted(checks: Iterable[NumberCheck]) -> str:
    """Return how many checks have which verdict, as people read it."""
    verdicts = [one.check.verdict for one in checks]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in VERDICTS)


def _of_arm(result: Result, numbers: Values) -> Iterator[Check]:
    n = None if numbers.n is None else int(numbers.n)
    if numbers.percent is not None and (n is not None or numbers.events is not None):
        printed = {"percent": numbers.percent, "events": numbers.events}
        events = None if numbers.events is None else int(numbers.events)
        if n is None:
            yield not_computable("share", "percent", _given(printed), NO_PEOPLE)
        else:
            yield check_share(numbers.percent, n, events)
    if numbers.mean is None:
        return
    if result.outcome in IN_WHOLE_NUMBERS:
        yield (
            not_computable("mean-of-whole-numbers", "mean", {"mean": numbers.mean}, NO_PEOPLE)
            if n is None
            else grim(numbers.mean, n)
        )
    if numbers.sd is not None:
        yield from _of_spread(result, numbers.mean, numbers.sd, n)


def _of_spread(result: Result, mean: str, sd: str, n: int | None) -> Iterator[Check]:
    """Yield the checks of a standard deviation."""
    printed = {"sd": sd, "mean": mean}
    whole = result.outcome in IN_WHOLE_NUMBERS
    if n is None or n < 2:
        reason = NO_PEOPLE if n is None else "one person has no standard deviation"
        if whole:
            yield not_computable("sd-of-whole-numbers", "sd", printed, reason)
        yield not_computable("sd-within-limits", "sd", printed, reason)
        return
    if whole:
        yield grimmer(sd, mean, n)
    unit = OUTCOMES[result.outcome].unit
    if unit == "score":
        reason = "the limits of the scale are not known"
        yield not_computable("sd-within-limits", "sd", printed, reason)
    else:
        yield check_sd_in_limits(sd, mean, n, "0", _most(unit, result))


def _most(unit: str, result: Result) -> str | None:
    """Return the most that one person can have of a unit in the result's window, rounded up."""
    if unit == "percent":
        return "100"
    _, window = window_of(result)
    months = None if window is None else length(window)
    if unit not in PER_WEEK or months is None or (window or "").startswith("mean "):
        return None
    return str(-(-PER_WEEK[unit] * months * Fraction(52, 12) // 1))


def _of_contrast(contrast: Contrast, p: str | None) -> Iterator[Check]:
    ends = (contrast.ci_low, contrast.ci_high)
    printed = {"estimate": contrast.estimate, "ci_low": ends[0], "ci_high": ends[1], "p": p}
    if ends[0] is None or ends[1] is None:
        if p is not None:
            reason = "no interval is printed with it"
            yield not_computable("p-value", "p", _given(printed), reason)
        return
    scale = SCALES.get(contrast.type)
    if scale is None:
        reason = f"the interval of a {contrast.type} is even on no known scale"
        yield not_computable("middle-of-interval", "estimate", _given(printed), reason)
        return
    yield check_middle(contrast.estimate, ends[0], ends[1], scale)
    if p is not None:
        level = contrast.level or USUAL_LEVEL
        yield check_p_value(p, contrast.estimate, ends[0], ends[1], scale, level)


def _given(numbers: dict[str, str | None]) -> dict[str, str]:
    return {name: number for name, number in numbers.items() if number is not None}
