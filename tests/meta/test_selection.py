"""Selection models: integrals, derivatives, properties that hold whatever the data, rules and refusals."""

import math
from collections.abc import Sequence
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta.effects.effect_sizes import effect_sizes
from meta.faults import ConvergenceError, InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.moderators.regression import regress
from meta.selection.likelihood import Problem, height
from meta.selection.pieces import pieces_of, probabilities, pvalues_of
from meta.selection.results import SelectionModel
from meta.selection.selection_model import selection_model
from meta.selection.sensitivity import selection_sensitivity
from meta.selection.weight_functions import WEIGHT_FUNCTIONS, Kind

SMOOTH: tuple[Kind, ...] = ("beta", "halfnorm", "negexp", "logistic", "power")


def estimates(yi: Sequence[float], vi: Sequence[float], measure: str = "GEN") -> EffectSizes:
    labels = tuple(f"s{row}" for row in range(len(yi)))
    return EffectSizes(measure=measure, labels=labels, yi=yi, vi=vi)  # type: ignore[arg-type]


def drawn(
    seed: int, k: int, *, mu: float = 0.3, tau: float = 0.2, weight: float = 0.4
) -> EffectSizes:
    """Draw studies until k are seen, those above 0.025 with a probability."""
    generator = np.random.default_rng(seed)
    yi: list[float] = []
    vi: list[float] = []
    while len(yi) < k:
        v = float(np.exp(generator.uniform(np.log(0.01), np.log(0.3))))
        y = float(generator.normal(mu, math.hypot(tau, math.sqrt(v))))
        if y / math.sqrt(v) >= 1.959964 or generator.uniform() < weight:
            yi.append(y)
            vi.append(v)
    return estimates(yi, vi)


def weight_of(kind: Kind, p: Any, delta: Sequence[float], step: float) -> Any:
    """Return the weight with mpmath's digits, written down once more."""
    if kind in ("beta", "power"):
        p = min(max(p, mpmath.mpf("1e-5")), 1 - mpmath.mpf("1e-5"))
    if kind == "beta":
        return p ** (delta[0] - 1) * (1 - p) ** (delta[1] - 1)
    if p <= step:
        return mpmath.mpf(1)

    def plain(at: Any) -> Any:
        if kind == "halfnorm":
            return mpmath.exp(-delta[0] * at**2)
        if kind == "negexp":
            return mpmath.exp(-delta[0] * at)
        if kind == "logistic":
            return 2 * mpmath.exp(-delta[0] * at) / (1 + mpmath.exp(-delta[0] * at))
        return (1 - at) ** delta[0]

    return plain(p) / plain(mpmath.mpf(step))


