"""When a method for small-study effects misleads, with the source: the rules by which it is refused.

A method that is called where one of its rules is broken raises an `InputError` with the reason and what to
do instead; with ``anyway=True`` it computes, and the same reason is a note of the result.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from meta.effects.measures import Measure
from meta.faults import Fault, InputError
from meta.models.results import EffectSizes, Note
from meta.models.weighting import centred, weighted_mean

FEWEST = 10
LEAST_RATIO = 4.0
MUCH_HETEROGENEITY = 50.0
EXTREME_HETEROGENEITY = 80.0
LARGE_RATIO = 2.0
FEW_EVENTS = 10.0  # the sources say "few"; ten is the reading of this program
EVENT_RATIOS = {Measure.OR: 4.0, Measure.RR: 2.0, Measure.IRR: 2.0}
"""How many reciprocal counts a variance has: 1/a + 1/b + 1/c + 1/d of an odds ratio, 1/a + 1/c at most."""
STANDARDISED = (
    Measure.SMD,
    Measure.SMDH,
    Measure.SMD1,
    Measure.SMD1H,
    Measure.SMCC,
    Measure.SMCR,
    Measure.SMCRH,
    Measure.D2OR,
    Measure.D2ORN,
)
PROPORTIONS = (Measure.PR, Measure.PLN, Measure.PLO)
OTHERWISE = "Or take it all the same (option anyway), and the result says this."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of use.

    Parameters
    ----------
    code : str
        Stable name, that of the note.
    source : str
        Who says so.
    remedy : str
        What to do instead.
    broken : callable
        Takes the estimates, returns what is wrong with them for this rule, or None.
    """

    code: str
    source: str
    remedy: str
    broken: Callable[[EffectSizes], str | None]


def _few_studies(effects: EffectSizes) -> str | None:
    if effects.k >= FEWEST:
        return None
    return f"{effects.k} studies, and fewer than {FEWEST} cannot tell chance from asymmetry"


def _similar_precision(effects: EffectSizes) -> str | None:
    ratio = float(effects.vi.max()) / float(effects.vi.min())
    if ratio > LEAST_RATIO:
        return None
    return (
        f"the largest variance is {ratio:.3g} times the smallest, and up to {LEAST_RATIO:g} times no "
        "study is small beside another"
    )


def i2_of(effects: EffectSizes) -> float:
    """Return I2 by Q, ``100 (Q - df) / Q``, at least 0, in percent.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.

    Returns
    -------
    float
        0 for one study.

    References
    ----------
    Higgins and Thompson (2002). doi:10.1002/sim.1186

    Examples
    --------
    >>> i2_of(EffectSizes(measure=Measure.GEN, labels=("a", "b"), yi=[0.0, 2.0], vi=[1.0, 1.0]))
    50.0
    """
    _, yi = centred(effects.yi, effects.vi)
    q = weighted_mean(yi, effects.vi, 0.0).q
    return 100 * (q - (effects.k - 1)) / q if q > effects.k - 1 else 0.0


def _heterogeneous(effects: EffectSizes) -> str | None:
    i2 = i2_of(effects)
    if i2 < MUCH_HETEROGENEITY:
        return None
    return f"I2 by Q is {i2:.1f} %, and from {MUCH_HETEROGENEITY:g} % on effects differ for other reasons too"


def _extremely_heterogeneous(effects: EffectSizes) -> str | None:
    i2 = i2_of(effects)
    if i2 < EXTREME_HETEROGENEITY:
        return None
    return f"I2 by Q is {i2:.1f} %, and from {EXTREME_HETEROGENEITY:g} % on the adjusted value is unreliable"


def _ratio_with_its_error(effects: EffectSizes) -> str | None:
    reciprocals = EVENT_RATIOS.get(effects.measure)
    if reciprocals is None:
        return None
    few = int(np.count_nonzero(effects.vi * FEW_EVENTS > reciprocals))
    _, yi = centred(effects.yi, effects.vi)
    mean = float(effects.yi[effects.vi.argmin()]) + weighted_mean(yi, effects.vi, 0.0).mu
    reasons = []
    if 2 * few >= effects.k:
        reasons.append(f"events are few (below {FEW_EVENTS:g} in {few} of {effects.k} studies)")
    if abs(mean) > math.log(LARGE_RATIO):
        reasons.append(f"the effect is large ({effects.measure} {math.exp(mean):.3g})")
    if not reasons:
        return None
    return (
        f"{' and '.join(reasons)}, where the standard error of {effects.measure} goes along with it"
    )


def _standardised_with_its_error(effects: EffectSizes) -> str | None:
    if effects.measure not in STANDARDISED:
        return None
    return f"the standard error of {effects.measure} is computed from {effects.measure} itself"


