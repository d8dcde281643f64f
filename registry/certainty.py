"""Certainty: what an analysis suggests for each of GRADE's reasons, beside what a person decided.

A suggestion has its grounds and the place where its rule is published. Where the published rules leave the
matter to a person, nothing is suggested, and the reason says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from meta.choices.information_size import information_size
from registry.analyses import OutcomeAnalysis, PooledEnvelope
from registry.grade import level_after
from registry.judgements import RiskOfBias
from registry.vocabulary import OUTCOMES, RANDOMISED

RELATIVE = ("RR", "OR")
NO_EFFECT = {"RR": 1.0, "OR": 1.0, "RD": 0.0}

APPRECIABLE = (0.75, 1.25)
"""A relative effect below or above these is appreciable (GRADE guidelines 6, "a rough guide")."""

SUBSTANTIAL_I2 = 50
"""In per cent; from here on GRADE guidelines 7 speak of substantial heterogeneity."""

ENOUGH_FOR_A_FUNNEL = 10
"""With fewer studies a funnel plot tells little (Sterne and others 2011)."""

DESIGN = "GRADE guidelines 3, doi 10.1016/j.jclinepi.2010.07.015"
BIAS = "GRADE guidelines 4, doi 10.1016/j.jclinepi.2010.07.017"
IMPRECISION = "GRADE guidelines 6, doi 10.1016/j.jclinepi.2011.01.012"
INCONSISTENCY = "GRADE guidelines 7, doi 10.1016/j.jclinepi.2011.03.017"
INDIRECTNESS = "GRADE guidelines 8, doi 10.1016/j.jclinepi.2011.04.014"
PREDICTION = "IntHout and others 2016, doi 10.1136/bmjopen-2015-010247"
FUNNEL = "Sterne and others 2011, doi 10.1136/bmj.d4002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a suggestion rests on.

    Parameters
    ----------
    designs : sequence of str
        Of the studies, one each.
    bias : mapping of str to sequence of str
        The overall judgements of risk of bias of the outcome, by study; empty where there is none.
    k : int
        How many studies are pooled.
    measure : str or None
        ``RR``, ``OR`` or ``RD``; None where nothing is pooled.
    ci : tuple of float or None
        The interval's ends on the natural scale, widest over all counts that the reports admit.
    prediction : tuple of float or None
        The prediction interval's ends.
    i2 : float or None
        In per cent.
    people : int
        In all arms together.
    control_risk : float or None
        As a proportion.
    better : bool
        Whether more of the outcome is better.
    """

    designs: Sequence[str]
    bias: Mapping[str, Sequence[str]]
    k: int
    measure: str | None = None
    ci: tuple[float, float] | None = None
    prediction: tuple[float, float] | None = None
    i2: float | None = None
    people: int = 0
    control_risk: float | None = None
    better: bool = True


@dataclass(frozen=True, slots=True)
class SuggestedStep:
    """How far one reason would take the level; None where it is left to a person."""

    domain: str
    steps: int | None
    because: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedCertainty:
    """What the software suggests for an outcome.

    Parameters
    ----------
    start : str
    steps : tuple of SuggestedStep
        The five reasons to go down.
    at_most : str
        The level after the suggested steps; those that are left to a person can only lower it.
    """

    start: str
    steps: tuple[SuggestedStep, ...]
    at_most: str


def suggest(evidence: Evidence) -> SuggestedCertainty:
    """Suggest a start and steps from the evidence.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    SuggestedCertainty

    Examples
    --------
    >>> two = suggest(Evidence(designs=["randomised-trial"] * 2, bias={}, k=2, measure="RR",
    ...     ci=(0.6, 1.4), i2=0.0, people=90, control_risk=0.2))
    >>> two.start, two.at_most
    ('high', 'low')
    """
    start = "high" if all(design in RANDOMISED for design in evidence.designs) else "low"
    steps = (
        _bias(evidence),
        _inconsistency(evidence),
        SuggestedStep(
            "indirectness", None, "whether the question is answered is for a person", INDIRECTNESS
        ),
        _imprecision(evidence),
        _publication_bias(evidence),
    )
    known = [step.steps for step in steps if step.steps is not None]
    return SuggestedCertainty(start=start, steps=steps, at_most=level_after(start, known))


def _bias(evidence: Evidence) -> SuggestedStep:
    def step(steps: int | None, because: str) -> SuggestedStep:
        return SuggestedStep("risk-of-bias", steps, because, BIAS)

    unjudged = [study for study, levels in evidence.bias.items() if not levels]
    levels = {level for found in evidence.bias.values() for level in found}
    if unjudged or not levels:
        return step(None, f"{len(unjudged)} of {len(evidence.bias)} studies are not judged")
    if levels <= {"low", "low-except-confounding"}:
        return step(0, "every study is at low risk")
    if levels <= {"high", "serious", "critical"}:
        return step(-1, "every study is at high risk; it may be more than one step")
    return step(None, f"the studies differ ({', '.join(sorted(levels))}); a person weighs them")


