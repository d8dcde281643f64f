"""Risk of bias as people decided it: what a table of judgements is made of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from registry.judgements import RiskOfBias, RiskOfBiasDomain
from registry.risk_of_bias import BIAS_TOOLS


@dataclass(frozen=True, slots=True)
class DecidedDomain:
    """The level of one domain, and what in the study it rests on."""

    domain: str
    judgement: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBias:
    """The risk of bias of one result of a study by one tool, with who decided it and when.

    Parameters
    ----------
    study, tool, outcome : str
    ascertainment, window : str or None
        The result that is meant; None where every result of the outcome is.
    effect : str
        A word of `registry.vocabulary.BIAS_EFFECTS`.
    domains : tuple of DecidedDomain
        In the order of the tool.
    overall : str
    reason : str or None
        Why the overall is not the one that the tool's rule gives.
    judged_by, dated : str
    """

    study: str
    tool: str
    outcome: str
    ascertainment: str | None
    window: str | None
    effect: str
    domains: tuple[DecidedDomain, ...]
    overall: str
    reason: str | None
    judged_by: str
    dated: str


def decided_bias(session: Session, studies: Collection[str]) -> tuple[DecidedBias, ...]:
    """Return the judgements of studies' risk of bias.

    Parameters
    ----------
    session : Session
        An open transaction.
    studies : collection of str
        Ids.

    Returns
    -------
    tuple of DecidedBias
        In the order of the ids, and in record order within a study; empty where nobody has judged.
    """
    places = {study: place for place, study in enumerate(studies)}
    rows = session.exec(
        select(RiskOfBias)
        .where(col(RiskOfBias.study_id).in_(places))
        .order_by(col(RiskOfBias.position))
    ).all()
    domains: dict[int, list[DecidedDomain]] = {}
    for one in session.exec(
        select(RiskOfBiasDomain)
        .where(col(RiskOfBiasDomain.study_id).in_(places))
        .order_by(col(RiskOfBiasDomain.position))
    ):
        decided = DecidedDomain(one.domain, one.judgement, one.reason)
        domains.setdefault(one.risk_of_bias_id, []).append(decided)
    return tuple(
        DecidedBias(
            study=row.study_id,
            tool=row.tool,
            outcome=row.outcome,
            ascertainment=row.ascertainment,
            window=row.window,
            effect=row.effect,
            domains=_in_order(row.tool, domains.get(row.id or 0, [])),
            overall=row.overall,
            reason=row.reason,
            judged_by=row.judged_by,
            dated=row.dated,
        )
        for row in sorted(rows, key=lambda row: places[row.study_id])
    )


def _in_order(tool: str, domains: Sequence[DecidedDomain]) -> tuple[DecidedDomain, ...]:
    order = list(BIAS_TOOLS[tool].domains)
    return tuple(sorted(domains, key=lambda one: order.index(one.domain)))
