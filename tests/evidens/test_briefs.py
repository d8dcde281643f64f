"""Many briefs at once."""

import re
import threading
from pathlib import Path
from typing import Any

import pypdf
import pytest

from evidens import briefs
from evidens.briefs import Wanted, everything, write_briefs
from registry.terms import LANGUAGES
from templates.documents import write_document
from templates.letterhead import Letterhead


def test_progress_counts_every_brief_once(shipped: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    ids = everything(shipped, ["note"])
    wanted = Wanted(identities=ids, folder=tmp_path, formats=("html",))
    files = list(write_briefs(shipped, wanted, lambda some, of: told.append((some, of))))
    assert told == [(1, len(ids))] * len(ids)
    assert [file.name for file in files] == [f"{one}.note.da.html" for one in ids]


def test_at_once_or_one_by_one_the_bytes_are_the_same(
    shipped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Wanted(identities=("ips-vive", "ips-ptsd"), folder=tmp_path / "four")
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    four = list(write_briefs(shipped, wanted))
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = Wanted(identities=wanted.identities, folder=tmp_path / "alone")
    for one, other in zip(four, write_briefs(shipped, alone), strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_as_many_are_written_at_a_time_as_there_are_cores(
    shipped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = threading.Barrier(2, timeout=60)  # seconds; breaks unless two are under way at once

    def met(*arguments: Any) -> list[Path]:
        meeting.wait()
        return write_document(*arguments)

    monkeypatch.setattr(briefs, "write_document", met)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    wanted = Wanted(identities=("ips-vive", "ips-ptsd"), folder=tmp_path, formats=("html",))
    assert len(list(write_briefs(shipped, wanted))) == 2


def test_a_template_at_fault_is_named_in_a_thread_too(shipped: str, tmp_path: Path) -> None:
    file = tmp_path / "briefs" / "note.md.j2"
    file.parent.mkdir()
    file.write_text("{% include 'briefs/note.md.j2' %}", encoding="utf-8")
    wanted = Wanted(
        identities=("ips-vive",), folder=tmp_path / "out", letterhead=Letterhead(templates=tmp_path)
    )
    with pytest.raises(ValueError, match="the template includes itself"):
        list(write_briefs(shipped, wanted))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_note_has_three_pages_at_most(shipped: str, tmp_path: Path) -> None:
    wanted = Wanted(
        identities=everything(shipped, ["note"]),
        folder=tmp_path,
        formats=("pdf",),
        languages=LANGUAGES,
    )
    files = list(write_briefs(shipped, wanted))
    assert len(files) == len(wanted.identities) * len(LANGUAGES)
    assert {file.name: len(pypdf.PdfReader(file).pages) for file in files} == {
        file.name: pytest.approx(2.5, abs=0.5)
        for file in files  # two pages or three
    }


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_no_heading_of_a_note_stands_over_nothing(shipped: str, tmp_path: Path) -> None:
    wanted = Wanted(
        identities=everything(shipped, ["note"]),
        folder=tmp_path,
        kinds=("one-page", "note", "appendix"),
        formats=("md",),
    )
    for file in write_briefs(shipped, wanted):
        if file.suffix == ".md":
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"^## .*\n+(## |\Z)", text, flags=re.MULTILINE), file.name
