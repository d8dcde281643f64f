"""The palette: legible by light, in the dark, in grey; and no figure has a colour that is not in it."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from meta.models.pooling import pool
from templates.charts.marks import Box, Chart, Dot, Label, draw_chart
from templates.drawings import ForestRow
from templates.figures import draw, forest
from templates.lights import SIGNS
from templates.palette import NIGHT, PALETTE, Palette, dark_rules
from templates.presets import PRESETS
from templates.render import FOLDER
from tests.templates.test_charts import DRAWN, effects

SCHEMES = {"light": PALETTE, "night": NIGHT}
TO_NIGHT = dict(zip(PALETTE.colours(), NIGHT.colours(), strict=True))
ROLES = ("fill", "stroke")


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WebAIM's example


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_has_the_contrast_of_wcag_aa(scheme: str) -> None:
    colours = SCHEMES[scheme]
    for text in (colours.ink, colours.muted, colours.frame):
        assert contrast(text, colours.paper) >= 4.5
        assert contrast(text, colours.shades[0]) >= 4.5
    for text, ground in zip(
        (colours.ink, colours.ink, colours.paper, colours.paper), colours.tones, strict=True
    ):
        assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_marks_stand_out_from_the_ground(scheme: str) -> None:
    colours = SCHEMES[scheme]
    single = (colours.accent, colours.warm, colours.warm_pale, colours.frame, colours.faint)
    lights = (colours.low, colours.high, colours.unknown)  # and some concerns by their rim
    ends = (*colours.steps[2:], *colours.tones[2:])
    for one in (*single, *lights, *ends, *colours.journals):
        assert contrast(one, colours.paper) >= 3, one


@pytest.mark.parametrize("scheme", SCHEMES)
def test_signs_are_legible_in_their_lights(scheme: str) -> None:
    for level, (_, disc, sign) in SIGNS.items():
        shown = disc if scheme == "light" else TO_NIGHT[disc]
        assert contrast(shown, sign) >= 4.5, level


def orders(colours: Palette) -> list[list[str]]:
    """Colours that are told apart, from near the ground to far from it."""
    return [
        [colours.paper, *colours.tones],
        [colours.paper, *colours.steps],
        [colours.paper, *colours.shades],
        [colours.paper, colours.warm_pale, colours.warm, colours.ink],
        [colours.paper, colours.accent_pale, colours.accent],
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_stay_apart_in_grey(scheme: str) -> None:
    colours = SCHEMES[scheme]
    for order in orders(colours):
        found = [contrast(one, colours.paper) for one in order]
        assert found == sorted(found)
        assert all(b / a >= 1.15 for a, b in pairwise(found)), order
    lights = sorted(
        luminance(one) for one in (colours.high, colours.low, colours.unknown, colours.concerns)
    )
    assert all((b + 0.05) / (a + 0.05) > 1.05 for a, b in pairwise(lights))


def test_each_colour_has_one_counterpart() -> None:
    pairs = set(zip(PALETTE.colours(), NIGHT.colours(), strict=True))
    assert len(pairs) == len(TO_NIGHT)
    assert all(re.fullmatch("#[0-9a-f]{6}", one) for pair in pairs for one in pair)


def test_pages_put_figures_into_the_colours_of_the_night() -> None:
    rules = dark_rules()
    for light, dark in TO_NIGHT.items():
        if light != dark:
            assert f'svg.figure [fill="{light}"] {{ fill: {dark}; }}' in rules
            assert f'svg.figure [stroke="{light}"] {{ stroke: {dark}; }}' in rules
    style = (FOLDER / "pages" / "brief.css").read_text(encoding="utf-8")
    assert rules in style, "write templates.palette.dark_rules() into brief.css"
    dark = style.split("@media (prefers-color-scheme: dark)")[1].split("}")[0]
    for name, colour in (("ink", NIGHT.ink), ("paper", NIGHT.paper), ("pale", NIGHT.shades[0])):
        assert f"--{name}: {colour};" in dark


def forests() -> list[str]:
    fit = pool(effects())
    levels = list(SIGNS)
    rows = [ForestRow(lights=(levels[i % len(levels)],)) for i in range(fit.effects.k)]
    return [
        draw(forest(fit, rows, arms=("A", "B"), domains=("overall",), preset=one))
        for one in PRESETS.values()
    ]


def test_no_figure_has_a_colour_of_its_own() -> None:
    drawn = [draw_chart(make()) for make in DRAWN.values()] + forests()
    for svg in drawn:
        root = ElementTree.fromstring(svg)
        assert "figure" in str(root.get("class")).split()
        found = {one.get(role) for one in root.iter() for role in ROLES} - {None, "none"}
        assert found <= set(PALETTE.colours())
        styles = {str(one.get("style")) for one in root.iter() if one.get("style")}
        assert styles <= {f"fill:{PALETTE.ink}", f"fill:{PALETTE.paper}"}  # signs in lights
        ground = next(one for one in root if one.tag.endswith("rect"))
        assert (ground.get("class"), ground.get("fill")) == ("ground", PALETTE.paper)


def ground_of(chart: Chart, place: int, label: Label) -> str:
    """What a label stands on: the last box or disc drawn before it around its anchor."""
    x, y, ground = label.x, label.y - label.size / 3, PALETTE.paper
    for mark in chart.marks[:place]:
        if isinstance(mark, Box):
            inside = mark.x <= x <= mark.x + mark.width and mark.y <= y <= mark.y + mark.height
        elif isinstance(mark, Dot):
            inside = (x - mark.x) ** 2 + (y - mark.y) ** 2 <= mark.radius**2
        else:
            continue
        if inside and mark.fill != "none":
            ground = mark.fill
    return ground


@pytest.mark.parametrize("kind", DRAWN)
def test_every_text_is_legible_on_what_it_stands_on(kind: str) -> None:
    chart = DRAWN[kind]()
    for place, mark in enumerate(chart.marks):
        if isinstance(mark, Label):
            ground = ground_of(chart, place, mark)
            assert contrast(mark.colour, ground) >= 4.5, mark.text
            assert contrast(TO_NIGHT[mark.colour], TO_NIGHT[ground]) >= 4.5, mark.text
