"""One measure turned into another: odds ratio and d, d and r, odds ratio and risks; d from t and F."""

import math
from typing import Literal

from meta.effects.association import COX, LOGISTIC_SD
from meta.effects.conversions import Estimate
from meta.faults import fault

Factor = Literal["logistic", "cox"]
FACTORS: dict[str, float] = {"logistic": LOGISTIC_SD, "cox": COX}


def d_from_t(t: float, n1i: float, n2i: float) -> float:
    """Return the standardised mean difference behind a t test of two groups, ``t sqrt(1/n1i + 1/n2i)``.

    Parameters
    ----------
    t : float
        Positive where group 1 has the higher mean.
    n1i, n2i : float
        Sizes of the two groups.

    Returns
    -------
    float
        Cohen's d, not corrected for bias.

    Raises
    ------
    InputError
        If t is not finite or a size not positive.

    References
    ----------
    Hedges (1981). doi:10.3102/10769986006002107

    Examples
    --------
    >>> d_from_t(2.0, 32, 32)
    0.5
    """
    return _finite("t", t) * math.sqrt(1 / _size("n1i", n1i) + 1 / _size("n2i", n2i))


def d_from_f(f: float, n1i: float, n2i: float, *, favours_group_1: bool) -> float:
    """Return the standardised mean difference behind an F test of two groups, whose sign F has lost.

    Parameters
    ----------
    f : float
        With 1 numerator degree of freedom; 0 or more.
    n1i, n2i : float
        Sizes of the two groups.
    favours_group_1 : bool
        Whether group 1 has the higher mean.

    Returns
    -------
    float
        Cohen's d, not corrected for bias.

    Raises
    ------
    InputError
        If F is negative or not finite or a size not positive.

    References
    ----------
    Hedges (1981). doi:10.3102/10769986006002107

    Examples
    --------
    >>> d_from_f(4.0, 32, 32, favours_group_1=False)
    -0.5
    """
    if not 0 <= f < math.inf:
        raise fault(f"F is {f}", "It must be 0 or more.", field="f")
    return d_from_t(math.sqrt(f) if favours_group_1 else -math.sqrt(f), n1i, n2i)


def d_from_log_odds_ratio(yi: float, vi: float, *, factor: Factor = "logistic") -> Estimate:
    """Return the standardised mean difference that a log odds ratio stands for.

    Divided by ``pi / sqrt(3)`` (the hidden variable is logistic) or by 1.65 (Cox: normal); the variance by
    the square.

    Parameters
    ----------
    yi, vi : float
        Log odds ratio and its variance.
    factor : {"logistic", "cox"}

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        For another factor, or numbers that are not finite, or a variance that is not positive.

    References
    ----------
    Hasselblad and Hedges (1995). doi:10.1037/0033-2909.117.1.167. Sánchez-Meca, Marín-Martínez and
    Chacón-Moscoso (2003). doi:10.1037/1082-989X.8.4.448

    Examples
    --------
    >>> print("{:.6f} {:.6f}".format(*d_from_log_odds_ratio(1.65, 0.04, factor="cox")))
    1.000000 0.014692
    """
    constant = _factor(factor)
    return Estimate(_finite("yi", yi) / constant, _variance(vi) / constant**2)


def log_odds_ratio_from_d(yi: float, vi: float, *, factor: Factor = "logistic") -> Estimate:
    """Return the log odds ratio that a standardised mean difference stands for.

    The inverse of `d_from_log_odds_ratio`.

    Parameters
    ----------
    yi, vi : float
        Standardised mean difference and its variance.
    factor : {"logistic", "cox"}

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        For another factor, or numbers that are not finite, or a variance that is not positive.

    References
    ----------
    Hasselblad and Hedges (1995). doi:10.1037/0033-2909.117.1.167. Sánchez-Meca, Marín-Martínez and
    Chacón-Moscoso (2003). doi:10.1037/1082-989X.8.4.448

    Examples
    --------
    >>> print("{:.6f} {:.6f}".format(*log_odds_ratio_from_d(1.0, 0.04)))
    1.813799 0.131595
    """
    constant = _factor(factor)
    return Estimate(_finite("yi", yi) * constant, _variance(vi) * constant**2)


def r_from_d(
    yi: float, vi: float, *, n1i: float | None = None, n2i: float | None = None
) -> Estimate:
    """Return the point-biserial correlation that a standardised mean difference stands for.

    ``r = d / sqrt(d^2 + h)`` with ``h = (n1i + n2i - 2) (1/n1i + 1/n2i)``, or 4 for large groups of the same
    size; its variance by the delta method, ``h^2 / (d^2 + h)^3`` times that of d.

    Parameters
    ----------
    yi, vi : float
        Standardised mean difference and its variance.
    n1i, n2i : float, optional
        Sizes of the two groups; both or none.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        For numbers that are not finite, a variance or a size that is not positive, or one size alone.

    References
    ----------
    McGrath and Meyer (2006). doi:10.1037/1082-989X.11.4.386

    Examples
    --------
    >>> print("{:.6f} {:.6f}".format(*r_from_d(1.5, 0.25)))
    0.600000 0.016384
    """
    d, h = _finite("yi", yi), _h(n1i, n2i)
    return Estimate(d / math.sqrt(d**2 + h), _variance(vi) * h**2 / (d**2 + h) ** 3)


