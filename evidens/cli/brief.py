"""``evidens brief``: a stored synthesis as an evidence brief."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, app, say, show, words


@app.command()
def brief(
    syntheses: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SYNTHESIS]...", help="Ids of stored syntheses.", show_default=False
        ),
    ] = None,
    all_of_them: Annotated[
        bool, typer.Option("--all", help="Every synthesis that the registry holds.")
    ] = False,
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
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write the evidence briefs of syntheses and print the paths of the files.

    Where one has moved from a release that somebody uses, its brief says so.

    Example: evidens brief ips-vive --to html,pdf --logo logo.svg --logo-text "Aarhus Kommune" --out out
    """
    from evidens.briefs import Wanted, stored_syntheses, write_briefs
    from evidens.progress import progress_bar
    from templates.letterhead import Letterhead
    from templates.logos import read_logo
    from templates.reference_documents import read_reference_document

    if bool(syntheses) == all_of_them:
        raise typer.BadParameter("Name syntheses, or say --all.", param_hint="'SYNTHESIS'")

    def write() -> None:
        wanted = Wanted(
            identities=stored_syntheses(db) if all_of_them else tuple(syntheses or ()),
            folder=out,
            formats=tuple(words(to)),
            languages=tuple(words(lang)),
            letterhead=Letterhead(
                logo=None if logo is None else read_logo(logo, logo_text),
                templates=templates,
                reference=None if reference_doc is None else read_reference_document(reference_doc),
            ),
        )
        with progress_bar("Writing briefs") as done:
            files = list(write_briefs(db, wanted, done))
        for file in files:
            show(str(file))

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
