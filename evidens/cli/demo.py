"""The command that does the main job on the shipped records."""

from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, app, say, show


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for what is made.")] = Path(
        "out"
    ),
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Build the registry from the shipped records, pool, replicate, write briefs, exports and releases.

    Example: evidens demo --out out/
    """
    from evidens.demo import demonstrate
    from registry.engines import shown
    from templates.listings import verdict_line

    made = demonstrate(db, out, lambda step: say(f"{step} …"))
    loaded = made.loaded
    show(
        f"registry {shown(db)}: {len(loaded.added)} records added, {len(loaded.changed)} changed, "
        f"{len(loaded.unchanged)} unchanged"
    )
    for done in made.replications:
        show(f"{done.table}: {verdict_line(done)}")
    for file in made.files:
        show(f"{'wrote' if file in made.written else 'unchanged'} {file}")
    if not (loaded.added or loaded.changed or made.written):
        show("Nothing changed: the registry and every file are as they were.")
