"""Mixed models of counts: other programs at their limits, what holds for any data, and bad input."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.api import GLM, families
from statsmodels.discrete.conditional_models import ConditionalLogit

from meta.effects.effect_sizes import effect_sizes
from meta.faults import ConvergenceError, InputError
from meta.glmm.analysis import glmm
from meta.glmm.results import GlmmAnalysis
from meta.models.pooling import pool

BCG = {
    "ai": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "n1i": [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913],
    "ci": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "n2i": [139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854],
}
ABLAT = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
DAYS = {
    "x1i": [9, 8, 3, 6, 7, 20],
    "t1i": [413, 263, 487, 237, 489, 507],
    "x2i": [19, 19, 13, 9, 23, 50],
    "t2i": [398, 245, 435, 241, 483, 405],
}
TWO = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
MODELS = ("UM.FS", "UM.RS", "CM.EL", "CM.AL")
SAME = 1e-6  # two orders of the same sums, along other ways to the same maximum


def values(result: GlmmAnalysis) -> tuple[Any, ...]:
    one = result.coefficients[0]
    return one.estimate, one.se, result.tau2, result.sigma2, result.fit.log_likelihood


def fitted(measure: str, columns: dict[str, Any], **options: Any) -> GlmmAnalysis:
    """Fit, or pass over data for which there is no maximum."""
    try:
        return glmm(measure, columns, **options)
    except (InputError, ConvergenceError):
        assume(False)
        raise


# limits that other programs fit


def test_a_common_effect_with_fixed_studies_is_logistic_regression() -> None:
    ai, n1i, ci, n2i = (np.array(BCG[name], dtype=float) for name in ("ai", "n1i", "ci", "n2i"))
    ours = glmm("OR", BCG, estimator="EE")
    events, people = np.concatenate([ai, ci]), np.concatenate([n1i, n2i])
    x = np.column_stack([np.repeat([1.0, 0.0], 13), np.tile(np.eye(13), (2, 1))])
    theirs = GLM(np.column_stack([events, people - events]), x, family=families.Binomial()).fit(
        tol=1e-14
    )
    assert ours.coefficients[0].estimate == pytest.approx(theirs.params[0], rel=1e-9)
    assert ours.coefficients[0].se == pytest.approx(theirs.bse[0], rel=1e-8)
    assert ours.fit.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)
    assert ours.fit.deviance == pytest.approx(theirs.deviance, rel=1e-8)
    assert ours.fit.aic == pytest.approx(theirs.aic, rel=1e-9)


def test_a_common_effect_with_fixed_studies_is_poisson_regression() -> None:
    x1, t1, x2, t2 = (np.array(DAYS[name], dtype=float) for name in ("x1i", "t1i", "x2i", "t2i"))
    ours = glmm("IRR", DAYS, estimator="EE")
    x = np.column_stack([np.repeat([1.0, 0.0], 6), np.tile(np.eye(6), (2, 1))])
    theirs = GLM(
        np.concatenate([x1, x2]),
        x,
        family=families.Poisson(),
        offset=np.log(np.concatenate([t1, t2])),
    ).fit(tol=1e-14)
    assert ours.coefficients[0].estimate == pytest.approx(theirs.params[0], rel=1e-9)
    assert ours.coefficients[0].se == pytest.approx(theirs.bse[0], rel=1e-8)
    assert ours.fit.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)
    # given the sum of two Poisson counts, the first is binomial: the same estimate and standard error
    conditional = glmm("IRR", DAYS, model="CM.EL", estimator="EE")
    assert values(conditional)[:2] == pytest.approx(values(ours)[:2], rel=1e-9)


def test_a_common_effect_with_the_exact_likelihood_is_conditional_logistic_regression() -> None:
    tables = {"ai": [1, 4, 0, 3], "n1i": [9, 8, 6, 7], "ci": [3, 2, 2, 5], "n2i": [8, 7, 9, 9]}
    events, group, study = [], [], []
    for place in range(4):
        for cell, size, one in (("ai", "n1i", 1.0), ("ci", "n2i", 0.0)):
            count, people = tables[cell][place], tables[size][place]
            events += [1] * count + [0] * (people - count)
            group += [one] * people
            study += [place] * people
    theirs = ConditionalLogit(
        np.array(events), np.array(group)[:, None], groups=np.array(study)
    ).fit(disp=False, gtol=1e-12)
    ours = glmm("OR", tables, model="CM.EL", estimator="EE")
    # statsmodels stops where its score is 1e-5
    assert ours.coefficients[0].estimate == pytest.approx(theirs.params[0], rel=2e-5)
    assert ours.coefficients[0].se == pytest.approx(theirs.bse[0], rel=1e-5)


def test_moderators_of_one_group_are_those_of_poisson_regression() -> None:
    days = {"xi": DAYS["x2i"], "ti": DAYS["t2i"]}
    year = [1985.0, 1987, 1989, 1990, 1991, 1991]
    ours = glmm("IRLN", days, estimator="EE", mods="~ year", moderators={"year": year})
    theirs = GLM(
        np.array(days["xi"]),
        np.column_stack([np.ones(6), year]),
        family=families.Poisson(),
        offset=np.log(days["ti"]),
    ).fit(tol=1e-14)
    assert [one.estimate for one in ours.coefficients] == pytest.approx(theirs.params, rel=1e-7)
    assert ours.vcov == pytest.approx(theirs.cov_params(), rel=1e-7)
    assert ours.formula == "~ year"
    assert ours.pooled is None
    assert ours.prediction is None


def test_large_counts_come_near_to_the_normal_model() -> None:
    """With thousands of events in each cell, log odds ratios are normal with known variances."""
    tables = {
        "ai": [3000, 5200, 2500, 4100],
        "n1i": [9000, 11000, 8000, 9000],
        "ci": [3600, 5600, 3400, 4000],
        "n2i": [9100, 10500, 8200, 9300],
    }
    normal = pool(effect_sizes("OR", tables), method="ML", test="z")
    for model in ("UM.FS", "CM.EL"):
        result = glmm("OR", tables, model=model)
        assert result.coefficients[0].estimate == pytest.approx(normal.pooled.estimate, abs=5e-4)
        assert result.coefficients[0].se == pytest.approx(normal.pooled.se, rel=2e-3)
        assert result.tau2 == pytest.approx(normal.heterogeneity.tau2, rel=5e-3)
        assert result.typical_variance == pytest.approx(normal.heterogeneity.typical_variance)


# what must hold for any data

cells = st.lists(
    st.tuples(st.integers(1, 30), st.integers(1, 40), st.integers(1, 30), st.integers(1, 40)),
    min_size=2,
    max_size=6,
)


def as_columns(rows: list[tuple[int, int, int, int]]) -> dict[str, list[int]]:
    return dict(zip(("ai", "bi", "ci", "di"), map(list, zip(*rows, strict=True)), strict=True))


@settings(max_examples=25, deadline=None)
@given(cells, st.sampled_from(MODELS), st.sampled_from(["ML", "EE"]))
def test_swapped_groups_turn_the_estimate_round(
    rows: list[tuple[int, int, int, int]], model: str, estimator: str
) -> None:
    before = fitted("OR", as_columns(rows), model=model, estimator=estimator)
    swapped = [(c, d, a, b) for a, b, c, d in rows]
    after = fitted("OR", as_columns(swapped), model=model, estimator=estimator)
    assert after.coefficients[0].estimate == pytest.approx(
        -before.coefficients[0].estimate, rel=SAME, abs=SAME
    )
    assert values(after)[1:3] == pytest.approx(values(before)[1:3], rel=SAME, abs=SAME)
    assert after.i2 == pytest.approx(before.i2, rel=SAME, abs=SAME)


@settings(max_examples=25, deadline=None)
@given(cells, st.sampled_from(("UM.FS", "CM.EL", "UM.RS")))
def test_events_and_non_events_exchanged_turn_the_estimate_round(
    rows: list[tuple[int, int, int, int]], model: str
) -> None:
    before = fitted("OR", as_columns(rows), model=model)
    after = fitted("OR", as_columns([(b, a, d, c) for a, b, c, d in rows]), model=model)
    assert after.coefficients[0].estimate == pytest.approx(
        -before.coefficients[0].estimate, rel=SAME, abs=SAME
    )
    assert values(after)[1:3] == pytest.approx(values(before)[1:3], rel=SAME, abs=SAME)


@settings(max_examples=25, deadline=None)
@given(cells, st.sampled_from(MODELS), st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(
    rows: list[tuple[int, int, int, int]], model: str, random: Any
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    before, after = (fitted("OR", as_columns(some), model=model) for some in (rows, shuffled))
    assert values(after)[:3] == pytest.approx(values(before)[:3], rel=SAME, abs=SAME)
    assert after.fit.log_likelihood == pytest.approx(before.fit.log_likelihood, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(cells, st.sampled_from(MODELS))
def test_ranges_and_the_likelihoods_order(
    rows: list[tuple[int, int, int, int]], model: str
) -> None:
    result = fitted("OR", as_columns(rows), model=model)
    assert result.tau2 is not None
    assert result.i2 is not None
    assert result.likelihood_ratio is not None
    assert result.wald is not None
    assert 0 <= result.i2 < 100
    assert result.tau2 >= 0
    assert result.likelihood_ratio.statistic >= 0
    assert result.wald.statistic >= 0
    common = fitted("OR", as_columns(rows), model=model, estimator="EE", nodes=1)
    assert result.fit.log_likelihood >= common.fit.log_likelihood - 1e-9
    assert result.prediction is not None
    interval = result.coefficients[0].ci
    assert result.prediction.low <= interval.low < interval.high <= result.prediction.high
    json.dumps(result.to_dict(), allow_nan=False)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.floats(1, 500)), min_size=3, max_size=6),
    st.floats(0.01, 100),
)
def test_another_unit_of_time_shifts_the_log_rate(
    rows: list[tuple[int, float]], factor: float
) -> None:
    xi, ti = zip(*rows, strict=True)
    before = fitted("IRLN", {"xi": list(xi), "ti": list(ti)})
    after = fitted("IRLN", {"xi": list(xi), "ti": [factor * one for one in ti]})
    assert after.coefficients[0].estimate == pytest.approx(
        before.coefficients[0].estimate - math.log(factor), abs=1e-5
    )
    assert after.tau2 == pytest.approx(before.tau2, rel=1e-5, abs=1e-6)


def test_a_moderator_in_another_unit_or_origin_changes_no_more_than_its_coefficients() -> None:
    plain = glmm("OR", BCG, mods="~ ablat", moderators={"ablat": ABLAT}, test="t")
    moved = glmm(
        "OR", BCG, mods="~ x", moderators={"x": [1e4 + 10 * one for one in ABLAT]}, test="t"
    )
    first, slope = (one.estimate for one in plain.coefficients)
    there, steep = (one.estimate for one in moved.coefficients)
    assert 10 * steep == pytest.approx(slope, rel=1e-7)
    assert there + 1e4 * steep == pytest.approx(first, rel=1e-5)
    assert plain.omnibus is not None
    assert moved.omnibus is not None
    assert (plain.omnibus.df, plain.omnibus.df2) == (1, 11)
    assert moved.omnibus.statistic == pytest.approx(plain.omnibus.statistic, rel=1e-6)
    assert [one.df for one in plain.coefficients] == [11, 11]


def test_correlated_random_effects_are_refined_uncorrelated_ones() -> None:
    plain = glmm("OR", BCG, model="UM.RS")
    refined = glmm("OR", BCG, model="UM.RS", correlated=True)
    assert refined.fit.log_likelihood > plain.fit.log_likelihood
    assert (plain.rho, refined.options.correlated) == (None, True)
    assert refined.rho is not None
    assert -1 <= refined.rho <= 1
    # the correlated model does not depend on how the group effect is shared out
    others = [glmm("OR", BCG, model="UM.RS", correlated=True, coding=coding) for coding in (1, 0)]
    for one in others:
        assert values(one)[:3] == pytest.approx(values(refined)[:3], rel=1e-6)
        assert one.fit.log_likelihood == pytest.approx(refined.fit.log_likelihood, rel=1e-10)


# few studies, boundaries, tables that say nothing


def test_a_maximum_beyond_a_valley_is_found_by_the_scan() -> None:
    """From most starts Newton's steps fall into tau2 = 0, 0.045 lower."""
    rates = {
        "x1i": [29, 10, 9, 22],
        "t1i": [74, 16, 62, 41],
        "x2i": [7, 14, 18, 0],
        "t2i": [37, 27, 47, 2],
    }
    result = glmm("IRR", rates, model="UM.FS", coding=1)
    assert result.tau2 == pytest.approx(0.0928555, rel=1e-5)
    assert "likelihood-maxima" in [note.code for note in result.notes]
    heights = dict(result.profile)
    assert max(heights.values()) == result.fit.log_likelihood
    assert heights[0.0] == pytest.approx(result.fit.log_likelihood - 0.04505, abs=1e-5)
    assert list(heights) == sorted(heights)
    assert glmm("IRR", rates, estimator="EE").profile == ()


