"""Certainty as people decided it, after GRADE: what an analysis carries to those who use its numbers."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from registry.judgements import Certainty, CertaintyStep


@dataclass(frozen=True, slots=True)
class DecidedStep:
    """How many levels one reason takes the certainty down (negative) or up, and on what it rests."""

    domain: str
    steps: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedCertainty:
    """How certain the evidence on an outcome is, with who decided it and when."""

    outcome: str
    start: str
    level: str
    steps: tuple[DecidedStep, ...]
    judged_by: str
    dated: str


def decided_certainty(session: Session, synthesis: str) -> tuple[DecidedCertainty, ...]:
    """Return the judgements on a synthesis's outcomes, in the order of its plan.

    Parameters
    ----------
    session : Session
        An open transaction.
    synthesis : str

    Returns
    -------
    tuple of DecidedCertainty
        Empty where nobody has judged.
    """
    rows = session.exec(
        select(Certainty)
        .where(col(Certainty.synthesis_id) == synthesis)
        .order_by(col(Certainty.position))
    ).all()
    steps = session.exec(
        select(CertaintyStep)
        .where(col(CertaintyStep.synthesis_id) == synthesis)
        .order_by(col(CertaintyStep.position))
    ).all()
    return tuple(
        DecidedCertainty(
            outcome=row.outcome,
            start=row.start,
            level=row.level,
            steps=tuple(
                DecidedStep(one.domain, one.steps, one.reason)
                for one in steps
                if one.certainty_id == row.id
            ),
            judged_by=row.judged_by,
            dated=row.dated,
        )
        for row in rows
    )
