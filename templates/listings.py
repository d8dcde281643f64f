"""Listings: replications, facts and imports as plain text for a terminal, in English."""

from collections.abc import Sequence

from meta.choices.printed import decimals
from meta.models.text_tables import table
from registry.vocabulary import QUALIFIERS
from studies.fact_set import Fact, FactSet
from studies.imports import Import, Row
from studies.replicate import VERDICTS, Cell, Replication
from templates.formats import number

MORE = 3
"""Decimals that a recomputed cell shows beyond the printed ones."""


def replication_text(done: Replication) -> str:
    """Return a replicated table as text: one line a cell, then reasons, notes and the count of verdicts.

    Parameters
    ----------
    done : Replication

    Returns
    -------
    str
        Columns: row, column, printed, recomputed, what rounding allows, verdict.
    """
    rows: list[tuple[str, ...]] = [
        ("row", "column", "printed", "recomputed", "rounding allows", "verdict")
    ]
    rows += [(cell.row, cell.heading, *_numbers(cell), cell.verdict) for cell in done.cells]
    lines = [
        f"{done.table}: {done.title}",
        f"{done.report}, {done.where}",
        "",
        *table(rows, words=len(rows[0])),
        "",
    ]
    reasons: dict[tuple[str, str], list[str]] = {}
    for cell in done.cells:
        if cell.reason:
            reasons.setdefault((cell.verdict, cell.reason), []).append(f"{cell.row}.{cell.column}")
    lines += [
        f"{verdict}: {', '.join(cells)}: {reason}" for (verdict, reason), cells in reasons.items()
    ]
    notes = dict.fromkeys((cell.row, cell.note) for cell in done.cells if cell.note)
    lines += [f"{row}: {note}" for row, note in notes]
    lines.append(verdict_line(done))
    if done.note:
        lines.append(f"Note: {done.note}")
    return "\n".join(lines)


def replications_text(done: Sequence[Replication]) -> str:
    """Return many replications as text: a line each, then every number that does not follow, and all counts.

    Parameters
    ----------
    done : sequence of Replication

    Returns
    -------
    str
    """
    lines = [f"{one.table}: {verdict_line(one)}" for one in done]
    for verdict in ("inconsistent", "not computable"):
        cells = [(one, cell) for one in done for cell in one.cells if cell.verdict == verdict]
        if cells:
            rows = [(verdict, "printed", "recomputed", "rounding allows")]
            rows += [
                (f"{one.table}.{cell.row}.{cell.column}", *_numbers(cell)) for one, cell in cells
            ]
            lines += ["", *table(rows, words=len(rows[0]))]
    counts = {verdict: sum(one.count(verdict) for one in done) for verdict in VERDICTS}
    cells_in_all = sum(len(one.cells) for one in done)
    listed = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return "\n".join([*lines, "", f"{cells_in_all} numbers of {len(done)} sources: {listed}."])


def verdict_line(done: Replication) -> str:
    """Return how many cells have which verdict, as a sentence."""
    counts = ", ".join(f"{done.count(verdict)} {verdict}" for verdict in VERDICTS)
    return f"{len(done.cells)} cells: {counts}."


def facts_text(sets: Sequence[FactSet]) -> str:
    """Return facts as text: one line a fact, disputed ones marked.

    Parameters
    ----------
    sets : sequence of FactSet

    Returns
    -------
    str
        Columns: set and id, what it is of, what is printed with its unit, currency and price year.
    """
    rows = [("fact", "of what", "printed")]
    rows += [
        (
            f"{one.facts}/{fact.id}",
            fact.item + (f" ({fact.column})" if fact.column else ""),
            _printed(fact) + (" (disputed)" if fact.disputed else ""),
        )
        for one in sets
        for fact in one.items
    ]
    return "\n".join(table(rows, words=len(rows[0])))


def _printed(fact: Fact) -> str:
    """Return a fact's number as printed, with all that it is counted in; or its words."""
    prices = f"({' '.join(part for part in (fact.currency, fact.price_year) if part)})"
    ends = f"{fact.low} to {fact.high}" if fact.low is not None else None
    number = [
        QUALIFIERS[fact.qualifier].en if fact.qualifier else None,
        fact.value or ends,
        f"({ends})" if fact.value and ends else None,
        fact.unit,
        prices if fact.currency else None,
    ]
    words = [" ".join(part for part in number if part), fact.text, " ".join(fact.countries)]
    return ": ".join(part for part in words if part)


def import_text(done: Import) -> str:
    """Return the account of an import as text: a line a row, its faults and remarks below it, the counts.

    Parameters
    ----------
    done : Import

    Returns
    -------
    str
    """
    lines = [f"{done.file}: {done.detected}"]
    for row in done.rows:
        lines += _import_row(row)
    lines += [f"Note: {remark}." for remark in done.remarks]
    if done.unkept:
        kept = ", ".join(f"{name} ({count})" for name, count in done.unkept.items())
        lines.append(f"Fields that a report record has no place for: {kept}.")
    again = done.count("duplicate")
    counts = f"{done.count('taken')} taken, {again} duplicate{'' if again == 1 else 's'}"
    lines.append(f"{counts}, {done.count('refused')} refused.")
    if done.dry_run:
        lines.append("This was a dry run: nothing has changed.")
    return "\n".join(lines)


def _import_row(row: Row) -> list[str]:
    what = "  ".join(part for part in (row.record, row.about) if part)
    return [
        f"line {row.line}: {row.verdict}  {what}".rstrip(),
        *(f"    {one}" for one in row.faults),
        *(f"    {remark}." for remark in row.remarks),
    ]


def _numbers(cell: Cell) -> tuple[str, str, str]:
    places = decimals(cell.printed) + MORE
    if cell.recomputed is None:
        return cell.printed, "–", "–"
    low, value, high = (
        number(part, places, language="en")
        for part in (cell.recomputed.low, cell.recomputed.value, cell.recomputed.high)
    )
    return cell.printed, value, f"{low} to {high}"
