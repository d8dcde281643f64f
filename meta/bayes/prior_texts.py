"""Priors as they are given: ``half-normal:0.5`` for tau, ``normal:0,2`` for mu."""

import math

from meta.bayes.priors import HalfNormal, HalfT, LogNormal, LogT, MuPrior, TauPrior, Uniform
from meta.faults import fault

FAMILIES: dict[str, tuple[str, int]] = {
    "half-normal": ("SCALE", 1),
    "half-cauchy": ("SCALE", 1),
    "half-t": ("SCALE,DF", 2),
    "uniform": ("UPPER", 1),
    "log-normal": ("MEAN,SD", 2),
    "log-t": ("LOCATION,SCALE,DF", 3),
}
"""The families by the word they are given with, what follows it, and how many numbers that is."""


def tau_prior(text: str) -> TauPrior:
    """Read a prior of tau.

    Parameters
    ----------
    text : str
        ``half-normal:SCALE``, ``half-cauchy:SCALE``, ``half-t:SCALE,DF``, ``uniform:UPPER``,
        ``log-normal:MEAN,SD`` or ``log-t:LOCATION,SCALE,DF``. Scale and bound are on the scale of the
        analysis; the last two are of ``log tau^2``.

    Returns
    -------
    TauPrior

    Raises
    ------
    InputError
        For an unknown family, another number of numbers, a scale, bound or standard deviation that is not
        positive, and degrees of freedom below 1.

    References
    ----------
    Gelman (2006), on the half-t family. doi:10.1214/06-BA117A

    Examples
    --------
    >>> tau_prior("half-normal:0.5")
    HalfNormal(scale=0.5)
    >>> tau_prior("half-t: 0.5, 4").text
    'half-t:0.5,4'
    """
    family, _, rest = text.strip().partition(":")
    family = family.strip().lower()
    if family not in FAMILIES:
        forms = ", ".join(f"{name}:{what}" for name, (what, _) in FAMILIES.items())
        raise fault(
            f"{text!r} is no prior of tau",
            f"Use {forms}, or turner:… or rhodes:… with a setting.",
            field="prior",
        )
    what, count = FAMILIES[family]
    if not rest.strip():
        missing = " without a bound is improper" if family == "uniform" else " has no numbers"
        raise fault(f"{family}{missing}", f"Write {family}:{what}.", field="prior")
    values = _numbers(text, rest, count, f"{family}:{what}", "prior")
    if family in ("log-normal", "log-t"):
        centre, spread = values[0], values[1]
        if not (math.isfinite(centre) and abs(centre) <= 100):
            raise fault(
                f"{text!r} has {centre:g} as the mean of log tau^2",
                "Give it on the logarithmic scale of the squared tau, between -100 and 100.",
                field="prior",
            )
        _positive(text, "standard deviation" if family == "log-normal" else "scale", spread)
        if spread > 20:
            raise fault(
                f"{text!r} spreads log tau^2 by {spread:g}", "Give 20 or less.", field="prior"
            )
        if family == "log-normal":
            return LogNormal(centre, spread)
        _degrees(text, values[2])
        return LogT(centre, spread, values[2])
    _positive(text, "upper bound" if family == "uniform" else "scale", values[0])
    if family == "half-normal":
        return HalfNormal(values[0])
    if family == "uniform":
        return Uniform(values[0])
    if family == "half-cauchy":
        return HalfT(values[0], 1.0)
    _degrees(text, values[1])
    return HalfT(values[0], values[1])


def mu_prior(text: str | None) -> MuPrior | None:
    """Read a prior of mu.

    Parameters
    ----------
    text : str or None
        ``normal:MEAN,SD`` on the scale of the analysis; None or ``flat`` for a flat one.

    Returns
    -------
    MuPrior or None
        None for the flat prior.

    Raises
    ------
    InputError
        For another form, a mean that is not finite, and a standard deviation that is not positive.

    References
    ----------
    Röver (2020). doi:10.18637/jss.v093.i06

    Examples
    --------
    >>> mu_prior("normal:0,2"), mu_prior("flat")
    (MuPrior(mean=0.0, sd=2.0), None)
    """
    if text is None or text.strip().lower() == "flat":
        return None
    family, _, rest = text.strip().partition(":")
    if family.strip().lower() != "normal" or not rest.strip():
        raise fault(f"{text!r} is no prior of mu", "Use normal:MEAN,SD or flat.", field="mu_prior")
    mean, sd = _numbers(text, rest, 2, "normal:MEAN,SD", "mu_prior")
    if not math.isfinite(mean):
        raise fault(f"{text!r} has {mean:g} as its mean", "A mean is finite.", field="mu_prior")
    _positive(text, "standard deviation", sd, "mu_prior")
    return MuPrior(mean, sd)


def _numbers(text: str, rest: str, count: int, form: str, field: str) -> list[float]:
    parts = [part.strip() for part in rest.split(",")]
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) != count:
        raise fault(
            f"{text!r} is not of the form {form}",
            f"Give {count} number{'s' if count > 1 else ''} with a decimal point"
            + (", a comma between them." if count > 1 else "."),
            field=field,
        )
    return values


def _positive(text: str, what: str, value: float, field: str = "prior") -> None:
    if not 1e-100 <= value <= 1e100:
        raise fault(
            f"{text!r} has {value:g} as its {what}",
            "It must be positive and finite.",
            field=field,
        )


def _degrees(text: str, df: float) -> None:
    if not 1 <= df <= 1e6:
        raise fault(
            f"{text!r} has {df:g} degrees of freedom",
            "Use 1 (the heaviest tail, half-Cauchy) to a million; half-normal is the limit.",
            field="prior",
        )
