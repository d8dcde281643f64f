"""The further analyses by name, and how one is done."""

from collections.abc import Mapping

from meta.further.asked import Asked, Option
from meta.further.dependence import DEPENDENCE
from meta.further.few_studies import FEW_STUDIES
from meta.further.multiverse import MULTIVERSE
from meta.further.predictions import PREDICTIONS
from meta.further.selection import SELECTION
from meta.further.sensitivity import SENSITIVITY
from meta.further.small_studies import SMALL_STUDIES
from meta.further.start import Finding, Further, Pooling
from meta.further.transport import TRANSPORT

FURTHER: Mapping[str, Further] = {
    **FEW_STUDIES,
    **SENSITIVITY,
    **MULTIVERSE,
    **TRANSPORT,
    **PREDICTIONS,
    **SMALL_STUDIES,
    **SELECTION,
    **DEPENDENCE,
}


def options_of(*, planned: bool = False) -> dict[str, tuple[Option, ...]]:
    """Return the options of each analysis, to read what was asked for.

    Parameters
    ----------
    planned : bool
        Only of those that the plan of a synthesis may ask for.

    Returns
    -------
    dict of str to tuple of Option

    Examples
    --------
    >>> options_of()["baujat"], "rho-sweep" in options_of(planned=True)
    ((), False)
    """
    return {name: one.options for name, one in FURTHER.items() if one.planned or not planned}


def run(pooling: Pooling, asked: Asked) -> Finding:
    """Do a further analysis.

    Parameters
    ----------
    pooling : Pooling
    asked : Asked
        Read with `options_of`.

    Returns
    -------
    Finding

    Raises
    ------
    InputError
        For a result that it cannot start from, and what the analysis refuses.
    ConvergenceError
        If a fit does not converge.
    """
    return FURTHER[asked.name].run(pooling, **asked.values)
