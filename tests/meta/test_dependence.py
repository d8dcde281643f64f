"""Dependence between estimates: properties that must hold, and bad input message by message."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta.dependence.aggregation import aggregate
from meta.dependence.components import bounds
from meta.dependence.correlated_effects import correlated_effects, sweep_rho
from meta.dependence.covariance import Blocks, ClustersAndEstimates
from meta.dependence.likelihood import evaluate, prepared
from meta.dependence.multilevel import multilevel
from meta.dependence.predictions import predict
from meta.dependence.profile import (
    compare_random_parts,
    component_intervals,
    problem_of,
    profile_curve,
)
from meta.dependence.random_terms import Columns, coded_terms, read_terms
from meta.dependence.robust import robust
from meta.dependence.sampling_covariance import (
    SamplingCovariance,
    autocorrelated,
    block_columns,
    correlated,
    given_covariance,
    independent,
)
from meta.dependence.structures import STRUCTURES, Structure
from meta.dependence.wild_bootstrap import wild_bootstrap
from meta.faults import ConvergenceError, InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.moderators.regression import regress

REFERENCE = Path(__file__).parents[1] / "reference" / "multilevel"


def effects_of(yi: Any, vi: Any) -> EffectSizes:
    labels = tuple(f"e{row}" for row in range(len(yi)))
    return EffectSizes(measure="GEN", labels=labels, yi=yi, vi=vi)  # type: ignore[arg-type]


def drawn(
    seed: int = 1, studies: int = 8, between: float = 0.2, within: float = 0.1
) -> tuple[EffectSizes, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, studies)
    study = np.repeat(np.arange(studies), sizes)
    vi = rng.uniform(0.02, 0.3, len(study))
    yi = rng.normal(0.3, math.sqrt(between), studies)[study]
    yi = yi + rng.normal(0, np.sqrt(within + vi))
    x = rng.normal(size=len(study))
    columns = {
        "study": [f"s{one}" for one in study],
        "effect": list(range(len(study))),
        "lab": rng.integers(0, 3, len(study)).tolist(),
        "time": [int(np.sum(study[:row] == study[row])) for row in range(len(study))],
        "x": x.tolist(),
    }
    return effects_of(yi, vi), columns


SEEDS = st.integers(0, 10_000)


class TestLikelihood:
    @given(seed=SEEDS, between=st.floats(0, 3), within=st.floats(0, 3))
    def test_both_ways_to_the_inverse_give_the_same(
        self, seed: int, between: float, within: float
    ) -> None:
        effects, columns = drawn(seed)
        terms = coded_terms(read_terms("~ 1 | study/effect"), columns, ())
        x = np.column_stack([np.ones(effects.k), columns["x"]])
        theta = np.array([between, within])
        one, other = (
            evaluate(prepared(x, effects.yi, way, restricted=True), theta)
            for way in (
                ClustersAndEstimates(effects.vi, terms[0].codes, 0, 1),  # type: ignore[union-attr]
                Blocks(independent(effects), terms),
            )
        )
        assert one.reml == pytest.approx(other.reml, rel=1e-10)
        assert one.slope == pytest.approx(other.slope, rel=1e-7, abs=1e-9)
        assert one.information == pytest.approx(other.information, rel=1e-7, abs=1e-9)

    @pytest.mark.parametrize("restricted", [True, False])
    @pytest.mark.parametrize("kind", STRUCTURES)
    def test_slopes_are_the_differences_of_the_likelihood(
        self, kind: str, restricted: bool
    ) -> None:
        effects, columns = drawn(4, studies=10)
        columns["time"] = [min(time, 2) for time in columns["time"]]
        terms = coded_terms(read_terms(["~ time | study", "~ 1 | lab"]), columns, (kind,))
        v = correlated(effects, "study", columns, 0.4)
        problem = prepared(
            np.ones((effects.k, 1)), effects.yi, Blocks(v, terms), restricted=restricted
        )
        structure = Structure(kind, 3)
        theta = np.array([*structure.start(0.2, 0.3), 0.05])

        def height(at: Any) -> float:
            found = evaluate(problem, at)
            return found.reml if restricted else found.ml

        slope = evaluate(problem, theta).slope
        for place in range(len(theta)):
            step = np.zeros(len(theta))
            step[place] = 1e-5
            difference = (height(theta + step) - height(theta - step)) / 2e-5
            assert slope[place] == pytest.approx(difference, rel=1e-5, abs=1e-7)

    @given(seed=SEEDS)
    def test_the_result_is_a_maximum(self, seed: int) -> None:
        effects, columns = drawn(seed)
        result = multilevel(effects, "~ 1 | study/effect", columns)
        problem = problem_of(result)
        at = evaluate(problem, result.theta)
        free = result.theta > 0
        scale = np.sqrt(np.maximum(np.diagonal(at.information), 1e-300))
        assert np.abs(at.slope[free] / scale[free]).max(initial=0) < 1e-6
        assert (at.slope[~free] <= 0).all()
        for other in np.random.default_rng(seed).uniform(0, 1.5, (20, 2)):
            assert evaluate(problem, other).reml <= at.reml + 1e-9

    @settings(max_examples=30)
    @given(seed=SEEDS, kind=st.sampled_from(["CS", "HCS", "AR", "UN"]))
    def test_hard_data_settle_on_a_covariance_matrix(self, seed: int, kind: str) -> None:
        """Few studies, variances between 0.001 and 1, often no heterogeneity at all."""
        rng = np.random.default_rng(seed)
        studies, m = int(rng.integers(3, 12)), int(rng.integers(2, 5))
        study = np.repeat(np.arange(studies), m)
        vi = 10 ** rng.uniform(-3, 0, len(study))
        true = rng.normal(0, rng.choice([0, 0.1, 1]), studies)[study]
        yi = rng.normal(true, np.sqrt(vi + rng.choice([0, 0.05, 1])))
        columns: Columns = {"study": study.tolist(), "time": list(range(m)) * studies}
        try:
            result = multilevel(effects_of(yi, vi), "~ time | study", columns, struct=kind)
        except (
            ConvergenceError
        ):  # an error rather than a wrong number; it names the simpler structures
            assert kind == "UN"
            return
        matrix = Structure(kind, m).matrix(result.theta)
        assert np.linalg.eigvalsh(matrix)[0] >= -1e-9 * np.trace(matrix)
        problem, (lower, upper) = problem_of(result), bounds(result.terms)
        at = evaluate(problem, result.theta)
        for step in np.eye(len(result.theta)) * 1e-3:  # no step along an axis leads higher
            for theta in (result.theta + step, result.theta - step):
                if ((theta >= lower) & (theta <= upper)).all():
                    assert evaluate(problem, theta).reml <= at.reml + 1e-8

    def test_one_estimate_per_study_is_the_random_effects_model(self) -> None:
        effects, columns = drawn(2)
        ours = multilevel(effects, "~ 1 | effect", columns, df="residual")
        known = pool(effects, test="t")
        (component,) = ours.components
        assert component.value == pytest.approx(known.heterogeneity.tau2, rel=1e-9)
        assert ours.coefficients[0].estimate == pytest.approx(known.pooled.estimate, rel=1e-10)
        assert ours.coefficients[0].se == pytest.approx(known.pooled.se, rel=1e-10)
        assert ours.coefficients[0].pvalue == pytest.approx(known.pooled.pvalue, rel=1e-9)
        assert ours.prediction is not None
        assert known.prediction is not None
        assert ours.prediction.low == pytest.approx(known.prediction.low, rel=1e-9)
        assert ours.i2_total == pytest.approx(known.heterogeneity.i2, rel=1e-9)
        assert ours.weights_percent == pytest.approx(known.weights_percent, rel=1e-9)
        assert ours.fit_reml.aicc == pytest.approx(
            known.fit_reml and known.fit_reml.aicc, rel=1e-10
        )

    def test_moderators_and_one_estimate_per_study_are_a_meta_regression(self) -> None:
        effects, columns = drawn(5)
        ours = multilevel(effects, "~ 1 | effect", columns, mods="~ x", test="z")
        known = regress(effects, "~ x", columns, test="z")
        assert ours.beta == pytest.approx(known.beta, rel=1e-8)
        assert ours.vcov == pytest.approx(known.vcov, rel=1e-8)
        assert ours.omnibus.statistic == pytest.approx(known.omnibus.statistic, rel=1e-8)
        assert ours.q == pytest.approx(known.heterogeneity.q, rel=1e-10)
        assert ours.fitted.estimate == pytest.approx([one.estimate for one in known.fitted])
        assert ours.fitted.ci_low == pytest.approx([one.ci.low for one in known.fitted])
        wide = predict(ours, [[1.5]])[0]
        assert wide.estimate == pytest.approx(ours.beta @ [1, 1.5])
        assert wide.pi is not None
        assert wide.pi.high > wide.ci.high

    @given(seed=SEEDS, shift=st.floats(-1e3, 1e3), factor=st.floats(0.01, 100))
    def test_units_and_origin_do_not_matter(self, seed: int, shift: float, factor: float) -> None:
        effects, columns = drawn(seed)
        one = multilevel(effects, "~ 1 | study/effect", columns)
        moved = effects_of(effects.yi * factor + shift, effects.vi * factor**2)
        other = multilevel(moved, "~ 1 | study/effect", columns)
        values = [part.value for part in other.components]
        wanted = [(part.value or 0) * factor**2 for part in one.components]
        assert values == pytest.approx(wanted, rel=1e-5, abs=1e-7 * factor**2)
        assert other.coefficients[0].se == pytest.approx(one.coefficients[0].se * factor, rel=1e-5)

    @given(seed=SEEDS)
    def test_the_order_of_the_rows_does_not_matter(self, seed: int) -> None:
        effects, columns = drawn(seed)
        order = np.random.default_rng(seed).permutation(effects.k)
        shuffled = effects_of(effects.yi[order], effects.vi[order])
        columns_shuffled = {name: [cells[row] for row in order] for name, cells in columns.items()}
        one = correlated_effects(effects, "study", columns, rho=0.5)
        other = correlated_effects(shuffled, "study", columns_shuffled, rho=0.5)
        assert other.model.theta == pytest.approx(one.model.theta, rel=1e-6, abs=1e-9)
        assert other.robust.vcov == pytest.approx(one.robust.vcov, rel=1e-6)
        assert other.model.weights == pytest.approx(one.model.weights[order], rel=1e-6)

    def test_two_studies_are_enough_for_a_fit(self) -> None:
        result = multilevel(
            effects_of([0.0, 1.0], [0.1, 0.1]), "~ 1 | study", {"study": ["a", "b"]}
        )
        assert result.coefficients[0].estimate == pytest.approx(0.5)
        assert result.components[0].value == pytest.approx(0.4)  # 1 / 2 - 0.1
        assert {note.code for note in result.notes} == {"few-groups"}

    def test_identical_estimates_have_no_heterogeneity(self) -> None:
        _, columns = drawn(1)
        k = len(columns["study"])
        result = multilevel(effects_of([0.3] * k, [0.1] * k), "~ 1 | study/effect", columns)
        assert [one.value for one in result.components] == [0, 0]
        assert [note.code for note in result.notes].count("component-zero") == 2
        assert result.i2_total == 0

    def test_a_missing_group_leaves_the_estimate_out_with_a_reason(self) -> None:
        effects, columns = drawn(1)
        columns["study"][0] = None
        result = multilevel(effects, "~ 1 | study", columns)
        assert result.design.k == effects.k - 1
        assert result.design.effects.excluded[0].reason == "missing group: study"
        assert result.design.rows[0] == 1
        assert robust(result, "study", columns).clusters == result.components[0].groups

    def test_levels_with_their_own_variance_have_their_own_prediction(self) -> None:
        case = json.loads((REFERENCE / "mv-berkey1998-diag.json").read_text(encoding="utf-8"))
        columns = case["columns"]
        effects = effects_of(columns["yi"], columns["vi"])
        v = block_columns(effects, "trial", ["v1i", "v2i"], columns)
        result = multilevel(
            effects, "~ outcome | trial", columns, mods="~ 0 + outcome", struct="DIAG", v=v
        )
        (al,) = predict(result, [[1.0, 0.0]], inner="AL")
        (without,) = predict(result, [[1.0, 0.0]])
        assert without.pi is None
        assert al.pi is not None
        reach = (al.pi.high - al.pi.low) / (al.ci.high - al.ci.low)
        wanted = math.sqrt(1 + case["expected"]["tau2"][0] / case["expected"]["se"][0] ** 2)
        assert reach == pytest.approx(wanted, rel=1e-5)
        assert result.i2 == ()


class TestProfile:
    def test_the_interval_is_where_the_curve_crosses(self) -> None:
        effects, columns = drawn(3)
        result = multilevel(effects, "~ 1 | study/effect", columns)
        first = component_intervals(result, level=0.9).intervals[1].ci
        curve = profile_curve(result, "sigma^2.2", [first.high])
        drop = 2 * (result.fit_reml.log_likelihood - curve.log_likelihood[0])
        assert drop == pytest.approx(2.705543454095404, rel=1e-7)  # chi-square, 90 %, 1 df

    def test_of_one_variance_it_is_that_of_the_random_effects_model(self) -> None:
        from meta.models.intervals import tau2_interval

        effects, columns = drawn(3)
        ours = component_intervals(multilevel(effects, "~ 1 | effect", columns)).intervals[0].ci
        known = tau2_interval(pool(effects), "PL")
        assert known is not None
        assert ours.low == pytest.approx(known.low, rel=1e-8)
        assert ours.high == pytest.approx(known.high, rel=1e-8)

    def test_the_default_curve_reaches_the_interval(self) -> None:
        effects, columns = drawn(3)
        result = multilevel(effects, "~ 1 | study/effect", columns)
        frame = profile_curve(result, "sigma^2.1").to_frame()
        interval = component_intervals(result).intervals[0].ci
        assert frame["value"].iloc[-1] == pytest.approx(interval.high, rel=1e-7)
        assert (frame["log_likelihood"] <= result.fit_reml.log_likelihood + 1e-9).all()


class TestRobust:
    @given(seed=SEEDS)
    def test_clusters_of_one_with_equal_variances_are_the_classical_standard_error(
        self, seed: int
    ) -> None:
        """For a mean of n equal clusters CR2 is s^2 / n with n - 1 degrees of freedom: Student's t."""
        rng = np.random.default_rng(seed)
        n = int(rng.integers(3, 12))
        yi = rng.normal(size=n)
        effects = effects_of(yi, np.full(n, 0.2))
        found = robust(pool(effects), "c", {"c": list(range(n))}).coefficients[0]
        assert found.se == pytest.approx(yi.std(ddof=1) / math.sqrt(n), rel=1e-10)
        assert found.df == pytest.approx(n - 1, rel=1e-9)

    def test_a_known_factor_lies_between_the_kinds(self) -> None:
        effects, columns = drawn(6)
        result = multilevel(effects, "~ 1 | study/effect", columns)
        n = len(set(columns["study"]))
        variance = {
            kind: float(robust(result, "study", columns, kind=kind).vcov[0, 0])
            for kind in ("CR0", "CR1", "CR1S1", "CR1S2", "CR2", "CR3")
        }
        assert variance["CR1"] / variance["CR0"] == pytest.approx(n / (n - 1))
        assert variance["CR0"] < variance["CR2"] < variance["CR3"]

    def test_knapp_hartung_does_not_change_it(self) -> None:
        effects, columns = drawn(6)
        one, other = (
            robust(pool(effects, test=test), "study", columns).vcov[0, 0] for test in ("z", "knha")
        )
        assert one == pytest.approx(other, rel=1e-12)

    def test_cr2_is_unbiased_if_the_working_model_is_right(self) -> None:
        """The exact expectation, from all covariances of residuals, is the model's own variance."""
        effects, columns = drawn(8)
        result = multilevel(effects, "~ 1 | study/effect", columns, mods="~ x")
        from meta.dependence.robust import adjustment
        from meta.dependence.working_model import working_model

        model = working_model(result, "study", columns)
        total = np.zeros((2, 2))
        for place, rows in enumerate(model.members):
            a = adjustment(model, place, "CR2")
            reach = model.x[rows] @ model.root
            left = model.matrices[place] - reach @ reach.T
            weights = model.root @ model.scores[:, rows] @ a
            total += weights @ left @ weights.T
        assert total == pytest.approx(result.vcov, rel=1e-9)

    def test_a_cluster_that_determines_a_coefficient_alone(self) -> None:
        effects, columns = drawn(6)
        columns["others"] = [float(study != columns["study"][0]) for study in columns["study"]]
        columns["alone"] = [float(study == columns["study"][0]) for study in columns["study"]]
        found = robust(multilevel(effects, "~ 1 | effect", columns, mods="~ x"), "study", columns)
        assert all(one.se > 0 for one in found.coefficients)
        alone = multilevel(effects, "~ 1 | effect", columns, mods="~ 0 + alone + others")
        assert robust(alone, "study", columns).coefficients[0].se > 0
        with pytest.raises(InputError, match=r"standard error is 0.*of alone"):
            robust(alone, "study", columns, kind="CR0")


