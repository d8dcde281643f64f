"""The permutation test: against metafor's exact one, against enumeration, and row by row."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.results import EffectSizes
from meta.moderators.batch import basis, fit_batch
from meta.moderators.least_squares import fits, problem
from meta.moderators.permutation import permutation_test
from meta.moderators.regression import regress
from meta.moderators.results import MetaRegression
from meta.moderators.tau2 import REGRESSION_ESTIMATORS

BCG = Path(__file__).parents[1] / "reference" / "regression" / "bcg-reg-ablat-alloc.json"


def bcg(k: int) -> tuple[EffectSizes, dict[str, list[object]]]:
    """The first k trials of BCG vaccination, as log risk ratios."""
    columns = json.loads(BCG.read_text(encoding="utf-8"))["columns"]
    cut = {name: cells[:k] for name, cells in columns.items()}
    counts = {name: cut[name] for name in ("ai", "bi", "ci", "di")}
    return effect_sizes("RR", counts, labels=cut["slab"]), cut


# R 4.2.2, metafor 3.8-1: permutest(rma(yi, vi, mods = ~ ablat, method, test,
# control = list(threshold = 1e-12)), exact = TRUE)$pval * 2520, for the first 7 trials; two have the
# same latitude, so that there are 7! / 2 = 2520 assignments. R reports on 5040, of which these are half.
COUNTS = {
    ("REML", "z"): (4622, 928),
    ("REML", "knha"): (4662, 1010),
    ("DL", "z"): (4634, 938),
    ("DL", "knha"): (4700, 1036),
    ("PM", "z"): (4686, 954),
    ("PM", "knha"): (4686, 954),
    ("ML", "z"): (4760, 1072),
    ("ML", "knha"): (4790, 1152),
}


@pytest.mark.parametrize(("method", "test"), COUNTS)
def test_the_exact_test_is_metafors(method: str, test: str) -> None:
    effects, columns = bcg(7)
    result = regress(effects, "~ ablat", columns, method=method, test=test)  # type: ignore[arg-type]
    found = permutation_test(result)
    assert (found.iterations, found.exact, found.seed) == (2520, True, None)
    assert [5040 * one for one in found.pvalues] == pytest.approx(COUNTS[method, test], rel=1e-12)
    assert found.omnibus_pvalue == found.pvalues[1]


def test_the_exact_test_of_a_category_is_metafors() -> None:
    """permutest(rma(yi, vi, mods = ~ alloc), exact = TRUE) for the first 8 trials: 23 and 11 of 28."""
    effects, columns = bcg(8)
    result = regress(effects, "~ alloc", columns, test="z")  # type: ignore[arg-type]
    found = permutation_test(result)
    assert found.iterations == 28
    assert [28 * one for one in found.pvalues] == pytest.approx([23, 11])


def enumerated(
    result: MetaRegression, mods: str, columns: dict[str, list[float]]
) -> tuple[list[float], float]:
    """p-values from a regression fitted anew for every order of the moderators' rows."""
    k, options = result.design.k, result.options
    seen = [abs(one.statistic or 0) for one in result.coefficients]
    counts, omnibus, total = [0] * len(seen), 0, 0
    for order in itertools.permutations(range(k)):
        moved = {name: [cells[row] for row in order] for name, cells in columns.items()}
        one = regress(result.design.effects, mods, moved, method=options.method, test=options.test)
        for place, row in enumerate(one.coefficients):
            counts[place] += abs(row.statistic or 0) >= seen[place] - 1.5e-8
        omnibus += (one.omnibus.statistic or 0) >= (result.omnibus.statistic or 0) - 1.5e-8
        total += 1
    return [one / total for one in counts], omnibus / total


