"""The next municipality in a brief: first in the box and in the table, and what few studies cannot say."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from meta.choices.panel import panel
from meta.effects.measures import Measure
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from registry.analyses import Analysis
from registry.next_sites import Baseline, site_estimate
from registry.queries import Source
from templates.citations import cited
from templates.next_site import next_site_lines, next_site_sentences, threshold_reasons
from templates.pooled_effect import Effect
from templates.synthesis_listing import estimates_text
from templates.tongue import Tongue
from templates.words import Words
from tests.documents import brief_of

SITE = "Den næste kommune"
DANISH = Tongue(Words("da"))


def test_the_box_begins_with_the_next_municipality(analysis: Analysis) -> None:
    points = brief_of(analysis).points
    assert [point.name for point in points] == [
        SITE,
        "Gennemsnit af mange steder",
        "Grundlag",
        "Sikkerhed",
    ]
    # metafor's prediction intervals and probabilities (tests/registry/test_next_sites.py)
    assert points[0].text == (
        "Indføres IPS i stedet for SB i en kommune, der ligner studiernes, kan man vente 50 af hundrede i "
        "stedet for 20 (andel personer i beskæftigelse; 20 er studiernes gennemsnit), og i 95 pct. af "
        "sådanne kommuner fra 22 til alle. Det er relativ risiko 2,54 (1,14–5,66; 98,1 pct. sandsynlighed "
        "for bedre end ingen forskel) og risikoforskel i procentpoint 33,4 (−31,6 til 98,3; 92,1 pct. "
        "sandsynlighed for bedre end ingen forskel). Tre studier kan ikke vise, hvor forskellige kommuner "
        "er: τ² er skønnet til nul, men kan være op til 5,9; regnes den uvished med (bayesiansk), går den "
        "relative risiko fra 1,00 til 7,43 med 97,5 pct. sandsynlighed for bedre end ingen forskel."
    )


def test_the_table_of_effects_begins_with_it(analysis: Analysis) -> None:
    pooled = brief_of(analysis).pooled
    assert pooled is not None
    assert [(line.label, line.cells) for line in pooled.lines[:4]] == [
        (f"{SITE}: 95 pct.-prædiktionsinterval", ("[1,14; 5,66]", "[−31,6; 98,3]")),
        ("Sandsynlighed for bedre end ingen forskel", ("98,1 pct.", "92,1 pct.")),
        (
            "Bayesiansk 95 pct.-interval for den næste kommune",
            ("[1,00; 7,43]", "[−12,2; 80,0]"),
        ),
        ("Gennemsnit af mange steder: samlet skøn", ("2,54", "33,4")),
    ]


def other(
    analysis: Analysis,
    yi: list[float],
    vi: float = 0.02,
    stated: dict[str, Any] | None = None,
    baseline: Baseline | None = None,
    **options: Any,
) -> Analysis:
    """The analysis with other studies behind its first effect, and that effect alone."""
    labels = analysis.outcomes[0].pooled[0].shown.effects.labels[: len(yi)]
    labels += tuple("DEFGHIJ"[: len(yi) - len(labels)])
    effects = EffectSizes(
        measure=Measure.RR, labels=labels, yi=np.array(yi), vi=np.full(len(yi), vi)
    )
    chosen: dict[str, Any] = {"method": "DL", "test": "z"}
    fit = pool(effects, **(chosen | options))
    choices = panel(effects) if len(yi) > 1 else None
    first = analysis.outcomes[0]
    site = site_estimate({"outcome": first.outcome}, stated or {}, fit, baseline, choices)
    envelope = replace(
        first.pooled[0], shown=fit, fits=1, panel=choices, next_site=site, further=()
    )
    return replace(analysis, outcomes=(replace(first, pooled=(envelope,)), *analysis.outcomes[1:]))


def effect_of(analysis: Analysis) -> Effect:
    return Effect(analysis.outcomes[0].pooled[0], DANISH)


def text_of(analysis: Analysis) -> str:
    label = "Andel personer i beskæftigelse"
    effects = [effect_of(analysis)]
    return " ".join(next_site_sentences(effects, label, ("IPS", "SB"), DANISH))


def test_many_studies_are_not_told_that_they_are_few(analysis: Analysis) -> None:
    # ten times ln 2 with tau2 0.08: a site is normal(ln 2, 0.3), above 1 with 0.98956
    assert text_of(other(analysis, [np.log(2)] * 10, tau2=0.08)) == (
        "Indføres IPS i stedet for SB i en kommune, der ligner studiernes, kan man vente relativ risiko "
        "2,00 (1,11–3,60; 99,0 pct. sandsynlighed for bedre end ingen forskel)."
    )


def test_few_studies_that_differ(analysis: Analysis) -> None:
    said = text_of(other(analysis, [0.0, 0.7, 1.4]))
    assert (
        "Tre studier siger kun lidt om, hvor forskellige kommuner er; regnes den uvished med"
        in said
    )
    assert "skønnet til nul" not in said


def test_the_plans_threshold_and_baseline_are_named(analysis: Analysis) -> None:
    stated = {
        "threshold": {"value": "1.5", "reason": {"da": "Under den er prisen ikke tjent hjem"}}
    }
    source = Source("vive-2017", "section 3.2", None, "full-text")
    baseline = Baseline(percent=Fraction(30), basis="plan", source=source)
    changed = other(analysis, [np.log(2)] * 10, stated=stated, baseline=baseline, tau2=0.08)
    # 30 times 2, 1.111 and 3.601 of a hundred; above 1.5 with Phi(ln(2 / 1.5) / 0.3) = 0.8312
    assert text_of(changed) == (
        "Indføres IPS i stedet for SB i en kommune, der ligner studiernes, kan man vente 60 af hundrede i "
        f"stedet for 30 (andel personer i beskæftigelse; 30 er {cited('vive-2017')}, afsnit 3.2), og i "
        "95 pct. af sådanne kommuner fra 33 til alle. Det er relativ risiko 2,00 (1,11–3,60; 99,0 pct. "
        "sandsynlighed for bedre end ingen forskel; 83,1 pct. for bedre end 1,50)."
    )
    effects = [effect_of(changed)]
    table = {line.label: line.cells for line in next_site_lines(effects, DANISH)}
    assert table["Sandsynlighed for bedre end grænsen"] == ("83,1 pct. (1,50)",)
    assert list(threshold_reasons(effects, DANISH)) == [
        "Grænsen på 1,50 for den relative risiko: Under den er prisen ikke tjent hjem."
    ]
    few = other(analysis, [0.5, 0.6, 0.9], stated=stated)
    pooled = brief_of(few).pooled
    assert pooled is not None
    assert pooled.readings[0].startswith("Grænsen på 1,50")


def test_without_a_prediction_the_box_begins_with_the_question(analysis: Analysis) -> None:
    brief = brief_of(other(analysis, [0.5, 0.6, 0.9], method="EE"))
    assert [point.name for point in brief.points][:2] == [
        "Spørgsmål",
        "Gennemsnit af mange steder",
    ]
    assert brief.pooled is not None
    assert brief.pooled.lines[0].cells == ("–",)
    assert "Sandsynlighed" not in " ".join(line.label for line in brief.pooled.lines)


def test_the_terminal_has_it_before_the_mean(analysis: Analysis) -> None:
    from registry.exports import document

    lines = estimates_text(document(analysis)).splitlines()
    start = lines.index(
        "The next site, if it is like these studies (the number for a decision about one place):"
    )
    ratio = lines[start + 3].split("  ")
    cells = [cell.strip() for cell in ratio if cell.strip()]
    assert cells[:6] == [
        "competitive-employment",
        "RR",
        "2.538",
        "[1.137, 5.665]",
        "98.1%",
        "49.91 [22.36, –]",
    ]
    mean = lines.index("Mean of many sites (not what one site should expect):")
    assert start < mean < next(row for row, line in enumerate(lines) if "risk ratio" in line)
    between = "\n".join(lines[start:mean])
    assert "that studies show none does not prove that there are none" in between
    assert "19.67 (the unweighted mean of the studies' comparison groups)" in between
    assert "prior half-normal:0.5): better than none with a probability of 97.5%." in between


def test_the_terminal_says_why_there_is_none(analysis: Analysis) -> None:
    from registry.exports import document

    said = estimates_text(document(other(analysis, [0.5, 0.6], method="EE")))
    assert "competitive-employment, RR: method: a common effect says nothing of how sites" in said
    stated = {"threshold": {"value": "1.5", "reason": {"en": "It pays."}}}
    said = estimates_text(document(other(analysis, [np.log(2)] * 10, stated=stated, tau2=0.08)))
    assert "RR: better than 1.5 with a probability of 83.1%. It pays." in said
