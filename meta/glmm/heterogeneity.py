"""Tests of heterogeneity: an effect of its own for each study, against a common one."""

import numpy as np

from meta.effects.arrays import FloatArray
from meta.effects.designs import Measure
from meta.glmm.counts import Counts, x_log
from meta.glmm.hypergeometric import Hypergeometric
from meta.glmm.likelihoods import without_separate_groups
from meta.glmm.maximum import CountModel, Maximum, Place, maximise
from meta.glmm.tables import Cells, GlmmModel
from meta.models.stratified_tables import ChiSquareTest, chi_square
from meta.moderators.least_squares import fits, problem

ROUNDING = 1e-12  # of a log-likelihood, relative


def heterogeneity_tests(
    measure: Measure,
    model: GlmmModel,
    cells: Cells,
    x: FloatArray,
    common: CountModel,
    fitted: Maximum,
) -> tuple[ChiSquareTest, ChiSquareTest | None, float]:
    """Test whether studies differ by more than the moderators say, by likelihood ratio and Wald's way.

    Without a random study effect both have a closed form: the saturated model gives each table its own
    proportions, and Wald's statistic is Cochran's Q of the tables' own estimates, with no constant added.

    Parameters
    ----------
    measure : Measure
    model : str
    cells : dict of str to ndarray
    x : ndarray, shape (k, p)
        k above p.
    common : CountModel
        With a common effect.
    fitted : Maximum
        Of that.

    Returns
    -------
    likelihood_ratio : ChiSquareTest
        With k - p degrees of freedom.
    wald : ChiSquareTest or None
        None where a table has no finite estimate of its own.
    saturated : float
        The log-likelihood of the saturated model, without its constant.

    Raises
    ------
    ConvergenceError
        If the saturated model of UM.RS does not settle.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03. Wald (1943). doi:10.1090/S0002-9947-1943-0012401-3
    """
    df = x.shape[0] - x.shape[1]
    if model == "UM.RS":
        saturated, wald = _with_random_studies(measure, cells, x, common, fitted)
    else:
        saturated = common.counts.saturated
        yi, vi = own_estimates(measure, model, cells, common.counts)
        wald = None
        if np.isfinite(vi).all():
            wald = float(fits(problem(x, yi, vi), np.zeros(1)).q[0])
    gain = 2 * (saturated - fitted.log_likelihood)
    gain = gain if gain > ROUNDING * (1 + abs(saturated)) else 0.0
    return chi_square(gain, df), None if wald is None else chi_square(wald, df), saturated


def own_estimates(
    measure: Measure, model: GlmmModel, cells: Cells, counts: Counts
) -> tuple[FloatArray, FloatArray]:
    """Return each table's own estimate in the model, with nothing added to it, and its variance.

    Parameters
    ----------
    measure : Measure
    model : str
        Not UM.RS.
    cells : dict of str to ndarray
    counts : Counts
        Of the model.

    Returns
    -------
    yi, vi : ndarray
        Length k; an infinite variance where the estimate is not finite.

    References
    ----------
    Stijnen, Hamza and Özdemir (2010). doi:10.1002/sim.4040

    Examples
    --------
    >>> from meta.glmm.counts import Poisson
    >>> cells = {"xi": np.array([1.0, 0.0]), "ti": np.array([1.0, 1.0])}
    >>> own_estimates(Measure("IRLN"), "GLMM", cells, Poisson(cells["xi"]))[1].tolist()
    [1.0, inf]
    """
    if isinstance(counts, Hypergeometric):
        at = counts.own()
        vi = np.full(len(at), np.inf)
        inside = counts.inside
        vi[inside] = -1 / counts.derivatives(at, 2)[2][inside, 0]
        return at[:, 0], vi
    signs = {"ai": 1, "bi": -1, "ci": -1, "di": 1, "x1i": 1, "x2i": -1, "xi": 1, "mi": -1}
    if model == "CM.AL":
        signs = {"ai": 1, "ci": -1}
    chosen = {name: sign for name, sign in signs.items() if name in cells}
    k = len(next(iter(cells.values())))
    yi = np.zeros(k)
    if measure == Measure.IRR:
        yi = yi - np.log(cells["t1i"] / cells["t2i"])
    elif measure == Measure.IRLN:
        yi = yi - np.log(cells["ti"])
    elif model == "CM.AL":
        yi = yi - np.log((cells["ai"] + cells["bi"]) / (cells["ci"] + cells["di"]))
    ones = np.ones(k)
    for name, sign in chosen.items():
        yi = yi + sign * x_log(np.minimum(cells[name], 1), cells[name])
    with np.errstate(divide="ignore"):
        vi = np.add.reduce([ones / cells[name] for name in chosen])
    return yi, vi


def _with_random_studies(
    measure: Measure, cells: Cells, x: FloatArray, common: CountModel, fitted: Maximum
) -> tuple[float, float | None]:
    """Return log-likelihood and Wald statistic of UM.RS with an effect of its own for each study."""
    model, finite = without_separate_groups(common, x, measure, cells)
    p = x.shape[1]
    beta = fitted.place.beta
    start = Place(
        beta=beta[p:],
        loadings=fitted.place.loadings,
        own=x @ beta[:p],
    )
    found = maximise(model, start)
    if not finite:
        return found.log_likelihood, None
    # the information in the studies' effects, with constant and loading eliminated, is diagonal less a
    # product
    half = np.linalg.solve(np.linalg.cholesky(-found.curve), found.between)

    def times(v: FloatArray) -> FloatArray:
        return np.asarray(-found.own_curve[:, None] * v - half.T @ (half @ v))

    effects = found.place.own[:, None]
    weighted = times(x)
    left = effects - x @ np.linalg.solve(x.T @ weighted, weighted.T @ effects)
    return found.log_likelihood, max(0.0, float((left.T @ times(left))[0, 0]))
