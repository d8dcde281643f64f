"""The multiverse of a synthesis: each specification is what pooling those numbers gives."""

import json
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlmodel import Session

from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError
from meta.models.pooling import pool
from registry.analyses import analyse, decided_studies, plan_of
from registry.multiverse import SynthesisMultiverse, synthesis_multiverse
from registry.session import create, reading, transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]
PLAN = (COLLECTION / "syntheses" / "ips-employment.yaml").read_text(encoding="utf-8")
SAME = 1e-10
"""Relative: both sides are the same formulas in double precision, in another order of sums."""


@pytest.fixture(scope="module")
def held(sqlite_databases: SqliteFiles) -> Iterator[Session]:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        yield session


def of(
    session: Session, synthesis: str, *, block: Any = None, **options: Any
) -> SynthesisMultiverse:
    _, plan = plan_of(session, synthesis)
    studies = decided_studies(session, synthesis, plan)
    plan = plan if block is None else {**plan, "multiverse": block}
    included = [one for one in studies if one.decision == "included"]
    return synthesis_multiverse(session, plan, included, **options)


def pick(frame: pd.DataFrame, **choices: str) -> pd.DataFrame:
    for name, value in choices.items():
        column = name.replace("_", " ")
        frame = frame[frame[column] == value]
    return frame


@pytest.fixture(scope="module")
def vive(held: Session) -> SynthesisMultiverse:
    return of(held, "ips-vive", block={"methods": ["EE", "REML"], "tests": ["z", "knha"]})


# The three trials' counts, by hand: Bejerholm's are one of 21 sets, those of the most even arms.
BEJERHOLM, MICHON, DAVIS = (20, 43, 5, 44), (27, 70, 16, 81), (32, 42, 12, 43)


def pooled(measure: str, tables: list[tuple[int, int, int, int]], method: str, test: str) -> Any:
    columns = dict(
        zip(("ai", "n1i", "ci", "n2i"), map(list, zip(*tables, strict=True)), strict=True)
    )
    return pool(effect_sizes(measure, columns), method=method, test=test).natural


def test_the_synthesis_itself_is_one_of_its_specifications(
    held: Session, vive: SynthesisMultiverse
) -> None:
    (outcome,) = (one for one in analyse(held, "ips-vive").outcomes if one.pooled)
    frame = vive.found.to_frame()
    for envelope in outcome.pooled:
        row = pick(
            frame,
            measure=envelope.measure,
            horizon_model="none",
            denominator="as printed",
            counts="all",
            region="all",
            population="all",
            year="all",
            estimator="REML",
            test="knha",
            weights="inverse-variance",
        )
        row = row[row["Bejerholm m.fl. (2015)"] == "even"]
        natural = envelope.shown.natural
        (one,) = row.to_dict("records")
        assert one["k"] == 3
        for key in ("estimate", "ci_low", "ci_high"):
            assert one[key] == pytest.approx(natural[key], rel=SAME)
        # all sets that the percentages admit lie about the ones that are tried
        ends = pick(
            frame,
            measure=envelope.measure,
            horizon_model="none",
            counts="all",
            region="all",
            population="all",
            year="all",
            estimator="REML",
            test="knha",
            weights="inverse-variance",
        )["estimate"]
        assert envelope.estimate[0] * (1 - SAME) <= ends.min() < ends.max()
        assert ends.max() <= envelope.estimate[1] * (1 + SAME)


@pytest.mark.parametrize(
    ("choices", "tables"),
    [
        ({"region": "without nordic"}, [MICHON, DAVIS]),
        ({"population": "only severe-mental-illness", "region": "without nordic"}, [MICHON]),
        ({"counts": "only derived"}, [MICHON, DAVIS]),
        ({"year": "from 2014", "region": "without nordic"}, [MICHON]),
    ],
)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_a_choice_of_studies_is_pooling_those(
    vive: SynthesisMultiverse,
    choices: dict[str, str],
    tables: list[tuple[int, int, int, int]],
    measure: str,
) -> None:
    every = {"counts": "all", "region": "all", "population": "all", "year": "all"} | choices
    rows = pick(
        vive.found.to_frame(),
        measure=measure,
        horizon_model="none",
        estimator="REML",
        test="z",
        weights="inverse-variance",
        **every,
    )
    expected = pooled(measure, tables, "REML", "z")
    assert len(rows) == 3  # Bejerholm's three, which make no difference where Bejerholm is left out
    for one in rows.to_dict("records"):
        assert one["k"] == len(tables)
        for key in ("estimate", "ci_low", "ci_high"):
            assert one[key] == pytest.approx(expected[key], rel=SAME)


