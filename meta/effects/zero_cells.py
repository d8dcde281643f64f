"""Zero cells: which studies get a constant, which cells it is added to, which studies are dropped."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from meta.effects.arrays import BoolArray, FloatArray
from meta.effects.designs import Design

ADD_TO = ("only0", "all", "if0all", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFacts:
    """The counts of a design.

    Parameters
    ----------
    cells : tuple of str
        The constant is added to all of them, where one of them is 0.
    words : str
        The cells in words, after "was added to".
    double_zeros : mapping of tuple of str to str
        Pairs of cells that are 0 together in a double-zero study, and the reason to drop it.
    """

    cells: tuple[str, ...]
    words: str
    double_zeros: Mapping[tuple[str, ...], str]


CELLS: Mapping[Design, CellFacts] = {
    Design.TWO_BY_TWO: CellFacts(
        cells=("ai", "bi", "ci", "di"),
        words="the four cells of",
        double_zeros={
            ("ai", "ci"): "no events in either group (drop00)",
            ("bi", "di"): "nothing but events in both groups (drop00)",
        },
    ),
    Design.TWO_RATES: CellFacts(
        cells=("x1i", "x2i"),
        words="both counts of",
        double_zeros={("x1i", "x2i"): "no events in either group (drop00)"},
    ),
    Design.PROPORTION: CellFacts(cells=("xi", "mi"), words="both cells of", double_zeros={}),
    Design.RATE: CellFacts(cells=("xi",), words="the count of", double_zeros={}),
}
"""Designs that are not here have no cells: the rules for zero cells do not concern them."""


def gets_constant(cells: Mapping[str, FloatArray], design: Design, to: str) -> BoolArray:
    """Tell which studies get the constant; as in metafor, ``drop00`` comes first.

    A zero in a study that is not complete counts too, and what is known of one enters averages.

    Parameters
    ----------
    cells : mapping of str to ndarray
        The columns of the formula, nan where a count is missing or the study was dropped; length k.
    design : Design
        One that has cells.
    to : {"only0", "all", "if0all", "none"}
        The rule.

    Returns
    -------
    ndarray of bool

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> cells = {"xi": np.array([0.0, 3.0]), "mi": np.array([9.0, 9.0])}
    >>> gets_constant(cells, Design.PROPORTION, "only0").tolist()
    [True, False]
    """
    zero: BoolArray = np.any([cells[name] == 0 for name in CELLS[design].cells], axis=0)
    if to == "only0":
        return zero
    return np.full_like(zero, to == "all" or (to == "if0all" and bool(zero.any())))
