"""What cannot be among the numbers of a study: refused with the value, never computed with."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from meta.effects.arrays import BoolArray, FloatArray
from meta.effects.designs import ALTERNATIVES, Design, Measure
from meta.effects.measures import MEASURES
from meta.faults import Fault, InputError, fault

Columns = Mapping[str, "Sequence[float | None] | FloatArray"]
Columned = dict[str, FloatArray]
RowFault = tuple[int, Fault]

SEI_TOLERANCE = 0.1  # tables round: a standard error of 0.05 may stand for 0.0455 to 0.0549
UNKNOWN = "leave it empty if it is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of number: what it is called, when it is wrong, and what it must be.

    Parameters
    ----------
    problem : str
        What a wrong number is, after its value.
    remedy : str
        A sentence.
    wrong : callable
        From a column to the entries that cannot be; nan, which is missing, is not wrong.
    """

    problem: str
    remedy: str
    wrong: Callable[[FloatArray], BoolArray]


def _not_whole(cells: FloatArray) -> BoolArray:
    return np.isinf(cells) | (cells - np.floor(cells) > 0)


def _whole(problem: str, least: int) -> Kind:
    return Kind(
        problem=problem,
        remedy=f"It must be a whole number, {least} or more; {UNKNOWN}.",
        wrong=lambda cells: (cells < least) | _not_whole(cells),
    )


def _positive(problem: str, *, finite: bool = False) -> Kind:
    return Kind(
        problem=problem,
        remedy=f"It must be positive; {UNKNOWN}.",
        wrong=lambda cells: (cells <= 0) | (finite & np.isinf(cells)),
    )


def _between(problem: str, low: float, high: float) -> Kind:
    span = f"{high:g} or less" if math.isinf(low) else f"between {low:g} and {high:g}"
    return Kind(
        problem=problem,
        remedy=f"It must be {span}; {UNKNOWN}.",
        wrong=lambda cells: (cells < low) | (cells > high) | np.isinf(cells),
    )


PEOPLE = _whole("is no count of people", 0)
EVENTS = _whole("is no count of events", 0)
SIZE = _whole("is no group size", 1)
ITEMS = _whole("is no number of items", 2)
PREDICTORS = _whole("is no number of predictors", 0)
SD = _positive("is no standard deviation", finite=True)
TIME = _positive("is no person-time", finite=True)
VARIANCE = _positive("is no variance")
SE = _positive("is no standard error")
CORRELATION = _between("is no correlation", -1, 1)
SHARE = _between("is no share of explained variance", 0, 1)
ALPHA = _between("is no alpha", -math.inf, 1)
NUMBER = Kind(
    problem="is no finite number",
    remedy=f"Give a number, or {UNKNOWN}.",
    wrong=lambda cells: np.isinf(cells),
)
ESTIMATE = Kind(  # an infinite estimate is excluded with a reason
    problem="", remedy="", wrong=lambda cells: np.zeros(len(cells), dtype=bool)
)

MEANS = {"m1i": NUMBER, "m2i": NUMBER, "sd1i": SD, "sd2i": SD, "n1i": SIZE, "n2i": SIZE}
PAIRS = {"m1i": NUMBER, "m2i": NUMBER, "sd1i": SD, "sd2i": SD, "ni": SIZE, "ri": CORRELATION}
PARTIAL = {"ti": NUMBER, "ni": SIZE, "mi": PREDICTORS, "r2i": SHARE}
ONE_GROUP = {"mi": NUMBER, "sdi": SD, "ni": SIZE}
KINDS: Mapping[Design, Mapping[str, Kind]] = {
    Design.TWO_BY_TWO: dict.fromkeys(("ai", "bi", "ci", "di"), PEOPLE) | {"n1i": SIZE, "n2i": SIZE},
    Design.TWO_MEANS: MEANS,
    Design.TWO_MEANS_OR_D: MEANS | {"di": NUMBER, "ti": NUMBER},
    Design.CONTROL_SD: MEANS,
    Design.TWO_SDS: MEANS,
    Design.TWO_RATES: {"x1i": EVENTS, "x2i": EVENTS, "t1i": TIME, "t2i": TIME},
    Design.PAIRED_MEANS: PAIRS,
    Design.PAIRED_FIRST_SD: PAIRS,
    Design.PAIRED_SDS: PAIRS,
    Design.PROPORTION: {"xi": PEOPLE, "mi": PEOPLE, "ni": SIZE},
    Design.RATE: {"xi": EVENTS, "ti": TIME},
    Design.ONE_MEAN: ONE_GROUP,
    Design.ONE_SD: ONE_GROUP,
    Design.CORRELATION: {"ri": CORRELATION, "ni": SIZE},
    Design.PARTIAL: PARTIAL,
    Design.SEMIPARTIAL: PARTIAL,
    Design.RELIABILITY: {"ai": ALPHA, "mi": ITEMS, "ni": SIZE},
    Design.GIVEN: {"yi": ESTIMATE, "vi": VARIANCE, "sei": SE},
}
"""What kind of number stands in each column of a design."""


