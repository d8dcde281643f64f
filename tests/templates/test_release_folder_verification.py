"""A release's folder: whoever changes a byte of any file of it is found, and the file and the place named."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from registry.releases import PARTS, sealed, text_of
from studies.ingest import COLLECTION
from studies.release_files import read_release
from templates.release_folder import CONTENTS, FolderAsked, write_release_folder
from templates.release_folder_verification import FolderVerification, verify_folder

Run = Callable[..., tuple[int, str, str]]
NAME = "ips-vive@2026.1"
FILE = COLLECTION / "releases" / f"{NAME}.json"
FILES = tuple(one.name for one in CONTENTS)
DERIVED = tuple(name for name in FILES if name not in ("estimate.json", "datapackage.json"))
ASKED = FolderAsked(n=40, seed=7)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return read_release(FILE)


@pytest.fixture
def folder(document: dict[str, Any], tmp_path: Path) -> Path:
    write_release_folder(document, tmp_path, ASKED)
    return tmp_path / NAME


def judged(folder: Path) -> FolderVerification:
    return verify_folder(folder, read_release(folder / "estimate.json"), holds=True)


def forge(folder: Path, name: str, content: bytes) -> None:
    """Put another content into a file, and its size and hash into the data package."""
    (folder / name).write_bytes(content)
    package = folder / "datapackage.json"
    told = json.loads(package.read_text("utf-8"))
    (one,) = [one for one in told["resources"] if one["path"] == name]
    one |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    package.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


def test_a_folder_as_it_was_exported_is_verified(document: dict[str, Any], tmp_path: Path) -> None:
    for n, seed, language in ((40, 7, "int"), (25, 0, "da"), (10_000, 2026, "int")):
        out = tmp_path / f"{n}"
        write_release_folder(document, out, FolderAsked(n=n, seed=seed, language=language))
        done = judged(out / NAME)
        assert done == FolderVerification((), len(FILES), True, ())


@pytest.mark.parametrize("name", [name for name in FILES if name != "estimate.json"])
def test_a_changed_byte_is_found_and_its_file_and_line_are_named(folder: Path, name: str) -> None:
    file = folder / name
    whole = file.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 12)):
        changed = bytearray(whole)
        changed[at] ^= 1
        file.write_bytes(changed)
        first, *_ = judged(folder).altered
        assert first.file == name, (at, first)
        if name not in ("draws.parquet", "datapackage.json"):
            line = whole[:at].count(b"\n") + 1
            assert first.place == f":{line}", (at, first)
    for other in (whole[:-1], whole + b"\n", b"", whole[: len(whole) // 2]):
        file.write_bytes(other)
        assert judged(folder).altered[0].file == name
    file.write_bytes(whole)
    assert judged(folder).altered == ()


@pytest.mark.parametrize("name", DERIVED)
def test_a_forger_who_writes_the_hash_anew_is_found_too(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    # The first digit of a number that counts; of the draws a sign in the middle of the numbers.
    number = re.search(rb"\d[.]?\d", whole)
    assert number is not None
    at = len(whole) // 3 if name == "draws.parquet" else number.start()
    changed = bytearray(whole)
    changed[at] ^= 1
    forge(folder, name, bytes(changed))
    (one,) = judged(folder).altered
    assert one.file == name
    if name == "draws.parquet":
        assert re.fullmatch(
            r"byte \d+ is another, in column \w+; \d+ bytes, released are \d+", one.problem
        )


def test_a_forged_account_of_the_draws_in_their_table_is_found(folder: Path) -> None:
    """The footer of draws.parquet says how they were made, as draws.json does."""
    table = (folder / "draws.parquet").read_bytes()
    assert table.count(b'"seed": 7') > 0
    forge(folder, "draws.parquet", table.replace(b'"seed": 7', b'"seed": 8'))
    assert [one.file for one in judged(folder).altered] == ["draws.parquet"]


def test_what_is_told_of_a_changed_number_is_the_number(folder: Path) -> None:
    file = folder / "pooled.csv"
    text = file.read_text("utf-8")
    assert ",2.5377" in text
    file.write_text(text.replace(",2.5377", ",3.5377"), "utf-8")
    (one,) = judged(folder).altered
    assert str(one).startswith("pooled.csv:2: released is ")
    assert "2.537" in one.problem
    assert "3.537" in one.problem


def test_another_hash_in_the_data_package_is_named_by_its_path(folder: Path) -> None:
    package = folder / "datapackage.json"
    text = package.read_text("utf-8")
    at = text.index("sha256:") + 7
    package.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :], "utf-8")
    (one,) = judged(folder).altered
    assert (one.file, one.problem.startswith("/resources/0/hash: ")) == ("datapackage.json", True)


def nudged(text: str, factor: float) -> str:
    """Multiply every number with a decimal point, as another processor might give it."""
    return re.sub(r"\d+\.\d{6,}", lambda found: repr(float(found[0]) * factor), text)


@pytest.mark.parametrize("name", ["pooled.csv", "soem.csv", "wsipp.csv", "draws.json"])
@pytest.mark.parametrize(("factor", "sound"), [(1 + 1e-11, True), (1 + 1e-7, False)])
def test_an_export_from_another_machine_may_differ_by_a_billionth(
    folder: Path, name: str, factor: float, sound: bool
) -> None:
    """docs/releases.md: 1e-9 of a number's size, where the hash says that it is as exported."""
    text = nudged((folder / name).read_text("utf-8"), factor)
    (folder / name).write_text(text, "utf-8")
    assert [one.file for one in judged(folder).altered] == [name]
    forge(folder, name, text.encode())
    if name == "draws.json":  # its text stands in the table's footer too
        table = (folder / "draws.parquet").read_bytes()
        assert table.count(b'"schema_version"') == 1
        start = table.index(b'{\n  "schema_version"')
        stop = table.index(b"\n}\n", start) + 3
        forge(folder, "draws.parquet", table[:start] + text.encode() + table[stop:])
    found = {one.file for one in judged(folder).altered}
    assert (name in found) is not sound
    assert sound == (found == set())


