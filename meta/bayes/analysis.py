"""Bayesian random-effects meta-analysis by quadrature: no sampling, so the same numbers every time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from meta.bayes.conditionals import Model, effects_given_tau, given_tau
from meta.bayes.defaults import default_prior
from meta.bayes.mixtures import Mixtures, looks_at
from meta.bayes.prior_texts import mu_prior, tau_prior
from meta.bayes.priors import MuPrior, TauPrior
from meta.bayes.published_priors import published_prior
from meta.bayes.results import BayesianAnalysis, Posterior
from meta.bayes.tau_posterior import TauPosterior, posterior_of_tau
from meta.effects.arrays import FloatArray
from meta.effects.measures import to_natural
from meta.faults import fault
from meta.models.remarks import FEW_STUDIES
from meta.models.results import EffectSizes, Interval, Note
from meta.models.weighting import centred

NO_ROOM = 1e-60  # standard deviation of a prior that holds mu where it is


def bayes(
    effects: EffectSizes,
    *,
    prior: str | None = None,
    mu: str | None = None,
    level: float = 0.95,
    threshold: float | None = None,
) -> BayesianAnalysis:
    """Return the posteriors of tau, of mu, of each study's effect and of a new study's.

    Estimates are normal around true effects, and these around mu with standard deviation tau:
    ``yi ~ N(theta_i, vi)``, ``theta_i ~ N(mu, tau^2)``. Given tau all else is normal, so that every
    posterior is an integral over tau alone.

    Parameters
    ----------
    effects : EffectSizes
        One estimate or more.
    prior : str, optional
        Of tau, on the scale of the analysis: ``half-normal:0.5``, ``half-cauchy:0.5``, ``half-t:0.5,4``,
        ``uniform:2``, ``log-normal:-2.56,1.74`` or ``log-t:-3.44,2.59,5`` (of log tau^2), or a published one
        (`meta.bayes.published_priors`): ``turner``, ``rhodes``, ``turner:OUTCOME/COMPARISON``. By default
        `meta.bayes.defaults.default_prior`.
    mu : str, optional
        Prior of mu: ``normal:MEAN,SD``, or ``flat``, which is the default.
    level : float
        Probability of the intervals.
    threshold : float, optional
        A value on the scale of the analysis; the probabilities that mu and a new study's effect are below it
        are then shown beside those for 0.

    Returns
    -------
    BayesianAnalysis

    Raises
    ------
    InputError
        For no estimates, a level outside 0 to 1, a prior that cannot be or that is for another measure, a
        measure without a default prior, and numbers too far apart for double precision.
    ConvergenceError
        If the quadrature or a quantile does not settle; no unfinished value is ever returned.

    References
    ----------
    Röver (2020). doi:10.18637/jss.v093.i06. Higgins, Thompson and Spiegelhalter (2009).
    doi:10.1111/j.1467-985X.2008.00552.x. Friede, Röver, Wandel and Neuenschwander (2017), on few studies.
    doi:10.1002/jrsm.1217

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.5, 0.3], "vi": [0.04, 0.04, 0.02]})
    >>> result = bayes(effects, prior="half-normal:0.5")
    >>> round(result.mu.median, 6), round(result.tau.median, 6), round(result.mu_below(0), 6)
    (0.3, 0.176216, 0.052922)
    """
    if effects.k == 0:
        reasons = "; ".join(f"{one.label}: {one.reason}" for one in effects.excluded)
        raise fault(
            "no study has an estimate" + (f" ({reasons})" if reasons else ""),
            "Give at least one study with all its numbers.",
        )
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    if threshold is not None and not math.isfinite(threshold):
        raise fault(
            f"the threshold is {threshold}",
            "Give a finite number on the scale of the analysis.",
            field="threshold",
        )
    chosen = _chosen_prior(prior, effects)
    of_mu = mu_prior(mu)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return _bayes(effects, chosen, of_mu, level, threshold)
    except (FloatingPointError, OverflowError, ZeroDivisionError):
        raise fault(
            "the estimates, their variances and the priors are too far apart for double precision",
            "Check yi, vi and the priors for a wrong unit or a slipped decimal mark.",
        ) from None


@dataclass(frozen=True, slots=True)
class _Chosen:
    prior: TauPrior
    setting: str
    notes: tuple[Note, ...] = ()


def _chosen_prior(text: str | None, effects: EffectSizes) -> _Chosen:
    if text is None:
        prior, why = default_prior(effects)
        return _Chosen(prior, f"default, {why}")
    if text.strip().lower().partition(":")[0].strip() in ("turner", "rhodes"):
        found = published_prior(text, effects.measure)
        return _Chosen(found.prior, found.setting, found.notes)
    return _Chosen(tau_prior(text), "chosen")


def _bayes(
    effects: EffectSizes,
    chosen: _Chosen,
    of_mu: MuPrior | None,
    level: float,
    threshold: float | None,
) -> BayesianAnalysis:
    origin, yi = centred(effects.yi, effects.vi)
    moved = None if of_mu is None else MuPrior(of_mu.mean - origin, of_mu.sd)
    model = Model(yi, effects.vi, moved)
    found = posterior_of_tau(model, chosen.prior)
    tau = np.concatenate(([0.0], found.tau, [found.last]))
    weights = np.concatenate(([found.below], found.weight, [found.beyond]))
    of_tau = given_tau(model, tau)
    means, variances = effects_given_tau(model, tau, of_tau)
    mixtures = Mixtures(
        weights,
        np.vstack([of_tau.mean, of_tau.mean, means]),
        np.sqrt(np.vstack([of_tau.variance, of_tau.variance + tau * tau, variances])),
    )
    moments = _moments(found, mixtures)
    posteriors = _posteriors(mixtures, moments, origin, level)
    factor = evidence = None
    if of_mu is not None:
        at_zero = Model(yi, effects.vi, MuPrior(-origin, NO_ROOM))
        factor = _ratio(posterior_of_tau(at_zero, chosen.prior).log_evidence - found.log_evidence)
        evidence = found.log_evidence
    of_two = Mixtures(weights, mixtures.means[:2], mixtures.sds[:2])
    tau_summary = _tau(found, level)
    return BayesianAnalysis(
        effects=effects,
        prior=chosen.prior,
        prior_setting=chosen.setting,
        mu_prior=of_mu,
        level=level,
        tau=tau_summary,
        mu=posteriors[0],
        new_study=posteriors[1],
        studies=tuple(posteriors[2:]),
        threshold=threshold,
        bayes_factor_mu=factor,
        bayes_factor_tau=_ratio(found.log_likelihood_at_zero - found.log_evidence),
        log_marginal_likelihood=evidence,
        quadrature=found,
        mixtures=of_two,
        origin=origin,
        notes=(
            *effects.notes,
            *chosen.notes,
            *_notes(effects, chosen.prior, of_mu, tau_summary, posteriors),
        ),
    )


def _ratio(log: float) -> float:
    return math.exp(log) if log < 700 else math.inf


def _tau(found: TauPosterior, level: float) -> Posterior:
    first, second = found.tail_moment(1), found.tail_moment(2)
    mean = sd = None
    if math.isfinite(first):
        mean = float(found.weight @ found.tau) + first
        if math.isfinite(second):
            variance = float(found.weight @ (found.tau - mean) ** 2) + found.below * mean**2
            sd = math.sqrt(variance + second)
    outside = (1 - level) / 2
    shortest = found.shortest(level)
    return Posterior(
        mean=mean,
        sd=sd,
        median=found.quantile(0.5),
        mode=found.mode(),
        ci=Interval(low=found.quantile(outside), high=found.quantile(1 - outside), level=level),
        shortest=Interval(low=shortest[0], high=shortest[1], level=level),
    )


def _moments(
    found: TauPosterior, mixtures: Mixtures
) -> tuple[list[float | None], list[float | None]]:
    """Return means and standard deviations of mu, a new study's effect and each study's.

    Means given tau have a limit for large tau, and so have the variances of each study's effect; that of a
    new study's grows with tau2, and that of mu does with a flat prior.
    """
    weights, last = mixtures.weights, mixtures.sds[:, -1] ** 2
    means = mixtures.means @ weights
    between = (mixtures.means - means[:, None]) ** 2 @ weights
    within = mixtures.sds[:, :-1] ** 2 @ weights[:-1]
    tail = found.beyond * last
    growing = [0, 1] if found.model.mu is None else [1]
    second = found.tail_moment(2)
    in_mean: list[float | None] = means.tolist()
    if math.isfinite(second):
        tail[growing] = last[growing] / found.last**2 * second
    in_sd: list[float | None] = np.sqrt(between + within + tail).tolist()
    for row in growing:
        if math.isinf(second):
            in_sd[row] = None
        if math.isinf(found.tail_moment(1)):
            in_mean[row] = None
    return in_mean, in_sd


def _posteriors(
    mixtures: Mixtures,
    moments: tuple[list[float | None], list[float | None]],
    origin: float,
    level: float,
) -> list[Posterior]:
    outside = (1 - level) / 2
    substantial = mixtures.substantial()
    quantiles = substantial.quantiles(np.array([outside, 0.5, 1 - outside]))
    looks, heights = looks_at(substantial, quantiles[:, 0], quantiles[:, 2])
    modes = substantial.modes(looks, heights)
    ends = np.column_stack(substantial.shortest(level, looks, heights))
    rows = zip(*moments, *_moved(origin, quantiles, modes[:, None], ends), strict=True)
    return [
        Posterior(
            mean=None if mean is None else origin + mean,
            sd=sd,
            median=median,
            mode=mode,
            ci=Interval(low=low, high=high, level=level),
            shortest=Interval(low=start, high=end, level=level),
        )
        for mean, sd, (low, median, high), (mode,), (start, end) in rows
    ]


def _moved(origin: float, *tables: FloatArray) -> Iterator[list[list[float]]]:
    for table in tables:
        yield (origin + table).tolist()


def _notes(
    effects: EffectSizes,
    prior: TauPrior,
    of_mu: MuPrior | None,
    tau: Posterior,
    posteriors: list[Posterior],
) -> Iterator[Note]:
    k, (mu, new) = effects.k, posteriors[:2]
    if k == 1 and of_mu is None:
        yield Note(
            code="one-study",
            text="One study says nothing of tau: its posterior is its prior, and how far the interval of mu "
            "reaches beyond the study's own is the prior's doing.",
        )
    elif k <= FEW_STUDIES:
        yield Note(
            code="prior-counts",
            text=f"k = {k} {'study' if k == 1 else 'studies'}: the posterior of tau owes much to its prior; "
            "compare another one.",
        )
    infinite = [
        f"{what} of {name}"
        for name, one in (("tau", tau), ("mu", mu), ("a new study's effect", new))
        for what, value in (("mean", one.mean), ("standard deviation", one.sd))
        if value is None
    ]
    if infinite:
        yield Note(
            code="infinite-moments",
            text=f"Under {prior.text} and k = {k} these are not finite, and quantiles are shown alone: "
            f"{', '.join(infinite)}.",
        )
    if tau.mode is None:
        yield Note(
            code="no-mode",
            text=f"The density of tau under {prior.text} has no bound at 0, so that it has no mode.",
        )
    if of_mu is None:
        yield Note(
            code="flat-mu",
            text="With a flat prior of mu there is no Bayes factor for mu and no marginal likelihood; give "
            "normal:MEAN,SD for them.",
        )
    else:
        yield Note(
            code="bayes-factor-prior",
            text="The Bayes factor for mu depends on its prior: the wider that is, the more it speaks for 0.",
        )
    bounds = (one.high for one in (mu.ci, new.ci))
    if any(to_natural(effects.measure, bound, effects.size) is None for bound in bounds):
        yield Note(
            code="natural-too-large",
            text="A bound is too large to be shown on the natural scale; see the scale of the analysis.",
        )
