"""Effects by study and the panel of estimators, against metafor's numbers for the same counts."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from meta.choices.counts import Table
from meta.choices.envelope import columns_of
from meta.choices.horizons import Assumption
from meta.choices.panel import panel
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.models.pooling import pool
from meta.models.results import EffectSizes, Exclusion
from registry.analyses import Analysis, PooledEnvelope
from templates.bound import visible
from templates.effects_table import StudyEffectLine, StudyEffects, study_effects_of
from templates.estimator_panel_table import estimators_of
from templates.origins import Origins
from tests.templates.sections import rows, section, seen

ARMS = ("IPS", "control")

# metafor 3.8-1 on ai=c(19,27,32), n1i=c(41,70,42), ci=c(5,16,12), n2i=c(46,81,43), REML, test="knha":
# weights(), exp of escalc()'s yi and of its interval's ends, QE and QEp, I2; the same for RD, times 100.
RR_STUDIES = [
    ["Bejerholm et al. (2015)", "19 of 41", "5 of 46", "4.26 [1.75, 10.39]", "14.5%"],
    ["Michon et al. (2014)", "27 of 70", "16 of 81", "1.95 [1.15, 3.31]", "41.1%"],
    ["Davis et al. (2012)", "32 of 42", "12 of 43", "2.73 [1.64, 4.54]", "44.4%"],
]
RD_ESTIMATES, RD_WEIGHTS = ["35.5", "18.8", "48.3"], ["32.2%", "36.6%", "31.1%"]
# rma() by each method with test="z", "knha", "adhoc": exp of beta and of the ends of its interval; tau2.
RR_PANEL = {
    "EE": ["2.54", "0", "[1.81, 3.56]", "[1.14, 5.66]", "[1.14, 5.66]"],
    "DL": ["2.56", "0.016", "[1.77, 3.72]", "[1.12, 5.85]", "[1.12, 5.85]"],
    "HE": ["2.59", "0.038", "[1.71, 3.91]", "[1.11, 6.05]", "[1.05, 6.40]"],
    "SJ": ["2.62", "0.065", "[1.66, 4.13]", "[1.10, 6.25]", "[0.96, 7.12]"],
    "EB": ["2.57", "0.019", "[1.76, 3.74]", "[1.12, 5.88]", "[1.12, 5.88]"],
    "PM": ["2.57", "0.019", "[1.76, 3.74]", "[1.12, 5.88]", "[1.12, 5.88]"],
}


def cells(line: StudyEffectLine) -> list[str]:
    return seen([line.label, line.intervention, line.comparator, line.effect, line.weight])


def with_effect(analysis: Analysis, envelope: PooledEnvelope) -> Analysis:
    first = replace(analysis.outcomes[0], pooled=(envelope,))
    return replace(analysis, outcomes=(first, *analysis.outcomes[1:]))


def refitted(analysis: Analysis, effects: EffectSizes, **options: Any) -> Analysis:
    """The analysis with another fit of its first effect."""
    envelope = analysis.outcomes[0].pooled[0]
    fit = pool(effects, **options)
    choices = panel(effects) if effects.k > 1 else None
    return with_effect(
        analysis, replace(envelope, measure=str(effects.measure), shown=fit, panel=choices)
    )


def english(analysis: Analysis) -> tuple[StudyEffects, ...]:
    return study_effects_of(Origins(analysis, "en"), ARMS)


def test_studies_and_weights_are_metafors(analysis: Analysis) -> None:
    ratio, difference = english(analysis)
    assert [cells(one) for one in ratio.lines] == RR_STUDIES
    assert [visible(one.effect).split(" ")[0] for one in difference.lines] == RD_ESTIMATES
    assert seen(one.weight for one in difference.lines) == RD_WEIGHTS
    assert [cells(one) for one in ratio.pooled] == [
        ["All participants", "78 of 153", "33 of 170", "", ""],
        ["Pooled estimate (REML)", "", "", "2.54 [1.14, 5.66]", ""],
        ["95% prediction interval", "", "", "[1.14, 5.66]", ""],
    ]
    assert "Q = 2.32, 2 degrees of freedom, p = 0.313" in visible(ratio.heterogeneity)
    assert "I² = 0% (from τ²)" in visible(ratio.heterogeneity)
    assert "I² = 68% (from τ²); Q = 6.33" in visible(difference.heterogeneity)
    assert visible(ratio.title) == "Share in employment: risk ratio in each study and pooled"
    assert visible(ratio.source) == (
        "Bejerholm et al. (2015), Michon et al. (2014) and Davis et al. (2012)"
    )


def test_letters_tell_which_counts_no_report_prints(analysis: Analysis) -> None:
    (ratio, _) = english(analysis)
    assert [one.mark for one in ratio.lines] == ["b", "a", "a"]
    assert seen(ratio.notes) == [
        "a: the only counts that the printed percentages and sizes admit.",
        "b: one of several counts that the printed percentages admit.",
    ]
    envelope = analysis.outcomes[0].pooled[0]
    printed = tuple(replace(one, tier="reported") for one in envelope.counts)
    (plain,) = english(with_effect(analysis, replace(envelope, counts=printed)))
    assert [one.mark for one in plain.lines] == ["", "", ""]
    assert plain.notes == ()


def test_counts_lead_to_their_report_and_effects_to_their_study(analysis: Analysis) -> None:
    for language in ("da", "nb", "en"):
        page, numbers = section(
            "study_effects", study_effects_of(Origins(analysis, language), ARMS), language
        )
        assert {len(one) for one in rows(page)} == {5}
        (events,) = [one for one in numbers if one.text == "81"]
        assert "Michon" in events.source
        assert "vive-2017" in events.source
    by_text = {one.text: one for one in numbers}
    assert (
        by_text["4.26"].what == "Bejerholm et al. (2015), Share in employment: risk ratio: estimate"
    )
    assert "Davis" not in by_text["4.26"].source
    assert by_text["41.1%"].what.endswith(": weight")
    assert "counts worked out from what is printed" in by_text["81"].what


def test_effects_on_another_horizon_and_studies_without_one_are_named(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    step = Assumption("proportional", Fraction(2), ())
    moved = (*envelope.counts[:2], replace(envelope.counts[2], step=step))
    labels = envelope.shown.effects.labels
    whole = effect_sizes("RR", columns_of(envelope.shown_tables[1:]))
    effects = EffectSizes(
        measure=Measure.RR,
        labels=labels[1:],
        yi=whole.yi,
        vi=whole.vi,
        rows=np.array([1, 2]),
        excluded=(Exclusion(label=labels[0], reason="no events"),),
    )
    made = replace(envelope, counts=moved, shown=pool(effects), panel=None)
    (table,) = english(with_effect(analysis, made))
    assert [cells(one)[:4] for one in table.lines] == [one[:4] for one in RR_STUDIES[1:]]
    assert cells(table.pooled[0])[1:3] == ["59 of 112", "28 of 124"]
    assert seen(table.notes[-2:]) == [
        "The effect is put on the synthesis's horizon for Davis et al. (2012); the counts are as they "
        "were before.",
        "Without an estimate, and therefore left out: Bejerholm et al. (2015).",
    ]


def test_a_constant_that_was_added_to_an_empty_cell_is_told(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    tables = (*envelope.shown_tables[:2], Table(3, 42, 0, 43))
    labels = envelope.shown.effects.labels
    fit = pool(effect_sizes("RR", columns_of(tables), labels=labels))
    made = replace(envelope, shown_tables=tables, shown=fit, panel=None)
    (table,) = english(with_effect(analysis, made))
    # escalc(measure="RR", ai=3, n1i=42, ci=0, n2i=43) adds 0.5 to the four cells: (3.5/43)/(0.5/44)
    assert cells(table.lines[2])[1:4] == ["3 of 42", "0 of 43", "7.16 [0.38, 134.58]"]
    assert visible(table.notes[-1]) == (
        "In studies with an empty cell a constant has been added to the counts."
    )


def test_one_study_has_no_heterogeneity_and_no_panel(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    effects = effect_sizes(
        "RR", columns_of(envelope.shown_tables[:1]), labels=[envelope.counts[0].label]
    )
    alone = refitted(analysis, effects)
    (table,) = english(alone)
    assert [cells(one) for one in table.lines] == [[*RR_STUDIES[0][:4], "100.0%"]]
    assert visible(table.heterogeneity) == "One study says nothing of how much studies differ."
    assert estimators_of(Origins(alone, "en")) == ()
    assert section("estimators", (), "en") == ("", ())


@pytest.mark.parametrize("language", ["da", "nb", "en"])
def test_ratios_over_three_orders_of_magnitude_and_too_large_ones(
    language: str, analysis: Analysis
) -> None:
    labels = analysis.outcomes[0].pooled[0].shown.effects.labels
    effects = EffectSizes(
        measure=Measure.RR, labels=labels, yi=np.array([-7.0, 0.0, 7.0]), vi=np.array([0.2, 4, 9e5])
    )
    page, _ = section(
        "study_effects",
        study_effects_of(Origins(refitted(analysis, effects, method="EE"), language), ARMS),
        language,
    )
    found = [one[3] for one in rows(page)[2:5]]
    if language == "en":
        # exp(-7) = 0.000912, exp(-7 ± 0.8765) = 0.00038, 0.00219; exp(± 3.92) = 0.0198, 50.4
        assert found == ["0.0009 [0.0004, 0.002]", "1.00 [0.02, 50.40]", "–"]
    assert found[2] == "–"


def test_nothing_pooled_is_no_section(analysis: Analysis) -> None:
    none = replace(analysis, outcomes=tuple(replace(one, pooled=()) for one in analysis.outcomes))
    assert english(none) == ()
    assert section("study_effects", english(none), "en") == ("", ())


# The panel of estimators.


def test_the_panel_is_metafors_estimator_by_estimator(analysis: Analysis) -> None:
    ratio, difference = estimators_of(Origins(analysis, "en"))
    lines = {
        named[1]: seen([one.estimate, one.spread, *one.intervals])
        for one in ratio.lines
        if (named := re.search(r"\(([A-Z]+)\)", one.estimator))
    }
    assert list(lines) == ["EE", "DL", "HE", "SJ", "ML", "REML", "EB", "PM"]
    for name, expected in RR_PANEL.items():
        assert lines[name] == expected, name
    assert visible(ratio.title).startswith("Share in employment: risk ratio by estimator of")
    assert len(difference.lines) == len(ratio.lines) == 10
    assert ratio.intervals == ("z interval", "Knapp and Hartung", "Same, never narrower than z")


def test_the_plans_own_estimator_is_marked_and_bayes_stands_last(analysis: Analysis) -> None:
    for block in estimators_of(Origins(analysis, "en")):
        marked = [one.estimator for one in block.lines if "the plan's own" in one.estimator]
        assert marked == ["Restricted maximum likelihood (REML), the plan's own"]
        *_, unweighted, bayes = block.lines
        assert unweighted.estimator == "Unweighted mean of the estimates"
        assert bayes.estimator == "Bayesian, median and interval"
        assert bayes.intervals == ("–", "–", "–")
    # exp of the plain mean of log(4.263415), log(1.952679), log(2.730159), of metafor's escalc()
    mean = np.exp(np.log([4.263415, 1.952679, 2.730159]).mean())
    first = estimators_of(Origins(analysis, "en"))[0].lines[-2]
    assert visible(first.estimate) == f"{mean:.2f}"


def test_the_panels_page_is_bound_and_its_rows_are_whole(analysis: Analysis) -> None:
    for language in ("da", "nb", "en"):
        page, numbers = section("estimators", estimators_of(Origins(analysis, language)), language)
        assert {len(one) for one in rows(page)} == {6}
        assert any("Hedges (HE)" in one.what for one in numbers)


def test_an_estimator_without_a_solution_is_named(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    assert envelope.panel is not None
    choices = tuple(
        replace(one, fit=None, reason="did not converge") if one.estimator == "ML" else one
        for one in envelope.panel.choices
    )
    lost = replace(envelope, panel=replace(envelope.panel, choices=choices, bayes=None))
    (found,) = estimators_of(Origins(with_effect(analysis, lost), "en"))
    (line,) = [one for one in found.lines if "(ML)" in one.estimator]
    assert (line.estimate, line.spread, *line.intervals) == ("–",) * 5
    assert visible(found.notes[-1]) == (
        "The risk ratio: Maximum likelihood (ML) found no solution."
    )
    assert "Bayesian" not in " ".join(one.estimator for one in found.lines)
