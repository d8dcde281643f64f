"""Leave-one-out and influence: fits stationary and the global maximum; few studies, odd data, messages."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from meta.diagnostics import deletion as deletion_module
from meta.diagnostics import likelihood_without_one
from meta.diagnostics.deletion import deletions
from meta.diagnostics.influence import baujat, influence
from meta.diagnostics.leave_one_out import leave_one_out, leave_one_out_of_tables
from meta.diagnostics.likelihood_without_one import most_likely_without_one
from meta.diagnostics.sums_without_one import SumsWithoutOne
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import ConvergenceError, InputError
from meta.models import likelihood as likelihood_module
from meta.models.options import METHODS, TESTS
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.models.stratified import peto_odds_ratio
from meta.moderators.regression import regress
from meta.moderators.results import MetaRegression

Floats = NDArray[np.float64]
LongFloats = NDArray[np.longdouble]
# Sums in another order, and differences that have lost up to three digits; worst seen 4e-13.
SAME = 1e-10
# How near to tau2 + min(vi) the sign of the score changes; worst seen 2e-12 (a difference of sums).
BESIDE = 1e-10


def effects_of(yi: Any, vi: Any) -> EffectSizes:
    labels = tuple(f"s{n + 1}" for n in range(len(yi)))
    return EffectSizes(measure=Measure.GEN, labels=labels, yi=np.array(yi), vi=np.array(vi))


def pooled(yi: Any, vi: Any, **options: Any) -> MetaAnalysis:
    return pool(effects_of(yi, vi), **options)


def regressed(yi: Any, vi: Any, x: Any, **options: Any) -> MetaRegression:
    return regress(effects_of(yi, vi), "~ x", {"x": list(x)}, **options)


def codes(found: Any) -> list[str]:
    return [note.code for note in found.notes]


def draws(rows: int, seed: int, spread: float, largest: int = 40) -> list[tuple[Floats, Floats]]:
    rng = np.random.default_rng(seed)
    found = []
    for row in range(rows):
        k = int(rng.integers(3, largest + 1))
        vi = np.exp(rng.normal(-2, spread, k))
        yi = rng.normal(3, np.sqrt(vi + rng.choice([0, 0.01, 0.1, 1, 10])))
        if row % 5 == 0:
            yi[0] += rng.choice([5.0, 100.0])
        found.append((yi, vi))
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("test", TESTS)
def test_leaving_a_study_out_is_pooling_the_others(method: str, test: str) -> None:
    """Field by field what `pool` gives for the others, which is compared with metafor elsewhere."""
    rng = np.random.default_rng(2)
    yi, vi = rng.normal(0.3, 0.5, 9), rng.uniform(0.01, 0.3, 9)
    result = pooled(yi, vi, method=method, test=test, level=0.9)
    rows = leave_one_out(result).to_dict()["analyses"]
    for study, row in enumerate(rows):
        others = np.arange(9) != study
        alone = pooled(yi[others], vi[others], method=method, test=test, level=0.9).to_dict()
        assert (row["label"], row["k"]) == (f"s{study + 1}", 8)
        for name, value in row.items():
            if name not in ("label", "natural"):
                assert value == pytest.approx(alone[name], rel=SAME, abs=1e-13), name


@pytest.mark.parametrize(
    "options",
    [{"weights": "equal"}, {"weights": [1, 2, 0, 4.0]}, {"tau2": 0.3}, {"i2": "q"}],
    ids=lambda one: str(next(iter(one))),
)
def test_leaving_a_study_out_keeps_the_options(options: dict[str, Any]) -> None:
    yi, vi = np.array([0.1, 0.9, 0.4, -0.5]), np.array([0.04, 0.03, 0.02, 0.09])
    rows = leave_one_out(pooled(yi, vi, **options)).to_dict()["analyses"]
    for study, row in enumerate(rows):
        others = np.arange(4) != study
        own = dict(options)
        if isinstance(options.get("weights"), list):
            own["weights"] = [w for n, w in enumerate(options["weights"]) if n != study]
        alone = pooled(yi[others], vi[others], **own).to_dict()
        for name in ("estimate", "se", "pvalue", "ci_low", "tau2", "q", "i2", "h2"):
            assert row[name] == pytest.approx(alone[name], rel=SAME, abs=1e-13), name


def score(yi: Floats, vi: Floats, tau2: float, restricted: bool) -> float:
    """Return twice the derivative of the log-likelihood with P written out, in extended precision."""
    w = 1 / (vi.astype(np.longdouble) + np.longdouble(tau2))
    p: LongFloats = np.diag(w) - np.outer(w, w) / w.sum()
    residuals = p @ yi.astype(np.longdouble)
    return float(residuals @ residuals - (np.trace(p) if restricted else w.sum()))


def log_likelihood(yi: Floats, vi: Floats, tau2: float, restricted: bool) -> float:
    variance = vi + tau2
    w = 1 / variance
    r = yi - w @ yi / w.sum()
    lost = math.log(w.sum()) if restricted else 0.0
    return float(-(np.log(variance).sum() + lost + w @ (r * r)) / 2)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("spread", [0.3, 1.0, 2.5])
def test_every_fit_is_stationary_and_the_global_maximum(method: str, spread: float) -> None:
    restricted = method == "REML"
    zeros = positive = 0
    for yi, vi in draws(40, 6, spread, 25):
        found = deletions(pooled(yi, vi, method=method)).tau2
        for study, tau2 in enumerate(found.tolist()):
            others = np.arange(len(yi)) != study
            y, v = yi[others], vi[others]
            step = BESIDE * (tau2 + float(v.min()))
            if tau2 == 0:
                zeros += 1
                assert score(y, v, 0.0, restricted) <= 0
            else:
                positive += 1
                assert score(y, v, max(0.0, tau2 - step), restricted) > 0, (yi, vi, study)
                assert score(y, v, tau2 + step, restricted) < 0, (yi, vi, study)
            top = log_likelihood(y, v, tau2, restricted)
            grid = [0.0, *np.geomspace(1e-5, 1e3, 60)]
            assert top >= max(log_likelihood(y, v, t, restricted) for t in grid) - 1e-9
    assert min(zeros, positive) > 30


def test_together_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Differences of sums and Taylor series give what a fit of the others gives, and are mostly used."""
    alone = deletion_module._alone
    calls: list[float | None] = []

    def watched(yi: Floats, vi: Floats, known: float | None, method: str) -> Any:
        calls.append(known)
        return alone(yi, vi, known, method)

    monkeypatch.setattr(deletion_module, "_alone", watched)
    studies = 0
    for number, (yi, vi) in enumerate(draws(120, 3, 0.8)):
        method = ("REML", "ML", "DL", "EE")[number % 4]
        found = deletions(pooled(yi, vi, method=method))
        studies += len(yi)
        for study in range(len(yi)):
            others = np.arange(len(yi)) != study
            known = 0.0 if method == "EE" else None
            values, _ = alone(yi[others], vi[others], known, method)
            scale = {"estimate": 1 / math.sqrt(values["total"]), "tau2": values["tau2"] + vi.min()}
            for name, value in values.items():
                size = scale.get(name, abs(value) + 1e-3)
                assert abs(getattr(found, name)[study] - value) <= SAME * size, name
    assert len(calls) < studies / 4