def integral(
    kind: Kind, delta: Sequence[float], step: float, m: float, r: float, *, two_sided: bool
) -> float:
    """Return the mean of the weight with 20 digits, cut where it has a corner."""
    tails = 2 if two_sided else 1
    with mpmath.workdps(20):

        def p_of(z: Any) -> Any:
            return tails * mpmath.ncdf(-abs(z) if two_sided else -z)

        corners = [m + one * r for one in (-14, -8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 14)]
        cuts = [p for p in (1e-5, 1 - 1e-5, step, *np.geomspace(1e-15, 0.5, 8)) if p]
        corners += [mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * mpmath.mpf(p) / tails) for p in cuts]
        corners += [-one for one in corners]
        ends = sorted({mpmath.mpf(one) for one in corners if abs(one - m) <= 14 * r})

        def density(z: Any) -> Any:
            return weight_of(kind, p_of(z), delta, step) * mpmath.npdf(z, m, r)

        return float(mpmath.quad(density, ends))


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize(
    ("kind", "delta", "step"),
    [
        ("beta", (0.5, 2.5), 0.0),
        ("beta", (2.0, 9.0), 0.0),
        ("halfnorm", (3.0,), 0.0),
        ("halfnorm", (300.0,), 0.05),
        ("negexp", (3.0,), 0.0),
        ("logistic", (6.0,), 0.05),
        ("power", (0.4,), 0.0),
        ("power", (5.0,), 0.05),
    ],
)
def test_integrals(kind: Kind, delta: tuple[float, ...], step: float, two_sided: bool) -> None:
    """The chance to be seen, against integrals of 20 digits: 1e-12 relative, however far the effect is."""
    steps = np.array([step])
    pieces = pieces_of(kind, steps, two_sided=two_sided)
    logs = WEIGHT_FUNCTIONS[kind].evaluate(pieces.pvalues, np.array(delta), np.ones((1, 1)), steps)
    for m, r in ((0.3, 1.0), (4.0, 1.3)):
        at = probabilities(pieces, np.array([m]), np.array([r]))[0, 0]
        found = float(at @ np.exp(logs.value[0]))
        assert found == pytest.approx(
            integral(kind, delta, step, m, r, two_sided=two_sided), rel=1e-12
        )


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("kind", ["stepfun", *SMOOTH])
def test_derivatives(kind: Kind, two_sided: bool) -> None:
    """Gradient and Hessian in closed form, against differences of fourth order."""
    effects, function = drawn(1, 12), WEIGHT_FUNCTIONS[kind]
    steps = {"stepfun": np.array([0.025, 0.5, 1.0]), "beta": np.zeros(1)}.get(
        kind, np.array([0.03])
    )
    delta = {"stepfun": np.array([1.0, 0.6, 0.3]), "beta": np.array([0.7, 1.8])}.get(
        kind, np.array([2.0])
    )
    free = np.where(np.arange(len(delta)) < (kind == "stepfun"), delta, np.nan)
    q = np.linspace(0.3, 1, 12)[:, None] if kind not in ("stepfun", "beta") else np.ones((1, 1))
    problem = Problem(
        yi=effects.yi,
        vi=effects.vi,
        x=np.column_stack([np.ones(12), np.linspace(-1, 1, 12)]),
        function=function,
        steps=steps,
        pieces=pieces_of(kind, steps, two_sided=two_sided),
        pvalues=pvalues_of(
            (effects.yi / np.sqrt(effects.vi))[:, None], two_sided=two_sided, clamp=function.clamp
        ),
        imprecision=q,
        delta=free,
        tau2=None,
    )

    def at(theta: Any) -> Any:
        every = delta.copy()
        every[problem.free] = theta[3:]
        return height(problem, theta[:2], theta[2], every)

    theta = np.concatenate([[0.2, 0.1, 0.07], delta[problem.free]])
    here, step = at(theta), 1e-4
    for place in range(len(theta)):
        ahead = np.eye(len(theta))[place] * step
        near = [at(theta + share * ahead) for share in (-2, -1, 1, 2)]
        shares = np.array([1, -8, 8, -1]) / (12 * step)
        slope = float(shares @ [one.value for one in near])
        curve = np.einsum("i,ij", shares, np.array([one.gradient for one in near]))
        assert here.gradient[place] == pytest.approx(slope, rel=1e-8, abs=1e-7)
        np.testing.assert_allclose(here.hessian[place], curve, rtol=1e-7, atol=1e-6)


@pytest.mark.parametrize("kind", SMOOTH)
def test_weights_of_nothing_are_the_ordinary_model(kind: Kind) -> None:
    null = WEIGHT_FUNCTIONS[kind].null
    effects = drawn(5, 20)
    delta = [null] * (2 if kind == "beta" else 1)
    result = selection_model(effects, kind, alternative="greater", delta=delta)
    same_as_ml(result, effects)


