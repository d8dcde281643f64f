"""A synthesis as text for a terminal, in English: its estimates, what else was asked, what has changed."""

from collections.abc import Sequence
from typing import Any

from meta.models.text_tables import table
from registry.analyses import Analysis
from registry.subgroup_readings import SubgroupReading
from registry.synthesis_changes import SynthesisChanges
from templates.formats import chance, significant


def estimates_text(content: dict[str, Any]) -> str:
    """Return the estimates of an export document as text.

    Parameters
    ----------
    content : dict
        As `registry.exports.document` gives it.

    Returns
    -------
    str
        What the next site should expect, one line a pooled effect; one line an estimate; each outcome under
        every horizon model that applies; what was left out and why.
    """
    about = content["synthesis"]
    rows: list[tuple[str, ...]] = [
        ("outcome", "quantity", "value", "95% interval", "unit", "method")
    ]
    rows += [estimate_cells(row) for row in content["estimates"]]
    reasons = dict.fromkeys(
        row["no_interval"] for row in content["estimates"] if row["no_interval"]
    )
    return "\n".join(
        [
            f"{about['id']} version {about['version']}, k = {about['k']} studies",
            "",
            *_next_sites(content["pooled"]),
            "Mean of many sites (not what one site should expect):",
            "",
            *table(rows, words=len(rows[0])),
            "",
            f"Under each horizon model, at {about['horizon_months']:g} months (* the plan's):",
            "",
            *_horizons(content["horizons"]),
            "",
            *_reviews(content["reviews"]),
            *_per_person(content["per_person"]),
            *(f"No interval (–): {reason}" for reason in reasons),
            *(f"Left out: {one['label']}: {one['reason_text']}." for one in content["excluded"]),
        ]
    )


def _next_sites(pooled: Sequence[dict[str, Any]]) -> list[str]:
    """Return what the next site should expect of each pooled effect, and what that rests on."""
    rows: list[tuple[str, ...]] = [
        (
            "outcome",
            "effect",
            "value",
            "95% of such sites",
            "better than none",
            "of 100",
            "Bayesian",
        )
    ]
    said: dict[str, None] = {}
    for one in pooled:
        site, measure = one["next_site"], one["fit"]["measure"]
        title = f"{one['outcome']}, {measure}"
        found, bayes = site["prediction"], site["bayesian"]
        if found is None:
            said[f"{title}: {site['refused']}"] = None
            continue
        natural, shares = found["natural"], found["shares"]
        ends = (natural["pi_low"], natural["pi_high"])
        rows.append(
            (
                one["outcome"],
                measure,
                _short(natural["estimate"]),
                with_interval(None, ends).partition(" ")[2],
                _chance(site["better"]),
                _of_100(shares),
                _posterior(bayes),
            )
        )
        if site["threshold"]:
            chance, limit = _chance(site["threshold"]["better"]), site["threshold"]["value"]
            reason = next(iter(site["threshold"]["reason"].values()))
            said[f"{title}: better than {limit:g} with a probability of {chance}. {reason}"] = None
        if shares:
            said[f"{one['outcome']}: {_baseline(site['baseline'])}"] = None
        said |= {f"{title}: {note['text']}": None for note in found["notes"]}
        if bayes:
            said[
                f"{title}: Bayesian, with how much sites differ left open (prior {bayes['prior']}): "
                f"better than none with a probability of {_chance(bayes['better'])}."
            ] = None
    if len(rows) == 1 and not said:
        return []
    sites = [*table(rows, words=len(rows[0])), ""] if len(rows) > 1 else []
    title = (
        "The next site, if it is like these studies (the number for a decision about one place):"
    )
    return [title, "", *sites, *said, ""]


def _chance(share: float | None) -> str:
    return "–" if share is None else chance(share, language="en")


def _of_100(shares: dict[str, Any] | None) -> str:
    if shares is None:
        return "–"
    middle, low, high = (
        None if shares[name] is None else 100 * shares[name] for name in ("estimate", "low", "high")
    )
    return with_interval(middle, (low, high))


def _posterior(bayes: dict[str, Any] | None) -> str:
    return (
        "–"
        if bayes is None
        else with_interval(bayes["median"], (bayes["ci_low"], bayes["ci_high"]))
    )


