"""Charts: what they show is where its numbers say, in words too, and the same each time."""

import math
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar
from xml.etree import ElementTree

import numpy as np
import pytest

from meta.bayes.analysis import bayes
from meta.choices.multiverse import multiverse
from meta.choices.multiverse_results import Multiverse
from meta.diagnostics.cumulative import cumulative
from meta.diagnostics.gosh import gosh
from meta.diagnostics.influence import baujat
from meta.diagnostics.leave_one_out import leave_one_out
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.small_study.funnel import funnel
from meta.small_study.trim_and_fill import trim_and_fill
from registry.screening import Flow, Screened, count
from registry.vocabulary import COUNTRIES
from templates.charts.baujat_chart import baujat_chart
from templates.charts.country_map import EUROPE, country_map, tone
from templates.charts.evidence_map import Bubble, evidence_map
from templates.charts.flow_chart import flow_chart
from templates.charts.funnel_plot import funnel_chart
from templates.charts.gosh_chart import STEPS, gosh_chart
from templates.charts.hundred_people import hundred_people
from templates.charts.hypothetical_trial import TrialArm, hypothetical_trial
from templates.charts.marks import Box, Cells, Chart, Dot, Label, Path, draw_chart
from templates.charts.refits_chart import refits_chart
from templates.charts.specification_curve import MOST, specification_curve
from templates.charts.tau_chart import tau_chart
from templates.charts.timeline import BondSpan, timeline
from templates.formats import MINUS
from templates.palette import PALETTE
from templates.render import FOLDER
from templates.typesetting import text_width

SVG = "{http://www.w3.org/2000/svg}"
BCG = {
    "ai": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "n1i": [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913],
    "ci": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "n2i": [139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854],
}
"""The trials of BCG vaccine (Colditz 1994, doi:10.1001/jama.1994.03510330076038)."""
HOSTILE = (
    "<script>alert(1)</script>",
    "]]> & </svg>",
    "\N{PILE OF POO} \N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}",
    "Rindfleischetikettierung" * 13,
)


Kind = TypeVar("Kind", Label, Path, Dot, Box, Cells)


def effects(labels: tuple[str, ...] = ()) -> EffectSizes:
    return effect_sizes("RR", BCG, labels=labels or [f"Forsøg {i}" for i in range(13)])


FIT = pool(effects())
BUBBLES = (
    Bubble(intervention="IPS", outcome="Beskæftigelse", k=16, certainty="high"),
    Bubble(intervention="IPS", outcome="Arbejdede uger", k=4, certainty="very-low"),
    Bubble(intervention="Jobtræning", outcome="Livskvalitet", k=1),
)
BONDS = (
    BondSpan(name="Sen", country="DK", begins=2016, ends=2019, ended=True),
    BondSpan(name="Tidlig", country="GB", begins=2010, ends=2011),
    BondSpan(name="Åben", country="", begins=2013),
    BondSpan(name="Ukendt", country="SE", begins=None),
)
TRIAL = (
    TrialArm(name="IPS", people=50, reached=27, lines=("890 timer",)),
    TrialArm(name="Sædvanlig indsats", people=50, reached=10),
)


DRAWN: dict[str, Callable[[], Chart]] = {
    "funnel": lambda: funnel_chart(funnel(FIT), trim_and_fill(FIT, anyway=True)),
    "leave-one-out": lambda: refits_chart(leave_one_out(FIT), FIT),
    "cumulative": lambda: refits_chart(cumulative(FIT), FIT),
    "baujat": lambda: baujat_chart(baujat(FIT)),
    "gosh": lambda: gosh_chart(gosh(FIT)),
    "tau": lambda: tau_chart(bayes(effects())),
    "specification-curve": lambda: specification_curve(universe().curves[0], 0.95),
    "flow": lambda: flow_chart(screening()),
    "evidence-map": lambda: evidence_map(BUBBLES),
    "timeline": lambda: timeline(BONDS),
    "countries": lambda: country_map({"GB": 88, "DK": 5, "US": 26}, "Kontrakter"),
    "hundred-people": lambda: hundred_people(20, 50, (22, 100), intervention="IPS", of="site"),
    "hypothetical-trial": lambda: hypothetical_trial(TRIAL, "kommer i arbejde"),
}