def same_as_ml(result: SelectionModel, effects: EffectSizes) -> None:
    plain = pool(effects, method="ML", test="z")
    assert plain.fit_ml is not None
    assert plain.heterogeneity.tau2 is not None
    assert result.coefficients[0].estimate == pytest.approx(
        plain.pooled.estimate, rel=1e-7, abs=1e-9
    )
    assert result.tau2 == pytest.approx(plain.heterogeneity.tau2, rel=1e-6, abs=1e-10)
    assert result.fit.log_likelihood == pytest.approx(plain.fit_ml.log_likelihood, rel=1e-11)
    assert result.selection_test is None


studies = st.lists(
    st.tuples(st.floats(-1, 2), st.floats(0.01, 0.5)), min_size=12, max_size=25, unique=True
)


@settings(max_examples=25)
@given(studies)
def test_equal_weights_are_the_ordinary_model(rows: list[tuple[float, float]]) -> None:
    effects = estimates([row[0] for row in rows], [row[1] for row in rows])
    same_as_ml(selection_model(effects, alternative="greater", delta=[1, 1]), effects)
    other = selection_model(effects, "stepfun", alternative="greater", steps=[0.1], delta=[3, 3])
    same_as_ml_but_test(other, effects)


def same_as_ml_but_test(result: SelectionModel, effects: EffectSizes) -> None:
    """Weights that are all 3 are weights that are all 1."""
    plain = pool(effects, method="ML", test="z")
    assert plain.fit_ml is not None
    assert result.fit.log_likelihood == pytest.approx(plain.fit_ml.log_likelihood, rel=1e-11)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from(["3PSM", "negexp"]), st.randoms())
def test_sign_order_and_unit_do_not_matter(seed: int, kind: str, shuffle: Any) -> None:
    """Favouring small values of -y is favouring large ones of y; studies have no order and y no unit."""
    effects = drawn(seed, 18)
    order = list(range(18))
    shuffle.shuffle(order)
    turned = estimates(-effects.yi[order] * 100, effects.vi[order] * 1e4)  # type: ignore[arg-type]
    try:
        result = selection_model(effects, kind, alternative="greater", anyway=True)
    except (InputError, ConvergenceError) as error:
        with pytest.raises(type(error)):
            selection_model(turned, kind, alternative="less", anyway=True)
        return
    other = selection_model(turned, kind, alternative="less", anyway=True)
    estimate, back = result.coefficients[0], other.coefficients[0]
    assert back.estimate == pytest.approx(-100 * estimate.estimate, rel=1e-6, abs=1e-6)
    assert back.se == pytest.approx(100 * estimate.se, rel=1e-6)
    assert other.tau2 == pytest.approx(1e4 * result.tau2, rel=1e-5, abs=1e-6)
    assert other.deltas[-1].estimate == pytest.approx(
        result.deltas[-1].estimate, rel=1e-6, abs=1e-8
    )
    assert back.pvalue == pytest.approx(estimate.pvalue, rel=1e-5, abs=1e-9)


def test_a_moderator_that_is_only_an_intercept_changes_nothing() -> None:
    """Groups coded without an intercept and with one have the same likelihood."""
    effects = drawn(8, 30)
    group = ["a", "b", "c"] * 10
    both = [
        selection_model(
            regress(effects, mods, {"g": group}, method="ML", test="z"), alternative="greater"
        )
        for mods in ("~ g", "~ 0 + g")
    ]
    assert both[0].fit.log_likelihood == pytest.approx(both[1].fit.log_likelihood, rel=1e-11)
    first, second = ([one.estimate for one in result.coefficients] for result in both)
    assert first[0] + first[1] == pytest.approx(second[1], rel=1e-6)
    assert both[0].omnibus is not None
    assert both[0].omnibus.df == 2
    assert both[1].omnibus is not None
    assert both[1].omnibus.df == 3


