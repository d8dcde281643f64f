"""What the caller chose: the weight function, its steps and weights, checked and resolved."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar, get_args

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import EffectSizes
from meta.selection.fixed_weights import NAMED_STEPS, STEPS, VEVEA_WOODS
from meta.selection.results import Alternative, Imprecision, SelectionOptions
from meta.selection.weight_functions import WEIGHT_FUNCTIONS, Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
ALTERNATIVES: tuple[Alternative, ...] = get_args(Alternative)
IMPRECISIONS: tuple[Imprecision, ...] = get_args(Imprecision)
Word = TypeVar("Word", bound=str)


def chosen_options(
    name: str,
    alternative: str,
    steps: Sequence[float] | None,
    delta: str | Sequence[float | None] | None,
    prec: str | None,
    *,
    level: float,
    method: str,
    tau2: float | None,
) -> tuple[SelectionOptions, FloatArray]:
    """Return the options, none of them left open, and the parameters of the weights.

    Parameters
    ----------
    name, alternative, steps, delta, prec
        As ``kind`` and the others of `meta.selection.selection_model.selection_model`.
    level, method, tau2
        Of the model that is adjusted.

    Returns
    -------
    options : SelectionOptions
    delta : ndarray
        nan for those to be estimated.

    Raises
    ------
    InputError
        For an unknown word, steps or weights that cannot be, and what does not go together.

    References
    ----------
    Vevea and Woods (2005). doi:10.1037/1082-989X.10.4.428

    Examples
    --------
    >>> options, delta = chosen_options("3PSM", "greater", None, None, None, level=0.95, method="ML",
    ...     tau2=None)
    >>> options.kind, options.steps, delta.tolist()
    ('stepfun', (0.025, 1.0), [1.0, nan])
    """
    chosen = _one_of("kind", "selection model", name, (*NAMED_STEPS, *KINDS))
    side = _one_of("alternative", "alternative", alternative, ALTERNATIVES)
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    kind: Kind = "stepfun" if chosen in NAMED_STEPS else _one_of("kind", "kind", chosen, KINDS)
    if chosen in NAMED_STEPS:
        if steps is not None:
            raise fault(
                f"{chosen} has its own steps ({_listed(NAMED_STEPS[chosen])})",
                'Leave the steps out, or use "stepfun" with them.',
                field="steps",
            )
        if side == "two.sided":
            raise fault(
                f"the steps of {chosen} are one-sided p-values",
                'Use "greater" or "less", or "stepfun" with two-sided steps such as 0.05.',
                field="alternative",
            )
        steps = NAMED_STEPS[chosen]
    if isinstance(delta, str):
        if chosen != "stepfun" or steps is not None or side == "two.sided":
            raise fault(
                f"the weights {delta!r} have their own steps, for one-sided p-values",
                'Use "stepfun" without steps, and "greater" or "less".',
                field="delta",
            )
        delta = VEVEA_WOODS[_one_of("delta", "set of weights", delta, tuple(VEVEA_WOODS))]
        steps = STEPS
    imprecision = None if prec is None else _one_of("prec", "imprecision", prec, IMPRECISIONS)
    if imprecision is not None and kind in ("stepfun", "beta"):
        raise fault(
            f"the weights of {kind} do not depend on precision",
            "Leave prec out, or use halfnorm, negexp, logistic or power.",
            field="prec",
        )
    cuts = _steps(kind, steps)
    options = SelectionOptions(
        name=chosen,
        kind=kind,
        alternative=side,
        steps=cuts,
        prec=imprecision,
        level=level,
        method=method,
        tau2=tau2,
    )
    return options, _deltas(kind, len(cuts), delta)


def imprecision_of(options: SelectionOptions, effects: EffectSizes) -> FloatArray:
    """Return how imprecise each study is, 1 for the least precise one; one number for all without ``prec``.

    Parameters
    ----------
    options : SelectionOptions
    effects : EffectSizes
        k estimates.

    Returns
    -------
    ndarray, shape (k, 1) or (1, 1)

    Raises
    ------
    InputError
        For numbers of people where these are not known.

    References
    ----------
    Preston, Ashby and Smyth (2004). doi:10.1111/j.1365-2753.2003.00457.x

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.1, 0.5], vi=[0.04, 0.16])
    >>> options, _ = chosen_options("negexp", "greater", None, None, "sei", level=0.95, method="ML",
    ...     tau2=None)
    >>> imprecision_of(options, effects).tolist()
    [[0.5], [1.0]]
    """
    if options.prec is None:
        return np.ones((1, 1))
    if options.prec in ("sei", "vi"):
        values = np.sqrt(effects.vi) if options.prec == "sei" else effects.vi
    elif effects.ni is None:
        raise fault(
            f"numbers of people are not known for {effects.measure}",
            'Use "sei" or "vi".',
            field="prec",
        )
    else:
        values = 1 / (effects.ni if options.prec == "ninv" else np.sqrt(effects.ni))
    return np.asarray(values[:, None] / values.max())


def _steps(kind: Kind, steps: Sequence[float] | None) -> tuple[float, ...]:
    given = () if steps is None else tuple(float(one) for one in steps)
    if kind == "stepfun" and not given:
        raise fault(
            "a step function has no step",
            "Give p-values between 0 and 1 (steps), such as 0.025 or 0.025 and 0.5.",
            field="steps",
        )
    if kind == "beta" and given:
        raise fault("beta has no steps", "Leave them out.", field="steps")
    if kind not in ("stepfun", "beta") and len(given) > 1:
        raise fault(
            f"{kind} has one step at the most, and not {_listed(given)}",
            "Give the p-value up to which all studies are seen alike, or none.",
            field="steps",
        )
    inner = given[:-1] if kind == "stepfun" and given[-1] == 1 else given
    if (given and not inner) or not all(0 < one < 1 for one in inner):
        raise fault(
            f"the steps are {_listed(given)}", "A step is a p-value between 0 and 1.", field="steps"
        )
    if any(one >= other for one, other in pairwise(inner)):
        raise fault(
            f"the steps {_listed(given)} do not ascend",
            "Give each once, the smallest first; weights are those between them in this order.",
            field="steps",
        )
    return (*inner, 1.0) if kind == "stepfun" else inner


def _deltas(kind: Kind, steps: int, delta: Sequence[float | None] | None) -> FloatArray:
    wanted = {"stepfun": steps, "beta": 2}.get(kind, 1)
    function = WEIGHT_FUNCTIONS[kind]
    given: list[float | None] = [None] * wanted if delta is None else list(delta)
    if len(given) != wanted:
        raise fault(
            f"there are {len(given)} values for {wanted} parameter{'s' if wanted > 1 else ''} of {kind}",
            "Give one for each (for each interval of a step function), None for one to be estimated.",
            field="delta",
        )
    if kind == "stepfun" and given[0] is None:
        given[0] = 1.0
    for value in given:
        least = "above 0" if kind == "beta" else "0 or above"
        if value is not None and not (0 <= value < math.inf and (value > 0 or kind != "beta")):
            raise fault(
                f"a delta of {kind} is {value}", f"It is {least} and finite.", field="delta"
            )
    values = np.array([math.nan if value is None else value for value in given], dtype=np.float64)
    if (
        function.evaluate is WEIGHT_FUNCTIONS["stepfun"].evaluate
        and not np.nan_to_num(values, nan=1).any()
    ):
        raise fault("all weights are 0", "Give one interval a weight at least.", field="delta")
    return values


def _listed(numbers: Sequence[float]) -> str:
    return ", ".join(f"{one:g}" for one in numbers)


def _one_of(field: str, title: str, value: str, allowed: Sequence[Word]) -> Word:
    for one in allowed:
        if one == value:
            return one
    raise fault(f"{value!r} is no {title}", f"Use one of {', '.join(allowed)}.", field=field)