@pytest.mark.parametrize(("factor", "sound"), [(1 + 1e-11, True), (1 + 1e-7, False)])
def test_draws_from_another_machine_may_differ_by_a_billionth(
    folder: Path, document: dict[str, Any], factor: float, sound: bool
) -> None:
    from registry.release_draws import release_draws

    table = (folder / "draws.parquet").read_bytes()
    (drawn,) = release_draws(document, 40, 7)
    for name in ("mu", "p0", "rd"):
        column = np.asarray(drawn.columns[name], "<f8")
        assert table.count(column.tobytes()) == 1
        table = table.replace(column.tobytes(), (column * factor).astype("<f8").tobytes())
    forge(folder, "draws.parquet", table)
    assert [one.file for one in judged(folder).altered] == ([] if sound else ["draws.parquet"])


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(evidens: Run, folder: Path, name: str) -> None:
    (folder / name).unlink()
    code, out, err = evidens("release", "verify", str(folder))
    assert code == 1
    assert f"{name}: it is missing" in out or "there is no such file" in err


def test_what_lies_there_besides_is_told_and_no_fault(evidens: Run, folder: Path) -> None:
    (folder / "my-case.xlsx").write_bytes(b"mine")
    (folder / "sub").mkdir()
    code, out, _ = evidens("release", "verify", str(folder))
    assert code == 0
    assert "Its folder: 12 files, made again from the release, and the same.\n" in out
    assert out.endswith("Not of the release: my-case.xlsx, sub.\n")


def test_the_command_names_the_file_and_fails(evidens: Run, folder: Path) -> None:
    counts = folder / "counts.csv"
    counts.write_text(counts.read_text("utf-8").replace(",19,", ",20,", 1), "utf-8")
    code, out, _ = evidens("release", "verify", str(folder))
    assert code == 1
    assert "altered: counts.csv:2: released is " in out
    assert out.endswith("Its folder is not verified.\n")
    code, out, _ = evidens("release", "verify", str(folder), "--json")
    told = json.loads(out)
    assert (code, told["holds"], told["folder"]["altered"][0]["file"]) == (1, True, "counts.csv")
    assert told["folder"]["altered"][0]["place"] == "2"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"resources": 3}',
        b'{"resources": [3, {"path": []}, {"path": "README.md", "hash": 1}]}',
        b'{"resources": [{"path": "README.md", "hash": "sha256:0", "dialect": {}}]}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
    ],
)
def test_a_hostile_data_package_is_a_named_file(folder: Path, content: bytes) -> None:
    (folder / "datapackage.json").write_bytes(content)
    for holds in (True, False):
        done = verify_folder(folder, read_release(folder / "estimate.json"), holds=holds)
        found = {one.file for one in done.altered}
        assert "datapackage.json" in found or (not holds and "README.md" in found)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"n": 1e3, "seed": 1}',
        b'{"n": 0, "seed": 1}',
        b'{"n": 10000001, "seed": 1}',
        b'{"n": 5, "seed": -1}',
        b'{"n": true, "seed": 1}',
        b'{"n": "5"}',
    ],
)
def test_hostile_numbers_of_draws_are_a_named_file(folder: Path, content: bytes) -> None:
    forge(folder, "draws.json", content)
    assert "draws.json" in {one.file for one in judged(folder).altered}


def test_of_another_version_the_hashes_are_compared(
    evidens: Run, document: dict[str, Any], folder: Path
) -> None:
    """This program cannot know which files and columns another version writes."""
    other = sealed(
        {**{key: document[key] for key in PARTS}, "software": {"evidens": "9.9"}},
        document["environment"],
    )
    forge(folder, "estimate.json", text_of(other).encode())
    forge(folder, "README.md", b"written otherwise\n")
    code, out, _ = evidens("release", "verify", str(folder))
    assert code == 0
    assert "12 files, as datapackage.json has their hashes; this program cannot make them" in out
    (folder / "README.md").write_bytes(b"changed\n")
    code, out, _ = evidens("release", "verify", str(folder))
    assert code == 1
    assert "altered: README.md: it is not what datapackage.json says\n" in out
    (folder / "README.md").unlink()
    assert "altered: README.md: it is missing\n" in evidens("release", "verify", str(folder))[1]
