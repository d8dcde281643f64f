"""What drives the net result: one parameter at a time between two quantiles, and shares of the variance."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costing.probabilistic_analysis import (
    FloatArray,
    NetFunction,
    ProbabilisticAnalysis,
    evaluated,
)
from costing.smoothing import smooth
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Note
from meta.models.text_tables import fixed, listed, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The net result at a low and a high quantile of one parameter, all others at their means.

    Parameters
    ----------
    name : str
    low, high : float
        The quantiles of the parameter.
    net_low, net_high : float
        The net result there.
    """

    name: str
    low: float
    high: float
    net_low: float
    net_high: float

    @property
    def width(self) -> float:
        """How far the net results are apart."""
        return abs(self.net_high - self.net_low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """Drivers one at a time, the widest first.

    Parameters
    ----------
    between : tuple of float
        The two probabilities of the quantiles.
    base : float
        The net result with all parameters at their means.
    mean : float
        The mean net result over the draws.
    bars : tuple of Bar
    notes : tuple of Note
    """

    between: tuple[float, float]
    base: float
    mean: float
    bars: tuple[Bar, ...]
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "between": list(self.between),
            "base": self.base,
            "mean": self.mean,
            "bars": [
                {
                    "name": one.name,
                    "low": one.low,
                    "high": one.high,
                    "net_low": one.net_low,
                    "net_high": one.net_high,
                }
                for one in self.bars
            ],
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text."""
        low, high = (f"{100 * one:g}%" for one in self.between)
        rows = [["", f"at {low}", f"at {high}", "net result", "net result", "apart"]]
        rows.extend(
            [
                one.name,
                fixed(one.low),
                fixed(one.high),
                fixed(one.net_low, 2),
                fixed(one.net_high, 2),
                fixed(one.width, 2),
            ]
            for one in self.bars
        )
        blocks = [
            [f"Drivers one at a time; net result {fixed(self.base, 2)} with all at their means"],
            table(rows, words=1),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def tornado(
    net: NetFunction,
    parameters: ProbabilisticAnalysis,
    *,
    between: tuple[float, float] = (0.05, 0.95),
) -> Tornado:
    """Return how far the net result moves with each parameter, all others at their means.

    Parameters
    ----------
    net : callable
        From parameters by name, arrays of one length, to net results.
    parameters : ProbabilisticAnalysis
        Its draws; its net results are not read.
    between : tuple of float
        Probabilities of the two quantiles, the lower first.

    Returns
    -------
    Tornado

    Raises
    ------
    InputError
        For probabilities that are not in order within 0 to 1, no parameters, and a net function that gives
        something else than one number for each entry.

    References
    ----------
    Howard (1988). doi:10.1287/mnsc.34.6.679

    Examples
    --------
    >>> draws = {"effect": [0.0, 1.0], "cost": [4.0, 6.0]}
    >>> analysis = ProbabilisticAnalysis(net=[0.0, 0.0], options=("ips",), parameters=draws)
    >>> found = tornado(lambda one: 10 * one["effect"] - one["cost"], analysis, between=(0.0, 1.0))
    >>> [(one.name, one.width) for one in found.bars]
    [('effect', 10.0), ('cost', 2.0)]
    """
    low, high = between
    if not 0 <= low < high <= 1:
        raise fault(
            f"the quantiles are {low!r} and {high!r}",
            "Give two probabilities from 0 to 1, the lower first.",
            field="between",
        )
    draws = parameters.parameters
    names = list(draws)
    if not names:
        raise fault("the analysis has no parameters", "Give draws of them.", field="parameters")
    ends = {name: np.quantile(one, [low, high]) for name, one in draws.items()}
    points = {name: np.full(2 * len(names) + 1, one.mean()) for name, one in draws.items()}
    for place, name in enumerate(names):
        points[name][2 * place + 1 : 2 * place + 3] = ends[name]
    found = evaluated(net, points)
    bars = [
        Bar(
            name=name,
            low=float(ends[name][0]),
            high=float(ends[name][1]),
            net_low=float(found[2 * place + 1]),
            net_high=float(found[2 * place + 2]),
        )
        for place, name in enumerate(names)
    ]
    over_draws = evaluated(net, draws)
    mean, base = float(over_draws.mean()), float(found[0])
    notes = []
    error = float(over_draws.std(ddof=1)) / over_draws.size**0.5
    if abs(mean - base) > 4 * error + 1e-9 * abs(base):
        text = (
            f"The mean net result over the draws is {fixed(mean, 2)}, not that with all at their means: "
            "the net result bends, or parameters are correlated, and bars one at a time do not show it."
        )
        notes.append(Note(code="bends", text=text))
    return Tornado(
        between=(float(low), float(high)),
        base=base,
        mean=mean,
        bars=tuple(sorted(bars, key=lambda one: -one.width)),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceShare:
    """The share of the net result's variance that knowing one parameter would take away."""

    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceShares:
    """Shares of the variance of one option's net result, the largest first.

    Parameters
    ----------
    option : str
    against : str or None
        The option whose net result was taken off.
    shares : tuple of VarianceShare
    rest : float or None
        1 less all shares: what parameters do together and what is none of them. None where parameters are
        correlated, so that shares overlap and have no sum.
    notes : tuple of Note
    """

    option: str
    against: str | None
    shares: tuple[VarianceShare, ...]
    rest: float | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the shares in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "option": self.option,
            "against": self.against,
            "shares": [{"name": one.name, "share": one.share} for one in self.shares],
            "rest": self.rest,
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return the shares as plain text."""
        whole = self.option if self.against is None else f"{self.option} less {self.against}"
        rows = [
            ["", "share of the variance"],
            *([one.name, fixed(one.share)] for one in self.shares),
        ]
        if self.rest is not None:
            rows.append(["together, and the rest", fixed(self.rest)])
        blocks = [
            [f"What the net result of {whole} varies with"],
            table(rows, words=1),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def variance_shares(
    analysis: ProbabilisticAnalysis, option: str | None = None, *, against: str | None = None
) -> VarianceShares:
    """Return the share of the variance that each parameter would take away if it were known.

    It is Sobol's index of the first order, ``Var(E[net | x]) / Var(net)``, with the expectation from the
    regression that EVPPI rests on. Rank correlations, the usual other measure, miss what is not monotone and
    have no meaning as shares. The index is reduced by what as many degrees of freedom would explain of noise;
    a share that is below 0 after that is 0.

    Parameters
    ----------
    analysis : ProbabilisticAnalysis
        500 draws or more.
    option : str, optional
        May be left out where there is one.
    against : str, optional
        An option whose net result is taken off first.

    Returns
    -------
    VarianceShares
        Parameters that do not vary are left out.

    Raises
    ------
    InputError
        For an option that is not there, a net result that does not vary, and fewer than 500 draws.

    References
    ----------
    Sobol (2001). doi:10.1016/S0378-4754(00)00270-6. From given draws: Plischke, Borgonovo and Smith (2013).
    doi:10.1016/j.ejor.2012.11.047

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = {"a": rng.normal(size=20_000), "b": rng.normal(size=20_000)}
    >>> net = 3 * draws["a"] + 4 * draws["b"]
    >>> found = variance_shares(ProbabilisticAnalysis(net=net, options=("ips",), parameters=draws))
    >>> [(one.name, round(one.share, 1)) for one in found.shares]
    [('b', 0.6), ('a', 0.4)]
    """
    net = analysis.net[:, analysis.column(option)]
    if against is not None:
        net = net - analysis.net[:, analysis.column(against)]
    spread = float(net.var())
    if not spread > 0:
        raise fault(
            "the net result does not vary", "There is nothing to share out.", field="option"
        )
    varying = {name: one for name, one in analysis.parameters.items() if one.min() < one.max()}
    shares = [
        VarianceShare(name=name, share=_first_order(one, net, spread))
        for name, one in varying.items()
    ]
    notes = []
    related = _related(list(varying.values()))
    if related:
        text = (
            "Parameters are correlated: each share has in it what the parameter tells of others, and the "
            "shares have no sum."
        )
        notes.append(Note(code="correlated", text=text))
    return VarianceShares(
        option=analysis.options[analysis.column(option)],
        against=against,
        shares=tuple(sorted(shares, key=lambda one: -one.share)),
        rest=None if related else 1 - sum(one.share for one in shares),
        notes=tuple(notes),
    )


def _first_order(draws: FloatArray, net: FloatArray, spread: float) -> float:
    found = smooth({"x": draws}, net[:, None])
    left = float(((net - found.fitted[:, 0]) ** 2).mean()) / spread
    n = net.size
    adjusted = 1 - left * (n - 1) / max(1.0, n - float(found.df[0]))
    return min(1.0, max(0.0, adjusted))


def _related(draws: list[FloatArray]) -> bool:
    """Return whether two parameters have a correlation beyond what independent draws show."""
    if len(draws) < 2:
        return False
    others = np.triu(np.corrcoef(draws), k=1)
    return bool(np.abs(others).max() > 5 / draws[0].size ** 0.5)
