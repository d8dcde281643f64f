"""Word: the styles of a brief as a Word document, laid over pandoc's own reference document."""

import io
import subprocess
import zipfile
from functools import cache


@cache
def reference_document() -> bytes:
    import pypandoc

    return subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"],
        capture_output=True,
        check=True,
    ).stdout
