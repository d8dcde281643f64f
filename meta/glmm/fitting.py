"""Fits of a model: with a common effect, and with a random one, at the highest maximum that is found."""

import math
from dataclasses import dataclass, replace

import numpy as np

from meta.effects.arrays import FloatArray
from meta.effects.designs import Measure
from meta.faults import ConvergenceError
from meta.glmm.counts import Binomial, Poisson
from meta.glmm.likelihoods import count_model
from meta.glmm.maximum import FLAT, LOADINGS, CountModel, Effects, Maximum, Place, maximise
from meta.glmm.tables import Cells, GlmmModel

LEAST_START = 0.3
SCAN = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # standard deviations of the random effect
ZERO = 1e-5  # a standard deviation that has come this near to 0 is on its way there
Profile = tuple[tuple[float, float], ...]
SAME = 1e-6  # log-likelihoods of one maximum that was reached from two sides


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A model at its maximum.

    Parameters
    ----------
    model : CountModel
    maximum : Maximum
    tau2 : float
        The variance of the effect.
    tau2_se : float or None
        None where tau2 is 0.
    sigma2, rho : float or None
        UM.RS: the variance of the studies' constants, and its correlation with the effect.
    covariance : ndarray, shape (p, p)
        Of the coefficients, constants left out.
    effects : ndarray, length k, or None
        What the random effect of each study most probably is; None with a common effect.
    others : tuple of float
        tau2 at lower maxima.
    profile : tuple of (float, float)
        tau and the log-likelihood with the best values of all else, ascending; empty with a common effect,
        and with a correlated one.
    """

    model: CountModel
    maximum: Maximum
    tau2: float
    tau2_se: float | None
    sigma2: float | None
    rho: float | None
    covariance: FloatArray
    effects: FloatArray | None
    others: tuple[float, ...] = ()
    profile: Profile = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is fitted: the measure, the model, and how its random effects are shaped and integrated."""

    measure: Measure
    model: GlmmModel
    nodes: int
    coding: float
    correlated: bool


def fit_common(form: Form, cells: Cells, x: FloatArray) -> Fit:
    """Fit a model with a common effect; for UM.RS with random study effects.

    Parameters
    ----------
    form : Form
    cells : dict of str to ndarray
        Length k.
    x : ndarray, shape (k, p)

    Returns
    -------
    Fit

    Raises
    ------
    ConvergenceError
        If the likelihood has no maximum that is found.

    References
    ----------
    McCullagh and Nelder (1989). ISBN 0-412-31760-5. Turner, Omar, Yang, Goldstein and Thompson (2000).
    doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L

    Examples
    --------
    >>> cells = {"xi": np.array([1.0, 3.0]), "ti": np.array([1.0, 1.0])}
    >>> form = Form(measure=Measure("IRLN"), model="GLMM", nodes=7, coding=0.5, correlated=False)
    >>> found = fit_common(form, cells, np.ones((2, 1)))
    >>> round(math.exp(found.maximum.place.beta[0]), 12), round(float(found.covariance[0, 0]), 12)
    (2.0, 0.25)
    """
    random_study = form.model == "UM.RS"
    model = _model(form, cells, x, "one" if random_study else "none")
    levels = _levels(model)
    beta, own = np.zeros(model.x.shape[2]), np.zeros(model.k)
    if random_study:
        beta[-1] = levels.mean()
    elif model.own is not None:
        own = levels
    spread = np.array([max(LEAST_START, float(levels.std()))] if random_study else [])
    found = maximise(model, Place(beta=beta, loadings=spread, own=own))
    return Fit(
        model=model,
        maximum=found,
        tau2=0.0,
        tau2_se=None,
        sigma2=_square(found.place.loadings[0]) if random_study else None,
        rho=None,
        covariance=_covariance(found, model.effects)[: x.shape[1], : x.shape[1]],
        effects=None,
    )


def fit_random(form: Form, cells: Cells, x: FloatArray, common: Fit) -> Fit:
    """Fit a model with a random effect, at the highest maximum of the likelihood that a scan finds.

    Parameters
    ----------
    form : Form
    cells : dict of str to ndarray
        Length k.
    x : ndarray, shape (k, p)
    common : Fit
        With a common effect, the boundary at which tau2 is 0.

    Returns
    -------
    Fit
        At the highest maximum.

    Raises
    ------
    ConvergenceError
        If the likelihood has no maximum that is found.

    References
    ----------
    Stijnen, Hamza and Özdemir (2010). doi:10.1002/sim.4040. Turner, Omar, Yang, Goldstein and Thompson
    (2000). doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L

    Examples
    --------
    >>> cells = {"xi": np.array([1.0, 30.0]), "ti": np.array([1.0, 1.0])}
    >>> form = Form(measure=Measure("IRLN"), model="GLMM", nodes=7, coding=0.5, correlated=False)
    >>> common = fit_common(form, cells, np.ones((2, 1)))
    >>> round(fit_random(form, cells, np.ones((2, 1)), common).tau2, 3)
    2.871
    """
    effects: Effects = "one"
    if form.model == "UM.RS":
        # without a variance of the studies' constants there is nothing to correlate with
        effects = "two-correlated" if form.correlated and common.sigma2 else "two"
    best, others, profile = _highest(form, cells, x, common, effects)
    if effects == "two-correlated" and best.rho is None:
        best, others, profile = _highest(form, cells, x, common, "two")
    return replace(best, others=others, profile=profile)


