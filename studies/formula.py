"""Formulas of published tables: a small safe language over numbers with rounding intervals.

A formula has numbers, names, ``+ - * /``, parentheses and ``mean(a, b, …)``. A name is one word, or two
joined by a point. Python's parser reads it and only these node kinds are accepted; nothing is executed.
"""

import ast
from collections.abc import Callable
from fractions import Fraction

from meta.choices.printed import PRINTED, Rounded, exact, mean
from meta.faults import fault

LONGEST = 500
DEEPEST = 20


def evaluate(formula: str, lookup: Callable[[str], Rounded]) -> Rounded:
    """Return the value of a formula with the interval that the rounding of its inputs allows.

    Parameters
    ----------
    formula : str
        At most `LONGEST` characters.
    lookup : callable
        From a name, e.g. ``days_per_week`` or ``mean_weeks.ips``, to its value.

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
    >>> float(evaluate("days / week * 18 / 30", names.__getitem__).value)
    14.772
    """
    if len(formula) > LONGEST:
        raise fault(f"the formula has more than {LONGEST} characters", "Split it over cells.")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _not(formula) from error
    return _value(tree.body, formula, lookup, 0)


def names(formula: str) -> set[str]:
    """Return the names that a formula uses.

    Examples
    --------
    >>> sorted(names("mean(a.ips, b.ips) / week"))
    ['a.ips', 'b.ips', 'week']
    """
    found: set[str] = set()

    def note(name: str) -> Rounded:
        found.add(name)
        return exact(1)

    evaluate(formula, note)
    return found


def _not(formula: str) -> Exception:
    return fault(
        f"{formula!r} is not a formula",
        "Use numbers, names, + - * /, parentheses and mean(a, b).",
    )


def _value(node: ast.expr, formula: str, lookup: Callable[[str], Rounded], depth: int) -> Rounded:
    if depth > DEEPEST:
        raise fault(f"the formula is nested deeper than {DEEPEST} levels", "Split it over cells.")

    def inner(child: ast.expr) -> Rounded:
        return _value(child, formula, lookup, depth + 1)

    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            text = ast.get_source_segment(formula.strip(), node) or ""
            if PRINTED.fullmatch(text):
                return exact(Fraction(text))
        case ast.Name(id=name):
            return lookup(name)
        case ast.Attribute(value=ast.Name(id=row), attr=column):
            return lookup(f"{row}.{column}")
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
    raise _not(formula)
