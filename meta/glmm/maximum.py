"""The maximum of a count model's likelihood, by Newton's method with exact derivatives.

Parameters of two sorts: a few that all studies share (coefficients, loadings of random effects), and
where the model has them one constant for each study. The Hessian of the latter is diagonal, so that they
are eliminated one by one and the work grows with k, not with its cube.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from meta.effects.arrays import FloatArray
from meta.faults import ConvergenceError
from meta.glmm.counts import Counts
from meta.glmm.integral import Integrated, one_effect, two_effects, without_effects

Effects = Literal["none", "one", "two", "two-correlated"]
LOADINGS: dict[Effects, tuple[int, ...]] = {
    "none": (),
    "one": (0,),
    "two": (0, 2),
    "two-correlated": (0, 1, 2),
}
"""For each sort of random effects which of the loadings are estimated."""

MAX_STEPS = 200
MAX_HALVINGS = 40
SETTLED = 1e-16  # the squared length of a step in standard errors; the next is of its square
FARTHEST = 3.0  # a step of a linear predictor
SUFFICIENT = (
    1e-4  # the share of the rise that the slope promises; a step to the mirror image has none
)
OFF_SADDLE = 0.1  # a step where the slope is 0 and the likelihood rises to both sides
TOO_FAR = 60.0  # a coefficient or loading that is on its way to infinity
ROUNDING = 1e-12  # of a log-likelihood, relative
FLAT = 1e-10  # an eigenvalue of the information, relative to the largest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountModel:
    """Counts of k studies, m to a study, with linear predictors ``offset + x b + own c + random effects``.

    Parameters
    ----------
    counts : Counts
    offset : ndarray, shape (k, m)
    x : ndarray, shape (k, m, p)
    own : ndarray, shape (k, m), or None
        By what the study's own constant is multiplied; None where studies have none.
    effects : {"none", "one", "two", "two-correlated"}
        One random effect times ``design``, or that and a random constant, correlated or not.
    design : ndarray, shape (k, m)
    nodes : int
        Of the quadrature over one random effect.
    """

    counts: Counts
    offset: FloatArray
    x: FloatArray
    own: FloatArray | None
    effects: Effects
    design: FloatArray
    nodes: int

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.offset)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """Values of the parameters.

    Parameters
    ----------
    beta : ndarray, length p
    loadings : ndarray
        Length 1 for one random effect, 3 for two (study effect; group effect on it, and beside it), else 0.
    own : ndarray, length k
        The studies' constants; 0 where the model has none.
    """

    beta: FloatArray
    loadings: FloatArray
    own: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maximum:
    """A maximum of the likelihood.

    Parameters
    ----------
    place : Place
    log_likelihood : float
        Without the constant of the counts.
    information : ndarray, shape (p + r, p + r)
        The negative Hessian in coefficients and estimated loadings, the studies' constants eliminated.
    integrated : Integrated
    curve, between, own_curve : ndarray, shapes (p + r, p + r), (p + r, k) and (k,)
        The blocks of the Hessian: of the shared parameters, between them and the studies' constants, and
        of these.
    """

    place: Place
    log_likelihood: float
    information: FloatArray
    integrated: Integrated
    curve: FloatArray
    between: FloatArray
    own_curve: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Slopes:
    """Gradient and Hessian at a place: of the shared parameters, of the studies' own, and between them."""

    integrated: Integrated
    shared: FloatArray
    own: FloatArray
    curve: FloatArray
    between: FloatArray
    own_curve: FloatArray

    @property
    def value(self) -> float:
        return float(self.integrated.log_likelihood.value.sum())


def integrate(model: CountModel, place: Place) -> Integrated:
    """Return the studies' log-likelihoods at a place.

    Parameters
    ----------
    model : CountModel
    place : Place

    Returns
    -------
    Integrated

    Raises
    ------
    ConvergenceError
        If the mode of a random effect is not found.

    References
    ----------
    Pinheiro and Bates (1995). doi:10.1080/10618600.1995.10474663
    """
    eta = model.offset + model.x @ place.beta
    if model.own is not None:
        eta = eta + model.own * place.own[:, None]
    if model.effects == "none":
        return without_effects(model.counts, eta)
    if model.effects == "one":
        loading = float(place.loadings[0])
        return one_effect(model.counts, eta, loading, model.design, model.nodes)
    return two_effects(model.counts, eta, place.loadings, model.design)


