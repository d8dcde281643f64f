"""Writing files whole: nothing that this program makes is ever seen half-written."""

import os
import tempfile
from pathlib import Path


def put_in_place(file: Path, data: bytes) -> bool:
    """Write a file so that readers see the old one or the new one, never a part of it.

    Parameters
    ----------
    file : Path
        In a folder that exists.
    data : bytes
        The whole content.

    Returns
    -------
    bool
        False where the file already held just this, and was left alone.
    """
    if file.is_file() and file.read_bytes() == data:
        return False
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True