def test_a_thousand_studies_are_fitted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    vi = rng.uniform(0.01, 0.5, 1000)
    result = pooled(rng.normal(0.2, np.sqrt(vi + 0.1)), vi)

    def refuse(*_: object) -> None:
        raise AssertionError("a study was left out of a fit of its own")

    monkeypatch.setattr(deletion_module, "_alone", refuse)
    found = influence(result)
    assert np.isfinite(found.rstudent).all()
    # of 1,000 draws from the model about one in twenty is beyond 1.96
    assert 25 < int((np.abs(found.rstudent) > 1.96).sum()) < 80


TWO_MAXIMA = ([-0.95, 2.46, 1.58, -0.83], [0.006, 2.071, 3.628, 0.081])  # see test_reml.py


def test_two_maxima_without_a_study_are_said() -> None:
    """With one study more; the higher maximum, 0, is the estimate without it."""
    result = pooled([*TWO_MAXIMA[0], 9.0], [*TWO_MAXIMA[1], 0.02], test="z")
    assert "reml-maxima" not in codes(result)
    for found in (leave_one_out(result), influence(result)):
        (note,) = [one for one in found.notes if one.code == "reml-maxima"]
        assert note.text == (
            "Without s5 the likelihood has more than one maximum; tau2 is the highest."
        )
    assert leave_one_out(result).tau2[4] == 0
    one = regress(result.effects, "~ 0 + x", {"x": [1.0] * 5}, test="z")
    assert "reml-maxima" in codes(influence(one))


