"""``evidens brief``: a stored synthesis as an evidence brief."""

from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, app, say, show, words


@app.command()
def brief(
    synthesis: Annotated[
        str, typer.Argument(metavar="SYNTHESIS", help="Id of a stored synthesis.")
    ],
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
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write the evidence brief of a synthesis and print the paths of the files.

    Where it has moved from a release that somebody uses, the brief says so.

    Example: evidens brief ips-vive --to html,pdf --logo logo.svg --logo-text "Aarhus Kommune" --out out
    """
    from registry.analyses import analyse
    from registry.session import reading
    from studies.affected import moved_since
    from templates.documents import write_brief
    from templates.letterhead import Letterhead
    from templates.logos import read_logo
    from templates.reference_documents import read_reference_document

    letterhead = Letterhead(
        logo=None if logo is None else read_logo(logo, logo_text),
        templates=templates,
        reference=None if reference_doc is None else read_reference_document(reference_doc),
    )
    with reading(db) as session:
        analysis = analyse(session, synthesis)
        moved = moved_since(session, analysis)
    for language in words(lang):
        say(f"Writing the brief of {synthesis} in {language}")
        for file in write_brief(analysis, out, words(to), language, letterhead, moved):
            show(str(file))
