"""Writing files whole: nothing that this program makes is ever seen half-written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from meta.faults import fault


@contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Make a folder where it is missing, and turn what goes wrong while writing into a sentence.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    InputError
        The folder or a file in it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise fault(
            f"it cannot be written ({(error.strerror or str(error)).lower()})",
            "Name a folder that can be written.",
            file=str(error.filename or folder),
        ) from error


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
