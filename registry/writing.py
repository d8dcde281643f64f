"""Writing files whole: nothing that this program makes is ever seen half-written."""

import os
import tempfile
from pathlib import Path


def put_in_place(file: Path, data: bytes) -> None:
    """Write a file so that readers see the old one or the new one, never a part of it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