class TestWildBootstrap:
    def test_equal_clusters_give_the_sign_test_of_their_means(self) -> None:
        """With one estimate a cluster and equal variances the draws are t tests of all sign changes."""
        y = np.array([0.4, 0.9, 1.2, -0.3, 0.8, 0.7])
        found = wild_bootstrap(pool(effects_of(y, np.full(6, 0.2))), "c", {"c": list(range(6))})
        signs = 1.0 - 2.0 * ((np.arange(64)[:, None] >> np.arange(6)) & 1)
        all_y = signs * y
        t2 = all_y.mean(axis=1) ** 2 / all_y.var(axis=1)
        assert found.pvalue == pytest.approx(np.mean(t2 >= t2[0] * (1 - 1e-9)))

    def test_draws_come_near_all_sign_vectors(self) -> None:
        effects, columns = drawn(9, studies=13)
        result = multilevel(effects, "~ 1 | study", columns, mods="~ x")
        exact = wild_bootstrap(result, "study", columns)
        drawn_ones = wild_bootstrap(result, "study", columns, iterations=8_000, seed=1)
        webb = wild_bootstrap(result, "study", columns, multipliers="webb", seed=1)
        assert exact.exact
        assert not drawn_ones.exact
        margin = 4 * math.sqrt(exact.pvalue * (1 - exact.pvalue) / 8_000)
        assert abs(drawn_ones.pvalue - exact.pvalue) < margin
        assert abs(webb.pvalue - exact.pvalue) < 0.1
        again = wild_bootstrap(result, "study", columns, iterations=8_000, seed=1)
        assert again.pvalue == drawn_ones.pvalue

    def test_bad_input(self) -> None:
        effects, columns = drawn(1, studies=20)
        result = pool(effects)
        for options, message in (
            ({}, "draws need a seed. Give a whole number from 0"),
            ({"seed": -1}, "the seed is -1"),
            ({"iterations": 1, "seed": 1}, "1 iterations show nothing"),
            (
                {"multipliers": "mammen", "seed": 1},
                "no multipliers 'mammen'. Use rademacher or webb",
            ),
            ({"positions": [2], "seed": 1}, r"\[2\] are no coefficients"),
        ):
            with pytest.raises(InputError, match=message):
                wild_bootstrap(result, "study", columns, **options)


