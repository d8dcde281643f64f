"""``evidens figure``: figures of what the registry holds."""

from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, app, show


@app.command()
def figure(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="flow, hypothetical-trial, specification-curve or appendix (all its figures) of a "
            "synthesis; evidence-map, timeline or countries.",
        ),
    ],
    synthesis: Annotated[
        str | None, typer.Argument(metavar="[SYNTHESIS]", help="Id of a stored synthesis.")
    ] = None,
    picture: Annotated[
        str, typer.Option(help="Formats, parted by commas: svg, png, pdf, html.")
    ] = "svg",
    lang: Annotated[str, typer.Option(help="Language: da, nb or en.")] = "da",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files.")] = Path("out"),
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Draw a figure of the registry and print the paths of its files.

    Example: evidens figure flow ips-vive --picture png,html --lang en
    """
    from evidens.figures import read_formats
    from evidens.registry_figures import write_figure
    from registry.session import reading

    formats = read_formats(picture)
    with reading(db) as session:
        for file in write_figure(session, name, synthesis, formats, out, lang):
            show(str(file))