def value_faults(measure: Measure | str, columns: Columns) -> list[RowFault]:
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
        For an unknown measure, a missing column, an entry that is no number, or columns of different
        lengths.

    References
    ----------
    Viechtbauer (2010), whose column names these are. doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> for row, one in value_faults("GEN", {"yi": [0.1, 0.2], "vi": [0.04, -0.04]}):
    ...     print(row, one)
    1 vi: -0.04 is no variance. It must be positive; leave it empty if it is not known.
    """
    design = MEASURES[known_measure(measure)].design
    return row_faults_of(design, number_columns(design, columns))


def known_measure(code: Measure | str) -> Measure:
    """Return the measure of a code, or refuse the code."""
    try:
        return Measure(code)
    except ValueError:
        raise fault(f"{code!r} is no measure", f"Use one of {', '.join(Measure)}.") from None


def number_columns(design: Design, columns: Columns) -> Columned:
    """Return the design's columns as arrays with nan for missing, all of one length."""
    sets = ALTERNATIVES[design]
    if not any(columns.keys() >= set(names) for names in sets):
        wanted = " or ".join(", ".join(names) for names in sets)
        have = ", ".join(columns) or "none"
        raise fault(f"the columns are {have}", f"Give {wanted}.")
    names = dict.fromkeys(name for names in sets for name in names if name in columns)
    numbers = {name: _numbers(name, columns[name]) for name in names}
    if len({len(cells) for cells in numbers.values()}) > 1:
        text = ", ".join(f"{name} has {len(cells)}" for name, cells in numbers.items())
        raise fault(f"columns differ in length: {text}", "Give one number for every study.")
    return numbers


def _numbers(name: str, cells: "Sequence[float | None] | FloatArray") -> FloatArray:
    try:
        numbers = np.array(cells, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(_no_numbers(name, cells)) from None
    if numbers.ndim != 1:
        raise fault(f"{cells!r} is no column", "Give one number for every study.", field=name)
    return numbers


def _no_numbers(name: str, cells: "Sequence[float | None] | FloatArray") -> Iterator[Fault]:
    """Name each entry of a column that is no number."""
    for row, cell in enumerate(cells):
        try:
            float(math.nan if cell is None else cell)
        except (TypeError, ValueError):
            yield Fault(
                field=f"{name}, entry {row + 1}",
                problem=f"{cell!r} is no number",
                remedy="Give a number, or None where one is missing.",
            )


def row_faults_of(design: Design, given: Columned) -> list[RowFault]:
    """Return each fault with its row, counted from 0; numbers are compared where each can be alone."""
    with np.errstate(invalid="ignore"):  # inf - inf, and roots of what is refused as negative
        alone = [
            (int(row), _alone(name, cells[row], kind))
            for name, cells in given.items()
            for kind in (KINDS[design][name],)
            for row in kind.wrong(cells).nonzero()[0]
        ]
        wrong = {row for row, _ in alone}
        together = [one for one in _together(design, given) if one[0] not in wrong]
    return sorted((*alone, *together), key=lambda one: one[0])


def _alone(name: str, number: float, kind: Kind) -> Fault:
    return Fault(field=name, problem=f"{_text(number)} {kind.problem}", remedy=kind.remedy)


def _together(design: Design, given: Columned) -> Iterator[RowFault]:
    """Say what is wrong with the numbers of one study taken together."""
    if design is Design.TWO_BY_TWO:
        yield from _group_faults(given, "ai", "bi", "n1i")
        yield from _group_faults(given, "ci", "di", "n2i")
    elif design is Design.PROPORTION:
        yield from _group_faults(given, "xi", "mi", "ni")
    elif design in (Design.PARTIAL, Design.SEMIPARTIAL):
        yield from _df_faults(given)
    elif design is Design.GIVEN and {"vi", "sei"} <= given.keys():
        yield from _sei_faults(given["vi"], given["sei"])


def _group_faults(given: Columned, events: str, others: str, size: str) -> Iterator[RowFault]:
    """Compare events, non-events and size of one group; nan, for what is not there, is never wrong."""
    nothing = np.full_like(given[events], math.nan)
    a, b, n = (given.get(name, nothing) for name in (events, others, size))
    over = a > n
    nobody = ~over & (a + b == 0)
    unequal = ~over & ~nobody & (abs(a + b - n) > 0)
    for row in (over | nobody | unequal).nonzero()[0].tolist():
        if over[row]:
            yield (
                row,
                Fault(
                    field=events,
                    problem=f"{_text(a[row])} events among {size} = {_text(n[row])} people",
                    remedy="There cannot be more events than people; correct one.",
                ),
            )
        elif nobody[row]:
            yield (
                row,
                Fault(
                    field=events,
                    problem=f"{events} and {others} are both 0",
                    remedy="A group has at least one person; leave the cells empty if they are not known.",
                ),
            )
        else:
            yield (
                row,
                Fault(
                    field=size,
                    problem=f"{_text(n[row])} is not {events} + {others}, {_text(a[row] + b[row])}",
                    remedy="Correct one, or leave one of the three empty.",
                ),
            )


def _df_faults(given: Columned) -> Iterator[RowFault]:
    ni, mi = given["ni"], given["mi"]
    for row in (ni - mi - 1 <= 0).nonzero()[0].tolist():
        yield (
            row,
            Fault(
                field="mi",
                problem=f"{_text(mi[row])} predictors among ni = {_text(ni[row])} people leave no degrees "
                "of freedom",
                remedy="There must be at least two people more than predictors; correct one.",
            ),
        )


def _sei_faults(vi: FloatArray, sei: FloatArray) -> Iterator[RowFault]:
    root = np.sqrt(vi)
    for row in (abs(sei - root) > SEI_TOLERANCE * root).nonzero()[0].tolist():
        yield (
            row,
            Fault(
                field="sei",
                problem=f"{_text(sei[row])} is not the square root of vi, {_text(vi[row])}",
                remedy="Correct one, or keep only one of the two columns.",
            ),
        )


def _text(number: float) -> str:
    number = float(number)
    return str(int(number)) if number.is_integer() else repr(number)