ENGLISH: dict[str, Callable[[], Chart]] = {
    "funnel": lambda: funnel_chart(funnel(FIT), trim_and_fill(FIT, anyway=True), "en"),
    "leave-one-out": lambda: refits_chart(leave_one_out(FIT), FIT, "en"),
    "cumulative": lambda: refits_chart(cumulative(FIT), FIT, "en"),
    "baujat": lambda: baujat_chart(baujat(FIT), "en"),
    "gosh": lambda: gosh_chart(gosh(FIT), "en"),
    "tau": lambda: tau_chart(bayes(effects()), "en"),
    "specification-curve": lambda: specification_curve(universe().curves[0], 0.95, "en"),
    "flow": lambda: flow_chart(screening(), "en"),
    "evidence-map": lambda: evidence_map(BUBBLES, "en"),
    "timeline": lambda: timeline(BONDS, "en"),
    "countries": lambda: country_map({"GB": 88, "DK": 5, "US": 26}, "Contracts", "en"),
    "hundred-people": lambda: hundred_people(
        20, 50, (22, 100), intervention="Individual Placement", of="site", language="en"
    ),
    "hypothetical-trial": lambda: hypothetical_trial(TRIAL, "found employment", "en"),
}


def universe() -> Multiverse:
    return multiverse(
        BCG,
        measures=("RR",),
        methods=("EE", "DL", "REML"),
        tests=("z", "knha"),
    )


def screening() -> Flow:
    reports = [Screened(f"a{i}", "excluded", "screened", "wrong-design") for i in range(14)]
    reports += [Screened(f"b{i}", "included", "included", None) for i in range(9)]
    reports.append(Screened("c", "awaiting", "sought", None))
    return count(
        "s", reports, [Screened("x", "included", "included", None)], found=40, duplicates=6
    )


def marks(chart: Chart, kind: type[Kind]) -> list[Kind]:
    return [one for one in chart.marks if isinstance(one, kind)]


def texts(chart: Chart) -> list[str]:
    return [one.text for one in marks(chart, Label)]


def number(text: str) -> float:
    return float(text.replace(".", "").replace(",", ".").replace(MINUS, "-"))


def along(
    chart: Chart, at: str, where: float, scale: Callable[[float], float]
) -> Callable[[float], float]:
    """The straight line from values to places that the labels of an axis give, by its first and last."""
    across = "y" if at == "x" else "x"
    ticks = [one for one in marks(chart, Label) if abs(getattr(one, across) - where) < 0.01]
    found = [(scale(number(one.text)), getattr(one, at)) for one in ticks]
    (v1, p1), (v2, p2) = found[0], found[-1]
    assert v1 != v2
    return lambda value: float(p1 + (value - v1) * (p2 - p1) / (v2 - v1))


@pytest.mark.parametrize("kind", DRAWN)
def test_every_chart_is_valid_says_what_it_shows_and_has_a_table(kind: str) -> None:
    chart = DRAWN[kind]()
    assert chart.kind == kind
    root = ElementTree.fromstring(draw_chart(chart))
    title, description = root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")
    assert title == chart.title
    assert title
    assert description
    assert root.get("role") == "img"
    assert chart.table.rows
    assert all(len(row) == len(chart.table.headings) for row in chart.table.rows)
    drawn = [one.text for one in root.iter(f"{SVG}text")]
    assert drawn == texts(chart)
    assert not re.search(r'="[^"]*\b(nan|inf)\b', draw_chart(chart))


COMPOUND = "Arbejdsmarkedsuddannelsesforanstaltningsevalueringsgruppen"


def apart(k: int) -> MetaAnalysis:
    """Studies with long names, ratios over more than three orders of magnitude, great and small variances."""
    rng = np.random.default_rng(k)
    labels = [f"{COMPOUND} {i} (2009)" if i % 4 == 0 else f"Studie m.fl. ({i})" for i in range(k)]
    yi = rng.normal(0.4, 2.2, k)
    yi[:2] = -4, 4.5
    return pool(
        EffectSizes(
            measure=Measure.RR, labels=tuple(labels), yi=yi, vi=np.exp(rng.uniform(-4.5, 0.6, k))
        )
    )