@pytest.mark.parametrize("method", ["EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "PM"])
@pytest.mark.parametrize(
    ("mods", "test"), [("~ x", "z"), ("~ x + u", "knha"), ("~ 0 + x + u", "adhoc")]
)
def test_against_enumeration(method: str, mods: str, test: str) -> None:
    labels = tuple("abcde")
    yi, vi = [0.1, 1.9, 0.4, 1.2, -0.8], [0.1, 0.3, 0.05, 0.2, 0.15]
    effects = EffectSizes(measure="GEN", labels=labels, yi=yi, vi=vi)  # type: ignore[arg-type]
    columns = {"x": [1.0, 2.0, 4.0, 7.0, 2.0], "u": [0.3, -1.0, 0.0, 2.0, 0.6]}
    result = regress(effects, mods, columns, method=method, test=test)
    found = permutation_test(result)
    wanted, omnibus = enumerated(result, mods, columns)
    assert list(found.pvalues) == pytest.approx(wanted, abs=1e-12)
    assert found.omnibus_pvalue == pytest.approx(omnibus, abs=1e-12)


@pytest.mark.parametrize("method", ["REML", "ML", "PM", "EB", "DL", "HE", "HS", "HSk", "SJ"])
@pytest.mark.parametrize("p", [1, 2, 3])
def test_every_row_of_a_batch_is_what_the_single_fit_gives(method: str, p: int) -> None:
    rng = np.random.default_rng(11)
    k, n = 8, 600
    x = np.column_stack([np.ones(k), rng.normal(size=k), rng.normal(size=k)])[:, :p]
    vi = 10.0 ** rng.uniform(-3, 0.5, (k, n))
    yi = rng.normal(0, np.sqrt(vi + rng.choice([0, 0.05, 0.5], n)))
    fit = fit_batch(basis(x), yi, vi, method)
    for column in range(n):
        ready = problem(x, yi[:, column], vi[:, column])
        single = REGRESSION_ESTIMATORS[method](ready)
        # A likelihood with two maxima above 0 may end on the lower one; none does in this batch.
        scale = float(vi[:, column].mean())
        assert abs(fit.tau2[column] - single.value) <= 1e-8 * (single.value + scale), column


def test_every_row_of_a_large_batch_is_stationary() -> None:
    rng = np.random.default_rng(5)
    k, n = 20, 4000
    x = np.column_stack([np.ones(k), rng.normal(size=k)])
    vi = 10.0 ** rng.uniform(-3, 0.5, (k, n))
    yi = rng.normal(0, np.sqrt(vi + 0.02))
    tau2 = fit_batch(basis(x), yi, vi, "REML").tau2
    for column in range(n):
        fit = fits(problem(x, yi[:, column], vi[:, column]), tau2[[column]])
        score, size = float((fit.ypp - fit.trace_p)[0]), float(fit.trace_p[0])
        assert score <= 1e-9 * size, column
        assert tau2[column] == 0 or abs(score) <= 1e-9 * size, column


def drawn() -> MetaRegression:
    rng = np.random.default_rng(2)
    labels = tuple(map(str, range(12)))
    vi = rng.uniform(0.05, 0.4, 12)
    x = rng.normal(size=12)
    effects = EffectSizes(
        measure=Measure.GEN, labels=labels, yi=0.5 * x + rng.normal(0, np.sqrt(vi + 0.1)), vi=vi
    )
    return regress(effects, "~ x", {"x": x.tolist()})


def test_a_seed_gives_the_same_p_values_again_and_the_observed_order_counts() -> None:
    result = drawn()
    one, again = permutation_test(result, seed=4), permutation_test(result, seed=4)
    other = permutation_test(result, seed=5)
    assert one == again
    assert one.pvalues != other.pvalues
    assert (one.iterations, one.exact, one.seed) == (10_000, False, 4)
    assert min(permutation_test(result, iterations=2, seed=1).pvalues) >= 0.5
    assert one.pvalues[1] == pytest.approx(other.pvalues[1], abs=0.02)


def test_what_cannot_be_permuted_is_refused() -> None:
    result = drawn()
    with pytest.raises(
        InputError, match=r"10000 of 4.79e\+08 assignments are drawn at random without a seed"
    ):
        permutation_test(result)
    with pytest.raises(InputError, match="1 iterations show nothing"):
        permutation_test(result, iterations=1, seed=1)
    with pytest.raises(InputError, match=r"an exact test is for 1,000,000"):
        permutation_test(result, exact=True)
    weighted = regress(result.design.effects, "~ x", {"x": list(range(12))}, weights="equal")
    with pytest.raises(InputError, match="with equal weights is not provided"):
        permutation_test(weighted, seed=1)


def test_the_printout() -> None:
    effects, columns = bcg(5)
    result = regress(effects, "~ ablat", columns, method="EE", test="z")  # type: ignore[arg-type]
    found = permutation_test(result)
    assert math.isclose(found.omnibus_pvalue, found.to_dict()["pvalues"]["ablat"])
    lines = str(found).splitlines()
    assert lines[0] == f"Permutation Test ({found.iterations} permutations, all there are):"
    assert lines[1].startswith("moderators together: p-val* = 0.")
    assert [line.split()[0] for line in lines[3:]] == ["pval*", "intrcpt", "ablat"]