def test_a_tau2_that_is_given_stays() -> None:
    effects = drawn(4, 25)
    free = selection_model(effects, alternative="greater")
    held = selection_model(
        pool(effects, method="ML", test="z", tau2=free.tau2), alternative="greater"
    )
    assert held.tau2 == pytest.approx(free.tau2, rel=1e-12)
    assert held.tau2_se is None
    assert held.heterogeneity_test is None
    assert held.coefficients[0].estimate == pytest.approx(free.coefficients[0].estimate, rel=1e-6)
    assert held.coefficients[0].se < free.coefficients[0].se
    assert held.fit.aic == pytest.approx(free.fit.aic - 2, rel=1e-9)
    assert "tau2-given" in {note.code for note in held.notes}


def test_the_test_for_selection_has_its_size() -> None:
    """150 sets of 50 studies without selection: rejections at 5 % are within binomial limits of 99.9 %."""
    rejected = 0
    for seed in range(150):
        result = selection_model(drawn(seed, 50, weight=1.0), alternative="greater", anyway=True)
        assert result.selection_test is not None
        rejected += result.selection_test.pvalue < 0.05
    assert 1 <= rejected <= 17


def test_selection_is_taken_out() -> None:
    """Of 40 sets of 150 studies seen with 0.2 the adjusted mean is near the truth, 0.1; the other is not."""
    before, after, weights = [], [], []
    for seed in range(40):
        effects = drawn(seed, 150, mu=0.1, tau=0.2, weight=0.2)
        result = selection_model(effects, alternative="greater")
        before.append(result.before[0].estimate)
        after.append(result.coefficients[0].estimate)
        weights.append(result.deltas[1].estimate)
    assert np.mean(before) > 0.2
    assert np.mean(after) == pytest.approx(0.1, abs=4 * float(np.std(after)) / math.sqrt(40))
    assert np.median(weights) == pytest.approx(0.2, abs=0.06)


def test_what_is_printed() -> None:
    result = selection_model(drawn(11, 40), "4PSM", alternative="greater")
    lines = result.summary().splitlines()
    assert lines[0] == (
        "Selection Model: 4PSM, step function (k = 40; random effects, tau^2 estimator: ML)"
    )
    assert lines[1] == (
        "Measure: GEN (estimate as given), favoured: results significantly above no effect"
    )
    heads = ["Test for Heterogeneity:", "Test for Selection:"]
    heads.append("Selection Model Results (no selection: 1):")
    assert [line for line in lines if line in heads] == heads
    (first,) = [line for line in lines if line.startswith("0 < p <= 0.025")]
    assert first.split()[6:] == ["1.0000", "---", "---", "---", "---", "---"]
    (estimate,) = [line for line in lines if line.startswith("adjusted")]
    assert estimate.split()[1] == f"{result.coefficients[0].estimate:.4f}"
    assert str(result) == result.summary()
    assert "<table" in result._repr_html_()


def test_a_ratio_is_printed_as_such() -> None:
    effects = drawn(2, 30)
    logs = EffectSizes(measure="RR", labels=effects.labels, yi=effects.yi, vi=effects.vi)  # type: ignore[arg-type]
    result = selection_model(pool(logs), "negexp", alternative="greater", steps=[0.025])
    text = result.summary()
    adjusted = math.exp(result.coefficients[0].estimate)
    assert f"Risk ratio, adjusted: {adjusted:.4f} [" in text
    assert "unadjusted by REML, test knha" in text
    assert "stat" in text
    assert "studies have p-values above 0.025 to 1" in text
    assert {"fitted-by-ml"} <= {note.code for note in result.notes}
    data = result.to_dict()
    assert data["natural"]["estimate"] == pytest.approx(adjusted)
    assert [one["k"] for one in data["intervals"]] == [one.k for one in result.intervals]
    assert sum(one.k for one in result.intervals) == 30


def test_regression_and_common_effect_are_printed() -> None:
    effects = drawn(3, 30)
    model = regress(effects, "~ x", {"x": list(range(30))}, method="EE", test="z")
    result = selection_model(model, "halfnorm", alternative="greater", prec="sei")
    text = result.summary()
    assert "common effect" in text
    assert "tau^2" not in text
    assert "Imprecision: sei, 1 for the least precise study" in text
    assert "Test of Moderators (coefficient 2):" in text
    assert result.tau2 == 0
    assert result.to_dict()["estimate"] is None
    assert len(result.to_dict()["coefficients"]) == 2


