"""A simulated case as plain text for a terminal, in English."""

from typing import Any

from meta.models.text_tables import table
from templates.case_listing import kroner
from templates.formats import number, plain


def chance(value: float | None) -> str:
    """Return a probability to three decimals."""
    return "–" if value is None else number(value, 3, language="en")


def about_text(content: dict[str, Any]) -> str:
    """Return how a case was drawn.

    Parameters
    ----------
    content : dict
        As `evidens.case_draws.about_draws` gives it.

    Returns
    -------
    str
    """
    draws = content["draws"]
    title = content["title"].get("en") or next(iter(content["title"].values()))
    outside = ", ".join(
        f"{count:,} of the {effect}" for effect, count in content["outside"]["draws"].items()
    )
    prior = f", prior of tau {draws['prior_tau']}" if "prior_tau" in draws else ""
    lines = [
        f"{content['case']}: {title}",
        f"{content['currency']} in prices of {content['price_year']}; {draws['n']:,} draws of the "
        f"{draws['measure']}, seed {draws['seed']}{prior}",
        f"Effect: {content['estimate']}",
        f"Risk without the programme: {draws['baseline']['source']}, median "
        f"{number(100 * draws['baseline']['median'], 1, language='en')}%",
        f"Draws with a risk outside 0 to 100%: {outside}; {content['outside']['meaning']}.",
    ]
    if content["ranges"]:
        ranges = [
            f"{one['label']} {plain(one['low'], 1, language='en')} to "
            f"{plain(one['high'], 1, language='en')} {one['unit']}"
            for one in content["ranges"]
        ]
        lines.append(f"Drawn evenly between two ends: {'; '.join(ranges)}.")
    return "\n".join(lines)


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
        saved, the effect that breaks even, how soon, and what moves the gain most.
    """
    return "\n\n".join(
        [about_text(content)]
        + ["\n".join(_simulation(content, one)) for one in content["simulations"]]
    )


def _simulation(content: dict[str, Any], one: dict[str, Any]) -> list[str]:
    names = content["programmes"]
    programme, base = names[one["programme"]], names[content["base"]]
    rows = [["effect of", "mean", "2.5%", "median", "97.5%", "P(saves)", "P(beyond break-even)"]]
    for gain in one["gains"]:
        at = {each["probability"]: each["value"] for each in gain["quantiles"]}
        amounts = [gain["mean"]["value"], at[0.025], at[0.5], at[0.975]]
        chances = [chance(gain["saves"]["value"]), chance(gain["beyond_break_even"])]
        rows.append([gain["effect"], *(kroner(value) for value in amounts), *chances])
    lines = [
        f"{content['scenarios'][one['scenario']]}. {content['perspectives'][one['perspective']]}.",
        f"Gain of {programme} over {base}; as stated, without roundings: {kroner(one['as_stated'])}",
        *table(rows, words=1),
        _break_even(one["break_even"], programme),
        *(_payback(names[arm], months) for arm, months in one["payback"].items()),
        "What moves the gain, one at a time over 95% of its draws, the others at their means:",
    ]
    drivers = [["what", "from", "to", "gain from", "gain to"]]
    drivers += [
        [
            f"{bar['label']}, {names[bar['programme']]}" if bar["programme"] else bar["label"],
            plain(bar["low"], 1, language="en"),
            f"{plain(bar['high'], 1, language='en')} {bar['unit']}",
            kroner(bar["net_low"]),
            kroner(bar["net_high"]),
        ]
        for bar in one["drivers"]["bars"]
    ]
    notes = [note["text"] for gain in one["gains"] for note in gain["notes"]]
    return [*lines, *table(drivers, words=1), *dict.fromkeys(notes)]


def _break_even(found: dict[str, Any], programme: str) -> str:
    if found["share"] is None:
        return f"Break-even: none; {found['reason']}."
    side = "above" if found["gains_above"] else "below"
    ratio = "" if found["ratio"] is None else f", {number(found['ratio'], 2, language='en')} times"
    return (
        f"Break-even: {programme} saves money {side} {number(found['share'], 1, language='en')}%, "
        f"{number(found['difference'], 1, language='en')} percentage points more{ratio} the "
        f"{number(found['base'], 1, language='en')}% of the case."
    )


def _payback(programme: str, months: dict[str, Any]) -> str:
    at = {one["probability"]: one["months"] for one in months["quantiles"]}
    told = [
        "never" if at[p] is None else number(at[p], 1, language="en") for p in (0.025, 0.5, 0.975)
    ]
    return (
        f"Months of work until {programme} has paid for itself: median {told[1]}, 95% of the draws "
        f"{told[0]} to {told[2]}."
    )
