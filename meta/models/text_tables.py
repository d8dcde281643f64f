"""Numbers and tables of a printout: half up to four decimals, columns aligned."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from meta.models.results import FitStatistics, Interval

_EXACT = Context(prec=400)  # enough for any float at four decimals
NOT_DEFINED = "NA"


def fixed(value: float | None, digits: int = 4) -> str:
    """Round the exact decimal half up, and print a zero without a sign.

    Parameters
    ----------
    value : float or None
    digits : int
        Decimals.

    Returns
    -------
    str
        ``NA`` for None.

    Examples
    --------
    >>> fixed(0.00005), fixed(-1e-9), fixed(None)
    ('0.0001', '0.0000', 'NA')
    """
    if value is None:
        return NOT_DEFINED
    step = Decimal(1).scaleb(-digits)
    rounded = Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP, context=_EXACT)
    return f"{rounded if rounded else abs(rounded):f}"


def pvalue(value: float | None, equals: str = "") -> str:
    """Print a p-value, a small one as ``<.0001``.

    Parameters
    ----------
    value : float or None
    equals : str
        What stands before a value that is printed, e.g. ``"= "``.

    Returns
    -------
    str

    Examples
    --------
    >>> pvalue(0.03), pvalue(1e-9), pvalue(1e-9, "= ")
    ('0.0300', '<.0001', '< .0001')
    """
    if value is not None and value < 0.0001:
        return "< .0001" if equals else "<.0001"
    return equals + fixed(value)


def interval(bounds: Interval | None) -> str:
    """Print an interval with its coverage after two spaces, or nothing.

    Parameters
    ----------
    bounds : Interval or None

    Returns
    -------
    str

    Examples
    --------
    >>> interval(Interval(low=0.0, high=1.5, level=0.95))
    '  95% [0.0000, 1.5000]'
    """
    if bounds is None:
        return ""
    return f"  {100 * bounds.level:g}% [{fixed(bounds.low)}, {fixed(bounds.high)}]"


def listed(title: str, lines: Sequence[str]) -> list[str]:
    """Return a title with its lines below it, or nothing where there are none.

    Parameters
    ----------
    title : str
    lines : sequence of str

    Returns
    -------
    list of str

    Examples
    --------
    >>> listed("Notes:", ["few studies"])
    ['Notes:', '- few studies']
    """
    return [title, *(f"- {line}" for line in lines)] if lines else []


def table(rows: Sequence[Sequence[str]], *, words: int = 0) -> list[str]:
    """Align columns: the first ones, which hold words, to the left, all others to the right.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first one is the header.
    words : int
        How many columns hold words.

    Returns
    -------
    list of str

    Examples
    --------
    >>> table([["study", "yi"], ["A", "0.1000"]], words=1)
    ['study      yi', 'A      0.1000']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def fit_table(fit: FitStatistics) -> list[str]:
    """Return fit statistics as a table of one row.

    Parameters
    ----------
    fit : FitStatistics

    Returns
    -------
    list of str
        Two lines.

    Examples
    --------
    >>> fit_table(FitStatistics(log_likelihood=-1.0, deviance=2.0, aic=4.0, bic=4.5, aicc=5.0))
    [' logLik  deviance     AIC     BIC    AICc', '-1.0000    2.0000  4.0000  4.5000  5.0000']
    """
    values = (fit.log_likelihood, fit.deviance, fit.aic, fit.bic, fit.aicc)
    return table([["logLik", "deviance", "AIC", "BIC", "AICc"], [fixed(one) for one in values]])
