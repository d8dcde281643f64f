"""A generalised linear mixed model as plain text, in the order in which metafor prints one."""

import math

from meta.effects.measures import MEASURES
from meta.glmm.results import GlmmAnalysis
from meta.models.stratified_tables import ChiSquareTest
from meta.models.text_tables import fit_table, fixed, interval, listed, pvalue, table

MODELS = {
    "UM.FS": "Unconditional Model with Fixed Study Effects",
    "UM.RS": "Unconditional Model with Random Study Effects",
    "CM.EL": "Conditional Model with Exact Likelihood",
    "CM.AL": "Conditional Model with Approximate Likelihood",
    "GLMM": "Generalised Linear Mixed Model of One Group",
}


def summary(result: GlmmAnalysis) -> str:
    """Return a printout: model, fit, heterogeneity, tests, estimates, studies, exclusions and notes.

    Parameters
    ----------
    result : GlmmAnalysis

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.glmm.analysis import glmm
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> print(summary(glmm("OR", trials, estimator="EE")).splitlines()[0])
    Common-Effect Model (k = 2)
    """
    blocks = [
        _head(result),
        fit_table(result.fit),
        _heterogeneity(result),
        _omnibus(result),
        _coefficients(result),
        _studies(result),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in result.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _head(result: GlmmAnalysis) -> list[str]:
    options, k, moderated = result.options, f"k = {result.k}", result.formula is not None
    if options.estimator == "EE":
        kind = "Fixed-Effects with Moderators" if moderated else "Common-Effect"
        title = f"{kind} Model ({k})"
    else:
        kind = "Mixed" if moderated else "Random"
        title = f"{kind}-Effects Model ({k}; tau^2 estimator: ML)"
    lines = [
        title,
        f"Model Type: {MODELS[options.model]} ({options.model})",
        f"Measure: {result.measure} ({MEASURES[result.measure].analysis_title}), test: {options.test}",
    ]
    for name, levels in result.levels.items():
        lines.append(f"Reference level of {name}: {levels[0]} (of {', '.join(levels)})")
    return lines


def _heterogeneity(result: GlmmAnalysis) -> list[str]:
    lines = []
    moderated = result.formula is not None
    if result.options.estimator == "ML":
        name = (
            "tau^2 (variance left unexplained)" if moderated else "tau^2 (variance of true effects)"
        )
        tau = None if result.tau2 is None else math.sqrt(result.tau2)
        lines += [
            f"{name}:  {fixed(result.tau2)} (SE = {fixed(result.tau2_se)})",
            f"tau (its square root):  {fixed(tau)}",
            f"I^2 = tau^2 / (tau^2 + typical variance):  {fixed(result.i2, 2)}"
            + ("" if result.i2 is None else "%"),
            f"H^2 (total / sampling variability):  {fixed(result.h2, 2)}",
        ]
    if result.options.model == "UM.RS":
        lines.append(f"sigma^2 (variance of the studies' constants):  {fixed(result.sigma2)}")
    if result.options.correlated:
        lines.append(f"rho (its correlation with the effect):  {fixed(result.rho)}")
    return [
        *lines,
        *([""] if lines else []),
        f"Tests for {'Residual ' if moderated else ''}Heterogeneity:",
        _shown("Wld", result.wald),
        _shown("LRT", result.likelihood_ratio),
    ]


def _shown(name: str, test: ChiSquareTest | None) -> str:
    if test is None:
        return f"{name} = NA"
    return f"{name}(df = {test.df}) = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}"


def _omnibus(result: GlmmAnalysis) -> list[str]:
    test = result.omnibus
    if test is None:
        return []
    which = f"{test.positions[0]}:{test.positions[-1]}" if test.df > 1 else f"{test.positions[0]}"
    name = f"QM(df = {test.df})" if test.df2 is None else f"F(df1 = {test.df}, df2 = {test.df2})"
    return [
        f"Test of Moderators (coefficient{'s' if test.df > 1 else ''} {which}):",
        f"{name} = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}",
    ]


def _coefficients(result: GlmmAnalysis) -> list[str]:
    t_based = result.options.test == "t"
    alone = result.formula is None
    head = ["estimate", "se", *(["tval", "df"] if t_based else ["zval"]), "pval", "ci.lb", "ci.ub"]
    rows = [head if alone else ["", *head]]
    for one in result.coefficients:
        row = [
            fixed(one.estimate),
            fixed(one.se),
            fixed(one.statistic),
            *([str(one.df)] if t_based else []),
            pvalue(one.pvalue),
            fixed(one.ci.low),
            fixed(one.ci.high),
        ]
        rows.append(row if alone else [one.name, *row])
    lines = [
        f"Model Results ({100 * result.options.level:g}% intervals):",
        "",
        *table(rows, words=0 if alone else 1),
    ]
    if result.prediction:
        df = result.coefficients[0].df
        quantile = "normal" if df is None else f"t, df = {df}"
        lines += ["", f"Prediction interval ({quantile}):{interval(result.prediction)}"]
    if alone:
        natural = result.natural
        title = MEASURES[result.measure].title.capitalize()
        low, high = fixed(natural["ci_low"]), fixed(natural["ci_high"])
        lines += ["", f"{title}: {fixed(natural['estimate'])} [{low}, {high}]"]
        if result.prediction:
            low, high = fixed(natural["pi_low"]), fixed(natural["pi_high"])
            lines[-1] += f", prediction interval [{low}, {high}]"
    return lines


def _studies(result: GlmmAnalysis) -> list[str]:
    rows = [["study", "yi", "vi", "conditional"]]
    for place, (label, yi, vi) in enumerate(zip(result.labels, result.yi, result.vi, strict=True)):
        own = result.conditional[place] if result.conditional else None
        rows.append([label, fixed(yi), fixed(vi), fixed(own)])
    return table(rows, words=1)
