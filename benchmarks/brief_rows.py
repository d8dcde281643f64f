"""The briefs' lines of the table: a brief beside pandoc alone on its text, tables beside their analysis."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pypandoc

from benchmarks.timing import Row, cpu, in_turns
from evidens.briefs import Wanted, dossier, write_briefs
from registry.analyses import analyse
from registry.session import reading
from studies.ingest import load
from templates.characteristics_table import characteristics_of
from templates.documents import FORMATS
from templates.effects_table import study_effects_of
from templates.estimator_panel_table import estimators_of
from templates.origins import Origins
from templates.risk_of_bias_table import risk_of_bias_of
from templates.summary_of_findings import summary_of_findings

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
            list(write_briefs(url, Wanted(identities=("ips-vive",), folder=folder)))

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


def tables_of_an_appendix() -> Row:
    """Build the appendix's tables of 16 trials; the goal is under 50 ms."""
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{name}/registry.db"
        load(url)
        with reading(url) as session:
            about = dossier(session, "ips-employment")

        def ours() -> None:
            origins = Origins(about.analysis, "da")
            summary_of_findings(origins)
            characteristics_of(origins, about.descriptions)
            risk_of_bias_of(origins, about.bias)
            study_effects_of(origins, ("IPS", "kontrol"))
            estimators_of(origins)

        def alone() -> None:
            with reading(url) as session:
                analyse(session, "ips-employment")

        return in_turns(
            "five tables of an appendix, under 50 ms",
            {"evidens": cpu(ours, 10), "analysis": cpu(alone)},
            {"analysis": 0.1},
            "of 16 trials, two effects and the panel of estimators of each; beside it the analysis that they "
            "are made of",
        )


ROWS: tuple[Callable[[], Row], ...] = (brief_in_every_format, tables_of_an_appendix)
