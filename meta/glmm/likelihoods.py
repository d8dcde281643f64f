"""The likelihood of each model: which counts are random, and what their linear predictors are made of."""

import numpy as np

from meta.effects.arrays import FloatArray
from meta.effects.designs import Measure
from meta.glmm.counts import Binomial, Poisson
from meta.glmm.hypergeometric import Hypergeometric
from meta.glmm.maximum import CountModel, Effects
from meta.glmm.tables import Cells, GlmmModel

NEVER = -700.0  # log expectation of a count that is out of the likelihood


def count_model(
    measure: Measure,
    model: GlmmModel,
    cells: Cells,
    x: FloatArray,
    *,
    effects: Effects,
    nodes: int,
    coding: float,
) -> CountModel:
    """Return the likelihood of a model.

    Parameters
    ----------
    measure : Measure
    model : str
    cells : dict of str to ndarray
        Length k.
    x : ndarray, shape (k, p)
        What multiplies the coefficients of the study's effect.
    effects : {"none", "one", "two", "two-correlated"}
        Random effects; for UM.RS "one" is the study effect alone.
    nodes : int
    coding : float
        How the random group effect is shared out between the groups: 0.5, 1 or 0.

    Returns
    -------
    CountModel
        For UM.RS the last coefficient is the constant.

    References
    ----------
    Turner, Omar, Yang, Goldstein and Thompson (2000), on UM.RS and UM.FS.
    doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L. Stijnen, Hamza and Özdemir (2010), on
    CM.EL, CM.AL and one group. doi:10.1002/sim.4040

    Examples
    --------
    >>> cells = {"xi": np.array([1.0]), "ti": np.array([np.e])}
    >>> one = count_model(
    ...     Measure("IRLN"), "GLMM", cells, np.ones((1, 1)), effects="one", nodes=7, coding=0.5)
    >>> one.offset.tolist()
    [[1.0]]
    """
    k, p = x.shape
    one_row = np.ones((k, 1))
    if model not in ("UM.FS", "UM.RS"):
        return CountModel(
            counts=_conditional(measure, model, cells),
            offset=_offset(measure, model, cells)[:, None],
            x=x[:, None, :],
            own=None,
            effects=effects,
            design=one_row,
            nodes=nodes,
        )
    shares = {0.5: (0.5, -0.5), 1.0: (1.0, 0.0), 0.0: (0.0, 1.0)}[coding]
    random_study = model == "UM.RS"
    both = np.zeros((k, 2, p + random_study))
    both[:, 0, :p] = x
    if random_study:
        both[:, :, p] = 1
    counts, offset = group_counts(measure, cells)
    return CountModel(
        counts=counts,
        offset=offset,
        x=both,
        own=None if random_study else np.ones((k, 2)),
        effects=effects,
        design=np.ones((k, 2)) if random_study and effects == "one" else np.tile(shares, (k, 1)),
        nodes=nodes,
    )


def group_counts(measure: Measure, cells: Cells) -> tuple[Binomial | Poisson, FloatArray]:
    """Return the counts of two groups with their offsets, shape (k, 2).

    Parameters
    ----------
    measure : {"OR", "IRR"}
    cells : dict of str to ndarray

    Returns
    -------
    counts : Binomial or Poisson
    offset : ndarray
    """
    if measure == Measure.IRR:
        events = np.column_stack([cells["x1i"], cells["x2i"]])
        return Poisson(events), np.log(np.column_stack([cells["t1i"], cells["t2i"]]))
    events = np.column_stack([cells["ai"], cells["ci"]])
    others = np.column_stack([cells["bi"], cells["di"]])
    return Binomial(events, events + others), np.zeros(events.shape)


def without_separate_groups(
    model: CountModel, x: FloatArray, measure: Measure, cells: Cells
) -> tuple[CountModel, bool]:
    """Return UM.RS with an effect of its own for each study, and whether all of these are finite.

    A first group with no events, or nothing but events, is fitted perfectly at infinity and leaves the
    likelihood.

    Parameters
    ----------
    model : CountModel
        UM.RS with a common effect.
    x : ndarray, shape (k, p)
    measure : {"OR", "IRR"}
    cells : dict of str to ndarray

    Returns
    -------
    model : CountModel
    finite : bool
    """
    counts, offset = group_counts(measure, cells)
    events = counts.y[:, 0]
    others = counts.n[:, 0] - events if isinstance(counts, Binomial) else np.ones(len(events))
    perfect = (events == 0) | (others == 0)
    own = np.zeros(offset.shape)
    own[:, 0] = ~perfect
    y = counts.y.copy()
    y[perfect, 0] = 0
    if isinstance(counts, Binomial):
        n = counts.n.copy()
        n[perfect, 0] = 0
        counts = Binomial(y, n)
    else:
        offset[perfect, 0] = NEVER
        counts = Poisson(y)
    saturated = CountModel(
        counts=counts,
        offset=offset,
        x=model.x[:, :, x.shape[1] :],
        own=own,
        effects="one",
        design=model.design,
        nodes=model.nodes,
    )
    return saturated, not perfect.any()


def _conditional(
    measure: Measure, model: GlmmModel, cells: Cells
) -> Binomial | Poisson | Hypergeometric:
    if measure == Measure.PLO:
        return Binomial(cells["xi"][:, None], (cells["xi"] + cells["mi"])[:, None])
    if measure == Measure.IRLN:
        return Poisson(cells["xi"][:, None])
    if measure == Measure.IRR:
        return Binomial(cells["x1i"][:, None], (cells["x1i"] + cells["x2i"])[:, None])
    a, b, c, d = (cells[name] for name in ("ai", "bi", "ci", "di"))
    if model == "CM.EL":
        return Hypergeometric(a, a + b, c + d, a + c)
    return Binomial(a[:, None], (a + c)[:, None])


def _offset(measure: Measure, model: GlmmModel, cells: Cells) -> FloatArray:
    if measure == Measure.IRLN:
        return np.log(cells["ti"])
    if measure == Measure.IRR:
        return np.log(cells["t1i"] / cells["t2i"])
    if model == "CM.AL":
        return np.log((cells["ai"] + cells["bi"]) / (cells["ci"] + cells["di"]))
    return np.zeros(len(next(iter(cells.values()))))
