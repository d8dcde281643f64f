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


def cases_text(cases: Sequence[tuple[str, str]]) -> str:
    """Return a list of cases, an id and a title each, as text."""
    return "\n".join(f"{identity}  {title}" for identity, title in cases)


def simulation_text(content: dict[str, Any]) -> str:
    """Return a simulated case as text.

    Parameters
    ----------
    content : dict
        As `evidens.case_draws.simulation_document` gives it.

    Returns
    -------
    str
        How it was drawn; then for each scenario and perspective the gain, the probability that money is
        saved, the effect that breaks even, and what moves the gain most.
    """
    draws = content["draws"]
    title = content["title"].get("en") or next(iter(content["title"].values()))
    outside = draws["out_of_range"]
    about = [
        f"{content['case']}: {title}",
        f"{content['currency']} in prices of {content['price_year']}; {draws['n']:,} draws of the "
        f"{draws['measure']}, seed {draws['seed']}, prior of tau {draws['prior_tau']}",
        f"Risk without the programme: {draws['baseline']['source']}, median "
        f"{number(100 * draws['baseline']['median'], 1, language='en')}%",
        f"Draws with a risk outside 0 to 100%: {outside['above_one'] + outside['below_zero']:,}, kept.",
    ]
    blocks = ["\n".join(about)]
    blocks += ["\n".join(_simulation(content, one)) for one in content["simulations"]]
    return "\n\n".join(blocks)


def _simulation(content: dict[str, Any], one: dict[str, Any]) -> list[str]:
    names = content["programmes"]
    programme, base = names[one["programme"]], names[content["base"]]
    rows = [["effect of", "mean", "2.5%", "median", "97.5%", "P(saves)", "P(above break-even)"]]
    for gain in one["gains"]:
        at = gain["quantiles"]
        kroner = [_kroner(value) for value in (gain["mean"], at["q025"], at["q500"], at["q975"])]
        rows.append([gain["effect"], *kroner, _chance(gain["saves"]), _chance(gain["above"])])
    lines = [
        f"{content['scenarios'][one['scenario']]}. {content['perspectives'][one['perspective']]}.",
        f"Gain of {programme} over {base}; as stated, without roundings: {_kroner(one['as_stated'])}",
        *table(rows, words=1),
        _break_even(one["break_even"], programme),
        "What moves the gain, one at a time:",
    ]
    drivers = [["what", "from", "to", "gain from", "gain to"]]
    drivers += [
        [
            f"{driver['label']}, {names[driver['programme']]}"
            if driver["programme"]
            else driver["label"],
            plain(driver["low"], 1, language="en"),
            f"{plain(driver['high'], 1, language='en')} {driver['unit']}",
            _kroner(driver["gain_low"]),
            _kroner(driver["gain_high"]),
        ]
        for driver in one["drivers"]
    ]
    return [*lines, *table(drivers, words=1)]


def _break_even(found: dict[str, Any], programme: str) -> str:
    if found["share"] is None:
        return f"Break-even: none. {found['reason']}"
    side = "above" if found["gains_above"] else "below"
    ratio = "" if found["ratio"] is None else f", {number(found['ratio'], 2, language='en')} times"
    return (
        f"Break-even: {programme} saves money {side} {number(found['share'], 1, language='en')}%, "
        f"{number(found['difference'], 1, language='en')} percentage points more{ratio} the "
        f"{number(found['base'], 1, language='en')}% of the case."
    )


def _chance(value: float | None) -> str:
    return "–" if value is None else number(value, 3, language="en")


def _result(content: dict[str, Any], result: dict[str, Any]) -> list[str]:
    arms = result["programmes"]
    names = content["programmes"]
    rows = [["", *(names[arm] for arm in arms)]]
    phases = [one["label"] for one in next(iter(arms.values()))["phases"]]
    for place, label in enumerate(phases):
        for side, word in (("income", "in"), ("costs", "out"), ("net", "result")):
            cells = [_kroner(arm["phases"][place][side]["value"]) for arm in arms.values()]
            rows.append([f"{label}, {word}", *cells])
    rows.append(["Result", *(_kroner(arm["net"]["value"]) for arm in arms.values())])
    lines = [f"{result['scenario_label']}. {result['perspective_label']}.", *table(rows, words=1)]
    base = names[content["base"]]
    lines += [
        f"{names[arm]} less {base}: {_kroner(gain['value'])}"
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


def _kroner(value: float) -> str:
    return number(value, 0, language="en")
