"""``evidens brief``: a stored synthesis as an evidence brief."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, say, show, words


@app.command()
def brief(
    identities: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Ids of what the kinds are about: syntheses, or projects.",
            show_default=False,
        ),
    ] = None,
    all_of_them: Annotated[
        bool, typer.Option("--all", help="All that the registry holds of it.")
    ] = False,
    kind: Annotated[
        str, typer.Option(help="Kinds of documents, parted by commas; --list prints them.")
    ] = "note",
    lang: Annotated[str, typer.Option(help="Languages, parted by commas.")] = "da",
    to: Annotated[
        str, typer.Option(help="Formats, parted by commas: html, pdf, docx, md.")
    ] = "html,pdf,docx,md",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files.")] = Path("out"),
    logo: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Logo at the head of the first page: PNG or SVG."),
    ] = None,
    logo_text: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Whose logo it is, for those who do not see it."),
    ] = "Logo",
    reference_doc: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Word document whose styles, page, header and footer are used."
        ),
    ] = None,
    templates: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of your own templates, used in place of ours."),
    ] = None,
    watch: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Load the records of a folder as they change, and write the briefs anew after each "
            "change of a record or a template, until Ctrl-C.",
        ),
    ] = None,
    list_kinds: Annotated[
        bool, typer.Option("--list", help="Print the kinds of documents, and write none.")
    ] = False,
    as_json: Json = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write documents about syntheses, projects or the registry, and print the paths of the files.

    By default an evidence note. Where a synthesis has moved from a release that somebody uses, it says so.

    Example: evidens brief ips-vive --kind one-page,note --to html,pdf --logo logo.svg --logo-text "Aarhus"
    """
    if list_kinds:
        from templates.kinds import kinds_document, kinds_text

        show(json.dumps(kinds_document(), indent=2) if as_json else kinds_text())
        return
    from evidens.briefs import Wanted, everything, write_briefs
    from evidens.progress import progress_bar
    from templates.kinds import kind_named
    from templates.letterhead import Letterhead
    from templates.logos import read_logo
    from templates.reference_documents import read_reference_document

    kinds = tuple(words(kind))
    if not kinds:
        raise typer.BadParameter("Name a kind; --list prints them.", param_hint="'--kind'")
    about_one = any(kind_named(one).subject != "registry" for one in kinds)
    if bool(identities) == all_of_them and (about_one or all_of_them):
        raise typer.BadParameter("Name what it is about, or say --all.", param_hint="'ID'")

    def write() -> None:
        wanted = Wanted(
            identities=everything(db, kinds) if all_of_them else tuple(identities or ()),
            folder=out,
            kinds=kinds,
            formats=tuple(words(to)),
            languages=tuple(words(lang)),
            letterhead=Letterhead(
                logo=None if logo is None else read_logo(logo, logo_text),
                templates=templates,
                reference=None if reference_doc is None else read_reference_document(reference_doc),
            ),
        )
        with progress_bar("Writing briefs") as done:
            files = [str(file) for file in write_briefs(db, wanted, done)]
        show(json.dumps({"files": files}, indent=2) if as_json else "\n".join(files))

    if watch is None:
        write()
        return
    _watch(db, watch, [one for one in (templates, logo, reference_doc) if one], write)


def _watch(db: str, folder: Path, others: list[Path], write: Callable[[], None]) -> None:
    from evidens.cli.records import tell
    from evidens.watching import watch
    from studies.ingest import Loaded

    try:
        watch(
            db,
            folder,
            others,
            write,
            lambda told: tell(told) if isinstance(told, Loaded) else say(str(told)),
        )
    except KeyboardInterrupt:
        say("Stopped.")