@pytest.mark.parametrize(
    ("yi", "vi", "centre"),
    [
        (*TWO_MAXIMA, 1.2518),
        (*TWO_MAXIMA, 0.0),
        ([1, -1.16, 1.58, -1.38, 0.26, -1.48], [0.843, 0.133, 1.192, 0.003, 0.916, 0.001], 0.00927),
        ([1, -1.16, 1.58, -1.38, 0.26, -1.48], [0.843, 0.133, 1.192, 0.003, 0.916, 0.001], 1.02314),
    ],
)
def test_no_maximum_is_taken_unproved(yi: Any, vi: Any, centre: float) -> None:
    """Whichever of two maxima the climb starts beside, it does not take it for the only one."""
    sums = SumsWithoutOne(np.array([*yi, 0.1]), np.array([*vi, 0.5]), centre)
    found = most_likely_without_one(sums, np.array([len(yi)]), restricted=True)
    assert np.isnan(found).all()


def test_steps_that_do_not_arrive_are_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    yi, vi = [0.1, 0.9, 0.4, -0.5, 2.0], [0.04, 0.03, 0.02, 0.09, 0.01]
    wanted = deletions(pooled(yi, vi)).tau2
    result = pooled(yi, vi)
    monkeypatch.setattr(likelihood_without_one, "MAX_STEPS", 1)
    assert deletions(result).tau2 == pytest.approx(wanted, rel=1e-12)
    monkeypatch.setattr(likelihood_module, "FAST_ITERATIONS", 1)
    monkeypatch.setattr(likelihood_module, "MAX_ITERATIONS", 3)
    with pytest.raises(ConvergenceError, match=r"^REML did not settle on tau2 after 3 iterations"):
        deletions(result)


numbers = st.floats(-3, 3).map(lambda x: float(f"{x:.3f}"))
variances = st.floats(0.01, 4).map(lambda x: float(f"{x:.3f}"))
data = st.lists(st.tuples(numbers, variances), min_size=3, max_size=8)


@given(data, st.sampled_from(["REML", "DL", "EE", "PM"]), st.randoms(use_true_random=False))
def test_order_and_origin_do_not_matter(
    rows: list[tuple[float, float]], method: str, random: Any
) -> None:
    yi, vi = map(np.array, zip(*rows, strict=True))
    found = influence(pooled(yi, vi, method=method, test="z"))
    order = list(range(len(rows)))
    random.shuffle(order)
    other = influence(pooled(yi[order] + 7, vi[order], method=method, test="z"))
    for name in ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "hat", "weight"):
        ours, theirs = getattr(found, name)[order], getattr(other, name)
        assert theirs == pytest.approx(ours, rel=1e-6, abs=1e-7), name
    flipped = influence(pooled(-yi, vi, method=method, test="z"))
    assert flipped.rstudent == pytest.approx(-found.rstudent, rel=1e-9, abs=1e-12)


@given(data)
def test_sums_that_must_hold(rows: list[tuple[float, float]]) -> None:
    yi, vi = map(np.array, zip(*rows, strict=True))
    result = pooled(yi, vi, method="EE", test="z")
    found, plot = influence(result), baujat(result)
    assert found.hat.sum() == pytest.approx(1)
    assert found.weight.sum() == pytest.approx(100)
    assert plot.x.sum() == pytest.approx(result.heterogeneity.q, abs=1e-9)
    # for a common effect both kinds of residuals are the same, and Q falls by the square of them
    assert found.rstudent == pytest.approx(found.rstandard, rel=1e-7, abs=1e-9)
    drop = (result.heterogeneity.q or 0.0) - found.q_del
    assert found.rstudent**2 == pytest.approx(drop, rel=1e-6, abs=1e-8)
    # and the change of the mean is the residual's share
    moved = found.hat / (1 - found.hat) * found.residual
    assert result.pooled.estimate - found.deleted_fit == pytest.approx(moved, abs=1e-9)


