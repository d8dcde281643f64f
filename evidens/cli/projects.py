"""Commands on impact bonds: list the projects of the registry, look at one."""

import json
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, show

project = typer.Typer(help="Look at the impact bonds of the registry.", no_args_is_help=True)
app.add_typer(project, name="project")


@project.command("list")
def project_list(db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """List the projects: id, countries, year, results, and how many values are disputed.

    Example: evidens project list
    """
    from registry.session import reading
    from studies.kept.kinds import held_records
    from studies.project import Project
    from studies.project_summary import summary

    with reading(db) as session:
        rows = [
            summary(record)
            for record in held_records(session, ["project"])
            if isinstance(record, Project)
        ]
    if as_json:
        show(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    wide = max((len(row["project"]) for row in rows), default=0)
    for row in rows:
        disputed = f"  {row['disputed']} disputed" if row["disputed"] else ""
        countries, years = ", ".join(row["countries"]), ", ".join(row["years"])
        show(
            f"{row['project']:{wide}}  {countries:2}  {years:10}  "
            f"{row['results']:2} results{disputed}".rstrip()
        )


@project.command("show")
def project_show(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Show a project's record as the registry holds it.

    With --json, the shares of people that follow from printed counts stand beside it. They are derived,
    and no effects.

    Example: evidens project show rikers-able
    """
    from meta.faults import fault
    from registry.session import reading
    from studies.dump import editable_text_of
    from studies.kept.kinds import held_record
    from studies.project import Project
    from studies.project_summary import document

    with reading(db) as session:
        record = held_record(session, "project", identity)
    if not isinstance(record, Project):
        raise fault(f"there is no project {identity!r}", "See `evidens project list`.")
    if as_json:
        show(json.dumps(document(record), ensure_ascii=False, indent=2))
    else:
        show(editable_text_of(record))
