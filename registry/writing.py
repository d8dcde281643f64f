"""Writing files whole: nothing that this program makes is ever seen half-written."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
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
    return put_all_in_place(file.parent, {file.name: data}) == 1


def put_all_in_place(folder: Path, files: Mapping[str, bytes]) -> int:
    """Write several files of one folder, so that none is changed where not all of them can be written.

    Parameters
    ----------
    folder : Path
        That exists.
    files : mapping of str to bytes
        Contents by file name.

    Returns
    -------
    int
        How many were written; a file that already held just its content is left alone.
    """
    with ExitStack() as stack:
        ready = []
        for name, data in files.items():
            file = folder / name
            if not (file.is_file() and file.read_bytes() == data):
                ready.append((stack.enter_context(_beside(file, data)), file))
        for whole, file in ready:
            whole.replace(file)
    return len(ready)


def put_new(file: Path, data: bytes) -> bool:
    """Write a file that never changes: one that is there with another content is refused.

    Parameters
    ----------
    file : Path
        In a folder that exists.
    data : bytes
        The whole content.

    Returns
    -------
    bool
        False where the file already held just this.

    Raises
    ------
    InputError
        It holds something else.
    """
    with _beside(file, data) as whole:
        try:
            file.hardlink_to(
                whole
            )  # fails where the file is there, whoever made it in the meantime
        except FileExistsError:
            if not file.is_file() or file.read_bytes() != data:
                raise fault(
                    "the file is there with another content, and a release is never changed",
                    "Name another folder, or move the file away.",
                    file=str(file),
                ) from None
            return False
    return True


@contextmanager
def _beside(file: Path, data: bytes) -> Iterator[Path]:
    """Write a whole content beside a file, and take it away again where nobody put it in place."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    whole = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        whole.chmod(0o644)
        yield whole
    finally:
        whole.unlink(missing_ok=True)


def put_new_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that never changes, all of its files or none.

    Parameters
    ----------
    folder : Path
        In a folder that exists.
    files : mapping of str to bytes
        Contents by file name.

    Raises
    ------
    InputError
        The folder is there and holds something else.
    """
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for name, data in files.items():
            (made / name).write_bytes(data)
        made.chmod(0o755)
        try:
            made.rename(folder)  # onto a folder that holds something, this fails
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise
            _refuse_other_files(folder, files)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _refuse_other_files(folder: Path, files: Mapping[str, bytes]) -> None:
    there = {file.name for file in folder.iterdir()} if folder.is_dir() else {folder.name}
    for name in sorted({*there, *files}):
        file = folder / name
        if name not in files or not file.is_file() or file.read_bytes() != files[name]:
            raise fault(
                f"{name} is not what the release has there, and a release is never changed",
                "Name another folder, or move this one away.",
                file=str(folder),
            ) from None
