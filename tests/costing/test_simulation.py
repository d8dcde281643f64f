"""A case over draws: against sums that can be done by hand, and against the note's case written out."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from costing.results import CaseRun, run
from costing.simulation import Simulation, by_rule, simulate
from costing.uncertainty import QUANTILES
from evidens.case_draws import MEAN, NEXT_SITE, draws_for, risk_with
from evidens.cases import case_file, checked, read_case, run_case
from meta.bayes.analysis import bayes
from meta.choices.baseline_risk import BetaRisk
from meta.choices.draws import joint_draws
from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError
from registry.analyses import analyse
from registry.draws_export import DrawsAsked, draws_of
from registry.session import reading
from studies.record_file import parse
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]

# 100 people in each programme. With work, each brings 1,000 a month for 10 months; the new one costs 50,000.
SMALL = """
case: small
title: {en: A small case}
currency: DKK
price_year: 2016
analysis: budget
discount: none
cohort: {who: People, people: people}
programmes: {new: {label: New}, usual: {label: Usual}}
base: usual
months: 10
phases:
  - {phase: all, from: 1, to: 10}
payers: {municipality: The municipality}
perspectives:
  municipality: {label: The municipality, payers: [municipality]}
quantities:
  people: {unit: people, stated: 100, why: Round.}
  share:
    unit: per cent
    arms: {new: {stated: 40, why: Round.}, usual: {stated: 20, why: Round.}}
  in-work-unrounded: {unit: people, product: [people, share, 0.01]}
  in-work: {unit: people, rounded: in-work-unrounded, decimals: 0}
  brings: {unit: DKK a month, stated: 1000, why: Round.}
  costs: {unit: DKK each, stated: 500, why: Round.}
lines:
  - line: brings
    label: Saved
    flow: saving
    during: [all]
    people: in-work
    amount: brings
    shares: {municipality: 100}
  - line: costs
    label: The new programme
    flow: cost
    during: [all]
    arms: [new]
    people: people
    amount: costs
    shares: {municipality: rest}
scenarios:
  standard: {label: Standard}
uncertainty:
  estimate: ips-vive
  outcome: competitive-employment
  measure: OR
  share: share
  programme: new
  ranges:
    costs: {low: 400, high: 3000, why: Round.}
    brings: {low: 900, high: 1100, why: Round.}
