"""A subgroup analysis as plain text: the subgroups, their differences, then all studies together."""

from meta.models.text_tables import fixed, interval, listed, pvalue, table
from meta.moderators.subgroups import Subgroup, SubgroupAnalysis


def summary(result: SubgroupAnalysis) -> str:
    """Return a printout.

    Parameters
    ----------
    result : SubgroupAnalysis

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    References
    ----------
    Borenstein and Higgins (2013). doi:10.1007/s11121-013-0377-7

    Examples
    --------
    >>> from meta.models.results import EffectSizes
    >>> from meta.moderators.subgroups import subgroups
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[1, 3, 7, 9], vi=[2, 2, 2, 2])
    >>> result = subgroups(effects, "place", ["x", "x", "y", "y"], method="EE", test="z")
    >>> print(summary(result).splitlines()[0])
    Subgroups by place
    """
    blocks = [
        _head(result),
        _groups(result),
        _differences(result),
        listed("Notes on the subgroups:", [note.text for note in result.notes]),
        ["All studies together:", "", result.overall.summary()],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _head(result: SubgroupAnalysis) -> list[str]:
    title = f"Subgroups by {result.name}"
    if result.overall.options.model == "common-effect":
        return [title]
    if result.within is None:
        return [f"{title} (each with its own tau^2)"]
    found = result.within.heterogeneity
    return [
        f"{title} (one tau^2 for all)",
        "",
        f"tau^2 within subgroups:  {fixed(found.tau2)}{interval(found.tau2_ci)}",
        f"I^2 within subgroups:    {fixed(found.i2, 2)}%",
        f"R^2 (heterogeneity accounted for):  {fixed(result.within.r2, 2)}%",
        f"QE(df = {found.q_df}) = {fixed(found.q)}, p-val {pvalue(found.q_pvalue, '= ')}",
    ]


def _groups(result: SubgroupAnalysis) -> list[str]:
    t_based = any(group.df is not None for group in result.groups)
    separate = result.within is None
    head = [result.name, "k", "estimate", "se", *(["tval", "df"] if t_based else ["zval"]), "pval"]
    head += ["ci.lb", "ci.ub", *(["tau2", "I2", "Q"] if separate else [])]
    return table([head, *(_row(one, t_based=t_based) for one in result.groups)], words=1)


def _row(group: Subgroup, *, t_based: bool) -> list[str]:
    cells = [
        group.level,
        str(group.k),
        fixed(group.estimate),
        fixed(group.se),
        fixed(group.statistic),
    ]
    if t_based:
        cells.append("z" if group.df is None else str(group.df))
    cells += [pvalue(group.pvalue), fixed(group.ci.low), fixed(group.ci.high)]
    if group.analysis:
        found = group.analysis.heterogeneity
        percent = "" if found.i2 is None else "%"
        cells += [fixed(found.tau2), f"{fixed(found.i2, 2)}{percent}", fixed(found.q)]
    return cells


def _differences(result: SubgroupAnalysis) -> list[str]:
    test = result.between
    name = f"QM(df = {test.df})" if test.df2 is None else f"F(df1 = {test.df}, df2 = {test.df2})"
    return [
        "Test for Subgroup Differences:",
        f"{name} = {fixed(test.statistic)}, p-val {pvalue(test.pvalue, '= ')}",
    ]