def d_from_r(
    yi: float, vi: float, *, n1i: float | None = None, n2i: float | None = None
) -> Estimate:
    """Return the standardised mean difference that a point-biserial correlation stands for.

    ``d = r sqrt(h / (1 - r^2))`` with h as in `r_from_d`, whose inverse it is; its variance by the delta
    method, ``h / (1 - r^2)^3`` times that of r.

    Parameters
    ----------
    yi, vi : float
        Correlation, between -1 and 1, and its variance.
    n1i, n2i : float, optional
        Sizes of the two groups; both or none.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        For a correlation that is not between -1 and 1, a variance or a size that is not positive, or one
        size alone.

    References
    ----------
    McGrath and Meyer (2006). doi:10.1037/1082-989X.11.4.386

    Examples
    --------
    >>> print("{:.6f} {:.6f}".format(*d_from_r(0.6, 0.01)))
    1.500000 0.152588
    """
    if not -1 < yi < 1:
        raise fault(f"the correlation is {yi}", "It must be between -1 and 1.", field="yi")
    h, rest = _h(n1i, n2i), 1 - yi**2
    return Estimate(yi * math.sqrt(h / rest), _variance(vi) * h / rest**3)


def risk_ratio_from_odds_ratio(odds_ratio: float, baseline_risk: float) -> float:
    """Return the risk ratio that an odds ratio means where the comparison group has this risk.

    ``OR / (1 - p + p OR)``.

    Parameters
    ----------
    odds_ratio : float
        On the natural scale, not its log; positive.
    baseline_risk : float
        The risk p in the comparison group, a fraction between 0 and 1.

    Returns
    -------
    float
        On the natural scale.

    Raises
    ------
    InputError
        If the odds ratio is not positive or the risk not between 0 and 1.

    References
    ----------
    Zhang and Yu (1998). doi:10.1001/jama.280.19.1690

    Examples
    --------
    >>> risk_ratio_from_odds_ratio(3.0, 0.5)
    1.5
    """
    if not 0 < odds_ratio < math.inf:
        raise fault(f"the odds ratio is {odds_ratio}", "It must be positive.", field="odds_ratio")
    if not 0 <= baseline_risk <= 1:
        raise fault(
            f"the baseline risk is {baseline_risk}",
            "Give a fraction between 0 and 1, e.g. 0.12 for 12 %.",
            field="baseline_risk",
        )
    return odds_ratio / (1 - baseline_risk + baseline_risk * odds_ratio)


def risk_difference_from_odds_ratio(odds_ratio: float, baseline_risk: float) -> float:
    """Return the risk difference that an odds ratio means where the comparison group has this risk.

    ``p RR - p`` with the `risk_ratio_from_odds_ratio` RR.

    Parameters
    ----------
    odds_ratio : float
        On the natural scale, not its log; positive.
    baseline_risk : float
        The risk p in the comparison group, a fraction between 0 and 1.

    Returns
    -------
    float
        A difference of fractions, not percent.

    Raises
    ------
    InputError
        If the odds ratio is not positive or the risk not between 0 and 1.

    References
    ----------
    Grant (2014). doi:10.1136/bmj.f7450

    Examples
    --------
    >>> risk_difference_from_odds_ratio(3.0, 0.5)
    0.25
    """
    return baseline_risk * risk_ratio_from_odds_ratio(odds_ratio, baseline_risk) - baseline_risk


def _factor(factor: str) -> float:
    if factor not in FACTORS:
        raise fault(f"{factor!r} is no factor", f"Use one of {', '.join(FACTORS)}.", field="factor")
    return FACTORS[factor]


def _h(n1i: float | None, n2i: float | None) -> float:
    if n1i is None and n2i is None:
        return 4.0
    if n1i is None or n2i is None:
        raise fault("only one group size is given", "Give both or none.", field="n1i, n2i")
    people = _size("n1i", n1i) + _size("n2i", n2i)
    if people <= 2:
        raise fault(f"there are {people:g} people", "There must be more than 2.", field="n1i, n2i")
    return (people - 2) * (1 / n1i + 1 / n2i)


def _finite(name: str, number: float) -> float:
    if not math.isfinite(number):
        raise fault(f"it is {number}", "Give a finite number.", field=name)
    return number


def _size(name: str, number: float) -> float:
    if not 0 < number < math.inf:
        raise fault(f"{number} is no group size", "It must be positive.", field=name)
    return number


def _variance(vi: float) -> float:
    if not 0 < vi < math.inf:
        raise fault(f"{vi} is no variance", "It must be positive and finite.", field="vi")
    return vi
