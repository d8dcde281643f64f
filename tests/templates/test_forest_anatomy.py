"""The anatomy of a forest plot: arms, subgroups, lights, presets, what has no estimate, sources."""

import math
import subprocess
import sys
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, Exclusion, MetaAnalysis
from meta.moderators.subgroups import subgroups
from registry.risk_of_bias import BIAS_LEVELS
from templates.drawings import Cell, ForestPlot, ForestRow
from templates.figures import draw, forest
from templates.lights import SIGNS
from templates.presets import EVIDENS, JAMA, PRESETS, REVMAN, counts, means, preset
from templates.source_boxes import source_box
from templates.typesetting import text_width

SVG = "{http://www.w3.org/2000/svg}"
ARMS = ("IPS", "Sædvanlig beskæftigelsesindsats")
DOMAINS = ("randomisation-process", "missing-outcome-data", "overall")
HOSTILE = (
    "<script>alert(1)</script>",
    "]]> & </svg>",
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} \N{PILE OF POO}",
    "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET} (2015)",
    "Rindfleischetikettierung" * 13,
    '" onload="alert(1)',
    "{{ 7 * 7 }} {% raw %}",
)


def effects(k: int, measure: str = "RR", labels: tuple[str, ...] = (), out: int = 0) -> EffectSizes:
    rng = np.random.default_rng(k)
    gone = tuple(Exclusion(label=f"Tomt {i}", reason="no events") for i in range(out))
    return EffectSizes(
        measure=measure,  # type: ignore[arg-type]
        labels=labels or tuple(f"Studie {i}" for i in range(k)),
        yi=rng.normal(0.5, 0.5, k),
        vi=rng.uniform(0.01, 0.4, k),
        excluded=gone,
    )


def given(measure: str, yi: list[float], vi: list[float]) -> EffectSizes:
    labels = tuple("ABCDEF"[: len(yi)])
    return EffectSizes(measure=measure, labels=labels, yi=yi, vi=vi)  # type: ignore[arg-type]


def row(style: Any = EVIDENS, **more: Any) -> ForestRow:
    return ForestRow(
        intervention=counts(12, 1230, style, "da"), comparator=counts(9, 1300, style, "da"), **more
    )


def plotted(fit: MetaAnalysis, **options: Any) -> ForestPlot:
    style = options.get("preset", EVIDENS)
    rows = options.pop("rows", [row(style)] * fit.effects.k)
    return forest(fit, rows, arms=ARMS, **options)


def texts(plot: ForestPlot, kind: str) -> list[str]:
    root = ElementTree.fromstring(draw(plot))
    return [one.text or "" for one in root.iter(f"{SVG}text") if one.get("class") == kind]


def test_arms_show_events_of_people_together_or_apart() -> None:
    fit = pool(effects(4))
    assert texts(plotted(fit), "arm") == ["12/1.230", "9/1.300"] * 4
    apart = plotted(fit, preset=REVMAN, arm_headings=("Antal", "I alt"), totals=row(REVMAN))
    assert texts(apart, "arm") == ["12", "1.230", "9", "1.300"] * 5
    below = [one for one in apart.headings if one.text in ("Antal", "I alt")]
    over = [one for one in apart.headings if one.text in ARMS]
    assert len(below) == 4
    assert min(one.y for one in below) > max(one.y for one in over)
    cells = apart.rows[0].cells[:4]
    assert [one.x for one in below] == [one.x for one in cells]


def test_an_arm_without_its_deviation_has_a_dash() -> None:
    assert means(19.95, None, 30, EVIDENS, "da") == ("20,0 (–) 30",)
    assert means(19.95, 2.25, 30, REVMAN, "en") == ("20.0", "2.3", "30")


