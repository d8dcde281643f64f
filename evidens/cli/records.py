"""Commands of the registry: make the database, take records in, write them out, look at them."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, say, show

if TYPE_CHECKING:
    from registry.revisions import Signature
    from studies.ingest import Loaded

By = Annotated[
    str, typer.Option("--by", envvar="EVIDENS_BY", help="Who you are; by default the login name.")
]
Why = Annotated[str, typer.Option("--why", help="Why the records change, for the history.")]

study = typer.Typer(help="Look at the studies of the registry.", no_args_is_help=True)
app.add_typer(study, name="study")


def signature(by: str, why: str) -> Signature:
    """Sign a change with the name given, or the login name."""
    from meta.faults import fault
    from registry.revisions import Signature

    try:
        name = by.strip() or getpass.getuser()
    except (KeyError, OSError) as error:
        raise fault("it is not known who makes the change", "Say so: --by NAME.") from error
    if not why.strip():
        raise fault("no reason is given for the change", 'Say why: --why "...".')
    return Signature.now(name, why.strip())


@app.command()
def init(db: Database = DEFAULT_DATABASE) -> None:
    """Make the database, or bring an older one up to date.

    Example: evidens init --db sqlite:///my.db
    """
    from registry.engines import shown
    from registry.session import create, transaction
    from studies.ingest import catch_up

    made = create(db)
    with transaction(db) as session:
        catch_up(session)
    say(f"Made the registry {shown(db)}." if made else f"The registry {shown(db)} is up to date.")


def shipped() -> tuple[Path, ...]:
    """Return where the shipped collection is; this loads the database's machinery, files alone do not."""
    from studies.ingest import SHIPPED

    return SHIPPED


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", show_default=False)
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 1 where numbers contradict each other and the record does not say so "
            "under 'disputed:'.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check record files, or folders of them, without a database; without PATH the shipped collection.

    A fault keeps a record out. Printed numbers that cannot be true together (a percentage and its count,
    a mean of whole numbers, an estimate with its interval and p-value) are remarked on and kept: they are
    what the report prints. --json gives every check.

    Example: evidens check studies/records/davis-2012.yaml
    """
    from studies.checks import check_files
    from studies.number_checks import counted, number_checks

    checked = check_files(paths or shipped())
    checks = [(one, check) for one in checked for check in number_checks(one.record)]
    inconsistent = [(one, check) for one, check in checks if check.inconsistent]
    for one, found in inconsistent:
        say(str(found.remark(one)))
    say(f"{len(checked)} records checked, no faults.")
    if checks:
        say(f"Printed numbers against each other: {counted(found for _, found in checks)}.")
    if as_json:
        found_all = [
            {"file": str(one.text.name), "line": found.remark(one).line, **found.to_dict()}
            for one, found in checks
        ]
        show(json.dumps({"checks": found_all}, ensure_ascii=False, indent=2))
    if strict and any(found.disputed is None for _, found in inconsistent):
        raise typer.Exit(1)


@app.command()
def load(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", show_default=False)
    ] = None,
    db: Database = DEFAULT_DATABASE,
    by: By = "",
    why: Why = "",
) -> None:
    """Take records and releases into the registry, all or nothing; without PATH the shipped collection.

    A second load of the same records changes nothing. The registry is made where there is none.

    Example: evidens load my-records/
    """
    from registry.engines import shown
    from registry.session import exists
    from studies.ingest import load

    new = not exists(db)
    done = load(db, paths, signature(by, why or "loaded"))
    if new:
        say(f"Made the registry {shown(db)}.")
    tell(done)


def tell(done: Loaded) -> None:
    """Say what a load did."""
    for word, names in (("added", done.added), ("changed", done.changed)):
        for name in names:
            say(f"{word} {name}")
    for name in done.releases:
        say(f"added release {name}")
    if done.added or done.changed:
        say(
            f"{len(done.added)} added, {len(done.changed)} changed, "
            f"{len(done.unchanged)} unchanged."
        )
    elif not done.releases:
        say(f"Nothing changed: the registry already holds all {len(done.unchanged)} records.")
    for remark in done.remarks:
        say(str(remark))


@app.command()
def dump(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    to: Annotated[
        str,
        typer.Option(help="yaml (records), package (a data package of all tables), csl (reports)."),
    ] = "yaml",
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write the registry as files: records and releases in one folder a kind, a data package, or CSL-JSON.

    Example: evidens dump backup/
    """
    from registry.data_package import write_data_package
    from registry.session import reading
    from studies.dump import dump, dump_csl

    writers = {"yaml": dump, "package": write_data_package, "csl": dump_csl}
    if to not in writers:
        raise typer.BadParameter(f"{to!r} is not one of {', '.join(writers)}.", param_hint="'--to'")
    with reading(db) as session:
        files = writers[to](session, folder)
    for file in files:
        show(str(file))


@study.command("list")
def study_list(db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """List the studies: id, label, design, and the decisions on them.

    Example: evidens study list
    """
    from registry.session import reading
    from studies.kept.kinds import held_records
    from studies.record import Study

    with reading(db) as session:
        found = held_records(session, ["study"])
        studies = [record for record in found if isinstance(record, Study)]
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


def show_record(db: str, kind: str, identity: str) -> None:
    """Show the text of a record, ready to be edited; remarks on its numbers go to stderr."""
    from meta.faults import fault
    from registry.session import reading
    from studies.dump import editable_text_of
    from studies.kept.kinds import held_record
    from studies.number_checks import number_checks

    with reading(db) as session:
        record = held_record(session, kind, identity)
    if record is None:
        raise fault(f"there is no {kind} {identity!r}", f"See `evidens {kind} list`.")
    show(editable_text_of(record))
    for found in number_checks(record):
        if found.inconsistent:
            say(str(found.remark()))


@study.command("show")
def study_show(
    identity: Annotated[str, typer.Argument(metavar="ID")], db: Database = DEFAULT_DATABASE
) -> None:
    """Show a study's record as the registry holds it, and which of its numbers contradict each other.

    Example: evidens study show davis-2012
    """
    show_record(db, "study", identity)


@study.command("add")
def study_add(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    why: Annotated[str, typer.Option("--why", help="Why the record is added or changed.")],
    db: Database = DEFAULT_DATABASE,
    by: By = "",
) -> None:
    """Take a new or edited study into the registry, with its reports if they are new.

    The text of `evidens study show ID` says in its first line what it was made from: if somebody else
    changed the study since, the edit is refused and both texts are shown.

    Example: evidens study add davis-2012.yaml --why "the mean was misread"
    """
    from studies.ingest import load

    tell(load(db, paths, signature(by, why)))


@study.command("history")
def study_history(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Show every change to a study: who, when, why, and field by field what.

    Example: evidens study history davis-2012
    """
    from dataclasses import asdict

    from meta.faults import fault
    from registry.session import reading
    from studies.history import history

    with reading(db) as session:
        versions = history(session, "study", identity)
    if not versions:
        raise fault(f"there is no study {identity!r}", "See `evidens study list`.")
    if as_json:
        show(json.dumps([asdict(one) for one in versions], ensure_ascii=False, indent=2))
        return
    for one in versions:
        show(f"version {one.number}  {one.made_at}  {one.made_by}: {one.why}")
        for change in one.changes:
            was, now = ("-" if value is None else value for value in (change.was, change.now))
            show(
                f"    {change.field}: {now}"
                if was == "-"
                else f"    {change.field}: {was} -> {now}"
            )
