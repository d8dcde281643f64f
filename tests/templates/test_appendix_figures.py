"""The figures of a technical appendix: which there are for which studies, and that each can be placed."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from meta.choices.multiverse import multiverse
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.moderators.subgroups import subgroups
from registry.analyses import Analysis
from registry.multiverse import SynthesisMultiverse
from registry.screening import Flow, Screened, count
from registry.subgroup_readings import SubgroupReading
from templates.appendix_figures import Figure, appendix_figures
from templates.tongue import Tongue
from templates.words import Words

SVG = "{http://www.w3.org/2000/svg}"
DANISH = Tongue(Words("da"))
STEM = "competitive-employment"
BCG = {
    "ai": [4, 6, 3, 62],
    "n1i": [123, 306, 231, 13598],
    "ci": [11, 29, 11, 248],
    "n2i": [139, 303, 220, 12867],
}


def flow() -> Flow:
    reports = [Screened(f"a{i}", "excluded", "screened", "wrong-design") for i in range(4)]
    reports.append(Screened("b", "included", "included", None))
    return count("s", reports, [Screened("x", "included", "included", None)])


def many(analysis: Analysis, k: int, spread: float = 0.1) -> Analysis:
    """An analysis whose first effect is of k studies, each like the first one of the synthesis."""
    outcome = analysis.outcomes[0]
    envelope = outcome.pooled[0]
    labels = tuple(f"Studie {i}" for i in range(k))
    rng = np.random.default_rng(k)
    effects = EffectSizes(
        measure=envelope.shown.effects.measure,
        labels=labels,
        yi=rng.normal(0.5, spread, k),
        vi=np.linspace(0.01, 0.4, k),
    )
    first = replace(
        envelope,
        shown=pool(effects),
        counts=tuple(replace(envelope.counts[0], label=one) for one in labels),
        shown_tables=envelope.shown_tables[:1] * k,
    )
    return replace(analysis, outcomes=(replace(outcome, pooled=(first,)), *analysis.outcomes[1:]))


def names(figures: tuple[Figure, ...]) -> list[str]:
    return [one.name for one in figures]


def test_three_studies_have_the_figures_that_three_studies_allow(analysis: Analysis) -> None:
    figures = appendix_figures(analysis, flow(), DANISH)
    assert names(figures) == [
        "flow",
        f"forest-{STEM}-rr",
        f"forest-{STEM}-rd",
        f"leave-one-out-{STEM}-rr",
        f"cumulative-{STEM}-rr",
        f"tau-{STEM}-rr",
        "hypothetical-trial",
    ]
    assert names(appendix_figures(analysis, None, DANISH)) == names(figures)[1:]
    nothing = replace(flow(), identified=0)
    assert names(appendix_figures(analysis, nothing, DANISH)) == names(figures)[1:]


@pytest.mark.parametrize(
    ("k", "kinds"),
    [
        (1, ["forest", "tau"]),
        (2, ["forest", "tau"]),
        (5, ["forest", "leave-one-out", "cumulative", "tau"]),
        (6, ["forest", "leave-one-out", "cumulative", "baujat", "gosh", "tau"]),
        (9, ["forest", "leave-one-out", "cumulative", "baujat", "gosh", "tau"]),
        # from ten on: Sterne and others (2011), doi:10.1136/bmj.d4002
        (10, ["forest", "funnel", "leave-one-out", "cumulative", "baujat", "gosh", "tau"]),
    ],
)
def test_more_studies_have_more_figures(analysis: Analysis, k: int, kinds: list[str]) -> None:
    found = names(appendix_figures(many(analysis, k), None, DANISH))
    assert found == [*(f"{kind}-{STEM}-rr" for kind in kinds), "hypothetical-trial"]


def test_studies_are_filled_in_only_where_the_rules_of_use_allow_it(analysis: Analysis) -> None:
    def funnel(spread: float) -> str:
        figures = appendix_figures(many(analysis, 12, spread), None, DANISH)
        return next(one.screen for one in figures if one.name.startswith("funnel"))

    assert "Trim and fill" in funnel(0.1)
    assert "Trim and fill" not in funnel(3.0)  # I2 far above 50 %: Terrin and others (2003)


def test_studies_come_in_by_their_years(analysis: Analysis) -> None:
    figures = {one.name: one for one in appendix_figures(analysis, None, DANISH)}
    added = [row[0] for row in figures[f"cumulative-{STEM}-rr"].table.rows]
    assert [re.findall(r"\d{4}", one) for one in added] == [["2012"], ["2014"], ["2015"]]


def test_subgroups_and_the_multiverse_have_theirs(analysis: Analysis) -> None:
    outcome = analysis.outcomes[0]
    envelope = outcome.pooled[0]
    finding = subgroups(envelope.shown.effects, "region", ["nordic", "north-america", "nordic"])
    asked = (
        SubgroupReading(by="region", finding=finding),
        SubgroupReading(by="counts", finding=None, refused="too few"),
    )
    found = multiverse(BCG, measures=("RR",), methods=("EE", "DL"), tests=("z", "knha"))
    changed = replace(
        analysis,
        outcomes=(replace(outcome, pooled=(replace(envelope, subgroups=asked),)),),
        multiverse=SynthesisMultiverse(
            outcome=outcome.outcome, definitions={STEM: (STEM,)}, found=found
        ),
    )
    figures = {one.name: one for one in appendix_figures(changed, None, DANISH)}
    grouped = figures[f"forest-{STEM}-rr-region"]
    assert grouped.caption.startswith(
        "Andel personer i beskæftigelse: relativ risiko i hvert studie, efter"
    )
    assert [row[0] for row in grouped.table.rows if row[0].startswith("Samlet: ")] == [
        *("Samlet: Norden", "Samlet: USA og Canada"),
    ]
    assert f"forest-{STEM}-rr-counts" not in figures
    curve = figures["specification-curve"]
    assert curve.caption == (
        "Andel personer i beskæftigelse: relativ risiko under alle kombinationer af de valg, "
        "som planen lader stå åbne."
    )


def test_nothing_pooled_leaves_the_people_one_can_count(analysis: Analysis) -> None:
    outcomes = tuple(replace(one, pooled=()) for one in analysis.outcomes)
    nothing = replace(analysis, outcomes=outcomes)
    assert names(appendix_figures(nothing, None, DANISH)) == ["hypothetical-trial"]
    amounts = replace(nothing, outcomes=outcomes[1:])
    assert appendix_figures(amounts, None, DANISH) == ()


@pytest.mark.parametrize("language", ["da", "nb", "en"])
def test_every_figure_can_be_placed_and_read(analysis: Analysis, language: str) -> None:
    figures = appendix_figures(many(analysis, 12), flow(), Tongue(Words(language)))
    assert len(figures) == 9
    identities: list[str] = []
    for one in figures:
        for drawing in (one.screen, one.paper):
            root = ElementTree.fromstring(drawing)
            assert root.get("lang") == language
            named = str(root.get("aria-labelledby")).split()
            assert named == [f"{one.name}-title", f"{one.name}-desc"]
            said = f"{root.findtext(f'{SVG}title')}. {root.findtext(f'{SVG}desc')}"
            # lines under the axis break elsewhere in another font, and with them the sentences
            assert re.split("[ .·]+", said) == re.split("[ .·]+", one.alternative)
        assert float(str(root.get("width"))) == pytest.approx(one.width, abs=0.01)
        assert float(str(root.get("height"))) == pytest.approx(one.height, abs=0.01)
        identities += [str(part.get("id")) for part in root.iter() if part.get("id")]
        assert one.caption.endswith(".")
        assert not re.search(r"[{}]", one.caption)
        assert one.table.rows
        assert all(len(row) == len(one.table.headings) for row in one.table.rows)
    assert len(set(identities)) == len(identities), "an id stands twice on a page"
    assert figures == appendix_figures(many(analysis, 12), flow(), Tongue(Words(language)))


def test_a_plan_without_the_language_is_refused(analysis: Analysis) -> None:
    question = {**analysis.plan["question"], "intervention": {"da": "IPS"}}
    plan = {**analysis.plan, "question": question}
    with pytest.raises(InputError, match=r"no question\.intervention in 'en'"):
        appendix_figures(replace(analysis, plan=plan), None, Tongue(Words("en")))