STRESSED: dict[str, Callable[[MetaAnalysis], Chart]] = {
    "funnel": lambda fit: funnel_chart(funnel(fit), trim_and_fill(fit, anyway=True)),
    "leave-one-out": lambda fit: refits_chart(leave_one_out(fit), fit),
    "cumulative": lambda fit: refits_chart(cumulative(fit), fit),
    "baujat": lambda fit: baujat_chart(baujat(fit)),
    "gosh": lambda fit: gosh_chart(gosh(fit, subsets=500, seed=1)),
    "tau": lambda fit: tau_chart(bayes(fit.effects)),
}


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("kind", DRAWN)
def test_no_text_touches_another_or_leaves_the_chart(kind: str, language: str) -> None:
    assert_apart(DRAWN[kind]() if language == "da" else ENGLISH[kind]())


@pytest.mark.parametrize("k", [3, 22, 60])
@pytest.mark.parametrize("kind", STRESSED)
def test_many_studies_and_long_names_stay_apart(kind: str, k: int) -> None:
    assert_apart(STRESSED[kind](apart(k)))


def test_a_map_of_many_long_outcomes_stays_apart() -> None:
    names = [
        "Beskæftigelse",
        "Livskvalitet og mestring",
        "Indlæggelsesdage på psykiatrisk afdeling",
    ]
    chart = evidence_map(
        [
            Bubble(
                intervention=f"{COMPOUND} {i}",
                outcome=f"{name} {j}",
                k=1 + i * j * 9,
                certainty=level,
            )
            for i, level in enumerate(("high", "moderate", "low", "very-low", None))
            for j, name in enumerate(names * 3)
        ]
    )
    assert_apart(chart)


def test_one_study_has_the_figures_that_one_can_have_and_named_errors_for_the_rest() -> None:
    one = pool(
        EffectSizes(measure=Measure.RR, labels=("A",), yi=np.array([0.5]), vi=np.array([0.1]))
    )
    for chart in (funnel_chart(funnel(one)), refits_chart(cumulative(one), one)):
        assert len([dot for dot in marks(chart, Dot) if dot.radius == 4.5]) >= 1
        assert_apart(chart)
    for refused in (leave_one_out, baujat, gosh):
        with pytest.raises(InputError, match="A is the only study"):
            refused(one)
    empty = np.array([])
    with pytest.raises(InputError, match="no study has an estimate"):
        pool(EffectSizes(measure=Measure.RR, labels=(), yi=empty, vi=empty))


def assert_apart(chart: Chart) -> None:
    placed = []
    for one in marks(chart, Label):
        width = text_width(one.text, one.size, bold=one.weight > 400)
        left = one.x - {"start": 0.0, "middle": width / 2, "end": width}[one.anchor]
        placed.append(
            (one.text, left, left + width, one.y - 0.72 * one.size, one.y + 0.2 * one.size)
        )
    for i, (text, left, right, top, bottom) in enumerate(placed):
        assert left >= -1, text
        assert right <= chart.width + 1, text
        assert top >= 0, text
        assert bottom <= chart.height, text
        for other, left2, right2, top2, bottom2 in placed[i + 1 :]:
            apart = right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
            assert apart, f"{text!r} touches {other!r}"


def test_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys; from tests.templates.test_charts import DRAWN, draw_chart;"
        "sys.stdout.reconfigure(encoding='utf-8');"
        "sys.stdout.write(''.join(draw_chart(one()) for one in DRAWN.values()))"
    )
    run = [sys.executable, "-c", code]
    found = subprocess.run(run, capture_output=True, check=True, encoding="utf-8").stdout
    assert found == "".join(draw_chart(one()) for one in DRAWN.values())


