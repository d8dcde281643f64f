"""What a business case needs, as sheets of a workbook: one a part, a row for each outcome.

The parts are those of `registry.business_case`. A mapping inside a part becomes columns, as
``per_100_ci_low``, and a list of mappings a sheet of its own, as ``baseline_studies``.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = dict[str, Any]

ELSEWHERE = {("horizon", "alternatives")}
"""Lists that have a sheet of their own already: the estimates under each horizon model."""


def business_case_sheets(cases: Iterable[Mapping[str, Any]]) -> dict[str, list[Row]]:
    """Return the sheets of what a business case needs.

    Parameters
    ----------
    cases : iterable of mapping
        One an outcome, as `registry.business_case.business_case` gives them.

    Returns
    -------
    dict of str to list of dict
        Rows by the name of the sheet, in the order of the parts. Every row of a sheet has the same columns;
        values are text, numbers and None.

    Examples
    --------
    >>> case = {"outcome": "o", "price": {"year": None}, "certainty": {"soem": {"level": 1}}}
    >>> business_case_sheets([case])["certainty"]
    [{'outcome': 'o', 'soem_level': 1}]
    """
    sheets: dict[str, list[Row]] = {}
    for case in cases:
        for part, content in case.items():
            if part in ("outcome", "kind"):
                continue
            said = content or {}
            row = {"outcome": case["outcome"], **dict(_cells(said))}
            sheets.setdefault(part, []).append(row)
            for key, inner in said.items():
                if _is_table(inner) and (part, key) not in ELSEWHERE:
                    sheets.setdefault(f"{part}_{key}", []).extend(
                        {"outcome": case["outcome"], **dict(_cells(one))} for one in inner
                    )
    return {name: _filled(rows) for name, rows in sheets.items()}


def _cells(content: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield columns and their values; a list of plain values is a text with commas."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _cells(value, f"{before}{key}_")
        elif isinstance(value, bool):
            yield f"{before}{key}", "yes" if value else "no"
        elif not isinstance(value, list):
            yield f"{before}{key}", value
        elif not _is_table(value):
            yield f"{before}{key}", ", ".join(map(str, value)) or None


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def _filled(rows: list[Row]) -> list[Row]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name) for name in columns} for row in rows]
