"""Variants of a case as plain text for a terminal, in English."""

from typing import Any

from meta.models.text_tables import table
from templates.case_listing import kroner
from templates.formats import number
from templates.simulation_listing import chance


def variants_text(content: dict[str, Any]) -> str:
    """Return the variants of a case as text.

    Parameters
    ----------
    content : dict
        As `evidens.case_variants.variants_document` gives it.

    Returns
    -------
    str
        The case by estimate and in other prices, with what each rests on; then under each horizon model.
    """
    title = content["title"].get("en") or next(iter(content["title"].values()))
    about = [
        f"{content['case']}: {title}",
        f"{content['scenario_label']}. {content['perspective_label']}. Gain of {content['programme']} over "
        f"{content['base']}, without roundings; {content['draws']:,} draws of each.",
    ]
    draws = ["with, next site", "gain, mean", "2.5%", "97.5%", "P(saves)", "P(saves), mean effect"]
    rows = [["", "prices", "without", "with", "gain", *draws]]
    for one in content["variants"]:
        site = one["next_site"]
        at = {each["probability"]: each["value"] for each in site["quantiles"]}
        rows.append(
            [
                one["label"],
                str(one["price_year"]),
                _percent(one["without"]),
                _percent(one["with"]),
                kroner(one["gain"]),
                _percent(one["with_next_site"]),
                kroner(site["mean"]["value"]),
                kroner(at[0.025]),
                kroner(at[0.975]),
                chance(site["saves"]["value"]),
                chance(one["mean_effect"]["saves"]["value"]),
            ]
        )
    sources = [f"{one['label']}: {one['source']}" for one in content["variants"]]
    return "\n\n".join(
        [
            "\n".join(about),
            "\n".join(table(rows, words=1)),
            "\n".join(["Rests on:", *sources]),
            "\n".join(_horizons(content)),
        ]
    )


def _percent(value: float) -> str:
    return f"{number(value, 1, language='en')}%"


def _horizons(content: dict[str, Any]) -> list[str]:
    if not content["horizons"]:
        return ["No number of the case rests on a horizon model."]
    outcomes = list(content["horizons"][0]["models"])
    known = [one for one in content["horizons"] if one["values"]]
    labels = [one["label"] for one in known[0]["values"]] if known else []
    rows = [[*outcomes, "", *(f"{label}, without / with" for label in labels), "gain"]]
    for one in content["horizons"]:
        cells = [
            " / ".join(number(value[side], 1, language="en") for side in ("without", "with"))
            for value in one["values"]
        ]
        models = list(one["models"].values())
        mark = "the plan's" if one["chosen"] else ""
        gain = "–" if one["gain"] is None else kroner(one["gain"])
        rows.append([*models, mark, *(cells or ["–"] * len(labels)), gain])
    reasons = dict.fromkeys(
        f"{', '.join(one['models'].values())}: {one['reason']}."
        for one in content["horizons"]
        if one["reason"]
    )
    return [
        f"By horizon model, {content['estimate']}:",
        *table(rows, words=len(outcomes) + 1),
        *reasons,
    ]
