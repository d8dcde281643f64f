"""The command line's one application, its shared options, and the edge where errors become sentences.

Commands import what they need inside their bodies: ``evidens --help`` must not wait for NumPy.
"""

import os
import sys
from typing import Annotated

import typer

from meta.faults import EvidensError

app = typer.Typer(
    name="evidens",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Database = Annotated[
    str,
    typer.Option("--db", envvar="EVIDENS_DB", metavar="URL", help="The database."),
]
settings = {"debug": False}
DEFAULT_DATABASE = "sqlite:///evidens.db"


def say(message: str) -> None:
    """Write a message for people to stderr; stdout is for results."""
    sys.stderr.write(message + "\n")


def words(text: str) -> list[str]:
    """Split what an option gives as a list: ``json,csv``."""
    return [word.strip() for word in text.split(",") if word.strip()]


def show(text: str) -> None:
    """Write a result to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        from importlib.metadata import version as installed

        show(f"evidens {installed('evidens')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Evidence synthesis and effect sizes: from a printed table to a number in a business case."""
    settings["debug"] = debug


def main() -> int:
    """Run the command line. The exit code is 0 for done, 1 for an input at fault, 2 for wrong usage."""
    # BLAS would start a thread a core before the first sum; no command has sums large enough to gain.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app(prog_name="evidens")
    except EvidensError as error:
        if settings["debug"]:
            raise
        say(str(error))
        return 1
    return 0
