"""WSIPP's form of an effect: a standardised size at one age and, where it is known, at a second.

A share's effect size is ``ln(OR) / 1.65`` (Cox). WSIPP's model takes the age at which it was measured and a
second age with what is left of it, and lets it run in a line between. A synthesis has neither age, nor a
value later than its horizon: both are left empty with the reason. A zero would say that the effect is gone.
"""

from collections.abc import Mapping
from typing import Any

from meta.effects.association import COX
from meta.faults import fault
from registry.csv_text import Dialect, written

COLUMNS = (
    "synthesis",
    "version",
    "content_sha256",
    "outcome",
    "higher_is",
    "k",
    "people",
    "es_1",
    "se_1",
    "df",
    "age_1",
    "age_1_reason",
    "es_2",
    "se_2",
    "age_2",
    "second_reason",
    "odds_ratio",
    "horizon_months",
    "monetised",
    "reason",
)
NO_AGE = "the synthesis has no age of its participants; enter the target group's"
NOT_MONETISED = (
    "no: there is no price here; a case that prices another outcome alone leaves this effect out"
)


def wsipp_file(content: Mapping[str, Any], into: Dialect) -> bytes:
    """Return a synthesis's shares as standardised effect sizes in CSV, as WSIPP's model takes them.

    Parameters
    ----------
    content : mapping
        As `registry.exports.document` gives it.
    into : Dialect

    Returns
    -------
    bytes
        An outcome without an effect size has the reason in its row.

    Raises
    ------
    InputError
        No outcome has an effect size.

    References
    ----------
    Sánchez-Meca, Marín-Martínez and Chacón-Moscoso (2003), d_Cox. doi:10.1037/1082-989X.8.4.448
    """
    rows = [_row(content["synthesis"], one) for one in content["business_case"]]
    if all(row["es_1"] is None for row in rows):
        raise fault(
            f"{content['synthesis']['id']} pools no effect, so there is no effect size",
            "Ask for effects of a binary outcome in the plan.",
        )
    return written(COLUMNS, [[row[name] for name in COLUMNS] for row in rows], into)


def _row(synthesis: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    odds = case["odds_ratio"]
    return {
        "synthesis": synthesis["id"],
        "version": synthesis["version"],
        "content_sha256": synthesis["content_sha256"],
        "outcome": case["outcome"],
        "higher_is": case["estimand"]["higher_is"],
        "k": odds["k"] if odds else case["mean_effect"]["k"],
        "people": odds["people"] if odds else None,
        "es_1": odds["estimate"] / COX if odds else None,
        "se_1": odds["se"] / COX if odds else None,
        "df": odds["df"] if odds else None,
        "age_1": None,
        "age_1_reason": NO_AGE,
        "es_2": None,
        "se_2": None,
        "age_2": None,
        "second_reason": case["decay"]["reason"],
        "odds_ratio": odds["basis"] if odds else None,
        "horizon_months": synthesis["horizon_months"],
        "monetised": NOT_MONETISED,
        "reason": None if odds else case["mean_effect"]["reason"] or case["baseline"]["reason"],
    }
