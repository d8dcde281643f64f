"""What the draws say of the net result: mean, spread, quantiles, the chance that it saves money.

Each figure comes with its Monte Carlo standard error: how far it would move with other draws, as many,
which is no part of the uncertainty that the figure describes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis, draws_of
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Note
from meta.models.text_tables import fixed, listed, table

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """A figure from draws with its Monte Carlo standard error, None where the draws give none."""

    value: float
    mcse: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """The value below which the net result is with a probability, and its Monte Carlo standard error."""

    probability: float
    value: float
    mcse: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetDistribution:
    """The distribution of a net result, in its own money.

    Parameters
    ----------
    option : str
    n : int
        Draws.
    mean, sd : Estimated
    saves : Estimated
        The probability that it is above 0.
    quantiles : tuple of Quantile
    notes : tuple of Note
    """

    option: str
    n: int
    mean: Estimated
    sd: Estimated
    saves: Estimated
    quantiles: tuple[Quantile, ...]
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        named = {"mean": self.mean, "sd": self.sd, "saves": self.saves}
        return {
            "schema_version": SCHEMA_VERSION,
            "option": self.option,
            "n": self.n,
            **{name: {"value": one.value, "mcse": one.mcse} for name, one in named.items()},
            "quantiles": [
                {"probability": one.probability, "value": one.value, "mcse": one.mcse}
                for one in self.quantiles
            ],
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text."""
        rows = [
            ["", "value", "Monte Carlo SE"],
            ["mean", fixed(self.mean.value, 2), fixed(self.mean.mcse, 2)],
            ["standard deviation", fixed(self.sd.value, 2), fixed(self.sd.mcse, 2)],
            ["P(saves money)", fixed(self.saves.value), fixed(self.saves.mcse)],
            *(
                [f"{100 * one.probability:g}% quantile", fixed(one.value, 2), fixed(one.mcse, 2)]
                for one in self.quantiles
            ),
        ]
        blocks = [
            [f"Net result of {self.option} ({self.n:,} draws)"],
            table(rows, words=1),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def share(hits: FloatArray | np.ndarray[Any, Any]) -> Estimated:
    """Return the share of draws that are hits, with its Monte Carlo standard error.

    Parameters
    ----------
    hits : ndarray
        Length n, of 0 and 1, or True and False; or any numbers, of which the mean is wanted.

    Returns
    -------
    Estimated

    Examples
    --------
    >>> share(np.array([0.0, 1.0, 1.0, 1.0])).value
    0.75
    """
    n = hits.size
    if hits.dtype == np.bool_ and n > 1:
        part = int(np.count_nonzero(hits)) / n
        return Estimated(value=part, mcse=math.sqrt(part * (1 - part) / (n - 1)))
    mean = float(hits.mean())
    spread = float(hits.std(ddof=1)) if n > 1 else None
    return Estimated(value=mean, mcse=None if spread is None else spread / math.sqrt(n))


def never_or_always(name: str, probability: float, n: int) -> list[Note]:
    """Return the note that a probability of 0 or 1 from n draws needs, if it is one.

    Parameters
    ----------
    name : str
        What happened, as words that go on after "draws".
    probability : float
    n : int

    Returns
    -------
    list of Note
        One or none.

    References
    ----------
    Hanley and Lippman-Hand (1983): the 95 % bound 3 / n. doi:10.1001/jama.1983.03330370053031

    Examples
    --------
    >>> never_or_always("save money", 0.0, 1000)[0].text
    'None of 1,000 draws save money: the probability is probably below 0.003, and not shown to be 0.'
    """
    if 0 < probability < 1:
        return []
    which, end = (("None", 0), ("All", 1))[probability == 1]
    side, bound = (("below", 3 / n), ("above", 1 - 3 / n))[probability == 1]
    text = (
        f"{which} of {n:,} draws {name}: the probability is probably {side} {bound:g}, and not shown to be "
        f"{end}."
    )
    return [Note(code="never-or-always", text=text)]


def net_distribution(
    analysis: ProbabilisticAnalysis,
    option: str | None = None,
    *,
    quantiles: Sequence[float] = QUANTILES,
) -> NetDistribution:
    """Return the distribution of an option's net result.

    The standard error of the standard deviation comes from the fourth moment. That of a quantile is half the
    distance between the order statistics one binomial standard deviation on either side of it, which needs no
    density.

    Parameters
    ----------
    analysis : ProbabilisticAnalysis
    option : str, optional
        May be left out where there is one.
    quantiles : sequence of float
        Probabilities, each above 0 and below 1.

    Returns
    -------
    NetDistribution
        In the money of the analysis.

    Raises
    ------
    InputError
        For an option that is not there and a probability outside 0 to 1.

    References
    ----------
    David and Nagaraja (2003), Order Statistics, sections 2.5 and 7.1. doi:10.1002/0471722162

    Examples
    --------
    >>> analysis = ProbabilisticAnalysis(net=[-1.0, 0.0, 2.0, 3.0], options=("ips",))
    >>> found = net_distribution(analysis, quantiles=[0.5])
    >>> found.mean.value, found.saves.value, found.quantiles[0].value
    (1.0, 0.5, 1.0)
    """
    place = analysis.column(option)
    return of_draws(analysis.net[:, place], analysis.options[place], quantiles=quantiles)


def of_draws(
    values: FloatArray, name: str, *, quantiles: Sequence[float] = QUANTILES
) -> NetDistribution:
    """Return the distribution of any money in draws, as `net_distribution` does for a net result.

    Parameters
    ----------
    values : ndarray
        Length n.
    name : str
        What they are draws of.
    quantiles : sequence of float

    Returns
    -------
    NetDistribution

    Raises
    ------
    InputError
        As `net_distribution`.

    References
    ----------
    David and Nagaraja (2003). doi:10.1002/0471722162

    Examples
    --------
    >>> of_draws(np.array([1.0, 3.0]), "payment").mean.value
    2.0
    """
    net = draws_of(values, name)
    wanted = [probability_of(one) for one in quantiles]
    n = net.size
    centred = net - net.mean()
    variance = float(centred @ centred) / (n - 1)
    sd = math.sqrt(variance)
    fourth = float((centred**4).mean())
    sd_mcse = math.sqrt(max(0.0, fourth - variance**2) / n) / (2 * sd) if sd > 0 else 0.0
    ordered = np.sort(net)
    saves = share(net > 0)
    notes = never_or_always("are above 0", saves.value, n)
    found = tuple(_quantile(ordered, one) for one in wanted)
    if any(one.mcse is None for one in found):
        text = "A quantile without a standard error lies closer to the end than the draws reach; draw more."
        notes.append(Note(code="few-draws", text=text))
    return NetDistribution(
        option=name,
        n=n,
        mean=Estimated(value=float(net.mean()), mcse=sd / math.sqrt(n)),
        sd=Estimated(value=sd, mcse=sd_mcse),
        saves=saves,
        quantiles=found,
        notes=tuple(notes),
    )


def probability_of(value: float) -> float:
    """Return a checked probability of a quantile.

    Parameters
    ----------
    value : float

    Returns
    -------
    float

    Raises
    ------
    InputError
        For a number that is not above 0 and below 1.

    Examples
    --------
    >>> probability_of(0.5)
    0.5
    """
    if not 0 < value < 1:
        raise fault(
            f"{value!r} is no probability of a quantile",
            "Give numbers above 0 and below 1.",
            field="quantiles",
        )
    return float(value)


def _quantile(ordered: FloatArray, probability: float) -> Quantile:
    """Interpolate at the place ``(n - 1) p``, as NumPy does, and one binomial deviation on either side."""
    n = ordered.size
    steps = np.arange(n)
    middle, reach = (n - 1) * probability, math.sqrt(n * probability * (1 - probability))
    low, value, high = np.interp([middle - reach, middle, middle + reach], steps, ordered)
    known = middle - reach >= 0 and middle + reach <= n - 1
    return Quantile(
        probability=probability,
        value=float(value),
        mcse=float(high - low) / 2 if known else None,
    )
