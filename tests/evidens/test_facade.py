"""``import evidens``: every name is where it says, typed, and costs nothing until it is used."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import evidens
from meta import further

SOURCE = Path(evidens.__file__)


def test_types_rooms_and_the_public_list_agree() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    typed = {
        (node.module, alias.name)
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes = {(room, name) for room, names in evidens.ROOMS.items() for name in names}
    assert typed == homes
    assert evidens.__all__ == sorted(name for _, name in homes)
    for room, name in homes:
        assert getattr(evidens, name) is getattr(import_module(room), name)


def test_importing_it_loads_nothing_heavy() -> None:
    script = "import sys, evidens; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/"
    )
    assert not {"numpy", "scipy", "pandas", "sqlalchemy", "typer"} & set(done.stdout.split())


def test_what_it_does_not_have_is_said() -> None:
    with pytest.raises(AttributeError, match="module 'evidens' has no attribute 'pol'"):
        evidens.pol  # noqa: B018 - the access is the test


def test_every_further_analysis_is_there_as_a_function() -> None:
    folder = Path(further.__file__).parent
    used = {
        alias.name
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(
            (
                "meta.diagnostics",
                "meta.small_study",
                "meta.bayes",
                "meta.selection",
                "meta.glmm",
                "meta.dependence",
                "meta.choices",
            )
        )
        for alias in node.names
        if alias.name.islower()
    }
    assert {"leave_one_out", "regression_test", "trim_and_fill"} <= used
    # modules, and a column that is added, are no methods
    others = {"named_tests", "predictions", "with_estimates"}
    assert used - others <= set(evidens.__all__)
