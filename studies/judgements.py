"""Judgements in records: risk of bias, certainty, screening, and what the searches found.

Each says who decided and when, as the person writes it. What the software suggests is not part of a record:
`registry.risk_of_bias` and `registry.certainty` work it out from what is.
"""

from typing import Annotated, Any

from pydantic import Field, model_validator

from registry import vocabulary
from studies.fields import (
    Count,
    Date,
    OutcomeWord,
    Part,
    SeenIn,
    Slug,
    Source,
    Steps,
    Text,
    word_of,
)

USUAL_STAGE = {"included": "included", "excluded": "assessed", "awaiting": "identified"}
"""How far a report or study came, where its screening does not say."""

Decision = Annotated[str, word_of("decision", vocabulary.DECISIONS)]
Stage = Annotated[str, word_of("stage", vocabulary.STAGES)]
Reason = Annotated[str, word_of("reason", vocabulary.EXCLUSION_REASONS)]
Domain = Annotated[str, word_of("domain", vocabulary.BIAS_DOMAINS)]
Level = Annotated[str, word_of("judgement", vocabulary.BIAS_LEVELS)]
Ground = Annotated[str, word_of("domain", vocabulary.CERTAINTY_DOMAINS)]


def _usual(content: Any) -> Any:
    """Leave the usual stage out, so that a record with it and one without are the same."""
    if isinstance(content, dict) and isinstance(content.get("decision"), str):
        usual = USUAL_STAGE.get(content["decision"])
        if usual is not None and content.get("stage") == usual:
            return {key: value for key, value in content.items() if key != "stage"}
    return content


class Screening(Part):
    """Whether the study entered a synthesis, how far it came, and why no further."""

    _usual_stage = model_validator(mode="before")(_usual)

    synthesis: Slug
    decision: Decision
    stage: Stage | None = None
    reason: Reason | None = None
    note: Text | None = None
    source: Source


class ReportScreening(Part):
    """How far a report came in a synthesis: one that is excluded on its abstract never becomes a study."""

    _usual_stage = model_validator(mode="before")(_usual)

    synthesis: Slug
    decision: Decision
    stage: Stage | None = None
    reason: Reason | None = None
    by: Text
    dated: Date
    note: Text | None = None


def reached(screening: Screening | ReportScreening) -> str:
    """Return how far a report or study came: a word of `registry.vocabulary.STAGES`."""
    return screening.stage or USUAL_STAGE[screening.decision]


class BiasDomain(Part):
    """A domain's level, and what in the study it rests on."""

    judgement: Level
    reason: Text


class RiskOfBias(Part):
    """A person's judgement of the risk of bias of one result, domain by domain."""

    tool: Annotated[str, word_of("tool", vocabulary.BIAS_TOOLS)]
    outcome: OutcomeWord
    at: SeenIn | None = None
    during: SeenIn | None = None
    over: SeenIn | None = None
    effect: Annotated[str, word_of("effect", vocabulary.BIAS_EFFECTS)]
    domains: dict[Domain, BiasDomain]
    overall: Level
    reason: Text | None = None
    by: Text
    dated: Date
    note: Text | None = None


class CertaintyStep(Part):
    """How far one reason takes the certainty down or up, and why."""

    steps: Steps
    reason: Text


class Certainty(Part):
    """A person's judgement, after GRADE, of how certain the evidence on an outcome is."""

    outcome: OutcomeWord
    start: Annotated[str, word_of("start", vocabulary.CERTAINTY_STARTS)]
    domains: dict[Ground, CertaintyStep]
    level: Annotated[str, word_of("level", vocabulary.CERTAINTY_LEVELS)]
    by: Text
    dated: Date
    note: Text | None = None


class Search(Part):
    """A search: where, when, how many records it found, and how many of them were already there."""

    place: Text
    dated: Date
    found: Count
    duplicates: Count = Field(default="0")
    note: Text | None = None