def test_points_of_the_funnel_lie_at_effect_and_error_and_the_filled_are_hollow() -> None:
    filled = trim_and_fill(FIT, anyway=True)
    chart = funnel_chart(funnel(FIT), filled)
    x = along(chart, "x", 348.0, math.log)
    dots = [one for one in marks(chart, Dot) if one.said]
    assert len(dots) == 13 + filled.k0
    assert sum(one.fill == PALETTE.paper for one in dots) == filled.k0
    for dot, yi in zip(dots, FIT.effects.yi.tolist(), strict=False):
        assert dot.x == pytest.approx(x(yi), abs=1e-6)
    depths = np.array([one.y for one in dots[:13]])
    errors = np.sqrt(FIT.effects.vi)
    slope = np.ptp(depths) / np.ptp(errors)
    assert depths - depths.min() == pytest.approx(slope * (errors - errors.min()), abs=1e-6)


def test_contours_of_the_funnel_are_where_p_is_what_they_say() -> None:
    chart = funnel_chart(funnel(FIT))
    x = along(chart, "x", 348.0, math.log)
    wedges = [one.lines[0] for one in marks(chart, Path) if one.closed][1:]
    top, bottom = 26.0, 330.0
    deepest = float(np.sqrt(FIT.effects.vi).max()) * 1.06
    for z, wedge in zip((2.5758293, 1.9599640, 1.6448536), wedges, strict=True):
        assert wedge[0] == pytest.approx((x(0.0), top), abs=1e-6)
        left = min(wedge)
        assert left[0] == pytest.approx(x(-z * deepest), rel=1e-6)
        assert left[1] == pytest.approx(bottom)
    assert texts(chart).count("p < 0,05") == 1
    legend = [one for one in chart.marks if isinstance(one, Box | Label)]
    fills = {
        label.text: box.fill
        for box, label in pairwise(legend)
        if isinstance(box, Box) and isinstance(label, Label)
    }
    assert fills == {
        "p ≥ 0,1": PALETTE.paper,
        "p < 0,1": PALETTE.shades[2],
        "p < 0,05": PALETTE.shades[1],
        "p < 0,01": PALETTE.shades[0],
    }
    assert [one.fill for one in marks(chart, Path) if one.closed] == [
        *PALETTE.shades,
        PALETTE.paper,
    ]
    with pytest.raises(InputError, match="4 contours cannot be told apart"):
        funnel_chart(funnel(FIT, contours=(0.8, 0.9, 0.95, 0.99)))
    with pytest.raises(InputError, match="drawn by 'vi'"):
        funnel_chart(funnel(FIT, axis="vi"))


@pytest.mark.parametrize("kind", ["leave-one-out", "cumulative"])
def test_rows_of_refits_lie_at_their_estimates(kind: str) -> None:
    data = leave_one_out(FIT) if kind == "leave-one-out" else cumulative(FIT)
    chart = refits_chart(data, FIT)
    dots = marks(chart, Dot)
    ticks = [one for one in marks(chart, Label) if one.anchor == "middle" and one.size == 12.0][:-1]
    (a, b) = ticks[0], ticks[-1]
    unit = (b.x - a.x) / (math.log(number(b.text)) - math.log(number(a.text)))
    expected = [a.x + unit * (yi - math.log(number(a.text))) for yi in data.estimate.tolist()]
    assert [one.x for one in dots] == pytest.approx(expected, abs=1e-6)
    assert [row[1] for row in chart.table.rows] == [text for text in texts(chart) if "[" in text][
        1:14
    ]


def test_a_refit_that_is_not_defined_has_a_dash_and_no_dot() -> None:
    data = leave_one_out(FIT)
    estimate, low = data.estimate.copy(), data.ci_low.copy()
    estimate[2], low[4] = math.nan, math.inf
    chart = refits_chart(replace(data, estimate=estimate, ci_low=low), FIT)
    assert len(marks(chart, Dot)) == 12
    assert chart.table.rows[2][1] == "–"
    assert chart.table.rows[4][1].endswith(" –")
    ElementTree.fromstring(draw_chart(chart))


def test_baujat_names_the_study_farthest_out_and_says_which_is_not_defined() -> None:
    data = baujat(FIT)
    chart = baujat_chart(data)
    assert data.labels[int(data.y.argmax())] in texts(chart)
    order = np.argsort([one.x for one in marks(chart, Dot)])
    assert order.tolist() == np.argsort(data.x).tolist()
    x = data.x.copy()
    x[3] = math.nan
    broken = baujat_chart(replace(data, x=x))
    assert len(marks(broken, Dot)) == 12
    assert broken.table.rows[3][1] == "–"
    assert f"Ikke defineret for {data.labels[3]}" in texts(broken)