class TestAggregation:
    @given(seed=SEEDS, rho=st.floats(0, 0.9))
    def test_it_loses_nothing_for_a_common_effect(self, seed: int, rho: float) -> None:
        """Generalised least squares of the estimates is the weighted mean of the aggregates."""
        effects, columns = drawn(seed)
        v = correlated(effects, "study", columns, rho)
        whole = multilevel(effects, (), columns, v=v, method="EE", test="z")
        parts = pool(aggregate(effects, "study", columns, v), method="EE", test="z")
        assert whole.coefficients[0].estimate == pytest.approx(parts.pooled.estimate, rel=1e-9)
        assert whole.coefficients[0].se == pytest.approx(parts.pooled.se, rel=1e-9)

    def test_it_says_what_was_combined(self) -> None:
        effects, columns = drawn(1)
        found = aggregate(effects, "study", columns, independent(effects))
        assert found.notes[-1].code == "aggregated"
        assert len(found.labels) == len(set(columns["study"]))
        assert found.rows[0] == 0

    def test_v_of_other_clusters_is_refused(self) -> None:
        effects, columns = drawn(1)
        with pytest.raises(InputError, match="V ties estimates of different clusters of study"):
            aggregate(effects, "study", columns, correlated(effects, "lab", columns, 0.5))


