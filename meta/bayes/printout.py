"""A Bayesian analysis as plain text: the whole of it, and a few lines beside another analysis."""

from meta.bayes.results import BayesianAnalysis, Posterior
from meta.effects.measures import MEASURES
from meta.effects.scales import SCALES
from meta.models.text_tables import fixed, listed, table

HEAD = ["", "mean", "sd", "median", "mode", "ci.lb", "ci.ub", "shortest.lb", "shortest.ub"]


def summary(result: BayesianAnalysis) -> str:
    """Return a printout: priors, heterogeneity, mean and new study, probabilities, studies, notes.

    Parameters
    ----------
    result : BayesianAnalysis

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Röver (2020). doi:10.18637/jss.v093.i06

    Examples
    --------
    >>> from meta.bayes.analysis import bayes
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.5], "vi": [0.04, 0.04]})
    >>> print(summary(bayes(effects, prior="uniform:2")).splitlines()[0])
    Bayesian Random-Effects Model (k = 2; by quadrature)
    """
    facts, measure = MEASURES[result.effects.measure], result.effects.measure
    prefix = SCALES[facts.scale].prefix
    blocks = [
        [
            f"Bayesian Random-Effects Model (k = {result.effects.k}; by quadrature)",
            f"Measure: {measure} ({prefix + ' ' if prefix else ''}{facts.title})",
            f"Prior of tau: {result.prior.text} ({result.prior_setting})",
            f"Prior of mu: {_mu_prior(result)}",
        ],
        [
            f"Posterior ({100 * result.level:g}% intervals, between quantiles and shortest):",
            "",
            *table(
                [
                    HEAD,
                    _row("tau", result.tau),
                    _row("mu", result.mu),
                    _row("new study", result.new_study),
                ],
                words=1,
            ),
        ],
        _natural(result),
        _probabilities(result),
        table([HEAD, *(_row(*one) for one in _studies(result))], words=1),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in result.effects.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def short_summary(result: BayesianAnalysis) -> str:
    """Return the lines that stand beside another analysis of the same studies.

    Parameters
    ----------
    result : BayesianAnalysis

    Returns
    -------
    str
        Four lines, or five where the measure has a natural scale of its own.

    References
    ----------
    Röver (2020). doi:10.18637/jss.v093.i06

    Examples
    --------
    >>> from meta.bayes.analysis import bayes
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.5], "vi": [0.04, 0.04]})
    >>> print(short_summary(bayes(effects, prior="uniform:2")))
    Bayesian random effects (tau ~ uniform:2, mu ~ flat):
      mu         0.3000  95% [-1.1573, 1.7573]; below 0 with probability 0.2316
      new study  0.3000  95% [-2.2037, 2.8037]; below 0 with probability 0.3001
      tau        0.6020  95% [0.0306, 1.8883] (medians and intervals between quantiles)
    """
    prior = f"tau ~ {result.prior.text}, mu ~ {_mu_prior(result)}"
    lines = [
        f"Bayesian random effects ({prior}):",
        f"  mu         {_interval(result.mu)}; below 0 with probability {fixed(result.mu_below())}",
        f"  new study  {_interval(result.new_study)}; below 0 with probability "
        f"{fixed(result.new_study_below())}",
        f"  tau        {_interval(result.tau)} (medians and intervals between quantiles)",
    ]
    return "\n".join([*lines, *(f"  {line}" for line in _natural(result))])


def _mu_prior(result: BayesianAnalysis) -> str:
    return "flat" if result.mu_prior is None else result.mu_prior.text


def _row(label: str, one: Posterior) -> list[str]:
    return [label, *(fixed(value) for value in one.to_dict().values())]


def _interval(one: Posterior) -> str:
    bounds = f"[{fixed(one.ci.low)}, {fixed(one.ci.high)}]"
    return f"{fixed(one.median)}  {100 * one.ci.level:g}% {bounds}"


def _natural(result: BayesianAnalysis) -> list[str]:
    if result.scale == "identity":
        return []
    natural = {name: fixed(value) for name, value in result.natural.items()}
    title = MEASURES[result.effects.measure].title.capitalize()
    mu = f"{natural['mu_median']} [{natural['mu_ci_low']}, {natural['mu_ci_high']}]"
    new = f"[{natural['new_study_ci_low']}, {natural['new_study_ci_high']}]"
    return [f"{title}: {mu}, in a new study {new}"]


def _probabilities(result: BayesianAnalysis) -> list[str]:
    values = [0.0]
    if result.threshold:
        values.append(result.threshold)
    lines = [
        f"Probability of an effect below {value:g}: mu {fixed(result.mu_below(value))}, new study "
        f"{fixed(result.new_study_below(value))}"
        for value in values
    ]
    lines.append(
        "Bayes factors (above 1 speaks for 0): "
        f"mu = 0 {_factor(result.bayes_factor_mu)}, tau = 0 {_factor(result.bayes_factor_tau)}"
    )
    if result.log_marginal_likelihood is not None:
        lines.append(f"Log marginal likelihood: {fixed(result.log_marginal_likelihood)}")
    return lines


def _factor(value: float | None) -> str:
    return fixed(value) if value is None or 0.001 <= value < 10_000 else f"{value:.3g}"


def _studies(result: BayesianAnalysis) -> list[tuple[str, Posterior]]:
    return list(zip(result.effects.labels, result.studies, strict=True))
