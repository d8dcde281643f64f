"""The prior of tau that is used where none is chosen: weakly informative, by measure, with its reason."""

from meta.bayes.priors import HalfNormal
from meta.effects.designs import Design
from meta.effects.measures import MEASURES, Measure
from meta.faults import fault
from meta.models.results import EffectSizes

LOG_RATIOS = (
    Measure.RR,
    Measure.OR,
    Measure.PETO,
    Measure.IRR,
    Measure.ROM,
    Measure.ROMC,
    Measure.D2OR,
    Measure.D2ORN,
    Measure.CVR,
    Measure.CVRC,
    Measure.VR,
    Measure.VRC,
)
STANDARDISED = (
    Measure.SMD,
    Measure.SMDH,
    Measure.SMD1,
    Measure.SMD1H,
    Measure.SMCC,
    Measure.SMCR,
    Measure.SMCRH,
    Measure.OR2D,
    Measure.OR2DN,
)
SCALE = 0.5
SHARE = 0.25  # of the standard deviation of a unit: 0.5 for a difference in standard deviations
NO_PEOPLE = (Design.TWO_RATES, Design.RATE, Design.GIVEN)


def default_prior(effects: EffectSizes) -> tuple[HalfNormal, str]:
    """Return a half-normal prior of tau for a measure, and why it is this one.

    Its scale is 0.5 for log ratios (95 % of all true effects then lie within a factor of 2.7 of their
    middle if tau is 0.5), 0.5 for standardised differences, and a quarter of the unit-information standard
    deviation ``sqrt(sum(n) / sum(1 / v))`` for what else has numbers of people; rounded to three digits.

    Parameters
    ----------
    effects : EffectSizes

    Returns
    -------
    prior : HalfNormal
    why : str

    Raises
    ------
    InputError
        For estimates as given, whose unit is not known, and for differences and levels of rates.

    References
    ----------
    Röver, Bender, Dias, Schmid, Schmidli, Sturtz, Weber and Friede (2021). doi:10.1002/jrsm.1475. Friede,
    Röver, Wandel and Neuenschwander (2017), on half-normal priors for few studies. doi:10.1002/jrsm.1217

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> effects = effect_sizes("SMD", {"di": [0.5, 0.1], "n1i": [50, 20], "n2i": [50, 20]})
    >>> default_prior(effects)
    (HalfNormal(scale=0.5), 'weakly informative for a difference in standard deviations')
    """
    measure = effects.measure
    if measure in LOG_RATIOS:
        return HalfNormal(SCALE), "weakly informative for a log ratio"
    if measure in STANDARDISED:
        return HalfNormal(SCALE), "weakly informative for a difference in standard deviations"
    if effects.ni is None or MEASURES[measure].design in NO_PEOPLE:
        raise fault(
            f"{measure} has no default prior of tau: what is a large difference between studies depends on "
            "the unit",
            "Give one, e.g. half-normal:SCALE with a scale that about two thirds of such differences "
            "stay below.",
            field="prior",
        )
    unit = float((effects.ni.sum() / (1 / effects.vi).sum()) ** 0.5)
    scale = float(f"{SHARE * unit:.3g}")
    return HalfNormal(scale), "a quarter of the unit-information standard deviation"
