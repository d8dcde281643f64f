"""Formulas of published tables: a small safe language over numbers with rounding intervals.

A formula has numbers, names, ``+ - * /``, parentheses and ``mean(a, b, …)``. A name is one word, or two
joined by a point; it stands for a printed number, which was rounded. Reports do not always go on from the
number that they print, so two words say otherwise of all names inside them:

``unrounded(…)``
    the report went on with the number before it was rounded: recomputed by its own formula;
``exact(…)``
    the number is not rounded, as a count of people, or the report went on with its printed digits.

Python's parser reads a formula and only these node kinds are accepted; nothing is executed.
"""

import ast
import contextlib
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction

from meta.choices.printed import PRINTED, Rounded, exact, mean
from meta.faults import fault

LONGEST = 500
DEEPEST = 20


class Taken(StrEnum):
    """How a formula takes the number that a name stands for."""

    PRINTED = "printed"
    UNROUNDED = "unrounded"
    EXACT = "exact"


Lookup = Callable[[str, Taken], Rounded]


def evaluate(formula: str, lookup: Lookup) -> Rounded:
    """Return the value of a formula with the interval that the rounding of its inputs allows.

    Parameters
    ----------
    formula : str
        At most `LONGEST` characters.
    lookup : callable
        From a name, e.g. ``days_per_week`` or ``mean_weeks.ips``, and how it is taken, to its value.

    Returns
    -------
    Rounded

    Raises
    ------
    InputError
        The text is no formula of this language; the message says where.
    ZeroDivisionError
        A divisor may be 0.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> names = {"days": printed("123.1"), "week": exact(5)}
    >>> float(evaluate("days / week * 18 / 30", lambda name, taken: names[name]).value)
    14.772
    """
    if len(formula) > LONGEST:
        raise fault(f"the formula has more than {LONGEST} characters", "Split it over cells.")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _not(formula) from error
    return _value(tree.body, formula, lookup, Taken.PRINTED, 0)


def names(formula: str) -> set[str]:
    """Return the names that a formula uses.

    Examples
    --------
    >>> sorted(names("mean(a.ips, b.ips) / week"))
    ['a.ips', 'b.ips', 'week']
    """
    found: set[str] = set()

    def note(name: str, _taken: Taken) -> Rounded:
        found.add(name)
        return exact(1)

    with contextlib.suppress(ZeroDivisionError):
        evaluate(formula, note)
    return found


def _not(formula: str) -> Exception:
    return fault(
        f"{formula!r} is not a formula",
        "Use numbers, names, + - * /, parentheses, mean(a, b), unrounded(a) and exact(a).",
    )


def _value(node: ast.expr, formula: str, lookup: Lookup, taken: Taken, depth: int) -> Rounded:
    if depth > DEEPEST:
        raise fault(f"the formula is nested deeper than {DEEPEST} levels", "Split it over cells.")

    def inner(child: ast.expr, how: Taken = taken) -> Rounded:
        return _value(child, formula, lookup, how, depth + 1)

    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            text = ast.get_source_segment(formula.strip(), node) or ""
            if PRINTED.fullmatch(text):
                return exact(Fraction(text))
        case ast.Name(id=name):
            return lookup(name, taken)
        case ast.Attribute(value=ast.Name(id=row), attr=column):
            return lookup(f"{row}.{column}", taken)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return exact(0) - inner(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return inner(left) + inner(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return inner(left) - inner(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return inner(left) * inner(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return inner(left) / inner(right)
        case ast.Call(func=ast.Name(id="mean"), args=[_, *_] as args, keywords=[]):
            return mean([inner(argument) for argument in args])
        case ast.Call(
            func=ast.Name(id=Taken.UNROUNDED | Taken.EXACT as how), args=[argument], keywords=[]
        ):
            return inner(argument, Taken(how))
    raise _not(formula)
