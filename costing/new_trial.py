"""What a new trial would be worth before the decision is taken (EVSI), and how many people it should have.

For each draw the trial is imagined: with the draw's own probabilities or means, people are drawn in two arms.
What such trials report is then worth what the regression of the net results on it says, as any information
is (`costing.information`). All is used that its counts or means tell, however it would be analysed.

Whoever gives the draws says where the trial is: where effects differ between places, a trial in another place
tells of the mean of places and not of this one, so that its draws are those of a next site.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from costing.information import InformationValue, Population, evpi, from_quantities
from costing.probabilistic_analysis import (
    FloatArray,
    ProbabilisticAnalysis,
    Seed,
    amount,
    draws_of,
    generator,
    shares_of,
)
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Note
from meta.models.text_tables import fixed, listed, table

MOST_PEOPLE = 1_000_000
MOST_SIZES = 200
Trial = Callable[[int, np.random.Generator], Mapping[str, FloatArray]]
"""From the size of a trial, both arms together, to what each draw's trial reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCost:
    """What a trial costs, in the money of the net results.

    Parameters
    ----------
    fixed : float
        Of any trial.
    per_person : float
        Of each person in it.

    Raises
    ------
    InputError
        For a cost that is negative or not finite.

    Examples
    --------
    >>> TrialCost(fixed=1000, per_person=5).of(200)
    2000.0
    """

    fixed: float
    per_person: float

    def __post_init__(self) -> None:
        """Check the costs."""
        for name in ("fixed", "per_person"):
            object.__setattr__(self, name, amount(getattr(self, name), name, least=0))

    def of(self, people: int) -> float:
        """Return the cost of a trial of so many people."""
        return self.fixed + self.per_person * people


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialValue:
    """What a trial of one size is worth.

    Parameters
    ----------
    people : int
        Both arms together.
    information : InformationValue
        ``value`` is the EVSI for as many people as the net results are for.
    cost : float or None
    net : float or None
        Value for the population less the cost (ENBS); None without a population or a cost.
    net_mcse : float or None
    """

    people: int
    information: InformationValue
    cost: float | None
    net: float | None
    net_mcse: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrial:
    """What trials of several sizes are worth.

    Parameters
    ----------
    n : int
        Draws.
    perfect : InformationValue
        EVPI, which no trial exceeds.
    sizes : tuple of TrialValue
        In the order of their sizes.
    best : int or None
        The size with the highest net value; None without one, or where no size is worth its cost.
    alike : tuple of int
        Sizes whose net value is within two Monte Carlo standard errors of the highest.
    notes : tuple of Note
    """

    n: int
    perfect: InformationValue
    sizes: tuple[TrialValue, ...]
    best: int | None
    alike: tuple[int, ...]
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "n": self.n,
            "evpi": self.perfect.to_dict(),
            "sizes": [
                {
                    "people": one.people,
                    "evsi": one.information.to_dict(),
                    "cost": one.cost,
                    "net": one.net,
                    "net_mcse": one.net_mcse,
                }
                for one in self.sizes
            ],
            "best": self.best,
            "alike": list(self.alike),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text."""
        rows = [
            ["people", "EVSI", "Monte Carlo SE", "share of EVPI", "population", "cost", "net value"]
        ]
        total = self.perfect.value.value
        rows.extend(
            [
                str(one.people),
                fixed(one.information.value.value, 2),
                fixed(one.information.value.mcse, 2),
                fixed(one.information.value.value / total if total > 0 else None),
                fixed(one.information.population, 2),
                fixed(one.cost, 2),
                fixed(one.net, 2),
            ]
            for one in self.sizes
        )
        head = f"Expected value of a new trial ({self.n:,} draws); EVPI {fixed(total, 2)}"
        blocks = [[head], table(rows), listed("Notes:", [note.text for note in self.notes])]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def binomial_trial(
    p_control: ArrayLike, p_treated: ArrayLike, *, treated_share: float = 0.5
) -> Trial:
    """Return a two-arm trial of an outcome that people have or have not.

    Parameters
    ----------
    p_control, p_treated : array_like
        Draws of the probability in each arm, at the place of the trial; length n.
    treated_share : float
        Of the people, in the treated arm; above 0 and below 1.

    Returns
    -------
    callable
        It reports the number of people with the outcome in each arm.

    Raises
    ------
    InputError
        For probabilities outside 0 to 1, lengths that differ, and a share outside 0 to 1.

    References
    ----------
    Strong, Oakley, Brennan and Breeze (2015). doi:10.1177/0272989X15575286

    Examples
    --------
    >>> trial = binomial_trial([0.0, 1.0], [1.0, 1.0])
    >>> trial(10, np.random.default_rng(1))["treated"]
    array([5., 5.])
    """
    control, treated = shares_of(p_control, "p_control"), shares_of(p_treated, "p_treated")
    _same_length("p_control", control, "p_treated", treated)
    _share(treated_share)

    def report(people: int, rng: np.random.Generator) -> Mapping[str, FloatArray]:
        first, second = _arms(people, treated_share)
        return {
            "control": rng.binomial(first, control).astype(np.float64),
            "treated": rng.binomial(second, treated).astype(np.float64),
        }

    return report


def mean_trial(difference: ArrayLike, sd: ArrayLike, *, treated_share: float = 0.5) -> Trial:
    """Return a two-arm trial of an amount, e.g. weeks in work.

    Parameters
    ----------
    difference : array_like
        Draws of the difference of means at the place of the trial; length n.
    sd : array_like
        Standard deviation among people, above 0: one number, or draws of length n.
    treated_share : float
        Of the people, in the treated arm; above 0 and below 1.

    Returns
    -------
    callable
        It reports the difference of the arms' means, normal about the draw's own.

    Raises
    ------
    InputError
        For a standard deviation that is not above 0, lengths that differ, and a share outside 0 to 1.

    References
    ----------
    Strong, Oakley, Brennan and Breeze (2015). doi:10.1177/0272989X15575286

    Examples
    --------
    >>> trial = mean_trial([0.0, 5.0], 1e-9)
    >>> trial(10, np.random.default_rng(1))["difference"].round(6)
    array([0., 5.])
    """
    means = draws_of(difference, "difference")
    spread = draws_of(np.atleast_1d(np.asarray(sd)), "sd", least=1)
    if spread.size > 1:
        _same_length("difference", means, "sd", spread)
    if spread.min() <= 0:
        raise fault(f"it is {spread.min():g}", "A standard deviation is above 0.", field="sd")
    _share(treated_share)

    def report(people: int, rng: np.random.Generator) -> Mapping[str, FloatArray]:
        first, second = _arms(people, treated_share)
        noise = spread * (1 / first + 1 / second) ** 0.5
        return {"difference": means + noise * rng.standard_normal(means.size)}

    return report


def new_trial(
    analysis: ProbabilisticAnalysis,
    trial: Trial,
    sizes: Sequence[int],
    *,
    seed: Seed,
    population: Population | None = None,
    cost: TrialCost | None = None,
) -> NewTrial:
    """Return what a new trial would be worth, for each of several sizes.

    The sizes draw their random numbers one after the other, the smallest first.

    Parameters
    ----------
    analysis : ProbabilisticAnalysis
        Of two options or more.
    trial : callable
        As `binomial_trial` or `mean_trial` give it, from draws that belong to those of the analysis.
    sizes : sequence of int
        People in both arms together, 2 or more each.
    seed : int or Generator
    population : Population, optional
        Those whom the decision is taken for after the trial has reported: ``first_year`` is when it does.
    cost : TrialCost, optional

    Returns
    -------
    NewTrial

    Raises
    ------
    InputError
        For one option, sizes that are no whole numbers of 2 or more, a trial with other draws than the
        analysis, and a cost without a population.

    References
    ----------
    Strong, Oakley, Brennan and Breeze (2015). doi:10.1177/0272989X15575286

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=20_000)
    >>> analysis = ProbabilisticAnalysis(net=np.column_stack((x, 0 * x)), options=("ips", "usual"))
    >>> found = new_trial(analysis, mean_trial(x, 5.0), [100], seed=2)
    >>> exact = (0.5 / np.pi) ** 0.5 / 2**0.5  # a trial as uncertain as the prior
    >>> abs(found.sizes[0].information.value.value - exact) < 0.01
    True
    """
    analysis.needs_a_choice()
    if cost is not None and population is None:
        raise fault(
            "a trial's cost is given, but not for how many people the decision is taken",
            "Give the population too.",
            field="cost",
        )
    wanted = _sizes(sizes)
    rng = generator(seed)
    found = [_worth(analysis, trial(people, rng), people, population, cost) for people in wanted]
    best, alike, notes = _best(found)
    return NewTrial(
        n=analysis.n,
        perfect=evpi(analysis, population),
        sizes=tuple(found),
        best=best,
        alike=alike,
        notes=tuple(notes),
    )


def _worth(
    analysis: ProbabilisticAnalysis,
    reported: Mapping[str, FloatArray],
    people: int,
    population: Population | None,
    cost: TrialCost | None,
) -> TrialValue:
    for name, one in reported.items():
        if one.shape != (analysis.n,):
            raise fault(
                f"the trial has {one.size:,} draws, the analysis {analysis.n:,}",
                "Give the trial the draws of the analysis, in their order.",
                field=name,
            )
    telling = {name: one for name, one in reported.items() if one.min() < one.max()}
    if not telling:
        raise fault(
            f"a trial of {people} people reports the same in every draw",
            "Give the trial draws that differ.",
            field="trial",
        )
    found = from_quantities(analysis, telling, population)
    spent = None if cost is None else cost.of(people)
    if population is None or spent is None:
        return TrialValue(people=people, information=found, cost=spent, net=None, net_mcse=None)
    carried = population.discounted
    return TrialValue(
        people=people,
        information=found,
        cost=spent,
        net=found.value.value * carried - spent,
        net_mcse=(found.value.mcse or 0.0) * carried,
    )


def _best(found: Sequence[TrialValue]) -> tuple[int | None, tuple[int, ...], list[Note]]:
    nets = [(one.net, one.net_mcse or 0.0, one.people) for one in found if one.net is not None]
    if not nets:
        return None, (), []
    highest, mcse, people = max(nets, key=lambda one: (one[0], -one[2]))
    if highest <= 0:
        text = "No size is worth its cost: the decision is better taken with what is known."
        return None, (), [Note(code="not-worth-it", text=text)]
    alike = tuple(size for net, _, size in nets if net >= highest - 2 * mcse)
    notes = []
    if len(alike) > 1:
        text = (
            f"Sizes from {alike[0]} to {alike[-1]} are within two standard errors of the best; draw more to "
            "tell them apart."
        )
        notes.append(Note(code="flat", text=text))
    if people in (nets[0][2], nets[-1][2]) and len(nets) > 1:
        text = f"The best size, {people}, is at the end of those tried; try sizes beyond it."
        notes.append(Note(code="at-the-end", text=text))
    return people, alike, notes


def _sizes(sizes: Sequence[int]) -> list[int]:
    wanted = list(sizes)
    whole = all(type(one) is int and 2 <= one <= MOST_PEOPLE for one in wanted)
    if not (1 <= len(wanted) <= MOST_SIZES and whole):
        raise fault(
            f"the sizes are {wanted!r}",
            f"Give 1 to {MOST_SIZES} whole numbers from 2 to {MOST_PEOPLE:,}.",
            field="sizes",
        )
    return sorted(set(wanted))


def _arms(people: int, treated_share: float) -> tuple[int, int]:
    """Return the people in the control and in the treated arm."""
    treated = int(people * treated_share + 0.5)
    if not 0 < treated < people:
        raise fault(
            f"of {people} people {treated} would be treated",
            "Give a size and a share that leave both arms with people.",
            field="treated_share",
        )
    return people - treated, treated


def _share(treated_share: float) -> None:
    if not 0 < treated_share < 1:
        raise fault(
            f"it is {treated_share!r}", "Give a share above 0 and below 1.", field="treated_share"
        )


def _same_length(first: str, one: FloatArray, second: str, other: FloatArray) -> None:
    if one.size != other.size:
        raise fault(
            f"it has {one.size:,} draws, {second} has {other.size:,}",
            "Give as many draws of each.",
            field=first,
        )
