"""Shared fixtures: a fresh registry in a file, and the shipped collection in one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from registry.analyses import Analysis, analyse
from registry.session import create, transaction
from studies.ingest import load

# The same examples every time: a test that fails only now and then guards nothing.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of an empty registry of this test's own."""
    address = f"sqlite:///{tmp_path / 'registry.db'}"
    create(address)
    return address


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with the shipped collection, made once; tests work on copies of it."""
    file = tmp_path_factory.mktemp("collection") / "registry.db"
    create(f"sqlite:///{file}")
    load(f"sqlite:///{file}")
    return file


@pytest.fixture
def shipped(collection: Path, tmp_path: Path) -> str:
    """The URL of a registry of this test's own with the shipped collection."""
    shutil.copy(collection, tmp_path / "registry.db")
    return f"sqlite:///{tmp_path / 'registry.db'}"


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


@pytest.fixture(scope="session")
def analysis(collection: Path) -> Analysis:
    with transaction(f"sqlite:///{collection}") as session:
        return analyse(session, "ips-vive")