def test_frames_and_curves() -> None:
    stepped = selection_model(drawn(11, 40), "4PSM", alternative="greater")
    frame = stepped.to_frame()
    assert list(frame["parameter"]) == ["intrcpt", "tau2", "delta.1", "delta.2", "delta.3"]
    assert frame["estimate"][3] == stepped.deltas[1].estimate
    assert frame["unadjusted"][0] == stepped.before[0].estimate
    curve = stepped.curve
    assert curve.p.tolist() == [0.0, 0.025, 0.025, 0.5, 0.5, 1.0]
    assert curve.weight.tolist()[::2] == [one.estimate for one in stepped.deltas]
    assert list(curve.to_frame()) == ["p", "weight", "low", "high"]
    smooth = selection_model(drawn(4, 60), "negexp", alternative="greater").curve
    assert smooth.low is not None
    assert smooth.high is not None
    assert (smooth.low <= smooth.weight).all()
    assert (smooth.weight <= smooth.high).all()
    assert smooth.weight[0] == 1
    two = selection_model(drawn(4, 60), "beta", alternative="greater")
    assert two.curve.low is None
    assert list(two.curve.to_frame()) == ["p", "weight"]
    assert two.to_dict()["curve"]["low"] is None
    given_weights = selection_model(
        drawn(11, 40), "stepfun", alternative="less", delta="severe-two-tailed"
    )
    assert given_weights.curve.low is None