@pytest.mark.parametrize(
    ("name", "order", "effect"),
    [
        ("evidens", ["arm", "arm", "axis", "effect", "weight"], "[0,50; 2,00]"),
        ("revman", ["arm", "arm", "weight", "effect", "axis"], "[0,50; 2,00]"),
        ("bmj", ["arm", "arm", "axis", "weight", "effect"], "(0,50 til 2,00)"),
        ("jama", ["arm", "arm", "effect", "axis", "weight"], "(0,50–2,00)"),
    ],
)
def test_presets_order_columns_and_write_intervals(
    name: str, order: list[str], effect: str
) -> None:
    half = math.log(2) / 1.959963984540054  # so that the ends are 1/2 and 2
    fit = pool(given("RR", [0, 0], [half**2] * 2))
    share = row()
    plot = plotted(fit, preset=preset(name), rows=[share, share])
    places = [(cell.x, cell.kind) for cell in plot.rows[0].cells]
    places.append((plot.plot_left + 1, "axis"))
    assert [kind for _, kind in sorted(places)] == order
    assert plot.rows[0].effect == f"1,00 {effect}"
    assert (plot.square, plot.diamond) == (PRESETS[name].square, PRESETS[name].diamond)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(InputError, match=r"'nejm' is no preset[^$]*evidens, revman, bmj, jama"):
        preset("nejm")


def test_each_subgroup_has_its_studies_its_diamond_and_the_test_stands_below() -> None:
    data = effects(9)
    lands = ["Norge", "Danmark", "Sverige"] * 3
    groups = subgroups(data, "land", lands)
    plot = plotted(groups.overall, groups=groups)
    assert [one.heading for one in plot.groups] == [one.level for one in groups.groups]
    for block, group in zip(plot.groups, groups.groups, strict=True):
        assert block.subtotal is not None
        inside = [one for one in plot.rows if block.y < one.y < block.subtotal.y]
        assert tuple(one.lines[0][1] for one in inside) == group.labels
        assert tuple(inside) == block.rows
        one = plot.ticks[0], plot.ticks[-1]
        low, high = (math.log(float(tick.label.replace(",", "."))) for tick in one)
        unit = (one[1].x - one[0].x) / (high - low)
        assert block.subtotal.x == pytest.approx(one[0].x + unit * (group.estimate - low), abs=1e-6)
        assert block.subtotal.effect.startswith(f"{math.exp(group.estimate):.2f}".replace(".", ","))
    between = groups.between
    assert between.statistic is not None
    said = f"χ² = {between.statistic:.2f}".replace(".", ",")
    assert sum(said in line for _, line in plot.notes) == 1


def test_a_study_outside_the_subgroups_is_refused() -> None:
    data = effects(6)
    groups = subgroups(data, "land", ["a", "b"] * 3)
    other = pool(effects(6, labels=tuple("UVWXYZ")))
    with pytest.raises(InputError, match="the study 'U' stands in no subgroup"):
        plotted(other, groups=groups)
    twins = effects(4, labels=("A", "B", "A", "C"))
    with pytest.raises(InputError, match="the study 'A' stands in several places"):
        plotted(pool(twins), groups=subgroups(twins, "land", ["a", "a", "b", "b"]))


def test_lights_are_told_by_signs_and_a_study_not_judged_has_none() -> None:
    rows = [row(lights=("low", "some-concerns", "high")), row()]
    plot = plotted(pool(effects(2)), rows=rows, domains=DOMAINS)
    assert [one.sign for one in plot.rows[0].lights] == ["+", "!", "×"]
    assert plot.rows[1].lights == ()
    assert [one.text for one in plot.headings][-3:] == ["A", "B", "Σ"]
    assert [one.x for one in plot.headings[-3:]] == [one.x for one in plot.rows[0].lights]
    assert plot.rows[0].lights[1].said == "manglende udfaldsdata: nogle betænkeligheder"
    assert all(one.x + 8 <= plot.width for one in plot.rows[0].lights)
    said = " · ".join(line for _, line in plot.notes)
    for part in ("A randomiseringen", "Σ samlet", "+ lav", "× høj"):
        assert part in said
    assert "ingen oplysninger" not in said


def test_every_level_of_bias_has_a_sign_and_the_severe_differ_from_the_mild() -> None:
    assert set(SIGNS) == set(BIAS_LEVELS)
    kinds = {
        sign: {SIGNS[one][1] for one in SIGNS if SIGNS[one][0] == sign}
        for sign, *_ in SIGNS.values()
    }
    assert all(len(colours) == 1 for colours in kinds.values())