"""


def small(text: str = SMALL) -> CaseRun:
    return run(checked(parse(text, "small.yaml")), {})


def over(done: CaseRun, p0: object, p1: object, rule: str = "keep", **others: object) -> Simulation:
    worlds, _ = by_rule(
        rule,
        np.asarray(p0, dtype=np.float64),
        {"next": np.asarray(p1, dtype=np.float64)},
        {name: np.asarray(one, dtype=np.float64) for name, one in others.items()},
    )
    return simulate(done, worlds, scenario="standard", perspective="municipality")


def test_the_gain_of_each_draw_is_the_sum_by_hand() -> None:
    rng = np.random.default_rng(1)
    p0, p1 = rng.uniform(0.1, 0.3, 40_001), rng.uniform(0.1, 0.6, 40_001)
    costs = rng.uniform(400, 600, 40_001)
    gain = 100 * (p1 - p0) * 10 * 1000 - 100 * costs
    found = over(small(), p0, p1, costs=costs)
    (one,) = (each.distribution for each in found.gains)
    # Sums of a million with 16 digits: 1e-9 is far above what is lost, far below a krone.
    assert one.mean.value == pytest.approx(gain.mean(), rel=1e-9)
    assert one.sd.value == pytest.approx(gain.std(ddof=1), rel=1e-9)
    named = [each.value for each in one.quantiles]
    assert named == pytest.approx(np.quantile(gain, QUANTILES), rel=1e-9)
    assert one.saves.value == np.mean(gain > 0)
    assert found.as_stated == pytest.approx(100 * 0.2 * 10 * 1000 - 50_000, rel=1e-12)


def test_it_breaks_even_at_five_percentage_points() -> None:
    # 50,000 kroner are 5 people of 100 for 10 months at 1,000.
    found = over(small(), [0.2, 0.2, 0.2, 0.2], [0.2, 0.24, 0.26, 0.3])
    even = found.break_even()
    assert even["share"] == pytest.approx(25, abs=1e-9)
    assert even["difference"] == pytest.approx(5, abs=1e-9)
    assert even["ratio"] == pytest.approx(1.25, abs=1e-9)
    assert even["gains_above"]
    (gain,) = found.gains
    assert gain.even is not None
    assert (gain.even.chance.value, gain.distribution.saves.value) == (0.5, 0.5)


def test_what_saves_money_by_itself_breaks_even_where_it_harms() -> None:
    found = over(small(SMALL.replace("flow: cost", "flow: saving")), [0.2, 0.2], [0.1, 0.2])
    even = found.break_even()
    assert (even["share"], even["difference"]) == pytest.approx((15, -5), abs=1e-9)
    assert found.gains[0].even is not None
    assert found.gains[0].even.chance.value == 0.5


@pytest.mark.parametrize("costs", ["20000", "0"])
def test_without_a_crossing_there_is_no_break_even_and_a_reason(costs: str) -> None:
    text = SMALL.replace("stated: 500,", f"stated: {costs},")
    if costs == "0":  # no one in the usual programme gets work
        text = (
            text.replace("usual: {stated: 20,", "usual: {stated: 0,")
            .replace("flow: cost", "flow: saving")
            .replace("costs: {unit: DKK each, stated: 0", "costs: {unit: DKK each, stated: 1")
        )
    found = over(small(text), [0.1, 0.2], [0.2, 0.3])
    even = found.break_even()
    assert (even["share"], even["difference"]) == (None, None)
    assert "the mean net result has one sign from" in even["reason"]
    assert found.gains[0].even is None


def test_the_number_that_moves_the_gain_most_comes_first() -> None:
    p0, p1 = np.linspace(0.1, 0.3, 1001), np.linspace(0.2, 0.6, 1001)
    costs, brings = np.linspace(400, 3000, 1001), np.linspace(900, 1100, 1001)
    found = over(small(), p0, p1, costs=costs, brings=brings).drivers
    # 100 people for 10 months: 10,000 kroner a point; 95 % of even draws are the middle 95 % of the range.
    assert [one.name for one in found.bars] == ["share in new", "costs", "share in usual", "brings"]
    nets = [(one.net_low, one.net_high) for one in found.bars]
    wanted = [(-160_000, 220_000), (153_500, -93_500), (125_000, -65_000), (11_000, 49_000)]
    for one, other in zip(nets, wanted, strict=True):
        assert one == pytest.approx(other, rel=1e-9)
    assert found.base == pytest.approx(30_000, rel=1e-9)


PAYBACK = "payback: {perspective: municipality, after: all, people: in-work, amounts: [brings]}\n"


def test_the_months_until_it_has_paid_for_itself_are_those_of_each_draw() -> None:
    done = small(SMALL + PAYBACK)
    found = over(done, [0.2, 0.2, 0.2, 0.2], [0.04, 0.1, 0.02, 0.0]).payback["new"]
    # 50,000 less 10,000 a point, over 1,000 a point a month: 2.5 months, none, 15, and never.
    assert [months for p, months in found.quantiles if p in (0.05, 0.5, 0.75)] == [0.0, 2.5, 15.0]
    assert found.reached.value == 0.75
    assert found.quantiles[-1] == (0.975, None)
    assert not over(small(), [0.2, 0.2], [0.3, 0.3]).payback


def test_people_are_not_rounded_in_draws() -> None:
    (one,) = over(small(), [0.2, 0.2], [0.204, 0.204]).gains
    assert one.distribution.mean.value == pytest.approx(0.4 * 10_000 - 50_000, rel=1e-9)


@pytest.mark.parametrize(
    ("rule", "points", "left"),
    [("keep", [100, 0], 2), ("limit", [80, 0], 2)],
)
def test_a_risk_above_one_goes_by_the_rule_of_the_case(
    rule: str, points: list[float], left: int
) -> None:
    worlds, _ = by_rule(rule, np.array([0.2, 0.2]), {"next": np.array([1.2, 0.2])}, {})
    assert (worlds.outside, worlds.n) == ({"next": 1}, left)
    (one,) = over(small(), [0.2, 0.2], [1.2, 0.2], rule).gains
    wanted = np.mean([10_000 * one - 50_000 for one in points])
    assert one.distribution.mean.value == pytest.approx(wanted, rel=1e-9)


def test_a_draw_left_out_is_left_out_everywhere() -> None:
    risks = {"next": np.array([0.3, -0.1, 0.4]), "mean": np.array([0.3, 0.3, 1.1])}
    worlds, left = by_rule(
        "leave-out", np.array([0.1, 0.2, 0.3]), risks, {"price": np.array([1.0, 2.0, 3.0])}
    )
    assert left.tolist() == [True, False, False]
    assert worlds.outside == {"next": 1, "mean": 1}
    kept = [worlds.without, *worlds.with_effect.values(), worlds.others["price"]]
    assert [one.tolist() for one in kept] == [[0.1], [0.3], [0.3], [1.0]]


def test_a_risk_outside_without_a_rule_is_refused() -> None:
    with pytest.raises(InputError, match="a draw has a risk outside 0 to 1, and no rule"):
        by_rule(None, np.array([0.2, 0.2]), {"next": np.array([1.2, 0.2])}, {})


@pytest.mark.parametrize(
    ("p0", "p1", "message"),
    [
        ([0.2, np.nan], [0.2, 0.3], "risk without the programme: draw 2 is nan"),
        ([0.2, 0.2], [0.2, np.inf], "next: draw 2 is inf"),
        ([0.2, 0.2], [0.2, 0.3, 0.4], "next: it has 3 draws, the risk without the programme 2"),
        ([0.2], [0.2], "net: there are 1 draws. Give from 2"),
    ],
)
def test_draws_that_are_none_are_refused(p0: list[float], p1: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        over(small(), p0, p1)


def test_a_case_that_says_nothing_of_uncertainty_is_refused() -> None:
    with pytest.raises(InputError, match="the case does not say what is uncertain"):
        over(small(SMALL[: SMALL.index("uncertainty:")]), [0.1, 0.2], [0.2, 0.3])


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_the_mean_effect_is_the_next_sites_without_its_own_part(measure: str) -> None:
    """With tau next to 0 the next site has the mean effect."""
    columns = {"ai": [40, 42], "n1i": [100, 100], "ci": [20, 22], "n2i": [100, 100]}
    posterior = bayes(effect_sizes(measure, columns), prior="half-normal:0.000000001")
    baseline = BetaRisk(a=200, b=800, source="a register")
    draws = joint_draws(posterior, baseline=baseline, n=1000, seed=3)
    mean = risk_with(draws.measure, draws.columns["p0"], draws.columns["mu"])
    # tau of 1e-9 moves a risk by at most as much.
    assert mean == pytest.approx(draws.columns["p1"], abs=1e-7)


@pytest.fixture(scope="module")
def vive(sqlite_databases: SqliteFiles) -> CaseRun:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        return run_case(session, read_case(case_file("vive-ips-refugees")))


def written_out(p1: float, p0: float) -> float:
    """The note's standard scenario for all public payers, without its roundings, line by line."""
    benefit, late = 7131, 408143 / 48
    months = {"ips": 35.44844720496894 * 12 / 52, "sb": 36.76610169491526 * 12 / 52}
    early = {"ips": 2231883 / (27 * 8.2), "sb": 840605 / (10 * 8.5)}
    later = {"ips": benefit + 3194, "sb": benefit + 3069}
    net = {}
    for arm, share in (("ips", p1), ("sb", p0)):
        work, idle = 50 * share, 50 * (1 - share)
        out = 50 * 1.5 * 94002.12121212122
        if arm == "sb":
            out = (work * (18 - months["sb"]) + idle * 18) * 86494 / 12
        net[arm] = work * months[arm] * early[arm] + work * 18 * later[arm] - out
        net[arm] += 0.2 * idle * 6 * late - idle * 12 * 7000 - 0.8 * idle * 6 * 7000
    return net["ips"] - net["sb"]


