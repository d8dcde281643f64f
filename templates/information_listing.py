"""The value of information on a case as plain text for a terminal, in English."""

from typing import Any

from meta.models.text_tables import table
from templates.case_listing import kroner
from templates.formats import number, plain
from templates.simulation_listing import about_text, chance

PLACES = {
    "same-site": "at the site that decides",
    "another-site": "at another site, from which this one differs as sites do",
}


def information_text(content: dict[str, Any]) -> str:
    """Return the value of information as text.

    Parameters
    ----------
    content : dict
        As `evidens.case_information.information_document` gives it.

    Returns
    -------
    str
        How it was drawn and for whom; then for each scenario and perspective what each number is worth
        knowing, which one is worth measuring next, and what trials of several sizes are worth.
    """
    decision = content["decision"]
    began = "now" if decision["first_year"] == 0 else f"in {decision['first_year']} years"
    whom = (
        f"The decision is for {plain(decision['people_a_year'], language='en')} people a year, "
        f"{decision['years']} years, from {began}. Assumed: {decision['why']}"
    )
    blocks = [f"{about_text(content)}\n{whom}"]
    blocks += ["\n".join(_result(content, one)) for one in content["results"]]
    return "\n\n".join(blocks)


def _result(content: dict[str, Any], one: dict[str, Any]) -> list[str]:
    names, total = content["programmes"], one["evpi"]
    rows = [["to know", "a person", "Monte Carlo SE", "all people", "of everything"]]
    rows += [
        [
            part.get("label", "Everything"),
            kroner(part["per_person"]),
            kroner(part["mcse"] / one["cohort"]),
            kroner(part["population"]),
            _part(part, total),
        ]
        for part in (total, *one["evppi"])
    ]
    lines = [
        f"{content['scenarios'][one['scenario']]}. {content['perspectives'][one['perspective']]}.",
        f"Without more information: {names[one['chosen']]}. The gain of {names[one['programme']]} is "
        f"{kroner(one['gain']['mean']['value'])} for {plain(one['cohort'], language='en')} people, above 0 "
        f"with a probability of {chance(one['gain']['saves']['value'])}.",
        f"What it is worth to know, in {content['currency']}:",
        *table(rows, words=1),
        _next(one, content["currency"]),
    ]
    about: dict[str, list[str]] = {}
    for part in (total, *one["evppi"]):
        for note in part["notes"]:
            about.setdefault(note["text"], []).append(part.get("label", "Everything"))
    notes = [f"{'; '.join(labels)}: {text}" for text, labels in about.items()]
    return [*lines, *notes, *(_trial(content, one) if one["new_trial"] else [])]


def _part(part: dict[str, Any], total: dict[str, Any]) -> str:
    if total["value"] <= 0:
        return "–"
    return f"{number(100 * part['value'] / total['value'], 0, language='en')}%"


def _next(one: dict[str, Any], currency: str) -> str:
    """Say which single number is worth measuring next."""
    single = [part for part in one["evppi"] if len(part["about"]) == 1]
    told = [part for part in single if part["value"] > 2 * part["mcse"]]
    if not told:
        return "No number by itself is worth measuring next: none would change the choice often enough."
    first, *others = told
    said = (
        f"Worth measuring next: {_lower(first['label'])}. To know it exactly is worth "
        f"{kroner(first['population'])} {currency} to all people together, "
        f"{_part(first, one['evpi'])} of what everything is worth; no study of it is worth more."
    )
    if others:
        said += f" Then comes {_lower(others[0]['label'])}, {kroner(others[0]['population'])}."
    return said


def _lower(text: str) -> str:
    return text[0].lower() + text[1:] if text.startswith("The ") else text


def _trial(content: dict[str, Any], one: dict[str, Any]) -> list[str]:
    asked, found = content["trial"], one["new_trial"]
    rows = [["people", "worth", "Monte Carlo SE", "of everything", "cost", "net"]]
    for size in found["sizes"]:
        evsi = size["evsi"]
        carried = evsi["population"] / evsi["value"] if evsi["value"] else 0.0
        rows.append(
            [
                f"{size['people']:,}",
                kroner(evsi["population"]),
                kroner(evsi["mcse"] * carried),
                _part(evsi, one["evpi"]),
                kroner(size["cost"]),
                kroner(size["net"]),
            ]
        )
    best = [] if found["best"] is None else [f"The best of these sizes: {found['best']:,} people."]
    return [
        f"A new trial {PLACES[asked['where']]}, in {content['currency']} to all people together "
        f"(fixed cost {kroner(asked['fixed'])}, {kroner(asked['per_person'])} a person; assumed: "
        f"{asked['why']})",
        *table(rows),
        *best,
        *(note["text"] for note in found["notes"]),
    ]
