"""When a selection model must not be fitted, and what must be said of one that is.

The likelihood of a selection model has a maximum for almost any data, and the estimate there can be anything.
What cannot be identified is refused. What can, but is known to mislead, is refused unless the caller insists,
and then stands among the notes.

- Fewer than 10 studies: tests of small-study effects need 10 at least (Sterne et al. 2011,
  doi:10.1136/bmj.d4002), and 10 is the fewest with which Carter et al. (2019,
  doi:10.1177/2515245919847196) tried the three-parameter model. Weights chosen beforehand are made for few
  studies (Vevea and Woods 2005, doi:10.1037/1082-989X.10.4.428).
- An interval of p-values without a study: its weight goes to 0 or the others to infinity (Hedges 1992,
  doi:10.1214/ss/1177011364).
- Three studies or fewer in an interval: Coburn and Vevea's program weightr warns of it.
- All p-values significant, or none, with a smooth weight function: the weights of those that are not seen are
  extrapolated from its form (McShane, Böckenholt and Hansen 2016, doi:10.1177/1745691616662243).
- Proportions, rates, means and reliabilities of one group: their p-values compare them with 0, and nobody
  selects studies by these.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from meta.effects.designs import Design
from meta.effects.measures import MEASURES, FloatArray
from meta.faults import Fault, InputError
from meta.models.results import EffectSizes, Note
from meta.selection.weight_functions import Kind

FEWEST_STUDIES = 10
FEW_IN_INTERVAL = 3
SIGNIFICANT = 0.025  # one-sided
ONE_GROUP = (Design.PROPORTION, Design.RATE, Design.ONE_MEAN, Design.ONE_SD, Design.RELIABILITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PInterval:
    """An interval of p-values, above ``low`` and not above ``high``, and how many studies it holds."""

    low: float
    high: float
    k: int

    @property
    def words(self) -> str:
        """The interval, as a sentence names it."""
        return f"p-values {'from 0' if self.low == 0 else f'above {self.low:g}'} to {self.high:g}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Situation:
    """What the rules look at.

    Parameters
    ----------
    effects : EffectSizes
    kind : str
    pvalues : ndarray, length k
    two_sided : bool
    intervals : tuple of PInterval
        Of a step function, or the two beside the one step of a smooth one.
    estimated : tuple of bool
        For each parameter of the weights whether it is estimated.
    parameters : int
        All that are estimated.
    """

    effects: EffectSizes
    kind: Kind
    pvalues: FloatArray
    two_sided: bool
    intervals: tuple[PInterval, ...]
    estimated: tuple[bool, ...]
    parameters: int


def judged(situation: Situation, *, anyway: bool) -> tuple[Note, ...]:
    """Refuse a model that must not be fitted, or say what is doubtful about it.

    Parameters
    ----------
    situation : Situation
    anyway : bool
        Whether the caller insists on a model that is identified but misleading.

    Returns
    -------
    tuple of Note

    Raises
    ------
    InputError
        For a model that cannot be identified; and, unless the caller insists, for one that misleads.

    References
    ----------
    Hedges (1992). doi:10.1214/ss/1177011364. Sterne et al. (2011). doi:10.1136/bmj.d4002

    Examples
    --------
    >>> import numpy as np
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.1, 0.5], vi=[0.04, 0.04])
    >>> situation = Situation(effects=effects, kind="stepfun", pvalues=np.array([0.3, 0.006]),
    ...     two_sided=False, intervals=(), estimated=(False, False), parameters=2)
    >>> judged(situation, anyway=False)
    ()
    """
    impossible = list(_impossible(situation))
    if impossible:
        raise InputError(impossible)
    objections = list(_objections(situation))
    if objections and not anyway:
        raise InputError(replace(fault, code=code) for code, fault in objections)
    notes = [
        Note(code=code, text=f"Fitted all the same: {fault.problem}.") for code, fault in objections
    ]
    return (*notes, *_doubts(situation))


def _impossible(situation: Situation) -> Iterator[Fault]:
    k, intervals = situation.effects.k, situation.intervals
    if k < situation.parameters:
        yield Fault(
            problem=f"{k} studies cannot support the {situation.parameters} parameters of the model",
            remedy="Use fewer steps or moderators, or weights chosen beforehand.",
        )
    if situation.kind != "stepfun":
        for empty in (one for one in intervals if not one.k):
            yield Fault(
                problem=f"no study has {empty.words}, so that the step says nothing",
                remedy="Use another step, or none.",
                field="steps",
            )
        return
    if not any(situation.estimated):
        return
    pairs = list(zip(intervals, situation.estimated, strict=True))
    if len(intervals) == 2 and not all(one.k for one in intervals):
        side = "above" if intervals[1].k else "at or below"
        yield Fault(
            problem=f"all {k} p-values are {side} {intervals[0].high:g}, so that the weights on its two "
            "sides cannot be compared",
            remedy="Use another step, or weights chosen beforehand.",
            field="steps",
        )
        return
    for one, estimated in pairs:
        if estimated and not one.k:
            step = one.high if one.high < 1 else one.low
            yield Fault(
                problem=f"no study has {one.words}, so that their weight cannot be estimated",
                remedy=f"Leave out the step {step:g}, or give the weight beforehand (delta).",
                field="steps",
            )
    reference = [one for one, estimated in pairs if not estimated]
    if not any(one.k for one in reference):
        yield Fault(
            problem=f"no study has {reference[0].words}, to which all weights are compared",
            remedy=f"Leave out the step {reference[0].high:g}, or give all weights beforehand (delta).",
            field="steps",
        )


def _objections(situation: Situation) -> Iterator[tuple[str, Fault]]:
    k = situation.effects.k
    measure = situation.effects.measure
    if MEASURES[measure].design in ONE_GROUP:
        yield (
            "one-group",
            Fault(
                problem=f"the p-values of {measure} compare one group with 0, and nobody selects studies by "
                "these",
                remedy="Use no selection model; the option anyway fits it all the same.",
                field="measure",
            ),
        )
    if not any(situation.estimated):
        return
    if k < FEWEST_STUDIES:
        yield (
            "few-studies",
            Fault(
                problem=f"{k} studies are too few to estimate selection, which takes {FEWEST_STUDIES} at "
                "least",
                remedy="Use weights chosen beforehand (delta); the option anyway fits it all the same.",
            ),
        )
    cut = SIGNIFICANT * (2 if situation.two_sided else 1)
    below = int((situation.pvalues <= cut).sum())
    if situation.kind != "stepfun" and below in (0, k):
        which = "at or below" if below else "above"
        yield (
            "one-side-of-cut",
            Fault(
                problem=f"all {k} p-values are {which} {cut:g}, so that the weights of the others are only "
                "extrapolated",
                remedy="Use weights chosen beforehand (delta); the option anyway fits it all the same.",
            ),
        )


def _doubts(situation: Situation) -> Iterator[Note]:
    if any(situation.estimated):
        for one in situation.intervals:
            if one.k <= FEW_IN_INTERVAL:
                yield Note(
                    code="few-in-interval",
                    text=f"{one.k} {'study has' if one.k == 1 else 'studies have'} {one.words}: what "
                    "rests on so few is hardly estimable. Fewer steps would help.",
                )
    repeated = [label for label, times in Counter(situation.effects.labels).items() if times > 1]
    if repeated:
        yield Note(
            code="repeated-labels",
            text=f"More than one estimate, treated as independent, from: {', '.join(repeated)}.",
        )
