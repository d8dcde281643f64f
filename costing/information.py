"""The value of information: what it is worth to know more before the decision is taken.

Without more information the option with the highest mean net result is chosen. Perfect information would
find the best option of each draw (EVPI); information on some parameters alone, the best option given these
(EVPPI). No study can be worth more than the perfect information on what it measures.

Values are in the money of the net results, for as many people as these are for; a `Population` carries them
to all whom the decision is taken for.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costing.prices import DISCOUNTS, discount_factor
from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis, amount
from costing.smoothing import smooth
from costing.uncertainty import Estimated, share
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Note
from meta.models.text_tables import fixed, listed, table

MOST_YEARS = 200
FAR_APART = (
    3.0  # standard errors between the regression's value and what a rule from the other half earns
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Those whom the decision is taken for, year by year.

    Parameters
    ----------
    people : tuple of float
        How many times the net result occurs in each year that the decision lasts; where net results are for
        one person, people.
    discount : str
        A rule of `costing.prices`, ``danish-2023`` or ``none``.
    first_year : int
        How many years from now the first of these is; 0 is now, which is not discounted.

    Raises
    ------
    InputError
        For no years or more than 200, a negative number of people, and another rule.

    Examples
    --------
    >>> Population(people=(207.0, 207.0), discount="danish-2023").discounted
    407.0
    """

    people: tuple[float, ...]
    discount: str
    first_year: int = 0

    def __post_init__(self) -> None:
        """Check the years."""
        people = tuple(amount(one, "people", least=0) for one in self.people)
        if not 1 <= len(people) <= MOST_YEARS:
            raise fault(
                f"the decision lasts {len(people)} years",
                f"Give the people of 1 to {MOST_YEARS} years.",
                field="people",
            )
        if self.discount not in DISCOUNTS:
            raise fault(
                f"it is {self.discount!r}", f"Give one of {', '.join(DISCOUNTS)}.", field="discount"
            )
        if not 0 <= self.first_year <= MOST_YEARS:
            raise fault(f"it is {self.first_year}", f"Give 0 to {MOST_YEARS}.", field="first_year")
        object.__setattr__(self, "people", people)

    @property
    def discounted(self) -> float:
        """The people of all years together, those of later years discounted."""
        return math.fsum(
            one * float(discount_factor(self.discount, self.first_year + year))
            for year, one in enumerate(self.people)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationValue:
    """What some information is worth.

    Parameters
    ----------
    about : tuple of str
        The parameters that it tells; empty where it tells all.
    value : Estimated
        For as many people as the net results are for, with its Monte Carlo standard error.
    earned : Estimated or None
        What a rule that was found in one half of the draws earns in the other half. It has seen nothing of
        them, so that on average it cannot exceed the true value. None for EVPI, which needs no regression.
    population : float or None
        The value for the population, where one was given.
    df : tuple of float
        Degrees of freedom of each option's regression.
    notes : tuple of Note
    """

    about: tuple[str, ...]
    value: Estimated
    earned: Estimated | None = None
    population: float | None = None
    df: tuple[float, ...] = ()
    notes: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        earned = self.earned
        return {
            "about": list(self.about),
            "value": self.value.value,
            "mcse": self.value.mcse,
            "earned": None if earned is None else earned.value,
            "earned_mcse": None if earned is None else earned.mcse,
            "population": self.population,
            "df": list(self.df),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationValues:
    """Which number is worth measuring next: the value of information on all, and on some at a time.

    Parameters
    ----------
    options : tuple of str
    best : str
        What is chosen without more information.
    n : int
    total : InformationValue
        On everything: EVPI.
    parts : tuple of InformationValue
        On some parameters: EVPPI, the most valuable first.
    """

    options: tuple[str, ...]
    best: str
    n: int
    total: InformationValue
    parts: tuple[InformationValue, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "options": list(self.options),
            "best": self.best,
            "n": self.n,
            "evpi": self.total.to_dict(),
            "evppi": [one.to_dict() for one in self.parts],
        }

    def summary(self) -> str:
        """Return it as plain text."""
        rows = [
            ["", "value", "Monte Carlo SE", "share of EVPI", "earned across halves", "population"]
        ]
        for one in (self.total, *self.parts):
            total = self.total.value.value
            rows.append(
                [
                    " and ".join(one.about) or "everything (EVPI)",
                    fixed(one.value.value, 2),
                    fixed(one.value.mcse, 2),
                    fixed(one.value.value / total if total > 0 else None),
                    "" if one.earned is None else fixed(one.earned.value, 2),
                    "" if one.population is None else fixed(one.population, 2),
                ]
            )
        notes = [
            f"{' and '.join(one.about) or 'everything'}: {note.text}"
            for one in (self.total, *self.parts)
            for note in one.notes
        ]
        blocks = [
            [f"Value of information ({self.n:,} draws); chosen without more of it: {self.best}"],
            table(rows, words=1),
            listed("Notes:", notes),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def evpi(analysis: ProbabilisticAnalysis, population: Population | None = None) -> InformationValue:
    """Return the expected value of perfect information on everything.

    It is the mean of the best net result of each draw, less the best mean. The standard error is that of the
    mean over draws of what is lost by choosing now.

    Parameters
    ----------
    analysis : ProbabilisticAnalysis
        Of two options or more.
    population : Population, optional

    Returns
    -------
    InformationValue

    Raises
    ------
    InputError
        For one option.

    References
    ----------
    Claxton (1999). doi:10.1016/S0167-6296(98)00039-3

    Examples
    --------
    >>> net = [[9, 12], [12, 10], [14, 17], [11, 10], [14, 16]]
    >>> round(evpi(ProbabilisticAnalysis(net=net, options=("A", "B"))).value.value, 10)
    0.6
    """
    analysis.needs_a_choice()
    return _value((), share(_lost(analysis.net, analysis.best)), None, population)


def evppi(
    analysis: ProbabilisticAnalysis, about: Sequence[str], population: Population | None = None
) -> InformationValue:
    """Return the expected value of perfect information on some parameters, by regression.

    The mean net result of each option given these parameters is found by regression of the draws' net results
    on them (`costing.smoothing`). The value is the mean over draws of the best of these means, less the best
    mean. Its standard error has both sources: the coefficients of the regression, and the draws that it is a
    mean over. ``earned`` shows the bias: where noise or a poor fit moved ``value``, the two are apart.

    Parameters
    ----------
    analysis : ProbabilisticAnalysis
        Of two options or more, 500 draws or more.
    about : sequence of str
        One to six parameters. Where they are correlated with others, it is the value of all that they tell,
        of the others too.
    population : Population, optional

    Returns
    -------
    InformationValue

    Raises
    ------
    InputError
        For one option, names that are not there or given twice, a parameter that does not vary, few draws.

    References
    ----------
    Strong, Oakley and Brennan (2014). doi:10.1177/0272989X13505910

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=10_000)
    >>> net = np.column_stack((x + rng.normal(size=10_000), np.zeros(10_000)))
    >>> analysis = ProbabilisticAnalysis(net=net, options=("ips", "usual"), parameters={"x": x})
    >>> found = evppi(analysis, ["x"])
    >>> abs(found.value.value - (2 * np.pi) ** -0.5) < 3 * found.value.mcse
    True
    """
    analysis.needs_a_choice()
    if len(set(about)) < len(about):
        raise fault(
            f"a parameter stands twice among {', '.join(about)}", "Name each once.", field="about"
        )
    return from_quantities(analysis, {name: analysis.draws(name) for name in about}, population)


def information_values(
    analysis: ProbabilisticAnalysis,
    sets: Sequence[Sequence[str]] | None = None,
    population: Population | None = None,
) -> InformationValues:
    """Return EVPI and the EVPPI of several sets of parameters, the most valuable first.

    Parameters
    ----------
    analysis : ProbabilisticAnalysis
        Of two options or more.
    sets : sequence of sequences of str, optional
        By default every parameter by itself that varies.
    population : Population, optional

    Returns
    -------
    InformationValues

    Raises
    ------
    InputError
        As `evpi` and `evppi`.

    References
    ----------
    Strong, Oakley and Brennan (2014). doi:10.1177/0272989X13505910

    Examples
    --------
    >>> x = np.linspace(-1, 1, 1000)
    >>> analysis = ProbabilisticAnalysis(
    ...     net=np.column_stack((x, 0 * x)), options=("ips", "usual"), parameters={"x": x})
    >>> [one.about for one in information_values(analysis).parts]
    [('x',)]
    """
    if sets is None:
        sets = [[name] for name, one in analysis.parameters.items() if one.min() < one.max()]
    total = evpi(analysis, population)
    parts = [evppi(analysis, one, population) for one in sets]
    return InformationValues(
        options=analysis.options,
        best=analysis.options[analysis.best],
        n=analysis.n,
        total=total,
        parts=tuple(sorted(parts, key=lambda one: -one.value.value)),
    )


def from_quantities(
    analysis: ProbabilisticAnalysis,
    quantities: Mapping[str, FloatArray],
    population: Population | None = None,
) -> InformationValue:
    """Return the value of learning some quantities: parameters, or what a study would report of them.

    Parameters
    ----------
    analysis : ProbabilisticAnalysis
        Of two options or more.
    quantities : mapping of str to ndarray
        Draws that belong to the analysis' own, length n each.
    population : Population, optional

    Returns
    -------
    InformationValue

    Raises
    ------
    InputError
        As `costing.smoothing.smooth`.

    References
    ----------
    Strong, Oakley, Brennan and Breeze (2015). doi:10.1177/0272989X15575286

    Examples
    --------
    >>> x = np.linspace(-1, 1, 1000)
    >>> analysis = ProbabilisticAnalysis(net=np.column_stack((x, 0 * x)), options=("ips", "usual"))
    >>> round(from_quantities(analysis, {"x": x}).value.value, 3)
    0.25
    """
    best = analysis.best
    found = smooth(quantities, analysis.net)
    winners = found.fitted.argmax(axis=1)
    gains = found.fitted[np.arange(found.n), winners] - found.fitted[:, best]
    weights = np.zeros_like(found.fitted)
    weights[np.arange(found.n), winners] = 1.0
    weights[:, best] -= 1.0
    over_draws = share(gains)
    spread = math.hypot(over_draws.mcse or 0.0, math.sqrt(max(0.0, found.variance(weights))))
    rule = found.crossed.argmax(axis=1)
    earned = share(analysis.net[np.arange(found.n), rule] - analysis.net[:, best])
    value = Estimated(value=over_draws.value, mcse=spread)
    return _value(tuple(quantities), value, earned, population, tuple(found.df.tolist()))


def _lost(net: FloatArray, best: int) -> FloatArray:
    """Return what each draw loses by choosing now, never below 0."""
    return np.asarray(net.max(axis=1) - net[:, best])


def _value(
    about: tuple[str, ...],
    value: Estimated,
    earned: Estimated | None,
    population: Population | None,
    df: tuple[float, ...] = (),
) -> InformationValue:
    notes = []
    if earned is not None:
        apart = value.value - earned.value
        if abs(apart) > FAR_APART * math.hypot(value.mcse or 0.0, earned.mcse or 0.0):
            text = (
                "The regression promises more than its rule earns in draws that it has not seen: the value "
                "is too high; draw more, or ask for fewer parameters at a time."
                if apart > 0
                else "The regression's rule earns more than the regression promises: it does not follow the "
                "net results closely, and the value is too low; ask for fewer parameters at a time."
            )
            notes.append(Note(code="too-high" if apart > 0 else "too-low", text=text))
    if value.value <= (value.mcse or 0.0) * 2:
        text = "It is no more than two standard errors from 0: knowing this hardly ever changes the choice."
        notes.append(Note(code="near-zero", text=text))
    return InformationValue(
        about=about,
        value=value,
        earned=earned,
        population=None if population is None else value.value * population.discounted,
        df=df,
        notes=tuple(notes),
    )
