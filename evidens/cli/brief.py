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
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write the evidence brief of a synthesis and print the paths of the files.

    Where it has moved from a release that somebody uses, the brief says so.

    Example: evidens brief ips-vive --to html,pdf --out out
    """
    from registry.analyses import analyse
    from registry.session import reading
    from studies.affected import moved_since
    from templates.documents import write_brief

    with reading(db) as session:
        analysis = analyse(session, synthesis)
        moved = moved_since(session, analysis)
    for language in words(lang):
        say(f"Writing the brief of {synthesis} in {language}")
        for file in write_brief(analysis, out, words(to), language, moved):
            show(str(file))
