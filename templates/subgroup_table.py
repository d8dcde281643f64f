"""The table of subgroups: a pooled effect in each group of studies, and whether the groups differ."""

from collections.abc import Iterator, Sequence

from meta.moderators.subgroups import Differences
from registry.subgroup_readings import LEVELS, SubgroupReading
from registry.vocabulary import SUBGROUPS
from templates.contexts import SubgroupBlock, SubgroupLine
from templates.formats import number
from templates.pooled_effect import Effect
from templates.words import capital


def subgroups_of(effects: Sequence[Effect]) -> tuple[SubgroupBlock, ...]:
    """Put pooled effects by subgroups into a table.

    Parameters
    ----------
    effects : sequence of Effect

    Returns
    -------
    tuple of SubgroupBlock
        For each effect, in the order of the plan; what was refused says why.
    """
    return tuple(_block(one, effect) for effect in effects for one in effect.envelope.subgroups)


def _block(reading: SubgroupReading, effect: Effect) -> SubgroupBlock:
    tongue = effect.tongue
    effect = effect.asking(SUBGROUPS[reading.by].label(tongue.language))
    return SubgroupBlock(
        heading=tongue.say(
            "subgroup.heading",
            measure=capital(effect.name),
            by=SUBGROUPS[reading.by].label(tongue.language),
        ),
        lines=tuple(_lines(reading, effect)),
        note=_note(reading, effect),
    )


def _lines(reading: SubgroupReading, effect: Effect) -> Iterator[SubgroupLine]:
    for group in reading.to_dict()["subgroups"]:
        natural = group["natural"]
        ends = (natural["ci_low"], natural["ci_high"])
        if natural["estimate"] is None or None in ends:
            estimate = number(None, 0, reason=effect.tongue.say("no-value"))
        else:
            estimate = f"{effect.value(natural['estimate'])} {effect.bracketed(*ends)}"
        yield SubgroupLine(
            level=capital(LEVELS[reading.by][group["level"]].label(effect.tongue.language)),
            k=effect.of("k").plain(group["k"]),
            estimate=estimate,
        )


def _note(reading: SubgroupReading, effect: Effect) -> str:
    say, by = effect.tongue.say, SUBGROUPS[reading.by].label(effect.tongue.language)
    if reading.finding is None:
        return say("subgroup.refused", by=by)
    said = [_differences(reading.finding.between, effect, by)]
    left = [effect.tongue.study(one.label) for one in reading.finding.overall.effects.excluded]
    if left:
        said.append(say("subgroup.left-out", by=by, studies=effect.tongue.listing(left)))
    return " ".join(said)


def _differences(between: Differences, effect: Effect, by: str) -> str:
    if between.pvalue is None:
        return effect.tongue.say("subgroup.no-test", by=by)
    p = effect.of("between").pvalue(between.pvalue)
    return effect.tongue.say("subgroup.test", by=by, measure=effect.short, p=p)
