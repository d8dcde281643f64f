"""The codes of the measures, what studies report, and the columns that hold it."""

from collections.abc import Mapping
from enum import StrEnum


class Measure(StrEnum):
    """The measures, by metafor's codes."""

    RR = "RR"
    OR = "OR"
    RD = "RD"
    AS = "AS"
    PETO = "PETO"
    PHI = "PHI"
    YUQ = "YUQ"
    YUY = "YUY"
    PBIT = "PBIT"
    OR2D = "OR2D"
    OR2DN = "OR2DN"
    MD = "MD"
    SMD = "SMD"
    SMDH = "SMDH"
    SMD1 = "SMD1"
    SMD1H = "SMD1H"
    ROM = "ROM"
    CVR = "CVR"
    VR = "VR"
    RPB = "RPB"
    RBIS = "RBIS"
    D2OR = "D2OR"
    D2ORN = "D2ORN"
    IRR = "IRR"
    IRD = "IRD"
    IRSD = "IRSD"
    MC = "MC"
    SMCC = "SMCC"
    SMCR = "SMCR"
    SMCRH = "SMCRH"
    ROMC = "ROMC"
    CVRC = "CVRC"
    VRC = "VRC"
    PR = "PR"
    PLN = "PLN"
    PLO = "PLO"
    PAS = "PAS"
    PFT = "PFT"
    IR = "IR"
    IRLN = "IRLN"
    IRS = "IRS"
    IRFT = "IRFT"
    MN = "MN"
    MNLN = "MNLN"
    CVLN = "CVLN"
    SDLN = "SDLN"
    COR = "COR"
    UCOR = "UCOR"
    ZCOR = "ZCOR"
    PCOR = "PCOR"
    ZPCOR = "ZPCOR"
    SPCOR = "SPCOR"
    ARAW = "ARAW"
    ABT = "ABT"
    AHW = "AHW"
    GEN = "GEN"


class Design(StrEnum):
    """What a study reports: the numbers behind a measure."""

    TWO_BY_TWO = "events and people in two groups"
    TWO_MEANS = "means and standard deviations in two groups"
    TWO_MEANS_OR_D = "means and standard deviations in two groups, or d, or t"
    CONTROL_SD = "means in two groups and the standard deviation of the second"
    TWO_SDS = "standard deviations in two groups"
    TWO_RATES = "events and person-time in two groups"
    PAIRED_MEANS = "two means and standard deviations of the same people"
    PAIRED_FIRST_SD = "two means of the same people and the first standard deviation"
    PAIRED_SDS = "two standard deviations of the same people"
    PROPORTION = "events and people in one group"
    RATE = "events and person-time in one group"
    ONE_MEAN = "mean and standard deviation in one group"
    ONE_SD = "standard deviation in one group"
    CORRELATION = "a correlation and the number of people"
    PARTIAL = "a t value from a regression"
    SEMIPARTIAL = "a t value and the explained variance of a regression"
    RELIABILITY = "Cronbach's alpha, items and people"
    GIVEN = "an estimate and its sampling variance"


ALTERNATIVES: Mapping[Design, tuple[tuple[str, ...], ...]] = {
    Design.TWO_BY_TWO: (("ai", "bi", "ci", "di"), ("ai", "n1i", "ci", "n2i")),
    Design.TWO_MEANS: (("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"),),
    Design.TWO_MEANS_OR_D: (
        ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"),
        ("di", "n1i", "n2i"),
        ("ti", "n1i", "n2i"),
    ),
    Design.CONTROL_SD: (("m1i", "n1i", "m2i", "sd2i", "n2i"),),
    Design.TWO_SDS: (("sd1i", "n1i", "sd2i", "n2i"),),
    Design.TWO_RATES: (("x1i", "t1i", "x2i", "t2i"),),
    Design.PAIRED_MEANS: (("m1i", "m2i", "sd1i", "sd2i", "ni", "ri"),),
    Design.PAIRED_FIRST_SD: (("m1i", "m2i", "sd1i", "ni", "ri"),),
    Design.PAIRED_SDS: (("sd1i", "sd2i", "ni", "ri"),),
    Design.PROPORTION: (("xi", "mi"), ("xi", "ni")),
    Design.RATE: (("xi", "ti"),),
    Design.ONE_MEAN: (("mi", "sdi", "ni"),),
    Design.ONE_SD: (("sdi", "ni"),),
    Design.CORRELATION: (("ri", "ni"),),
    Design.PARTIAL: (("ti", "ni", "mi"),),
    Design.SEMIPARTIAL: (("ti", "ni", "mi", "r2i"),),
    Design.RELIABILITY: (("ai", "mi", "ni"),),
    Design.GIVEN: (("yi", "vi"), ("yi", "sei")),
}
"""For each design the sets of columns that will do; the formulas take the first set."""