@pytest.mark.parametrize("method", ["REML", "DL", "EE", "PM", "SJ"])
@pytest.mark.parametrize("test", ["z", "knha"])
def test_a_regression_on_nothing_is_the_mean(method: str, test: str) -> None:
    """A moderator that adds one coefficient of its own; with it alone, 1, both ways give the same."""
    rng = np.random.default_rng(8)
    yi, vi = rng.normal(0, 1, 7), rng.uniform(0.1, 0.5, 7)
    mean = influence(pooled(yi, vi, method=method, test=test))
    one = regress(effects_of(yi, vi), "~ 0 + x", {"x": [2.0] * 7}, method=method, test=test)
    same = influence(one)
    for name in ("rstudent", "rstandard", "dffits", "cook_d", "tau2_del", "q_del", "hat", "cov_r"):
        assert getattr(same, name) == pytest.approx(getattr(mean, name), rel=1e-8, abs=1e-11), name
    assert same.dfbetas == pytest.approx(mean.dfbetas, rel=1e-8, abs=1e-11)
    assert same.is_influential.tolist() == mean.is_influential.tolist()


def test_an_outlier_is_influential_and_the_limits_are_given() -> None:
    found = influence(pooled([0.1, 0.2, 0.15, 0.12, 5.0], [0.04] * 5, test="z"))
    assert found.influential == ("s5",)
    assert found.cutoffs["dffits"] == 1.5
    assert found.cutoffs["hat"] == pytest.approx(0.6)
    assert found.cutoffs["cook_d"] == pytest.approx(0.454936423119573)  # median of chi-square, 1 df
    assert found.tau2_del[4] == 0


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "ML"])
@pytest.mark.parametrize(
    ("yi", "vi"),
    [
        ([0.3, 1.0, 2.0, 4.5], [1.3e-6, 1.0, 1.1, 0.9]),
        ([0.3, 1.0, 2.0, 4.5], [3.7e-13, 1.0, 1.1, 0.9]),
        ([0.3, 1.0, 2.0, 4.5], [3.7e-13, 1.3e-6, 1.1, 0.9]),
        ([0.0, 1.14, -1.1, 0.45], [3.7e-13, 1.0, 1.0, 1.0]),
        ([1e6, 1.0, 2.0, 4.5], [1.0, 1.0, 1.1, 0.9]),
        ([1e9, 1.0, 2.0, 4.5], [1.0, 1.0, 1.1, 0.9]),
    ],
    ids=[
        "outweighs",
        "outweighs by far",
        "two outweigh",
        "outweighs, alike",
        "far away",
        "farther away",
    ],
)
def test_what_differences_of_sums_would_lose(yi: list[float], vi: list[float], method: str) -> None:
    """What is left of a sum without one study may have few digits; then that study's fit is its own."""
    result = pooled(yi, vi, method=method, test="z")
    for study, row in enumerate(leave_one_out(result).to_dict()["analyses"]):
        others = [n for n in range(4) if n != study]
        alone = pooled([yi[n] for n in others], [vi[n] for n in others], method=method, test="z")
        numbers = alone.to_dict()
        for name in ("estimate", "se", "q", "tau2", "i2", "h2"):
            assert row[name] == pytest.approx(numbers[name], rel=1e-9, abs=1e-12), (study, name)


@pytest.mark.parametrize("smallest", [1.3e-6, 3.7e-13])
def test_residuals_of_one_study_that_outweighs_all_others(smallest: float) -> None:
    """Its residual is what it differs from the mean of the others by, but for the tiny share of these."""
    yi, vi = np.array([0.3, 1.0, 2.0, 4.0]), np.array([smallest, 1.0, 1.1, 0.9])
    found = influence(pooled(yi, vi, method="EE", test="z"))
    w = 1 / vi[1:]
    wanted = (0.3 - w @ yi[1:] / w.sum()) / math.sqrt(smallest + 1 / w.sum())
    assert found.rstandard[0] == pytest.approx(wanted, rel=1e-12)
    assert found.rstudent[0] == pytest.approx(wanted, rel=1e-12)