def _baseline(baseline: dict[str, Any]) -> str:
    origin = "the unweighted mean of the studies' comparison groups"
    if baseline["source"]:
        origin = f"{baseline['source']['report']}, {baseline['source']['where']}"
    return f"of 100 without the intervention: {_short(baseline['percent'])} ({origin})."


def further_text(analysis: Analysis) -> str:
    """Return what else is said of the pooled effects: the panel of estimators, and what the plan asks for.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    str
        A block for each, under the outcome and the measure; empty where nothing was pooled.
    """
    blocks = []
    for outcome in analysis.outcomes:
        for envelope in outcome.pooled:
            title = f"{outcome.outcome}, {envelope.measure}"
            if envelope.panel is not None:
                blocks.append(f"{title}: {envelope.panel.summary()}")
            blocks += [
                f"{title}, by {reading.by}: {_subgroups(reading)}" for reading in envelope.subgroups
            ]
            for one in envelope.further:
                said = f"not done: {one.refused}" if one.finding is None else one.finding.summary()
                blocks.append(f"{title}, {one.asked.name}: {said}")
    if analysis.multiverse is not None:
        blocks.append(analysis.multiverse.found.summary())
    return "\n\n".join(blocks)


def _subgroups(reading: SubgroupReading) -> str:
    content = reading.to_dict()
    if content["refused"] is not None:
        return f"not done: {content['refused']}"
    rows: list[tuple[str, ...]] = [("subgroup", "k", "estimate and 95% interval")]
    for group in content["subgroups"]:
        natural = group["natural"]
        ends = (natural["ci_low"], natural["ci_high"])
        rows.append((group["level"], str(group["k"]), with_interval(natural["estimate"], ends)))
    between, within = content["between"], content["within"]
    lines = ["", *table(rows, words=len(rows[0]))]
    if between["pvalue"] is not None:
        name = "F" if between["test"] == "F" else "chi-square"
        lines.append(
            f"Differences: {name} {_short(between['statistic'])}, p = {_short(between['pvalue'])}; "
            f"tau2 that they share {_short(within['tau2'])}"
        )
    lines += [f"{one['label']}: {one['reason']}" for one in content["left_out"]]
    return "\n".join(lines)


def changes_text(found: SynthesisChanges, since: str, threshold: float | None) -> str:
    """Return what has changed in a synthesis as text.

    Parameters
    ----------
    found : SynthesisChanges
    since : str
    threshold : float or None
        On the natural scale.

    Returns
    -------
    str
    """
    said = {"Entered": found.entered, "Left": found.left, "Changed": found.changed}
    lines = [f"{found.synthesis} since {since}", ""]
    lines += [f"{what}: {', '.join(labels)}" for what, labels in said.items() if labels]
    if found.plan_changed:
        lines.append("The plan has changed.")
    if len(lines) == 2:
        lines.append("No study entered, left or changed, and the plan is the same.")
    rows: list[tuple[str, ...]] = [("outcome", "quantity", "then", "now", "moved")]
    for one in found.movements:
        moved = None if one.then is None or one.now is None else one.now - one.then
        rows.append(
            (
                one.outcome,
                one.quantity,
                with_interval(one.then, one.then_interval),
                with_interval(one.now, one.now_interval),
                _short(moved) if moved else "–",
            )
        )
    lines += ["", *table(rows, words=len(rows[0]))]
    for one in found.movements:
        title = f"{one.outcome}, {one.quantity}"
        if one.conclusion:
            lines.append(f"{title}: {one.conclusion}.")
        if one.now is None:
            lines.append(f"{title}: no longer estimated; `evidens synthesis run` says why.")
        if threshold is not None and one.crossed(threshold):
            way = "above" if (one.now or 0.0) > threshold else "not above"
            lines.append(f"{title}: the estimate crossed {threshold:g} and is {way} it now.")
    return "\n".join(lines)


