"""``evidens brief``, as a user meets it."""

import sys
from pathlib import Path

import pytest

import evidens.cli.brief  # noqa: F401  # the command registers itself
from evidens.cli import main


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
    assert "Name syntheses, or say --all." in capsys.readouterr().err


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