def _inconsistency(evidence: Evidence) -> SuggestedStep:
    if evidence.i2 is None or evidence.measure is None or evidence.k < 2:
        return SuggestedStep(
            "inconsistency", None, "nothing is pooled, so nothing can be said", INCONSISTENCY
        )
    null = NO_EFFECT[evidence.measure]
    if evidence.i2 >= SUBSTANTIAL_I2:
        return SuggestedStep(
            "inconsistency",
            -1,
            f"I2 is {SUBSTANTIAL_I2} % or more; it counts only if it is not explained",
            INCONSISTENCY,
        )
    inside = evidence.ci is not None and evidence.ci[0] <= null <= evidence.ci[1]
    if evidence.prediction is not None and not inside:
        low, high = evidence.prediction
        if low <= null <= high:
            return SuggestedStep(
                "inconsistency",
                -1,
                "the prediction interval includes no effect and the confidence interval does not",
                PREDICTION,
            )
    return SuggestedStep("inconsistency", 0, f"I2 is below {SUBSTANTIAL_I2} %", INCONSISTENCY)


def _imprecision(evidence: Evidence) -> SuggestedStep:
    def step(steps: int | None, because: str) -> SuggestedStep:
        return SuggestedStep("imprecision", steps, because, IMPRECISION)

    if evidence.ci is None or evidence.measure is None:
        return step(None, "there is no interval")
    low, high = evidence.ci
    if low <= NO_EFFECT[evidence.measure] <= high:
        if evidence.measure not in RELATIVE:
            return step(-1, "the interval includes no effect")
        appreciable = (low < APPRECIABLE[0]) + (high > APPRECIABLE[1])
        if appreciable == 2:
            return step(-2, "the interval includes appreciable benefit and appreciable harm")
        if appreciable == 1:
            return step(-1, "the interval includes no effect and an appreciable one")
    if evidence.control_risk is None or not 0 < evidence.control_risk < 1:
        return step(
            None, "the risk in the comparison groups is not known, so no size can be asked for"
        )
    needed = _needed(evidence.control_risk, evidence.better)
    if evidence.people < needed:
        return step(
            -1, f"{evidence.people} people; one trial with enough power would need {needed}"
        )
    return step(0, f"{evidence.people} people, and {needed} are enough")


def _needed(control_risk: float, better: bool) -> int:
    """Return the optimal information size for a relative difference of a quarter, as GRADE takes it."""
    other = control_risk * (1.25 if better else 0.75)
    return information_size(control_risk, other if other < 1 else control_risk * 0.75)


def _publication_bias(evidence: Evidence) -> SuggestedStep:
    because = (
        f"with fewer than {ENOUGH_FOR_A_FUNNEL} studies a funnel plot tells little"
        if evidence.k < ENOUGH_FOR_A_FUNNEL
        else "a person looks at the funnel plot and at what the searches could miss"
    )
    return SuggestedStep("publication-bias", None, because, FUNNEL)


def evidence_of(session: Session, outcome: OutcomeAnalysis, designs: Mapping[str, str]) -> Evidence:
    """Return what a suggestion for an outcome of an analysis rests on.

    Parameters
    ----------
    session : Session
        The transaction that the analysis was made in.
    outcome : OutcomeAnalysis
    designs : mapping of str to str
        The design of each included study.

    Returns
    -------
    Evidence
        Of the pooled relative effect where there is one, otherwise of the first pooled effect.
    """
    studies = [row.study for row in outcome.studies]
    bias: dict[str, list[str]] = {study: [] for study in studies}
    for row in session.exec(
        select(RiskOfBias).where(
            col(RiskOfBias.study_id).in_(studies), col(RiskOfBias.outcome) == outcome.outcome
        )
    ):
        bias[row.study_id].append(row.overall)
    pooled = next(
        (one for one in outcome.pooled if one.measure in RELATIVE), next(iter(outcome.pooled), None)
    )
    own = [designs[study] for study in studies]
    if pooled is None:
        return Evidence(designs=own, bias=bias, k=len(studies))
    return _of_pooled(pooled, own, bias, OUTCOMES[outcome.outcome].higher_is)


def _of_pooled(
    pooled: PooledEnvelope,
    designs: Sequence[str],
    bias: Mapping[str, Sequence[str]],
    higher_is: str,
) -> Evidence:
    natural, tables = pooled.shown.natural, pooled.shown_tables
    has_prediction = natural["pi_low"] is not None and natural["pi_high"] is not None
    return Evidence(
        designs=designs,
        bias=bias,
        k=pooled.shown.effects.k,
        measure=pooled.measure,
        ci=(pooled.ci_low[0], pooled.ci_high[1]),
        prediction=(natural["pi_low"], natural["pi_high"]) if has_prediction else None,
        i2=pooled.shown.heterogeneity.i2,
        people=sum(table.n1i + table.n2i for table in tables),
        control_risk=sum(table.ci for table in tables) / sum(table.n2i for table in tables),
        better=higher_is == "better",
    )