def _proportion_with_its_error(effects: EffectSizes) -> str | None:
    if effects.measure not in PROPORTIONS:
        return None
    return f"the standard error of {effects.measure} is computed from the proportion itself"


FEW_STUDIES = Rule(
    code="few-studies",
    source="Sterne and others (2011), doi:10.1136/bmj.d4002",
    remedy="Say that small-study effects were not assessed.",
    broken=_few_studies,
)
SIMILAR_PRECISION = Rule(
    code="similar-precision",
    source="Ioannidis and Trikalinos (2007), doi:10.1503/cmaj.060410",
    remedy="Say that small-study effects cannot be assessed.",
    broken=_similar_precision,
)
HETEROGENEOUS = Rule(
    code="heterogeneous",
    source="Ioannidis and Trikalinos (2007), doi:10.1503/cmaj.060410",
    remedy="Explain the differences first, or take a regression test by a random-effects model.",
    broken=_heterogeneous,
)
HETEROGENEOUS_FUNNEL = Rule(
    code="heterogeneous",
    source="Terrin and others (2003), doi:10.1002/sim.1461; Peters and others (2007), doi:10.1002/sim.2889",
    remedy="Explain the differences first, or take a limit meta-analysis or a selection model.",
    broken=_heterogeneous,
)
HETEROGENEOUS_SIGNIFICANCE = Rule(
    code="heterogeneous",
    source="Ioannidis and Trikalinos (2007), doi:10.1177/1740774507079441",
    remedy="Test within groups of studies that are alike.",
    broken=_heterogeneous,
)
EXTREMELY_HETEROGENEOUS = Rule(
    code="heterogeneous",
    source="Stanley (2017), doi:10.1177/1948550617693062",
    remedy="Explain the differences first.",
    broken=_extremely_heterogeneous,
)
RATIO_WITH_ITS_ERROR = Rule(
    code="ratio-with-its-error",
    source="Sterne and others (2011), doi:10.1136/bmj.d4002",
    remedy="Take Peters' or Harbord's test, or a predictor made of sizes (ninv, sqrtninv).",
    broken=_ratio_with_its_error,
)
STANDARDISED_WITH_ITS_ERROR = Rule(
    code="standardised-with-its-error",
    source="Pustejovsky and Rodgers (2019), doi:10.1002/jrsm.1332",
    remedy="Take the test of Pustejovsky and Rodgers, or a predictor made of sizes (ninv, sqrtninv).",
    broken=_standardised_with_its_error,
)
PROPORTION_WITH_ITS_ERROR = Rule(
    code="proportion-with-its-error",
    source="Hunter and others (2014), doi:10.1016/j.jclinepi.2014.03.003",
    remedy="Take a predictor made of sizes (ninv, sqrtninv).",
    broken=_proportion_with_its_error,
)
WITH_ITS_ERROR = (
    RATIO_WITH_ITS_ERROR,
    STANDARDISED_WITH_ITS_ERROR,
    PROPORTION_WITH_ITS_ERROR,
)
"""The rules of a method that sets an estimate against its own standard error."""


def admitted(
    method: str, rules: Sequence[Rule], effects: EffectSizes, *, anyway: bool
) -> tuple[Note, ...]:
    """Refuse a method whose rules are broken, or note which are where it is taken anyway.

    Parameters
    ----------
    method : str
        Its name in a sentence, e.g. ``the rank test``.
    rules : sequence of Rule
    effects : EffectSizes
    anyway : bool
        Whether to go on where a rule is broken.

    Returns
    -------
    tuple of Note
        One for each rule that is broken.

    Raises
    ------
    InputError
        If a rule is broken, unless ``anyway``; all that are.

    References
    ----------
    Sterne and others (2011). doi:10.1136/bmj.d4002

    Examples
    --------
    >>> effects = EffectSizes(measure=Measure.GEN, labels=("a", "b"), yi=[0.0, 1.0], vi=[1.0, 9.0])
    >>> [note.code for note in admitted("the rank test", [FEW_STUDIES], effects, anyway=True)]
    ['few-studies']
    """
    found = [(rule, text) for rule in rules if (text := rule.broken(effects)) is not None]
    if found and not anyway:
        raise InputError(
            Fault(
                field=method,
                problem=f"{text} ({rule.source})",
                remedy=f"{rule.remedy} {OTHERWISE}",
                code=rule.code,
            )
            for rule, text in found
        )
    name = method[0].upper() + method[1:]
    return tuple(
        Note(code=rule.code, text=f"{name} was taken anyway: {text} ({rule.source}).")
        for rule, text in found
    )