def test_a_step_to_the_mirror_image_of_a_deviation_is_no_rise() -> None:
    """The likelihood of tau is that of -tau: full steps of Newton's went to and fro between the two."""
    rates: dict[str, list[float]] = {"xi": [25, 1050, 2550], "ti": [8.9, 159.6, 404.7]}
    assert glmm("IRLN", rates).tau2 == pytest.approx(0.116678, abs=1e-5)
    tables = {
        "ai": [38, 224, 17, 5, 40, 47],
        "n1i": [1292, 2712, 2058, 293, 910, 1130],
        "ci": [64, 54, 7, 47, 77, 71],
        "n2i": [2234, 1370, 1076, 2676, 2899, 1258],
    }
    for model in ("CM.EL", "CM.AL"):
        assert (glmm("OR", tables, model=model).tau2 or 0) > 0.1


def test_a_likelihood_flat_at_tau_0_is_at_its_boundary() -> None:
    """Squared residuals are what chance makes them on average, so that no curvature in tau is left."""
    result = glmm("PLO", {"xi": [1, 0, 2], "ni": [3, 1, 2]})
    assert result.tau2 == 0
    assert result.coefficients[0].estimate == pytest.approx(0, abs=1e-9)
    assert result.coefficients[0].se == pytest.approx(2 / math.sqrt(6), rel=1e-9)