def test_notes_on_what_was_found() -> None:
    """Each note where it belongs."""

    def codes(result: SelectionModel) -> set[str]:
        return {note.code for note in result.notes}

    few = selection_model(drawn(1, 9), alternative="greater", anyway=True)
    assert "few-studies" in codes(few)
    (text,) = [note.text for note in few.notes if note.code == "few-studies"]
    assert text == (
        "Fitted all the same: 9 studies are too few to estimate selection, which takes 10 at least."
    )
    effects = drawn(11, 40)
    downwards = drawn(2, 40, mu=-0.05, tau=0.4, weight=1.0)
    other = selection_model(downwards, alternative="greater")
    assert "other-direction" in codes(other)
    above = selection_model(drawn(0, 15, mu=0.2, tau=0.1, weight=1.0), alternative="greater")
    assert {"weight-above-1", "few-in-interval"} <= codes(above)
    hilly = selection_model(drawn(53, 15, mu=0.2, tau=0.1, weight=1.0), alternative="greater")
    assert "other-maxima" in codes(hilly)
    repeated = EffectSizes(measure="GEN", labels=("a",) * 40, yi=effects.yi, vi=effects.vi)  # type: ignore[arg-type]
    found = selection_model(repeated, alternative="greater")
    assert {"repeated-labels", "selection-assumed"} <= codes(found)
    chosen = selection_model(effects, "stepfun", alternative="greater", delta="moderate-one-tailed")
    assert "weights-given" in codes(chosen)
    assert chosen.selection_test is None
    assert len(chosen.deltas) == 14
    none = selection_model(
        drawn(0, 15, mu=0.2, tau=0.1, weight=0.02), "halfnorm", alternative="greater"
    )
    assert none.deltas[0].estimate == 0
    assert {"no-selection", "tau2-zero"} <= codes(none)
    assert none.deltas[0].se is None
    assert none.tau2_se is None
    assert none.curve.low is None
    assert none.selection_test is not None
    assert none.selection_test.statistic == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"kind": "copas"},
            "kind: 'copas' is no selection model. Use one of 3PSM, 4PSM, stepfun, beta, halfnorm, negexp, "
            "logistic, power.",
        ),
        (
            {"alternative": "up"},
            "alternative: 'up' is no alternative. Use one of greater, less, two.sided.",
        ),
        (
            {"level": 95},
            "the level is 95. Use a number between 0 and 1, e.g. 0.95.",
        ),
        (
            {"kind": "4PSM", "steps": [0.05]},
            'steps: 4PSM has its own steps (0.025, 0.5). Leave the steps out, or use "stepfun" with them.',
        ),
        (
            {"alternative": "two.sided"},
            'alternative: the steps of 3PSM are one-sided p-values. Use "greater" or "less", or '
            '"stepfun" with two-sided steps such as 0.05.',
        ),
        (
            {"kind": "stepfun"},
            "steps: a step function has no step. Give p-values between 0 and 1 (steps), such as 0.025 or "
            "0.025 and 0.5.",
        ),
        (
            {"kind": "stepfun", "steps": [0.5, 0.025]},
            "steps: the steps 0.5, 0.025 do not ascend. Give each once, the smallest first; weights are "
            "those between them in this order.",
        ),
        (
            {"kind": "stepfun", "steps": [1]},
            "steps: the steps are 1. A step is a p-value between 0 and 1.",
        ),
        (
            {"kind": "stepfun", "steps": [2.5]},
            "steps: the steps are 2.5. A step is a p-value between 0 and 1.",
        ),
        (
            {"kind": "stepfun", "steps": [math.nan]},
            "steps: the steps are nan. A step is a p-value between 0 and 1.",
        ),
        ({"kind": "beta", "steps": [0.05]}, "steps: beta has no steps. Leave them out."),
        (
            {"kind": "negexp", "steps": [0.05, 0.5]},
            "steps: negexp has one step at the most, and not 0.05, 0.5. Give the p-value up to which all "
            "studies are seen alike, or none.",
        ),
        (
            {"kind": "stepfun", "steps": [0.025], "prec": "sei"},
            "prec: the weights of stepfun do not depend on precision. Leave prec out, or use halfnorm, "
            "negexp, logistic or power.",
        ),
        (
            {"kind": "negexp", "prec": "se"},
            "prec: 'se' is no imprecision. Use one of sei, vi, ninv, sqrtninv.",
        ),
        (
            {"kind": "negexp", "prec": "ninv"},
            'prec: numbers of people are not known for GEN. Use "sei" or "vi".',
        ),
        (
            {"kind": "stepfun", "delta": "mild"},
            "delta: 'mild' is no set of weights. Use one of moderate-one-tailed, severe-one-tailed, "
            "moderate-two-tailed, severe-two-tailed.",
        ),
        (
            {"kind": "stepfun", "steps": [0.05], "delta": "severe-one-tailed"},
            "delta: the weights 'severe-one-tailed' have their own steps, for one-sided p-values. Use "
            '"stepfun" without steps, and "greater" or "less".',
        ),
        (
            {"delta": [1, 0.5, 0.2]},
            "delta: there are 3 values for 2 parameters of stepfun. Give one for each (for each interval of "
            "a step function), None for one to be estimated.",
        ),
        (
            {"kind": "power", "delta": [1, 0.5]},
            "delta: there are 2 values for 1 parameter of power. Give one for each (for each interval of a "
            "step function), None for one to be estimated.",
        ),
        ({"delta": [1, -0.5]}, "delta: a delta of stepfun is -0.5. It is 0 or above and finite."),
        (
            {"delta": [1, math.inf]},
            "delta: a delta of stepfun is inf. It is 0 or above and finite.",
        ),
        (
            {"kind": "beta", "delta": [0, 1]},
            "delta: a delta of beta is 0. It is above 0 and finite.",
        ),
        ({"delta": [0, 0]}, "delta: all weights are 0. Give one interval a weight at least."),
        (
            {"delta": [1, 0]},
            "delta: 6 studies have p-values above 0.025 to 1, whose weight is given as 0. What is seen has a "
            "weight above 0.",
        ),
        (
            {"kind": "stepfun", "steps": [0.025, 0.9999]},
            "steps: no study has p-values above 0.9999 to 1, so that their weight cannot be estimated. Leave "
            "out the step 0.9999, or give the weight beforehand (delta).",
        ),
        (
            {"kind": "stepfun", "steps": [1e-9, 0.3]},
            "steps: no study has p-values from 0 to 1e-09, to which all weights are compared. Leave out the "
            "step 1e-09, or give all weights beforehand (delta).",
        ),
        (
            {"kind": "stepfun", "steps": [1e-9]},
            "steps: all 12 p-values are above 1e-09, so that the weights on its two sides cannot be "
            "compared. Use another step, or weights chosen beforehand.",
        ),
        (
            {"kind": "stepfun", "steps": [0.9999]},
            "steps: all 12 p-values are at or below 0.9999, so that the weights on its two sides cannot be "
            "compared. Use another step, or weights chosen beforehand.",
        ),
        (
            {"kind": "negexp", "steps": [1e-9]},
            "steps: no study has p-values from 0 to 1e-09, so that the step says nothing. Use another step, "
            "or none.",
        ),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    yi = [0.8, 0.7, 0.9, 0.6, 0.75, 0.65, 0.3, 0.2, 0.1, 0.4, 0.05, 0.25]
    effects = estimates(yi, [0.09, 0.08, 0.11, 0.05] * 3)
    chosen: dict[str, Any] = {"kind": "3PSM", "alternative": "greater"} | options
    with pytest.raises(InputError) as error:
        selection_model(effects, **chosen)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("effects", "options", "message"),
    [
        (
            drawn(1, 9),
            {},
            "9 studies are too few to estimate selection, which takes 10 at least. Use weights chosen "
            "beforehand (delta); the option anyway fits it all the same.",
        ),
        (
            estimates(np.linspace(0.5, 0.9, 12).tolist(), [0.01] * 12),
            {"kind": "negexp"},
            "all 12 p-values are at or below 0.025, so that the weights of the others are only extrapolated. "
            "Use weights chosen beforehand (delta); the option anyway fits it all the same.",
        ),
        (
            estimates(np.linspace(-0.1, 0.1, 12).tolist(), [0.04] * 12),
            {"kind": "beta", "alternative": "two.sided"},
            "all 12 p-values are above 0.05, so that the weights of the others are only extrapolated. Use "
            "weights chosen beforehand (delta); the option anyway fits it all the same.",
        ),
        (
            estimates(drawn(1, 20).yi.tolist(), drawn(1, 20).vi.tolist(), "PLO"),
            {},
            "measure: the p-values of PLO compare one group with 0, and nobody selects studies by these. "
            "Use no selection model; the option anyway fits it all the same.",
        ),
        (
            estimates([0.1, 0.9], [0.04, 0.04]),
            {"anyway": True},
            "2 studies cannot support the 3 parameters of the model. Use fewer steps or moderators, or "
            "weights chosen beforehand.",
        ),
    ],
)
def test_what_is_refused(effects: EffectSizes, options: dict[str, Any], message: str) -> None:
    chosen: dict[str, Any] = {"kind": "3PSM", "alternative": "greater"} | options
    with pytest.raises(InputError) as error:
        selection_model(effects, **chosen)
    assert str(error.value) == message


