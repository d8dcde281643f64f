"""The vocabulary: every word that a record may use, with what people call it.

One place drives the database's checks, the messages of the record checks and the words in briefs.
A term is a stable readable id and a label in each language. Outcomes say besides in which unit they
are counted, of which kind they are, and which way is better.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LANGUAGES = ("da", "en")
"""Languages that labels are kept in."""

Ascertainment = Literal["at", "during", "over"]
"""When an outcome was seen: at a time point, ever during a window, or as a total over a window."""

Kind = Literal["binary", "continuous"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the vocabulary.

    Parameters
    ----------
    id : str
        Stable, readable, lower case with hyphens.
    da, en : str
        What people call it.
    """

    id: str
    da: str
    en: str

    def label(self, language: str) -> str:
        """Return the label in a language of `LANGUAGES`."""
        return {"da": self.da, "en": self.en}[language]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Term):
    """What was measured.

    Parameters
    ----------
    unit : str
        ``percent``, ``days``, ``weeks``, ``hours`` or ``count``.
    kind : {"binary", "continuous"}
        Binary outcomes are shares of people; continuous ones are means per person.
    higher_is : {"better", "worse"}
        Which way is better for the participants.
    """

    unit: str
    kind: Kind
    higher_is: Literal["better", "worse"]


def _terms(*rows: tuple[str, str, str]) -> Mapping[str, Term]:
    return {name: Term(id=name, da=da, en=en) for name, da, en in rows}


def _outcomes(
    *rows: tuple[str, str, str, str, Kind, Literal["better", "worse"]],
) -> Mapping[str, Outcome]:
    return {
        name: Outcome(id=name, da=da, en=en, unit=unit, kind=kind, higher_is=higher_is)
        for name, da, en, unit, kind, higher_is in rows
    }


OUTCOMES = _outcomes(
    (
        "competitive-employment",
        "Andel personer i beskæftigelse",
        "Share in employment",
        "percent",
        "binary",
        "better",
    ),
    (
        "days-worked",
        "Antal arbejdede dage",
        "Days worked",
        "days",
        "continuous",
        "better",
    ),
    (
        "weeks-worked",
        "Antal arbejdede uger",
        "Weeks worked",
        "weeks",
        "continuous",
        "better",
    ),
    (
        "weeks-worked-with-internship",
        "Antal arbejdede uger inkl. praktik",
        "Weeks worked, internships included",
        "weeks",
        "continuous",
        "better",
    ),
    (
        "hours-worked",
        "Antal arbejdede timer",
        "Hours worked",
        "hours",
        "continuous",
        "better",
    ),
    (
        "time-in-hospital",
        "Andel af tiden på hospital",
        "Share of time in hospital",
        "percent",
        "continuous",
        "worse",
    ),
    (
        "hospital-admission",
        "Andel personer indlagt",
        "Share admitted to hospital",
        "percent",
        "binary",
        "worse",
    ),
)

DESIGNS = _terms(
    ("randomised-trial", "randomiseret kontrolleret forsøg", "randomised controlled trial"),
    ("meta-analysis", "metaanalyse", "meta-analysis"),
    ("research-review", "forskningsoversigt", "research review"),
    ("register-study", "registeranalyse", "register study"),
)

POPULATIONS = _terms(
    (
        "severe-mental-illness",
        "personer med svær psykisk sygdom",
        "people with severe mental illness",
    ),
    ("veterans-with-ptsd", "veteraner med PTSD", "veterans with PTSD"),
    (
        "refugees-and-family",
        "flygtninge og familiesammenførte til flygtninge",
        "refugees and family members reunited with refugees",
    ),
    ("ips-participants", "deltagere i IPS", "participants in IPS"),
)

INTERVENTIONS = _terms(
    (
        "ips",
        "Individual Placement and Support (IPS)",
        "Individual Placement and Support (IPS)",
    ),
    (
        "usual-employment-service",
        "sædvanlig beskæftigelsesindsats (SB)",
        "usual employment service",
    ),
)

ROLES = _terms(
    ("intervention", "indsats", "intervention"),
    ("comparator", "sammenligning", "comparator"),
)

DENOMINATORS = _terms(
    ("randomised", "randomiserede", "randomised"),
    ("assessed", "undersøgte", "assessed"),
)

CHARACTERISTICS = _terms(("immigrants", "indvandrere", "immigrants"))

CONTRASTS = _terms(
    ("risk-ratio", "relativ risiko", "risk ratio"),
    ("risk-difference", "risikoforskel i procentpoint", "risk difference in percentage points"),
    ("ratio-of-means", "forhold mellem gennemsnit", "ratio of means"),
)

CLAIMS = _terms(
    ("significant", "statistisk signifikant", "statistically significant"),
    ("not-significant", "ikke statistisk signifikant", "not statistically significant"),
)

READINGS = _terms(
    ("full-text", "fuld tekst", "full text"),
    ("abstract", "resumé", "abstract"),
    ("secondary", "gengivet i anden kilde", "as given in another source"),
    ("web-page", "webside", "web page"),
)

EXTRACTIONS = _terms(
    ("single", "læst én gang", "read once"),
    ("double", "læst af to uafhængigt", "read by two independently"),
)

DECISIONS = _terms(
    ("included", "inkluderet", "included"),
    ("excluded", "ekskluderet", "excluded"),
)

EXCLUSION_REASONS = _terms(
    (
        "no-amount-of-employment",
        "opgør ikke, hvor meget deltagerne arbejdede",
        "does not report how much the participants worked",
    ),
    (
        "conservative-choice",
        "ikke valgt; brugt som tegn på, at skønnet er et nedre skøn",
        "not chosen; used as a sign that the estimate is a lower bound",
    ),
    (
        "other-outcome",
        "andet udfald og en sværere belastet målgruppe",
        "another outcome and a more severely burdened group",
    ),
    (
        "effect-not-quantified",
        "effekten er sjældent kvantificeret og ikke altid fra randomiserede studier",
        "effect seldom quantified and not always from randomised studies",
    ),
    (
        "no-intervention-arm",
        "omfatter kun den sædvanlige beskæftigelsesindsats",
        "covers the usual employment service alone",
    ),
)

REPORT_TYPES = _terms(
    ("report", "rapport eller notat", "report"),
    ("article-journal", "tidsskriftartikel", "journal article"),
    ("webpage", "webside", "web page"),
)

HORIZON_MODELS = _terms(
    (
        "proportional",
        "omregnes proportionalt med tiden",
        "scaled in proportion to time",
    ),
    ("none", "omregnes ikke", "not converted"),
)

STATISTICS = _terms(
    ("percent", "pct.", "per cent"),
    ("mean", "gennemsnit", "mean"),
    ("events", "antal hændelser", "events"),
    ("n", "antal personer", "number of people"),
    ("sd", "standardafvigelse", "standard deviation"),
)

COUNTRIES = _terms(
    ("DK", "Danmark", "Denmark"),
    ("GB", "Storbritannien", "United Kingdom"),
    ("NL", "Holland", "the Netherlands"),
    ("SE", "Sverige", "Sweden"),
    ("US", "USA", "the USA"),
)
