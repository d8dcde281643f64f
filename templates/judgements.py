"""Judgements as plain text for a terminal, in English: what is suggested and what was decided, apart."""

from collections.abc import Iterator, Sequence

from registry.screening import Flow
from registry.vocabulary import BIAS_TOOLS, EXCLUSION_REASONS, STAGES
from studies.appraisals import AppraisedBias, AppraisedCertainty
from studies.results import window_of
from studies.second_readings import Comparison


def bias_text(study: str, found: Sequence[AppraisedBias]) -> str:
    """Return a study's judgements of risk of bias as text."""
    if not found:
        return f"{study}: nobody has judged its risk of bias."
    return "\n".join(line for one in found for line in _bias(study, one))


def _bias(study: str, one: AppraisedBias) -> Iterator[str]:
    decided, suggested = one.decided, one.suggested
    ascertainment, window = window_of(decided)
    seen = f" {ascertainment} {window}" if ascertainment else ""
    yield f"{study}: {decided.outcome}{seen}, {BIAS_TOOLS[decided.tool].en}, {decided.effect}"
    for domain, part in decided.domains.items():
        yield f"  {domain}: {part.judgement}. {part.reason}"
    or_else = f"; {suggested.or_else} if they weigh together" if suggested.or_else else ""
    yield f"  suggested: {suggested.level} ({suggested.because}{or_else}; {suggested.source})"
    yield f"  decided: {decided.overall} ({decided.by}, {decided.dated})"
    if one.differs:
        yield f"  decided otherwise because: {decided.reason}"


def certainty_text(synthesis: str, found: Sequence[AppraisedCertainty]) -> str:
    """Return the certainty of a synthesis's outcomes as text."""
    return "\n".join(line for one in found for line in _certainty(synthesis, one))


def _certainty(synthesis: str, one: AppraisedCertainty) -> Iterator[str]:
    suggested, decided = one.suggested, one.decided
    yield f"{synthesis}: {one.outcome}"
    yield f"  suggested: starts {suggested.start}, at most {suggested.at_most}"
    for step in suggested.steps:
        steps = "a person's" if step.steps is None else f"{step.steps:+d}" if step.steps else "0"
        yield f"    {step.domain}: {steps} ({step.because}; {step.source})"
    if decided is None:
        yield "  decided: nobody has judged it"
        return
    yield f"  decided: {decided.level}, from {decided.start} ({decided.by}, {decided.dated})"
    for domain, part in decided.domains.items():
        yield f"    {domain}: {part.steps}. {part.reason}"


def flow_text(flow: Flow) -> str:
    """Return the counts of a PRISMA 2020 flow as text, one box a line."""
    lines = [f"{flow.synthesis}: {flow.identified} records identified"]
    if flow.duplicates:
        lines.append(f"  {flow.duplicates} duplicates removed before screening")
    for stage in flow.stages:
        lines.append(f"{STAGES[stage.stage].en}: {stage.reached}")
        if stage.excluded:
            lines.append(f"  came no further: {stage.excluded}")
        lines += [
            f"    {EXCLUSION_REASONS[reason].en}: {number}"
            for reason, number in stage.reasons.items()
        ]
        if stage.awaiting:
            lines.append(f"  awaiting a decision: {stage.awaiting}")
    lines.append(f"included: {flow.included_reports} reports")
    lines.append(
        f"studies: {flow.included_studies} included, {flow.excluded_studies} excluded, "
        f"{flow.awaiting_studies} awaiting"
    )
    if flow.unaccounted:
        lines.append(
            f"The searches found {flow.found}; {flow.identified} are accounted for, "
            f"a difference of {flow.unaccounted}."
        )
    return "\n".join(lines)


def comparison_text(found: Comparison) -> str:
    """Return a comparison of two readings as text: one line for each cell that differs."""
    lines = []
    for identity, cells in found.readings.items():
        differ = "1 cell differs" if len(cells) == 1 else f"{len(cells)} cells differ"
        lines.append(f"{found.study} and {identity}: {differ}")
        for cell in cells:
            line = f"  {cell.key}: {cell.cell}: {cell.first} / {cell.second}"
            if cell.resolved is None:
                line += ": not resolved"
            elif cell.settled:
                line += f": {cell.resolved.kept} kept by {cell.resolved.by}, {cell.resolved.dated}"
            else:
                line += (
                    f": not resolved; {cell.resolved.kept} is to be kept, but {found.study} has "
                    f"{cell.first}"
                )
            lines.append(line)
    lines.append(
        "Every cell agrees or is resolved." if found.agreed else "Not every cell is resolved."
    )
    return "\n".join(lines)
