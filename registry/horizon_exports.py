"""Horizon exports: an outcome under every horizon model, as plain types and as rows of a sheet."""

from collections.abc import Mapping, Sequence
from typing import Any

from meta.choices.horizon_models import Unusable
from meta.choices.printed import Rounded, floats
from registry.amounts import horizon_of
from registry.analyses import Analysis
from registry.horizon_readings import HorizonReading, PooledReading
from registry.vocabulary import HORIZON_MODELS, OUTCOMES

LEFT_OUT = {
    "outside-landmark": "seen over {from_months} months, not over {first_months} to {last_months} months",
    "seen-otherwise": "seen over {from_months} months in a way that the model does not convert",
    "no-elicited-factor": "no factor was elicited for {from_months} months",
    "share-above-whole": "times {high} its share would be above 100 percent",
}
"""Why a horizon model leaves a study out, by the name of the reason."""


def horizons_document(analysis: Analysis) -> list[dict[str, Any]]:
    """Return each outcome of a synthesis under every horizon model that applies, as plain types.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    list of dict
        For each reading ``outcome``, ``model``, ``text``, ``chosen`` (whether it is the plan's), ``k``,
        ``means`` (each with ``value``, ``low`` and ``high``; None without studies), ``pooled``,
        ``not_pooled``, ``left_out``, ``assumptions``, and ``horizon`` with what its model rests on.
    """
    return [
        {
            "outcome": outcome.outcome,
            "model": reading.model,
            "text": HORIZON_MODELS[reading.model].en,
            "chosen": reading.chosen,
            "k": len(reading.studies),
            "unit": OUTCOMES[outcome.outcome].unit,
            "horizon": _horizon(analysis.plan, part, reading.model),
            "means": _means(reading),
            "pooled": [_pooled(one) for one in reading.pooled],
            "not_pooled": reading.not_pooled,
            "left_out": [
                {
                    "id": one.study,
                    "label": one.label,
                    "reason": one.why.reason,
                    "reason_text": reason_text(one.why),
                }
                for one in reading.left_out
            ],
            "assumptions": [
                {
                    "name": step.name,
                    "value": float(step.value),
                    "detail": {name: float(value) for name, value in step.detail},
                    "studies": list(labels),
                }
                for step, labels in reading.assumptions
            ],
        }
        for outcome, part in zip(analysis.outcomes, analysis.plan["outcomes"], strict=True)
        for reading in outcome.readings
    ]


def horizon_rows(horizons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for each quantity of each reading, for a sheet.

    Parameters
    ----------
    horizons : sequence of mapping
        As `horizons_document` gives them.

    Returns
    -------
    list of dict
        A reading that can use no study has one row without a value.
    """
    rows = []
    for one in horizons:
        about = {
            "outcome": one["outcome"],
            "model": one["model"],
            "chosen": "yes" if one["chosen"] else "no",
            "k": one["k"],
        }
        means = [
            _row(about, name.replace("_", " "), "unweighted means", number["value"])
            | {"rounding_low": number["low"], "rounding_high": number["high"]}
            for name, number in (one["means"] or {"no study": BLANK_NUMBER}).items()
        ]
        left = ", ".join(f"{study['label']}: {study['reason_text']}" for study in one["left_out"])
        pooled = [
            _row(about, fit["measure"], f"{fit['method']}, {fit['test']}", fit["estimate"])
            | {key: fit[key] for key in ENDS}
            for fit in one["pooled"]
        ]
        rows += [row | {"left_out": left} for row in (*means, *pooled)]
    return rows


BLANK_NUMBER = {"value": None, "low": None, "high": None}
ENDS = ("ci_low", "ci_high", "counts_low", "counts_high", "elicited_low", "elicited_high")


def _row(
    about: Mapping[str, Any], quantity: str, method: str, value: float | None
) -> dict[str, Any]:
    blank = dict.fromkeys((*ENDS, "rounding_low", "rounding_high"))
    return {**about, "quantity": quantity, "method": method, "value": value} | blank


def reason_text(why: Unusable) -> str:
    """Return why a horizon model leaves a study out, in English.

    Examples
    --------
    >>> from fractions import Fraction
    >>> reason_text(Unusable("no-elicited-factor", (("from_months", Fraction(30)),)))
    'no factor was elicited for 30 months'
    """
    return LEFT_OUT[why.reason].format(**{name: f"{float(value):g}" for name, value in why.detail})


def _horizon(plan: Mapping[str, Any], part: Mapping[str, Any], model: str) -> dict[str, Any]:
    at = horizon_of(plan, part)
    found: dict[str, Any] = {"months": float(at.months)}
    if model == "landmark-only":
        found |= {"first_months": float(at.first), "last_months": float(at.last)}
    if model == "elicited":
        found["factors"] = [
            {
                "from_months": float(one.from_months),
                "factor": float(one.factor),
                "low": float(one.low),
                "high": float(one.high),
                "basis": given["basis"],
            }
            for one, given in zip(at.elicited, part["elicited"], strict=True)
        ]
    return found


def _means(reading: HorizonReading) -> dict[str, Any] | None:
    if reading.means is None:
        return None

    def number(value: Rounded | None) -> dict[str, float | None]:
        return dict(zip(("value", "low", "high"), floats(value), strict=True))

    return {
        "mean_of_intervention_arms": number(reading.means.intervention),
        "mean_of_comparator_arms": number(reading.means.comparator),
        "relative_difference": number(reading.means.ratio),
        "absolute_difference": number(reading.means.difference),
    }


def _pooled(one: PooledReading) -> dict[str, Any]:
    natural = one.shown.natural
    fit = one.shown.to_dict()
    return {
        "measure": fit["measure"],
        "method": fit["method"],
        "test": fit["test"],
        "level": fit["level"],
        **{key: natural[key] for key in ("estimate", "ci_low", "ci_high")},
        "fits": one.fits,
        "counts_low": one.estimate[0],
        "counts_high": one.estimate[1],
        "elicited_low": one.elicited and one.elicited[0],
        "elicited_high": one.elicited and one.elicited[1],
    }