def test_weights_of_ones_own_are_refused() -> None:
    model = pool(drawn(1, 20), weights="equal")
    with pytest.raises(InputError) as error:
        selection_model(model, alternative="greater")
    assert str(error.value) == (
        "weights: the model has weights of its own, and a selection model is fitted by maximum likelihood. "
        "Fit it without weights."
    )


def test_a_likelihood_without_a_maximum_is_said_to_have_none() -> None:
    """All studies significant: the estimate falls to minus infinity as delta rises; metafor stops at 100."""
    effects = drawn(22, 15, mu=0.2, tau=0.1, weight=0.02)
    with pytest.raises(ConvergenceError) as error:
        selection_model(effects, "power", alternative="greater", anyway=True)
    assert str(error.value) == (
        "The likelihood of the selection model has no maximum that could be found: it rises as weights or "
        "the estimate run away, so the data do not tell selection from effect. Use fewer steps, or weights "
        "chosen beforehand, which show how much it would take."
    )


def test_a_weight_of_a_ten_thousandth_is_found() -> None:
    """metafor 3.8-1 on the same data: delta.3 = 0.000128281, log-likelihood 4.0607805858."""
    effects = drawn(21, 15, mu=0.2, tau=0.1, weight=0.2)
    result = selection_model(effects, "4PSM", alternative="greater")
    assert result.fit.log_likelihood == pytest.approx(4.0607805858, abs=1e-8)
    assert result.deltas[2].estimate == pytest.approx(0.0001282814, rel=1e-4)


