"""A selection model as plain text, in the order in which metafor prints one."""

import math

from meta.effects.measures import MEASURES, to_natural
from meta.models.printout import estimator_words
from meta.models.results import MetaAnalysis, Options
from meta.models.text_tables import fit_table, fixed, listed, pvalue, table
from meta.selection.results import RatioTest, SelectionModel
from meta.selection.weight_functions import WEIGHT_FUNCTIONS

FAVOURED = {
    "greater": "results significantly above no effect",
    "less": "results significantly below no effect",
    "two.sided": "significant results on either side",
}


def summary(result: SelectionModel) -> str:
    """Return a printout: model, fit, heterogeneity, estimates before and after, tests, weights and notes.

    Parameters
    ----------
    result : SelectionModel

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.models.results import EffectSizes
    >>> from meta.selection.selection_model import selection_model
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.1, 0.5], vi=[0.04, 0.04])
    >>> result = selection_model(effects, "stepfun", alternative="greater", delta="severe-one-tailed")
    >>> print(summary(result).splitlines()[0])
    Selection Model: step function with given weights (k = 2; random effects, tau^2 estimator: ML)
    """
    effects = result.effects
    blocks = [
        _head(result),
        fit_table(result.fit),
        _heterogeneity(result),
        _moderators(result),
        _estimates(result),
        _tested("Test for Selection:", result.selection_test),
        _weights(result),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in effects.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _head(result: SelectionModel) -> list[str]:
    options, measure = result.options, result.effects.measure
    title = WEIGHT_FUNCTIONS[options.kind].title
    if options.name != options.kind:
        title = f"{options.name}, {title}"
    if all(one.fixed for one in result.deltas):
        title += " with given weights"
    chosen = Options(method=options.method, test="z", level=options.level, tau2=options.tau2)
    model = "common effect" if options.method == "EE" else "random effects"
    if options.method != "EE":
        model += f", {estimator_words(chosen)}"
    lines = [
        f"Selection Model: {title} (k = {result.effects.k}; {model})",
        f"Measure: {measure} ({MEASURES[measure].analysis_title}), favoured: "
        f"{FAVOURED[options.alternative]}",
    ]
    if options.prec:
        lines.append(f"Imprecision: {options.prec}, 1 for the least precise study")
    return lines


def _heterogeneity(result: SelectionModel) -> list[str]:
    if result.options.method == "EE":
        return []
    se = "" if result.tau2_se is None else f" (SE = {fixed(result.tau2_se)})"
    lines = [
        f"tau^2 (variance of true effects):  {fixed(result.tau2)}{se}",
        f"tau (its square root):             {fixed(math.sqrt(result.tau2))}",
    ]
    test = _tested("Test for Heterogeneity:", result.heterogeneity_test)
    return [*lines, "", *test] if test else lines


def _tested(title: str, test: RatioTest | None) -> list[str]:
    if test is None:
        return []
    return [
        title,
        f"LRT(df = {test.df}) = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}",
    ]


def _moderators(result: SelectionModel) -> list[str]:
    test = result.omnibus
    if test is None:
        return []
    which = f"{test.positions[0]}:{test.positions[-1]}" if test.df > 1 else f"{test.positions[0]}"
    return [
        f"Test of Moderators (coefficient{'s' if test.df > 1 else ''} {which}):",
        f"QM(df = {test.df}) = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}",
    ]


def _estimates(result: SelectionModel) -> list[str]:
    rows = [
        [
            "",
            "",
            "estimate",
            "se",
            "zval" if result.before[0].df is None else "stat",
            "pval",
            "ci.lb",
            "ci.ub",
        ]
    ]
    for after, before in zip(result.coefficients, result.before, strict=True):
        for word, one in (("unadjusted", before), ("adjusted", after)):
            rows.append(
                [
                    after.name if word == "unadjusted" else "",
                    word,
                    fixed(one.estimate),
                    fixed(one.se),
                    fixed(one.statistic),
                    pvalue(one.pvalue),
                    fixed(one.ci.low),
                    fixed(one.ci.high),
                ]
            )
    if isinstance(result.unadjusted, MetaAnalysis):
        rows = [row[1:] for row in rows]
    words = 1 if isinstance(result.unadjusted, MetaAnalysis) else 2
    title = f"Model Results ({100 * result.options.level:g}% intervals; unadjusted by "
    options = result.unadjusted.options
    lines = [f"{title}{options.method}, test {options.test}):", "", *table(rows, words=words)]
    if result.scale != "identity" and isinstance(result.unadjusted, MetaAnalysis):
        effects = result.effects
        name = MEASURES[effects.measure].title.capitalize()
        lines.append("")
        for word, one in (("unadjusted", result.before[0]), ("adjusted", result.coefficients[0])):
            values = [
                fixed(to_natural(effects.measure, value, effects.size))
                for value in (one.estimate, one.ci.low, one.ci.high)
            ]
            lines.append(f"{name}, {word}: {values[0]} [{values[1]}, {values[2]}]")
    return lines


def _weights(result: SelectionModel) -> list[str]:
    stepped = result.options.kind == "stepfun"
    first = ["", "k"] if stepped else [""]
    rows = [[*first, "estimate", "se", "zval", "pval", "ci.lb", "ci.ub"]]
    for one in result.deltas:
        name = [one.name]
        if one.interval is not None:
            name = [f"{one.interval.low:g} < p <= {one.interval.high:g}", str(one.interval.k)]
        bounds = ["---", "---"] if one.ci is None else [fixed(one.ci.low), fixed(one.ci.high)]
        tests = ["---"] * 3
        if one.se is not None:
            tests = [fixed(one.se), fixed(one.statistic), pvalue(one.pvalue)]
        rows.append([*name, fixed(one.estimate), *tests, *bounds])
    null = WEIGHT_FUNCTIONS[result.options.kind].null
    lines = [f"Selection Model Results (no selection: {null:g}):", "", *table(rows, words=1)]
    if not stepped and result.intervals:
        lines.append("")
        lines += [
            f"{one.k} {'study has' if one.k == 1 else 'studies have'} {one.words}"
            for one in result.intervals
        ]
    return lines
