"""The structure tree of a tagged PDF, in reading order."""

from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject


def elements(file: Path) -> list[Any]:
    """Every structure element of a PDF."""
    root: Any = pypdf.PdfReader(file).trailer["/Root"]
    found: list[Any] = []
    waiting = [root["/StructTreeRoot"]["/K"]]
    while waiting:
        one = waiting.pop(0).get_object()
        if isinstance(one, ArrayObject):
            waiting[:0] = list(one)
        elif isinstance(one, DictionaryObject):
            if "/S" in one:
                found.append(one)
            waiting[:0] = [one["/K"]] if "/K" in one else []
    return found