def test_the_notes_case_is_the_one_written_out(vive: CaseRun) -> None:
    for p1, p0 in ((0.5, 0.2), (0.1, 0.4), (0.9, 0.05)):
        worlds, _ = by_rule(None, np.array([p0, p0]), {"next": np.array([p1, p1])}, {})
        found = simulate(vive, worlds, scenario="standard", perspective="public")
        gain = found.gains[0].distribution.mean.value
        assert gain == pytest.approx(written_out(p1, p0), rel=1e-9)
    even = found.break_even()["share"]
    # The gain is a straight line in the share; 0.1 krone in 50 people's worth of five million.
    assert abs(written_out(even / 100, 0.19666666666666668)) < 0.1


def test_the_command_says_how_likely_it_saves_and_what_moves_it(evidens: Run, shipped: str) -> None:
    arguments = ("case", "simulate", "vive-ips-refugees", "--draws", "20000", "--db", shipped)
    code, out, err = evidens(*arguments)
    assert (code, err) == (0, "")
    assert "20,000 draws of the OR, seed 1, prior of tau half-normal:0.5" in out
    assert "Break-even: IPS saves money above 25.8%, 6.2 percentage points more, 1.31 times" in out
    assert "Effect: release ips-vive@2026.1, SHA-256 " in out
    assert "outside 0 to 100%: 0 of the next site, 0 of the mean of many sites; an odds" in out
    assert "Months of work until IPS has paid for itself: median" in out
    code, text, _ = evidens(*arguments, "--perspective", "all", "--scenario", "all", "--json")
    assert code == 0
    content = json.loads(text)
    assert len(content["simulations"]) == 5 * 4
    first = content["simulations"][0]
    assert [one["effect"] for one in first["gains"]] == ["next site", "mean of many sites"]
    assert first["gains"][0]["sd"]["value"] > first["gains"][1]["sd"]["value"]
    assert content["draws"]["seed"] == 1
    again = evidens(*arguments, "--perspective", "all", "--scenario", "all", "--json")
    assert again[1] == text