def test_gosh_shows_every_subset_of_two_or_more_and_darker_where_there_are_more() -> None:
    data = gosh(pool(two_kinds()))
    chart = gosh_chart(data)
    cells = marks(chart, Cells)
    inside = np.isfinite(data.i2)
    corners = [corner for one in cells for corner in one.corners]
    assert 1 < len(set(corners)) == len(corners) <= inside.sum()
    assert [one.fill for one in cells][-1] == STEPS[-1]
    x = along(chart, "x", 348.0, math.log)
    for left in {corner[0] for corner in corners}:  # every column has an estimate in it
        right = left + cells[0].width
        assert any(left - 0.01 <= x(one) <= right + 0.01 for one in data.estimate[inside].tolist())
    assert chart.table.rows[2][0] == "Median"
    pair = two_kinds()
    two = replace(pair, labels=pair.labels[:2], yi=pair.yi[:2], vi=pair.vi[:2], rows=pair.rows[:2])
    (only,) = marks(gosh_chart(gosh(pool(two))), Cells)
    assert len(only.corners) == 1  # of three subsets one has two studies


def two_kinds() -> EffectSizes:
    yi = np.array([0.0, 0.1, 0.05, 1.0, 1.1, 1.05])
    return EffectSizes(measure=Measure.RR, labels=tuple("ABCDEF"), yi=yi, vi=np.full(6, 0.01))


def test_the_posterior_of_tau_has_area_one_and_is_shaded_over_its_interval() -> None:
    result = bayes(effects())
    chart = tau_chart(result)
    ticks = [one for one in marks(chart, Label) if one.anchor == "middle"][:-1]
    unit = (ticks[-1].x - ticks[0].x) / (number(ticks[-1].text) - number(ticks[0].text))
    shade, _, posterior = (one.lines[0] for one in marks(chart, Path)[:3])
    zero = 16.0
    assert shade[0][0] == pytest.approx(zero + unit * result.tau.ci.low, abs=1e-6)
    assert shade[-1][0] == pytest.approx(zero + unit * result.tau.ci.high, abs=1e-6)

    def over(points: tuple[tuple[float, float], ...]) -> float:
        x, y = np.array(points).T
        return float(np.trapezoid(shade[0][1] - y, x))

    # 95 % of the mass, and all but what lies beyond the axis, which ends at 1.5 times the interval
    assert over(shade) / over(posterior) == pytest.approx(0.95, abs=0.003)


def test_the_curve_ascends_and_each_column_has_one_alternative_of_every_choice() -> None:
    curve = universe().curves[0]
    chart = specification_curve(curve, 0.95)
    *dots, _, _ = marks(chart, Dot)  # the last two are the legend's
    assert len(dots) == curve.n == 6
    assert all(b.y <= a.y for a, b in pairwise(dots))
    (cells,) = marks(chart, Cells)
    columns = sorted(x for x, _ in cells.corners)
    assert len(columns) == len(set(cells.corners)) == curve.n * len(curve.choices)
    assert all(columns.count(x) == len(curve.choices) for x in columns)
    assert curve.is_apart is not None
    assert [one.fill == PALETTE.warm for one in dots] == curve.is_apart.tolist()


def test_many_specifications_share_columns() -> None:
    curve = universe().curves[0]
    n = 5000
    rng = np.random.default_rng(1)
    estimate = np.sort(rng.uniform(0.2, 3.0, n))
    estimate[-1] = math.inf
    many = replace(
        curve,
        places=np.arange(n),
        estimate=estimate,
        ci_low=estimate * 0.5,
        ci_high=estimate * 2,
        codes=tuple(rng.integers(0, len(one.alternatives), n) for one in curve.choices),
    )
    chart = specification_curve(many, 0.95)
    assert len(marks(chart, Dot)) == MOST + 2
    assert len(draw_chart(chart)) < 100_000
    shares = [cells.fill for cells in marks(chart, Cells) for _ in cells.corners]
    assert len(set(shares)) > 1
    assert not re.search(r'="[^"]*\b(nan|inf)\b', draw_chart(chart))
    assert chart.table.rows[4] != ("Største", "inf")


