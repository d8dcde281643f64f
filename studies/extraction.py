"""A second person's extraction of a study, and its comparison with the first, cell by cell.

Two readings of one result are matched by outcome, window and report. A digit that differs, a cell or a
whole result that one of them lacks, is a disagreement until a person has resolved it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from registry.extractions import MISSING, THERE, WHOLE
from studies.fields import Date, OutcomeWord, Part, SeenIn, Size_, Slug, Text
from studies.results import Result, window_of


class Resolved(Part):
    """What a person decided on a cell that was read in two ways."""

    outcome: OutcomeWord
    at: SeenIn | None = None
    during: SeenIn | None = None
    over: SeenIn | None = None
    report: Slug
    number: Size_ = Field(default="1")
    cell: Text
    kept: Text
    by: Text
    dated: Date
    why: Text


class Extraction(Part):
    """A second person's reading of a study's reports: the results in the form that a study has them."""

    kind: ClassVar[str] = "extraction"

    extraction: Slug
    study: Slug
    by: Text
    dated: Date
    note: Text | None = None
    results: list[Result] = Field(min_length=1)
    resolved: list[Resolved] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ResultKey:
    """What two readings of one result have in common.

    Parameters
    ----------
    outcome : str
    ascertainment, window : str or None
    report : str
        The report that it was read in.
    number : int
        Which of several results that are alike in all this, counted from 1 in the order of the record.
    """

    outcome: str
    ascertainment: str | None
    window: str | None
    report: str
    number: int

    def __str__(self) -> str:
        """Return the key as a line of words."""
        seen = f" {self.ascertainment} {self.window}" if self.ascertainment else ""
        again = f" (no. {self.number})" if self.number > 1 else ""
        return f"{self.outcome}{seen} in {self.report}{again}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A cell that two people read differently.

    Parameters
    ----------
    key : ResultKey
    cell : str
        ``ips.percent``, ``contrast.estimate``, ``p`` …, or ``result`` where one of them lacks the whole.
    first, second : str
        What the study's record and what the second extraction has; ``missing`` or ``there`` for no text.
    resolved : Resolved or None
        What was decided.
    """

    key: ResultKey
    cell: str
    first: str
    second: str
    resolved: Resolved | None

    @property
    def settled(self) -> bool:
        """Whether a person decided, and the study's record says what was decided."""
        return self.resolved is not None and self.resolved.kept == self.first


def cells_of(result: Result) -> dict[tuple[str, str], str]:
    """Return what two readings of a result are compared by: text by part and name.

    A part is an arm, ``contrast``, ``pooled``, or ``result`` for what belongs to none of these. Notes and
    quotes are a reader's own words and are not compared.
    """
    cells = {
        (WHOLE, name): text
        for name, text in (
            ("currency", result.currency),
            ("p", result.p),
            ("claim", result.claim.says if result.claim else None),
        )
        if text is not None
    }
    for arm, numbers in result.values.items():
        cells |= {(arm, name): text for name, text in numbers if text is not None}
    for part, content in (("contrast", result.contrast), ("pooled", result.pooled)):
        for name, value in content or ():
            if value is not None:
                cells[part, name] = ", ".join(value) if isinstance(value, list) else value
    return cells


def cell_name(part: str, name: str) -> str:
    """Return a cell's name as people write it, e.g. ``ips.percent`` or ``p``."""
    return name if part == WHOLE else f"{part}.{name}"


def by_key(results: Sequence[Result]) -> dict[ResultKey, Result]:
    """Return results by what two readings of one have in common."""
    seen: Counter[tuple[str, str | None, str | None, str]] = Counter()
    found = {}
    for result in results:
        ascertainment, window = window_of(result)
        alike = (result.outcome, ascertainment, window, result.source.report)
        seen[alike] += 1
        found[ResultKey(*alike, seen[alike])] = result
    return found


def compare(results: Sequence[Result], extraction: Extraction) -> tuple[Disagreement, ...]:
    """Compare a study's results with a second extraction of them.

    Parameters
    ----------
    results : sequence of Result
        Those of the study's record.
    extraction : Extraction

    Returns
    -------
    tuple of Disagreement
        In the order of the study's results, then of those that only the second extraction has; settled or
        not. Empty where the two agree in every cell.
    """
    first, second = by_key(results), by_key(extraction.results)
    decided = {(key_of(one), one.cell): one for one in extraction.resolved}
    return tuple(
        Disagreement(key=key, cell=cell, first=one, second=other, resolved=decided.get((key, cell)))
        for key in [*first, *(key for key in second if key not in first)]
        for cell, one, other in _differing(first.get(key), second.get(key))
    )


def key_of(resolved: Resolved) -> ResultKey:
    """Return the result that a resolution is about."""
    ascertainment, window = window_of(resolved)
    return ResultKey(resolved.outcome, ascertainment, window, resolved.report, int(resolved.number))


def _differing(first: Result | None, second: Result | None) -> Iterator[tuple[str, str, str]]:
    if first is None or second is None:
        yield WHOLE, THERE if first else MISSING, THERE if second else MISSING
        return
    cells: tuple[Mapping[tuple[str, str], str], ...] = (cells_of(first), cells_of(second))
    for where in [*cells[0], *(where for where in cells[1] if where not in cells[0])]:
        texts = [one.get(where, MISSING) for one in cells]
        if texts[0] != texts[1]:
            yield cell_name(*where), texts[0], texts[1]