class TestCorrelatedEffects:
    def test_it_is_the_three_level_model_with_cr2(self) -> None:
        effects, columns = drawn(7)
        found = correlated_effects(effects, "study", columns, rho=0.4, mods="~ x")
        v = correlated(effects, "study", columns, 0.4)
        model = multilevel(effects, "~ 1 | study/effect", columns, mods="~ x", v=v)
        known = robust(model, "study", columns)
        assert found.robust.vcov == pytest.approx(known.vcov, rel=1e-9)
        assert found.to_dict()["rho"] == 0.4

    def test_the_sweep_says_where_rho_matters(self) -> None:
        yi = [0.5, 0.1, 0.6, 0.3, 0.9, 0.05, 0.7, -0.35]
        columns: Columns = {"study": [1, 1, 2, 2, 3, 3, 4, 4]}
        effects = effects_of(yi, [0.1, 0.01] * 4)
        found = sweep_rho(effects, "study", columns, rhos=[0.9, 0.0])
        frame = found.to_frame()
        assert frame["rho"].tolist() == [0.0, 0.9]
        excluding = (frame["ci_low"] > 0).tolist()
        assert ("rho-matters" in {note.code for note in found.notes}) == (len(set(excluding)) > 1)
        assert "Sweep over the assumed correlation" in found.summary()

    def test_bad_input(self) -> None:
        effects, columns = drawn(7)
        with pytest.raises(InputError, match="there is no rho"):
            sweep_rho(effects, "study", columns, rhos=[])
        with pytest.raises(InputError, match=r"rho is 1\.0. Give a correlation between -1 and 1"):
            correlated_effects(effects, "study", columns, rho=1.0)
        with pytest.raises(InputError, match=r"group the estimates alike.*Leave .*estimate out"):
            correlated_effects(effects, "effect", columns)
        with pytest.raises(InputError, match="Rename it"):
            correlated_effects(effects, "estimate", {"estimate": columns["study"]})


