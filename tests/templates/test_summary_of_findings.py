"""The summary of findings: risks against metafor and exact products, and what is said where there is none."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from meta.choices.envelope import columns_of
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from registry.analyses import Analysis, PooledEnvelope
from registry.decided_certainty import DecidedCertainty, DecidedStep
from registry.next_sites import PLAN, Baseline
from registry.queries import Source
from templates.bound import visible
from templates.origins import Origins
from templates.summary_of_findings import (
    FindingLine,
    SummaryOfFindings,
    corresponding_risk,
    summary_of_findings,
)
from tests.templates.sections import rows, section, seen

# metafor 3.8-1, rma(ai=c(19,27,32), n1i=c(41,70,42), ci=c(5,16,12), n2i=c(46,81,43), method="REML",
# test="knha"), at 59/300 without the intervention: p exp(x), plogis(qlogis(p) + x), p + x, of a thousand.
METAFOR = {
    "RR": (499.09040518, 223.58455063, 1000),  # 1114.08069943 is more than all
    "OR": (546.68272544, 186.89785057, 863.52097126),
    "RD": (530.26602081, 159.82895343, 900.70308819),
}
CLOSE = 5e-4
"""In people of a thousand: metafor stops its search for tau2 when it moves by less than 1e-5."""


def with_effect(analysis: Analysis, envelope: PooledEnvelope, **outcome: Any) -> Analysis:
    first = replace(analysis.outcomes[0], pooled=(envelope,), **outcome)
    return replace(analysis, outcomes=(first, *analysis.outcomes[1:]))


def pooled_as(analysis: Analysis, measure: str, yi: list[float], vi: float = 0.01) -> Analysis:
    """The analysis with other estimates by a measure, with the interval of a normal distribution."""
    envelope = analysis.outcomes[0].pooled[0]
    labels = envelope.shown.effects.labels
    effects = EffectSizes(
        measure=Measure(measure), labels=labels, yi=np.array(yi), vi=np.full(len(yi), vi)
    )
    fit = pool(effects, method="EE", test="z")
    return with_effect(analysis, replace(envelope, measure=measure, shown=fit))


def at(analysis: Analysis, baseline: Baseline | None) -> Analysis:
    """The analysis with another share without the intervention."""
    envelope = analysis.outcomes[0].pooled[0]
    site = replace(envelope.next_site, baseline=baseline)
    return with_effect(analysis, replace(envelope, next_site=site))


def found(analysis: Analysis, language: str = "da") -> SummaryOfFindings:
    return summary_of_findings(Origins(analysis, language))


def cells(line: FindingLine) -> list[str]:
    parts = (line.measure, line.assumed, line.corresponding, line.effect, line.people)
    return seen([*parts, line.certainty])


@pytest.mark.parametrize("measure", METAFOR)
def test_corresponding_risks_are_metafors(measure: str, analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    effects = effect_sizes(measure, columns_of(envelope.shown_tables))
    fit = pool(effects, method="REML", test="knha")
    risk, ends, cut = corresponding_risk(replace(envelope, measure=measure, shown=fit), 59 / 300)
    assert risk is not None
    expected = METAFOR[measure]
    assert [1000 * one for one in (risk, *ends)] == pytest.approx(expected, abs=CLOSE)
    assert cut is (measure == "RR")


@pytest.mark.parametrize(
    ("measure", "estimate", "expected"),
    [
        ("RR", np.log(2.5), 0.5),  # 0.2 times 2.5
        ("RR", np.log(0.001), 0.0002),
        ("OR", np.log(6.0), 0.6),  # odds of 1 to 4 times 6 are 6 to 4
        ("RD", 0.15, 0.35),
        ("RD", -0.15, 0.05),
    ],
)
def test_corresponding_risks_are_the_products(
    measure: str, estimate: float, expected: float, analysis: Analysis
) -> None:
    made = pooled_as(analysis, measure, [estimate] * 3).outcomes[0].pooled[0]
    risk, _, _ = corresponding_risk(made, 0.2)
    assert risk == pytest.approx(expected, rel=1e-12)


def test_the_table_of_the_note_reads_as_computed(analysis: Analysis) -> None:
    table = found(analysis)
    assert seen(one.outcome for one in table.blocks) == [
        "Andel personer i beskæftigelse, opfølgning fra 12 til 18 mdr.; antal af tusind personer",
        "Antal arbejdede uger, opfølgning fra 12 til 30 mdr.; gennemsnit pr. person",
        "Antal arbejdede timer, opfølgning fra 12 til 30 mdr.; gennemsnit pr. person",
    ]
    ratio, difference = (cells(one) for one in table.blocks[0].lines)
    assert ratio == [
        "Relativ risiko",
        "197",
        "499 [224; 1.000]",
        "2,54 [1,14; 5,66]",
        "323 (3)",
        "Ikke vurderet",
    ]
    assert difference[1:4] == ["197", "530 [160; 901]", "33,4 [−3,7; 70,4]"]
    (weeks,) = table.blocks[1].lines
    # 19,0 and 7,2 are printed in the note; nothing is pooled, so that there is no interval
    assert cells(weeks) == [
        "Uvægtede gennemsnit",
        "7,2",
        "19,0",
        "11,8",
        "– (3)",
        "Ikke vurderet",
    ]
    notes = " ".join(seen(table.notes))
    assert "uvægtede gennemsnit af studiernes egne sammenligningsgrupper" in notes
    assert "efter den relative risiko er skåret af ved ingen og alle" in notes
    assert "Antal arbejdede timer: rapporterne trykker ingen standardafvigelser" in notes


def test_every_number_of_the_page_is_bound_and_its_rows_are_whole(analysis: Analysis) -> None:
    for language in ("da", "nb", "en"):
        page, numbers = section("findings", found(analysis, language), language)
        assert {len(one) for one in rows(page)} == {6}
        by_text = {one.text: one for one in numbers}
        assert "323" in by_text
        assert "ips-vive" in by_text["323"].source


def test_a_baseline_of_the_plan_is_used_and_its_source_named(analysis: Analysis) -> None:
    source = Source("vive-2017", "section 3.2", None, "full-text")
    danish = at(analysis, Baseline(percent=Fraction("12.5"), basis=PLAN, source=source))
    table = found(danish, "en")
    (line,) = table.blocks[0].lines
    assert cells(line)[1:3] == ["125", "317 [142, 708]"]
    page, numbers = section("findings", table, "en")
    assert "the assumed risk is from [@{vive-2017}{}, section 3.2]." in page
    assert "comparison groups" not in page
    (assumed,) = [one for one in numbers if one.text == "125"]
    assert assumed.what == "assumed risk of Share in employment"
    assert "vive-2017" in assumed.source


def test_danish_studies_tell_their_own_share_where_the_plan_names_none(
    analysis: Analysis,
) -> None:
    assert not any("danske studier" in one for one in seen(found(analysis).notes))
    moved = replace(
        analysis,
        studies=tuple(
            replace(one, countries=("DK",) if one.study != "davis-2012" else ("DK", "SE"))
            for one in analysis.studies
        ),
    )
    page, numbers = section("findings", found(moved, "en"), "en")
    # (5 + 16) of (46 + 81); one that is Danish only in part is not Danish
    (share,) = [one for one in numbers if one.text == "165"]
    assert "Danish studies (Bejerholm et al. (2015) and Michon et al. (2014)) it was [165]" in page
    assert "Davis" not in share.source


def test_no_baseline_leaves_the_effect_alone_and_says_why(analysis: Analysis) -> None:
    table = found(at(analysis, None), "en")
    assert cells(table.blocks[0].lines[0])[1:4] == ["–", "–", "2.54 [1.14, 5.66]"]
    assert "nobody or everybody had the outcome" in visible(table.notes[0])


@pytest.mark.parametrize("measure", ["RR", "RD"])
def test_a_risk_above_all_is_not_printed(measure: str, analysis: Analysis) -> None:
    table = found(pooled_as(analysis, measure, [2.2, 2.2, 2.2]), "en")
    (line,) = table.blocks[0].lines
    assert cells(line)[2] == "–"
    assert any("gives more than all or fewer than none" in one for one in seen(table.notes))


def test_ratios_over_orders_of_magnitude_keep_their_digits(analysis: Analysis) -> None:
    small = found(pooled_as(analysis, "RR", [-7.0, -7.0, -7.0], vi=12.0), "en")
    (line,) = small.blocks[0].lines
    # exp(-7) = 0.000912; times 196.67 it is 0.179 of a thousand, and a ratio is never printed as 0
    assert cells(line)[2:4] == ["0.2 [0.004, 9]", "0.0009 [0.00002, 0.05]"]


def test_a_measure_that_gives_no_risk_has_a_dash(analysis: Analysis) -> None:
    table = found(pooled_as(analysis, "PETO", [0.2, 0.2, 0.2]), "en")
    assert cells(table.blocks[0].lines[0])[1:3] == ["197", "–"]


def test_certainty_is_what_people_decided_with_their_reasons(analysis: Analysis) -> None:
    judged = DecidedCertainty(
        outcome="competitive-employment",
        start="high",
        level="very-low",
        steps=(
            DecidedStep("risk-of-bias", -1, "1 of 3 trials | not *blinded*."),
            DecidedStep("inconsistency", 0, "Alike."),
            DecidedStep("imprecision", -2, "Few people."),
        ),
        judged_by="group 4",
        dated="2026-11-21",
    )
    table = found(replace(analysis, certainty=(judged,)), "en")
    assert [line.certainty for line in table.blocks[0].lines] == [
        "Very low: risk of bias and imprecision"
    ] * 2
    assert table.blocks[1].lines[0].certainty == "Not judged"
    page, _ = section("findings", table, "en")
    assert (
        "the certainty was judged by group 4 on 21 November 2026: risk of bias: 1 of 3 trials \\| not "
        "\\*blinded\\*; imprecision: Few people." in page
    )
    assert "Alike" not in page
    high = replace(judged, level="high", steps=())
    table = found(replace(analysis, certainty=(high,)), "en")
    assert table.blocks[0].lines[0].certainty == "High"
    assert any("no reason to rate it down" in one for one in table.notes)


def test_an_eighth_outcome_is_named_in_the_note(analysis: Analysis) -> None:
    many = replace(analysis, outcomes=(*analysis.outcomes, *analysis.outcomes[:2] * 3))
    assert len(many.outcomes) == 9
    table = found(many, "en")
    assert len(table.blocks) == 7
    assert visible(table.notes[-1]) == (
        "The plan's other outcomes are not here: share in employment and weeks worked."
    )
    exactly = replace(many, outcomes=many.outcomes[:7])
    assert not any("not here" in one for one in seen(found(exactly, "en").notes))


def test_one_follow_up_is_one_number(analysis: Analysis) -> None:
    first = analysis.outcomes[0]
    for months, said in ((1, "follow-up 1 month"), (18, "follow-up 18 months")):
        studies = tuple(
            replace(one, result=replace(one.result, months=Fraction(months)))
            for one in first.studies
        )
        alike = replace(analysis, outcomes=(replace(first, studies=studies),))
        (block,) = found(alike, "en").blocks
        assert visible(block.outcome) == (
            f"Share in employment, {said}; number of a thousand people"
        )


def test_what_could_not_be_pooled_has_means_and_no_interval(analysis: Analysis) -> None:
    first = replace(analysis.outcomes[0], pooled=(), not_pooled="no size is known")
    table = found(replace(analysis, outcomes=(first,)), "en")
    assert visible(table.blocks[0].outcome).endswith("; per cent of the people")
    (line,) = table.blocks[0].lines
    assert cells(line) == [
        "Unweighted means",
        "19.7",
        "53.7",
        "34.0",
        "– (3)",
        "Not judged",
    ]
    assert "could not be pooled" in visible(table.notes[0])


def test_a_statement_stands_beside_its_outcome(analysis: Analysis) -> None:
    told = {"weeks-worked": "IPS may increase weeks worked."}
    table = summary_of_findings(Origins(analysis, "en"), told)
    assert [one.statement for one in table.blocks] == ["", "IPS may increase weeks worked.", ""]
    page, _ = section("findings", table, "en")
    assert "IPS may increase weeks worked." in page
