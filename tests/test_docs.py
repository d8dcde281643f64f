"""The documentation keeps up with the code: generated parts, examples, links."""

import doctest
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.notebook import NOTEBOOK, SOURCE, cells, notebook

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = ("meta", "registry", "studies", "templates", "costing", "evidens")
MODULES = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for room in ROOMS
    for file in (ROOT / room).rglob("*.py")
    if "migrations" not in file.parts
)


def test_generated_parts_are_current() -> None:
    pages = ["README.md", *(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "-I", ".", *pages],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebook_has_what_its_cells_print() -> None:
    source = SOURCE.read_text(encoding="utf-8")
    assert notebook(source) == NOTEBOOK.read_text(encoding="utf-8"), "python -m docs.notebook"


def test_the_business_case_has_twenty_lines_of_code() -> None:
    code = "\n".join(
        body for kind, body in cells(SOURCE.read_text(encoding="utf-8")) if kind == "code"
    )
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 20


PYTHON = [
    pytest.param(code, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, code in enumerate(
        re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL), 1
    )
]


@pytest.mark.parametrize("code", PYTHON)
def test_python_in_the_pages_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "page", "exec"), {})
    assert "Random-Effects Model (k = 3" in capsys.readouterr().out


def test_sessions_on_the_page_of_python_run() -> None:
    done = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False)
    assert done.failed == 0
    assert done.attempted > 10


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name))
    assert done.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("meta.")])
def test_public_functions_of_the_numbers_say_what_they_take_and_give(name: str) -> None:
    module = importlib.import_module(name)
    for label, thing in inspect.getmembers(module, inspect.isfunction):
        if thing.__module__ != name or label.startswith("_"):
            continue
        text = inspect.getdoc(thing) or ""
        if inspect.signature(thing).parameters and "\n" in text:
            assert "Parameters\n" in text, f"{name}.{label}"
            assert "Returns\n" in text, f"{name}.{label}"


def test_every_module_named_in_the_architecture_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for name in re.findall(
        r"`((?:meta|registry|studies|templates|costing|evidens)(?:\.[a-z_0-9]+)+)`", text
    ):
        assert name in MODULES or name.rsplit(".", 1)[0] in MODULES, name
