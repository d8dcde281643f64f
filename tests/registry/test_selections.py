"""Selections: all studies' printed numbers for an outcome, as the records have them."""

import csv
import io
import math
from collections.abc import Callable

from registry.selections import select_results
from registry.session import reading, transaction
from studies.checks import check_yaml
from studies.ingest import take_in
from studies.kept.kinds import held_records
from studies.record import Study
from studies.results import window_of

Run = Callable[..., tuple[int, str, str]]


def test_every_printed_number_of_an_outcome_comes_once(shipped: str) -> None:
    """Against the records themselves: the first arm of each role, in record order."""
    wanted = []
    with reading(shipped) as session:
        for study in held_records(session, ["study"]):
            assert isinstance(study, Study)
            first: dict[str, str] = {}
            for name, arm in study.arms.items():
                first.setdefault(arm.role, name)
            for result in study.results:
                if result.outcome == "competitive-employment":
                    numbers = [
                        result.values.get(first.get(role, ""))
                        for role in ("intervention", "comparator")
                    ]
                    wanted.append(
                        (
                            study.study,
                            *window_of(result),
                            *(None if one is None else one.percent for one in numbers),
                            *(None if one is None else one.n for one in numbers),
                        )
                    )
        found = select_results(session, "competitive-employment")
    columns = [
        found.texts["study"],
        found.texts["ascertainment"],
        found.texts["window"],
        *(found.numbers[name] for name in ("percent1", "percent2", "n1i", "n2i")),
    ]
    got = [
        (*row[:3], *(None if math.isnan(x) else x for x in row[3:]))
        for row in zip(*columns, strict=True)
    ]
    assert len(wanted) > 50
    assert got == [
        (*row[:3], *(None if x is None else float(x) for x in row[3:])) for row in wanted
    ]


THREE_ARMS = """
study: three-arms
label: Three arms
year: 2001
design: randomised-trial
population: severe-mental-illness
extraction: single
reports: [davis-2012]
arms:
  second: {role: comparator, intervention: usual-services, label: B}
  ips: {role: intervention, intervention: ips, label: IPS}
  other: {role: comparator, intervention: job-club, label: C}
results:
  - outcome: competitive-employment
    at: 6 months
    second: {events: 1, n: 10}
    ips: {events: 5, n: 10}
    other: {events: 9, n: 90}
    source: {report: davis-2012, where: a table, read: abstract}
"""


def test_arms_are_never_mixed(shipped: str) -> None:
    with transaction(shipped) as session:
        take_in(session, [check_yaml(THREE_ARMS)])
        found = select_results(session, "competitive-employment", years=(2001, 2001))
    assert found.texts["study"] == ["three-arms"]
    cells = {name: column[0] for name, column in found.numbers.items() if column[0] == column[0]}
    assert cells == {"ai": 5, "n1i": 10, "ci": 1, "n2i": 10}


def test_nothing_found_is_an_empty_selection(shipped: str) -> None:
    with reading(shipped) as session:
        found = select_results(session, "competitive-employment", years=(1800, 1801))
    assert (len(found), found.texts["study"], found.numbers["ai"].shape) == (0, [], (0,))


def test_the_table_goes_into_pool(evidens: Run, shipped: str) -> None:
    code, out, err = evidens(
        "results", "competitive-employment", "--design", "randomised-trial", "--db", shipped
    )
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert err == f"{len(rows)} results.\n"
    burns = next(row for row in rows if row["study"] == "burns-2007" and row["ai"])
    assert (burns["ai"], burns["n1i"], burns["ci"], burns["n2i"]) == (
        "85.0",
        "156.0",
        "43.0",
        "156.0",
    )


def test_words_that_are_not_there_are_said(evidens: Run, shipped: str) -> None:
    for arguments, words in [
        (["works"], "there is no outcome 'works'"),
        (["weeks-worked", "--design", "rct"], "there is no design 'rct'"),
        (["weeks-worked", "--year", "x"], "'x' is not a year"),
    ]:
        code, out, err = evidens("results", *arguments, "--db", shipped)
        assert (code, out) == (1, "")
        assert words in err
