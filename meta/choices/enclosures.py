"""Enclosures: the values that an expression over rounded numbers may have had before they were rounded.

Interval arithmetic takes every appearance of a number for another number: ``a - a`` would come out as any
value up to a whole unit of the last digit, and a printed 0.4 would pass. Here a number that appears twice is
one number. An expression whose numbers each appear once has the ends that interval arithmetic gives. For the
numbers that appear again:

1. where the expression can only rise, or only fall, over the whole interval of one of them (its derivative,
   itself enclosed, keeps its sign), the end in question is taken;
2. where it is linear in one, or a ratio of two that are, no extreme lies inside, and both ends are tried;
3. any other is halved, the most promising part first, until the ends are found or the work is done.

The first two find the tightest enclosure. After the third there may be a gap, and both sides of it are
kept: an enclosure that holds every value, and one whose values are all attained.

References
----------
.. [1] Moore, Kearfott and Cloud (2009). Introduction to Interval Analysis. doi:10.1137/1.9780898717716
.. [2] Hansen and Walster (2003). Global Optimization Using Interval Analysis. doi:10.1201/9780203026922
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count
from math import inf

from meta.choices.printed import Rounded, exact
from meta.faults import fault

MOST = 2000
"""How many numbers an expression may have, each counted as often as it appears."""

BOXES = 200
"""How many parts of the intervals are looked at for either end, in an expression of `SMALL` steps."""

SMALL = 100

Span = tuple[Fraction, Fraction]
Box = dict["Expression", Span]


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A number, or what comes out of two expressions; one object is one number wherever it appears.

    Parameters
    ----------
    number : Rounded or None
        A number with its interval; None where something comes out of `parts`.
    sign : str
        What is done with the parts: ``+``, ``-``, ``*`` or ``/``; empty for a number.
    parts : tuple of Expression

    Raises
    ------
    InputError
        It has more than `MOST` numbers.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> a = Expression(printed("46"))
    >>> b = Expression(printed("11"))
    >>> float(enclose((a - b) / a).outer.high)  # a is 46.5 in both places, and b is 10.5
    0.7741935483870968
    """

    number: Rounded | None = None
    sign: str = ""
    parts: "tuple[Expression, ...]" = ()
    size: int = field(init=False)

    def __post_init__(self) -> None:
        size = sum(part.size for part in self.parts) or 1
        if size > MOST:
            raise fault(
                f"more than {MOST} numbers go into the formula with those that it names",
                "Go on from printed cells, without 'unrounded(…)'.",
            )
        object.__setattr__(self, "size", size)

    def __add__(self, other: "Expression") -> "Expression":
        return Expression(sign="+", parts=(self, other))

    def __sub__(self, other: "Expression") -> "Expression":
        return Expression(sign="-", parts=(self, other))

    def __mul__(self, other: "Expression") -> "Expression":
        return Expression(sign="*", parts=(self, other))

    def __truediv__(self, other: "Expression") -> "Expression":
        return Expression(sign="/", parts=(self, other))


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What an expression may have been before its numbers were rounded.

    Parameters
    ----------
    outer : Rounded
        Holds every value that the expression can have.
    attained : Rounded
        Every value in it is one that the expression can have. The same as `outer` but for expressions in
        which a number appears more than once and neither linearly nor with one direction.
    """

    outer: Rounded
    attained: Rounded


def number(given: Rounded | Fraction | int) -> Expression:
    """Return a number as an expression; without an interval it is taken as exact."""
    return Expression(exact(given))


def enclose(expression: Expression) -> Enclosure:
    """Return what an expression may have been before its numbers were rounded.

    Parameters
    ----------
    expression : Expression

    Returns
    -------
    Enclosure

    Raises
    ------
    ZeroDivisionError
        A divisor may be 0.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> a = Expression(printed("7"))
    >>> nothing, one = enclose(a - a).outer, enclose(a / a).outer
    >>> nothing.low == nothing.high == 0, one.low == one.high == 1
    (True, True)
    """
    return _enclose(expression, set())


def _enclose(expression: Expression, safe: set[Expression]) -> Enclosure:
    """Enclose an expression, the divisors in ``safe`` being known not to be 0."""
    steps = _steps(expression)
    for step in steps:
        if step.sign == "/" and step.parts[1] not in safe:
            divisor = _enclose(step.parts[1], safe).outer
            if divisor.low <= 0 <= divisor.high:
                raise ZeroDivisionError("the divisor may be 0 before rounding")
            safe.add(step.parts[1])
    numbers = {step: step.number for step in steps if step.number is not None}
    value = _spans(steps, {leaf: (one.value, one.value) for leaf, one in numbers.items()})
    whole = {leaf: (one.low, one.high) for leaf, one in numbers.items()}
    again = [leaf for leaf in _repeated(steps) if whole[leaf][0] < whole[leaf][1]]
    least = _Search(steps, whole, again, 1).least()
    most = _Search(steps, whole, again, -1).least()
    (point, _) = value[expression]
    return Enclosure(
        outer=Rounded(point, least[0], -most[0]),
        attained=Rounded(point, min(point, least[1]), max(point, -most[1])),
    )


def _steps(expression: Expression) -> list[Expression]:
    """Return the expression and all that goes into it, each once and after its parts."""
    found: dict[Expression, None] = {}
    waiting = [(expression, False)]
    while waiting:
        one, ready = waiting.pop()
        if ready:
            found.setdefault(one)
        elif one not in found:
            waiting.append((one, True))
            waiting.extend((part, False) for part in one.parts)
    return list(found)


def _repeated(steps: Sequence[Expression]) -> Iterator[Expression]:
    """Yield the numbers that appear more than once, counted along every way to them."""
    uses = dict.fromkeys(steps, 0)
    uses[steps[-1]] = 1
    for step in reversed(steps):
        for part in step.parts:
            uses[part] += uses[step]
    return (step for step in steps if not step.parts and uses[step] > 1)


def _spans(
    steps: Sequence[Expression], leaves: Mapping[Expression, Span]
) -> dict[Expression, Span]:
    """Return the interval of every step by interval arithmetic; no divisor's may hold 0."""
    spans: dict[Expression, Span] = {}
    for step in steps:
        if step.number is not None:
            spans[step] = leaves[step]
            continue
        left, right = (spans[part] for part in step.parts)
        if step.sign == "+":
            spans[step] = left[0] + right[0], left[1] + right[1]
        elif step.sign == "-":
            spans[step] = left[0] - right[1], left[1] - right[0]
        elif step.sign == "*":
            spans[step] = _times(left, right)
        else:
            spans[step] = _times(left, _inverse(right))
    return spans


