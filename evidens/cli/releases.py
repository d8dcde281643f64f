"""Commands on releases: freeze, show, verify, compare, take out as a folder; the ledger of their users."""

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, say, show

release = typer.Typer(
    help="Frozen estimates: create, list, show, verify, diff, export; and who uses them.",
    no_args_is_help=True,
)
app.add_typer(release, name="release")

Named = Annotated[
    str, typer.Argument(metavar="NAME", help="A release, or the path of its file or folder.")
]


@release.command("create")
def release_create(
    synthesis: Annotated[str, typer.Argument(metavar="SYNTHESIS")],
    name: Annotated[
        str | None, typer.Option(help="Series and version; by default those of the synthesis.")
    ] = None,
    dated: Annotated[
        str | None, typer.Option("--date", help="Its day; by default that of the plan.")
    ] = None,
    supersedes: Annotated[
        str | None, typer.Option(help="By default the release before it in its series.")
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Freeze the estimate of a synthesis with every record it rests on; it is never changed afterwards.

    The same inputs give the same release, and a second call changes nothing.

    Example: evidens release create ips-vive
    """
    from registry.releases import hold
    from registry.session import transaction
    from studies.release import freeze
    from studies.release_verification import TOLERANCE

    with transaction(db) as session:
        document = freeze(session, synthesis, name=name, created=dated, supersedes=supersedes)
        new = hold(session, document, TOLERANCE)
    if as_json:
        show(json.dumps({"name": document["name"], "sha256": document["sha256"], "new": new}))
        return
    show(f"{document['name']}  {document['sha256']}")
    say("Released." if new else "Nothing changed: the registry holds this release already.")


@release.command("list")
def release_list(db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """List the releases: name, day, id, and what each supersedes.

    Example: evidens release list
    """
    from registry.releases import all_held
    from registry.session import reading
    from templates.release_listings import releases_text

    with reading(db) as session:
        found = all_held(session)
        if as_json:
            rows = [one.model_dump(exclude={"document"}) for one in found]
            show(json.dumps(rows, ensure_ascii=False, indent=2))
        elif found:
            show(releases_text(found))


@release.command("show")
def release_show(named: Named, db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Show a release: its id, what it rests on, how to cite it, and its estimates.

    --json prints the whole release, as its file holds it.

    Example: evidens release show ips-vive@2026.1
    """
    from evidens.released import release_of
    from registry.releases import text_of
    from templates.release_listings import release_text

    document = release_of(db, named)
    show(text_of(document) if as_json else release_text(document))


@release.command("verify")
def release_verify(
    named: Named,
    db: Database = DEFAULT_DATABASE,
    engine: Annotated[str | None, typer.Option(help="metafor: pool its counts in R too.")] = None,
    as_json: Json = False,
) -> None:
    """Prove a release from itself alone: its hashes, and its estimate computed again from its records.

    Every bit must be the same with the same program, packages and processor; elsewhere numbers may differ by
    a billionth. Of a folder, each other file is made again from the release and compared. Exit 1 where a byte
    was changed or a number does not follow; each is named by its path.

    Example: evidens release verify ips-vive@2026.1 --engine metafor
    """
    from evidens.release_engine import in_metafor
    from evidens.released import to_verify
    from studies.release_verification import verify
    from templates.release_folder_verification import verify_folder
    from templates.release_listings import folder_text, verification_text

    if engine not in (None, "metafor"):
        raise typer.BadParameter(f"{engine!r} is not metafor.", param_hint="'--engine'")
    document = to_verify(db, named)
    done = verify(document)
    folder = (
        verify_folder(Path(named), document, holds=done.holds) if Path(named).is_dir() else None
    )
    compared = in_metafor(document) if engine and done.holds else ()
    if as_json:
        content = done.to_dict()
        if folder:
            content["folder"] = folder.to_dict()
        if engine:
            content["engine"] = [one.to_dict() for one in compared]
        show(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show(verification_text(done))
        if folder:
            show(folder_text(folder))
        for one in compared:
            show(one.summary())
    whole = done.holds and not (folder and folder.altered)
    if not (whole and all(one.agrees for one in compared)):
        raise typer.Exit(1)


@release.command("diff")
def release_diff(
    then: Annotated[str, typer.Argument(metavar="A", help="A release, or the path of one.")],
    now: Annotated[str, typer.Argument(metavar="B", help="A release, or the path of one.")],
    threshold: Annotated[
        float | None, typer.Option(help="Say which estimates crossed it, on the natural scale.")
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Show how far each estimate moved from one release to another, and which inputs changed on the way.

    Example: evidens release diff ips-vive@2026.1 ips-vive@2026.2
    """
    from evidens.released import release_of
    from studies.release_differences import release_differences
    from templates.release_listings import differences_text

    found = release_differences(release_of(db, then), release_of(db, now))
    if as_json:
        show(json.dumps(found.to_dict(threshold), ensure_ascii=False, indent=2))
    else:
        show(differences_text(found, threshold))


@release.command("export")
def release_export(
    named: Named,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the folder of its name is made.")
    ] = Path(),
    dialect: Annotated[
        str, typer.Option(help="Of CSV: int (decimal point) or da (semicolons, decimal comma).")
    ] = "int",
    draws: Annotated[int, typer.Option(metavar="N", help="How many joint draws.")] = 10_000,
    seed: Annotated[
        int, typer.Option(help="Of the draws: the same one gives the same again.")
    ] = 2026,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write a release as a folder that stands alone: estimate, studies, draws, provenance, a README.

    Example: evidens release export ips-vive@2026.1 --out case/
    """
    from evidens.released import release_of
    from templates.release_folder import FolderAsked, write_release_folder

    asked = FolderAsked(n=draws, seed=seed, language=dialect)
    for file in write_release_folder(release_of(db, named), out, asked):
        show(str(file))


@release.command("use")
def release_use(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A release of the registry.")],
    kind: Annotated[str, typer.Option(help="What it is used in: brief, case or export.")],
    by: Annotated[str, typer.Option(help="Who uses it: an organisation, a unit, a case.")],
    contact: Annotated[str, typer.Option(help="Whom to tell; best the address of an office.")],
    note: Annotated[str | None, typer.Option(help="What else is to be known.")] = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Enter into the ledger that somebody uses a release, so that they learn when it has moved.

    Who is entered again for a later release of the series, in the same kind, has gone over to it. A second
    call changes nothing.

    Example: evidens release use ips-vive@2026.1 --kind case --by "Aarhus, IPS" --contact ips@example.org
    """
    from registry.release_users import enter
    from registry.session import transaction

    with transaction(db) as session:
        new = enter(session, name, kind=kind, by=by, contact=contact, note=note)
    say("Entered." if new else "Nothing changed: the ledger says this already.")


@release.command("users")
def release_users(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="By default all.")] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """List who uses a release, or any: entry, release, kind, user, contact, note.

    Example: evidens release users ips-vive@2026.1
    """
    from registry.release_users import users
    from registry.releases import held
    from registry.session import reading
    from templates.release_listings import users_text

    with reading(db) as session:
        if name is not None:
            held(session, name)
        found = users(session, name)
    if as_json:
        show(json.dumps([one.to_dict() for one in found], ensure_ascii=False, indent=2))
    elif found:
        show(users_text(found))
    else:
        say("Nobody is entered.")


@release.command("forget")
def release_forget(
    number: Annotated[int, typer.Argument(help="Of an entry, as `evidens release users` has it.")],
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Take user, contact and note out of an entry of the ledger, and of all others with its contact.

    It cannot be undone. The chain of entries still proves that none was changed otherwise.

    Example: evidens release forget 3
    """
    from registry.release_users import forget
    from registry.session import transaction

    with transaction(db) as session:
        count = forget(session, number)
    say(f"Forgotten: {count} {'entry' if count == 1 else 'entries'}.")


@release.command("affected")
def release_affected(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A release.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every release that is used.")] = False,
    threshold: Annotated[
        float | None,
        typer.Option(help="Of every estimate, on the natural scale; by default the plan's."),
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """List whose release has moved: past a threshold, round on no difference, or out of its new interval.

    Each is compared with the registry as it is and with the last release that supersedes it. Exit 0 where
    nobody is affected, 3 where somebody is.

    Example: evidens release affected --all
    """
    from registry.session import reading
    from studies.affected import affected
    from templates.release_listings import affected_text

    if (name is None) != every:
        raise typer.BadParameter("give a NAME, or --all.")
    if threshold is not None and not math.isfinite(threshold):
        raise typer.BadParameter("give a finite number.", param_hint="'--threshold'")
    with reading(db) as session:
        found = affected(session, name, threshold)
    if as_json:
        content = {"schema_version": 1, "releases": [one.to_dict() for one in found]}
        show(json.dumps(content, ensure_ascii=False, indent=2))
    elif found:
        show(affected_text(found))
    else:
        say("No release is used.")
    if any(one.affected for one in found):
        raise typer.Exit(3)
