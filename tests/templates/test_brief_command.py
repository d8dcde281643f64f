"""``evidens brief``, as a user meets it."""

import json
import sys
from pathlib import Path

import pytest

import evidens.cli.brief  # noqa: F401  # the command registers itself
from evidens.cli import main
from templates.kinds import KINDS


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["evidens", "brief", *words])
    try:
        return main()
    except SystemExit as done:
        return int(done.code or 0)


def test_it_prints_the_paths_it_made(
    shipped: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    code = run(monkeypatch, "ips-vive", "--to", "html, md", "--out", str(out), "--db", shipped)
    assert code == 0
    names = ["ips-vive.note.da.html", "ips-vive.note.da.forest.svg", "ips-vive.note.da.md"]
    assert capsys.readouterr().out == "".join(f"{out / name}\n" for name in names)
    assert sorted(names) == sorted(file.name for file in out.iterdir())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ips-vive", "--to", "odt"], "Use one of: html, pdf, docx, md."),
        (["ips-vive", "--lang", "sv"], "Use one of: da, nb, en."),
        (["nothing"], "There is no synthesis 'nothing'. The registry has: ips-employment, "),
    ],
)
def test_what_is_not_there_is_named_beside_what_is(
    words: list[str],
    message: str,
    shipped: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *words, "--out", str(tmp_path / "out"), "--db", shipped) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_several_syntheses_and_all_of_them(
    shipped: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    some = ["ips-vive", "ips-ptsd", "ips-vive"]
    assert run(monkeypatch, *some, "--to", "md", "--out", str(out), "--db", shipped) == 0
    names = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert [name for name in names if name.endswith(".md")] == [
        "ips-vive.note.da.md",
        "ips-ptsd.note.da.md",
    ]
    assert run(monkeypatch, "--all", "--to", "html", "--out", str(out), "--db", shipped) == 0
    printed = [Path(line) for line in capsys.readouterr().out.splitlines()]
    held = ["ips-employment", "ips-nordic", "ips-other-conditions", "ips-ptsd", "ips-vive"]
    assert [file.name for file in printed] == [f"{one}.note.da.html" for one in held]
    assert all(file.is_file() for file in printed)


@pytest.mark.parametrize("words", [[], ["ips-vive", "--all"]])
def test_either_names_or_all(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *words, "--db", f"sqlite:///{tmp_path / 'none.db'}") == 2
    assert "Name what it is about, or say --all." in capsys.readouterr().err


def test_one_unknown_name_writes_nothing(
    shipped: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, "ips-vive", "nothing", "--out", str(out), "--db", shipped) == 1
    assert "There is no synthesis 'nothing'." in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--logo", "this is neither PNG nor SVG"),
        ("--reference-doc", "this is no Word document"),
        ("--templates", "there is no briefs/note.md.j2 in this folder"),
    ],
)
def test_files_of_the_organisations_own_are_checked_first(
    option: str,
    message: str,
    shipped: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "own"
    file.mkdir() if option == "--templates" else file.write_bytes(b"GIF89a")
    out = tmp_path / "out"
    assert run(monkeypatch, "ips-vive", option, str(file), "--out", str(out), "--db", shipped) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{file}: ")
    assert message in said
    assert "Traceback" not in said
    assert not out.exists()


def test_the_kinds_are_listed_with_what_each_is_about_and_holds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--list") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["kind", "about", "a", "holds"]
    assert [row.split()[0] for row in rows] == list(KINDS)
    assert run(monkeypatch, "--list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["subject"]) for one in listed] == [
        (one.name, one.subject) for one in KINDS.values()
    ]
    for one, row in zip(listed, rows, strict=True):
        assert row.endswith(one["holds"])
        assert one["subject"] in row
        assert set(one) == {"name", "subject", "label", "holds"}


def test_kinds_are_written_beside_each_other_and_their_files_listed(
    shipped: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["ips-ptsd", "--kind", "one-page, note", "--to", "md", "--json"]
    assert run(monkeypatch, *words, "--out", str(tmp_path), "--db", shipped) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert [Path(one).name for one in files] == [
        "ips-ptsd.one-page.da.hundred.svg",
        "ips-ptsd.one-page.da.md",
        "ips-ptsd.note.da.forest.svg",
        "ips-ptsd.note.da.md",
    ]
    assert all(Path(one).exists() for one in files)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["ips-vive", "--kind", "one-pager"],
            1,
            "'one-pager' is no kind of brief. Use one of: one-",
        ),
        (["ips-vive", "--kind", " , "], 2, "Name a kind; --list prints them."),
        (["--all", "--kind", "note,bond-profile"], 1, "Write them one after the other."),
    ],
)
def test_kinds_that_cannot_be_written_are_refused_and_nothing_is(
    words: list[str],
    code: int,
    message: str,
    shipped: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *words, "--out", str(tmp_path / "out"), "--db", shipped) == code
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
