"""A loop in C as floor, where there is a compiler: `floor.c`, compiled for this machine."""

import ctypes
import functools
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.data import Ragged
from benchmarks.timing import cpu

SOURCE = Path(__file__).with_name("floor.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")  # not -ffast-math: IEEE doubles, as ours
REPEATS = 5


@functools.cache
def library() -> ctypes.CDLL | None:
    """Return the compiled loop; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "floor.so"
        subprocess.run([compiler, *FLAGS, str(SOURCE), "-o", str(target), "-lm"], check=True)
        return ctypes.CDLL(str(target))


def timed(data: Ragged, method: str) -> Callable[[], float] | None:
    """Return a function that measures the loop over all analyses; None without a compiler."""
    loaded = library()
    if loaded is None:
        return None
    n = len(data.k)
    out = [np.empty(n) for _ in range(3)]
    sizes = np.ascontiguousarray(data.k, dtype=np.int64)
    pointers = [ctypes.c_void_p(one.ctypes.data) for one in (data.yi, data.vi, sizes)]
    results = [ctypes.c_void_p(one.ctypes.data) for one in out]
    call = getattr(loaded, f"all_{method.lower()}")

    def run() -> list[np.ndarray]:
        call(*pointers, ctypes.c_long(n), *results)
        return out

    return cpu(run, REPEATS)