def _highest(
    form: Form, cells: Cells, x: FloatArray, common: Fit, effects: Effects
) -> tuple[Fit, tuple[float, ...], Profile]:
    """Return the highest maximum, tau2 at others, and the profile of the likelihood.

    The likelihood is scanned along tau, with the best values of all else, and climbed from every point of the
    scan that is not below its neighbours.
    """
    model = _model(form, cells, x, effects)
    place = common.maximum.place
    study = [] if effects == "one" else [max(LEAST_START, math.sqrt(common.sigma2 or 0.0)), 0.0]
    places = [replace(place, loadings=np.array([*study, 0.0]))]
    heights = [_height(common)]
    for tau in SCAN:
        before = places[-1]
        start = replace(before, loadings=np.append(before.loadings[:-1], tau))
        found = maximise(model, start, held=True)
        places.append(found.place)
        heights.append(found.log_likelihood)
    tops = [
        place
        for place, height, left, right in zip(
            places,
            heights,
            [-math.inf, *heights],
            [*heights[1:], -math.inf],
            strict=False,
        )
        if height >= max(left, right)
    ]
    maxima = sorted((_climb(model, x, top) for top in tops), key=lambda one: -_height(one))
    best, lower = maxima[0], list[float]()
    for one in maxima[1:]:
        known = any(math.isclose(one.tau2, other, rel_tol=SAME) for other in lower)
        if _height(one) < _height(best) - SAME and not known:
            lower.append(one.tau2)
    constant = model.counts.constant
    points = [*zip((0.0, *SCAN), heights, strict=True), (math.sqrt(best.tau2), _height(best))]
    profile = tuple((tau, height + constant) for tau, height in sorted(points))
    if (
        effects == "two-correlated"
    ):  # its loading is that part of tau alone that is beside the study effect
        profile = ()
    return best, tuple(sorted(lower)), profile


def _height(fit: Fit) -> float:
    return fit.maximum.log_likelihood


def _climb(model: CountModel, x: FloatArray, start: Place) -> Fit:
    """Return the maximum that a start leads to."""
    effects, found = model.effects, maximise(model, start)
    covariance, modes, p = _covariance(found, effects), found.integrated.modes, x.shape[1]
    # with coding 0 the random effect is that of group 2, and the effect is that of group 1
    sign = -1.0 if model.design[0, -1] > 0 and model.design.shape[1] > 1 else 1.0
    if effects == "one":
        study, slant, rest = 0.0, 0.0, sign * float(found.place.loadings[0])
        slopes, effect = [2 * rest], rest * modes[:, 0]
    else:
        study, slant, rest = (found.place.loadings * [1, sign, sign]).tolist()
        slopes = [2 * (0.0, sign * slant, sign * rest)[one] for one in LOADINGS[effects]]
        effect = slant * modes[:, 0] + rest * modes[:, 1]
    tau, along = math.hypot(slant, rest), np.array(slopes)
    tau2, sigma2 = _square(tau), None if effects == "one" else _square(study)
    spread = float(along @ covariance[-len(along) :, -len(along) :] @ along)
    correlated = effects == "two-correlated" and sigma2 and tau2
    return Fit(
        model=model,
        maximum=found,
        tau2=tau2,
        tau2_se=math.sqrt(spread) if tau2 else None,
        sigma2=sigma2,
        rho=math.copysign(1.0, study) * slant / tau if correlated else None,
        covariance=covariance[:p, :p],
        effects=effect,
    )


def _square(deviation: float) -> float:
    """Return a variance; one whose root is on its way to 0 is 0."""
    return 0.0 if abs(deviation) < ZERO else float(deviation) ** 2


def _covariance(found: Maximum, effects: Effects) -> FloatArray:
    """Return the inverse of the information; a deviation that is 0 tells nothing of other parameters."""
    estimated = np.array(LOADINGS[effects], dtype=np.intp)
    ends = (np.abs(found.place.loadings[estimated]) < ZERO) & (estimated != 1)
    some = np.flatnonzero(np.append(np.ones(len(found.place.beta), dtype=bool), ~ends))
    information = found.information[np.ix_(some, some)]
    size = np.sqrt(np.diag(information).clip(min=0))
    if not size.all():
        raise _flat()
    values, vectors = np.linalg.eigh(information / size[:, None] / size)
    if values[0] <= FLAT * values[-1]:
        raise _flat()
    inverse = (vectors / values) @ vectors.T
    covariance = np.zeros(found.information.shape)
    covariance[np.ix_(some, some)] = inverse / size[:, None] / size
    return covariance


def _flat() -> ConvergenceError:
    return ConvergenceError(
        "The likelihood is flat at its top, so that there are no standard errors. Use uncorrelated random "
        "effects, fewer moderators, or a common effect."
    )


def _model(form: Form, cells: Cells, x: FloatArray, effects: Effects) -> CountModel:
    return count_model(
        form.measure,
        form.model,
        cells,
        x,
        effects=effects,
        nodes=form.nodes,
        coding=form.coding,
    )


def _levels(model: CountModel) -> FloatArray:
    """Return where a study's constant starts: its log odds or log rate, length k."""
    counts = model.counts
    if isinstance(counts, Binomial):
        events, all_people = counts.y.sum(axis=1) + 0.5, counts.n.sum(axis=1) + 1
        return np.asarray(np.log(events / (all_people - events)))
    if isinstance(counts, Poisson):
        return np.asarray(np.log((counts.y.sum(axis=1) + 0.5) / np.exp(model.offset).sum(axis=1)))
    return np.zeros(model.k)