def test_a_far_unit_changes_nothing() -> None:
    effects = drawn(11, 40)
    plain = selection_model(effects, alternative="greater")
    tiny = estimates((effects.yi * 1e-50).tolist(), (effects.vi * 1e-100).tolist())
    small = selection_model(tiny, alternative="greater")
    assert small.coefficients[0].estimate == pytest.approx(
        1e-50 * plain.coefficients[0].estimate, rel=1e-9
    )
    assert small.deltas[1].estimate == pytest.approx(plain.deltas[1].estimate, rel=1e-9)


def test_vevea_and_woods_sets_side_by_side() -> None:
    """The more severe the selection that is assumed, the smaller the estimate; few studies are enough."""
    effects = drawn(11, 6, mu=0.4)
    found = selection_sensitivity(effects, alternative="greater")
    estimates_of = [one.coefficients[0].estimate for one in found.models]
    assert estimates_of[1] < estimates_of[0] < found.models[0].before[0].estimate
    frame = found.to_frame()
    assert list(frame["weights"]) == ["unadjusted", *found.names]
    assert frame["estimate"][1:].tolist() == estimates_of
    lines = str(found).splitlines()
    assert lines[3].startswith("unadjusted           intrcpt")
    assert len(lines) == 8
    assert "<table" in found._repr_html_()
    below = estimates((-effects.yi).tolist(), effects.vi.tolist())
    turned = selection_sensitivity(below, alternative="less")
    assert [-one.coefficients[0].estimate for one in turned.models] == pytest.approx(estimates_of)
    with pytest.raises(InputError, match="have their own steps, for one-sided p-values"):
        selection_sensitivity(effects, alternative="two.sided")


def test_printed_numbers() -> None:
    """metafor's own tests of Preston's example: deltas and standard errors of four weight functions.

    Data of Hahn et al. (2001): events and sizes of both groups, double zeros left out.
    """
    columns = {
        "ai": [4, 0, 34, 7, 6, 1, 0, 11, 2, 0, 0, 33],
        "n1i": [19, 18, 341, 71, 45, 94, 22, 88, 82, 33, 15, 221],
        "ci": [5, 0, 50, 16, 5, 8, 0, 12, 7, 0, 1, 43],
        "n2i": [19, 18, 334, 69, 44, 96, 22, 82, 84, 30, 20, 218],
    }
    model = pool(effect_sizes("OR", columns, drop00=True), method="EE", test="z")
    printed = {
        "halfnorm": (3.162948, 2.988922),
        "negexp": (2.656714, 2.347468),
        "logistic": (3.339338, 2.388776),
        "power": (1.458923, 1.393725),
    }
    for kind, (delta, se) in printed.items():
        (found,) = selection_model(model, kind, alternative="less", anyway=True).deltas
        assert found.estimate == pytest.approx(delta, rel=1e-4)
        # Theirs are of integrals to 1e-4: 3 % off for power, and 2e-5 with 1e-9 (published-*.json).
        assert found.se == pytest.approx(se, rel=0.05)
