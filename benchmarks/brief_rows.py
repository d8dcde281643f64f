"""The briefs' line of the table: a brief in every format, beside pandoc alone on its text."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pypandoc

from benchmarks.timing import Row, in_turns
from evidens.briefs import Wanted, write_briefs
from studies.ingest import load
from templates.documents import FORMATS

PANDOC = ("html5", "typst", "docx", "gfm")
"""What pandoc makes for each format; Typst goes on from there."""


def _with_children(call: Callable[[], object]) -> Callable[[], float]:
    """Return a function that measures the CPU time of a call and of the programs that it starts."""

    def measure() -> float:
        before = os.times()
        call()
        after = os.times()
        return sum(after[:4]) - sum(before[:4])

    return measure


def brief_in_every_format() -> Row:
    """Analyse a synthesis and write its brief in every format; the goal is under 2 s."""
    with tempfile.TemporaryDirectory() as name:
        url, folder = f"sqlite:///{name}/registry.db", Path(name)
        load(url)

        def ours() -> None:
            list(write_briefs(url, Wanted(syntheses=("ips-vive",), folder=folder)))

        ours()
        lines = (folder / "ips-vive.note.da.md").read_bytes().splitlines(keepends=True)
        text = b"".join(one for one in lines if not one.startswith(b"!["))

        def alone() -> None:
            for kind in PANDOC:
                subprocess.run(
                    [pypandoc.get_pandoc_path(), "--from=gfm", f"--to={kind}", "--output=out"],
                    input=text,
                    cwd=name,
                    check=True,
                )

        return in_turns(
            f"a brief in {len(FORMATS)} formats, under 2 s",
            {"evidens": _with_children(ours), "pandoc": _with_children(alone)},
            {"pandoc": 4},
            "with its analysis, forest plot, citations and PDF; beside it pandoc alone on the finished "
            "Markdown, without the picture",
        )


ROWS: tuple[Callable[[], Row], ...] = (brief_in_every_format,)