class TestSamplingCovariance:
    @pytest.mark.parametrize("rho", [-1.0, 1.0, 1.5, math.nan, math.inf])
    def test_rho_outside_its_range(self, rho: float) -> None:
        effects, columns = drawn(1)
        with pytest.raises(InputError, match=r"^rho: rho is .*Give a correlation between -1 and 1"):
            correlated(effects, "study", columns, rho)

    def test_rho_too_negative_for_the_size_of_a_cluster(self) -> None:
        effects = effects_of([1, 2, 3, 4], [1, 1, 1, 1])
        columns: Columns = {"study": ["a", "a", "a", "b"]}
        with pytest.raises(InputError, match="V is not positive definite for a, 3 estimates"):
            correlated(effects, "study", columns, -0.6)
        assert correlated(effects, "study", columns, -0.4).k == 4

    def test_times(self) -> None:
        effects = effects_of([1, 2, 3], [1, 1, 1])
        columns: dict[str, Any] = {"study": ["a", "a", "b"], "time": [1, 1, 2]}
        with pytest.raises(
            InputError, match=r"not positive definite for a.*an estimate that is there twice"
        ):
            autocorrelated(effects, "study", "time", columns, 0.5)
        with pytest.raises(InputError, match=r"phi is -0\.5. Give a correlation from 0 to below 1"):
            autocorrelated(effects, "study", "time", columns, -0.5)
        columns["time"] = ["x", "y", "z"]
        with pytest.raises(InputError, match=r"time: entry 1 is 'x'. A time is a number"):
            autocorrelated(effects, "study", "time", columns, 0.5)

    def test_block_columns(self) -> None:
        effects = effects_of([1, 2, 3], [1, 1, 1])
        columns: dict[str, Any] = {"s": ["a", "a", "b"], "v1": [1, 0.5, 1], "v2": [0.5, 1, None]}
        assert block_columns(effects, "s", ["v1", "v2"], columns).blocks[0][0, 1] == 0.5
        for change, message in (
            ({"v2": [0.4, 1, None]}, "the block of a in V is not symmetric"),
            ({"v2": [None, 1, None]}, "a covariance of a is missing"),
            ({"v1": [2, 0.5, 1]}, "V has 2 on its diagonal for e0, whose vi is 1"),
            ({"v1": [1, 1, 1], "v2": [1, 1, 1]}, "V is not positive definite for a"),
            ({"s": ["a", "a", "a"]}, "3 estimates of a for 2 columns of V"),
        ):
            with pytest.raises(InputError, match=message):
                block_columns(effects, "s", ["v1", "v2"], columns | change)

    def test_a_whole_matrix_falls_into_its_blocks(self) -> None:
        effects = effects_of([1, 2, 3, 4], [1, 1, 1, 1])
        v = np.eye(4)
        v[0, 3] = v[3, 0] = v[3, 2] = v[2, 3] = 0.3
        found = given_covariance(effects, v)
        assert found.codes.tolist() == [0, 1, 0, 0]
        assert found.dense([0, 1, 2, 3]).tolist() == v.tolist()
        assert found.only([2, 3]).dense([0, 1]).tolist() == [[1, 0.3], [0.3, 1]]
        with pytest.raises(InputError, match=r"V has shape \(3, 3\) for 4 estimates"):
            given_covariance(effects, np.eye(3))

    def test_a_missing_cluster(self) -> None:
        effects = effects_of([1, 2], [1, 1])
        with pytest.raises(InputError, match=r"entry 2 \(e1\) is missing. Say to which cluster"):
            correlated(effects, "study", {"study": ["a", None]}, 0.5)

    def test_v_of_other_estimates(self) -> None:
        effects, columns = drawn(1)
        other: SamplingCovariance = independent(effects_of([1.0], [1.0]))
        with pytest.raises(InputError, match="V does not belong to these estimates"):
            multilevel(effects, "~ 1 | study", columns, v=other)


