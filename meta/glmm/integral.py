"""The likelihood of a study with its random effects integrated out, with derivatives in what it depends on.

A study's counts depend on its fixed linear predictors and on random effects that are standard normal:
with one of them the integral is taken by Gauss-Hermite quadrature around the mode, with two by Laplace's
approximation. Both are differentiated as they stand, the mode included, so that their maximum is found to
the last digits.
"""

import math
from dataclasses import dataclass

import numpy as np

from meta.effects.arrays import FloatArray
from meta.faults import ConvergenceError
from meta.glmm.counts import Counts
from meta.glmm.taylor import Taylor, constant, log_sum_exp, variable

STEP = 1.0  # of a linear predictor; with such steps Newton climbs from anywhere
STEPS = 500
SETTLED = (
    1e-10  # a step; the next would be of its square, and two more are taken for the derivatives
)


@dataclass(frozen=True, slots=True, eq=False)
class Integrated:
    """Log-likelihoods of k studies, without their constants.

    Parameters
    ----------
    log_likelihood : Taylor
        Length k, in the linear predictors of the study and in the loadings.
    modes : ndarray, shape (k, q)
        Where the random effects are most probable, in their standard deviations.
    """

    log_likelihood: Taylor
    modes: FloatArray


def without_effects(counts: Counts, eta: FloatArray) -> Integrated:
    """Return the log-likelihoods without random effects.

    Parameters
    ----------
    counts : Counts
    eta : ndarray, shape (k, m)

    Returns
    -------
    Integrated
        In the m linear predictors.

    References
    ----------
    McCullagh and Nelder (1989), chapter 2. ISBN 0-412-31760-5

    Examples
    --------
    >>> from meta.glmm.counts import Poisson
    >>> found = without_effects(Poisson(np.array([[2.0]])), np.zeros((1, 1)))
    >>> found.log_likelihood.value.tolist(), found.log_likelihood.first.tolist()
    ([-1.0], [[1.0]])
    """
    value = _predictors(eta, 0).through(*counts.derivatives(eta, 2)[:3]).over_rows()
    return Integrated(value, np.zeros((len(eta), 0)))


def one_effect(
    counts: Counts, eta: FloatArray, loading: float, design: FloatArray, nodes: int
) -> Integrated:
    """Return the log-likelihoods with one random effect, by adaptive Gauss-Hermite quadrature.

    The integral of ``exp(g(u))``, ``g(u) = sum_j log f_j(eta_j + s z_j u) - u^2 / 2``, is
    ``sqrt(2) d sum_n w_n exp(x_n^2 + g(mode + sqrt(2) d x_n))`` with ``d = 1 / sqrt(-g''(mode))``; one
    node is Laplace's approximation.

    Parameters
    ----------
    counts : Counts
    eta : ndarray, shape (k, m)
        Linear predictors without the random effect.
    loading : float
        ``s``, the standard deviation of the random effect; its sign does not matter.
    design : ndarray, shape (k, m)
        ``z``.
    nodes : int

    Returns
    -------
    Integrated
        In the m linear predictors and the loading.

    Raises
    ------
    ConvergenceError
        If a mode is not found.

    References
    ----------
    Liu and Pierce (1994). doi:10.1093/biomet/81.3.624. Pinheiro and Bates (1995).
    doi:10.1080/10618600.1995.10474663

    Examples
    --------
    >>> from meta.glmm.counts import Binomial
    >>> one = Binomial(np.array([[1.0]]), np.array([[1.0]]))
    >>> found = one_effect(one, np.zeros((1, 1)), 2.0, np.ones((1, 1)), 30)
    >>> round(float(np.exp(found.log_likelihood.value[0])), 8)
    0.5
    """
    k, m = eta.shape
    predictors = _predictors(eta, 1)
    load = variable(np.full(k, loading), m, m + 1).in_rows()
    load = Taylor(
        load.value * design,
        load.first * design[..., None],
        np.zeros((k, m, m + 1, m + 1)),
    )
    mode = _modes(counts, eta, load.value[..., None])
    at = constant(mode[:, 0], m + 1)
    curve = counts.derivatives(eta + load.value * mode, 2)[2]
    bend = 1 - (load.value**2 * curve).sum(axis=1)
    for _ in range(2):  # each step makes one order more of the mode's derivatives right
        there = predictors + load * at.in_rows()
        slopes = there.through(*counts.derivatives(there.value, 4)[1:4])
        at = at + ((load * slopes).over_rows() - at).times(1 / bend)
    there = predictors + load * at.in_rows()
    curves = there.through(*counts.derivatives(there.value, 4)[2:5])
    bends = (load * load * curves).over_rows().times(np.array(-1.0)).plus(np.array(1.0))
    spread = bends.power(-0.5)
    x, w = np.polynomial.hermite.hermgauss(nodes)
    places = Taylor(
        at.value + math.sqrt(2) * x[:, None] * spread.value,
        at.first + math.sqrt(2) * x[:, None, None] * spread.first,
        at.second + math.sqrt(2) * x[:, None, None, None] * spread.second,
    )
    moved = load * places.in_rows()
    there = predictors + moved
    heights = there.through(*counts.derivatives(there.value, 2)[:3]).over_rows()
    heights = heights - (places * places).times(np.array(0.5))
    total = log_sum_exp(heights.plus((np.log(w) + x * x)[:, None]))
    value = (total + spread.log()).plus(np.array(-0.5 * math.log(math.pi)))
    return Integrated(value, at.value[:, None])


