"""The rules of overlaps, comparisons, pooled results and reconstructed counts: one line for each fault."""

import pytest

from meta.faults import InputError
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in

Change = tuple[str, str]


def record(name: str, *changes: Change) -> str:
    text = (COLLECTION / "records" / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


BROKEN: dict[str, tuple[str, list[Change], str]] = {
    "an overlap with itself": (
        "bond-2012",
        [("study: bond-2007, note", "study: bond-2012, note")],
        "overlaps[1].study: 'bond-2012' is the study itself. Name each other study once.",
    ),
    "an overlap named twice": (
        "bond-2012",
        [("study: drake-1996, note", "study: bond-2007, note")],
        "overlaps[2].study: 'bond-2007' is named twice. Name each other study once.",
    ),
    "an overlap with a study that is not there": (
        "bond-2012",
        [("study: mueser-2004, note", "study: mueser-2040, note")],
        "overlaps[4].study: there is no study 'mueser-2040'. Did you mean 'mueser-2004'?",
    ),
    "a comparison in three arms that names none": (
        "christensen-2019",
        [("between: [ips, usual]\n", "level: 95\n")],
        "results[1].contrast: the study has 3 arms, and the comparison does not say which two. "
        "Write 'between: [ips, usual]'.",
    ),
    "a comparison with an arm that is not there": (
        "christensen-2019",
        [("between: [ips, usual]", "between: [ips, usuall]")],
        "results[1].contrast.between[2]: the study has no arm 'usuall'. Did you mean 'usual'?",
    ),
    "a comparison with itself": (
        "christensen-2019",
        [("between: [ips, usual]", "between: [ips, ips]")],
        "results[1].contrast.between: a comparison is between two arms. Name two: [ips, usual].",
    ),
    "a comparison of one": (
        "christensen-2019",
        [("between: [ips, usual]", "between: [ips]")],
        "results[1].contrast.between: a comparison is between two arms. Name two: [ips, usual].",
    ),
    "a trial that pools": (
        "howard-2010",
        [("    p: 0.15\n", "    p: 0.15\n    pooled: {k: 2}\n")],
        "results[1].pooled: a randomised-trial pools no other studies. Delete it, or give the study "
        "one of the designs meta-analysis, research-review, pooled-trials.",
    ),
    "pooled and nothing said": (
        "modini-2016",
        [("pooled: {k: 17}", "pooled: {}")],
        "results[1].pooled: nothing is said of the pooling. Write k, n, i2, tau2 or model.",
    ),
    "a review that enters a synthesis": (
        "modini-2016",
        [("decision: excluded\n    reason: no-amount-of-employment", "decision: included")],
        "screening[1].decision: a meta-analysis counts the people of other studies and is not pooled "
        "with trials. Exclude it, with a reason.",
    ),
    "reconstructed counts beyond the people": (
        "bond-2007",
        [("events: 69, n: 92", "events: 93, n: 92")],
        "results[1].reconstructed.ips.events: 93 events of 92 people. "
        "Work them out again; events cannot exceed people.",
    ),
    "reconstructed counts that print otherwise": (
        "bond-2007",
        [("events: 69, n: 92", "events: 68, n: 92")],
        "results[1].reconstructed.ips: 68 of 92 does not print as 75.0 %. "
        "Work the counts out again from what the report prints.",
    ),
    "reconstructed counts beside printed ones": (
        "bond-2007",
        [("ips: {percent: 75.0}", "ips: {events: 69, n: 92}")],
        "results[1].reconstructed.ips: the report prints this arm's events. "
        "Delete the reconstructed count.",
    ),
    "reconstructed counts without arms": (
        "bond-2007",
        [("      ips: {events: 69, n: 92}\n      usual: {events: 32, n: 95}\n", "")],
        "results[1].reconstructed: the counts of the arms are missing. "
        "Write them under the arms' names, as in 'ips: {events: 14, n: 33}'.",
    ),
    "reconstructed counts of an arm that is not there": (
        "bond-2007",
        [("      usual: {events: 32, n: 95}", "      usuall: {events: 32, n: 95}")],
        "results[1].reconstructed.usuall: the key 'usuall' is not known here. "
        "Did you mean 'usual'?",
    ),
    "a percentage that no count gives": (
        "oshima-2014",
        [("percent: 10.5, n: 19", "percent: 10.4, n: 19")],
        "results[1].usual.percent: no count of 19 prints as 10.4 %. "
        "Check both numbers; if the percentage is of other people, write n under 'sizes:'.",
    ),
    "money without a currency": (
        "gold-2006",
        [("    currency: USD\n", "")],
        "results[2]: income has no currency. Write one, as in 'currency: USD'.",
    ),
    "weeks in dollars": (
        "oshima-2014",
        [
            (
                "over: 6 months\n    ips: {mean: 6.4}",
                "over: 6 months\n    currency: USD\n    ips: {mean: 6.4}",
            )
        ],
        "results[3].currency: weeks-worked is counted in weeks. Delete the currency.",
    ),
    "one quartile": (
        "gold-2006",
        [("q1: 0, q3: 5145", "q3: 5145")],
        "results[2].ips: quartiles go with a median. Write median, q1 and q3.",
    ),
    "a p-value in words": (
        "gold-2006",
        [('p: "<.001"', "p: small")],
        "results[1].p: 'small' does not have the form asked for. "
        "Write it as printed, as in <.001 or 0.041.",
    ),
    "a window of its own form": (
        "nuechterlein-2020",
        [("months 7 to 18", "months 7-18")],
        "results[2].during: 'months 7-18' does not have the form asked for. "
        "Write a number and a unit, as in '18 months' or '26 weeks'.",
    ),
    "a window that ends before it begins": (
        "nuechterlein-2020",
        [("months 7 to 18", "months 8 to 7")],
        "results[2].during: months 8 to 7 ends before it begins. Write the earlier month first.",
    ),
    "an arm called as a key of results": (
        "bond-2007",
        [("arms:\n  ips:", "arms:\n  p: {role: comparator, intervention: ips, label: P}\n  ips:")],
        "arms.p: 'p' is a key of results. Give the arm another name.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_one_line(case: str, shipped: str) -> None:
    name, changes, message = BROKEN[case]
    text = record(name, *changes)
    with pytest.raises(InputError) as refused, transaction(shipped) as session:
        take_in(session, [check_yaml(text, "bad.yaml")])
    (line,) = [str(fault) for fault in refused.value.faults]
    where, _, said = line.partition(": ")
    assert said == message
    assert where.startswith("bad.yaml:")


def test_a_disputed_result_may_contradict_itself_and_says_how() -> None:
    text = record("burns-2007")
    assert "{percent: 55, events: 85, n: 156}" in text
    check_yaml(text)
    start = text.index("    disputed: 85 of 156")
    end = text.index("    source:", start)
    with pytest.raises(InputError, match="85 of 156 does not print as 55 %"):
        check_yaml(text[:start] + text[end:])


def test_events_never_exceed_people_even_where_disputed() -> None:
    with pytest.raises(InputError, match="157 events of 156 people"):
        check_yaml(record("burns-2007", ("events: 85", "events: 157")))
