"""What ``evidens pool --method UM.FS`` and its like do with a table: mixed models of the counts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evidens.tables import cells_of, read_formula
from meta.effects.measures import Measure
from meta.further.asked import Asked, Option, read_asked
from studies.sheets import Sheet

if TYPE_CHECKING:
    from meta.glmm.results import GlmmAnalysis

OPTIONS = (
    Option(name="nodes", kind="count", help="of the quadrature; 1 is Laplace's approximation"),
    Option(name="coding", kind="number", help="0.5, 1 or 0: how the effect falls on the groups"),
    Option(name="correlated", kind="yes", help="of UM.RS: the studies' constants and effects"),
    Option(name="common-effect", kind="yes", help="tau2 = 0"),
    Option(name="keep00", kind="yes", help="tables without events in both groups too"),
)
MODELS: Mapping[str, tuple[Option, ...]] = dict.fromkeys(
    ("UM.FS", "UM.RS", "CM.EL", "CM.AL", "GLMM"), OPTIONS
)
"""The models, with the options that follow a colon: ``UM.RS:correlated``."""


def read_method(text: str) -> Asked:
    """Read a method with its options; only count models have any.

    Parameters
    ----------
    text : str

    Returns
    -------
    Asked

    Raises
    ------
    InputError
        As `meta.further.asked.read_asked`.

    Examples
    --------
    >>> read_method("UM.FS:nodes=11").values, read_method("REML").name
    ({'nodes': 11}, 'REML')
    """
    name = text.partition(":")[0]
    return read_asked(text, MODELS if name in MODELS else {name: ()}, "--method")


def counts_pooled(
    sheet: Sheet,
    measure: Measure,
    method: str,
    options: Mapping[str, Any],
    *,
    labels: Sequence[str | None] | None,
    test: str,
    level: float,
    add: float | None,
    to: str,
    mods: str | None,
    levels: Mapping[str, Sequence[str]],
) -> "GlmmAnalysis":
    """Fit a mixed model to the counts of a table.

    Parameters
    ----------
    sheet : Sheet
    measure : Measure
    method : str
        One of `MODELS`.
    options : mapping of str to object
        As `read_method` reads them.
    labels, test, level, add, to, mods, levels
        As in `meta.glmm.analysis.glmm`.

    Returns
    -------
    GlmmAnalysis

    Raises
    ------
    InputError, ConvergenceError
        As `meta.glmm.analysis.glmm`.
    """
    from meta.glmm.analysis import glmm

    moderators = None
    if mods is not None:
        formula = read_formula(mods, sheet)[0]
        rows = range(len(sheet.lines))
        moderators = {name: cells_of(sheet, name, rows) for name in formula.columns}
    return glmm(
        measure,
        sheet.numbers,
        model=method,
        estimator="EE" if options.get("common-effect") else "ML",
        test=test,
        level=level,
        nodes=options.get("nodes"),
        coding=options.get("coding", 0.5),
        correlated=options.get("correlated", False),
        drop00=not options.get("keep00", False),
        labels=labels,
        add=0.5 if add is None else add,
        to=to,
        mods=mods,
        moderators=moderators,
        levels=levels,
    )
