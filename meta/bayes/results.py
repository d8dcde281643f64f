"""Results of a Bayesian analysis: posteriors of tau, mu, each study's effect and a new study's."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meta.bayes.mixtures import Mixtures
from meta.bayes.priors import MuPrior, TauPrior
from meta.bayes.tau_posterior import TauPosterior
from meta.effects.arrays import FloatArray
from meta.effects.measures import MEASURES, Scale, to_natural
from meta.models.results import SCHEMA_VERSION, EffectSizes, Interval, Note

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """What a posterior distribution is summed up by, on the scale of the analysis.

    Parameters
    ----------
    mean, sd : float or None
        None where they are infinite.
    median : float
    mode : float or None
        Where the density is highest; None where it has no bound.
    ci : Interval
        Between quantiles, with as much probability below as above it.
    shortest : Interval
        The shortest with that probability.
    """

    mean: float | None
    sd: float | None
    median: float
    mode: float | None
    ci: Interval
    shortest: Interval

    def to_dict(self) -> dict[str, float | None]:
        """Return the summaries in plain types."""
        return {
            "mean": self.mean,
            "sd": self.sd,
            "median": self.median,
            "mode": self.mode,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
            "shortest_low": self.shortest.low,
            "shortest_high": self.shortest.high,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TauCurve:
    """Densities of tau before and after the data, for a figure; arrays of one length."""

    tau: FloatArray
    prior: FloatArray
    posterior: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectCurve:
    """Posterior densities of mu and of a new study's effect, for a figure; arrays of one length.

    ``prior`` is the prior density of mu, None for a flat one.
    """

    effect: FloatArray
    mu: FloatArray
    new_study: FloatArray
    prior: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointPosterior:
    """The posterior of tau and mu together: values of tau, and the normal distribution of mu at each.

    Parameters
    ----------
    tau, probability : ndarray
        Nodes of the quadrature in order, and what each stands for; length J, adding up to 1.
    mu_mean, mu_sd : ndarray
        Of mu at each value of tau; length J.
    """

    tau: FloatArray
    probability: FloatArray
    mu_mean: FloatArray
    mu_sd: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BayesianAnalysis:
    """A Bayesian random-effects analysis and everything it rests on.

    Parameters
    ----------
    effects : EffectSizes
    prior : TauPrior
    prior_setting : str
        Where the prior of tau comes from, in words.
    mu_prior : MuPrior or None
        None for a flat prior.
    level : float
        Of all intervals.
    tau, mu, new_study : Posterior
        Of the standard deviation of true effects, of their mean, and of the true effect in a new study.
    studies : tuple of Posterior
        Of the true effect in each study, length k.
    threshold : float or None
        On the scale of the analysis.
    bayes_factor_mu : float or None
        Probability of the data with mu = 0 in units of that with mu free; above 1 speaks for 0. None for a
        flat prior of mu.
    bayes_factor_tau : float
        The same for tau = 0.
    log_marginal_likelihood : float or None
        None for a flat prior of mu, with which it has no scale.
    quadrature : TauPosterior
        What probabilities and curves are computed from; moved by ``origin``.
    mixtures : Mixtures
        Of mu and of a new study's effect, moved by ``origin``.
    origin : float
    notes : tuple of Note
    """

    effects: EffectSizes
    prior: TauPrior
    prior_setting: str
    mu_prior: MuPrior | None
    level: float
    tau: Posterior
    mu: Posterior
    new_study: Posterior
    studies: tuple[Posterior, ...]
    threshold: float | None
    bayes_factor_mu: float | None
    bayes_factor_tau: float
    log_marginal_likelihood: float | None
    quadrature: TauPosterior
    mixtures: Mixtures
    origin: float
    notes: tuple[Note, ...]

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.effects.measure].scale

    @property
    def joint(self) -> JointPosterior:
        """The posterior of tau and mu together."""
        end = self.quadrature.last
        return JointPosterior(
            tau=np.concatenate(([0.0], self.quadrature.tau, [end])),
            probability=self.mixtures.weights,
            mu_mean=self.origin + self.mixtures.means[0],
            mu_sd=self.mixtures.sds[0],
        )

    def mu_below(self, threshold: float = 0.0) -> float:
        """Return the probability that mu is below a value on the scale of the analysis."""
        return self._below(threshold)[0]

    def mu_beyond(self, threshold: float = 0.0) -> float:
        """Return the probability that mu is above a value on the scale of the analysis."""
        return self._beyond(threshold)[0]

    def new_study_below(self, threshold: float = 0.0) -> float:
        """Return the probability that the effect in a new study is below a value."""
        return self._below(threshold)[1]

    def new_study_beyond(self, threshold: float = 0.0) -> float:
        """Return the probability that the effect in a new study is above a value."""
        return self._beyond(threshold)[1]

    def tau_curve(self, points: int = 201) -> TauCurve:
        """Return prior and posterior density of tau from 0 to beyond its interval.

        It starts one step above 0 where the prior has no bound there.
        """
        tau = np.linspace(0.0, 1.5 * self.tau.ci.high, points)
        at_zero = self.prior.at_zero
        if math.isinf(at_zero):
            tau = tau[1:]
        prior = np.full(len(tau), at_zero)
        prior[tau > 0] = np.exp(self.prior.log_density(tau[tau > 0]))
        return TauCurve(tau=tau, prior=prior, posterior=self.quadrature.at(tau))

    def mu_curve(self, points: int = 201) -> EffectCurve:
        """Return posterior densities of mu and of a new study's effect around the latter's interval."""
        ci = self.new_study.ci
        margin = (ci.high - ci.low) / 4
        effect = np.linspace(ci.low - margin, ci.high + margin, points)
        mu, new = self.mixtures.density(np.tile(effect - self.origin, (2, 1)))
        prior = None
        if self.mu_prior is not None:
            z = (effect - self.mu_prior.mean) / self.mu_prior.sd
            prior = np.exp(-z * z / 2) / (self.mu_prior.sd * math.sqrt(2 * math.pi))
        return EffectCurve(effect=effect, mu=mu, new_study=new, prior=prior)

    @property
    def natural(self) -> dict[str, float | None]:
        """Medians and intervals of mu and of a new study on the natural scale; None where not defined."""
        size = self.effects.size
        return {
            f"{name}_{key}": value
            for name, one in (("mu", self.mu), ("new_study", self.new_study))
            for key, value in self._natural(one, size).items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types; what is not defined is None.

        Values are on the scale of the analysis, those under ``natural`` on the natural scale.
        """
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.effects.measure),
            "scale": self.scale,
            "model": "bayesian-random-effects",
            "level": self.level,
            "k": self.effects.k,
            "prior": self.prior.text,
            "prior_setting": self.prior_setting,
            "mu_prior": "flat" if self.mu_prior is None else self.mu_prior.text,
            "mu": self.mu.to_dict(),
            "tau": self.tau.to_dict(),
            "new_study": self.new_study.to_dict(),
            "mu_below_zero": self.mu_below(),
            "new_study_below_zero": self.new_study_below(),
            "threshold": self.threshold,
            "mu_below_threshold": self._at_threshold(self.mu_below),
            "new_study_below_threshold": self._at_threshold(self.new_study_below),
            "bayes_factor_mu": self.bayes_factor_mu,
            "bayes_factor_tau": self.bayes_factor_tau,
            "log_marginal_likelihood": self.log_marginal_likelihood,
            "natural": self.natural,
            "studies": [
                {"label": label, "yi": yi, "vi": vi, **one.to_dict(), "natural": natural}
                for label, yi, vi, one, natural in self._rows()
            ],
            "excluded": [
                {"label": one.label, "reason": one.reason} for one in self.effects.excluded
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per study, then mu, a new study and tau.

        Columns: ``label, yi, vi, mean, sd, median, mode, ci_low, ci_high, shortest_low, shortest_high,
        natural_median, natural_ci_low, natural_ci_high``.
        """
        import pandas as pd

        rows = [
            {"label": label, "yi": yi, "vi": vi, **one.to_dict(), **_prefixed(natural)}
            for label, yi, vi, one, natural in self._rows()
        ]
        size = self.effects.size
        for label, one in (("mu", self.mu), ("new study", self.new_study)):
            rows.append({"label": label, **one.to_dict(), **_prefixed(self._natural(one, size))})
        rows.append({"label": "tau", **self.tau.to_dict()})
        names = ["label", "yi", "vi", *self.mu.to_dict()]
        names += ["natural_median", "natural_ci_low", "natural_ci_high"]
        return pd.DataFrame(rows, columns=names)

    def summary(self) -> str:
        """Return the result as plain text."""
        from meta.bayes.printout import summary

        return summary(self)

    def short_summary(self) -> str:
        """Return what stands beside another analysis of the same studies: a few lines of text."""
        from meta.bayes.printout import short_summary

        return short_summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _below(self, threshold: float) -> tuple[float, float]:
        x = np.full((2, 1), threshold - self.origin)
        mu, new = self.mixtures.below(x)[:, 0].tolist()
        return mu, new

    def _beyond(self, threshold: float) -> tuple[float, float]:
        x = np.full((2, 1), threshold - self.origin)
        mu, new = self.mixtures.beyond(x)[:, 0].tolist()
        return mu, new

    def _at_threshold(self, of: Any) -> float | None:
        return None if self.threshold is None else float(of(self.threshold))

    def _natural(self, one: Posterior, size: float | None) -> dict[str, float | None]:
        measure = self.effects.measure
        return {
            "median": to_natural(measure, one.median, size),
            "ci_low": to_natural(measure, one.ci.low, size),
            "ci_high": to_natural(measure, one.ci.high, size),
        }

    def _rows(self) -> Iterator[tuple[str, float, float, Posterior, dict[str, float | None]]]:
        effects = self.effects
        sizes = [None] * effects.k if effects.ni is None else effects.ni.tolist()
        rows = zip(
            effects.labels,
            effects.yi.tolist(),
            effects.vi.tolist(),
            self.studies,
            sizes,
            strict=True,
        )
        for label, yi, vi, one, size in rows:
            yield label, yi, vi, one, self._natural(one, size)


def _prefixed(natural: dict[str, float | None]) -> dict[str, float | None]:
    return {f"natural_{name}": value for name, value in natural.items()}
