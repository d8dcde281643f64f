"""Review values: what reviews of the registry have pooled for an outcome, to stand beside our own estimate.

A review counts the people of trials, so that its value is never pooled with theirs. How many trials it shares
with a synthesis is known where its record names them.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry import tables
from registry.queries import Source, source
from registry.vocabulary import REVIEWS

MEASURES = {"risk-ratio": "RR", "odds-ratio": "OR", "risk-difference": "RD"}
"""The comparisons that stand beside a pooled effect, by the word of the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewValue:
    """A pooled value as a review prints it.

    Parameters
    ----------
    study, label : str
        The review's record.
    year : int
    measure : {"RR", "OR", "RD"}
        A risk difference is in percentage points.
    estimate : str
        With the digits that are printed, decimal point.
    ci_low, ci_high : str or None
    k : int or None
        How many studies it pools; None where that is not printed.
    named : int or None
        How many trials its record names; None where it names none.
    shared : int or None
        How many of the synthesis's studies are among these.
    source : Source
    """

    study: str
    label: str
    year: int
    measure: str
    estimate: str
    ci_low: str | None
    ci_high: str | None
    k: int | None
    named: int | None
    shared: int | None
    source: Source

    def to_dict(self) -> dict[str, Any]:
        """Return the value in plain types, its printed numbers as text."""
        return asdict(self)


def review_values(
    session: Session, outcome: str, included: Collection[str]
) -> tuple[ReviewValue, ...]:
    """Return the values that reviews have pooled for an outcome.

    Parameters
    ----------
    session : Session
        An open transaction.
    outcome : str
        A word of the vocabulary; a value for another outcome, however alike, does not come.
    included : collection of str
        The studies of the synthesis.

    Returns
    -------
    tuple of ReviewValue
        One for each review and measure, newest first: the first in its record that has an interval, or else
        the first. A value from one trial is not pooled and does not come.
    """
    rows = session.exec(
        select(tables.Study, tables.Result, tables.Contrast)
        .join(tables.Result, col(tables.Result.study_id) == col(tables.Study.id))
        .join(tables.Contrast, col(tables.Contrast.result_id) == col(tables.Result.id))
        .where(
            col(tables.Study.design).in_(REVIEWS),
            col(tables.Result.outcome) == outcome,
            col(tables.Contrast.type).in_(MEASURES),
        )
        .order_by(col(tables.Result.position))
    ).all()
    chosen: dict[tuple[str, str], ReviewValue] = {}
    for study, result, contrast in rows:
        pooled = session.get(tables.Pooled, result.id)
        k = None if pooled is None else pooled.k
        key = (study.id, contrast.type)
        known = chosen.get(key)
        if k == 1 or (known is not None and (known.ci_low or contrast.ci_low is None)):
            continue
        trials = _trials(session, study.id)
        chosen[key] = ReviewValue(
            study=study.id,
            label=study.label,
            year=study.year,
            measure=MEASURES[contrast.type],
            estimate=contrast.estimate,
            ci_low=contrast.ci_low,
            ci_high=contrast.ci_high,
            k=k,
            named=len(trials) or None,
            shared=len(trials & set(included)) if trials else None,
            source=source(session, result.provenance_id),
        )
    return tuple(sorted(chosen.values(), key=lambda one: (-one.year, one.study, one.measure)))


def _trials(session: Session, review: str) -> set[str]:
    """Return the trials whose people a review counts, whichever record says so."""
    rows = session.exec(
        select(tables.Overlap).where(
            sa.or_(col(tables.Overlap.study_id) == review, col(tables.Overlap.other_id) == review)
        )
    ).all()
    others = {row.other_id if row.study_id == review else row.study_id for row in rows}
    reviews = set(
        session.exec(select(tables.Study.id).where(col(tables.Study.design).in_(REVIEWS))).all()
    )
    return others - reviews
