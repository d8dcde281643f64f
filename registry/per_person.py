"""Amounts per person with an outcome, such as hours for each who is employed, under pairs of horizon models.

An amount and a share may each be put on the horizon by more than one model, and the quotient hangs on both.
Over different studies it would be no amount per person, so such a pair has none and says whom it differs by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from meta.choices.printed import Rounded, floats
from meta.faults import fault
from meta.models.arm_means import ArmMeans, compare
from registry.horizon_readings import HorizonReading

Obstacle = Literal["no-study", "other-studies", "share-may-be-zero"]

OBSTACLES: dict[Obstacle, str] = {
    "no-study": "one of the horizon models can use no study",
    "other-studies": "the horizon models leave out different studies",
    "share-may-be-zero": "a share that it would be divided by may be 0 before rounding",
}
"""Why a pair of models gives no amount per person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerPersonReading:
    """An amount per person under one pair of horizon models.

    Parameters
    ----------
    amount_model, share_model : str
        Names of `HORIZON_MODELS`.
    chosen : bool
        Whether both are the plan's.
    means : ArmMeans or None
    obstacle : Obstacle or None
        Why there are none.
    differing : tuple of str
        Ids of studies that only one of the models can use.
    """

    amount_model: str
    share_model: str
    chosen: bool
    means: ArmMeans | None
    obstacle: Obstacle | None
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerPerson:
    """An amount for each person with a binary outcome: the mean amount over the mean share.

    Parameters
    ----------
    outcome, per : str
    means : ArmMeans
        Under the plan's models.
    readings : tuple of PerPersonReading
        One for each pair of models that apply, the plan's among them.
    """

    outcome: str
    per: str
    means: ArmMeans
    readings: tuple[PerPersonReading, ...]


def per_person(
    outcome: str, per: str, amounts: Sequence[HorizonReading], shares: Sequence[HorizonReading]
) -> PerPerson:
    """Divide an outcome's mean amounts by a binary outcome's mean shares, under every pair of models.

    Parameters
    ----------
    outcome, per : str
    amounts, shares : sequence of HorizonReading
        Of the two outcomes, the plan's model marked in each.

    Returns
    -------
    PerPerson

    Raises
    ------
    InputError
        For the plan's own pair: over different studies, or with a share that may be 0.
    """
    readings = tuple(_reading(amount, share) for amount in amounts for share in shares)
    (own,) = [one for one in readings if one.chosen]
    if own.means is None:
        assert own.obstacle is not None
        names = f" ({', '.join(own.differing)})" if own.differing else ""
        raise fault(
            f"{outcome} per {per}: {OBSTACLES[own.obstacle]}{names}",
            "Take this ratio out of per_person, or choose models that use the same studies."
            if own.differing
            else "Take this ratio out of per_person.",
        )
    return PerPerson(outcome=outcome, per=per, means=own.means, readings=readings)


def _reading(amount: HorizonReading, share: HorizonReading) -> PerPersonReading:
    means: ArmMeans | None = None
    obstacle: Obstacle | None = None
    differing: tuple[str, ...] = ()
    used = [{one.study for one in reading.studies} for reading in (amount, share)]
    if amount.means is None or share.means is None:
        obstacle = "no-study"
    elif used[0] != used[1]:
        obstacle = "other-studies"
        differing = tuple(sorted(used[0] ^ used[1]))
    else:
        try:
            means = compare(
                amount.means.intervention / share.means.intervention * 100,
                amount.means.comparator / share.means.comparator * 100,
                k=amount.means.k,
            )
        except ZeroDivisionError:
            obstacle = "share-may-be-zero"
    return PerPersonReading(
        amount_model=amount.model,
        share_model=share.model,
        chosen=amount.chosen and share.chosen,
        means=means,
        obstacle=obstacle,
        differing=differing,
    )


def per_person_document(parts: Sequence[PerPerson]) -> list[dict[str, Any]]:
    """Return every amount per person under each pair of models, as plain types and flat rows.

    Parameters
    ----------
    parts : sequence of PerPerson

    Returns
    -------
    list of dict
        ``outcome``, ``per``, ``outcome_model``, ``per_model``, ``chosen``, ``k``, the means of the arms with
        what rounding allows, their ratio and difference, and ``none`` with the reason where there are none.
    """
    return [_row(part, one) for part in parts for one in part.readings]


def _row(part: PerPerson, one: PerPersonReading) -> dict[str, Any]:
    means = one.means
    row: dict[str, Any] = {
        "outcome": part.outcome,
        "per": part.per,
        "outcome_model": one.amount_model,
        "per_model": one.share_model,
        "chosen": one.chosen,
        "k": None if means is None else means.k,
    }
    numbers: dict[str, Rounded | None] = {
        "intervention": None if means is None else means.intervention,
        "comparator": None if means is None else means.comparator,
        "relative_difference": None if means is None else means.ratio,
        "absolute_difference": None if means is None else means.difference,
    }
    for name, number in numbers.items():
        for end, value in zip(("", "_low", "_high"), floats(number), strict=True):
            row[name + end] = value
    names = f": {', '.join(one.differing)}" if one.differing else ""
    row["none"] = one.obstacle and OBSTACLES[one.obstacle] + names
    return row