def test_a_moved_share_has_the_variance_of_the_delta_method(vive: SynthesisMultiverse) -> None:
    """Davis's 12 months become 18: 1 - (1 - p)^1.5, with the slope 1.5 (1 - p)^0.5, by hand."""
    yi, vi = [], []
    for (ai, n1, ci, n2), factor in ((MICHON, 1.0), (DAVIS, 1.5)):
        values = []
        for events, n in ((ai, n1), (ci, n2)):
            p = events / n
            q = 1 - (1 - p) ** factor
            values.append(
                (math.log(q), (factor * (1 - p) ** (factor - 1)) ** 2 * p * (1 - p) / n / q**2)
            )
        yi.append(values[0][0] - values[1][0])
        vi.append(values[0][1] + values[1][1])
    weights = 1 / np.array(vi)
    estimate = math.exp(float(weights @ np.array(yi) / weights.sum()))
    rows = pick(
        vive.found.to_frame(), measure="RR", horizon_model="constant-hazard", counts="only derived",
        region="all", population="all", year="all", estimator="EE", test="z", weights="inverse-variance",
    )  # fmt: skip
    assert rows["estimate"].tolist() == pytest.approx([estimate] * 3, rel=SAME)


def test_a_window_leaves_out_what_was_seen_too_early(vive: SynthesisMultiverse) -> None:
    """13.5 to 27 months for 18 leaves out Davis, seen at 12."""
    rows = pick(
        vive.found.to_frame(), measure="RR", horizon_model="landmark-only", counts="only derived",
        region="all", population="all", year="all", estimator="EE", test="z", weights="equal",
    )  # fmt: skip
    assert set(rows["k"]) == {1}
    assert rows["estimate"].tolist() == pytest.approx([27 / 70 / (16 / 81)] * 3, rel=SAME)


TRIAL = """study: {name}
label: {name}
year: {year}
design: randomised-trial
countries: [{country}]
population: severe-mental-illness
extraction: single
reports: [a-report]
arms:
  ips: {{role: intervention, intervention: ips, label: IPS}}
  usual: {{role: comparator, intervention: usual-services, label: Usual}}
sizes:
  - denominator: randomised
    arm: ips
    n: 60
    source: {{report: a-report, where: page 1, read: full-text}}
  - denominator: randomised
    arm: usual
    n: 50
    source: {{report: a-report, where: page 1, read: full-text}}
results:
  - outcome: competitive-employment
    during: 18 months
    ips: {{events: 20, n: 40}}
    usual: {{events: 10, n: 45}}
    source: {{report: a-report, where: page 1, read: full-text}}
  - outcome: any-paid-employment
    during: 18 months
    ips: {{events: 25, n: 40}}
    usual: {{events: 15, n: 45}}
    source: {{report: a-report, where: page 1, read: full-text}}
"""
REPORT = """report: a-report
type: article-journal
title: A trial
authors: ['A, A']
year: 2015
"""


@pytest.fixture(scope="module")
def two_trials(sqlite_databases: SqliteFiles) -> Iterator[Session]:
    def fill(url: str) -> None:
        texts = [
            REPORT,
            PLAN,
            TRIAL.format(name="first-2015", year=2015, country="DK"),
            TRIAL.format(name="second-2009", year=2009, country="US"),
        ]
        create(url)
        with transaction(url) as session:
            take_in(session, [check_yaml(text) for text in texts])

    with reading(sqlite_databases.filled(fill)) as session:
        yield session


@pytest.mark.parametrize(
    ("definition", "denominator", "ratio"),
    [
        ("strict", "as printed", Fraction(20 * 45, 40 * 10)),
        ("any", "as printed", Fraction(25 * 45, 40 * 15)),
        ("strict", "randomised", Fraction(20 * 50, 60 * 10)),
        ("any", "randomised", Fraction(25 * 50, 60 * 15)),
    ],
)
def test_outcome_and_denominator(
    two_trials: Session, definition: str, denominator: str, ratio: Fraction
) -> None:
    block = {
        "definitions": {
            "strict": ["competitive-employment"],
            "any": ["any-paid-employment", "competitive-employment"],
        },
        "horizon_models": ["none"],
    }
    frame = of(two_trials, "ips-employment", block=block).found.to_frame()
    rows = pick(frame, measure="RR", outcome=definition, denominator=denominator)
    assert len(rows)
    assert rows["estimate"].tolist() == pytest.approx([float(ratio)] * len(rows), rel=SAME)


def test_a_choice_that_changes_nothing_is_no_choice(vive: SynthesisMultiverse) -> None:
    """No arm of the three trials prints how many were randomised to it, and all are randomised trials."""
    choices = {one.name: one.alternatives for one in vive.found.choices}
    assert choices["denominator"] == ("as printed",)
    assert "design" not in choices
    # no "only nordic": one trial is no synthesis
    assert choices["region"] == (
        "all", "without nordic", "without other-europe", "without north-america",
    )  # fmt: skip


