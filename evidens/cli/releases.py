"""Commands on releases: freeze an estimate, look at it, verify it, compare two, take one out as a folder."""

import json
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, say, show

release = typer.Typer(
    help="Frozen estimates: create, list, show, verify, diff, export.", no_args_is_help=True
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
    a billionth. Exit 1 where a byte was changed or a number does not follow; each is named by its path.

    Example: evidens release verify ips-vive@2026.1 --engine metafor
    """
    from evidens.release_engine import in_metafor
    from evidens.released import to_verify
    from studies.release_verification import verify
    from templates.release_listings import verification_text

    if engine not in (None, "metafor"):
        raise typer.BadParameter(f"{engine!r} is not metafor.", param_hint="'--engine'")
    document = to_verify(db, named)
    done = verify(document)
    compared = in_metafor(document) if engine and done.holds else ()
    if as_json:
        content = done.to_dict()
        if engine:
            content["engine"] = [one.to_dict() for one in compared]
        show(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show(verification_text(done))
        for one in compared:
            show(one.summary())
    if not (done.holds and all(one.agrees for one in compared)):
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