BAD_MODELS: list[tuple[dict[str, Any], str]] = [
    ({"random": "study"}, "the random term 'study' cannot be read. Write '~ 1 | study'"),
    ({"random": "~ x | a/b"}, "cannot be read"),
    ({"random": "~ 1 | study; drop"}, "cannot be read"),
    ({"random": "~ 1 | stduy"}, "there is no column 'stduy'. Use one of study"),
    ({"random": ()}, "there is no random term. Give one, e.g. '~ 1 | study'"),
    ({"random": "~ 1 | study", "method": "EE"}, "a common effect has no random terms"),
    ({"random": "~ 1 | one"}, "one: there is one group only, 'all'.*Leave the term out"),
    ({"random": ["~ 1 | study", "~ 1 | again"]}, "study and again group the estimates alike"),
    ({"random": "~ 1 | mixed"}, "mixed: 's0' stands among numbers"),
    ({"random": "~ 1 | short"}, "short: 2 values for"),
    ({"random": "~ 1 | empty"}, "empty: the column is empty"),
    ({"random": "~ 1 | study", "method": "DL"}, "'DL' is no method. Use REML or ML or EE"),
    ({"random": "~ 1 | study", "test": "knha"}, "'knha' is no test. Use t or z"),
    ({"random": "~ 1 | study", "df": "kenward"}, "'kenward' is no df. Use contain or residual"),
    ({"random": "~ 1 | study", "level": 95}, "the level is 95"),
    ({"random": "~ time | study", "struct": "TOEP"}, "'TOEP' is no structure. Use one of CS"),
    ({"random": "~ time | study", "struct": ["CS", "UN"]}, "2 structures for 1 terms"),
    ({"random": "~ one | study"}, "no study has two levels of one.*Use struct ID or DIAG"),
    ({"random": "~ half | study", "struct": "UN"}, "no study has both 'a' and 'b'"),
    ({"random": "~ 1 | study", "mods": "~ one"}, "no moderator of the formula"),
]


