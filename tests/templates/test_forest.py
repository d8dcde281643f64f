"""The forest plot: its geometry says what the numbers say."""

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from templates.drawings import Admitted, ForestPlot, ForestRow
from templates.figures import draw, forest
from templates.typesetting import HOUSE, text_width

SVG = "{http://www.w3.org/2000/svg}"
ARMS = ("IPS", "SB")
LONG = (
    "Det Nationale Forsknings- og Analysecenter for Velfærd og Udvikling i Kommunerne m.fl. (2015)"
)


def fitted(yi: list[float], vi: list[float], measure: str = "RR", **options: Any) -> MetaAnalysis:
    labels = tuple(f"{LONG} {i}" if i % 3 == 0 else f"Studie {i}" for i in range(len(yi)))
    return pool(EffectSizes(measure=measure, labels=labels, yi=yi, vi=vi), **options)  # type: ignore[arg-type]


def random_fit(k: int, measure: str = "RR") -> MetaAnalysis:
    rng = np.random.default_rng(k)
    return fitted(rng.normal(0.5, 0.5, k).tolist(), rng.uniform(0.01, 0.4, k).tolist(), measure)


def plotted(fit: MetaAnalysis, **options: Any) -> ForestPlot:
    row = ForestRow(detail="Storbritannien", intervention=("100 pct.",), comparator=("11 pct.",))
    return forest(fit, [row] * fit.effects.k, arms=ARMS, **options)


def tick_places(plot: ForestPlot) -> dict[str, float]:
    return {tick.label: tick.x for tick in plot.ticks}


def test_the_area_of_a_square_follows_the_weight() -> None:
    fit = random_fit(22)
    plot = plotted(fit)
    areas = np.array([row.side**2 for row in plot.rows])
    assert areas / areas.sum() == pytest.approx(fit.weights / fit.weights.sum(), rel=1e-12)


@pytest.mark.parametrize("measure", ["RR", "RD", "MD"])
def test_places_follow_effects(measure: str) -> None:
    fit = random_fit(22, measure)
    plot = plotted(fit)
    order = np.argsort(fit.effects.yi)
    places = np.array([row.x for row in plot.rows])[order]
    assert (np.diff(places) > 0).all()
    for row in plot.rows:
        assert row.reach.x1 <= row.x <= row.reach.x2
        assert plot.plot_left <= row.reach.x1
        assert row.reach.x2 <= plot.plot_right


def test_a_ratio_stands_on_a_log_axis() -> None:
    plot = plotted(fitted([math.log(2), math.log(0.5)], [0.05, 0.05], method="EE", test="z"))
    ticks = tick_places(plot)
    assert ticks["1"] == plot.null_x
    assert ticks["2"] - ticks["1"] == pytest.approx(ticks["1"] - ticks["0,5"], abs=1e-9)
    assert plot.rows[0].x == pytest.approx(ticks["2"], abs=1e-9)
    assert plot.rows[1].x == pytest.approx(ticks["0,5"], abs=1e-9)


def test_a_risk_difference_stands_on_a_plain_axis_in_percentage_points() -> None:
    plot = plotted(fitted([0.2, 0.1], [0.004, 0.004], "RD", test="z"))
    ticks = tick_places(plot)
    assert ticks["0"] == plot.null_x
    assert plot.rows[0].x == pytest.approx(ticks["20"], abs=1e-9)
    assert plot.rows[0].effect.startswith("20,0 [")


def test_an_interval_beyond_the_axis_gets_an_arrow_and_no_other_does() -> None:
    plot = plotted(fitted([0.1, 0.2, 0.3, 5.0], [0.01, 0.01, 40.0, 0.01], method="EE", test="z"))
    arrows = [(row.reach.arrow_left, row.reach.arrow_right) for row in plot.rows]
    assert arrows == [(False, False), (False, False), (True, True), (False, False)]
    wide = plot.rows[2].reach
    assert (wide.x1, wide.x2) == (plot.plot_left, plot.plot_right)
    drawn = ElementTree.fromstring(draw(plot))
    for side in ("left", "right"):
        found = [one for one in drawn.iter(f"{SVG}path") if one.get("class") == f"arrow-{side}"]
        assert len(found) == 1


def test_an_interval_may_be_clipped_at_one_end_alone() -> None:
    plot = plotted(fitted([0.0, 5.0, 4.0], [0.01, 0.01, 9.0], "MD", method="EE", test="z"))
    arrows = [(row.reach.arrow_left, row.reach.arrow_right) for row in plot.rows]
    assert arrows == [(False, False), (False, False), (False, True)]
    drawn = draw(plot)
    assert drawn.count('class="arrow-right"') == 1
    assert 'class="arrow-left"' not in drawn


def test_the_diamond_spans_the_interval_and_the_bracket_the_counts() -> None:
    fit = fitted([math.log(2), math.log(2)], [0.02, 0.02], method="EE", test="z")
    plot = plotted(fit, admitted=Admitted(low=1.0, high=2.0, fits=4))
    ticks = tick_places(plot)
    reach = 1.959964 * 0.1  # z times the standard error of two estimates of variance 0.02
    unit = (ticks["2"] - ticks["1"]) / math.log(2)
    assert plot.pooled.x == pytest.approx(ticks["2"], abs=1e-9)
    assert plot.pooled.reach.x2 - plot.pooled.x == pytest.approx(reach * unit, rel=1e-6)
    assert plot.admitted is not None
    assert (plot.admitted.reach.x1, plot.admitted.reach.x2) == pytest.approx(
        (ticks["1"], ticks["2"])
    )
    assert plot.admitted.effect == "1,00–2,00"
    assert plot.prediction is None  # a common effect has none


