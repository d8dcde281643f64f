"""The command ``evidens doctor``: is the installation whole, is the registry what its history says."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, show

Installation = Annotated[
    bool, typer.Option("--installation", help="Look at the installation alone, at no registry.")
]


@app.command()
def doctor(
    db: Database = DEFAULT_DATABASE, installation: Installation = False, as_json: Json = False
) -> None:
    """Check the installation and the registry: its version, its references, its whole history.

    The history holds if no revision is missing or changed, and every record is what its last revision
    says; the first break is named, and the exit code is 1.

    Example: evidens doctor
    """
    from evidens.health import of_installation, of_registry

    findings = of_installation()
    if not installation:
        findings += of_registry(db)
    if as_json:
        rows = [{"what": one.what, "well": one.well, "says": one.says} for one in findings]
        show(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            show(f"{'ok  ' if one.well else 'FAIL'}  {one.what}: {one.says}")
    if not all(one.well for one in findings):
        raise typer.Exit(1)
