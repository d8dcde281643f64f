"""Unweighted means of arms: the method of VIVE's table 3.1, by its name.

Each arm's printed values are averaged over studies, every study counting the same, and the two means are
compared by their ratio and their difference. The method has no sampling interval: it uses no variance.
It is shown beside a pooled estimate and never mistaken for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from meta.choices.printed import Rounded, mean
from meta.faults import fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMeans:
    """Means of two arms and how they compare, each with the interval that rounding of the inputs allows.

    Parameters
    ----------
    k : int
        Number of studies.
    intervention, comparator : Rounded
        Unweighted means, in the unit of the inputs.
    ratio : Rounded or None
        Relative difference, the intervention's mean over the comparator's. None where the comparator's
        mean may be 0.
    difference : Rounded
        Absolute difference, intervention less comparator, in the unit of the inputs.
    """

    k: int
    intervention: Rounded
    comparator: Rounded
    ratio: Rounded | None
    difference: Rounded


def compare(intervention: Rounded, comparator: Rounded, k: int = 1) -> ArmMeans:
    """Compare two arms' values by ratio and difference.

    Parameters
    ----------
    intervention, comparator : Rounded
        Values in one unit.
    k : int
        Number of studies behind them.

    Returns
    -------
    ArmMeans

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> float(compare(printed("39"), printed("20")).ratio.value)
    1.95
    """
    try:
        ratio = intervention / comparator
    except ZeroDivisionError:
        ratio = None
    return ArmMeans(
        k=k,
        intervention=intervention,
        comparator=comparator,
        ratio=ratio,
        difference=intervention - comparator,
    )


def unweighted_means(intervention: Sequence[Rounded], comparator: Sequence[Rounded]) -> ArmMeans:
    """Average each arm over studies, all counting the same, and compare the means.

    Parameters
    ----------
    intervention, comparator : sequence of Rounded, length k
        One value a study, in the same order and unit.

    Returns
    -------
    ArmMeans

    Raises
    ------
    InputError
        No studies, or arms of unequal length.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> shares = unweighted_means([printed(x) for x in ("46", "39", "76")],
    ...                           [printed(x) for x in ("11", "20", "28")])
    >>> round(float(shares.ratio.value), 3)
    2.729
    """
    if len(intervention) != len(comparator):
        raise fault(
            f"{len(intervention)} intervention values and {len(comparator)} comparator values",
            "Give one of each for every study.",
        )
    return compare(mean(intervention), mean(comparator), k=len(intervention))
