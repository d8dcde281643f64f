"""Selections: the results of an outcome from many studies at once, one row each, as columns.

A row has what a study prints for its first intervention arm and its first comparator arm, and the columns
bear the names that `evidens pool` reads. Only printed numbers come, never a reconstructed count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

NUMBERS = {
    "ai": ("intervention", "events"),
    "n1i": ("intervention", "n"),
    "ci": ("comparator", "events"),
    "n2i": ("comparator", "n"),
    "m1i": ("intervention", "mean"),
    "sd1i": ("intervention", "sd"),
    "m2i": ("comparator", "mean"),
    "sd2i": ("comparator", "sd"),
    "percent1": ("intervention", "percent"),
    "percent2": ("comparator", "percent"),
}
"""Each column of numbers: the arm by its role, and what is printed for it."""

TEXTS = ("study", "design", "population", "ascertainment", "window", "report")


@dataclass(frozen=True, slots=True)
class Selection:
    """Results as columns.

    Parameters
    ----------
    texts : dict of str to list
        By `TEXTS`; None where nothing is printed.
    year : ndarray of int
    numbers : dict of str to ndarray of float, shape (k,)
        By `NUMBERS`; NaN where nothing is printed.
    """

    texts: dict[str, list[str | None]]
    year: npt.NDArray[np.int64]
    numbers: dict[str, npt.NDArray[np.float64]]

    def __len__(self) -> int:
        """Return how many results there are."""
        return len(self.year)


def select_results(
    session: Session,
    outcome: str,
    *,
    designs: Sequence[str] = (),
    years: tuple[int, int] | None = None,
) -> Selection:
    """Return the results of an outcome, by study and in record order.

    Parameters
    ----------
    session : Session
        An open transaction.
    outcome : str
        An outcome of the vocabulary.
    designs : sequence of str
        Only studies of these designs; all where it is empty.
    years : (int, int), optional
        Only studies from the first year to the last.

    Returns
    -------
    Selection
    """
    connection = session.connection()
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    statement, values = statement_of(outcome, designs, years, mark)
    rows = connection.exec_driver_sql(statement, tuple(values)).fetchall()
    rows = sorted(rows, key=itemgetter(0))  # a database sorts by its own locale
    columns = list(zip(*rows, strict=True)) if rows else [()] * (len(TEXTS) + 1 + len(NUMBERS))
    texts = {name: list(column) for name, column in zip(TEXTS, columns, strict=False)}
    numbers = columns[len(TEXTS) + 1 :]
    return Selection(
        texts,
        np.array(columns[len(TEXTS)], dtype=np.int64),
        # A printed number is text, so float() reads it exactly as a person would; None becomes NaN.
        {
            name: np.array(column, dtype=np.float64)
            for name, column in zip(NUMBERS, numbers, strict=True)
        },
    )


def statement_of(
    outcome: str, designs: Sequence[str], years: tuple[int, int] | None, mark: str
) -> tuple[str, list[str | int]]:
    """Return the query and its values, with the driver's mark for a value."""
    rules, values = [f"r.outcome = {mark}"], [outcome]
    asked: list[str | int] = [*values]
    if designs:
        rules.append(f"s.design IN ({', '.join(mark for _ in designs)})")
        asked += designs
    if years is not None:
        rules.append(f"s.year BETWEEN {mark} AND {mark}")
        asked += years
    cells = ", ".join(
        f"MAX(CASE WHEN a.role = '{role}' AND v.statistic = '{statistic}' THEN v.printed END)"
        for role, statistic in NUMBERS.values()
    )
    return (
        'SELECT r.study_id, s.design, s.population, r.ascertainment, r."window", p.report_id, s.year, '
        f"{cells} FROM result r JOIN study s ON s.id = r.study_id "
        "JOIN provenance p ON p.id = r.provenance_id "
        "LEFT JOIN value v ON v.result_id = r.id "
        "LEFT JOIN arm a ON a.study_id = v.study_id AND a.id = v.arm_id AND NOT EXISTS "
        "(SELECT 1 FROM arm earlier WHERE earlier.study_id = a.study_id AND earlier.role = a.role "
        f"AND earlier.position < a.position) WHERE {' AND '.join(rules)} "
        'GROUP BY r.id, r.study_id, s.design, s.population, r.ascertainment, r."window", p.report_id, '
        "s.year, r.position ORDER BY r.position",
        asked,
    )
