"""Numbers that double precision cannot hold are refused, wherever they turn up in a computation."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from meta.faults import fault


@contextmanager
def double_precision() -> Iterator[None]:
    """Turn an overflow within the block into an `InputError` that says what to look for.

    Returns
    -------
    context manager

    Raises
    ------
    InputError
        For numbers too far apart for double precision.

    References
    ----------
    Higham (2002), chapter 2. doi:10.1137/1.9780898718027

    Examples
    --------
    >>> with double_precision():
    ...     print(np.float64(1.0) / np.float64(4.0))
    0.25
    """
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            yield
    except (FloatingPointError, OverflowError, ZeroDivisionError):
        raise fault(
            "the estimates or their variances are too far apart for double precision",
            "Check yi and vi for a wrong unit or a slipped decimal mark.",
        ) from None
