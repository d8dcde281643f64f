"""What the caller of a generalised linear mixed model chose, checked and resolved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from meta.effects.designs import Measure
from meta.faults import fault
from meta.glmm.tables import MODELS, GlmmModel
from meta.models.results import Model

Estimator = Literal["ML", "EE"]
GlmmTest = Literal["z", "t"]
ESTIMATORS: tuple[Estimator, ...] = get_args(Estimator)
TESTS: tuple[GlmmTest, ...] = get_args(GlmmTest)
NODES = 7
NODES_OF_HYPERGEOMETRIC = 41  # metafor integrates adaptively; more nodes change no digit
MOST_NODES = 100
CODINGS = (0.5, 1.0, 0.0)
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlmmOptions:
    """What the caller chose, resolved.

    Parameters
    ----------
    model : {"UM.FS", "UM.RS", "CM.EL", "CM.AL", "GLMM"}
        GLMM for one group.
    estimator : {"ML", "EE"}
        Random effects by maximum likelihood, or a common effect.
    test : {"z", "t"}
        The one that was used.
    level : float
    nodes : int
        Of the quadrature; 1 is Laplace's approximation.
    coding : float
    correlated : bool
    drop00 : bool
    """

    model: GlmmModel
    estimator: Estimator
    test: GlmmTest
    level: float
    nodes: int
    coding: float
    correlated: bool
    drop00: bool

    @property
    def effect(self) -> Model:
        """Whether effects are random or common, in Cochrane's words."""
        return "common-effect" if self.estimator == "EE" else "random-effects"


def chosen_options(
    measure: Measure,
    model: str | None,
    estimator: str,
    test: str,
    level: float,
    nodes: int | None,
    coding: float,
    *,
    correlated: bool,
    drop00: bool,
) -> GlmmOptions:
    """Return the options of an analysis, none of them left open.

    Parameters
    ----------
    measure : Measure
    model, estimator, test, level, nodes, coding, correlated, drop00
        As in `meta.glmm.analysis.glmm`.

    Returns
    -------
    GlmmOptions

    Raises
    ------
    InputError
        For a measure that has no such model, an unknown word, a number out of its range, and an option of
        another model.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> chosen_options(
    ...     Measure("OR"), None, "ML", "z", 0.95, None, 0.5, correlated=False, drop00=True).model
    'UM.FS'
    """
    if measure not in MODELS:
        raise fault(
            f"there is no generalised linear mixed model for {measure}",
            f"Use one of {', '.join(MODELS)}.",
            field="measure",
        )
    allowed = MODELS[measure]
    chosen = (
        allowed[0] if model is None else _one_of("model", f"model for {measure}", model, allowed)
    )
    how = _one_of("estimator", "estimator", estimator, ESTIMATORS)
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    if nodes is not None and not 1 <= nodes <= MOST_NODES:
        raise fault(f"{nodes} nodes", f"Use 1 to {MOST_NODES}.", field="nodes")
    laplace = chosen == "UM.RS" and how == "ML"
    if laplace and nodes not in (None, 1):
        raise fault(
            f"{nodes} nodes for UM.RS, which has two random effects",
            "Leave the nodes out: it is fitted by Laplace's approximation.",
            field="nodes",
        )
    if coding not in CODINGS:
        raise fault(f"the coding is {coding}", "Use 0.5, 1 or 0.", field="coding")
    if coding != CODINGS[0] and not chosen.startswith("UM"):
        raise fault(
            f"model {chosen} has no coding of groups", "Leave the coding out.", field="coding"
        )
    if correlated and not laplace:
        raise fault(
            "only model UM.RS with random effects has two that may be correlated",
            "Use it, or leave the correlation out.",
            field="correlated",
        )
    usual = NODES_OF_HYPERGEOMETRIC if (measure, chosen) == (Measure.OR, "CM.EL") else NODES
    return GlmmOptions(
        model=chosen,
        estimator=how,
        test=_one_of("test", "test of a generalised linear mixed model", test, TESTS),
        level=level,
        nodes=1 if laplace else nodes or usual,
        coding=float(coding),
        correlated=correlated,
        drop00=drop00,
    )


def _one_of(field: str, title: str, value: str, allowed: Sequence[Word]) -> Word:
    for one in allowed:
        if one == value:
            return one
    remedy = f"Use {'one of ' if len(allowed) > 1 else ''}{', '.join(allowed)}."
    raise fault(f"{value!r} is no {title}", remedy, field=field)