def test_a_likelihood_with_two_maxima_gives_the_higher_and_says_so() -> None:
    """The log-likelihood is -9.434 at tau2 = 0 and -9.553 at 7.2, as an integral by quadrature has it."""
    rates: dict[str, list[float]] = {"xi": [0, 1, 100], "ti": [1e-3, 20, 1e6]}
    result = glmm("IRLN", rates, nodes=50)
    assert result.tau2 == 0
    assert "likelihood-maxima" in [note.code for note in result.notes]
    assert result.fit.log_likelihood == pytest.approx(-9.434, abs=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_one_study_has_an_estimate_and_no_heterogeneity(model: str) -> None:
    one = {name: cells[:1] for name, cells in TWO.items()}
    result = glmm("OR", one, model=model, test="t")
    assert (result.tau2, result.i2, result.h2, result.likelihood_ratio, result.wald) == (
        None,
        None,
        None,
        None,
        None,
    )
    assert (result.options.test, result.options.estimator) == ("z", "EE")
    assert result.prediction is None
    assert "no-heterogeneity" in [note.code for note in result.notes]
    if model == "UM.FS":
        own = effect_sizes("OR", one)
        assert result.coefficients[0].estimate == pytest.approx(own.yi[0], rel=1e-9)
        assert result.coefficients[0].se == pytest.approx(math.sqrt(own.vi[0]), rel=1e-8)
    assert "tau^2" not in result.summary()


@pytest.mark.parametrize("model", MODELS)
def test_two_studies_are_fitted_with_a_warning(model: str) -> None:
    result = glmm("OR", TWO, model=model, test="t")
    assert result.tau2 == 0
    assert result.coefficients[0].df == 1
    assert {"few-studies", "tau2-zero"} <= {note.code for note in result.notes}
    assert result.tau2_se is None


def test_tables_without_events_say_nothing_except_to_random_studies() -> None:
    tables = {
        "ai": [0, 3, 5, 0, 9, 7],
        "n1i": [10, 20, 30, 40, 9, 30],
        "ci": [0, 8, 9, 0, 9, 12],
        "n2i": [10, 20, 30, 40, 9, 30],
    }
    for model in ("UM.FS", "CM.EL"):
        dropped, kept = (glmm("OR", tables, model=model, drop00=some) for some in (True, False))
        assert values(kept) == values(dropped)
        assert kept.k == 3
        assert next(one.reason for one in kept.excluded) == (
            f"no events in either group: model {model} learns nothing from it"
        )
        assert [one.reason for one in kept.excluded][-1] == (
            f"nothing but events in both groups: model {model} learns nothing from it"
        )
        assert next(one.reason for one in dropped.excluded) == "no events in either group (drop00)"
    dropped, kept = (glmm("OR", tables, model="UM.RS", drop00=some) for some in (True, False))
    assert (dropped.k, kept.k) == (3, 6)
    assert kept.excluded == ()
    assert kept.yi[0] is not None
    assert kept.wald is None
    assert "no-wald-test" in [note.code for note in kept.notes]
    approximate = glmm("OR", tables, model="CM.AL", drop00=False)
    assert approximate.k == 4


def test_what_is_missing_is_left_out_and_said() -> None:
    tables = {name: [*cells, None] for name, cells in BCG.items()}
    result = glmm("OR", tables, labels=[*"abcdefghijklm", None])
    assert result.labels == tuple("abcdefghijklm")
    assert [(one.label, one.reason) for one in result.excluded] == [
        ("study 14", "a number is missing")
    ]
    moderated = glmm(
        "OR", BCG, mods="~ ablat", moderators={"ablat": [None, *ABLAT[1:]]}, model="CM.AL"
    )
    assert moderated.k == 12
    assert moderated.excluded[0].reason == "missing moderator: ablat"
    assert moderated.labels[0] == "study 2"


def test_approximations_are_named() -> None:
    common = {"ai": [8, 12, 9], "n1i": [20, 30, 25], "ci": [12, 11, 15], "n2i": [20, 30, 25]}
    assert "not-rare" in [note.code for note in glmm("OR", common, model="CM.AL").notes]
    assert "not-rare" not in [note.code for note in glmm("OR", BCG, model="CM.AL").notes]
    assert "laplace" in [note.code for note in glmm("OR", common, model="UM.RS").notes]
    rare = {"xi": [0, 1, 0, 3, 0, 2], "ni": [40, 60, 25, 50, 90, 30]}
    codes = [[note.code for note in glmm("PLO", rare, nodes=nodes).notes] for nodes in (1, 40)]
    assert "few-nodes" in codes[0]
    assert "few-nodes" not in codes[1]
    repeated = glmm("OR", TWO, labels=["a", "a"])
    assert "repeated-labels" in [note.code for note in repeated.notes]


# bad input, message by message


@pytest.mark.parametrize(
    ("measure", "options", "message"),
    [
        (
            "MD",
            {},
            "there is no generalised linear mixed model for MD. Use one of OR, IRR, PLO, IRLN.",
        ),
        ("XX", {}, "'XX' is no measure"),
        (
            "OR",
            {"model": "GLMM"},
            "model: 'GLMM' is no model for OR. Use one of UM.FS, UM.RS, CM.EL",
        ),
        ("OR", {"estimator": "REML"}, "estimator: 'REML' is no estimator. Use one of ML, EE."),
        ("OR", {"test": "knha"}, "test: 'knha' is no test of a generalised linear mixed model"),
        ("OR", {"level": 95}, "the level is 95. Use a number between 0 and 1"),
        ("OR", {"nodes": 0}, "nodes: 0 nodes. Use 1 to 100."),
        (
            "OR",
            {"nodes": 7, "model": "UM.RS"},
            "nodes: 7 nodes for UM.RS, which has two random effects",
        ),
        ("OR", {"coding": 2}, "coding: the coding is 2. Use 0.5, 1 or 0."),
        ("OR", {"coding": 1, "model": "CM.EL"}, "coding: model CM.EL has no coding of groups"),
        ("OR", {"correlated": True}, "correlated: only model UM.RS with random effects has two"),
        ("OR", {"to": "some"}, "'some'"),
        ("OR", {"labels": ["a"]}, "1 labels for 2 studies. Give one for each."),
        ("OR", {"mods": "~ x", "moderators": {"x": [1, 2, 3]}}, "x: 3 values for 2 studies"),
        ("OR", {"mods": "~ x", "moderators": {"x": [1, 2]}}, "mods: 2 coefficients for 2 studies"),
        ("OR", {"mods": "~ y", "moderators": {"x": [1, 2]}}, "y"),
        ("IRR", {}, "the columns are ai, n1i, ci, n2i. Give x1i, t1i, x2i, t2i."),
    ],
)
def test_options_that_are_refused(measure: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        glmm(measure, TWO, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"ai": [9], "n1i": [5], "ci": [1], "n2i": [5]}, "ai: 9 events among n1i = 5 people"),
        ({"ai": [1.5], "n1i": [5], "ci": [1], "n2i": [5]}, "ai: 1.5 is no count"),
        ({"ai": [-1], "n1i": [5], "ci": [1], "n2i": [5]}, "ai: -1 is no count"),
        (
            {"ai": [None], "n1i": [5], "ci": [1], "n2i": [5]},
            "no table can be used; a number is missing",
        ),
        (
            {"ai": [0], "n1i": [5], "ci": [0], "n2i": [5]},
            "no table can be used; no events in either",
        ),
        (
            {"ai": [], "n1i": [], "ci": [], "n2i": []},
            "no table can be used. Give tables with events.",
        ),
    ],
)
def test_tables_that_are_refused(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        glmm("OR", columns)
    assert message in str(caught.value)


@pytest.mark.parametrize("model", MODELS)
def test_a_group_without_events_in_all_studies_is_refused(model: str) -> None:
    tables = {"ai": [0, 0, 0], "n1i": [10, 20, 30], "ci": [3, 4, 5], "n2i": [10, 20, 30]}
    for some in (tables, {"ai": tables["ci"], "n1i": [10, 20, 30], "ci": [0] * 3, "n2i": [9] * 3}):
        with pytest.raises(InputError) as caught:
            glmm("OR", some, model=model)
        assert str(caught.value) == (
            "in all tables the same group has no events, or nothing but events, so that the likelihood of "
            f"model {model} has no maximum. Add studies with events, or report the counts alone."
        )


def test_one_group_without_events_or_with_nothing_else_is_refused() -> None:
    for events in ([0, 0], [9, 12]):
        with pytest.raises(InputError, match="no study has events, or none has people without"):
            glmm("PLO", {"xi": events, "ni": [9, 12]})
    with pytest.raises(InputError, match="no study has events"):
        glmm("IRLN", {"xi": [0, 0], "ti": [9, 12]})


def test_tables_that_are_all_extreme_have_no_finite_tau2() -> None:
    opposed = {"ai": [0, 30], "n1i": [100, 100], "ci": [30, 0], "n2i": [100, 100]}
    for model in ("CM.EL", "CM.AL"):
        with pytest.raises(
            InputError, match=r"grows with tau2 without end\. Add studies, or fit a common"
        ):
            glmm("OR", opposed, model=model)
        assert glmm("OR", opposed, model=model, estimator="EE").coefficients[0].estimate == (
            pytest.approx(0, abs=1e-9)
        )
    with pytest.raises(InputError, match="as few or as many as they can be"):
        glmm("PLO", {"xi": [0, 10], "ni": [10, 10]})
    with pytest.raises(InputError, match="as few or as many as they can be"):
        glmm("IRR", {"x1i": [0, 4], "t1i": [9, 9], "x2i": [4, 0], "t2i": [9, 9]}, model="CM.EL")


def test_a_moderator_that_tells_studies_with_events_from_those_without_has_no_coefficient() -> None:
    tables = {"ai": [0, 0, 5, 6], "n1i": [30] * 4, "ci": [5, 4, 3, 4], "n2i": [30] * 4}
    with pytest.raises(ConvergenceError) as caught:
        glmm("OR", tables, mods="~ x", moderators={"x": [0, 0, 1, 1]})
    assert "a moderator tells studies with events from those without" in str(caught.value)
    assert "use Mantel and Haenszel's method" in str(caught.value)


# what a result says


def test_the_printout_is_in_metafors_order() -> None:
    lines = glmm("OR", BCG, model="UM.FS", labels=list("abcdefghijklm")).summary().splitlines()
    start = [line for line in lines if line][:14]
    assert start == [
        "Random-Effects Model (k = 13; tau^2 estimator: ML)",
        "Model Type: Unconditional Model with Fixed Study Effects (UM.FS)",
        "Measure: OR (log odds ratio), test: z",
        "  logLik  deviance       AIC       BIC      AICc",
        "-88.6378   38.9337  207.2756  226.1470  255.2756",
        "tau^2 (variance of true effects):  0.2949 (SE = 0.1510)",
        "tau (its square root):  0.5430",
        "I^2 = tau^2 / (tau^2 + typical variance):  91.02%",
        "H^2 (total / sampling variability):  11.14",
        "Tests for Heterogeneity:",
        "Wld(df = 12) = 163.1649, p-val < .0001",
        "LRT(df = 12) = 176.9544, p-val < .0001",
        "Model Results (95% intervals):",
        "estimate      se     zval    pval    ci.lb    ci.ub",
    ]
    assert " -0.7450  0.1756  -4.2435  <.0001  -1.0891  -0.4009" in lines
    assert "Odds ratio: 0.4747 [0.3365, 0.6697], prediction interval [0.1551, 1.4529]" in lines
    assert any(line.startswith("a      -0.9387  0.3571") for line in lines)


def test_the_printout_with_moderators_and_two_random_effects() -> None:
    text = glmm(
        "OR", BCG, model="UM.RS", correlated=True, mods="~ ablat", moderators={"ablat": ABLAT}
    ).summary()
    for part in (
        "Mixed-Effects Model (k = 13; tau^2 estimator: ML)",
        "tau^2 (variance left unexplained)",
        "sigma^2 (variance of the studies' constants)",
        "rho (its correlation with the effect)",
        "Tests for Residual Heterogeneity:",
        "Test of Moderators (coefficient 2):",
        "intrcpt",
    ):
        assert part in text, part
    common = glmm("OR", BCG, estimator="EE", mods="~ ablat", moderators={"ablat": ABLAT}).summary()
    assert common.startswith("Fixed-Effects with Moderators Model (k = 13)")


def test_the_frame_has_studies_and_the_pooled_value() -> None:
    result = glmm("IRR", DAYS, model="UM.RS")
    frame = result.to_frame()
    assert list(frame.columns) == [
        "label",
        "estimate",
        "se",
        "ci_low",
        "ci_high",
        "conditional",
        "natural_estimate",
        "natural_ci_low",
        "natural_ci_high",
    ]
    assert frame["label"].tolist()[-1] == "pooled"
    assert frame["natural_estimate"].iloc[-1] == pytest.approx(
        math.exp(result.coefficients[0].estimate)
    )
    assert "<table" in result._repr_html_()
    moderated = glmm("OR", BCG, mods="~ ablat", moderators={"ablat": ABLAT})
    assert moderated.to_frame()["name"].tolist() == ["intrcpt", "ablat"]
    assert str(moderated) == moderated.summary()


def test_the_dictionary_has_the_keys_of_a_pooled_analysis() -> None:
    found = glmm("OR", BCG).to_dict()
    pooled = pool(effect_sizes("OR", BCG), method="ML", test="z").to_dict()
    lacking = set(pooled) - set(found)
    assert lacking == {
        key
        for key in pooled
        if key.startswith(("q", "i2_", "s2w", "weighting", "pi_type"))
        or "_ci_" in key
        or key.endswith("_reml")
    }
    assert (found["method"], found["model"], found["estimator"]) == (
        "UM.FS",
        "random-effects",
        "ML",
    )
    assert found["natural"].keys() == pooled["natural"].keys()
    moderated = glmm("OR", BCG, mods="~ ablat", moderators={"ablat": ABLAT}).to_dict()
    assert [one["name"] for one in moderated["coefficients"]] == ["intrcpt", "ablat"]
    assert moderated["estimate"] is None
    assert len(moderated["studies"][0]["fitted"]) == 6
    json.dumps(moderated, allow_nan=False)