def two_effects(
    counts: Counts, eta: FloatArray, loadings: FloatArray, design: FloatArray
) -> Integrated:
    """Return the log-likelihoods with a random study effect and a random group effect, by Laplace.

    With standard normal ``u``, the study effect is ``l1 u1`` and the group effect ``l2 u1 + l3 u2``; the
    integral of ``exp(g(u)) / (2 pi)`` is ``exp(g(mode)) / sqrt(det(-g''(mode)))``.

    Parameters
    ----------
    counts : Counts
    eta : ndarray, shape (k, m)
        Linear predictors without random effects.
    loadings : ndarray, length 3
        ``l1, l2, l3``.
    design : ndarray, shape (k, m)
        The coding of the group effect.

    Returns
    -------
    Integrated
        In the m linear predictors and the three loadings.

    Raises
    ------
    ConvergenceError
        If a mode is not found.

    References
    ----------
    Breslow and Clayton (1993). doi:10.1080/01621459.1993.10594284

    Examples
    --------
    >>> from meta.glmm.counts import Binomial
    >>> one = Binomial(np.array([[1.0, 1.0]]), np.array([[2.0, 2.0]]))
    >>> found = two_effects(one, np.zeros((1, 2)), np.array([1.0, 0.0, 1.0]), np.array([[0.5, -0.5]]))
    >>> found.modes.tolist()
    [[0.0, 0.0]]
    """
    k, m = eta.shape
    v = m + 3
    predictors = _predictors(eta, 3)
    l1, l2, l3 = (
        variable(np.full((k, m), loading), m + place, v)
        for place, loading in enumerate(loadings.tolist())
    )
    loads = (l1 + l2.times(design), l3.times(design))
    values = np.stack([one.value for one in loads], axis=-1)
    mode = _modes(counts, eta, values)
    at = [constant(mode[:, place], v) for place in range(2)]
    curve = counts.derivatives(eta + (values * mode[:, None, :]).sum(axis=-1), 2)[2]
    inverse = np.asarray(np.linalg.inv(_bends(values, curve)), dtype=np.float64)

    def there() -> Taylor:
        return predictors + loads[0] * at[0].in_rows() + loads[1] * at[1].in_rows()

    for _ in range(2):
        place = there()
        slopes = place.through(*counts.derivatives(place.value, 4)[1:4])
        rises = [(load * slopes).over_rows() - one for load, one in zip(loads, at, strict=True)]
        at = [
            at[n] + rises[0].times(inverse[:, n, 0]) + rises[1].times(inverse[:, n, 1])
            for n in range(2)
        ]
    place = there()
    found = counts.derivatives(place.value, 4)
    curves = place.through(*found[2:5]).times(np.array(-1.0))
    one, both, other = (
        (loads[a] * loads[b] * curves).over_rows() for a, b in ((0, 0), (0, 1), (1, 1))
    )
    one, other = one.plus(np.array(1.0)), other.plus(np.array(1.0))
    determinant = one * other - both * both
    squares = (at[0] * at[0] + at[1] * at[1] + determinant.log()).times(np.array(0.5))
    value = place.through(*found[:3]).over_rows() - squares
    return Integrated(value, np.stack([one.value for one in at], axis=-1))


def _predictors(eta: FloatArray, others: int) -> Taylor:
    """Return the linear predictors as the first of the variables."""
    k, m = eta.shape
    first = np.zeros((k, m, m + others))
    first[:, np.arange(m), np.arange(m)] = 1
    return Taylor(eta, first, np.zeros((k, m, m + others, m + others)))


def _bends(loads: FloatArray, curve: FloatArray) -> FloatArray:
    """Return ``-g''``, shape (k, q, q)."""
    crossed = np.einsum("kmq,km,kmr->kqr", loads, curve, loads)
    return np.asarray(np.eye(loads.shape[-1]) - crossed, dtype=np.float64)


def _modes(counts: Counts, eta: FloatArray, loads: FloatArray) -> FloatArray:
    """Return where ``g`` is highest, shape (k, q), by Newton's steps of at most 1 in any predictor."""
    mode = np.zeros((len(eta), loads.shape[-1]))
    for _ in range(STEPS):
        place = eta + (loads * mode[:, None, :]).sum(axis=-1)
        _, slope, curve, *_ = counts.derivatives(place, 2)
        rise = np.einsum("kmq,km->kq", loads, slope) - mode
        step = np.linalg.solve(_bends(loads, curve), rise[..., None])[..., 0]
        moved = np.abs((loads * step[:, None, :]).sum(axis=-1)).max(axis=1)
        mode = mode + step * np.minimum(1.0, STEP / np.maximum(moved, STEP))[:, None]
        if float(np.abs(step).max()) <= SETTLED:
            return np.asarray(mode)
    raise ConvergenceError(
        f"The random effects of a study did not settle after {STEPS} steps. Check the counts for a slipped "
        "digit, or use model CM.EL."
    )