def maximise(model: CountModel, start: Place, *, held: bool = False) -> Maximum:
    """Climb to a maximum of the likelihood.

    Newton's step is taken with the information's eigenvalues made positive, kept from moving any linear
    predictor by more than 3, and halved until the likelihood rises.

    Parameters
    ----------
    model : CountModel
    start : Place
    held : bool
        Keep the last loading, the deviation of the effect, as it is.

    Returns
    -------
    Maximum

    Raises
    ------
    ConvergenceError
        If the parameters run to infinity or do not settle.

    References
    ----------
    Nocedal and Wright (2006), chapter 3. doi:10.1007/978-0-387-40065-5

    Examples
    --------
    >>> from meta.glmm.counts import Poisson
    >>> ones = np.ones((2, 1))
    >>> model = CountModel(counts=Poisson(np.array([[1.0], [3.0]])), offset=0 * ones, x=ones[..., None],
    ...                    own=None, effects="none", design=ones, nodes=1)
    >>> start = Place(beta=np.zeros(1), loadings=np.zeros(0), own=np.zeros(2))
    >>> round(float(np.exp(maximise(model, start).place.beta[0])), 12)
    2.0
    """
    chosen = LOADINGS[model.effects][:-1] if held else LOADINGS[model.effects]
    place, slopes = start, _slopes(model, start, chosen)
    for _ in range(MAX_STEPS):
        step, gain, last = _step(model, slopes, chosen)
        length = 1.0 if last else min(1.0, FARTHEST / _movement(model, step))
        for _ in range(MAX_HALVINGS):
            following = Place(
                beta=place.beta + length * step.beta,
                loadings=place.loadings + length * step.loadings,
                own=place.own + length * step.own,
            )
            found = _slopes(model, following, chosen)
            enough = SUFFICIENT * length * gain - ROUNDING * (1 + abs(slopes.value))
            if found.value - slopes.value >= enough:
                break
            length /= 2
        place, slopes = following, found
        far = max(np.abs(place.beta).max(initial=0.0), np.abs(place.loadings).max(initial=0.0))
        if far > TOO_FAR:
            break
        if last:
            return Maximum(
                place=place,
                log_likelihood=slopes.value,
                information=-_eliminated(slopes)[1],
                integrated=slopes.integrated,
                curve=slopes.curve,
                between=slopes.between,
                own_curve=slopes.own_curve,
            )
    raise ConvergenceError(
        "The likelihood has no maximum that was found: the parameters run to infinity or do not settle. "
        "That is so where one group has no events in most studies, or a moderator tells studies with "
        "events from those without. Leave out the moderators, or use Mantel and Haenszel's method."
    )


def _slopes(model: CountModel, place: Place, chosen: Sequence[int]) -> _Slopes:
    found = integrate(model, place)
    value = found.log_likelihood
    m, p = model.x.shape[1:]
    # how predictors and loadings of a study depend on the shared parameters
    chain = np.zeros((model.k, value.first.shape[1], p + len(chosen)))
    chain[:, :m, :p] = model.x
    chain[:, [m + one for one in chosen], [p + n for n in range(len(chosen))]] = 1
    own = np.zeros(value.first.shape)
    if model.own is not None:
        own[:, :m] = model.own
    bent = np.einsum("kab,kb->ka", value.second, own)
    return _Slopes(
        integrated=found,
        shared=np.einsum("ka,kac->c", value.first, chain),
        own=(value.first * own).sum(axis=1),
        curve=np.einsum("kac,kab,kbd->cd", chain, value.second, chain, optimize=True),
        between=np.einsum("kac,ka->ck", chain, bent),
        own_curve=(bent * own).sum(axis=1),
    )


def _eliminated(slopes: _Slopes) -> tuple[FloatArray, FloatArray]:
    """Return gradient and Hessian of the shared parameters, the studies' own following along."""
    some = slopes.own_curve < 0
    ratio = slopes.between[:, some] / slopes.own_curve[some]
    return slopes.shared - ratio @ slopes.own[some], slopes.curve - ratio @ slopes.between[
        :, some
    ].T


def _step(model: CountModel, slopes: _Slopes, chosen: Sequence[int]) -> tuple[Place, float, bool]:
    """Return Newton's step, the slope along it, and whether it is the last one; at a saddle, a step off it.

    The slope is the squared length of the step in standard errors.
    """
    gradient, hessian = _eliminated(slopes)
    size = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-300))
    values, vectors = np.linalg.eigh(-hessian / size[:, None] / size)
    least = FLAT * float(np.abs(values).max(initial=0.0))
    upright = np.maximum(np.abs(values), least)
    along = vectors.T @ (gradient / size)
    shared = vectors @ (along / upright) / size
    some = slopes.own_curve < 0
    gain = float((along * along / upright).sum())
    gain += float((slopes.own[some] ** 2 / -slopes.own_curve[some]).sum())
    last = gain <= SETTLED
    if last and values[0] < -least:
        last = False
        shared, gain = vectors[:, 0] / size, 0.0
        shared = OFF_SADDLE * shared / np.abs(shared).max()
    own = np.zeros(model.k)
    rise = slopes.own + slopes.between.T @ shared
    own[some] = -rise[some] / slopes.own_curve[some]
    p = model.x.shape[2]
    loadings = np.zeros({"none": 0, "one": 1}.get(model.effects, 3))
    loadings[list(chosen)] = shared[p:]
    return Place(beta=shared[:p], loadings=loadings, own=own), gain, last


def _movement(model: CountModel, step: Place) -> float:
    """Return by how much a step moves a linear predictor, or a loading, at most."""
    eta = model.x @ step.beta
    if model.own is not None:
        eta = eta + model.own * step.own[:, None]
    return float(max(np.abs(eta).max(), 2 * np.abs(step.loadings).max(initial=0.0), 1e-300))
