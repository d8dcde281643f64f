"""Shared fixtures: the command line; registries and what is read from them are in `tests.databases`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.databases"]

# The same examples every time: a test that fails only now and then guards nothing.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture
def evidens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Run the command line in a folder of the test's own: (exit code, stdout, stderr)."""
    from evidens.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVIDENS_DB", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["evidens", *arguments])
        try:
            code = main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        done = capsys.readouterr()
        return code, done.out, done.err

    return run
