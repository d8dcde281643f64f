"""Windows: the forms in which a record says how long, or when, an outcome was seen.

``18 months`` or ``26 weeks`` is counted from the start, the same for everyone. ``mean 41 months`` differs
between people, ``months 7 to 18`` begins late, and ``not-printed`` is a window whose length the report
does not print. Only the first form can be put on another horizon or compared as it stands.
"""

import re
from fractions import Fraction

from meta.choices.horizons import months
from registry.vocabulary import NOT_PRINTED

_NUMBER = r"[1-9][0-9]{0,3}(\.[0-9]{1,3})?"
FORM = rf"^((mean )?{_NUMBER} (months|weeks)|months [1-9][0-9]{{0,2}} to [1-9][0-9]{{0,2}}|{NOT_PRINTED})$"
"""What a window looks like."""

SQL_FORM = (
    "(\"window\" LIKE '% months' OR \"window\" LIKE '% weeks' OR \"window\" LIKE 'months % to %' "
    f"OR \"window\" = '{NOT_PRINTED}') "
    "AND trim(\"window\", 'abcdefghijklmnopqrstuvwxyz0123456789-. ') = ''"
)
"""The same as the database checks it; for SQLite alone, capitals are LIKE small letters."""

_PLAIN = re.compile(rf"{_NUMBER} (months|weeks)")
_SPAN = re.compile(r"months ([0-9]+) to ([0-9]+)")


def plain(window: str) -> bool:
    """Tell whether a window begins at the start and is equally long for everyone.

    Examples
    --------
    >>> plain("18 months"), plain("mean 41 months"), plain("months 7 to 18"), plain("not-printed")
    (True, False, False, False)
    """
    return _PLAIN.fullmatch(window) is not None


def length(window: str) -> Fraction | None:
    """Return how long a window is in months, or None where that is not printed.

    Examples
    --------
    >>> length("26 weeks"), length("mean 41 months"), length("months 7 to 18"), length("not-printed")
    (Fraction(6, 1), Fraction(41, 1), Fraction(12, 1), None)
    """
    if window == NOT_PRINTED:
        return None
    between = first_and_last(window)
    if between is not None:
        return Fraction(between[1] - between[0] + 1)
    return months(window.removeprefix("mean "))


def first_and_last(window: str) -> tuple[int, int] | None:
    """Return the first and the last month of a window that begins late; None for others.

    Examples
    --------
    >>> first_and_last("months 7 to 18"), first_and_last("18 months")
    ((7, 18), None)
    """
    found = _SPAN.fullmatch(window)
    return None if found is None else (int(found[1]), int(found[2]))