@pytest.mark.parametrize(("options", "message"), BAD_MODELS)
def test_bad_models(options: dict[str, Any], message: str) -> None:
    effects, columns = drawn(1)
    k = effects.k
    columns |= {
        "one": ["all"] * k,
        "again": list(columns["study"]),
        "mixed": [columns["study"][0], *range(k - 1)],
        "short": [1, 2],
        "empty": [None] * k,
        "half": ["a" if study in ("s0", "s1") else "b" for study in columns["study"]],
    }
    with pytest.raises(InputError, match=message):
        multilevel(effects, options.pop("random"), columns, **options)


def test_too_few_estimates() -> None:
    columns: Columns = {"study": ["a", "b"], "x": [1.0, 2.0]}
    with pytest.raises(InputError, match="2 estimates cannot support 2 coefficients"):
        multilevel(effects_of([0, 1], [1, 1]), "~ 1 | study", columns, mods="~ x")
    with pytest.raises(InputError, match="1 estimates cannot support 1 coefficients"):
        multilevel(effects_of([0], [1]), (), {}, method="EE")


def test_aliased_columns_are_dropped_with_a_note() -> None:
    effects, columns = drawn(1)
    columns["twice"] = [2 * x for x in columns["x"]]
    result = multilevel(effects, "~ 1 | study", columns, mods="~ x + twice")
    assert result.design.names == ("intrcpt", "x")
    assert "redundant-moderator" in {note.code for note in result.notes}


def test_numbers_too_far_apart() -> None:
    effects = effects_of([1e200, -1e200, 1e200, 0], [1e-8, 1e-8, 1e-8, 1e-8])
    with pytest.raises((InputError, ConvergenceError), match=r"too far apart|did not settle"):
        multilevel(effects, "~ 1 | study", {"study": [1, 1, 2, 3]})


