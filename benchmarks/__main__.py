"""Speed, as ratios: what metafor, and a loop in C, take for the same job in the same run.

Print the table with ``python -m benchmarks``, or some lines with words that their functions' names contain.
"""

import sys

from benchmarks import (
    bayes_rows,
    brief_rows,
    costing_rows,
    count_rows,
    dependence_rows,
    draws_rows,
    figure_rows,
    floor,
    metafor,
    multiverse_rows,
    registry_rows,
    release_rows,
    rows,
    selection_rows,
    sensitivity_rows,
    small_study_rows,
    table_rows,
)
from benchmarks.timing import TURNS, Row


def line(row: Row) -> str:
    """Return one row as text."""
    cells = [f"{row.job:52}", f"{_time(row.seconds['evidens']):>10}"]
    ratio = row.ratios.get("metafor")
    goal = row.goals.get("metafor")
    verdict = "" if ratio is None or goal is None else "met" if ratio >= goal else "NOT MET"
    cells.append(f"{_time(row.seconds.get('metafor')):>10}")
    cells.append(f"{'-' if ratio is None else f'{ratio:,.1f}':>10}")
    cells.append(f"{'-' if goal is None else f'{goal:,g}':>8}")
    cells.append(f"{verdict:8}")
    floor_ratio = row.ratios.get("C")
    if floor_ratio is not None:
        limit = row.goals.get("C")
        text = f"{1 / floor_ratio:.1f} x the C loop ({_time(row.seconds['C'])})"
        if limit is not None:
            text += f", goal {limit:g}: {'met' if 1 / floor_ratio <= limit else 'NOT MET'}"
        cells.append(text)
    converter = row.ratios.get("pandoc")
    if converter is not None:
        limit = row.goals["pandoc"]
        text = f"{1 / converter:.1f} x pandoc alone ({_time(row.seconds['pandoc'])})"
        cells.append(text + f", goal {limit:g}: {'met' if 1 / converter <= limit else 'NOT MET'}")
    raw = row.ratios.get("sqlite3")
    if raw is not None:
        limit = row.goals["sqlite3"]
        text = f"{1 / raw:.2f} x the driver alone ({_time(row.seconds['sqlite3'])})"
        cells.append(text + f", goal {limit:g}: {'met' if 1 / raw <= limit else 'NOT MET'}")
    scan = row.ratios.get("LIKE")
    if scan is not None:
        cells.append(f"{scan:,.0f} x faster than LIKE ({_time(row.seconds['LIKE'])})")
    single = row.ratios.get("one by one")
    if single is not None:
        least = row.goals["one by one"]
        text = f"{single:,.0f} x faster than one by one ({_time(row.seconds['one by one'])})"
        cells.append(text + f", goal {least:g}: {'met' if single >= least else 'NOT MET'}")
    normals = row.ratios.get("normals")
    if normals is not None:
        limit = row.goals["normals"]
        text = f"{1 / normals:.2f} x the normal variates alone ({_time(row.seconds['normals'])})"
        cells.append(text + f", goal {limit:g}: {'met' if 1 / normals <= limit else 'NOT MET'}")
    alone = row.ratios.get("analysis")
    if alone is not None:
        limit = row.goals["analysis"]
        text = f"{1 / alone:.2f} x the analysis alone ({_time(row.seconds['analysis'])})"
        cells.append(text + f", goal {limit:g}: {'met' if 1 / alone <= limit else 'NOT MET'}")
    other = row.ratios.get("PyMARE")
    if other is not None:
        text = f"{other:,.1f} x faster than PyMARE ({_time(row.seconds['PyMARE'])})"
        wanted = row.goals.get("PyMARE")
        if wanted is not None:
            text += f", goal {wanted:g}: {'met' if other >= wanted else 'NOT MET'}"
        cells.append(text)
    return "  ".join(cells).rstrip()


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"


def main() -> None:
    """Measure and print."""
    print(
        f"CPU times; ratios are medians of {TURNS} turns in which all programs run one after the other."
    )
    if not metafor.present():
        print("Rscript with metafor is not here: its rows are left out.")
    if floor.library() is None:
        print("There is no C compiler here: the C loop is left out.")
    print(f"\n{'job':52}  {'Evidens':>10}  {'metafor':>10}  {'ratio':>10}  {'goal':>8}")
    remarks = []
    parts = (
        rows,
        sensitivity_rows,
        multiverse_rows,
        dependence_rows,
        bayes_rows,
        draws_rows,
        costing_rows,
        count_rows,
        small_study_rows,
        selection_rows,
        registry_rows,
        release_rows,
        table_rows,
        brief_rows,
        figure_rows,
    )
    for measure in (row for part in parts for row in part.ROWS):
        if len(sys.argv) > 1 and not any(word in measure.__name__ for word in sys.argv[1:]):
            continue
        row = measure()
        print(line(row), flush=True)
        if row.remark:
            remarks.append(f"{row.job}: {row.remark}.")
    print("\n" + "\n".join(remarks))


main()