def test_the_threshold_is_the_plans_and_can_be_asked_for(held: Session) -> None:
    _, plan = plan_of(held, "ips-vive")
    outcomes = json.loads(json.dumps(plan["outcomes"]))
    outcomes[0]["effects"][0]["threshold"] = {"value": "2.2", "reason": {"da": "Prisen."}}
    studies = decided_studies(held, "ips-vive", plan)
    included = [one for one in studies if one.decision == "included"]
    found = synthesis_multiverse(held, {**plan, "outcomes": outcomes}, included)
    limits = {one.measures[0].value: one.threshold for one in found.found.curves}
    assert limits == {"RR": 2.2, "OR": 1.0, "RD": 0.0}
    ratio = found.found.curves[0]
    assert ratio.above == pytest.approx(np.mean(ratio.estimate > 2.2))
    asked = synthesis_multiverse(held, plan, included, measures=["RR"], threshold=1.5)
    assert asked.found.curves[0].threshold == 1.5
    with pytest.raises(InputError, match="cannot hold for ratios and differences alike"):
        synthesis_multiverse(held, plan, included, measures=["RR", "RD"], threshold=1.5)


def test_it_tells_how_far_it_has_come(held: Session) -> None:
    told: list[tuple[int, int]] = []
    found = of(held, "ips-vive", done=lambda some, every: told.append((some, every)))
    assert sum(some for some, _ in told) == found.found.n
    assert {every for _, every in told} == {found.found.n}
    assert len(told) == 4  # the estimators


def test_nothing_to_vary_is_said(held: Session) -> None:
    _, plan = plan_of(held, "ips-vive")
    weeks = [one for one in plan["outcomes"] if one["outcome"] == "weeks-worked"]
    with pytest.raises(InputError, match="pools no share of people"):
        synthesis_multiverse(held, {**plan, "outcomes": weeks}, [])
    with pytest.raises(InputError, match="no study has counts of or-education"):
        of(held, "ips-vive", block={"definitions": {"or-education": ["employment-or-education"]}})


def test_too_many_open_studies_are_refused(held: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.multiverse.MOST_STUDIES_OPEN", 0)
    with pytest.raises(InputError, match="1 studies have several sets of counts"):
        of(held, "ips-vive")


BROKEN = {
    "an amount": (
        "    competitive: [competitive-employment]",
        "    competitive: [weeks-worked]",
        "multiverse.definitions.competitive[1]: 'weeks-worked' is no share of people. "
        "Name outcomes that are shares.",
    ),
    "no outcome": (
        "    competitive: [competitive-employment]",
        "    competitive: []",
        "multiverse.definitions.competitive: no outcome is named. "
        "Name those that count, the first one preferred.",
    ),
    "twice": (
        "  tests: [knha]",
        "  tests: [knha, knha]",
        "multiverse.tests[2]: 'knha' stands twice. Write each word once.",
    ),
    "an unknown estimator": ("[EE, REML]", "[EE, REMML]", "multiverse.methods[2]: "),
    "weeks' model": (
        "  subsets:",
        "  horizon_models: [proportional]\n  subsets:",
        "multiverse.horizon_models[1]: ",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_plan_whose_choices_cannot_be(fault: str) -> None:
    old, new, message = BROKEN[fault]
    assert old in PLAN
    with pytest.raises(InputError) as caught:
        check_yaml(PLAN.replace(old, new, 1))
    (line,) = caught.value.faults
    assert message in str(line)


def test_the_command(evidens: Run, shipped: str, tmp_path: Path) -> None:
    file = tmp_path / "curve.csv"
    code, out, err = evidens(
        "synthesis", "multiverse", "ips-employment", "--measures", "RR", "--threshold", "1.5",
        "--csv", str(file), "--json", "--db", shipped,
    )  # fmt: skip
    assert (code, err) == (0, "")
    content = json.loads(out)
    assert content["definitions"]["any-paid"][0] == "any-paid-employment"
    (curve,) = content["curves"]
    frame = pd.read_csv(file)
    assert len(frame) == content["specifications"] > 30_000
    computed = frame["estimate"].dropna()
    assert curve["specifications"] == len(computed)
    assert curve["above"] == pytest.approx((computed > 1.5).mean(), rel=1e-12)
    assert curve["estimate"]["median"] == pytest.approx(computed.median(), rel=1e-12)
    code, out, err = evidens("synthesis", "multiverse", "ips", "--db", shipped)
    assert (code, out) == (1, "")
    assert err.startswith("There is no synthesis 'ips'.")
    code, out, err = evidens(
        "synthesis", "multiverse", "ips-vive", "--measures", "MD", "--db", shipped
    )
    assert (code, out) == (1, "")
