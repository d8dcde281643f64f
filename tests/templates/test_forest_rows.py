"""The forest plot of a synthesis: its rows are the studies' own, and every number tells where it is from."""

from dataclasses import replace

import pytest

from meta.moderators.subgroups import subgroups
from registry.analyses import Analysis
from registry.subgroup_readings import SubgroupReading
from templates.readings import forest_of
from templates.tongue import Tongue
from templates.words import Words

ARMS = ("IPS", "SB")
DANISH = Tongue(Words("da"))


@pytest.mark.parametrize(
    ("language", "printed", "effect"),
    [
        ("da", "Trykt i VIVE 2017, afsnit 3.2", "Beregnet af 27 af 70 og 16 af 81: det eneste"),
        ("nb", "Trykt i VIVE 2017, avsnitt 3.2", "Beregnet av 27 av 70 og 16 av 81: det eneste"),
        (
            "en",
            "Printed in VIVE 2017, section 3.2",
            "Computed from 27 of 70 and 16 of 81: the only counts",
        ),
    ],
)
def test_each_number_of_a_brief_tells_its_report_and_place(
    analysis: Analysis, language: str, printed: str, effect: str
) -> None:
    plot = forest_of(analysis, analysis.outcomes[0], ARMS, Tongue(Words(language)))
    michon = plot.rows[1]  # 39 % of 71 and 20 % of 82 less those who were lost, as VIVE has it
    assert [one.source for one in michon.cells[:2]] == [printed] * 2
    assert michon.cells[2].source.startswith(effect)
    assert plot.prediction is not None
    assert plot.admitted is not None
    rows = [(one.cells, one.told) for one in plot.rows]
    rows += [(one.cells, one.told) for one in (plot.pooled, plot.prediction, plot.admitted)]
    for cells, told in rows:
        assert all(one.source for one in cells)
        assert told is not None
        assert all(one.text in told.said for one in cells)


def test_the_second_effect_has_a_plot_of_its_own(analysis: Analysis) -> None:
    outcome = analysis.outcomes[0]
    ratio, difference = outcome.pooled
    plot = forest_of(analysis, outcome, ARMS, DANISH, envelope=difference)
    assert difference.measure == "RD"
    assert [one.label for one in plot.ticks if one.label == "0"]
    assert plot.title != forest_of(analysis, outcome, ARMS, DANISH, envelope=ratio).title


def test_rows_follow_the_analysis_and_not_the_order_of_the_records(analysis: Analysis) -> None:
    outcome = analysis.outcomes[0]
    turned = replace(outcome, studies=outcome.studies[::-1])
    plot = forest_of(analysis, turned, ARMS, DANISH)
    assert plot == forest_of(analysis, outcome, ARMS, DANISH)


def test_subgroups_have_the_names_of_the_language_and_list_who_is_in_none(
    analysis: Analysis,
) -> None:
    outcome = analysis.outcomes[0]
    envelope = outcome.pooled[0]
    finding = subgroups(envelope.shown.effects, "region", ["nordic", "north-america", None])
    reading = SubgroupReading(by="region", finding=finding)
    plot = forest_of(analysis, outcome, ARMS, DANISH, groups=reading)
    assert [one.heading for one in plot.groups] == ["Norden", "USA og Canada"]
    assert [one.cells[-1].text for one in plot.omitted] == ["i ingen af grupperne"]
    assert plot.omitted[0].cells[0].source == "Trykt i VIVE 2017, afsnit 3.2"
    assert plot.admitted is None  # the range is of all studies
    refused = SubgroupReading(by="region", finding=None, refused="too few")
    with pytest.raises(ValueError, match="the subgroups by region were refused: too few"):
        forest_of(analysis, outcome, ARMS, DANISH, groups=refused)
