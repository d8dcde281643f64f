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
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from operator import add

from meta.choices.enclosures import Expression, number
from meta.choices.printed import PRINTED
from meta.faults import fault

LONGEST = 500
DEEPEST = 20


class Taken(StrEnum):
    """How a formula takes the number that a name stands for."""

    PRINTED = "printed"
    UNROUNDED = "unrounded"
    EXACT = "exact"


Lookup = Callable[[str, Taken], Expression]


def expression(formula: str, lookup: Lookup) -> Expression:
    """Return a formula as an expression over the numbers that its names stand for.

    Parameters
    ----------
    formula : str
        At most `LONGEST` characters.
    lookup : callable
        From a name, e.g. ``days_per_week`` or ``mean_weeks.ips``, and how it is taken, to its number. Names
        of the same number must get the same object: only then are they known to be one.

    Returns
    -------
    Expression

    Raises
    ------
    InputError
        The text is no formula of this language, too long, too deeply nested, or has too many numbers.

    Examples
    --------
    >>> from meta.choices.enclosures import enclose
    >>> from meta.choices.printed import printed
    >>> names = {"days": number(printed("123.1")), "week": number(5)}
    >>> months = expression("days / week * 18 / 30", lambda name, taken: names[name])
    >>> float(enclose(months).outer.value)
    14.772
    """
    if len(formula) > LONGEST:
        raise fault(f"the formula has more than {LONGEST} characters", "Split it over cells.")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _not(formula) from error
    return _value(tree.body, formula, lookup, Taken.PRINTED, 0)


def named(formula: str) -> set[tuple[str, Taken]]:
    """Return the names that a formula uses, each with how it is taken.

    Examples
    --------
    >>> sorted((name, taken.value) for name, taken in named("mean(a.ips, exact(b)) / week"))
    [('a.ips', 'printed'), ('b', 'exact'), ('week', 'printed')]
    """
    found: set[tuple[str, Taken]] = set()

    def note(name: str, taken: Taken) -> Expression:
        found.add((name, taken))
        return number(1)

    expression(formula, note)
    return found


def _not(formula: str) -> Exception:
    return fault(
        f"{formula!r} is not a formula",
        "Use numbers, names, + - * /, parentheses, mean(a, b), unrounded(a) and exact(a).",
    )


def _value(node: ast.expr, formula: str, lookup: Lookup, taken: Taken, depth: int) -> Expression:
    if depth > DEEPEST:
        raise fault(f"the formula is nested deeper than {DEEPEST} levels", "Split it over cells.")

    def inner(child: ast.expr, how: Taken = taken) -> Expression:
        return _value(child, formula, lookup, how, depth + 1)

    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            text = ast.get_source_segment(formula.strip(), node) or ""
            if PRINTED.fullmatch(text):
                return number(Fraction(text))
        case ast.Name(id=name):
            return lookup(name, taken)
        case ast.Attribute(value=ast.Name(id=row), attr=column):
            return lookup(f"{row}.{column}", taken)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return number(0) - inner(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return inner(left) + inner(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return inner(left) - inner(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return inner(left) * inner(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return inner(left) / inner(right)
        case ast.Call(func=ast.Name(id="mean"), args=[_, *_] as args, keywords=[]):
            return reduce(add, [inner(argument) for argument in args]) / number(len(args))
        case ast.Call(
            func=ast.Name(id=Taken.UNROUNDED | Taken.EXACT as how), args=[argument], keywords=[]
        ):
            return inner(argument, Taken(how))
    raise _not(formula)