def test_the_flow_has_every_count_of_the_records() -> None:
    chart = DRAWN["flow"]()
    shown = texts(chart)
    for text in (
        "Fundne referencer (n = 30)",
        "Dubletter fjernet (n = 6)",
        "Screenet på titel og resumé (n = 24)",
        "Udelukket (n = 14)",
        "Afventer (n = 1)",
        "Medtagne rapporter (n = 9)",
        "Medtagne studier (n = 1)",
    ):
        assert shown.count(text) == 1, text


def test_areas_of_the_map_follow_the_number_of_studies() -> None:
    chart = evidence_map(BUBBLES)
    bubbles = [dot for dot in marks(chart, Dot) if dot.said]
    sixteen, four, one = (dot.radius for dot in bubbles)
    assert (sixteen / four) ** 2 == pytest.approx(4)
    assert (sixteen / one) ** 2 == pytest.approx(16)
    assert bubbles[2].fill == PALETTE.paper  # not judged: no colour
    assert "⊕⊕⊕⊕" in texts(chart)


@pytest.mark.parametrize(
    ("bubbles", "message"),
    [
        ((), "there is nothing to map"),
        ((BUBBLES[0], BUBBLES[0]), "'IPS' with 'Beskæftigelse' is given twice"),
        ((replace(BUBBLES[0], k=0),), "0 studies make no bubble"),
        ((replace(BUBBLES[0], certainty="sure"),), "'sure' is no level of certainty"),
    ],
)
def test_maps_that_cannot_be_are_refused(bubbles: tuple[Bubble, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        evidence_map(bubbles)


def test_bars_of_the_timeline_are_as_long_as_the_years() -> None:
    chart = timeline(BONDS)
    early, late = marks(chart, Box)
    assert late.width / early.width == pytest.approx(
        2
    )  # 2016 to 2019 and 2010 to 2011, both ends in
    assert (early.fill, late.fill) == (PALETTE.accent_pale, PALETTE.accent)
    year = early.width / 2
    assert late.x - early.x == pytest.approx(6 * year)
    assert "Uden oplyst år: Ukendt" in texts(chart)


@pytest.mark.parametrize(
    ("bond", "message"),
    [
        (BondSpan(name="A", country="", begins=None), "no project tells when it began"),
        (BondSpan(name="A", country="", begins=12), "'A' has the year 12"),
        (
            BondSpan(name="A", country="", begins=2015, ends=2012),
            "'A' ends in 2012, before it begins",
        ),
    ],
)
def test_timelines_that_cannot_be_are_refused(bond: BondSpan, message: str) -> None:
    with pytest.raises(InputError, match=message):
        timeline([bond])


def test_tiles_are_countries_each_once_and_darker_for_more() -> None:
    codes = [code for row in EUROPE for code in row.split() if code != ".."]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(COUNTRIES)
    assert [tone(n, 10_000) for n in (0, 9, 99, 999, 1001)] == [PALETTE.shades[0], *PALETTE.tones]
    chart = country_map({"GB": 88, "US": 26, "DK": 0}, "Kontrakter")
    assert texts(chart).count("88") == 1
    assert chart.table.rows == (("Storbritannien", "88"), ("USA", "26"))


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"UK": 1}, "'UK' is no country"),
        ({"DK": -1}, "DK has -1"),
        ({"DK": 0}, "there is nothing to show by country"),
    ],
)
def test_counts_that_cannot_be_are_refused(counts: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        country_map(counts, "Kontrakter")


def test_the_trial_of_100_has_the_notes_people() -> None:
    chart = hypothetical_trial(TRIAL, "kommer i arbejde")  # VIVE's figure 4.1: 27 and 10 of 50
    filled = [one.fill == PALETTE.accent for one in marks(chart, Dot)]
    assert (sum(filled[:50]), sum(filled[50:]), len(filled)) == (27, 10, 100)
    assert "27 af 50 kommer i arbejde" in texts(chart)


@pytest.mark.parametrize(
    ("people", "reached", "message"),
    [
        (0, 0, "has 0 people"),
        (201, 0, "has 201 people"),
        (50, 51, "51 of 50"),
        (50, -1, "-1 of 50"),
    ],
)
def test_trials_that_cannot_be_are_refused(people: int, reached: int, message: str) -> None:
    arm = TrialArm(name="A", people=people, reached=reached)
    with pytest.raises(InputError, match=message):
        hypothetical_trial((arm, TRIAL[1]), "x")


def test_of_a_hundred_people_as_many_are_filled_and_the_line_runs_between_the_ends() -> None:
    chart = hundred_people(20, 51, (0, 78), intervention="IPS", of="site", source="tre forsøg")
    dots = marks(chart, Dot)
    rows = [[one for one in dots if one.y == y] for y in sorted({one.y for one in dots})]
    filled = [[one.fill == PALETTE.accent for one in row] for row in rows]
    assert filled == [[n < 20 for n in range(100)], [n < 51 for n in range(100)]]
    assert (
        [one.x for one in rows[0]] == [one.x for one in rows[1]] == sorted(one.x for one in rows[0])
    )
    (bar, *_) = marks(chart, Path)
    (left, _), (right, _) = bar.lines[0]
    assert (left, right) == (rows[1][0].x, rows[1][77].x)
    assert texts(chart) == [
        "Uden IPS: omkring 20 ud af hundrede",
        "Med IPS: omkring 51 ud af hundrede",
        "den næste kommune: fra ingen til 78",
    ]
    assert {one.source for one in marks(chart, Label)} == {"tre forsøg"}
    assert chart.table.rows == (
        ("Uden IPS", "20"),
        ("Med IPS", "51 (den næste kommune: fra ingen til 78)"),
    )


@pytest.mark.parametrize(
    "name", ["IPS", "Individual Placement and Support", "Arbejdsmarkedet " * 9]
)
def test_a_hundred_people_stay_apart_from_long_names(name: str) -> None:
    for of in ("site", "mean"):
        assert_apart(hundred_people(20, 50, (22, 100), intervention=name, of=of))


@pytest.mark.parametrize(
    ("without", "there", "ends", "message"),
    [
        (-1, 50, (0, 1), "-1 is not of 100 people"),
        (20, 101, (0, 1), "101 is not of 100 people"),
        (20, 50, (0, 1000), "1000 is not of 100 people"),
        (20, 50, (60, 40), "ends at 40 and begins at 60"),
    ],
)
def test_people_that_are_not_of_a_hundred_are_refused(
    without: int, there: int, ends: tuple[int, int], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        hundred_people(without, there, ends, intervention="IPS", of="mean")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_stay_text_inside_the_chart(hostile: str) -> None:
    labels = (hostile, *(f"Forsøg {i}" for i in range(12)))
    fit = pool(effects(labels))
    charts = [
        refits_chart(leave_one_out(fit), fit),
        baujat_chart(baujat(fit)),
        funnel_chart(funnel(fit)),
        evidence_map([Bubble(intervention=hostile, outcome=hostile, k=2)]),
        timeline([BondSpan(name=hostile, country="DK", begins=2015)]),
        hypothetical_trial((replace(TRIAL[0], name=hostile), TRIAL[1]), hostile),
    ]
    for chart in charts:
        root = ElementTree.fromstring(draw_chart(chart))
        names = {one.tag.removeprefix(SVG) for one in root.iter()}
        assert names <= {"svg", "title", "desc", "text", "path", "circle", "rect"}
        for one in marks(chart, Label):
            if one.anchor == "start":
                width = text_width(one.text, one.size, bold=one.weight > 400)
                assert one.x + width <= chart.width + 1, one.text


def test_no_number_is_formatted_outside_formats() -> None:
    room = FOLDER
    for file in [*room.glob("*.py"), *room.glob("charts/*.py")]:
        if file.name in ("formats.py", "render.py", "axes.py"):
            continue  # the latter two find places of marks
        text = file.read_text(encoding="utf-8")
        assert not re.search(r":[,.]\d*[fgd%]|\bround\(|format\(.*:\.", text), file