def _horizons(readings: Sequence[dict[str, Any]]) -> list[str]:
    """Return a table of the readings, then whom each leaves out and why."""
    asked = dict.fromkeys(fit["measure"] for one in readings for fit in one["pooled"])
    rows: list[tuple[str, ...]] = [
        ("outcome", "horizon model", "k", "intervention", "comparator", "relative", *asked)
    ]
    for one in readings:
        means = one["means"] or {}
        fits = {fit["measure"]: fit for fit in one["pooled"]}
        rows.append(
            (
                one["outcome"],
                one["model"] + ("*" if one["chosen"] else ""),
                str(one["k"]),
                *(_short(means.get(name, {}).get("value")) for name in MEANS),
                *(_fitted(fits.get(measure)) for measure in asked),
            )
        )
    without = [
        f"{one['outcome']}, {one['model']}: without "
        + "; ".join(f"{study['label']}, {study['reason_text']}" for study in one["left_out"])
        + "."
        for one in readings
        if one["left_out"]
    ]
    refused = [
        f"{one['outcome']}, {one['model']}: not pooled: {one['not_pooled']}"
        for one in readings
        if one["not_pooled"]
    ]
    return [*table(rows, words=len(rows[0])), "", *without, *refused]


def _per_person(readings: Sequence[dict[str, Any]]) -> list[str]:
    """Return a table of the amounts per person under each pair of models, then the pairs that give none."""
    if not readings:
        return []
    rows: list[tuple[str, ...]] = [
        ("per person", "horizon models", "k", "intervention", "comparator", "relative")
    ]
    none: dict[str, list[str]] = {}
    for one in readings:
        title = f"{one['outcome']} per {one['per']}"
        models = f"{one['outcome_model']}, {one['per_model']}"
        if one["none"]:
            none.setdefault(f"{title}, {{}}: none, because {one['none']}.", []).append(models)
            continue
        numbers = (one["intervention"], one["comparator"], one["relative_difference"])
        mark = "*" if one["chosen"] else ""
        rows.append((title, models + mark, str(one["k"]), *map(_short, numbers)))
    return [
        *table(rows, words=len(rows[0])),
        "",
        *(text.format("; ".join(pairs)) for text, pairs in none.items()),
        "",
    ]


def _reviews(reviews: Sequence[dict[str, Any]]) -> list[str]:
    """Return a table of what reviews have pooled; no line where none has."""
    if not reviews:
        return []
    rows: list[tuple[str, ...]] = [
        ("outcome", "review", "measure", "value", "interval", "k", "shared")
    ]
    for one in reviews:
        ends = "–" if one["ci_low"] is None else f"[{one['ci_low']}, {one['ci_high']}]"
        shared = "trial list not at hand"
        if one["shared"] is not None:
            shared = f"{one['shared']} of {one['named']} trials that its record names"
        k = "–" if one["k"] is None else str(one["k"])
        rows.append(
            (one["outcome"], one["label"], one["measure"], one["estimate"], ends, k, shared)
        )
    return [
        "Reviews, as printed; they count the same trials and are not pooled with them:",
        "",
        *table(rows, words=len(rows[0])),
        "",
    ]


MEANS = ("mean_of_intervention_arms", "mean_of_comparator_arms", "relative_difference")


def _fitted(fit: dict[str, Any] | None) -> str:
    if fit is None:
        return "–"
    return with_interval(fit["estimate"], (fit["ci_low"], fit["ci_high"]))


def with_interval(value: float | None, ends: tuple[float | None, float | None] | None) -> str:
    """Return a value with its interval in brackets, four digits each; a dash for what is not there."""
    if ends is None:
        return _short(value)
    return f"{_short(value)} [{_short(ends[0])}, {_short(ends[1])}]"


def estimate_cells(row: dict[str, Any]) -> tuple[str, ...]:
    """Return a row of an export as its cells are read: outcome, quantity, value, interval, unit, method."""
    per = f" per person in {row['per']}" if row["per"] else ""
    interval = "–"
    if row["ci_low"] is not None:
        interval = f"[{_short(row['ci_low'])}, {_short(row['ci_high'])}]"
    return (
        row["outcome"] + per,
        row["quantity"],
        _short(row["value"]),
        interval,
        row["unit"],
        row["method"],
    )


def _short(value: float | None) -> str:
    return "–" if value is None else significant(value, 4, language="en")
