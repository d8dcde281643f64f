"""A result as plain text, in the order in which metafor prints one."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from html import escape

from scipy.special import ndtri

from meta.effects.measures import MEASURES
from meta.effects.scales import SCALES
from meta.models.results import Interval, MetaAnalysis

_EXACT = Context(prec=400)  # enough for any float at four decimals
NOT_DEFINED = "NA"


def summary(result: MetaAnalysis) -> str:
    """Return a printout: model, heterogeneity, test, estimate, studies, exclusions and notes.

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
        _heterogeneity(result),
        _model(result),
        _studies(result),
        _listed("Excluded:", [f"{one.label}: {one.reason}" for one in result.effects.excluded]),
        _listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


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
    half = -float(ndtri((1 - result.options.level) / 2))
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
                _fixed(value),
                f"[{_fixed(low)}, {_fixed(high)}]",
                _fixed(percent, 2),
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
        else f"Random-Effects Model ({k}; tau^2 estimator: {result.options.method})"
    )
    prefix = SCALES[facts.scale].prefix
    scale = f"{prefix} " if prefix else ""
    return [title, f"Measure: {measure} ({scale}{facts.title}), test: {result.options.test}"]


def _heterogeneity(result: MetaAnalysis) -> list[str]:
    found = result.heterogeneity
    lines = []
    if result.options.model == "random-effects":
        lines += [
            f"tau^2 (variance of true effects):  {_fixed(found.tau2)}{_interval(found.tau2_ci)}",
            "tau (its square root):             " + _fixed(found.tau),
        ]
    lines += [
        f"I^2 = {found.i2_definition}:  {_fixed(found.i2, 2)}{'' if found.i2 is None else '%'}",
        f"H^2 (total / sampling variability):  {_fixed(found.h2, 2)}",
        "",
        "Test for Heterogeneity:",
        f"Q(df = {found.q_df}) = {_fixed(found.q)}, p-val {_pvalue(found.q_pvalue, '= ')}",
    ]
    return lines


def _model(result: MetaAnalysis) -> list[str]:
    pooled = result.pooled
    t_based = pooled.df is not None
    names = ["estimate", "se", "tval" if t_based else "zval"]
    cells = [_fixed(pooled.estimate), _fixed(pooled.se), _fixed(pooled.statistic)]
    if t_based:
        names.append("df")
        cells.append(str(pooled.df))
    names += ["pval", "ci.lb", "ci.ub"]
    cells += [_pvalue(pooled.pvalue, ""), _fixed(pooled.ci.low), _fixed(pooled.ci.high)]
    lines = [f"Model Results ({100 * result.options.level:g}% intervals):", ""]
    lines += _table([names, cells])
    if result.prediction:
        quantile = "normal" if result.prediction_df is None else f"t, df = {result.prediction_df}"
        lines += ["", f"Prediction interval ({quantile}):{_interval(result.prediction)}"]
    if result.scale != "identity":
        natural = result.to_dict()["natural"]
        low, high = _fixed(natural["ci_low"]), _fixed(natural["ci_high"])
        title = MEASURES[result.effects.measure].title.capitalize()
        lines += ["", f"{title}: {_fixed(natural['estimate'])} [{low}, {high}]"]
        if result.prediction:
            low, high = _fixed(natural["pi_low"]), _fixed(natural["pi_high"])
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
    return _table(
        [
            ["study", "yi", "vi", "weight"],
            *(
                [label, _fixed(yi), _fixed(vi), f"{_fixed(weight, 2)}%"]
                for label, yi, vi, weight in rows
            ),
        ]
    )


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *(f"- {line}" for line in lines)] if lines else []


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align columns: the first to the left if it holds words, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    words = rows[0][0] == "study"
    return [
        "  ".join(
            cell.ljust(width) if words and place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f"  {100 * interval.level:g}% [{_fixed(interval.low)}, {_fixed(interval.high)}]"


def _pvalue(pvalue: float | None, equals: str) -> str:
    if pvalue is not None and pvalue < 0.0001:
        return "< .0001" if equals else "<.0001"
    return equals + _fixed(pvalue)


def _fixed(value: float | None, digits: int = 4) -> str:
    """Round the exact decimal half up, and print a zero without a sign."""
    if value is None:
        return NOT_DEFINED
    step = Decimal(1).scaleb(-digits)
    rounded = Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP, context=_EXACT)
    return f"{rounded if rounded else abs(rounded):f}"
