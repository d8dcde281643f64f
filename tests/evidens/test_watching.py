"""Watching, with real files: what changes is loaded and done again, and faults do not end it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from evidens import watching
from evidens.watching import watch
from meta.faults import EvidensError, InputError
from registry.session import create
from studies.ingest import Loaded, load
from tests.databases import SqliteFiles, take_in_the_collection

PLAN = Path(__file__).parents[2] / "studies" / "syntheses" / "ips-ptsd.yaml"
LIMIT = 60.0
"""Seconds until something that should happen is missing; it takes two or three."""


@dataclass
class Watched:
    """A watch in a thread of its own, and what it has said and done."""

    url: str
    folder: Path
    templates: Path
    jobs: int = 0
    told: list[Loaded | EvidensError | str] = field(default_factory=list)
    broken: EvidensError | None = None
    stopped: bool = False
    raised: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        try:
            watch(
                self.url,
                self.folder,
                [self.templates],
                self.job,
                self.told.append,
                lambda: not self.stopped,
            )
        except BaseException as error:
            self.raised.append(error)

    def job(self) -> None:
        self.jobs += 1
        if self.broken is not None:
            raise self.broken

    def until(self, what: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not what():
            assert time.monotonic() < end, (self.jobs, [str(one) for one in self.told], self.raised)
            time.sleep(0.02)

    def rounds(self, count: int) -> None:
        """Wait until so many rounds are over."""
        self.until(lambda: sum(isinstance(one, str) for one in self.told) >= count)


@pytest.fixture
def watched(
    sqlite_databases: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watched]:
    monkeypatch.setattr(watching, "PAUSE", 0.1)
    made = Watched(
        sqlite_databases.filled(take_in_the_collection), tmp_path / "records", tmp_path / "house"
    )
    (made.folder / "deep").mkdir(parents=True)
    made.templates.mkdir()
    shutil.copy(PLAN, made.folder / "deep" / PLAN.name)
    thread = threading.Thread(target=made.run)
    thread.start()
    made.rounds(1)
    yield made
    made.stopped = True
    thread.join(LIMIT)
    assert made.raised == []


def edited(watched: Watched, old: str, new: str) -> None:
    file = watched.folder / "deep" / PLAN.name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_job_is_done_once_and_not_again_without_a_change(watched: Watched) -> None:
    time.sleep(0.6)
    assert watched.jobs == 1
    assert watched.told == [f"Watching {watched.folder}"]


def test_a_changed_record_is_loaded_and_the_job_done_again(watched: Watched) -> None:
    edited(watched, "Kun ét forsøg", "Kun et eneste forsøg")
    watched.rounds(2)
    assert watched.jobs == 2
    (loaded,) = [one for one in watched.told if isinstance(one, Loaded)]
    assert loaded.changed == ("synthesis ips-ptsd",)


def test_a_record_with_a_fault_is_told_of_and_watching_goes_on(watched: Watched) -> None:
    edited(watched, "synthesis: ips-ptsd", "synthesis: 'Ips ptsd'")
    watched.rounds(2)
    (error,) = [one for one in watched.told if isinstance(one, EvidensError)]
    assert f"{watched.folder / 'deep' / PLAN.name}:1: synthesis" in str(error)
    edited(watched, "synthesis: 'Ips ptsd'", "synthesis: ips-ptsd")
    watched.rounds(3)
    assert watched.jobs == 3
    assert len([one for one in watched.told if isinstance(one, EvidensError)]) == 1


def test_a_job_that_fails_is_told_of_and_watching_goes_on(watched: Watched) -> None:
    watched.broken = EvidensError("The template is at fault.")
    (watched.templates / "foot.md.j2").write_text("{{", encoding="utf-8")
    watched.rounds(2)
    assert watched.broken in watched.told
    watched.broken = None
    (watched.templates / "foot.md.j2").write_text("fod", encoding="utf-8")
    watched.rounds(3)
    assert watched.jobs == 3


def test_a_file_that_goes_and_comes_and_files_of_other_kinds(watched: Watched) -> None:
    (watched.folder / "notes.txt").write_text("x", encoding="utf-8")
    (watched.templates / "notes.txt").write_text("x", encoding="utf-8")
    time.sleep(0.6)
    assert watched.jobs == 1
    file = watched.folder / "deep" / PLAN.name
    text = file.read_bytes()
    file.unlink()
    watched.rounds(2)
    new = file.with_suffix(".new")
    new.write_bytes(text)
    new.replace(file)  # as editors save
    watched.rounds(3)
    assert [one for one in watched.told if not isinstance(one, str)] == []


def test_what_others_load_into_the_registry_is_seen(watched: Watched, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = PLAN.read_text(encoding="utf-8")
    other.write_text(text.replace("Kun ét forsøg", "Et forsøg"), encoding="utf-8")
    load(watched.url, [other])
    watched.rounds(2)
    assert watched.jobs == 2


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder to watch"):
        watch("sqlite://", tmp_path / "none", [], lambda: None, lambda _: None)


def test_the_command_writes_anew_and_ends_well_at_ctrl_c(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    create(url)
    load(url)
    records, out = tmp_path / "records", tmp_path / "out"
    records.mkdir()
    shutil.copy(PLAN, records)
    command = "import sys; from evidens.cli import main; sys.exit(main())"
    arguments = ["brief", "ips-ptsd", "--to", "html", "--out", str(out), "--db", url]
    with subprocess.Popen(
        [sys.executable, "-c", command, *arguments, "--watch", str(records)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(watching.__file__).parents[1])},
    ) as running:
        # Several things happen in it, and the machine may have other work.
        killer = threading.Timer(5 * LIMIT, running.kill)
        killer.start()
        assert running.stdout is not None
        page = out / "ips-ptsd.note.da.html"
        assert running.stdout.readline().strip() == str(page)
        text = PLAN.read_text(encoding="utf-8")
        changed = text.replace("Kun ét forsøg", "Kun et eneste forsøg")
        (records / PLAN.name).write_text(changed, encoding="utf-8")
        assert running.stdout.readline().strip() == str(page)
        assert "Kun et eneste forsøg" in page.read_text(encoding="utf-8")
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=LIMIT)
        killer.cancel()
    assert running.returncode == 0
    assert "changed synthesis ips-ptsd" in said
    assert said.endswith("Stopped.\n")
    assert "Traceback" not in said
