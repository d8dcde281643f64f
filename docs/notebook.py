"""Makes the notebook of a business case: python -m docs.notebook writes docs/business_case.ipynb.

Its cells are those of docs/examples/business_case.py, parted by ``# %%``, with what each prints.
"""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "examples" / "business_case.py"
NOTEBOOK = Path(__file__).parent / "business_case.ipynb"


def cells(source: str) -> list[tuple[str, str]]:
    """Return the cells of a program: kind, ``code`` or ``markdown``, and content."""
    found = []
    for part in ("\n" + source).split("\n# %%")[1:]:
        head, _, body = part.partition("\n")
        if head.strip() == "[markdown]":
            lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines()]
            found.append(("markdown", "\n".join(lines)))
        else:
            found.append(("code", body.strip()))
    return found


def notebook(source: str) -> str:
    """Return a program as a notebook, with what its cells print; they are run one after the other."""
    names: dict[str, Any] = {}
    made: list[dict[str, Any]] = []
    count = 0
    for number, (kind, body) in enumerate(cells(source), start=1):
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": f"cell-{number}",
            "metadata": {},
            "source": body.splitlines(keepends=True),
        }
        if kind == "code":
            count += 1
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(body, f"cell {number}", "exec"), names)
            text = printed.getvalue().splitlines(keepends=True)
            outputs = [{"name": "stdout", "output_type": "stream", "text": text}] if text else []
            cell |= {"execution_count": count, "outputs": outputs}
        made.append(cell)
    content = {
        "cells": made,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    NOTEBOOK.write_text(notebook(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
