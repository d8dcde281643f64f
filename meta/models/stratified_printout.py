"""A Mantel-Haenszel or Peto analysis as plain text, in the order in which metafor prints one."""

from meta.effects.measures import MEASURES
from meta.models.stratified import StratifiedAnalysis
from meta.models.stratified_tables import ChiSquareTest
from meta.models.text_tables import fixed, listed, pvalue, table

TITLES = {"MH": "Mantel-Haenszel", "Peto": "Peto"}


def summary(result: StratifiedAnalysis) -> str:
    """Return a printout: method, heterogeneity, estimate, tests of association, studies, notes.

    Parameters
    ----------
    result : StratifiedAnalysis

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.models.stratified import mantel_haenszel
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> print(summary(mantel_haenszel("OR", trials)).splitlines()[0])
    Common-Effect Model (k = 2; Mantel-Haenszel)
    """
    facts = MEASURES[result.measure]
    blocks = [
        [
            f"Common-Effect Model (k = {result.k}; {TITLES[result.method]})",
            f"Measure: {result.measure} ({facts.analysis_title}), test: z",
        ],
        _heterogeneity(result),
        _estimate(result),
        _tests(result),
        table(
            [
                ["study", "weight"],
                *(
                    [label, f"{fixed(weight, 2)}%"]
                    for label, weight in zip(result.labels, result.weights.tolist(), strict=True)
                ),
            ],
            words=1,
        ),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in result.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _heterogeneity(result: StratifiedAnalysis) -> list[str]:
    percent = "" if result.i2 is None else "%"
    return [
        f"I^2 = (Q - df) / Q:  {fixed(result.i2, 2)}{percent}",
        f"H^2 (total / sampling variability):  {fixed(result.h2, 2)}",
        "",
        "Test for Heterogeneity:",
        _shown("Q", result.heterogeneity),
    ]


def _estimate(result: StratifiedAnalysis) -> list[str]:
    natural = result.to_dict()["natural"]
    lines = [
        f"Model Results ({100 * result.ci.level:g}% intervals):",
        "",
        *table(
            [
                ["estimate", "se", "zval", "pval", "ci.lb", "ci.ub"],
                [
                    fixed(result.estimate),
                    fixed(result.se),
                    fixed(result.statistic),
                    pvalue(result.pvalue),
                    fixed(result.ci.low),
                    fixed(result.ci.high),
                ],
            ]
        ),
    ]
    if result.scale != "identity":
        low, high = fixed(natural["ci_low"]), fixed(natural["ci_high"])
        title = MEASURES[result.measure].title.capitalize()
        lines += ["", f"{title}: {fixed(natural['estimate'])} [{low}, {high}]"]
    return lines


def _tests(result: StratifiedAnalysis) -> list[str]:
    named = {
        "Cochran-Mantel-Haenszel Test:": result.mantel_haenszel,
        "Breslow-Day Test for Heterogeneity:": result.breslow_day,
        "Tarone's Test for Heterogeneity:": result.tarone,
    }
    return [f"{name}  {_shown('X^2', test)}" for name, test in named.items() if test is not None]


def _shown(name: str, test: ChiSquareTest | None) -> str:
    if test is None:
        return f"{name} = NA"
    return f"{name}(df = {test.df}) = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}"
