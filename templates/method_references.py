"""Method references: which publication stands behind each method that an analysis used.

The publications are in ``references/methods.json`` as CSL-JSON. What is named here is what the docstrings of
the functions name; a test compares the two by DOI.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from registry.analyses import Analysis, PooledEnvelope
from templates.render import FOLDER

MEASURES = {"RR": "katz-1978", "OR": "woolf-1955", "RD": "newcombe-1998"}
"""Effect measures that the plan of a synthesis may ask for."""

ESTIMATORS: Mapping[str, str] = {
    "DL": "dersimonian-laird-1986",
    "HE": "viechtbauer-2005",
    "HS": "viechtbauer-2005",
    "SJ": "sidik-jonkman-2005",
    "ML": "viechtbauer-2005",
    "REML": "viechtbauer-2005",
    "EB": "morris-1983",
    "PM": "paule-mandel-1982",
}
"""Estimators of tau²; a common effect has none."""

PREDICTION = "higgins-2009"
I2 = "higgins-thompson-2002"
Q = "cochran-1954"
TAU2_INTERVAL = "viechtbauer-2007"
HARTUNG_KNAPP = "hartung-knapp-2001"
NEVER_NARROWER = "rover-2015"
PANEL = "langan-2019"
POSTERIOR = ("rover-2020", "friede-2017")
SUBGROUPS = "borenstein-higgins-2013"
MULTIVERSE = ("steegen-2016", "simonsohn-2020")

FURTHER: Mapping[str, tuple[str, ...]] = {
    "bayes": POSTERIOR,
    "leave-one-out": ("viechtbauer-cheung-2010",),
    "cumulative": ("lau-1992",),
    "influence": ("viechtbauer-cheung-2010",),
    "baujat": ("baujat-2002",),
    "gosh": ("olkin-2012",),
    "fragility": ("atal-2019",),
    "e-value": ("vanderweele-ding-2017",),
    "nnt": ("altman-1998", "cook-sackett-1995"),
    "transport": ("westreich-2017",),
    "egger": ("egger-1997",),
    "peters": ("peters-2006",),
    "harbord": ("harbord-2006",),
    "macaskill": ("macaskill-2001",),
    "arcsine": ("rucker-2008",),
    "rank-test": ("begg-mazumdar-1994",),
    "trim-and-fill": ("duval-tweedie-2000",),
    "pet-peese": ("stanley-doucouliagos-2014",),
    "limit": ("rucker-2011",),
    "excess-significance": ("ioannidis-trikalinos-2007",),
    "mixed-model": ("stijnen-2010",),
    "selection": ("hedges-1992", "vevea-hedges-1995"),
    "vevea-woods": ("vevea-woods-2005",),
    "rosenthal": ("rosenthal-1979",),
    "rosenberg": ("rosenberg-2005",),
    "orwin": ("orwin-1983",),
}
"""Further analyses by the name that a plan asks for them by."""


def of_fit(envelope: PooledEnvelope) -> tuple[str, ...]:
    """Return the references behind a pooled effect, its interval and its heterogeneity.

    Parameters
    ----------
    envelope : PooledEnvelope

    Returns
    -------
    tuple of str
        Ids as in `publications`, each once.
    """
    result = envelope.shown.to_dict()
    names = [MEASURES[envelope.measure], ESTIMATORS.get(result["method"])]
    names.append(HARTUNG_KNAPP if result["test"] in ("knha", "adhoc") else None)
    names.append(PREDICTION if result["pi_low"] is not None else None)
    names.append(I2 if result["i2"] is not None else None)
    names.append(Q if result["q"] is not None else None)
    names.append(TAU2_INTERVAL if result["tau2_ci_low"] is not None else None)
    return _ids(one for one in names if one is not None)


def of_further(name: str) -> tuple[str, ...]:
    """Return the references behind a further analysis; ids as in `publications`."""
    return _ids(FURTHER[name])


def of_analysis(analysis: Analysis) -> tuple[str, ...]:
    """Return the references behind everything that was done for an analysis.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    tuple of str
        Ids as in `publications`, each once, in the order of use.

    Examples
    --------
    >>> [one for one in of_analysis(analysis) if "egger" in one]  # doctest: +SKIP
    ['method:egger-1997']
    """
    found: list[str] = []
    for outcome in analysis.outcomes:
        for envelope in outcome.pooled:
            found += [*of_fit(envelope), *_ids(_beside(envelope))]
    if found and analysis.multiverse is not None:
        found += _ids(MULTIVERSE)
    return tuple(dict.fromkeys(found))


def _beside(envelope: PooledEnvelope) -> Iterator[str]:
    if envelope.guarded is not None:
        yield from (HARTUNG_KNAPP, NEVER_NARROWER)
    if envelope.panel is not None:
        yield PANEL
        used = {fit.options.method for fit in envelope.panel.fits}
        yield from (name for method, name in ESTIMATORS.items() if method in used)
        if envelope.panel.bayes is not None:
            yield from POSTERIOR
    if any(one.finding is not None for one in envelope.subgroups):
        yield SUBGROUPS
    for one in envelope.further:
        if one.finding is not None:
            yield from FURTHER[one.asked.name]


def _ids(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"method:{name}" for name in names))


@cache
def publications() -> Mapping[str, dict[str, Any]]:
    """Return the publications as CSL-JSON items by id."""
    text = (FOLDER / "references" / "methods.json").read_text(encoding="utf-8")
    return {one["id"]: one for one in json.loads(text)}
