"""Number checks on records: what is inconsistent in the shipped ones and why, what is said, and where."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.outcomes import IN_WHOLE_NUMBERS, OUTCOMES
from registry.vocabulary import CONTRASTS
from studies.checks import check_files, check_yaml
from studies.ingest import COLLECTION, SHIPPED
from studies.number_checks import SCALES, NumberCheck, counted, number_checks, remarks

Run = Callable[..., tuple[int, str, str]]

RECORDS = len(list(COLLECTION.rglob("*.yaml")))

KNOWN = {
    # The report's own: the interval's lower part is the longer, as in intervals of a score test where the
    # smaller share is near 0 (14 of 33 and 1 of 25 have 0.17 to 0.56 by Newcombe's).
    "study bejerholm-2017 results[1].contrast.estimate": True,
    # The report's: 54.5 % printed as 55 %.
    "study burns-2007 results[3].ips.percent": True,
    # The report's: its p is of another test than its interval; the percentages do not fit the ratio either.
    "study howard-2010 results[1].p": True,
    # The secondary source's: 98.04 would be in order, 94.04 is printed.
    "study kinoshita-2013 results[2].contrast.estimate": True,
    # The secondary source's: 6.80 below and 18.31 above.
    "study kinoshita-2013 results[5].contrast.estimate": True,
    # The review's, which two of our records hold: ratio and limits cannot both be right.
    "study ottomanelli-2012 results[4].contrast.estimate": True,
    "study probyn-2021 results[7].contrast.estimate": True,
    # The review's, which two of our records hold: the middle is 1.87 or 1.88. No counts in arms of 10 to 39
    # people give this ratio with these limits; the excerpt prints none.
    "study probyn-2021 results[10].contrast.estimate": True,
    "study probyn-2021-substance-abuse results[1].contrast.estimate": True,
    # The report's: 32 of 46 and 13 of 45 have the limits 2.2875 and 13.84; the lower is cut, not rounded.
    "study wong-2008 results[1].contrast.estimate": True,
    # The data set's: a sum over its payments is more than the commitment that it has.
    "project haringey-barnet-ips statements[3].value": True,
    # The data set's: it counts jobs, or too few people.
    "project tower-hamlets-learning-disability results[1].positive": True,
    "project tower-hamlets-learning-disability results[2].positive": True,
}
"""Every inconsistency in the shipped records, whose it is, and whether the record marks the result.

Each is printed so in the abstract or excerpt that the record names: none is a slip of ours.
"""


def all_checks() -> list[NumberCheck]:
    return [check for one in check_files(SHIPPED) for check in number_checks(one.record)]


def test_every_inconsistency_in_the_collection_is_known() -> None:
    found = {
        f"{one.record} {one.to_dict()['field']}": one.disputed is not None
        for one in all_checks()
        if one.inconsistent
    }
    assert found == KNOWN


def test_how_many_numbers_of_the_collection_go_together() -> None:
    checks = all_checks()
    assert counted(checks) == (
        "82 exact, 8 consistent within rounding, 13 inconsistent, 45 not computable"
    )
    names = [one.check.name for one in checks if one.check.verdict != "not computable"]
    assert {name: names.count(name) for name in names} == {
        "share": 24,
        "middle-of-interval": 46,
        "sd-within-limits": 4,
        "p-value": 2,
        "payments-within-maximum": 1,
        "count-of-people": 24,
        "relative-reduction": 1,
        "mean-difference": 1,
    }
    reasons = [one.check.text for one in checks if one.check.verdict == "not computable"]
    assert {text: reasons.count(text) for text in reasons} == {
        "the number of people is not printed with it": 32,
        "the two values that it is between are not printed with it": 7,
        "no interval is printed with it": 5,
        "the interval of a proportion-of-effects is even on no known scale": 1,
    }


TRIAL = """\
study: made-up
label: Made up (2020)
year: 2020
design: randomised-trial
population: schizophrenia
extraction: single
reports: [davis-2012]
arms:
  ips: {role: intervention, intervention: ips, label: IPS}
  usual: {role: comparator, intervention: usual-employment-service, label: Usual}
