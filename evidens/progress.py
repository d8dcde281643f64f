"""Progress: how far a long computation has come, on stderr and only where somebody looks at it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import typer


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar that is told how many were done since, and how many there are.

    Parameters
    ----------
    label : str

    Yields
    ------
    callable or None
        None where stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        bars: list[Any] = []

        def done(some: int, of: int) -> None:
            if not bars:
                bar = typer.progressbar(length=of, label=label, file=sys.stderr)
                bars.append(stack.enter_context(bar))
            bars[0].update(some)

        yield done
