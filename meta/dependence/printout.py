"""A multilevel model as plain text, in the order in which metafor prints one."""

from meta.dependence.random_terms import Crossing
from meta.dependence.results import MultilevelModel
from meta.effects.measures import MEASURES
from meta.models.text_tables import fit_table, fixed, interval, listed, pvalue, table
from meta.moderators.results import Coefficient


def summary(result: MultilevelModel) -> str:
    """Return a printout: model, fit, components, heterogeneity, tests, coefficients, studies and notes.

    Parameters
    ----------
    result : MultilevelModel

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.dependence.multilevel import multilevel
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 4], vi=[1, 1, 1, 1])
    >>> result = multilevel(effects, "~ 1 | study", {"study": ["s", "s", "t", "t"]})
    >>> print(summary(result).splitlines()[0])
    Multivariate Meta-Analysis Model (k = 4; method: REML)
    """
    effects = result.design.effects
    blocks = [
        _head(result),
        fit_table(result.fit_reml if result.options.method == "REML" else result.fit_ml),
        *_components(result),
        _heterogeneity(result),
        _omnibus(result),
        _results(result),
        _studies(result),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in effects.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _head(result: MultilevelModel) -> list[str]:
    options, measure = result.options, result.design.effects.measure
    test = options.test if options.test == "z" else f"t ({options.df} degrees of freedom)"
    lines = [
        f"Multivariate Meta-Analysis Model (k = {result.design.k}; method: {options.method})",
        f"Measure: {measure} ({MEASURES[measure].analysis_title}), test: {test}",
        f"V: {result.sampling.description}",
    ]
    for name, levels in result.design.levels.items():
        lines.append(f"Reference level of {name}: {levels[0]} (of {', '.join(levels)})")
    return lines


def _components(result: MultilevelModel) -> list[list[str]]:
    intercepts = [one for one in result.components if one.kind == "sigma2"]
    blocks = []
    if intercepts:
        rows = [["", "estim", "sqrt", "nlvls", "factor"]]
        rows += [
            [one.name, fixed(one.value), _root(one.value), str(one.groups), one.term]
            for one in intercepts
        ]
        blocks.append(["Variance Components:", "", *table(rows, words=1)])
    for term in result.terms:
        if not isinstance(term, Crossing):
            continue
        lines = [
            f"outer factor: {term.outer.name} (nlvls = {term.outer.size})",
            f"inner factor: {term.inner.name} (nlvls = {term.inner.size}), struct: {term.kind}",
            "",
        ]
        rows = [["", "estim", "sqrt", "level"]]
        rows += [
            [
                one.name,
                fixed(one.value),
                "" if one.kind == "rho" else _root(one.value),
                ", ".join(one.levels),
            ]
            for one in result.components
            if one.term == term.name and one.kind != "sigma2"
        ]
        blocks.append([*lines, *table(rows, words=1)])
    return blocks


def _root(value: float | None) -> str:
    return fixed(None if value is None else value**0.5)


def _heterogeneity(result: MultilevelModel) -> list[str]:
    lines = [
        f"I^2 of {one.term} (share of the total variance):  {fixed(one.percent, 2)}%"
        for one in result.i2
    ]
    if len(result.i2) > 1:
        lines.append(f"I^2 (total):  {fixed(result.i2_total, 2)}%")
    residual = "" if result.pooled else "Residual "
    name = "Q" if result.pooled else "QE"
    return [
        *lines,
        *([""] if lines else []),
        f"Test for {residual}Heterogeneity:",
        f"{name}(df = {result.q_df}) = {fixed(result.q)}, p-val {pvalue(result.q_pvalue, '= ')}",
    ]


def _omnibus(result: MultilevelModel) -> list[str]:
    test = result.omnibus
    if result.pooled:
        return []
    which = f"{test.positions[0]}:{test.positions[-1]}" if test.df > 1 else f"{test.positions[0]}"
    name = f"QM(df = {test.df})" if test.df2 is None else f"F(df1 = {test.df}, df2 = {test.df2})"
    return [
        f"Test of Moderators (coefficient{'s' if test.df > 1 else ''} {which}):",
        f"{name} = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}",
    ]


def _results(result: MultilevelModel) -> list[str]:
    t_based = result.options.test == "t"
    head = ["", "estimate", "se", *(["tval", "df"] if t_based else ["zval"]), "pval"]
    rows = [[*head, "ci.lb", "ci.ub"], *(_row(one) for one in result.coefficients)]
    lines = [f"Model Results ({100 * result.options.level:g}% intervals):", ""]
    lines += table(rows, words=1)
    if result.prediction:
        df = result.coefficients[0].df
        quantile = "normal" if df is None else f"t, df = {df}"
        lines += ["", f"Prediction interval ({quantile}):{interval(result.prediction)}"]
    if result.pooled and result.scale != "identity":
        natural = result.natural
        low, high = fixed(natural["ci_low"]), fixed(natural["ci_high"])
        title = MEASURES[result.design.effects.measure].title.capitalize()
        lines += ["", f"{title}: {fixed(natural['estimate'])} [{low}, {high}]"]
        if result.prediction:
            low, high = fixed(natural["pi_low"]), fixed(natural["pi_high"])
            lines[-1] += f", prediction interval [{low}, {high}]"
    return lines


def _row(one: Coefficient) -> list[str]:
    return [
        one.name,
        fixed(one.estimate),
        fixed(one.se),
        fixed(one.statistic),
        *([] if one.df is None else [str(one.df)]),
        pvalue(one.pvalue),
        fixed(one.ci.low),
        fixed(one.ci.high),
    ]


def _studies(result: MultilevelModel) -> list[str]:
    studies = result.to_dict()["studies"]
    grouped = any(one["group"] is not None for one in studies)
    rows = [["study", *(["group"] if grouped else []), "yi", "vi", "weight"]]
    rows += [
        [
            one["label"],
            *([one["group"]] if grouped else []),
            fixed(one["yi"]),
            fixed(one["vi"]),
            f"{fixed(one['weight_percent'], 2)}%",
        ]
        for one in studies
    ]
    return table(rows, words=2 if grouped else 1)
