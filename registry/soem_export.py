"""SØM's form of an effect: the share that reaches a success measure, net of the counterfactual.

SØM takes percentage points in the year in which a citizen completes the programme, an evidence level from 1
to 3 and a text on how well the evidence matches the case. It is a budget model: no tax factor belongs in its
numbers, and none is in these. The programme's length is not in a synthesis, so the year is left to the user.
"""

from collections.abc import Mapping
from typing import Any

from meta.faults import fault
from registry.csv_text import Dialect, written

COLUMNS = (
    "synthesis",
    "version",
    "content_sha256",
    "outcome",
    "higher_is",
    "measure",
    "k",
    "rate",
    "low",
    "high",
    "site_low",
    "site_high",
    "interval_level",
    "baseline",
    "baseline_source",
    "horizon_months",
    "year",
    "year_reason",
    "level",
    "level_reason",
    "match",
    "reason",
)
NO_YEAR = (
    "the effect is that at the horizon after the start; the year of completion follows from the programme's "
    "length, which a synthesis does not have"
)


def soem_file(content: Mapping[str, Any], into: Dialect) -> bytes:
    """Return a synthesis's success measures as CSV for SØM.

    Parameters
    ----------
    content : mapping
        As `registry.exports.document` gives it.
    into : Dialect

    Returns
    -------
    bytes
        `rate`, its intervals and `baseline` are in percentage points and percent; a measure that is not
        pooled has no rate, and `reason` says why.

    Raises
    ------
    InputError
        No outcome is a share of people.
    """
    cases = [one for one in content["business_case"] if one["kind"] == "binary"]
    if not cases:
        raise fault(
            f"{content['synthesis']['id']} has no success measure",
            "SØM takes shares of people; export amounts as csv.",
        )
    rows = [_row(content["synthesis"], one) for one in cases]
    return written(COLUMNS, [[row[name] for name in COLUMNS] for row in rows], into)


def _row(synthesis: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    effect, certainty, baseline = case["absolute_effect"], case["certainty"], case["baseline"]
    rate = effect["per_100"] or dict.fromkeys(
        ("estimate", "ci_low", "ci_high", "pi_low", "pi_high")
    )
    pooled = effect["per_100"] is not None
    return {
        "synthesis": synthesis["id"],
        "version": synthesis["version"],
        "content_sha256": synthesis["content_sha256"],
        "outcome": case["outcome"],
        "higher_is": case["estimand"]["higher_is"],
        "measure": case["mean_effect"]["measure"] if pooled else None,
        "k": case["mean_effect"]["k"],
        "rate": rate["estimate"],
        "low": rate["ci_low"],
        "high": rate["ci_high"],
        "site_low": rate["pi_low"],
        "site_high": rate["pi_high"],
        "interval_level": case["mean_effect"]["level"],
        "baseline": 100 * baseline["risk"] if pooled else None,
        "baseline_source": baseline["source"] if pooled else None,
        "horizon_months": synthesis["horizon_months"],
        "year": None,
        "year_reason": NO_YEAR,
        "level": certainty["soem"]["level"],
        "level_reason": certainty["soem"]["reason"],
        "match": _match(case["estimand"], synthesis["cautions"]),
        "reason": effect["reason"],
    }


def _match(estimand: Mapping[str, Any], cautions: list[Mapping[str, str]]) -> str:
    """Return what the evidence is about and what the plan warns of, in Danish where it has it."""
    about = (
        ("population", "Målgruppe"),
        ("intervention", "Indsats"),
        ("comparator", "Sammenligning"),
    )
    parts = [f"{title}: {_words(estimand[key])}." for key, title in about]
    return " ".join([*parts, *(_words(one) for one in cautions)])


def _words(texts: Mapping[str, str]) -> str:
    return texts.get("da") or next(iter(texts.values()))
