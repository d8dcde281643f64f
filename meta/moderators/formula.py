"""Model formulas as R writes them: ``~ x + C(y)``, read without ever being executed.

A formula comes from a stranger. What is accepted is listed in `moderator_formula`; everything else is
refused by its first unknown sign. The names of columns and the calls are taken out first and replaced by
placeholders, so that the library that multiplies the terms out sees nothing but those and the signs
``+ - * : ( ) 0 1``; calls are computed from a syntax tree of which each kind of node is on a list.
"""

import ast
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import InputError, fault

LONGEST = 300
PRODUCTS = 4  # each one multiplies the number of terms
ACCEPTED = (
    "Use column names with +, -, *, : and parentheses, C(column) for categories, I(...) with + - * / ^, "
    "log(...), sqrt(...), exp(...), and 0 or -1 for no intercept."
)
CATEGORICAL = ("C", "factor")
FUNCTIONS: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "log": np.log,
    "sqrt": np.sqrt,
    "exp": np.exp,
}
OPERATIONS: Mapping[type[ast.operator], Callable[[FloatArray, FloatArray], FloatArray]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w.]*|\.[^\W\d][\w.]*|`[^`]+`)|(?P<number>\d+(?:\.\d*)?)|(?P<sign>[-+*:()]))"
)
_INSIDE = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w.]*|\.[^\W\d][\w.]*|`[^`]+`)"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?P<sign>\*\*|[-+*/^()]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor of a term.

    Parameters
    ----------
    label : str
        As it is written in the formula, without spaces.
    kind : {"column", "categories", "expression"}
        A column as it is, a column read as categories, or numbers computed from columns.
    columns : tuple of str
        The columns it needs.
    tree : ast.expr, optional
        The checked syntax tree of an expression, in which ``_0, _1, ...`` stand for `columns`.
    """

    label: str
    kind: Literal["column", "categories", "expression"]
    columns: tuple[str, ...]
    tree: ast.expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula multiplied out.

    Parameters
    ----------
    text : str
        As it was given.
    intercept : bool
    terms : tuple of tuple of Factor
        Without the intercept; main effects first, then products by the number of their factors.
    """

    text: str
    intercept: bool
    terms: tuple[tuple[Factor, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the formula needs, each once."""
        names = (name for term in self.terms for factor in term for name in factor.columns)
        return tuple(dict.fromkeys(names))


def moderator_formula(text: str, columns: Collection[str]) -> Formula:
    """Read a formula.

    Accepted are: names of columns (in backticks where they are no plain words), ``+``, ``-``, ``*``,
    ``:`` and parentheses with their meaning in R; ``C(y)`` or ``factor(y)`` for categories; ``I(...)``
    around arithmetic with ``+ - * / ^``, in which ``^`` is a power; ``log(...)``, ``sqrt(...)`` and
    ``exp(...)``; ``0 +`` or ``- 1`` for no intercept. The tilde may be left out.

    Parameters
    ----------
    text : str
    columns : collection of str
        The names that exist.

    Returns
    -------
    Formula

    Raises
    ------
    InputError
        For anything else, a column that does not exist, or a formula without moderators.

    References
    ----------
    Wilkinson and Rogers (1973). doi:10.2307/2346786

    Examples
    --------
    >>> formula = moderator_formula("~ x * C(y) + I(x^2)", ["x", "y"])
    >>> formula.intercept, [":".join(factor.label for factor in term) for term in formula.terms]
    (True, ['x', 'C(y)', 'I(x^2)', 'x:C(y)'])
    """
    if len(text) > LONGEST:
        raise fault(f"the formula has {len(text)} characters", f"At most {LONGEST} are read.")
    body = text.strip().removeprefix("~")
    factors: dict[str, Factor] = {}
    skeleton, place, products = "", 0, 0
    while place < len(body.rstrip()):
        found = _TOKEN.match(body, place)
        if found is None:
            raise _refused(text, body[place:].lstrip()[:1])
        place = found.end()
        if found["name"]:
            factor, place = _factor(text, body, found["name"], place, columns)
            key = next((key for key, one in factors.items() if one.label == factor.label), None)
            key = key or f"f{len(factors)}"
            factors[key] = factor
            skeleton += f" {key} "
        elif found["number"]:
            if found["number"] not in ("0", "1"):
                raise _refused(text, found["number"])
            skeleton += f" {found['number']} "
        else:
            products += found["sign"] in "*:"
            skeleton += found["sign"]
    if products > PRODUCTS:
        raise fault(
            f"the formula {text!r} has {products} products", f"At most {PRODUCTS} are read."
        )
    return _multiplied_out(text, skeleton, factors)


def _multiplied_out(text: str, skeleton: str, factors: Mapping[str, Factor]) -> Formula:
    from formulaic import Formula as Expansion  # type: ignore[import-untyped]
    from formulaic.errors import FormulaicError  # type: ignore[import-untyped]

    try:
        expansion = list(Expansion(skeleton or "0"))
    except (FormulaicError, RecursionError, ValueError):
        raise fault(f"{text!r} is no formula", ACCEPTED, field="mods") from None
    names = [[factor.expr for factor in term.factors] for term in expansion]
    if any(name not in factors for term in names for name in term if term != ["1"]):
        raise fault(f"{text!r} is no formula", ACCEPTED, field="mods")
    # In a product the factors stand in the order in which the formula first names them, as in R.
    terms = tuple(
        tuple(factor for name, factor in factors.items() if name in term)
        for term in names
        if term != ["1"]
    )
    if not terms:
        raise fault(
            f"the formula {text!r} names no moderator", "Name at least one column.", field="mods"
        )
    return Formula(text=text, intercept=["1"] in names, terms=terms)


def _refused(text: str, sign: str) -> InputError:
    return fault(f"{sign!r} has no meaning in the formula {text!r}", ACCEPTED, field="mods")


def _factor(
    text: str, body: str, name: str, place: int, columns: Collection[str]
) -> tuple[Factor, int]:
    """Read the factor that starts with a name; return it and where the rest of the formula starts."""
    called = body[place:].lstrip().startswith("(") and not name.startswith("`")
    if not called:
        return Factor(
            label=name.strip("`"), kind="column", columns=(_column(name, columns),)
        ), place
    if name not in (*CATEGORICAL, "I", *FUNCTIONS):
        raise _refused(text, f"{name}(")
    start = body.index("(", place)
    end = _closing(text, body, start)
    inside = body[start + 1 : end]
    label = f"{name}({''.join(inside.split())})"
    if name in CATEGORICAL:
        bare = inside.strip()
        found = _TOKEN.fullmatch(bare)
        if found is None or not found["name"]:
            raise fault(
                f"{label} in the formula {text!r} is no column",
                f"Write {name}(column); the levels are ordered with `levels`.",
                field="mods",
            )
        return Factor(label=label, kind="categories", columns=(_column(bare, columns),)), end + 1
    used, tree = _arithmetic(text, f"({inside})" if name == "I" else f"{name}({inside})", columns)
    return Factor(label=label, kind="expression", columns=used, tree=tree), end + 1


def _column(name: str, columns: Collection[str]) -> str:
    bare = name.strip("`")
    if bare not in columns:
        raise fault(
            "the formula names this column, which the data lack",
            f"Use one of {', '.join(columns) or 'no columns at all'}.",
            field=bare,
        )
    return bare


def _closing(text: str, body: str, start: int) -> int:
    depth = 0
    for place in range(start, len(body)):
        depth += {"(": 1, ")": -1}.get(body[place], 0)
        if depth == 0:
            return place
    raise fault(f"a parenthesis of the formula {text!r} is not closed", "Close it.", field="mods")


def _arithmetic(
    text: str, inside: str, columns: Collection[str]
) -> tuple[tuple[str, ...], ast.expr]:
    """Return the columns of an expression and its syntax tree, of listed nodes only."""
    used: list[str] = []
    python, place = "", 0
    while place < len(inside.rstrip()):
        found = _INSIDE.match(inside, place)
        if found is None:
            raise _refused(text, inside[place:].lstrip()[:1])
        place = found.end()
        name = found["name"]
        if name in FUNCTIONS and inside[place:].lstrip().startswith("("):
            python += name
        elif name:
            bare = _column(name, columns)
            if bare not in used:
                used.append(bare)
            python += f" _{used.index(bare)} "
        else:
            python += {"^": "**"}.get(found[0].strip(), found[0].strip())
    try:
        tree = ast.parse(python.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        raise fault(f"{inside} is no arithmetic", ACCEPTED, field="mods") from None
    if not used or not all(_is_listed(node) for node in ast.walk(tree)):
        raise fault(f"{inside} is no arithmetic with columns", ACCEPTED, field="mods")
    return tuple(used), tree


def _is_listed(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
            return name in FUNCTIONS
        case ast.Constant(value=value):
            return type(value) in (int, float)
        case ast.BinOp(op=operator):
            return type(operator) in OPERATIONS
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return True
        case ast.Name() | ast.operator() | ast.unaryop() | ast.expr_context():
            return True
    return False


def evaluate(factor: Factor, columns: Mapping[str, FloatArray]) -> FloatArray:
    """Compute an expression for each study.

    Parameters
    ----------
    factor : Factor
        Of kind "expression".
    columns : mapping of str to ndarray
        Numbers, length k, nan where one is missing.

    Returns
    -------
    ndarray, length k
        Not finite where the expression has no value.

    References
    ----------
    Wilkinson and Rogers (1973). doi:10.2307/2346786

    Examples
    --------
    >>> (term,) = moderator_formula("I(x^2 / 2)", ["x"]).terms
    >>> evaluate(term[0], {"x": np.array([1.0, 4.0])}).tolist()
    [0.5, 8.0]
    """

    def value(node: ast.expr) -> FloatArray:
        match node:
            case ast.Constant(value=int() | float() as number):
                return np.float64(number)  # type: ignore[return-value]
            case ast.UnaryOp(op=ast.USub()):
                return -value(node.operand)
            case ast.UnaryOp():
                return value(node.operand)
            case ast.BinOp():
                return OPERATIONS[type(node.op)](value(node.left), value(node.right))
            case ast.Call(func=ast.Name(id=name)):
                return FUNCTIONS[name](value(node.args[0]))
            case ast.Name(id=name):
                return columns[factor.columns[int(name[1:])]]
        raise AssertionError(ast.dump(node))  # `_is_listed` lets nothing else through

    assert factor.tree is not None
    with np.errstate(all="ignore"):  # what is not finite is excluded with a reason
        return np.asarray(value(factor.tree), dtype=np.float64)
