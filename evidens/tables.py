"""From a table to the columns of an analysis: moderators, subgroups and weights, with the lines at fault."""

import re
from collections.abc import Collection, Sequence

from meta.effects.designs import ALTERNATIVES
from meta.effects.measures import MEASURES, Measure
from meta.faults import Fault, InputError
from meta.moderators.formula import Formula, moderator_formula
from studies.sheets import Sheet, parse_sheet
from studies.table_files import refuse

_NUMBER = re.compile(r"[-+−]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][-+]?[0-9]+)?")
LABEL_COLUMNS = ("slab", "study")


def known_columns() -> set[str]:
    """Return the names of all columns that hold numbers for some measure.

    Returns
    -------
    set of str

    Examples
    --------
    >>> {"ai", "yi", "sei"} <= known_columns()
    True
    """
    return {name for sets in ALTERNATIVES.values() for names in sets for name in names}


def columns_of(measure: Measure) -> tuple[str, ...]:
    """Return the columns that a measure can use, each once.

    Parameters
    ----------
    measure : Measure

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> columns_of(Measure.GEN)
    ('yi', 'vi', 'sei')
    """
    names = (name for columns in ALTERNATIVES[MEASURES[measure].design] for name in columns)
    return tuple(dict.fromkeys(names))


def read_formula(mods: str, sheet: Sheet) -> tuple[Formula, set[str]]:
    r"""Read a formula, and tell which of its columns hold numbers.

    A column inside ``I()`` or a function holds numbers. One that stands alone holds numbers if a cell of
    it looks like one, and is otherwise a category; ``C()`` always makes it a category.

    Parameters
    ----------
    mods : str
    sheet : Sheet

    Returns
    -------
    formula : Formula
    numbers : set of str
        Columns to be read as numbers.

    Raises
    ------
    InputError
        For a formula that is refused, or a column of numbers with words in it, by line.

    Examples
    --------
    >>> sheet = parse_sheet(b"yi,vi,year,place\n1,1,1999,land\n", name="t.csv", numbers=["yi", "vi"])
    >>> read_formula("~ year + place", sheet)[1]
    {'year'}
    """
    formula = moderator_formula(mods, sheet.header)
    numbers: set[str] = set()
    faults: list[Fault] = []
    for factor in (factor for term in formula.terms for factor in term):
        for name in factor.columns:
            cells = sheet.texts.get(name, ())
            words = [
                row
                for row, cell in enumerate(cells)
                if cell not in (None, "NA") and not _like(cell)
            ]
            some = len(words) < sum(cell not in (None, "NA") for cell in cells)
            if factor.kind == "categories" or (factor.kind == "column" and not some):
                continue
            numbers.add(name)
            faults += [
                Fault(
                    file=sheet.name,
                    line=sheet.lines[row],
                    field=name,
                    problem=f"{cells[row]!r} is no number, and the formula uses this moderator as numbers",
                    remedy=f"Write a number, leave the cell empty, or use C({name}) for categories.",
                )
                for row in words
            ]
    refuse(list(dict.fromkeys(faults)), sheet.name)
    return formula, numbers


def _like(cell: str | None) -> bool:
    return cell is not None and bool(_NUMBER.fullmatch(cell))


def looks_like_numbers(sheet: Sheet, name: str) -> bool:
    r"""Tell whether a cell of a column looks like a number.

    Parameters
    ----------
    sheet : Sheet
    name : str

    Returns
    -------
    bool

    Examples
    --------
    >>> sheet = parse_sheet(b"yi,year\n1,1999\n", name="t.csv", numbers=["yi"])
    >>> looks_like_numbers(sheet, "year")
    True
    """
    return name in sheet.numbers or any(map(_like, sheet.texts.get(name, ())))


def cells_of(sheet: Sheet, name: str, rows: Sequence[int]) -> list[str | float | None]:
    r"""Return some cells of a column, empty ones and ``NA`` as None.

    Parameters
    ----------
    sheet : Sheet
    name : str
    rows : sequence of int
        From 0.

    Returns
    -------
    list

    Examples
    --------
    >>> sheet = parse_sheet(b"yi,place\n1,land\n2,NA\n", name="t.csv", numbers=["yi"])
    >>> cells_of(sheet, "place", [0, 1]), cells_of(sheet, "yi", [1])
    (['land', None], [2.0])
    """
    if name in sheet.numbers:
        return [sheet.numbers[name][row] for row in rows]
    return [None if sheet.texts[name][row] == "NA" else sheet.texts[name][row] for row in rows]


def column(sheet: Sheet, name: str, use: str) -> str:
    r"""Return the name of a column that must be there.

    Parameters
    ----------
    sheet : Sheet
    name : str
    use : str
        The option that names it.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the table has no such column; a name that is alike is suggested.

    Examples
    --------
    >>> column(parse_sheet(b"yi,place\n1,land\n", name="t.csv", numbers=["yi"]), "place", "--subgroup")
    'place'
    """
    from difflib import get_close_matches

    if name in sheet.header:
        return name
    alike = get_close_matches(name, sheet.header, n=1)
    raise InputError(
        [
            Fault(
                file=sheet.name,
                line=sheet.header_line,
                field=name,
                problem=f"{use} names this column, which the file lacks",
                remedy=f"Did you mean {alike[0]!r}?"
                if alike
                else f"The file has {', '.join(sheet.header)}.",
            )
        ]
    )


def weight_cells(sheet: Sheet, name: str, rows: Sequence[int]) -> list[float]:
    r"""Return the weights of the studies that have an estimate.

    Parameters
    ----------
    sheet : Sheet
    name : str
        A column read as numbers.
    rows : sequence of int
        The studies, from 0.

    Returns
    -------
    list of float

    Raises
    ------
    InputError
        For a weight that is missing or negative, by line.

    Examples
    --------
    >>> weight_cells(parse_sheet(b"yi,n\n1,30\n", name="t.csv", numbers=["yi", "n"]), "n", [0])
    [30.0]
    """
    weights = [sheet.numbers[name][row] for row in rows]
    faults = [
        Fault(
            file=sheet.name,
            line=sheet.lines[row],
            field=name,
            problem="the weight is missing" if weight is None else f"the weight is {weight:g}",
            remedy="Give every study with an estimate a weight, 0 or more.",
        )
        for row, weight in zip(rows, weights, strict=True)
        if weight is None or weight < 0
    ]
    refuse(faults, sheet.name)
    return [weight for weight in weights if weight is not None]


def parse_table(content: bytes, name: str, numbers: Collection[str]) -> Sheet:
    r"""Read a table, and with it those columns as numbers.

    Parameters
    ----------
    content : bytes
    name : str
    numbers : collection of str
        Besides the columns of measures.

    Returns
    -------
    Sheet

    Raises
    ------
    InputError
        As `studies.sheets.parse_sheet`.

    Examples
    --------
    >>> parse_table(b"yi,year\n1,1999\n", "t.csv", ["year"]).numbers["year"]
    (1999.0,)
    """
    return parse_sheet(content, name=name, numbers={*known_columns(), *numbers})