@pytest.mark.parametrize(
    ("lights", "domains", "message"),
    [
        (("low",), DOMAINS, "1 judgements of risk of bias for 3 domains"),
        (("green", "low", "low"), DOMAINS, "'green' is no level of risk of bias"),
        (("low",), ("luck",), "'luck' is no domain of risk of bias"),
    ],
)
def test_lights_that_do_not_go_are_refused(
    lights: tuple[str, ...], domains: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        plotted(pool(effects(2)), rows=[row(lights=lights)] * 2, domains=domains)


def test_a_study_without_an_estimate_is_listed() -> None:
    fit = pool(effects(3, out=2))
    plot = plotted(fit, omitted=[row()] * 2)
    assert [one.lines[0][1] for one in plot.omitted] == ["Tomt 0", "Tomt 1"]
    assert all(max(r.y for r in plot.rows) < one.y < plot.pooled.y for one in plot.omitted)
    assert [one.cells[-1].text for one in plot.omitted] == ["kan ikke beregnes"] * 2
    assert "Tomt 1: kan ikke beregnes." in plot.description
    assert [one.lines[0][1] for one in plotted(fit).omitted] == ["Tomt 0", "Tomt 1"]


def test_a_number_carries_its_source() -> None:
    rows = [row(effect_source="tabel 2 <s. 5>", intervention_source="s. 4"), row()]
    root = ElementTree.fromstring(draw(plotted(pool(effects(2)), rows=rows)))
    found = [
        (one.get("class"), one.text, one.findtext(f"{SVG}title"))
        for one in root.iter(f"{SVG}text")
        if one.find(f"{SVG}title") is not None
    ]
    assert [one for one in found if one[0] == "arm"] == [("arm", "12/1.230", "s. 4")]
    effects_told = [said for kind, _, said in found if kind == "effect"]
    assert effects_told[0] == "tabel 2 <s. 5>"
    pooled = "Beregnet af 2 studier. Tilfældige effekter, REML; Konfidensinterval: Knapp-Hartung"
    assert [str(one).startswith(pooled) for one in effects_told] == [False, True, True]


def test_a_long_source_is_broken_so_that_it_stays_in_its_box() -> None:
    cell = Cell(x=1.0, kind="arm", text="1/9", source="tabel og side " * 40)
    box = source_box("A", [cell], 640.0)
    assert box is not None
    assert len(box.lines) > 4
    assert all(8 + text_width(line, 12) <= 640 - 8 for line in box.lines)
    assert max(text_width(line, 12) for line in box.lines) > 640 - 16 - 80
    assert source_box("A", [replace(cell, source="")], 640.0) is None


def test_a_weight_tells_what_it_is_made_of() -> None:
    fit = pool(given("RR", [0.0, 0.0], [0.25, 0.5]), method="EE", test="z")
    told = [one.cells[-1] for one in plotted(fit).rows]
    assert [one.text for one in told] == ["66,7 pct.", "33,3 pct."]  # 1/0.25 and 1/0.5 of 6
    assert [one.source.split("variansen, ")[1] for one in told] == ["0,25", "0,50"]
    random = pool(given("MD", [0.0, 1.0, 2.0], [0.1] * 3))
    assert plotted(random).rows[0].cells[-1].source.endswith("variansen, 0,10, plus τ², 0,90")
    equal = pool(given("MD", [0.0, 1.0, 2.0], [0.1] * 3), weights="equal")
    assert plotted(equal).rows[0].cells[-1].source == "Studiets andel af alle vægte"


def test_an_arm_of_which_nothing_is_known_has_a_dash() -> None:
    fit = pool(effects(3, out=1))
    half = ForestRow(intervention=counts(12, 1230, EVIDENS, "da"))
    plot = plotted(fit, rows=[row(), half, ForestRow()], omitted=[ForestRow()])
    found = [[one.text for one in some.cells if one.kind == "arm"] for some in plot.rows]
    assert found == [["12/1.230", "9/1.300"], ["12/1.230", "–"], ["–", "–"]]
    assert [one.text for one in plot.omitted[0].cells][:2] == ["–", "–"]
    assert not any(one.kind == "arm" for one in plot.pooled.cells)
    bare = plotted(fit, rows=[ForestRow()] * 3)
    assert not any(one.kind == "arm" for some in bare.rows for one in some.cells)


def test_long_names_of_arms_are_broken_so_that_the_plot_stays_narrow() -> None:
    fit = pool(effects(3))
    long = (
        "Beskæftigelsesindsatsmedarbejderuddannelse",
        "Sædvanlig kommunal beskæftigelsesindsats",
    )
    plot = forest(fit, [row()] * 3, arms=long)
    short = forest(fit, [row()] * 3, arms=("IPS", "SB"))
    assert plot.width <= max(640, short.width + 110)
    heads = [one.text for one in plot.headings if one.text not in {o.text for o in short.headings}]
    joined = " ".join(heads).replace("- ", "")
    assert joined == " ".join(long)
    assert plot.rule_y > short.rule_y
    assert all(one.y < plot.rule_y for one in plot.headings)


def test_a_long_heading_of_effects_takes_several_lines_over_their_column() -> None:
    plot = plotted(pool(given("RD", [0.2, 0.1], [0.004, 0.004])))
    lines = [one for one in plot.headings if one.x == plot.rows[0].cells[2].x]
    assert [one.text for one in lines] == ["Procentpoint", "[95 pct.-KI]"]
    assert lines[0].y < lines[1].y < plot.rule_y


def test_every_row_with_numbers_is_reached_by_keyboard_and_tells_them_with_their_sources() -> None:
    fit = pool(effects(4, out=1))
    groups = subgroups(fit.effects, "land", ["A", "A", "B", "B"])
    told = row(intervention_source="tabel 2", comparator_source="tabel 2", effect_source="beregnet")
    plot = plotted(fit, rows=[told] * 4, groups=groups, omitted=[told])
    root = ElementTree.fromstring(draw(plot))
    assert root.get("role") == "graphics-document"  # a picture's parts cannot be reached
    reached = [one for one in root.iter(f"{SVG}g") if one.get("tabindex") == "0"]
    assert [one.get("class") for one in reached] == (
        ["study", "study", "subtotal"] * 2 + ["omitted", "pooled", "prediction"]
    )
    for one in reached:
        assert one.get("role") == "img"
        said = str(one.get("aria-label"))
        (hidden,) = [part for part in one if part.get("display") == "none"]
        shown = " ".join("".join(line.itertext()) for line in hidden.iter(f"{SVG}tspan"))
        for text in one.findall(f"{SVG}text"):
            if text.find(f"{SVG}title") is not None:
                assert str(text.text) in said
                assert str(text.text) in shown
        for source in one.iter(f"{SVG}title"):
            assert str(source.text) in said
            assert str(source.text) in shown
        for line in hidden.iter(f"{SVG}tspan"):
            assert 8 + text_width(str(line.text), 12) <= plot.width
    assert "12/1.230, 9/1.300: tabel 2" in str(reached[0].get("aria-label"))


def test_the_table_has_the_numbers_of_every_row() -> None:
    fit = pool(effects(4, out=1))
    groups = subgroups(fit.effects, "land", ["A", "A", "B", "B"])
    lights = row(REVMAN, lights=("low", "high", "some-concerns"))
    plot = plotted(
        fit,
        rows=[lights, row(REVMAN), row(REVMAN), row(REVMAN)],
        groups=groups,
        omitted=[row(REVMAN)],
        preset=REVMAN,
        arm_headings=("Antal", "I alt"),
        totals=row(REVMAN),
        domains=DOMAINS,
    )
    assert plot.table.headings[1:5] == (
        *("IPS: Antal", "IPS: I alt"),
        *(f"{ARMS[1]}: Antal", f"{ARMS[1]}: I alt"),
    )
    columns = dict(zip(plot.table.headings, zip(*plot.table.rows, strict=True), strict=True))
    assert columns["Studie"][:6] == (
        *("Studie 0", "Studie 1", "Samlet: A"),
        *("Studie 2", "Studie 3", "Samlet: B"),
    )
    assert columns["Studie"][6] == "Tomt 0"
    assert columns["Vægt"] == (
        *(one.weight for one in plot.rows[:2]),
        "",
        *(one.weight for one in plot.rows[2:]),
        *("", "", "", ""),
    )
    effect = plot.table.headings[5]
    assert plot.groups[0].subtotal is not None
    assert columns[effect][2] == plot.groups[0].subtotal.effect
    assert columns[effect][6:8] == ("kan ikke beregnes", plot.pooled.effect)
    assert columns["IPS: I alt"][:3] == ("1.230", "1.230", "")
    assert columns["IPS: Antal"] == ("12", "12", "", "12", "12", "", "12", "12", "")
    assert plot.table.rows[0][-3:] == ("lav", "høj", "nogle betænkeligheder")
    assert plot.table.rows[1][-3:] == ("", "", "")


def test_a_study_in_no_subgroup_is_listed_as_such() -> None:
    fit = pool(effects(4))
    groups = subgroups(fit.effects, "land", ["A", "A", "B", None])
    plot = plotted(groups.overall, rows=[row()] * 3, groups=groups, omitted=[row()])
    assert plot.omitted[0].cells[-1].text == "i ingen af grupperne"
    assert "Studie 3: i ingen af grupperne." in plot.description


def test_hostile_labels_stay_text_and_inside() -> None:
    data = effects(len(HOSTILE), labels=HOSTILE)
    plot = plotted(pool(data))
    drawn = draw(plot)
    root = ElementTree.fromstring(drawn)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        *("svg", "title", "desc", "g", "text", "tspan", "path", "rect"),
    }
    assert not any("onload" in key for one in root.iter() for key in one.attrib)
    shown = [line for _, line in plot.rows[4].lines]
    assert "".join(shown).replace("-", "") == HOSTILE[4]
    for one in plot.rows:
        assert all(text_width(line, 13) <= 250 for _, line in one.lines)


