"""Effect measures: what each one needs, its scale, and its formula.

A measure is one row of `MEASURES` and one function from a study's numbers to an estimate ``yi`` and its
sampling variance ``vi``. Codes and column names are metafor's, so that a formula is recognised by those
who know them. The functions lie in modules by what a study reports; `ALTERNATIVES` names the columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from meta.effects import (
    association,
    converted_means,
    correlations,
    paired_means,
    proportions,
    rates,
    reliability,
    single_means,
    two_by_two,
    two_means,
    variability,
)
from meta.effects.arrays import Estimates, FloatArray
from meta.effects.designs import ALTERNATIVES, Design, Measure
from meta.effects.scales import SCALES, Scale, natural_value

__all__ = [
    "ALTERNATIVES",
    "MEASURES",
    "Design",
    "Estimates",
    "FloatArray",
    "Measure",
    "MeasureFacts",
    "Scale",
    "given_estimate",
    "measure_columns",
    "to_natural",
]


def given_estimate(yi: FloatArray, vi: FloatArray) -> Estimates:
    """Return estimates that were reported as such, unchanged.

    Parameters
    ----------
    yi, vi : ndarray
        Estimates on the scale of the analysis and their sampling variances; length k.

    Returns
    -------
    yi, vi : ndarray
        The same.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> import numpy as np
    >>> given_estimate(np.array([0.3]), np.array([0.04]))
    (array([0.3]), array([0.04]))
    """
    return yi, vi


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """One row of the table of measures.

    Parameters
    ----------
    title : str
        The measure in words, as it reads in a sentence.
    design : Design
        What a study must report.
    scale : str
        The scale of ``yi``, a key of `meta.effects.scales.SCALES`.
    formula : callable
        From the columns of ``ALTERNATIVES[design][0]`` to ``yi, vi``.
    vtypes : tuple of str
        The kinds of sampling variance that the formula knows, the default first.
    add : float
        The constant for zero cells if the caller names none; 0 where the measure is defined with them.
    corrects : bool
        Whether the formula takes out a small-sample bias, and can leave it in.
    null_value : float
        No effect, on the scale of the analysis.

    Examples
    --------
    >>> MEASURES[Measure.PLO].analysis_title
    'logit of the proportion'
    """

    title: str
    design: Design
    scale: Scale
    formula: Callable[..., Estimates]
    vtypes: tuple[str, ...] = ("LS",)
    add: float = 0.5
    corrects: bool = False
    null_value: float = 0.0

    @property
    def analysis_title(self) -> str:
        """The measure in words with its scale of analysis, e.g. ``log risk ratio``."""
        return f"{SCALES[self.scale].prefix} {self.title}".lstrip()


MEASURES: Mapping[Measure, MeasureFacts] = {
    Measure.RR: MeasureFacts("risk ratio", Design.TWO_BY_TWO, "log", two_by_two.log_risk_ratio),
    Measure.OR: MeasureFacts("odds ratio", Design.TWO_BY_TWO, "log", two_by_two.log_odds_ratio),
    Measure.RD: MeasureFacts(
        "risk difference",
        Design.TWO_BY_TWO,
        "identity",
        two_by_two.risk_difference,
        vtypes=("LS", "UB", "AV"),
    ),
    Measure.AS: MeasureFacts(
        "arcsine difference of risks",
        Design.TWO_BY_TWO,
        "identity",
        two_by_two.arcsine_difference,
        add=0.0,
    ),
    Measure.PETO: MeasureFacts(
        "Peto odds ratio", Design.TWO_BY_TWO, "log", two_by_two.peto_log_odds_ratio
    ),
    Measure.PHI: MeasureFacts(
        "phi coefficient",
        Design.TWO_BY_TWO,
        "identity",
        association.phi_coefficient,
        vtypes=("LS", "ST", "CS"),
        add=0.0,
    ),
    Measure.YUQ: MeasureFacts("Yule's Q", Design.TWO_BY_TWO, "identity", association.yule_q),
    Measure.YUY: MeasureFacts("Yule's Y", Design.TWO_BY_TWO, "identity", association.yule_y),
    Measure.PBIT: MeasureFacts(
        "probit difference", Design.TWO_BY_TWO, "identity", association.probit_difference
    ),
    Measure.OR2D: MeasureFacts(
        "standardised mean difference from the odds ratio",
        Design.TWO_BY_TWO,
        "identity",
        association.odds_ratio_as_difference,
    ),
    Measure.OR2DN: MeasureFacts(
        "standardised mean difference from the odds ratio (normal)",
        Design.TWO_BY_TWO,
        "identity",
        association.odds_ratio_as_normal_difference,
    ),
    Measure.MD: MeasureFacts(
        "mean difference",
        Design.TWO_MEANS,
        "identity",
        two_means.mean_difference,
        vtypes=("LS", "UB", "HO"),
    ),
    Measure.SMD: MeasureFacts(
        "standardised mean difference",
        Design.TWO_MEANS_OR_D,
        "identity",
        two_means.standardised_mean_difference,
        vtypes=("LS", "LS2", "UB", "AV"),
        corrects=True,
    ),
    Measure.SMDH: MeasureFacts(
        "standardised mean difference, unequal variances",
        Design.TWO_MEANS,
        "identity",
        two_means.heteroscedastic_difference,
        vtypes=("LS", "LS2"),
        corrects=True,
    ),
    Measure.SMD1: MeasureFacts(
        "mean difference in standard deviations of group 2",
        Design.CONTROL_SD,
        "identity",
        two_means.difference_in_control_sds,
        vtypes=("LS", "LS2", "UB", "AV"),
        corrects=True,
    ),
    Measure.SMD1H: MeasureFacts(
        "mean difference in standard deviations of group 2, unequal variances",
        Design.TWO_MEANS,
        "identity",
        two_means.heteroscedastic_difference_in_control_sds,
        corrects=True,
    ),
    Measure.ROM: MeasureFacts(
        "ratio of means",
        Design.TWO_MEANS,
        "log",
        two_means.log_ratio_of_means,
        vtypes=("LS", "HO", "AV", "AVHO"),
    ),
    Measure.CVR: MeasureFacts(
        "ratio of coefficients of variation",
        Design.TWO_MEANS,
        "log",
        variability.log_coefficient_of_variation_ratio,
    ),
    Measure.VR: MeasureFacts(
        "ratio of standard deviations", Design.TWO_SDS, "log", variability.log_variability_ratio
    ),
    Measure.RPB: MeasureFacts(
        "point-biserial correlation",
        Design.TWO_MEANS,
        "identity",
        converted_means.point_biserial_correlation,
        vtypes=("LS", "ST", "CS"),
    ),
    Measure.RBIS: MeasureFacts(
        "biserial correlation", Design.TWO_MEANS, "identity", converted_means.biserial_correlation
    ),
    Measure.D2OR: MeasureFacts(
        "odds ratio from the standardised mean difference",
        Design.TWO_MEANS,
        "log",
        converted_means.difference_as_log_odds_ratio,
    ),
    Measure.D2ORN: MeasureFacts(
        "odds ratio from the standardised mean difference (normal)",
        Design.TWO_MEANS,
        "log",
        converted_means.difference_as_normal_log_odds_ratio,
    ),
    Measure.IRR: MeasureFacts(
        "incidence rate ratio", Design.TWO_RATES, "log", rates.log_rate_ratio
    ),
    Measure.IRD: MeasureFacts(
        "incidence rate difference", Design.TWO_RATES, "identity", rates.rate_difference
    ),
    Measure.IRSD: MeasureFacts(
        "difference of root incidence rates",
        Design.TWO_RATES,
        "identity",
        rates.root_rate_difference,
        add=0.0,
    ),
    Measure.MC: MeasureFacts(
        "mean change", Design.PAIRED_MEANS, "identity", paired_means.mean_change
    ),
    Measure.SMCC: MeasureFacts(
        "standardised mean change (standard deviation of the change)",
        Design.PAIRED_MEANS,
        "identity",
        paired_means.change_in_change_sds,
        vtypes=("LS", "LS2"),
        corrects=True,
    ),
    Measure.SMCR: MeasureFacts(
        "standardised mean change (first standard deviation)",
        Design.PAIRED_FIRST_SD,
        "identity",
        paired_means.change_in_first_sds,
        vtypes=("LS", "LS2"),
        corrects=True,
    ),
    Measure.SMCRH: MeasureFacts(
        "standardised mean change (first standard deviation), unequal variances",
        Design.PAIRED_MEANS,
        "identity",
        paired_means.heteroscedastic_change_in_first_sds,
        corrects=True,
    ),
    Measure.ROMC: MeasureFacts(
        "ratio of paired means", Design.PAIRED_MEANS, "log", paired_means.log_ratio_of_paired_means
    ),
    Measure.CVRC: MeasureFacts(
        "ratio of paired coefficients of variation",
        Design.PAIRED_MEANS,
        "log",
        variability.log_coefficient_of_variation_ratio_of_pairs,
    ),
    Measure.VRC: MeasureFacts(
        "ratio of paired standard deviations",
        Design.PAIRED_SDS,
        "log",
        variability.log_variability_ratio_of_pairs,
    ),
    Measure.PR: MeasureFacts(
        "proportion",
        Design.PROPORTION,
        "identity",
        proportions.raw_proportion,
        vtypes=("LS", "UB", "AV"),
    ),
    Measure.PLN: MeasureFacts(
        "proportion", Design.PROPORTION, "log", proportions.log_proportion, vtypes=("LS", "AV")
    ),
    Measure.PLO: MeasureFacts(
        "proportion", Design.PROPORTION, "logit", proportions.logit_proportion, vtypes=("LS", "AV")
    ),
    Measure.PAS: MeasureFacts(
        "proportion", Design.PROPORTION, "arcsine", proportions.arcsine_proportion, add=0.0
    ),
    Measure.PFT: MeasureFacts(
        "proportion",
        Design.PROPORTION,
        "double-arcsine",
        proportions.double_arcsine_proportion,
        add=0.0,
    ),
    Measure.IR: MeasureFacts("incidence rate", Design.RATE, "identity", rates.raw_rate),
    Measure.IRLN: MeasureFacts("incidence rate", Design.RATE, "log", rates.log_rate),
    Measure.IRS: MeasureFacts("incidence rate", Design.RATE, "root", rates.root_rate, add=0.0),
    Measure.IRFT: MeasureFacts(
        "incidence rate", Design.RATE, "double-root", rates.double_root_rate, add=0.0
    ),
    Measure.MN: MeasureFacts("mean", Design.ONE_MEAN, "identity", single_means.raw_mean),
    Measure.MNLN: MeasureFacts("mean", Design.ONE_MEAN, "log", single_means.log_mean),
    Measure.CVLN: MeasureFacts(
        "coefficient of variation", Design.ONE_MEAN, "log", variability.log_coefficient_of_variation
    ),
    Measure.SDLN: MeasureFacts("standard deviation", Design.ONE_SD, "log", variability.log_sd),
    Measure.COR: MeasureFacts(
        "correlation", Design.CORRELATION, "identity", correlations.correlation, vtypes=("LS", "AV")
    ),
    Measure.UCOR: MeasureFacts(
        "unbiased correlation",
        Design.CORRELATION,
        "identity",
        correlations.unbiased_correlation,
        vtypes=("LS", "UB", "AV"),
    ),
    Measure.ZCOR: MeasureFacts(
        "correlation", Design.CORRELATION, "fisher-z", correlations.fisher_z
    ),
    Measure.PCOR: MeasureFacts(
        "partial correlation",
        Design.PARTIAL,
        "identity",
        correlations.partial_correlation,
        vtypes=("LS", "AV"),
    ),
    Measure.ZPCOR: MeasureFacts(
        "partial correlation", Design.PARTIAL, "fisher-z", correlations.fisher_z_of_partial
    ),
    Measure.SPCOR: MeasureFacts(
        "semipartial correlation",
        Design.SEMIPARTIAL,
        "identity",
        correlations.semipartial_correlation,
        vtypes=("LS", "AV"),
    ),
    Measure.ARAW: MeasureFacts(
        "alpha reliability", Design.RELIABILITY, "identity", reliability.raw_alpha
    ),
    Measure.ABT: MeasureFacts(
        "alpha reliability", Design.RELIABILITY, "bonett", reliability.bonett_alpha
    ),
    Measure.AHW: MeasureFacts(
        "alpha reliability",
        Design.RELIABILITY,
        "hakstian-whalen",
        reliability.hakstian_whalen_alpha,
    ),
    Measure.GEN: MeasureFacts("estimate as given", Design.GIVEN, "identity", given_estimate),
}


def measure_columns() -> tuple[str, ...]:
    """Return the names of all columns that hold numbers for some measure, each once.

    Returns
    -------
    tuple of str

    References
    ----------
    Viechtbauer (2010), whose names they are. doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> measure_columns()[:6]
    ('ai', 'bi', 'ci', 'di', 'n1i', 'n2i')
    """
    names = (name for sets in ALTERNATIVES.values() for columns in sets for name in columns)
    return tuple(dict.fromkeys(names))


def to_natural(measure: Measure, value: float, size: float | None = None) -> float | None:
    """Take a value from the scale of the analysis to the natural scale of its measure.

    Parameters
    ----------
    measure : Measure
    value : float
        On the scale of the analysis, e.g. a log risk ratio.
    size : float, optional
        Needed by PFT (people) and IRFT (person-time): the study's own for its estimate, the harmonic mean
        (`EffectSizes.size`) for a pooled one.

    Returns
    -------
    float or None
        On the natural scale, e.g. a risk ratio; None where it is too large for a float. A value outside
        the range of the scale is brought to its nearer end.

    Raises
    ------
    InputError
        If the measure needs a size and none is given.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> to_natural(Measure.RR, 0.0), to_natural(Measure.MD, -1.5), to_natural(Measure.OR, 800.0)
    (1.0, -1.5, None)
    >>> to_natural(Measure.PFT, 0.0, size=50), to_natural(Measure.IRS, 0.5)
    (0.0, 0.25)
    """
    return natural_value(MEASURES[measure].scale, value, size)
