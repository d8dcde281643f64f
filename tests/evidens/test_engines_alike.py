"""Every command gives the same bytes on both engines, in whatever order their rows lie."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registry import revisions, schema
from registry.revisions import Signature
from registry.session import create, reading
from studies.ingest import COLLECTION, load

Run = Callable[..., tuple[int, str, str]]

ANNA = Signature("Åse Ørsted", "æøå", "2026-11-21T22:10:00.000000Z")
DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")

ALIKE = {"z-a": "Zebra", "za": "zebra", "z-b": "Ærø", "zb": "ørsted", "z-c": "Ål", "zc": "aal"}
"""Ids and labels that a language's rules would put in another order than their code points."""

COMMANDS = [
    ["study", "list"],
    ["study", "list", "--json"],
    ["study", "show", "michon-2014"],
    ["study", "show", "z-b"],
    ["study", "history", "bond-2012", "--json"],
    ["synthesis", "list"],
    ["synthesis", "run", "ips-vive"],
    ["synthesis", "run", "ips-vive", "--json"],
    ["replicate", "vive-table-3-1"],
    ["replicate", "vive-table-3-1", "--json"],
    ["search", "veterans"],
    ["search", "ØRSTED"],
    ["search", "sygdom", "--json"],
    ["brief", "ips-vive", "--to", "md,html,docx,pdf", "--out", "briefs"],
    ["export", "ips-vive", "--to", "json,csv,xlsx", "--out", "exports"],
    ["dump", "dumped"],
]


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Studies that are added to the collection, or replace one of it."""
    folder = tmp_path_factory.mktemp("edited")
    body = DAVIS.partition("screening:")[0].partition("countries:")[2]
    texts = {
        identity: f"study: {identity}\nlabel: {label}\nyear: 2012\ndesign: randomised-trial\n"
        f"countries:{body}"
        for identity, label in ALIKE.items()
    }
    texts["davis-2012"] = DAVIS.replace("mean: 21.6", "mean: 21.7")
    for identity, text in texts.items():
        (folder / f"{identity}.yaml").write_text(text, encoding="utf-8")
    return folder


def all_of(evidens: Run, url: str, folder: Path) -> dict[str, Any]:
    """What every command prints and writes."""
    found: dict[str, Any] = {}
    for command in COMMANDS:
        code, out, err = evidens(*command, "--db", url)
        assert code == 0, err
        found[" ".join(command)] = out
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            found[str(file.relative_to(folder))] = file.read_bytes()
    with reading(url) as session:
        found["the history's end"] = revisions.end(session)
    return found


def filled(url: str, edited: Path) -> None:
    create(url)
    load(url, None, ANNA)
    load(url, [edited], ANNA)


def shuffled(url: str) -> None:
    """Put the rows of every table of a PostgreSQL database into another order."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for name, table in schema.metadata.tables.items():
            key = " || ".join(f'"{column.name}"::text' for column in table.primary_key)
            connection.exec_driver_sql(f'CREATE INDEX shuffle ON "{name}" (md5({key}))')
            connection.exec_driver_sql(f'CLUSTER "{name}" USING shuffle')
            connection.exec_driver_sql("DROP INDEX shuffle")
    engine.dispose()


@pytest.fixture
def backwards() -> Iterator[Callable[[], None]]:
    """Have SQLite give rows backwards wherever a query does not say their order."""

    def turn(connection: Any, _record: object) -> None:
        if hasattr(connection, "executescript"):
            connection.execute("PRAGMA reverse_unordered_selects = ON")

    yield lambda: sa.event.listen(sa.Engine, "connect", turn)
    sa.event.remove(sa.Engine, "connect", turn)


def test_every_command_gives_the_same_bytes_on_both_engines(
    evidens: Run,
    edited: Path,
    tmp_path: Path,
    sqlite_databases: Any,
    postgresql_databases: Any,
    backwards: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    urls = {"sqlite": sqlite_databases.new(), "postgresql": postgresql_databases.new()}
    found = {}
    for url in urls.values():
        filled(url, edited)
    shuffled(urls["postgresql"])
    for turn in ("sqlite", "sqlite backwards", "postgresql"):
        if turn == "sqlite backwards":
            backwards()
        folder = tmp_path / turn.replace(" ", "-")
        folder.mkdir()
        monkeypatch.chdir(folder)
        found[turn] = all_of(evidens, urls[turn.split()[0]], folder)
    ids = found["sqlite"]["study list"].split("\n")
    assert [line.split()[0] for line in ids if line[:1] == "z"] == sorted([*ALIKE, "zhang-2017"])
    for turn in ("sqlite backwards", "postgresql"):
        assert found[turn].keys() == found["sqlite"].keys()
        for what, bytes_or_text in found["sqlite"].items():
            assert found[turn][what] == bytes_or_text, (turn, what)
    for databases in (sqlite_databases, postgresql_databases):
        databases.clear()