def test_numbers_stand_once() -> None:
    plot = plotted(pool(effects(7)))
    words = texts(plot, "effect")
    assert sorted(words) == sorted(
        [
            *(one.effect for one in plot.rows),
            plot.pooled.effect,
            str(plot.prediction and plot.prediction.effect),
        ]
    )


def test_one_group_has_no_line_of_no_difference_and_favours_nobody() -> None:
    data = given("PLO", [-1.0, -1.5], [0.1, 0.1])
    plot = plotted(pool(data), higher_is="better")
    assert plot.null_x is None
    assert (plot.favours_left, plot.favours_right) == ("", "")
    assert plot.rows[0].effect.startswith("−1,00 [−1,62; −0,38]")  # as the axis: logits
    assert "analysens skala" in " ".join(one.text for one in plot.headings)


def test_who_is_favoured_is_not_said_where_it_is_not_known() -> None:
    plot = plotted(pool(effects(3)), higher_is=None)
    assert "favours" not in draw(plot)


def test_the_line_below_has_the_interval_of_tau2() -> None:
    data = given("MD", [0.0, 1.0, 2.0], [0.1] * 3)
    plot = plotted(pool(data))
    assert plot.notes[0][1].startswith("τ² = 0,90 (0,17 til ")  # sample variance 1 less 0.1


@pytest.mark.parametrize("style", [EVIDENS, REVMAN, JAMA])
@pytest.mark.parametrize("spread", [1e-12, 3.0, 30.0])
def test_extreme_ratios_stay_in_the_drawing(spread: float, style: Any) -> None:
    data = given("OR", [-spread, 0, spread, spread / 2], [0.5, 1e-9, 90, 2])
    plot = plotted(pool(data, method="DL"), preset=style)
    assert len(plot.ticks) >= 1
    for x, reach in [
        *((one.x, one.reach) for one in plot.rows),
        (plot.pooled.x, plot.pooled.reach),
    ]:
        assert plot.plot_left <= reach.x1 <= x <= reach.x2 <= plot.plot_right
    ElementTree.fromstring(draw(plot))


def test_the_same_bytes_in_another_process() -> None:
    code = (
        "from tests.templates.test_forest_anatomy import *;"
        "import sys; sys.stdout.write(draw(plotted(pool(effects(9)), preset=REVMAN)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )
    assert found.stdout == draw(plotted(pool(effects(9)), preset=REVMAN))
