"""What cannot be among the numbers of a study: refused with the value, never computed with."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from meta.effects.measures import ALTERNATIVES, MEASURES, Design, FloatArray, Measure
from meta.faults import Fault, fault

Columns = Mapping[str, "Sequence[float | None] | FloatArray"]
Row = dict[str, float]

COUNTS = ("ai", "bi", "ci", "di")
SIZES = ("n1i", "n2i")
POSITIVE = {
    "sd1i": "standard deviation",
    "sd2i": "standard deviation",
    "vi": "variance",
    "sei": "standard error",
}
SEI_TOLERANCE = 0.1  # tables round: a standard error of 0.05 may stand for 0.0455 to 0.0549


def value_faults(measure: Measure | str, columns: Columns) -> list[tuple[int, Fault]]:
    """Return what cannot be among the numbers of each study, with its row counted from 0.

    `effect_sizes` refuses the same faults; a caller that knows lines of a file asks first, and names
    the line.

    Parameters
    ----------
    measure, columns
        As in `effect_sizes`.

    Returns
    -------
    list of (int, Fault)
        In the order of the rows; empty if all numbers can be.

    Raises
    ------
    InputError
        For an unknown measure, a missing column, or columns of different lengths.

    References
    ----------
    Viechtbauer (2010), whose column names these are. doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> for row, one in value_faults("GEN", {"yi": [0.1, 0.2], "vi": [0.04, -0.04]}):
    ...     print(row, one)
    1 vi: -0.04 is no variance. It must be positive; leave it empty if it is not known.
    """
    facts = MEASURES[known_measure(measure)]
    return list(row_faults_of(facts.design, number_columns(facts.design, columns)))


def known_measure(code: Measure | str) -> Measure:
    """Return the measure of a code, or refuse the code."""
    try:
        return Measure(code)
    except ValueError:
        raise fault(f"{code!r} is no measure", f"Use one of {', '.join(Measure)}.") from None


def number_columns(design: Design, columns: Columns) -> dict[str, FloatArray]:
    """Return the design's columns as arrays with nan for missing, all of one length."""
    sets = ALTERNATIVES[design]
    if not any(set(names) <= set(columns) for names in sets):
        wanted = " or ".join(", ".join(names) for names in sets)
        have = ", ".join(columns) or "none"
        raise fault(f"the columns are {have}", f"Give {wanted}.")
    numbers = {}
    for name in dict.fromkeys(name for names in sets for name in names if name in columns):
        try:
            cells = [math.nan if cell is None else float(cell) for cell in columns[name]]
        except (TypeError, ValueError) as error:
            raise fault(
                str(error), "Give numbers, or None where one is missing.", field=name
            ) from None
        numbers[name] = np.array(cells, dtype=np.float64)
    lengths = {name: len(cells) for name, cells in numbers.items()}
    if len(set(lengths.values())) > 1:
        text = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise fault(f"columns differ in length: {text}", "Give one number for every study.")
    return numbers


def row_faults_of(design: Design, given: dict[str, FloatArray]) -> Iterator[tuple[int, Fault]]:
    """Yield each fault with its row, counted from 0."""
    lists = {name: cells.tolist() for name, cells in given.items()}
    for row in range(len(next(iter(lists.values())))):
        numbers = {name: cells[row] for name, cells in lists.items() if not math.isnan(cells[row])}
        alone = [one for name, number in numbers.items() for one in _cell_faults(name, number)]
        together = () if alone else _row_faults(design, numbers)
        for one in (*alone, *together):
            yield row, one


def _cell_faults(name: str, number: float) -> Iterator[Fault]:
    """Say what is wrong with one number by itself."""
    if name in COUNTS and not (number >= 0 and number.is_integer()):
        yield Fault(
            field=name,
            problem=f"{_text(number)} is no count of people",
            remedy="It must be a whole number, 0 or more; leave it empty if it is not known.",
        )
    elif name in SIZES and not (number >= 1 and number.is_integer()):
        yield Fault(
            field=name,
            problem=f"{_text(number)} is no group size",
            remedy="It must be a whole number, 1 or more; leave it empty if it is not known.",
        )
    elif name in POSITIVE and not number > 0:
        yield Fault(
            field=name,
            problem=f"{_text(number)} is no {POSITIVE[name]}",
            remedy="It must be positive; leave it empty if it is not known.",
        )
    elif name in ("m1i", "m2i", "sd1i", "sd2i") and math.isinf(number):
        yield Fault(
            field=name, problem="the number is infinite", remedy="Give a number, or leave it empty."
        )


def _row_faults(design: Design, numbers: Row) -> Iterator[Fault]:
    """Say what is wrong with the numbers of one study taken together."""
    if design is Design.TWO_BY_TWO:
        yield from _group_faults(numbers, "ai", "bi", "n1i")
        yield from _group_faults(numbers, "ci", "di", "n2i")
    if {"vi", "sei"} <= numbers.keys():
        vi, sei = numbers["vi"], numbers["sei"]
        if abs(sei - math.sqrt(vi)) > SEI_TOLERANCE * math.sqrt(vi):
            yield Fault(
                field="sei",
                problem=f"{_text(sei)} is not the square root of vi, {_text(vi)}",
                remedy="Correct one, or keep only one of the two columns.",
            )


def _group_faults(numbers: Row, events: str, others: str, size: str) -> Iterator[Fault]:
    has_events, has_others, has_size = (name in numbers for name in (events, others, size))
    if has_events and has_size and numbers[events] > numbers[size]:
        yield Fault(
            field=events,
            problem=f"{_text(numbers[events])} events among {size} = {_text(numbers[size])} people",
            remedy="There cannot be more events than people; correct one.",
        )
    elif has_events and has_others and numbers[events] + numbers[others] == 0:
        yield Fault(
            field=events,
            problem=f"{events} and {others} are both 0",
            remedy="A group has at least one person; leave the cells empty if they are not known.",
        )
    elif (
        has_events
        and has_others
        and has_size
        and numbers[events] + numbers[others] != numbers[size]
    ):
        yield Fault(
            field=size,
            problem=f"{_text(numbers[size])} is not {events} + {others}, "
            f"{_text(numbers[events] + numbers[others])}",
            remedy="Correct one, or leave one of the three empty.",
        )


def _text(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
