"""The rules of judgements: a tool's own domains and levels, steps that give their level, stages that fit."""

from collections.abc import Hashable, Iterator, Sequence

from meta.faults import Fault
from registry.grade import DOWN, STEPS, level_after
from registry.risk_of_bias import BIAS_TOOLS, suggested_overall
from studies.fields import did_you_mean
from studies.form import CheckedRecord, PathOf
from studies.judgements import (
    Certainty,
    ReportScreening,
    RiskOfBias,
    Screening,
    Search,
    reached,
)
from studies.record import Report, Study, Synthesis
from studies.results import window_of


def judgement_faults(one: CheckedRecord) -> Iterator[Fault]:
    """Yield what is wrong with the judgements in a record whose fields are each of the right form."""
    record = one.record
    if isinstance(record, Study):
        for index, given in enumerate(record.risk_of_bias):
            yield from _risk_of_bias(one, ("risk_of_bias", index), given, record)
        yield from _twice(
            one,
            "risk_of_bias",
            [(g.tool, g.outcome, window_of(g), g.effect, g.by) for g in record.risk_of_bias],
            "this person has judged this result by this tool above",
        )
    if isinstance(record, Study | Report):
        screenings: Sequence[Screening | ReportScreening] = record.screening
        for index, screening in enumerate(screenings):
            yield from _screening(one, ("screening", index), screening, record.kind)
        yield from _twice(
            one,
            "screening",
            [screening.synthesis for screening in screenings],
            f"the {record.kind} is screened for this synthesis above",
        )
    if isinstance(record, Synthesis):
        planned = [plan.outcome for plan in record.outcomes]
        for index, certainty in enumerate(record.certainty):
            yield from _certainty(one, ("certainty", index), certainty, planned)
        yield from _twice(
            one,
            "certainty",
            [certainty.outcome for certainty in record.certainty],
            "the certainty of this outcome is judged above",
        )
        for index, search in enumerate(record.searches):
            yield from _search(one, ("searches", index), search)


def _twice(
    one: CheckedRecord, field: str, keys: Sequence[Hashable], problem: str
) -> Iterator[Fault]:
    seen: set[Hashable] = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield one.fault((field, index), problem, "Keep one of them.")
        seen.add(key)


def _risk_of_bias(
    one: CheckedRecord, path: PathOf, given: RiskOfBias, study: Study
) -> Iterator[Fault]:
    tool = BIAS_TOOLS[given.tool]
    if study.design not in tool.designs:
        fitting = [other.id for other in BIAS_TOOLS.values() if study.design in other.designs]
        yield one.fault(
            (*path, "tool"),
            f"{given.tool} is not made for a {study.design}",
            f"Use {' or '.join(fitting)}."
            if fitting
            else "Delete the judgement; no tool here is made for this design.",
        )
    windows = [window for window in (given.at, given.during, given.over) if window is not None]
    if len(windows) > 1:
        yield one.fault(path, "a result has one window", "Write one of at, during or over.")
    elif not any(
        result.outcome == given.outcome and (not windows or window_of(result) == window_of(given))
        for result in study.results
    ):
        yield one.fault(
            (*path, "outcome"),
            "the study has no such result",
            "Judge a result of this record; name its outcome and, if need be, its window.",
        )
    sound = True
    for domain, part in given.domains.items():
        if domain not in tool.domains:
            sound = False
            yield one.fault(
                (*path, "domains", domain),
                f"{given.tool} has no domain {domain!r}",
                did_you_mean(domain, tool.domains),
            )
        elif part.judgement not in tool.domains[domain]:
            sound = False
            yield one.fault(
                (*path, "domains", domain, "judgement"),
                f"{given.tool} has no level {part.judgement!r} for {domain}",
                f"Use one of: {', '.join(tool.domains[domain])}.",
            )
    missing = [domain for domain in tool.domains if domain not in given.domains]
    if missing:
        yield one.fault(
            (*path, "domains"),
            f"{given.tool} has more domains: {', '.join(missing)}",
            "Judge each of them, with its reason.",
        )
    if given.overall not in tool.overall:
        yield one.fault(
            (*path, "overall"),
            f"{given.tool} has no overall level {given.overall!r}",
            f"Use one of: {', '.join(tool.overall)}.",
        )
    elif sound and not missing:
        suggested = suggested_overall(
            given.tool, {domain: part.judgement for domain, part in given.domains.items()}
        )
        if (given.overall != suggested.level) != (given.reason is not None):
            yield one.fault(
                (*path, "reason"),
                f"the domains give {suggested.level!r} by the tool's rule, "
                f"and {given.overall!r} is decided",
                "Write 'reason:' if, and only if, the two differ.",
            )


def _screening(
    one: CheckedRecord, path: PathOf, screening: Screening | ReportScreening, kind: str
) -> Iterator[Fault]:
    decision, stage, reason = screening.decision, reached(screening), screening.reason
    if (decision == "excluded") != (reason is not None):
        yield one.fault(
            path,
            f"an excluded {kind} has a reason and no other has one",
            "Write 'reason:' if, and only if, the decision is excluded.",
        )
    elif reason is not None and (reason == "not-retrieved") != (stage == "sought"):
        yield one.fault(
            path,
            f"{reason!r} does not go with the stage {stage!r}",
            "What could not be retrieved stops at 'sought', and nothing else does.",
        )
    if (decision == "included") != (stage == "included"):
        yield one.fault(
            (*path, "stage"),
            f"the decision is {decision!r} and the stage {stage!r}",
            "The stage is 'included' if, and only if, the decision is; or leave it out.",
        )


def _certainty(
    one: CheckedRecord, path: PathOf, given: Certainty, planned: Sequence[str]
) -> Iterator[Fault]:
    if given.outcome not in planned:
        yield one.fault(
            (*path, "outcome"),
            f"{given.outcome!r} is not among the synthesis's outcomes",
            did_you_mean(given.outcome, planned),
        )
    missing = [domain for domain in DOWN if domain not in given.domains]
    if missing:
        yield one.fault(
            (*path, "domains"),
            f"nothing is said of {', '.join(missing)}",
            "Write the steps and the reason for each, 'steps: 0' where it takes nothing away.",
        )
    sound = True
    for domain, part in given.domains.items():
        least, most = STEPS[domain]
        if not least <= int(part.steps) <= most:
            sound = False
            yield one.fault(
                (*path, "domains", domain, "steps"),
                f"{domain} does not take the level {part.steps} steps",
                f"Write a whole number from {least} to {most}.",
            )
    level = level_after(given.start, (int(part.steps) for part in given.domains.values()))
    if sound and not missing and level != given.level:
        yield one.fault(
            (*path, "level"),
            f"the steps from {given.start!r} give {level!r}, not {given.level!r}",
            "Change the level or the steps, so that the reasons say what was decided.",
        )


def _search(one: CheckedRecord, path: PathOf, search: Search) -> Iterator[Fault]:
    if int(search.duplicates) > int(search.found):
        yield one.fault(
            (*path, "duplicates"),
            f"{search.duplicates} duplicates among {search.found} records found",
            "Check both numbers; duplicates cannot exceed what was found.",
        )