class TestBadRobust:
    def test_one_cluster(self) -> None:
        effects, columns = drawn(1)
        columns["one"] = ["all"] * effects.k
        with pytest.raises(InputError, match="one: there is one cluster only, 'all'"):
            robust(pool(effects), "one", columns)

    def test_fewer_clusters_than_coefficients(self) -> None:
        effects, columns = drawn(1)
        columns["two"] = [row % 2 for row in range(effects.k)]
        result = regress(effects, "~ x", columns)
        with pytest.raises(InputError, match="2 clusters cannot support 2 coefficients"):
            robust(result, "two", columns)

    def test_unknown_names(self) -> None:
        effects, columns = drawn(1)
        with pytest.raises(InputError, match="there is no column 'site'"):
            robust(pool(effects), "site", columns)
        with pytest.raises(
            InputError, match=r"'CR4' is no cluster-robust variance. Use one of CR0"
        ):
            robust(pool(effects), "study", columns, kind="CR4")
        with pytest.raises(InputError, match=r"\[1, 1\] are no coefficients"):
            robust(pool(effects), "study", columns, positions=[1, 1])

    def test_missing_and_mixed_clusters(self) -> None:
        effects, columns = drawn(1)
        columns["study"][2] = None
        with pytest.raises(InputError, match=r"study: entry 3 is missing. Name the cluster"):
            robust(pool(effects), "study", columns)
        columns["study"][2] = 7
        with pytest.raises(InputError, match="'s0' stands among numbers"):
            robust(pool(effects), "study", columns)
        columns["study"] = columns["study"][:3]
        with pytest.raises(InputError, match="3 values for"):
            robust(pool(effects), "study", columns)

    def test_random_effects_that_cross_the_clusters(self) -> None:
        effects, columns = drawn(1)
        result = multilevel(effects, ["~ 1 | study", "~ 1 | lab"], columns)
        with pytest.raises(
            InputError, match=r"depend on each other. Use a cluster column that contains"
        ):
            robust(result, "study", columns)

    def test_weights_of_ones_own(self) -> None:
        effects, columns = drawn(1)
        with pytest.raises(InputError, match="with equal weights are not provided"):
            robust(pool(effects, weights="equal"), "study", columns)

    def test_few_degrees_of_freedom_are_said(self) -> None:
        effects, columns = drawn(1, studies=4)
        result = multilevel(effects, "~ 1 | study", columns)
        codes = {note.code for note in robust(result, "study", columns).notes}
        assert codes == {"few-degrees-of-freedom"}
        codes = {note.code for note in robust(result, "study", columns, kind="CR0").notes}
        assert codes == {"few-clusters"}


class TestBadProfile:
    def test_messages(self) -> None:
        effects, columns = drawn(1)
        result = multilevel(effects, "~ 1 | study/effect", columns)
        with pytest.raises(InputError, match=r"no component 'tau\^2'. Use one of sigma\^2\.1"):
            profile_curve(result, "tau^2")
        with pytest.raises(InputError, match="cannot be"):
            profile_curve(result, "sigma^2.1", [-1.0])
        with pytest.raises(InputError, match="a common effect has no variance components"):
            component_intervals(multilevel(effects, (), columns, method="EE"))
        with pytest.raises(InputError, match="Give the larger model first"):
            compare_random_parts(result, result)
        other = multilevel(effects, "~ 1 | study", columns, method="ML")
        with pytest.raises(InputError, match="not of the same estimates, moderators and method"):
            compare_random_parts(result, other)


def test_printouts_follow_metafors_order() -> None:
    effects, columns = drawn(3)
    text = correlated_effects(effects, "study", columns, mods="~ x").summary()
    parts = [
        "Correlated and Hierarchical Effects Model (rho = 0.6)",
        "Number of clusters:",
        "Test of Moderators (coefficients 2):",
        "Model Results (CR2 standard errors",
        "Working model:",
        "Multivariate Meta-Analysis Model",
        "Variance Components:",
        "Test for Residual Heterogeneity:",
        "Model Results (95% intervals):",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    struct = multilevel(effects, "~ time | study", columns, struct="AR").summary()
    assert "inner factor: time" in struct
    assert "rho" in struct


def test_results_are_plain_data() -> None:
    effects, columns = drawn(3)
    for result in (
        correlated_effects(effects, "study", columns),
        component_intervals(multilevel(effects, "~ 1 | study/effect", columns)),
        sweep_rho(effects, "study", columns),
        wild_bootstrap(pool(effects), "study", columns),
    ):
        text = json.dumps(result.to_dict(), allow_nan=False)
        assert text
        assert str(result) == result.summary()