def test_equal_estimates_by_z_have_no_influence() -> None:
    result = pooled([0.5] * 4, [0.1, 0.2, 0.3, 0.4], test="z")
    found = influence(result)
    assert not found.rstudent.any()
    assert not found.cook_d.any()
    assert not found.is_influential.any()
    assert found.notes == ()
    assert leave_one_out(result).estimate.tolist() == [0.5] * 4


def test_equal_estimates_by_knapp_and_hartung_are_undefined_and_said() -> None:
    result = pooled([0.5] * 4, [0.1, 0.2, 0.3, 0.4])
    found = influence(result)
    assert found.to_dict()["studies"][0]["rstudent"] is None
    assert codes(found) == ["no-variation"]
    out = leave_one_out(result)
    assert out.to_dict()["analyses"][0]["pvalue"] is None
    assert out.notes[-1].text == (
        "Without s1, s2, s3, s4 all estimates are equal, so Knapp-Hartung's standard error is 0 and "
        "there is no test; use adhoc or z."
    )


def test_all_but_one_equal() -> None:
    """Without the one that differs there is no variation; without another there is."""
    out = leave_one_out(pooled([0.5, 0.5, 0.5, 1.5], [0.1] * 4)).to_dict()
    assert [row["statistic"] is None for row in out["analyses"]] == [False, False, False, True]
    assert out["notes"][-1]["text"].startswith("Without s4 all estimates are equal")
    found = influence(pooled([0.5, 0.5, 0.5, 1.5], [0.1] * 4)).to_dict()
    assert [row["dffits"] is None for row in found["studies"]] == [False, False, False, True]


def test_the_sign_that_rests_on_one_study_is_said() -> None:
    out = leave_one_out(pooled([-0.2, -0.1, 0.9], [0.1] * 3, method="EE", test="z"))
    assert codes(out) == ["sign-changes"]
    assert out.notes[0].text == "The sign of the pooled estimate depends on a single study."


@pytest.mark.parametrize("method", ["REML", "EE"])
def test_two_studies_leave_one(method: str) -> None:
    result = pooled([0.1, 0.5], [0.04, 0.09], method=method)
    out = leave_one_out(result)
    rows = out.to_dict()["analyses"]
    assert [row["estimate"] for row in rows] == pytest.approx([0.5, 0.1])
    assert [row["se"] for row in rows] == pytest.approx([0.3, 0.2])
    assert rows[0]["pvalue"] == pytest.approx(math.erfc(0.5 / 0.3 / math.sqrt(2)))
    assert [rows[0][name] for name in ("q", "i2", "h2")] == [None, None, None]
    assert rows[0]["tau2"] == (0 if method == "EE" else None)
    assert codes(out) == ["single-study"]


def test_two_studies_have_influence_where_tau2_is_known() -> None:
    found = influence(pooled([0.1, 0.5], [0.04, 0.09], method="EE"))
    assert found.rstudent == pytest.approx([-0.4 / math.sqrt(0.13), 0.4 / math.sqrt(0.13)])
    given = influence(pooled([0.1, 0.5], [0.04, 0.09], tau2=0.1, test="z"))
    assert given.rstudent[0] == pytest.approx(-0.4 / math.sqrt(0.33))


