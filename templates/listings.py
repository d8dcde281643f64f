"""Listings: results as plain text for a terminal, in English."""

from collections.abc import Sequence
from typing import Any

from meta.choices.printed import decimals
from registry.analyses import Analysis
from registry.subgroup_readings import SubgroupReading
from registry.synthesis_changes import SynthesisChanges
from registry.vocabulary import QUALIFIERS
from studies.fact_set import Fact, FactSet
from studies.imports import Import, Row
from studies.replicate import VERDICTS, Cell, Replication
from templates.formats import chance, number, significant

MORE = 3
"""Decimals that a recomputed cell shows beyond the printed ones."""


def replication_text(done: Replication) -> str:
    """Return a replicated table as text: one line a cell, then reasons, notes and the count of verdicts.

    Parameters
    ----------
    done : Replication

    Returns
    -------
    str
        Columns: row, column, printed, recomputed, what rounding allows, verdict.
    """
    rows: list[tuple[str, ...]] = [
        ("row", "column", "printed", "recomputed", "rounding allows", "verdict")
    ]
    rows += [(cell.row, cell.heading, *_numbers(cell), cell.verdict) for cell in done.cells]
    lines = [f"{done.table}: {done.title}", f"{done.report}, {done.where}", "", *_table(rows), ""]
    reasons: dict[tuple[str, str], list[str]] = {}
    for cell in done.cells:
        if cell.reason:
            reasons.setdefault((cell.verdict, cell.reason), []).append(f"{cell.row}.{cell.column}")
    lines += [
        f"{verdict}: {', '.join(cells)}: {reason}" for (verdict, reason), cells in reasons.items()
    ]
    notes = dict.fromkeys((cell.row, cell.note) for cell in done.cells if cell.note)
    lines += [f"{row}: {note}" for row, note in notes]
    lines.append(verdict_line(done))
    if done.note:
        lines.append(f"Note: {done.note}")
    return "\n".join(lines)


def replications_text(done: Sequence[Replication]) -> str:
    """Return many replications as text: a line each, then every number that does not follow, and all counts.

    Parameters
    ----------
    done : sequence of Replication

    Returns
    -------
    str
    """
    lines = [f"{one.table}: {verdict_line(one)}" for one in done]
    for verdict in ("inconsistent", "not computable"):
        cells = [(one, cell) for one in done for cell in one.cells if cell.verdict == verdict]
        if cells:
            rows = [(verdict, "printed", "recomputed", "rounding allows")]
            rows += [
                (f"{one.table}.{cell.row}.{cell.column}", *_numbers(cell)) for one, cell in cells
            ]
            lines += ["", *_table(rows)]
    counts = {verdict: sum(one.count(verdict) for one in done) for verdict in VERDICTS}
    cells_in_all = sum(len(one.cells) for one in done)
    listed = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return "\n".join([*lines, "", f"{cells_in_all} numbers of {len(done)} sources: {listed}."])


def verdict_line(done: Replication) -> str:
    """Return how many cells have which verdict, as a sentence."""
    counts = ", ".join(f"{done.count(verdict)} {verdict}" for verdict in VERDICTS)
    return f"{len(done.cells)} cells: {counts}."


def facts_text(sets: Sequence[FactSet]) -> str:
    """Return facts as text: one line a fact, disputed ones marked.

    Parameters
    ----------
    sets : sequence of FactSet

    Returns
    -------
    str
        Columns: set and id, what it is of, what is printed with its unit, currency and price year.
    """
    rows = [("fact", "of what", "printed")]
    rows += [
        (
            f"{one.facts}/{fact.id}",
            fact.item + (f" ({fact.column})" if fact.column else ""),
            _printed(fact) + (" (disputed)" if fact.disputed else ""),
        )
        for one in sets
        for fact in one.items
    ]
    return "\n".join(_table(rows))


def _printed(fact: Fact) -> str:
    """Return a fact's number as printed, with all that it is counted in; or its words."""
    prices = f"({' '.join(part for part in (fact.currency, fact.price_year) if part)})"
    ends = f"{fact.low} to {fact.high}" if fact.low is not None else None
    number = [
        QUALIFIERS[fact.qualifier].en if fact.qualifier else None,
        fact.value or ends,
        f"({ends})" if fact.value and ends else None,
        fact.unit,
        prices if fact.currency else None,
    ]
    words = [" ".join(part for part in number if part), fact.text, " ".join(fact.countries)]
    return ": ".join(part for part in words if part)


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
            *_table(rows),
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
    table = [*_table(rows), ""] if len(rows) > 1 else []
    title = (
        "The next site, if it is like these studies (the number for a decision about one place):"
    )
    return [title, "", *table, *said, ""]


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
    lines = ["", *_table(rows)]
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
    lines += ["", *_table(rows)]
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
    return [*_table(rows), "", *without, *refused]


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
    return [*_table(rows), "", *(text.format("; ".join(pairs)) for text, pairs in none.items()), ""]


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
        *_table(rows),
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


def import_text(done: Import) -> str:
    """Return the account of an import as text: a line a row, its faults and remarks below it, the counts.

    Parameters
    ----------
    done : Import

    Returns
    -------
    str
    """
    lines = [f"{done.file}: {done.detected}"]
    for row in done.rows:
        lines += _import_row(row)
    lines += [f"Note: {remark}." for remark in done.remarks]
    if done.unkept:
        kept = ", ".join(f"{name} ({count})" for name, count in done.unkept.items())
        lines.append(f"Fields that a report record has no place for: {kept}.")
    again = done.count("duplicate")
    counts = f"{done.count('taken')} taken, {again} duplicate{'' if again == 1 else 's'}"
    lines.append(f"{counts}, {done.count('refused')} refused.")
    if done.dry_run:
        lines.append("This was a dry run: nothing has changed.")
    return "\n".join(lines)


def _import_row(row: Row) -> list[str]:
    what = "  ".join(part for part in (row.record, row.about) if part)
    return [
        f"line {row.line}: {row.verdict}  {what}".rstrip(),
        *(f"    {one}" for one in row.faults),
        *(f"    {remark}." for remark in row.remarks),
    ]


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


def _numbers(cell: Cell) -> tuple[str, str, str]:
    places = decimals(cell.printed) + MORE
    if cell.recomputed is None:
        return cell.printed, "–", "–"
    low, value, high = (
        number(part, places, language="en")
        for part in (cell.recomputed.low, cell.recomputed.value, cell.recomputed.high)
    )
    return cell.printed, value, f"{low} to {high}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
