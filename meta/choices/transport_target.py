"""Where a target lies among the studies: in their range, or outside of what they can tell."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import Fault, InputError, fault
from meta.models.results import EffectSizes
from meta.moderators.design_matrix import Cell, is_missing

FEWEST = 2.0  # equally relevant studies; below it one study speaks for the target
ON_THE_HULL = 1e-9  # of the ranges of the numbers: rounding of a target on the edge
OTHERWISE = "Or take it all the same (option anyway), and the result says this."

Characteristic = Sequence[str] | Sequence[float]


def known_characteristic(effects: EffectSizes, name: str, cells: Sequence[Cell]) -> Characteristic:
    """Return a characteristic of the studies: all words or all numbers, one for each.

    Parameters
    ----------
    effects : EffectSizes
        k studies.
    name : str
    cells : sequence of length k

    Returns
    -------
    sequence of str or of float

    Raises
    ------
    InputError
        For another length, a study without it, numbers among words, or a number that is infinite.

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0, 1], vi=[1, 1])
    >>> known_characteristic(effects, "year", [1999, 2005])
    [1999.0, 2005.0]
    """
    if len(cells) != effects.k:
        raise fault(f"{len(cells)} values for {effects.k} studies", "Give one each.", field=name)
    missing = [
        label
        for label, cell in zip(effects.labels, cells, strict=True)
        if is_missing(cell)
        or (isinstance(cell, float) and math.isinf(cell))
        or (isinstance(cell, str) and not cell.strip())
    ]
    if missing:
        raise fault(
            f"not known of {', '.join(missing)}",
            "Give it, leave these studies out, or leave the characteristic out.",
            field=name,
        )
    words = [cell for cell in cells if isinstance(cell, str)]
    if not words:
        return [float(cell) for cell in cells if cell is not None and not isinstance(cell, str)]
    if len(words) < effects.k:
        raise fault(
            f"{words[0]!r} stands among numbers", "Give numbers only, or words only.", field=name
        )
    return words


def outside(
    target: Mapping[str, str | float], characteristics: Mapping[str, Characteristic]
) -> Iterator[Fault]:
    """Yield what of a target lies outside of the studies.

    A number may be outside of the range of the studies' numbers, a word one that no study has; and two or
    more numbers may each be in their range but not together: outside of the convex hull of the studies.

    Parameters
    ----------
    target : mapping of str to str or float
    characteristics : mapping of str to sequence
        Those of the target, each of length k.

    Returns
    -------
    iterator of Fault
        With a code: ``target-outside-range``, ``target-not-in-studies``, ``target-outside-hull``.

    References
    ----------
    King and Zeng (2006). doi:10.1093/pan/mpj004

    Examples
    --------
    >>> [one.problem for one in outside({"year": 2024.0}, {"year": [1948.0, 1977.0]})]
    ['the target is 2024, and the studies go from 1948 to 1977']
    """
    numbers = {name: np.array(cells) for name, cells in characteristics.items()}
    inside: list[str] = []
    for name, wanted in target.items():
        cells = characteristics[name]
        if isinstance(wanted, str):
            if wanted not in cells:
                seen = ", ".join(sorted({str(cell) for cell in cells}))
                yield Fault(
                    field=name,
                    problem=f"the target is {wanted!r}, and no study has it; they have {seen}",
                    remedy="Choose one of these, or add studies like the target.",
                    code="target-not-in-studies",
                )
            continue
        low, high = float(numbers[name].min()), float(numbers[name].max())
        if low <= wanted <= high:
            inside.append(name)
        else:
            yield Fault(
                field=name,
                problem=f"the target is {wanted:g}, and the studies go from {low:g} to {high:g}",
                remedy="Choose a target between, or add studies like it.",
                code="target-outside-range",
            )
    if len(inside) > 1 and not _in_hull([numbers[one] - float(target[one]) for one in inside]):
        yield Fault(
            field=", ".join(inside),
            problem="the target is in the range of each, but no mixture of studies has these values "
            "together",
            remedy="Choose a target more like the studies, or leave one of the characteristics out.",
            code="target-outside-hull",
        )


def _in_hull(differences: Sequence[FloatArray]) -> bool:
    """Tell whether a mixture of studies, with weights of 0 or more that add up to 1, is at the target."""
    from scipy.optimize import nnls  # here, because its import takes longer than most else

    rows = [row / (float(np.ptp(row)) or 1.0) for row in differences]
    ends = np.array([0.0] * len(rows) + [1.0])
    _, distance = nnls(np.vstack([*rows, np.ones(len(rows[0]))]), ends)
    return bool(distance <= ON_THE_HULL)


def effective_number(weights: FloatArray) -> float:
    """Return how many equal weights would be worth as much: ``(sum w)^2 / sum w^2``.

    Parameters
    ----------
    weights : ndarray of length k
        0 or more, not all 0.

    Returns
    -------
    float
        From 1 to k.

    References
    ----------
    Kish (1965), Survey Sampling, 11.7. ISBN 0-471-10949-5

    Examples
    --------
    >>> effective_number(np.array([1.0, 1.0, 0.0])), round(effective_number(np.array([3.0, 1.0])), 12)
    (2.0, 1.6)
    """
    shares = weights / weights.max()
    return float(shares.sum() ** 2 / (shares * shares).sum())


def too_few(relevance: FloatArray, labels: Sequence[str]) -> Iterator[Fault]:
    """Yield a fault where fewer than two studies speak for the target.

    Parameters
    ----------
    relevance : ndarray of length k
    labels : sequence of str

    Returns
    -------
    iterator of Fault
        With the code ``few-effective-studies``.

    References
    ----------
    Kish (1965), Survey Sampling, 11.7. ISBN 0-471-10949-5

    Examples
    --------
    >>> [one.problem for one in too_few(np.array([1.0, 0.0]), ("A", "B"))]
    ['the studies are worth 1.00 equally relevant ones, fewer than 2; A alone has 100 % of all relevance']
    """
    number = effective_number(relevance)
    if number < FEWEST:
        first = int(relevance.argmax())
        share = 100 * float(relevance[first] / relevance.sum())
        yield Fault(
            field="similarity",
            problem=f"the studies are worth {number:.2f} equally relevant ones, fewer than {FEWEST:g}; "
            f"{labels[first]} alone has {share:.0f} % of all relevance",
            remedy="State similarities that fade less fast, or leave a characteristic out.",
            code="few-effective-studies",
        )


def refuse_or_note(faults: Sequence[Fault], *, anyway: bool) -> tuple[tuple[str, str], ...]:
    """Refuse what lies outside, or return it as codes and sentences of notes.

    Parameters
    ----------
    faults : sequence of Fault
    anyway : bool

    Returns
    -------
    tuple of (str, str)

    Raises
    ------
    InputError
        Unless ``anyway``.

    References
    ----------
    King and Zeng (2006). doi:10.1093/pan/mpj004

    Examples
    --------
    >>> refuse_or_note([Fault(field="a", problem="b", remedy="c", code="d")], anyway=True)
    (('d', 'a: b.'),)
    """
    if faults and not anyway:
        raise InputError(
            Fault(
                field=one.field,
                problem=one.problem,
                remedy=f"{one.remedy} {OTHERWISE}",
                code=one.code,
            )
            for one in faults
        )
    return tuple((str(one.code), f"{one.field}: {one.problem}.") for one in faults)
