"""A meta-regression as plain text, in the order in which metafor prints one."""

from meta.effects.measures import MEASURES
from meta.models.printout import estimator_words, fit_lines
from meta.models.text_tables import fixed, interval, listed, pvalue, table
from meta.moderators.results import MetaRegression


def summary(result: MetaRegression) -> str:
    """Return a printout: model, fit, heterogeneity, tests, coefficients, studies, exclusions and notes.

    Parameters
    ----------
    result : MetaRegression

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.moderators.regression import regress
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    >>> print(summary(result).splitlines()[0])
    Fixed-Effects with Moderators Model (k = 3)
    """
    effects = result.design.effects
    blocks = [
        _head(result),
        fit_lines(result.options, result.fit_ml, result.fit_reml),
        _heterogeneity(result),
        _omnibus(result),
        _coefficients(result),
        _studies(result),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in effects.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _head(result: MetaRegression) -> list[str]:
    options, measure = result.options, result.design.effects.measure
    facts, k = MEASURES[measure], f"k = {result.design.k}"
    title = (
        f"Fixed-Effects with Moderators Model ({k})"
        if options.model == "common-effect"
        else f"Mixed-Effects Model ({k}; {estimator_words(options)})"
    )
    lines = [title, f"Measure: {measure} ({facts.analysis_title}), test: {options.test}"]
    for name, levels in result.design.levels.items():
        lines.append(f"Reference level of {name}: {levels[0]} (of {', '.join(levels)})")
    return lines


def _heterogeneity(result: MetaRegression) -> list[str]:
    found, lines = result.heterogeneity, []
    if result.options.model == "random-effects":
        lines += [
            f"tau^2 (variance left unexplained):  {fixed(found.tau2)}{interval(found.tau2_ci)}",
            f"tau (its square root):              {fixed(found.tau)}",
        ]
    lines += [
        f"I^2 = {found.i2_definition}:  {fixed(found.i2, 2)}%",
        f"H^2 (unaccounted / sampling variability):  {fixed(found.h2, 2)}",
    ]
    if result.r2 is not None:
        lines.append(f"R^2 (heterogeneity accounted for):  {fixed(result.r2, 2)}%")
    return [
        *lines,
        "",
        "Test for Residual Heterogeneity:",
        f"QE(df = {found.q_df}) = {fixed(found.q)}, p-val {pvalue(found.q_pvalue, '= ')}",
    ]


def _omnibus(result: MetaRegression) -> list[str]:
    test = result.omnibus
    which = f"{test.positions[0]}:{test.positions[-1]}" if test.df > 1 else f"{test.positions[0]}"
    name = f"QM(df = {test.df})" if test.df2 is None else f"F(df1 = {test.df}, df2 = {test.df2})"
    return [
        f"Test of Moderators (coefficient{'s' if test.df > 1 else ''} {which}):",
        f"{name} = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}",
    ]


def _coefficients(result: MetaRegression) -> list[str]:
    t_based = result.df is not None
    head = ["", "estimate", "se", *(["tval", "df"] if t_based else ["zval"]), "pval"]
    rows = [[*head, "ci.lb", "ci.ub"]]
    for one in result.coefficients:
        middle = [str(one.df)] if t_based else []
        rows.append(
            [
                one.name,
                fixed(one.estimate),
                fixed(one.se),
                fixed(one.statistic),
                *middle,
                pvalue(one.pvalue),
                fixed(one.ci.low),
                fixed(one.ci.high),
            ]
        )
    return [
        f"Model Results ({100 * result.options.level:g}% intervals):",
        "",
        *table(rows, words=1),
    ]


def _studies(result: MetaRegression) -> list[str]:
    effects = result.design.effects
    rows = [["study", "yi", "vi", "weight", "fitted", "ci.lb", "ci.ub"]]
    for label, yi, vi, weight, one in zip(
        effects.labels,
        effects.yi.tolist(),
        effects.vi.tolist(),
        result.weights_percent.tolist(),
        result.fitted,
        strict=True,
    ):
        rows.append(
            [
                label,
                fixed(yi),
                fixed(vi),
                f"{fixed(weight, 2)}%",
                fixed(one.estimate),
                fixed(one.ci.low),
                fixed(one.ci.high),
            ]
        )
    return table(rows, words=1)