results:
"""
SOURCE = "    source: {report: davis-2012, where: table 1, read: abstract}\n"


def checks_of(result: str) -> list[NumberCheck]:
    return list(number_checks(check_yaml(f"{TRIAL}{result}{SOURCE}").record))


def result(outcome: str, rest: str, window: str = "over: 12 months") -> str:
    return f"  - outcome: {outcome}\n    {window}\n{rest}"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            result("days-worked", "    ips: {mean: 20.33, n: 10}\n"),
            [
                "results[1].ips.mean: inconsistent: 10 whole numbers have the mean 20.3 or 20.4; "
                "printed is 20.33. "
            ],
        ),
        (
            result("days-worked", "    ips: {mean: 20.3}\n"),
            [
                "results[1].ips.mean: not computable: the number of people is not printed with it. ",
            ],
        ),
        (
            result("number-of-hospital-admissions", "    ips: {mean: 3.4, sd: 1.15, n: 5}\n"),
            [
                "results[1].ips.mean: exact: 5 whole numbers have the mean 3.4 or 3.4; printed is 3.4. ",
                "results[1].ips.sd: inconsistent: of 5 whole numbers with the mean 3.4 the standard "
                "deviation nearest to 1.15 is 1.14. ",
                "results[1].ips.sd: exact: 5 values from 0 without limit above with the mean 3.4 have a "
                "standard deviation from 0 to 7.714; printed is 1.15. ",
            ],
        ),
        # A year has 52 weeks: 30 people with the mean 26 cannot spread by 28.
        (
            result("weeks-worked-per-year", "    ips: {mean: 26, sd: 28, n: 30}\n"),
            [
                "results[1].ips.sd: inconsistent: 30 values from 0 to 52 with the mean 26 have a standard "
                "deviation from 0 to 26.44; printed is 28. "
            ],
        ),
        # The windows of others differ from person to person, and money has no upper limit.
        (
            result("hours-worked", "    ips: {mean: 26, sd: 28, n: 30}\n", "over: mean 41 months"),
            [
                "results[1].ips.sd: exact: 30 values from 0 without limit above with the mean 26 have a "
                "standard deviation from 0 to 145.1; printed is 28. "
            ],
        ),
        (
            result("time-in-hospital", "    ips: {mean: 50, sd: 52, n: 30}\n"),
            [
                "results[1].ips.sd: inconsistent: 30 values from 0 to 100 with the mean 50 have a standard "
                "deviation from 0 to 50.85; printed is 52. "
            ],
        ),
        (
            result("quality-of-life", "    ips: {mean: 50, sd: 52, n: 30}\n"),
            ["results[1].ips.sd: not computable: the limits of the scale are not known. "],
        ),
        (
            result("quality-of-life", "    ips: {mean: 50, sd: 52, n: 1}\n"),
            ["results[1].ips.sd: not computable: one person has no standard deviation. "],
        ),
        (
            result("days-worked", "    ips: {mean: 50, sd: 5}\n"),
            [
                "results[1].ips.mean: not computable: the number of people is not printed with it. ",
                "results[1].ips.sd: not computable: the number of people is not printed with it. ",
                "results[1].ips.sd: not computable: the number of people is not printed with it. ",
            ],
        ),
        (
            result("any-work", "    ips: {percent: 46, events: 12}\n", "at: 12 months"),
            [
                "results[1].ips.percent: not computable: the number of people is not printed with it. ",
            ],
        ),
        (
            result(
                "any-work",
                "    contrast: {type: odds-ratio, estimate: 1.5, ci_low: 1.3, ci_high: 1.7, level: 90}\n"
                "    p: <.001\n",
                "at: 12 months",
            ),
            [
                "results[1].contrast.estimate: exact: the middle of 1.3 to 1.7 on the log scale is "
                "1.436 to 1.537; printed is 1.5. ",
                "results[1].p: exact: 1.5 (1.3 to 1.7) on the log scale gives p = 6.742e-13 to 0.0002804 "
                "by the normal distribution; printed is <.001. ",
            ],
        ),
        (
            result(
                "any-work",
                "    contrast: {type: risk-ratio, estimate: 1.5}\n    p: 0.02\n",
                "at: 12 months",
            ),
            ["results[1].p: not computable: no interval is printed with it. "],
        ),
        (
            result(
                "any-work",
                "    contrast: {type: number-needed-to-treat, estimate: 5, ci_low: 3, ci_high: 9}\n"
                "    p: 0.02\n",
                "at: 12 months",
            ),
            [
                "results[1].contrast.estimate: not computable: the interval of a number-needed-to-treat is "
                "even on no known scale. "
            ],
        ),
        (result("any-work", "    ips: {percent: 46}\n", "at: 12 months"), []),
        (result("any-work", "    ips: {events: 4, n: 9}\n    p: 0.02\n", "at: 12 months"), []),
    ],
)
def test_what_is_checked_and_said(text: str, lines: list[str]) -> None:
    said = [str(one.remark()) for one in checks_of(text)]
    advice = "Check the numbers in the report; if they are printed so, say it under 'disputed:'."
    assert said == [f"study made-up: {line}{advice}" for line in lines]


def test_which_outcomes_are_whole_numbers() -> None:
    assert {
        "days-worked",
        "weeks-worked",
        "weeks-worked-with-internship",
        "days-in-competitive-employment",
        "days-in-any-paid-employment",
        "weeks-in-employment-or-education",
        "employment-contracts",
        "number-of-hospital-admissions",
    } == IN_WHOLE_NUMBERS
    assert set(OUTCOMES) >= IN_WHOLE_NUMBERS
    assert set(CONTRASTS) >= set(SCALES)


def test_a_second_reading_is_checked_as_well_and_other_records_have_nothing() -> None:
    text = (
        "extraction: second\nstudy: made-up\nby: AB\ndated: 2026-01-02\nresults:\n"
        f"{result('days-worked', '    ips: {mean: 20.33, n: 10}' + chr(10))}{SOURCE}"
    )
    (found,) = number_checks(check_yaml(text).record)
    assert (found.record, found.inconsistent) == ("extraction second", True)
    report = (COLLECTION / "reports" / "davis-2012.yaml").read_text(encoding="utf-8")
    assert list(number_checks(check_yaml(report).record)) == []


BURNS = COLLECTION / "records" / "burns-2007.yaml"
REMARK = (
    "results[3].ips.percent: inconsistent: 85 of 156 is 54.49 %; printed is 55 %. "
    "The record marks this result as disputed."
)


def made_up(tmp_path: Path) -> None:
    text = TRIAL + result("days-worked", "    ips: {mean: 20.33, n: 10}\n") + SOURCE
    (tmp_path / "made-up.yaml").write_text(text, encoding="utf-8")


MADE_UP = (
    "made-up.yaml:14: results[1].ips.mean: inconsistent: 10 whole numbers have the mean 20.3 or 20.4; "
    "printed is 20.33. "
    "Check the numbers in the report; if they are printed so, say it under 'disputed:'."
)


def test_check_remarks_and_passes(evidens: Run, tmp_path: Path) -> None:
    made_up(tmp_path)
    code, out, err = evidens("check", "made-up.yaml")
    assert (code, out) == (0, "")
    assert err == (
        f"{MADE_UP}\n1 records checked, no faults.\n"
        "Printed numbers against each other: "
        "0 exact, 0 consistent within rounding, 1 inconsistent, 0 not computable.\n"
    )
    assert [str(one) for one in remarks(check_files([tmp_path / "made-up.yaml"]))] == [
        f"{tmp_path}/{MADE_UP}"
    ]


def test_strict_fails_where_the_record_does_not_say_it(evidens: Run, tmp_path: Path) -> None:
    made_up(tmp_path)
    code, _, err = evidens("check", "--strict", "made-up.yaml")
    assert code == 1
    assert err.startswith(MADE_UP)
    code, _, err = evidens("check", "--strict", str(BURNS))
    assert code == 0
    assert err.startswith(f"{BURNS}:64: {REMARK}\n1 records checked, no faults.\n")


def test_without_a_path_the_collection_is_checked(evidens: Run) -> None:
    code, _, err = evidens("check")
    lines = err.rstrip("\n").split("\n")
    assert code == 0
    assert len(lines) == len(KNOWN) + 2
    assert lines[-2] == f"{RECORDS} records checked, no faults."
    assert lines[-1].startswith("Printed numbers against each other: 82 exact, ")


def test_every_check_as_json(evidens: Run) -> None:
    code, out, _ = evidens("check", "--json", str(BURNS))
    checks = json.loads(out)["checks"]
    assert code == 0
    assert [one["verdict"] for one in checks] == [
        "not computable",
        "not computable",
        "inconsistent",
        "exact",
        "exact",
    ]
    assert checks[2] == {
        "file": str(BURNS),
        "line": 64,
        "record": "study burns-2007",
        "field": "results[3].ips.percent",
        "check": "share",
        "numbers": {"percent": "55", "n": "156", "events": "85"},
        "recomputed": 8500 / 156,
        "low": 8500 / 156,
        "high": 8500 / 156,
        "verdict": "inconsistent",
        "text": "85 of 156 is 54.49 %; printed is 55 %",
        "disputed": "85 of 156 is 54.5 %, printed as 55 %.",
    }


def test_load_remarks_once_and_show_remarks_always(evidens: Run) -> None:
    code, _, err = evidens("load")
    assert code == 0
    assert err.count(": inconsistent: ") == len(KNOWN)
    assert f"{BURNS}:64: {REMARK}\n" in err
    code, _, err = evidens("load")
    assert (code, err) == (
        0,
        f"Nothing changed: the registry already holds all {RECORDS} records.\n",
    )
    code, out, err = evidens("study", "show", "burns-2007")
    assert (code, err) == (0, f"study burns-2007: {REMARK}\n")
    assert check_yaml(out).record == check_files([BURNS])[0].record
