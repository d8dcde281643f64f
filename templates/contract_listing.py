"""A contract over draws as plain text for a terminal, in English."""

from typing import Any

from meta.models.text_tables import table
from templates.case_listing import kroner
from templates.formats import number, plain
from templates.simulation_listing import chance

NAMES = {
    "people": "People",
    "invested": "Invested",
    "price": "Price of each outcome beyond the baseline",
    "baseline": "Baseline",
    "target": "Target",
    "reward": "Reward for the target",
    "floor": "Least that is paid",
    "cap": "Most that is paid",
    "guarantee": "Guarantee",
    "alike": "Correlation of people of one site",
}
TARGETS = {
    "share": "per cent of the people",
    "difference": "percentage points more than the baseline",
    "relative": "per cent more than the baseline",
}


def contract_text(content: dict[str, Any]) -> str:
    """Return a contract over draws as text.

    Parameters
    ----------
    content : dict
        As `evidens.contracts.contract_document` gives it.

    Returns
    -------
    str
        The terms, each with what it is (reported, derived, assumed) and its source; then the chance of the
        target, the payment and the investor's return, with the next site's effect and with none.
    """
    title = content["title"].get("en") or next(iter(content["title"].values()))
    draws = content["draws"]
    about = [
        f"{content['contract']}: {title}",
        f"{draws['n']:,} draws of the {draws['measure']}, seed {draws['seed']}, of {content['estimate']}",
        f"Risk without the programme: median {number(100 * draws['baseline']['median'], 1, language='en')}%",
        f"Draws with a risk outside 0 to 100%: {content['outside']['draws']:,}; "
        f"{content['outside']['meaning']}.",
    ]
    rows = [["term", "value", "", "source"]]
    for one in content["numbers"]:
        unit = TARGETS[content["target_of"]] if one["number"] == "target" else one["unit"]
        value = plain(one["value"], 1, language="en")
        rows.append([NAMES[one["number"]], f"{value} {unit}".strip(), one["kind"], one["source"]])
    for key, label in (("paid_in", "Paid in"), ("paid_out", "Paid out")):
        days = ", ".join(f"{one['day']} {one['share']}%" for one in content["dates"][key])
        rows.append([label, days, content["dates"]["kind"], content["dates"]["source"]])
    return "\n\n".join(
        ["\n".join(about), "\n".join(table(rows, words=4)), "\n".join(_results(content))]
    )


def _results(content: dict[str, Any]) -> list[str]:
    found = list(content["results"].values())
    rows = [["", *content["results"]]]
    rows.append(["P(target reached)", *(chance(one["target"]) for one in found)])
    rows.append(["P(anything paid)", *(chance(one["any_payment"]) for one in found)])
    rows.append(["P(at the cap)", *(chance(one["capped"]) for one in found)])
    rows.append(["Mean payment", *(kroner(one["payment"]["mean"]["value"]) for one in found)])
    rows += [
        [
            f"Payment, {plain(100 * at['probability'], 1, language='en')}% quantile",
            *(kroner(one["payment"]["quantiles"][place]["value"]) for one in found),
        ]
        for place, at in enumerate(found[0]["payment"]["quantiles"])
    ]
    investors = [one["investor"] for one in found]
    rows.append(
        ["Investor: back for each krone", *(_two(one["mean_multiple"]) for one in investors)]
    )
    rows.append(["Investor: P(loss)", *(chance(one["loss"]) for one in investors)])
    rows.append(["Investor: P(all lost)", *(chance(one["lost_all"]) for one in investors)])
    rows += [
        [
            f"Return a year, {plain(100 * at['probability'], 1, language='en')}% quantile",
            *(
                f"{number(100 * one['rates'][place]['rate'], 1, language='en')}%"
                for one in investors
            ),
        ]
        for place, at in enumerate(investors[0]["rates"])
    ]
    notes = [note["text"] for one in found for note in one["notes"]]
    return [
        f"Amounts in {content['currency']}. Without an effect is what luck and the baseline alone would pay.",
        *table(rows, words=1),
        *dict.fromkeys(notes),
    ]


def _two(value: float) -> str:
    return number(value, 2, language="en")