def test_sides_change_where_less_is_better() -> None:
    fit = random_fit(3)
    better, worse = plotted(fit), plotted(fit, higher_is="worse")
    assert better.favours_right == "til fordel for IPS →"
    assert better.favours_left == "← til fordel for SB"
    assert worse.favours_right == "til fordel for SB →"


def boxes(plot: ForestPlot, stretch: float) -> list[tuple[str, float, float, float, float]]:
    """Text and the box it takes up: left, right, top, bottom."""
    found = []
    root = ElementTree.fromstring(draw(plot))

    def walk(node: ElementTree.Element, size: float, anchor: str, bold: bool) -> None:
        size = float(node.get("font-size", size))
        anchor = node.get("text-anchor", anchor)
        bold = bold or node.get("font-weight") == "600"
        if node.tag == f"{SVG}text" and node.text:
            width = text_width(node.text, size, bold=bold) * stretch
            x, y = float(node.get("x", 0)), float(node.get("y", 0))
            left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
            found.append((node.text, left, left + width, y - 0.75 * size, y + 0.2 * size))
        for child in node:
            if child.get("display") != "none":
                walk(child, size, anchor, bold)

    walk(root, 16.0, "start", False)
    return found


@pytest.mark.parametrize("stretch", [1.0, HOUSE])
@pytest.mark.parametrize("measure", ["RR", "RD", "MD"])
@pytest.mark.parametrize("k", [1, 3, 22, 60])
def test_no_text_touches_another_or_leaves_the_drawing(
    k: int, measure: str, stretch: float
) -> None:
    admitted = Admitted(low=0.5, high=1.5, fits=1234)
    plot = plotted(random_fit(k, measure), admitted=admitted, stretch=stretch)
    placed = boxes(plot, stretch)
    assert len(placed) > 5 * k
    for text, left, right, top, bottom in placed:
        assert left >= -2, text
        assert right <= plot.width + 2, text
        assert top >= 0, text
        assert bottom <= plot.height, text
    for i, (one, left1, right1, top1, bottom1) in enumerate(placed):
        for other, left2, right2, top2, bottom2 in placed[i + 1 :]:
            apart = right1 <= left2 or right2 <= left1 or bottom1 <= top2 or bottom2 <= top1
            assert apart, f"{one!r} touches {other!r}"
    for row in plot.rows:  # and no text of a row reaches into the axis
        for cell in row.cells:
            left = cell.x - text_width(cell.text, 13) * stretch
            assert cell.x <= plot.plot_left or left >= plot.plot_right


def test_a_whole_label_is_shown_however_long() -> None:
    fit = random_fit(3)
    plot = plotted(fit)
    shown = " ".join(line for _, line in plot.rows[0].lines)
    assert shown == f"{LONG} 0, Storbritannien"
    assert len(plot.rows[0].lines) > 1


def test_the_house_font_is_no_wider_than_measured(tmp_path: Path) -> None:
    """Typst's own measure of Source Sans Pro is the arbiter."""
    import font_source_sans_pro
    import typst

    texts = [
        "Bejerholm m.fl. (2015), Sverige",
        "4,26 [1,75; 10,39]",
        "100,0 pct.",
        "95 pct.-prædiktionsinterval",
        "← til fordel for sædvanlig beskæftigelsesindsats",
        "WMMW ÆØÅ",
        "Q = 2,32, 2 frihedsgrader, p = 0,313",
    ]
    calls = ", ".join(
        f'measure(text(font: "Source Sans Pro", size: 100pt, weight: {weight}, '
        f"sys.inputs.t{i})).width.pt()"
        for weight in (400, 600)
        for i in range(len(texts))
    )
    page = tmp_path / "widths.typ"
    page.write_text(f"#context [#metadata(({calls})) <widths>]", encoding="utf-8")
    answer = typst.query(
        page,
        "<widths>",
        field="value",
        one=True,
        sys_inputs={f"t{i}": text for i, text in enumerate(texts)},
        font_paths=[Path(font_source_sans_pro.font_directory)],
        ignore_system_fonts=True,
        root=tmp_path,
    )
    widths = json.loads(answer)
    for i, text in enumerate(texts):
        assert widths[i] <= text_width(text, 100) * HOUSE, text
        assert widths[len(texts) + i] <= text_width(text, 100, bold=True) * HOUSE, text


def test_the_lines_below_say_how_it_was_made() -> None:
    plot = plotted(random_fit(22))
    text = " ".join(line for _, line in plot.notes)
    for part in ("τ² = ", "I² = ", "(af τ²)", "Q = ", "21 frihedsgrader", "REML", "Knapp-Hartung"):
        assert part in text
    two = " ".join(line for _, line in plotted(random_fit(2)).notes)
    assert "1 frihedsgrad," in two
    assert "prædiktionsinterval: t" in two.lower()


def test_the_drawing_is_the_same_each_time_and_names_itself() -> None:
    fit = random_fit(3)
    first, second = draw(plotted(fit)), draw(plotted(fit))
    assert first == second
    root = ElementTree.fromstring(first)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "Forest plot af relativ risiko for 3 studier"
    assert description is not None
    assert description.text is not None
    for row in plotted(fit).rows:
        assert row.effect in description.text


def test_rows_and_studies_must_be_as_many() -> None:
    row = ForestRow()
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        forest(random_fit(3), [row], arms=ARMS)


def test_without_arm_numbers_their_columns_are_gone() -> None:
    plot = forest(random_fit(3, "MD"), [ForestRow()] * 3, arms=ARMS)
    assert {one.text for one in plot.headings} == {"Studie", "Forskel [95 pct.-KI]", "Vægt"}
    assert all(cell.kind != "arm" for one in plot.rows for cell in one.cells)
