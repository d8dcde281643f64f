"""Commands that bring evidence in: imports, the reports that wait, and blank forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, say, show
from evidens.cli.records import By, Why, show_record, signature, study

report = typer.Typer(help="Look at the reports of the registry.", no_args_is_help=True)
app.add_typer(report, name="report")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="RIS, BibTeX, CSL-JSON, or an extraction sheet.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; print the same account.")
    ] = False,
    db: Database = DEFAULT_DATABASE,
    by: By = "",
    why: Why = "",
    as_json: Json = False,
) -> None:
    """Take a reference list or an extraction sheet in, with an account of every row.

    References become reports that await extraction; duplicates are found by DOI and by title and year.
    The rows of a sheet become study records, or are added to those that are there. The exit code is 1
    where a row was refused; the others are taken all the same.

    Example: evidens import found.ris --dry-run
    """
    from studies.imports import import_file
    from templates.listings import import_text

    why = why or f"imported {file.name}"
    done = import_file(db, file, dry_run=dry_run, signature=signature(by, why))
    if as_json:
        show(json.dumps(done.to_dict(), ensure_ascii=False, indent=2))
    else:
        show(import_text(done))
    if done.count("refused"):
        raise typer.Exit(1)


@report.command("list")
def report_list(
    awaiting: Annotated[
        bool, typer.Option("--awaiting", help="Only those that nothing was extracted from.")
    ] = False,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """List the reports: id, type, year, title.

    A report awaits extraction as long as no record names it.

    Example: evidens report list --awaiting
    """
    from registry.queries import awaiting_reports
    from registry.session import reading
    from studies.kept.kinds import held_records
    from studies.record import Report

    with reading(db) as session:
        waiting = awaiting_reports(session)
        rows = [
            {
                "report": one.report,
                "type": one.type,
                "year": one.year,
                "title": one.title,
                "awaiting": one.report in waiting,
            }
            for one in held_records(session, ["report"])
            if isinstance(one, Report) and (one.report in waiting or not awaiting)
        ]
    if as_json:
        show(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    wide = max((len(str(row["report"])) for row in rows), default=0)
    for row in rows:
        mark = "awaits" if row["awaiting"] else ""
        show(f"{row['report']:{wide}}  {row['type']:17}  {row['year']}  {mark:6}  {row['title']}")
    if not rows:
        say("No report awaits extraction." if awaiting else "The registry holds no report.")


@report.command("show")
def report_show(
    identity: Annotated[str, typer.Argument(metavar="ID")], db: Database = DEFAULT_DATABASE
) -> None:
    """Show a report's record as the registry holds it.

    Example: evidens report show davis-2012
    """
    show_record(db, "report", identity)


@study.command("new")
def study_new(
    identity: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Id of the new study, as in davis-2012.")
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help="Write a blank extraction sheet instead."),
    ] = None,
) -> None:
    """Print a blank study record, or write a blank extraction sheet in CSV or XLSX.

    Example: evidens study new --sheet extraction.xlsx
    """
    from studies.blank_forms import blank_record, write_blank_sheet

    if (identity is None) == (sheet is None):
        raise typer.BadParameter("give an ID, or --sheet FILE.")
    if identity is not None:
        show(blank_record(identity))
    elif sheet is not None:
        write_blank_sheet(sheet)
        show(str(sheet))
