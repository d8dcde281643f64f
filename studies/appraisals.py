"""Appraisals: what the software suggests of a study or synthesis beside what a person decided."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session

from meta.faults import fault
from registry.analyses import analyse
from registry.certainty import SuggestedCertainty, evidence_of, suggest
from registry.risk_of_bias import SuggestedOverall, suggested_overall
from studies.judgements import Certainty, RiskOfBias
from studies.kept import plans
from studies.kept import studies as kept_studies


@dataclass(frozen=True, slots=True)
class AppraisedBias:
    """A judgement of risk of bias, and the overall that the tool's own rule gives."""

    decided: RiskOfBias
    suggested: SuggestedOverall

    @property
    def differs(self) -> bool:
        """Whether the person decided otherwise than the rule."""
        return self.decided.overall != self.suggested.level

    def to_dict(self) -> dict[str, Any]:
        """Return both in plain types, apart."""
        return {
            "decided": self.decided.model_dump(exclude_none=True),
            "suggested": asdict(self.suggested),
            "differs": self.differs,
        }


@dataclass(frozen=True, slots=True)
class AppraisedCertainty:
    """What an analysis suggests for the certainty of an outcome, and what a person decided, if any did."""

    outcome: str
    suggested: SuggestedCertainty
    decided: Certainty | None

    def to_dict(self) -> dict[str, Any]:
        """Return both in plain types, apart."""
        return {
            "outcome": self.outcome,
            "suggested": asdict(self.suggested),
            "decided": self.decided.model_dump(exclude_none=True) if self.decided else None,
        }


def appraised_bias(session: Session, study: str) -> list[AppraisedBias]:
    """Return the judgements of a study's risk of bias, each with the suggestion of its tool.

    Raises
    ------
    InputError
        The database has no such study.
    """
    found = kept_studies.held(session, [study]).get(study)
    if found is None:
        raise fault(f"there is no study {study!r}", "See `evidens study list`.")
    return [
        AppraisedBias(
            one,
            suggested_overall(
                one.tool, {domain: part.judgement for domain, part in one.domains.items()}
            ),
        )
        for one in found.risk_of_bias
    ]


def appraised_certainty(session: Session, synthesis: str) -> list[AppraisedCertainty]:
    """Return, for each outcome of a synthesis, what its analysis suggests and what a person decided.

    Raises
    ------
    registry.analyses.UnknownSynthesisError
        The database has no such synthesis.
    InputError
        It cannot be carried out.
    """
    analysis = analyse(session, synthesis)
    designs = {one.study: one.design for one in analysis.included}
    record = plans.held_syntheses(session, [synthesis])[synthesis]
    decided = {one.outcome: one for one in record.certainty}
    return [
        AppraisedCertainty(
            outcome.outcome,
            suggest(evidence_of(session, outcome, designs)),
            decided.get(outcome.outcome),
        )
        for outcome in analysis.outcomes
    ]
