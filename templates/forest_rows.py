"""The rows of a synthesis's forest plot: what is printed of each study, and where every number is from."""

from collections.abc import Mapping

from meta.choices.counts import Table
from registry.amounts import AdmittedCounts, StudyAmounts
from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.queries import ReportedValue, ReportEntry
from registry.vocabulary import COUNT_TIERS, COUNTRIES
from templates.counts_table import events_of
from templates.drawings import ForestRow
from templates.tongue import Tongue, arm_printed, assumption_text, named


def forest_rows(
    analysis: Analysis, outcome: OutcomeAnalysis, envelope: PooledEnvelope, tongue: Tongue
) -> Mapping[str, ForestRow]:
    """Return the row of each study whose counts a pooled effect starts from, with its sources.

    Parameters
    ----------
    analysis : Analysis
    outcome : OutcomeAnalysis
    envelope : PooledEnvelope
        One of the outcome's.
    tongue : Tongue

    Returns
    -------
    mapping of str to ForestRow
        By the study's label.
    """
    countries = {
        one.study: ", ".join(COUNTRIES[code].label(tongue.language) for code in one.countries)
        for one in analysis.included
    }
    reports = {one.id: one for one in analysis.reports}
    amounts = {one.study: one for one in outcome.studies}
    return {
        counts.label: _row(amounts[counts.study], counts, table, countries, reports, tongue)
        for counts, table in zip(envelope.counts, envelope.shown_tables, strict=True)
    }


def _row(
    amount: StudyAmounts,
    counts: AdmittedCounts,
    table: Table,
    countries: Mapping[str, str],
    reports: Mapping[str, ReportEntry],
    tongue: Tongue,
) -> ForestRow:
    result = amount.result
    report = reports[result.source.report]
    place = tongue.words.place(result.source.where)
    source = f"{named(report, tongue)} {report.year}, {place}"

    def told(value: ReportedValue) -> str:
        kind = "arm" if value.printed is not None else "arm-unprinted"
        return tongue.say(f"source.{kind}", source=source)

    made = [
        tongue.say(
            "source.effect",
            intervention=events_of(table.ai, table.n1i, tongue),
            comparator=events_of(table.ci, table.n2i, tongue),
            tier=COUNT_TIERS[counts.tier].label(tongue.language),
        )
    ]
    if counts.step is not None:
        made.append(assumption_text(counts.step, tongue)[0])
    return ForestRow(
        detail=countries[counts.study],
        intervention=(arm_printed(result.intervention, tongue, unit="percent"),),
        comparator=(arm_printed(result.comparator, tongue, unit="percent"),),
        intervention_source=told(result.intervention),
        comparator_source=told(result.comparator),
        effect_source=". ".join(made),
    )