def test_draws_come_from_the_synthesis_and_its_comparator_arms(
    vive: CaseRun, sqlite_databases: SqliteFiles
) -> None:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        draws = draws_for(session, vive, 50_000, 7)
    columns = {"ai": [19, 28, 32], "n1i": [41, 71, 42], "ci": [5, 16, 12], "n2i": [46, 80, 43]}
    joint = draws.joint
    assert draws.source.startswith("release ips-vive@2026.1, SHA-256 ")
    assert joint.measure == "OR"
    assert joint.baseline.source.startswith("unweighted mean: competitive-employment ")
    # the mean of the printed 11, 20 and 28 per cent
    assert joint.baseline.median == pytest.approx(0.59 / 3, rel=1e-12)
    assert joint.posterior.effects.k == len(columns["ai"])
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        nordic = draws_for(session, vive, 50_000, 7, "ips-nordic")
    assert nordic.source == "ips-nordic version 2026.1, from the registry as it is now"
    assert "Sveinsdottir" in nordic.joint.baseline.source
    assert np.median(nordic.joint.columns["rr"]) != np.median(joint.columns["rr"])
    found = simulate(vive, draws.worlds, scenario="standard", perspective="public")
    (next_site, mean) = found.gains
    assert (next_site.effect, mean.effect) == (NEXT_SITE, MEAN)
    assert next_site.distribution.saves.value < mean.distribution.saves.value


def test_the_command_counts_risks_above_one_and_says_the_rule(
    evidens: Run, sqlite_databases: SqliteFiles, tmp_path: Path
) -> None:
    text = case_file("vive-ips-refugees").read_text(encoding="utf-8")
    url = sqlite_databases.filled(take_in_the_collection)
    used = {}
    for rule, told in {"limit": "taken as 0 or 100%", "leave-out": "the draw left out"}.items():
        file = tmp_path / f"{rule}.yaml"
        asked = text.replace("  measure: OR\n", f"  measure: RR\n  outside: {rule}\n", 1)
        file.write_text(asked, encoding="utf-8")
        arguments = ("case", "simulate", str(file), "--draws", "5000", "--db", url)
        code, out, err = evidens(*arguments)
        assert (code, err) == (0, "")
        assert f"; {told}." in out
        content = json.loads(evidens(*arguments, "--json")[1])
        outside = content["outside"]["draws"]
        assert outside[NEXT_SITE] == content["draws"]["out_of_range"]["above_one"] > 0
        used[rule] = content["used"]
    assert used["limit"] == 5000
    assert 5000 - sum(outside.values()) <= used["leave-out"] <= 5000 - max(outside.values())


def test_on_the_plans_own_measure_the_draws_are_the_exported_ones(
    sqlite_databases: SqliteFiles,
) -> None:
    text = case_file("vive-ips-refugees").read_text(encoding="utf-8")
    case = checked(
        parse(text.replace("measure: OR", "measure: RR\n  outside: keep", 1), "case.yaml")
    )
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        mine = draws_for(session, run_case(session, case), 1000, 20260601)
        asked = DrawsAsked(seed=20260601, n=1000)
        (exported,) = draws_of(analyse(session, "ips-vive"), asked)
    for name, values in exported.joint.columns.items():
        assert np.array_equal(mine.joint.columns[name], values), name


