"""A result as plain text, in the order in which metafor prints one."""

from html import escape

from meta.distributions import normal_quantile
from meta.effects.measures import MEASURES
from meta.effects.scales import SCALES
from meta.models.results import FitStatistics, MetaAnalysis, Options
from meta.models.text_tables import fit_table, fixed, interval, listed, pvalue, table


def summary(result: MetaAnalysis) -> str:
    """Return a printout: model, fit, heterogeneity, test, estimate, studies, exclusions and notes.

    Parameters
    ----------
    result : MetaAnalysis

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.5], "vi": [0.04, 0.04]})
    >>> print(summary(pool(effects, method="EE", test="z")).splitlines()[0])
    Common-Effect Model (k = 2)
    """
    blocks = [
        _head(result),
        fit_lines(result.options, result.fit_ml, result.fit_reml),
        _heterogeneity(result),
        _model(result),
        _studies(result),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in result.effects.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def fit_lines(
    options: Options, fit_ml: FitStatistics | None, fit_reml: FitStatistics | None
) -> list[str]:
    """Return the fit statistics: by the restricted likelihood after REML, by the ordinary one else.

    Parameters
    ----------
    options : Options
    fit_ml, fit_reml : FitStatistics or None

    Returns
    -------
    list of str
        Two lines, or none for one study.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> fit = FitStatistics(log_likelihood=-1.0, deviance=2.0, aic=4.0, bic=4.5, aicc=5.0)
    >>> fit_lines(Options(method="ML", test="z", level=0.95), fit, None)
    [' logLik  deviance     AIC     BIC    AICc', '-1.0000    2.0000  4.0000  4.5000  5.0000']
    """
    fit = fit_reml if options.method == "REML" else fit_ml
    return [] if fit is None else fit_table(fit)


def estimator_words(options: Options) -> str:
    """Say where tau2 comes from, as metafor does in its first line.

    Parameters
    ----------
    options : Options

    Returns
    -------
    str

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> estimator_words(Options(method="ML", test="z", level=0.95))
    'tau^2 estimator: ML'
    """
    return f"tau^2 estimator: {options.method}" if options.tau2 is None else "tau^2 given"


def as_html(result: MetaAnalysis) -> str:
    """Return a table for notebooks: the pooled value, heterogeneity, and one row for each study.

    Parameters
    ----------
    result : MetaAnalysis

    Returns
    -------
    str
        HTML without styles; all text from the data is escaped.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.1], "vi": [0.04]}, labels=["Smith & Co"])
    >>> "<td>Smith &amp; Co</td>" in as_html(pool(effects))
    True
    """
    half = normal_quantile(1 - result.options.level)
    rows = [
        (label, yi, yi - half * vi**0.5, yi + half * vi**0.5, percent)
        for label, yi, vi, percent in zip(
            result.effects.labels,
            result.effects.yi.tolist(),
            result.effects.vi.tolist(),
            result.weights_percent.tolist(),
            strict=True,
        )
    ]
    pooled = result.pooled
    rows.append(("pooled", pooled.estimate, pooled.ci.low, pooled.ci.high, 100.0))
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(cell)}</td>"
            for cell in (
                label,
                fixed(value),
                f"[{fixed(low)}, {fixed(high)}]",
                fixed(percent, 2),
            )
        )
        + "</tr>"
        for label, value, low, high, percent in rows
    )
    caption = "<br>".join(
        escape(line) for line in (*_head(result), *_heterogeneity(result)) if line
    )
    names = ("study", "estimate", f"{100 * result.options.level:g}% interval", "weight, %")
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    notes = "".join(f"<li>{escape(note.text)}</li>" for note in result.notes)
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + (f"<ul>{notes}</ul>" if notes else "")
    )


def _head(result: MetaAnalysis) -> list[str]:
    facts, measure = MEASURES[result.effects.measure], result.effects.measure
    k = f"k = {result.effects.k}"
    title = (
        f"Common-Effect Model ({k})"
        if result.options.model == "common-effect"
        else f"Random-Effects Model ({k}; {estimator_words(result.options)})"
    )
    prefix = SCALES[facts.scale].prefix
    scale = f"{prefix} " if prefix else ""
    return [title, f"Measure: {measure} ({scale}{facts.title}), test: {result.options.test}"]


def _heterogeneity(result: MetaAnalysis) -> list[str]:
    found = result.heterogeneity
    lines = []
    if result.options.model == "random-effects":
        lines += [
            f"tau^2 (variance of true effects):  {fixed(found.tau2)}{interval(found.tau2_ci)}",
            "tau (its square root):             " + fixed(found.tau),
        ]
    lines += [
        f"I^2 = {found.i2_definition}:  {fixed(found.i2, 2)}{'' if found.i2 is None else '%'}",
        f"H^2 (total / sampling variability):  {fixed(found.h2, 2)}",
        "",
        "Test for Heterogeneity:",
        f"Q(df = {found.q_df}) = {fixed(found.q)}, p-val {pvalue(found.q_pvalue, '= ')}",
    ]
    return lines


def _model(result: MetaAnalysis) -> list[str]:
    pooled = result.pooled
    t_based = pooled.df is not None
    names = ["estimate", "se", "tval" if t_based else "zval"]
    cells = [fixed(pooled.estimate), fixed(pooled.se), fixed(pooled.statistic)]
    if t_based:
        names.append("df")
        cells.append(str(pooled.df))
    names += ["pval", "ci.lb", "ci.ub"]
    cells += [pvalue(pooled.pvalue, ""), fixed(pooled.ci.low), fixed(pooled.ci.high)]
    lines = [f"Model Results ({100 * result.options.level:g}% intervals):", ""]
    lines += table([names, cells])
    if result.prediction:
        quantile = "normal" if result.prediction_df is None else f"t, df = {result.prediction_df}"
        lines += ["", f"Prediction interval ({quantile}):{interval(result.prediction)}"]
    if result.scale != "identity":
        natural = result.natural
        low, high = fixed(natural["ci_low"]), fixed(natural["ci_high"])
        title = MEASURES[result.effects.measure].title.capitalize()
        lines += ["", f"{title}: {fixed(natural['estimate'])} [{low}, {high}]"]
        if result.prediction:
            low, high = fixed(natural["pi_low"]), fixed(natural["pi_high"])
            lines[-1] += f", prediction interval [{low}, {high}]"
    return lines


def _studies(result: MetaAnalysis) -> list[str]:
    effects = result.effects
    rows = zip(
        effects.labels,
        effects.yi.tolist(),
        effects.vi.tolist(),
        result.weights_percent.tolist(),
        strict=True,
    )
    return table(
        [
            ["study", "yi", "vi", "weight"],
            *(
                [label, fixed(yi), fixed(vi), f"{fixed(weight, 2)}%"]
                for label, yi, vi, weight in rows
            ),
        ],
        words=1,
    )
