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
    names = ["ips-vive.da.html", "ips-vive.da.svg", "ips-vive.da.md"]
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