REFUSED = [
    (
        lambda: leave_one_out(pooled([0.1], [0.04])),
        "s1 is the only study, and nothing is left without it. Leave one out of two studies or more.",
    ),
    (
        lambda: influence(pooled([0.1], [0.04])),
        "s1 is the only study, and nothing is left without it. Give three studies or more.",
    ),
    (
        lambda: influence(pooled([0.1, 0.2], [0.04, 0.04])),
        "without one of 2 studies the others cannot tell tau2. Give 3 studies or more, or a common effect "
        "(method EE).",
    ),
    (
        lambda: baujat(pooled([0.1, 0.2, 0.3], [0.04] * 3, weights="equal")),
        "weights: influence is not defined for equal weights. Pool without weights, or use leave-one-out.",
    ),
    (
        lambda: influence(regressed([0.1, 0.2, 0.3], [0.04] * 3, [1, 2, 3], method="EE")),
        "without one of 3 studies the others cannot support 2 coefficients. Give 4 studies or more, or use "
        "fewer moderators.",
    ),
    (
        lambda: leave_one_out(pooled([0.1, 0.2, 0.3], [0.04] * 3, weights=[0, 2, 0])),
        "weights: all weights but that of s2 are 0. Give two studies a weight at least.",
    ),
    (
        lambda: leave_one_out_of_tables(
            peto_odds_ratio, {"ai": [1], "bi": [9], "ci": [3], "di": [7]}
        ),
        "there is one table, and nothing is left without it. Give two tables or more.",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == message


def test_a_row_without_which_columns_are_collinear_is_said() -> None:
    """s4 is the only one with another x: without it x is constant."""
    result = regressed([0.1, 0.3, 0.2, 0.9], [0.04, 0.05, 0.03, 0.02], [1, 1, 1, 2], test="z")
    found = influence(result)
    rows = found.to_dict()["studies"]
    for name in ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "q_del", "rstandard"):
        assert rows[3][name] is None, name
        assert rows[0][name] is not None, name
    assert rows[3]["dfbetas"] == {"intrcpt": None, "x": None}
    assert rows[3]["hat"] == pytest.approx(1)
    assert not found.is_influential[3]
    assert found.notes[0].text == (
        "Without s4 a coefficient has no estimate, because the columns that are left determine one "
        "another: what rests on the fit without it is not defined."
    )
    plot = baujat(result)
    assert plot.to_dict()["studies"][3]["y"] is None
    assert plot.y_title == "Influence on Fitted Value"


def test_tables_without_which_there_is_nothing_to_compare() -> None:
    """All-zero arms: only the second table has events, so that without it there is no estimate."""
    tables = {"ai": [0, 4, 0], "bi": [20, 16, 30], "ci": [0, 9, 0], "di": [20, 11, 30]}
    out = leave_one_out_of_tables(peto_odds_ratio, tables, labels=["a", "b", "c"])
    assert [math.isnan(one) for one in out.estimate] == [False, True, False]
    assert out.notes[0].text == (
        "There is no pooled estimate without b: the tables have nothing to compare."
    )


def test_back_on_the_natural_scale() -> None:
    """The double arcsine returns by the harmonic mean of the sizes of the studies that are left."""
    people = {"xi": [10, 14, 20], "ni": [50, 60, 70]}
    rows = leave_one_out(pool(effect_sizes("PFT", people), method="EE", test="z"))
    assert rows.sizes[0] == pytest.approx(2 / (1 / 60 + 1 / 70))
    others = effect_sizes("PFT", {name: cells[1:] for name, cells in people.items()})
    wanted = pool(others, method="EE", test="z").natural
    found = rows.to_dict()["analyses"][0]["natural"]
    assert found["estimate"] == pytest.approx(wanted["estimate"], rel=1e-12)
    assert found["ci_high"] == pytest.approx(wanted["ci_high"], rel=1e-12)


def test_printouts_and_tables() -> None:
    result = pooled([0.1, 0.9, 0.4, -0.5], [0.04, 0.03, 0.02, 0.09], test="z", method="EE")
    found = influence(result)
    assert str(found).splitlines()[:3] == [
        "Influence of Each Study (k = 4; method: EE, test: z)",
        "",
        "    rstudent   dffits  cook.d   cov.r   QE.del     hat   weight     dfbs  inf",
    ]
    assert list(found.to_frame().columns[:11]) == [
        "label", "rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "q_del", "hat", "weight",
        "dfbetas_intrcpt", "is_influential",
    ]  # fmt: skip
    out = leave_one_out(result)
    lines = str(out).splitlines()
    assert lines[:2] == [
        "Leave-One-Out Analysis (each study left out in turn)",
        "Measure: GEN (estimate as given), method: EE, test: z, 95% intervals",
    ]
    assert " ".join(lines[3].split()) == "k estimate se statistic pval ci.lb ci.ub Q Qp I2 H2"
    frame = out.to_frame()
    assert frame["estimate"].tolist() == out.estimate.tolist()
    assert frame["natural_estimate"].tolist() == out.estimate.tolist()
    plot = baujat(result)
    assert str(plot).startswith(
        "Baujat Plot (x: Contribution to Overall Heterogeneity; y: Influence on Overall Result)"
    )
    assert plot.to_frame()["x"].tolist() == plot.x.tolist()
    assert "tau2.del" in str(influence(pooled([0.1, 0.9, 0.4], [0.04] * 3)))
