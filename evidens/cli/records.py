"""Commands of the registry: make the database, take records in, write them out, look at them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, say, show

study = typer.Typer(help="Look at the studies of the registry.", no_args_is_help=True)
app.add_typer(study, name="study")


@app.command()
def init(db: Database = DEFAULT_DATABASE) -> None:
    """Make the database, or bring an older one up to date.

    Example: evidens init --db sqlite:///my.db
    """
    from registry.session import create

    say(f"Made the registry {db}." if create(db) else f"The registry {db} is up to date.")


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", show_default=False)],
) -> None:
    """Check record files, or folders of them, without a database.

    Example: evidens check studies/records/davis-2012.yaml
    """
    from studies.checks import check_files

    checked = check_files(paths)
    say(f"{len(checked)} records checked, no faults.")


@app.command()
def load(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", show_default=False)
    ] = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Take records into the registry, all or nothing; without PATH the shipped collection.

    A second load of the same records changes nothing. The registry is made where there is none.

    Example: evidens load my-records/
    """
    from registry.session import create, transaction
    from studies.checks import check_files
    from studies.ingest import SHIPPED, take_in

    checked = check_files(paths or SHIPPED)
    if create(db):
        say(f"Made the registry {db}.")
    with transaction(db) as session:
        done = take_in(session, checked)
    for word, names in (("added", done.added), ("changed", done.changed)):
        for name in names:
            say(f"{word} {name}")
    if done.added or done.changed:
        say(
            f"{len(done.added)} added, {len(done.changed)} changed, "
            f"{len(done.unchanged)} unchanged."
        )
    else:
        say(f"Nothing changed: the registry already holds all {len(done.unchanged)} records.")


@app.command()
def dump(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write every record of the registry as files, one folder a kind.

    Example: evidens dump backup/
    """
    from registry.session import transaction
    from studies.dump import dump

    with transaction(db) as session:
        files = dump(session, folder)
    for file in files:
        show(str(file))


@study.command("list")
def study_list(db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """List the studies: id, label, design, and the decisions on them.

    Example: evidens study list
    """
    from registry.session import transaction
    from studies.dump import held_records
    from studies.record import Study

    with transaction(db) as session:
        studies = [record for record in held_records(session) if isinstance(record, Study)]
    rows = [
        {
            "study": one.study,
            "label": one.label,
            "design": one.design,
            "screening": {screening.synthesis: screening.decision for screening in one.screening},
        }
        for one in studies
    ]
    if as_json:
        show(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    wide = max(len(one.study) for one in studies) if studies else 0
    for one in studies:
        decisions = ", ".join(f"{part.decision} in {part.synthesis}" for part in one.screening)
        show(f"{one.study:{wide}}  {one.design:17}  {decisions}")


@study.command("show")
def study_show(
    identity: Annotated[str, typer.Argument(metavar="ID")], db: Database = DEFAULT_DATABASE
) -> None:
    """Show a study's record as the registry holds it.

    Example: evidens study show davis-2012
    """
    from meta.faults import fault
    from registry.session import transaction
    from studies.dump import held_record, text_of

    with transaction(db) as session:
        record = held_record(session, "study", identity)
    if record is None:
        raise fault(f"there is no study {identity!r}", "See `evidens study list`.")
    show(text_of(record))