def _times(left: Span, right: Span) -> Span:
    corners = [one * other for one in left for other in right]
    return min(corners), max(corners)


def _inverse(span: Span) -> Span:
    if span[0] <= 0 <= span[1]:
        raise ZeroDivisionError
    return 1 / span[1], 1 / span[0]


def _slopes(
    steps: Sequence[Expression], spans: Mapping[Expression, Span]
) -> Mapping[Expression, Span]:
    """Return the interval of the derivative of the last step by every step, backwards from it."""
    slopes = dict.fromkeys(steps, (Fraction(0), Fraction(0)))
    slopes[steps[-1]] = (Fraction(1), Fraction(1))
    for step in reversed(steps):
        if step.number is not None:
            continue
        left, right = step.parts
        by = slopes[step]
        if step.sign == "*":
            shares = _times(by, spans[right]), _times(by, spans[left])
        elif step.sign == "/":
            shares = (_times(by, _inverse(spans[right])),) * 2
            low, high = _times(shares[0], spans[step])
            shares = shares[0], (-high, -low)
        else:
            shares = by, by if step.sign == "+" else (-by[1], -by[0])
        for part, share in zip(step.parts, shares, strict=True):
            before = slopes[part]
            slopes[part] = before[0] + share[0], before[1] + share[1]
    return slopes


