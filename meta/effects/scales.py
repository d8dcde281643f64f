"""Scales of analysis, and the way from each of them back to the natural scale of a measure."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from meta.faults import fault

Scale = Literal[
    "identity",
    "log",
    "logit",
    "fisher-z",
    "arcsine",
    "double-arcsine",
    "root",
    "double-root",
    "bonett",
    "hakstian-whalen",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleFacts:
    """One row of the table of scales.

    Parameters
    ----------
    prefix : str
        Words that go before a measure's title where values are on this scale, e.g. ``log`` (risk ratio).
    inverse : callable
        From a value on the scale, and a size, to the natural scale. May raise OverflowError.
    needs_size : bool
        Whether the inverse depends on a number of people or a person-time.
    """

    prefix: str
    inverse: Callable[[float, float], float]
    needs_size: bool = False


def inverse_logit(value: float) -> float:
    """Return ``1 / (1 + exp(-value))``, exact to the last digit at both ends.

    Parameters
    ----------
    value : float
        A log odds.

    Returns
    -------
    float
        A proportion.

    References
    ----------
    Stijnen, Hamza and Özdemir (2010). doi:10.1002/sim.4040

    Examples
    --------
    >>> inverse_logit(0.0), inverse_logit(-800.0)
    (0.5, 0.0)
    """
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    odds = math.exp(value)
    return odds / (1 + odds)


def inverse_arcsine(value: float) -> float:
    """Return ``sin(value)^2``; a value outside 0 to pi / 2 is brought to the nearer end.

    Parameters
    ----------
    value : float
        In radians.

    Returns
    -------
    float
        A proportion.

    References
    ----------
    Rücker, Schwarzer, Carpenter and Olkin (2009). doi:10.1002/sim.3511

    Examples
    --------
    >>> inverse_arcsine(-0.1), inverse_arcsine(2.0)
    (0.0, 1.0)
    """
    return math.sin(min(max(value, 0.0), math.pi / 2)) ** 2


def inverse_double_arcsine(value: float, size: float) -> float:
    """Return the proportion whose double arcsine among ``size`` people is ``value``.

    ``(1 - sign(cos 2x) sqrt(1 - (s + (s - 1/s) / size)^2)) / 2`` with ``s = sin 2x``; a value beyond the
    transformation of 0 or 1 is brought to 0 or 1.

    Parameters
    ----------
    value : float
        In radians.
    size : float
        Number of people; for a pooled value the harmonic mean over the studies.

    Returns
    -------
    float
        A proportion.

    References
    ----------
    Miller (1978). doi:10.1080/00031305.1978.10479283

    Examples
    --------
    >>> print(f"{inverse_double_arcsine(math.pi / 4, 20.0):.6f}")
    0.500000
    >>> inverse_double_arcsine(0.0, 20.0), inverse_double_arcsine(1.6, 20.0)
    (0.0, 1.0)
    """
    none = math.asin(math.sqrt(1 / (size + 1))) / 2  # the double arcsine of nobody
    if value <= none:
        return 0.0
    if value >= math.pi / 2 - none:
        return 1.0
    s = math.sin(2 * value)
    inner = 1 - (s + (s - 1 / s) / size) ** 2
    return (1 - math.copysign(math.sqrt(max(inner, 0.0)), math.cos(2 * value))) / 2


def inverse_root(value: float) -> float:
    """Return ``value^2``; a value below 0 is brought to 0.

    Parameters
    ----------
    value : float
        The square root of a rate.

    Returns
    -------
    float
        A rate.

    References
    ----------
    Freeman and Tukey (1950). doi:10.1214/aoms/1177729756

    Examples
    --------
    >>> inverse_root(0.5), inverse_root(-0.5)
    (0.25, 0.0)
    """
    return max(value, 0.0) ** 2


def inverse_double_root(value: float, size: float) -> float:
    """Return the rate whose Freeman-Tukey transformation over ``size`` units of time is ``value``.

    ``(value - 1 / (4 size value))^2``; a value below the transformation of 0 is brought to 0.

    Parameters
    ----------
    value : float
        A transformed rate.
    size : float
        Person-time; for a pooled value the harmonic mean over the studies.

    Returns
    -------
    float
        A rate.

    References
    ----------
    Freeman and Tukey (1950). doi:10.1214/aoms/1177729756

    Examples
    --------
    >>> print(f"{inverse_double_root((0.3 + 0.1**0.5) / 2, 100.0):.6f}")
    0.090000
    >>> inverse_double_root(0.01, 100.0)
    0.0
    """
    if value <= math.sqrt(1 / size) / 2:
        return 0.0
    return (value - 1 / (4 * size * value)) ** 2


def inverse_bonett(value: float) -> float:
    """Return ``1 - exp(-value)``; a value below 0 is brought to 0, as in metafor.

    Parameters
    ----------
    value : float
        Bonett's transformation of an alpha.

    Returns
    -------
    float
        An alpha.

    References
    ----------
    Bonett (2002). doi:10.3102/10769986027004335

    Examples
    --------
    >>> inverse_bonett(math.log(2)), inverse_bonett(-1.0)
    (0.5, 0.0)
    """
    return -math.expm1(-max(value, 0.0))


def inverse_hakstian_whalen(value: float) -> float:
    """Return ``1 - (1 - value)^3``; a value outside 0 to 1 is brought to the nearer end, as in metafor.

    Parameters
    ----------
    value : float
        Hakstian and Whalen's transformation of an alpha.

    Returns
    -------
    float
        An alpha.

    References
    ----------
    Hakstian and Whalen (1976). doi:10.1007/BF02291840

    Examples
    --------
    >>> inverse_hakstian_whalen(0.5), inverse_hakstian_whalen(-1.0)
    (0.875, 0.0)
    """
    return 1 - (1 - min(max(value, 0.0), 1.0)) ** 3


SCALES: Mapping[Scale, ScaleFacts] = {
    "identity": ScaleFacts(prefix="", inverse=lambda value, _: value),
    "log": ScaleFacts(prefix="log", inverse=lambda value, _: math.exp(value)),
    "logit": ScaleFacts(prefix="logit of the", inverse=lambda value, _: inverse_logit(value)),
    "fisher-z": ScaleFacts(prefix="Fisher's z of the", inverse=lambda value, _: math.tanh(value)),
    "arcsine": ScaleFacts(
        prefix="arcsine square root of the", inverse=lambda value, _: inverse_arcsine(value)
    ),
    "double-arcsine": ScaleFacts(
        prefix="double arcsine of the", inverse=inverse_double_arcsine, needs_size=True
    ),
    "root": ScaleFacts(prefix="square root of the", inverse=lambda value, _: inverse_root(value)),
    "double-root": ScaleFacts(
        prefix="Freeman-Tukey root of the", inverse=inverse_double_root, needs_size=True
    ),
    "bonett": ScaleFacts(
        prefix="Bonett's transformation of", inverse=lambda value, _: inverse_bonett(value)
    ),
    "hakstian-whalen": ScaleFacts(
        prefix="Hakstian and Whalen's transformation of",
        inverse=lambda value, _: inverse_hakstian_whalen(value),
    ),
}


def natural_value(scale: Scale, value: float, size: float | None = None) -> float | None:
    """Take a value from a scale of analysis to the natural scale.

    Parameters
    ----------
    scale : str
        A key of `SCALES`.
    value : float
    size : float, optional
        Number of people, or person-time; needed by the double arcsine and the double root.

    Returns
    -------
    float or None
        None where it is too large for a float.

    Raises
    ------
    InputError
        If the scale needs a size and none is given, or the size is not positive.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> natural_value("log", 0.0), natural_value("root", 0.5), natural_value("log", 800.0)
    (1.0, 0.25, None)
    """
    facts = SCALES[scale]
    if facts.needs_size and not (size is not None and 0 < size < math.inf):
        raise fault(
            f"the way back from the {scale} scale depends on the size of a study, and it is {size}",
            "Give a number of people or a person-time; for a pooled value the harmonic mean.",
            field="size",
        )
    try:
        return facts.inverse(value, size or math.nan)
    except OverflowError:
        return None
