"""The table of risk of bias: what people judged of each study, domain by domain, and on what grounds.

One table a tool, because tools differ in their domains; in it one block for each outcome and effect, since a
judgement is of a result and not of a study. A level is told by a sign, which a legend puts into words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from registry.analyses import Analysis
from registry.decided_bias import DecidedBias
from registry.risk_of_bias import BIAS_DOMAINS, BIAS_EFFECTS, BIAS_LEVELS, BIAS_TOOLS
from registry.terms import Term
from registry.vocabulary import OUTCOMES
from registry.windows import length
from templates.lights import SIGNS, letter
from templates.origins import Origins
from templates.tongue import Tongue
from templates.words import capital


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasLine:
    """The judgements of one result, or how often a level was given."""

    name: str = field(metadata={"help": "The study, or the level that is counted."})
    cells: tuple[str, ...] = field(
        metadata={"help": "A sign, or a count, for each domain of the tool."}
    )
    overall: str = field(metadata={"help": "Of all domains together: sign and word, or a count."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasBlock:
    """The judgements of one outcome."""

    heading: str = field(
        metadata={"help": "The outcome, and which effect its results are to show."}
    )
    lines: tuple[BiasLine, ...] = field(metadata={"help": "One for each result."})
    counts: tuple[BiasLine, ...] = field(metadata={"help": "One for each level that was given."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasReason:
    """A domain's judgement with its reason."""

    domain: str = field(metadata={"help": "The domain, or all together."})
    level: str = field(metadata={"help": "Sign and word of the level."})
    reason: str = field(metadata={"help": "What in the study it rests on."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasReasons:
    """The reasons behind the judgements of one result."""

    heading: str = field(metadata={"help": "The study and the outcome."})
    lines: tuple[BiasReason, ...] = field(metadata={"help": "One a domain, and one for all."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasTool:
    """The judgements made with one tool."""

    name: str = field(metadata={"help": "The tool and its version."})
    letters: tuple[str, ...] = field(metadata={"help": "Headings of the domains' columns."})
    legend: str = field(metadata={"help": "What letters and signs mean."})
    blocks: tuple[BiasBlock, ...] = field(metadata={"help": "One for each outcome and effect."})
    reasons: tuple[BiasReasons, ...] = field(metadata={"help": "One for each result."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBiasTable:
    """What people judged of the included studies' risk of bias."""

    tools: tuple[BiasTool, ...] = field(
        metadata={"help": "One for each tool that was used; empty where nobody has judged."}
    )
    unjudged: tuple[str, ...] = field(
        metadata={"help": "Which studies nobody has judged, or that nobody has judged any."}
    )
    judged_by: str = field(metadata={"help": "Who judged, and when; may be empty."})


def risk_of_bias_of(origins: Origins, bias: Sequence[DecidedBias]) -> RiskOfBiasTable:
    """Put the judgements of an analysis's outcomes into tables.

    Parameters
    ----------
    origins : Origins
    bias : sequence of DecidedBias
        Of the included studies; what was judged of other outcomes is left out.

    Returns
    -------
    RiskOfBiasTable
    """
    analysis, tongue = origins.analysis, origins.synthesis
    labels = {one.study: one.label for one in analysis.included}
    outcomes = [one.outcome for one in analysis.outcomes]
    judged = [one for one in bias if one.study in labels and one.outcome in outcomes]
    people = [
        _signed(by, dated, tongue)
        for by, dated in dict.fromkeys((one.judged_by, one.dated) for one in judged)
    ]
    return RiskOfBiasTable(
        tools=tuple(
            _tool(tool, found, outcomes, labels, tongue)
            for tool in BIAS_TOOLS
            if (found := [one for one in judged if one.tool == tool])
        ),
        unjudged=tuple(_unjudged(analysis, judged, tongue)),
        judged_by=tongue.say("bias.judged-by", people=tongue.listing(people)) if people else "",
    )


def _unjudged(analysis: Analysis, judged: Sequence[DecidedBias], tongue: Tongue) -> Iterator[str]:
    if not judged:
        yield tongue.say("bias.nobody")
        return
    for outcome in analysis.outcomes:
        done = {one.study for one in judged if one.outcome == outcome.outcome}
        left = [tongue.study(one.label) for one in outcome.studies if one.study not in done]
        if left:
            yield tongue.say(
                "bias.unjudged",
                outcome=_word(OUTCOMES[outcome.outcome], tongue),
                studies=tongue.listing(left),
            )


def _tool(
    tool: str,
    judged: Sequence[DecidedBias],
    outcomes: Sequence[str],
    labels: Mapping[str, str],
    tongue: Tongue,
) -> BiasTool:
    domains = tuple(BIAS_TOOLS[tool].domains)
    parts = {
        (outcome, effect): [one for one in judged if (one.outcome, one.effect) == (outcome, effect)]
        for outcome in outcomes
        for effect in BIAS_EFFECTS
    }
    return BiasTool(
        name=_word(BIAS_TOOLS[tool], tongue),
        letters=tuple(letter(domain, place) for place, domain in enumerate(domains)),
        legend=_legend(domains, judged, tongue),
        blocks=tuple(
            BiasBlock(
                heading=tongue.say(
                    "bias.block",
                    outcome=_word(OUTCOMES[outcome], tongue),
                    effect=_word(BIAS_EFFECTS[effect], tongue),
                ),
                lines=tuple(_line(one, labels, tongue) for one in found),
                counts=tuple(_counts(found, domains, tongue)),
            )
            for (outcome, effect), found in parts.items()
            if found
        ),
        reasons=tuple(_reasons(one, labels, tongue) for found in parts.values() for one in found),
    )


def _line(one: DecidedBias, labels: Mapping[str, str], tongue: Tongue) -> BiasLine:
    return BiasLine(
        name=_result(one, labels, tongue),
        cells=tuple(SIGNS[domain.judgement][0] for domain in one.domains),
        overall=_level(one.overall, tongue),
    )


def _counts(
    judged: Sequence[DecidedBias], domains: Sequence[str], tongue: Tongue
) -> Iterator[BiasLine]:
    """Yield how many results have each level in each domain, the best level first."""
    given = [[domain.judgement for domain in one.domains] + [one.overall] for one in judged]
    counting = tongue.of(tongue.say("bias.count"), tongue.say("bias.judgements"))
    for level in SIGNS:
        if any(level in levels for levels in given):
            counts = [
                counting.plain(sum(levels[place] == level for levels in given))
                for place in range(len(domains) + 1)
            ]
            yield BiasLine(name=_level(level, tongue), cells=tuple(counts[:-1]), overall=counts[-1])


def _reasons(one: DecidedBias, labels: Mapping[str, str], tongue: Tongue) -> BiasReasons:
    overall = tongue.say("bias.rule") if one.reason is None else one.reason
    return BiasReasons(
        heading=tongue.say(
            "bias.reasons-of",
            study=_result(one, labels, tongue),
            outcome=_word(OUTCOMES[one.outcome], tongue),
        ),
        lines=(
            *(
                BiasReason(
                    domain=capital(_word(BIAS_DOMAINS[domain.domain], tongue)),
                    level=_level(domain.judgement, tongue),
                    reason=tongue.excepted(domain.reason, "record"),
                )
                for domain in one.domains
            ),
            BiasReason(
                domain=capital(tongue.say("forest.bias-overall")),
                level=_level(one.overall, tongue),
                reason=tongue.excepted(overall, "record"),
            ),
        ),
    )


def _legend(domains: Sequence[str], judged: Sequence[DecidedBias], tongue: Tongue) -> str:
    given = {part.judgement for one in judged for part in one.domains}
    given |= {one.overall for one in judged}
    letters = [
        f"{letter(domain, place)}: {_word(BIAS_DOMAINS[domain], tongue)}"
        for place, domain in enumerate(domains)
    ]
    return "; ".join([*letters, *(_level(level, tongue) for level in SIGNS if level in given)])


def _result(one: DecidedBias, labels: Mapping[str, str], tongue: Tongue) -> str:
    """Return the study, and when the outcome was seen where only that result was judged."""
    study = tongue.study(labels[one.study])
    months = None if one.window is None else length(one.window)
    if one.ascertainment is None or months is None:
        return study
    judged = tongue.of(tongue.say("bias.window"), tongue.say("bias.judgements"))
    when = tongue.words.counted(one.ascertainment, months, months=judged.plain(months))
    return tongue.say("bias.result", study=study, when=when)


def _level(level: str, tongue: Tongue) -> str:
    return tongue.say("bias.level", sign=SIGNS[level][0], level=_word(BIAS_LEVELS[level], tongue))


def _signed(by: str, dated: str, tongue: Tongue) -> str:
    return tongue.say("bias.signed", by=tongue.excepted(by, "record"), dated=tongue.day(dated))


def _word(term: Term, tongue: Tongue) -> str:
    return tongue.excepted(term.label(tongue.language), "record")