BROKEN = {
    "the base as programme": (
        "programme: ips\n  fixed",
        "programme: sb\n  fixed",
        "uncertainty.programme: 'sb' is the base. Name the programme that has the effect.",
    ),
    "a share in people": (
        "share: share-in-work\n  programme",
        "share: citizens\n  programme",
        "uncertainty.share: 'citizens' is in people. Name a quantity in per cent.",
    ),
    "an unknown share": (
        "share: share-in-work\n  programme",
        "share: shares-in-work\n  programme",
        "uncertainty.share: there is no quantity 'shares-in-work'. Did you mean 'share-in-work'?",
    ),
    "an unknown fixed quantity": (
        "    - municipal-tax-in-course\n",
        "    - municipal-taxes-in-may\n",
        "uncertainty.fixed[4]: there is no quantity 'municipal-taxes-in-may'.",
    ),
    "a range the wrong way round": (
        "{low: 5600, high: 8400,",
        "{low: 8400, high: 5600,",
        "uncertainty.ranges.new-service: the range goes from 8400 to 5600. Write the lower end as low.",
    ),
    "a baseline without a source": (
        "  measure: OR\n",
        "  measure: OR\n  baseline: beta:20,80\n",
        "uncertainty.baseline: a baseline without a source. Say where it is from.",
    ),
    "a baseline that is none": (
        "  measure: OR\n",
        "  measure: OR\n  baseline: normal:0,1\n  source: a register\n",
        "uncertainty.baseline: 'normal:0,1' is no baseline risk. Write beta:WITH,WITHOUT",
    ),
    "an outcome without counts": (
        "outcome: competitive-employment\n  measure",
        "outcome: weeks-worked\n  measure",
        "uncertainty.outcome: ips-vive@2026.1 pools no counts of weeks-worked. Name an outcome that its plan",
    ),
    "another measure": (
        "  measure: OR\n",
        "  measure: SMD\n",
        "uncertainty.measure: 'SMD' is not allowed. Use 'OR', 'RR' or 'RD'.",
    ),
    "an unknown synthesis": (
        "estimate: ips-vive@2026.1\n  outcome: competitive-employment\n  measure",
        "estimate: ips-vives\n  outcome: competitive-employment\n  measure",
        "uncertainty.estimate: there is no synthesis 'ips-vives'. Did you mean 'ips-vive'?",
    ),
    "an unknown release": (
        "estimate: ips-vive@2026.1\n  outcome: competitive-employment\n  measure",
        "estimate: ips-vive@2031.1\n  outcome: competitive-employment\n  measure",
        "uncertainty.estimate: there is no release 'ips-vive@2031.1'. The registry has: ips-vive@2026.1.",
    ),
    "a risk ratio without a rule": (
        "  measure: OR\n",
        "  measure: RR\n",
        "uncertainty.measure: RR may give a risk above 1 or below 0, and nothing says what then. Write outs",
    ),
    "an odds ratio with a rule": (
        "  measure: OR\n",
        "  measure: OR\n  outside: keep\n",
        "uncertainty.outside: an odds ratio gives no risk outside 0 to 1. Delete it.",
    ),
    "a range of probabilities above 1": (
        "{low: 0, high: 40,",
        "{low: 0, high: 140,",
        "'share-in-work-later' goes up to 140 per cent, a probability above 1. Check its range.",
    ),
    "a range of what is drawn already": (
        "  ranges:\n",
        "  ranges:\n    share-in-work: {low: 1, high: 2, why: No.}\n",
        "uncertainty.ranges.share-in-work: 'share-in-work' is drawn already. Delete its range.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_uncertainty_is_refused_with_file_and_line(
    name: str, evidens: Run, sqlite_databases: SqliteFiles, tmp_path: Path
) -> None:
    text = case_file("vive-ips-refugees").read_text(encoding="utf-8")
    old, new, message = BROKEN[name]
    assert old in text
    file = tmp_path / "case.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    url = sqlite_databases.filled(take_in_the_collection)
    code, out, err = evidens("case", "simulate", str(file), "--draws", "10", "--db", url)
    assert (code, out) == (1, "")
    assert message in err
    assert err.startswith(f"{file}:")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--draws", "0"], "n is 0"),
        (["--seed", "-1"], "seed is -1"),
        (["--draws", "1"], "there are 1 draws"),
    ],
)
def test_impossible_draws_are_refused(
    arguments: list[str], message: str, evidens: Run, sqlite_databases: SqliteFiles
) -> None:
    url = sqlite_databases.filled(take_in_the_collection)
    code, out, err = evidens("case", "simulate", "vive-ips-refugees", *arguments, "--db", url)
    assert (code, out) == (1, "")
    assert message in err