def _degree(steps: Sequence[Expression], leaf: Expression) -> int:
    """Return the degree in a number of the polynomials whose ratio the last step is, or a larger one."""
    degrees: dict[Expression, tuple[int, int]] = {}
    for step in steps:
        if step.number is not None:
            degrees[step] = (int(step is leaf), 0)
            continue
        (above, below), (above_2, below_2) = (degrees[part] for part in step.parts)
        if step.sign == "*":
            degrees[step] = above + above_2, below + below_2
        elif step.sign == "/":
            degrees[step] = above + below_2, below + above_2
        else:
            degrees[step] = max(above + below_2, above_2 + below), below + below_2
    return max(degrees[steps[-1]])


class _Search:
    """The search for the least value of an expression, or with ``sign`` -1 of its negative."""

    def __init__(
        self, steps: Sequence[Expression], whole: Box, again: Sequence[Expression], sign: int
    ) -> None:
        self.steps = steps
        self.whole = whole
        self.sign = sign
        self.again = again
        self.straight = {leaf for leaf in again if _degree(steps, leaf) <= 1}
        self.attained: Fraction | float = inf

    def least(self) -> tuple[Fraction, Fraction]:
        """Return a value that none is below, and the least one that was attained."""
        turn = count()
        waiting: list[tuple[Fraction | float, int, Box]] = []
        boxes = 1 + BOXES * SMALL // max(SMALL, len(self.steps))
        start = {leaf: self.whole[leaf] for leaf in self.again}
        parts = [start]
        for _ in range(boxes):
            for part in parts:
                low, box = self._shrunk(part)
                heappush(waiting, (low, next(turn), box))
            low, _, box = heappop(waiting)
            if low >= self.attained:
                return Fraction(self.attained), Fraction(self.attained)
            parts = self._halves(box)
        bound = min(low, *(waits[0] for waits in waiting)) if waiting else low
        if bound == -inf:
            raise ZeroDivisionError("the divisor may be 0 before rounding")
        return Fraction(bound), Fraction(self.attained)

    def _shrunk(self, box: Box) -> tuple[Fraction | float, Box]:
        """Return a bound from below, and the box without what cannot hold the least value."""
        box = dict(box)
        middle = {leaf: ((low + high) / 2,) * 2 for leaf, (low, high) in box.items()}
        self.attained = min(self.attained, self._bound(self._spans(middle)))
        while True:
            try:
                spans = self._spans(box)
                slopes = _slopes(self.steps, spans) if self.again else {}
            except ZeroDivisionError:
                return -inf, box
            wide = [leaf for leaf, (low, high) in box.items() if low < high]
            narrowed = False
            for leaf in wide:
                low, high = sorted(self.sign * end for end in slopes[leaf])
                if low >= 0 or high <= 0:
                    box[leaf] = (box[leaf][0 if low >= 0 else 1],) * 2
                    narrowed = True
            if not narrowed:
                bound = self._bound(spans)
                if not wide:
                    self.attained = min(self.attained, bound)
                return bound, box

    def _spans(self, box: Box) -> dict[Expression, Span]:
        return _spans(self.steps, {**self.whole, **box})

    def _bound(self, spans: Mapping[Expression, Span]) -> Fraction:
        return min(self.sign * end for end in spans[self.steps[-1]])

    def _halves(self, box: Box) -> list[Box]:
        """Return the two parts of a box, in which the least value of the box is that of one of them."""
        wide = [leaf for leaf, (low, high) in box.items() if low < high]
        for leaf in wide:
            if leaf in self.straight:
                return [{**box, leaf: (end, end)} for end in box[leaf]]
        leaf = max(wide, key=lambda one: box[one][1] - box[one][0])
        low, high = box[leaf]
        middle = (low + high) / 2
        return [{**box, leaf: (low, middle)}, {**box, leaf: (middle, high)}]
