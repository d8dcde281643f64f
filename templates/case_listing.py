"""A case as plain text for a terminal, in English."""

from collections.abc import Sequence
from typing import Any

from meta.models.text_tables import table
from templates.formats import number, plain

DISCOUNTS = {
    "none": "not discounted",
    "danish-2023": "discounted by the rates of the Danish Ministry of Finance of 2023",
}


def case_text(content: dict[str, Any]) -> str:
    """Return the result of a case as text.

    Parameters
    ----------
    content : dict
        As `costing.document.document` gives it.

    Returns
    -------
    str
        For each scenario and perspective: what comes in and goes out by phase and programme, the result, the
        gain over the base, and how long it takes until a programme has paid for itself; then all that is
        assumed, with its source.
    """
    about = [
        f"{content['case']}: {content['title'].get('en') or next(iter(content['title'].values()))}",
        f"{content['currency']} in prices of {content['price_year']}, {content['analysis']} analysis, "
        f"{DISCOUNTS[content['discount']]}; {content['months']} months",
    ]
    blocks = ["\n".join(about)]
    blocks += ["\n".join(_result(content, one)) for one in content["results"]]
    blocks.append("\n".join(["Assumed:", *table(_assumed(content), words=3)]))
    return "\n\n".join(blocks)


def cases_text(cases: Sequence[tuple[str, str, str]]) -> str:
    """Return a list of cases, each with id, kind and title, as text."""
    return "\n".join(table([list(one) for one in cases], words=3))


def _result(content: dict[str, Any], result: dict[str, Any]) -> list[str]:
    arms = result["programmes"]
    names = content["programmes"]
    rows = [["", *(names[arm] for arm in arms)]]
    phases = [one["label"] for one in next(iter(arms.values()))["phases"]]
    for place, label in enumerate(phases):
        for side, word in (("income", "in"), ("costs", "out"), ("net", "result")):
            cells = [kroner(arm["phases"][place][side]["value"]) for arm in arms.values()]
            rows.append([f"{label}, {word}", *cells])
    rows.append(["Result", *(kroner(arm["net"]["value"]) for arm in arms.values())])
    lines = [f"{result['scenario_label']}. {result['perspective_label']}.", *table(rows, words=1)]
    base = names[content["base"]]
    lines += [
        f"{names[arm]} less {base}: {kroner(gain['value'])}"
        for arm, gain in result["gain_over_base"].items()
    ]
    for arm, one in arms.items():
        payback = one["payback"]
        if payback is None:
            continue
        said = payback["reason"]
        if payback["months"] is not None:
            said = (
                f"{number(payback['months']['value'], 1, language='en')} more months of work for each "
                f"in work, {number(payback['person_months']['value'], 0, language='en')} in all."
            )
        lines.append(f"{names[arm]} pays for itself: {said}")
    return lines


def _assumed(content: dict[str, Any]) -> list[list[str]]:
    """Return the quantities that are assumed, once where all programmes have the same."""
    rows = {}
    for one in content["quantities"]:
        if one["kind"] == "assumed":
            label = one["label"] or one["quantity"]
            value = plain(one["value"], language="en")
            rows[label, value, one["source"]] = [label, f"{value} {one['unit']}", one["source"]]
    return [["what", "value", "source"], *rows.values()]


def kroner(value: float) -> str:
    """Return an amount of money without decimals."""
    return number(value, 0, language="en")
