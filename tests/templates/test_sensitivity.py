"""What a brief says of further analyses: sentences with numbers that are known beforehand."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meta.effects.measures import Measure
from meta.further.asked import read_asked
from meta.further.start import Pooling
from meta.further.table import FURTHER, options_of, run
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from registry.analyses import Analysis, BrokenRule, FurtherAnalysis
from registry.study_characteristics import Cells
from templates.catalogue import catalogue
from templates.pooled_effect import Effect
from templates.sensitivity import READERS, sensitivity_of
from templates.tongue import Tongue
from templates.words import Words

COUNTS = {
    "ai": [4.0, 6.0, 3.0],
    "n1i": [40.0, 60.0, 30.0],
    "ci": [8.0, 12.0, 6.0],
    "n2i": [40.0, 60.0, 30.0],
}


def lines(
    analysis: Analysis, fit: MetaAnalysis, *asked: str, columns: Any = COUNTS
) -> dict[str, str]:
    """Read further analyses of a fit, as a brief has them."""
    start = Pooling(
        result=fit,
        effects=fit.effects,
        measure=fit.effects.measure,
        method=fit.options.method,
        test=fit.options.test,
        level=fit.options.level,
        columns=columns,
        labels=fit.effects.labels,
        cells=lambda name: [float(len(name) + row) for row in range(fit.effects.k)],
        refit=lambda some: some,
    )
    further = []
    for text in asked:
        one = read_asked(text, options_of(planned=True), "also")
        further.append(FurtherAnalysis(asked=one, finding=run(start, one)))
    envelope = replace(
        analysis.outcomes[0].pooled[0], measure="RR", shown=fit, further=tuple(further)
    )
    (found,) = sensitivity_of([Effect(envelope, Tongue(Words("da")))])
    assert found.measure == "Relativ risiko"
    return {line.name: line.text for line in found.lines}


def fitted(ratios: list[float], vi: list[float], **options: Any) -> MetaAnalysis:
    effects = EffectSizes(
        measure=Measure.RR,
        labels=tuple("ABCDEFGHIJKLMNOPQRSTUVWX"[: len(ratios)]),
        yi=np.log(ratios),
        vi=np.array(vi),
    )
    return pool(effects, **({"method": "EE", "test": "z"} | options))


def test_bayes_says_its_prior_and_the_probability_of_each_sign(analysis: Analysis) -> None:
    # one mean known to 0.1 with a prior of tau so narrow that it is 0: normal(ln 2, 0.1)
    fit = fitted([2.0, 2.0], [0.02, 0.02])
    found = lines(analysis, fit, "bayes:prior=half-normal:0.00001")["Bayesiansk model"]
    assert found == (
        "Medianen er 2,00 [1,64; 2,43]. Den bayesianske model antager på forhånd en halv normalfordeling "
        "med skala 0 for τ; med > 99,9 pct. sandsynlighed er den relative risiko over 1."
    )
    even = lines(analysis, fitted([0.5, 2.0], [0.1, 0.1]), "bayes:prior=uniform:2")
    assert even["Bayesiansk model"].endswith(
        "antager på forhånd uniform:2; med 50,0 pct. sandsynlighed er den relative risiko over 1."
    )


def test_without_each_study_and_with_each(analysis: Analysis) -> None:
    # equal weights: the mean of logarithms, the root of 2 x 4 without A, of 1 x 2 without C
    fit = fitted([1, 2, 4], [0.3] * 3)
    found = lines(analysis, fit, "leave-one-out", "cumulative", "cumulative:by=year,decreasing")
    assert found["Uden ét studie ad gangen"] == (
        "Skønnet ligger mellem 1,41 (uden C) og 2,83 (uden A). "
        "Intervallet rummer 1 (ingen forskel), når B og C udelades."
    )
    assert found["Efterhånden som studierne kom til"] == (
        "Fra 4,00 med C alene til 2,00, da A kom til."
    )


@pytest.mark.parametrize(
    ("vi", "sentence"),
    [
        (0.001, "Intervallet rummer aldrig 1 (ingen forskel)."),
        (9.0, "Intervallet rummer 1 (ingen forskel), uanset hvilket studie der udelades."),
    ],
)
def test_a_conclusion_that_no_study_turns(analysis: Analysis, vi: float, sentence: str) -> None:
    found = lines(analysis, fitted([1.5, 2, 4], [vi] * 3), "leave-one-out")
    assert found["Uden ét studie ad gangen"].endswith(sentence)


def test_gosh_baujat_and_influence(analysis: Analysis) -> None:
    found = lines(analysis, fitted([1, 2, 4], [1.0] * 3), "gosh", "baujat", "influence")
    # seven subsets: log2 is 0, 1, 2, 1/2, 1, 3/2, 1, whose quartiles are 3/4 and 5/4
    assert found["Alle udvalg af studier"] == (
        "Over 7 udvalg af studierne ligger den midterste halvdel af skønnene på 1,68–2,38."
    )
    assert found["Studier med stor indflydelse"] == (
        "Intet studie ligger over de gængse grænser for indflydelse."
    )
    assert found["Hvilke studier trækker"].startswith(("A bidrager", "C bidrager"))
    far = lines(analysis, fitted([1, 1.1] * 10 + [3], [0.1] * 21), "influence", "baujat")
    assert far["Studier med stor indflydelse"] == (
        "Over de gængse grænser for indflydelse ligger U."
    )
    assert far["Hvilke studier trækker"] == (
        "U bidrager mest til forskellene mellem studierne; U flytter skønnet mest."
    )


def test_fragility_counts_people(analysis: Analysis) -> None:
    # Walsh 2014's example: 1 of 100 against 9 of 100, significant, and one event turns it
    trial = {"ai": [1.0], "n1i": [100.0], "ci": [9.0], "n2i": [100.0]}
    one = fitted([1 / 9], [1 / 1 + 1 / 9 - 2 / 100])
    found = lines(analysis, one, "fragility", columns=trial)["Skrøbelighed"]
    assert found == (
        "Havde 1 af de 200 deltagere haft et andet udfald, ville intervallet rumme 1 (ingen forskel)."
    )
    beside = lines(analysis, fitted([0.5] * 3, [0.3] * 3), "fragility:most=1")["Skrøbelighed"]
    assert beside.endswith(("(ingen forskel).", "et andet udfald."))


def test_e_value_and_number_needed(analysis: Analysis) -> None:
    # VanderWeele and Ding 2017: a risk ratio of 3.9 [1.8, 8.7] has 7.3 and 3.0
    low, high = 1.8, 8.7
    vi = (math.log(high / low) / 2 / 1.959963984540054) ** 2
    found = lines(analysis, fitted([3.9], [vi]), "e-value")
    text = found["Ukendte forskelle mellem grupperne (E-værdi)"]
    # their interval is not symmetric about 3.9 on the log scale, ours is: its bound is 1.77
    assert "mindst 7,3 for at forklare hele skønnet, og på 2,9 for at" in text
    # RR 1/2 at 20 %: a difference of 10 points, 1 in 10
    good = lines(analysis, fitted([0.5], [0.01]), "nnt:events=bad,baseline=0.2")
    assert good["Antal, der skal have indsatsen"].startswith(
        "10,0 skal have indsatsen, for at én mere får det ønskede udfald. Intervallets grænser er "
    )
    assert good["Antal, der skal have indsatsen"].endswith(
        " Regnet ved en andel på 20 pct. uden indsatsen."
    )
    bad = lines(analysis, fitted([0.5], [1.0]), "nnt:events=good,baseline=0.2")
    assert bad["Antal, der skal have indsatsen"].startswith(
        "For hver 10,0, der får indsatsen, får én færre det ønskede udfald. Intervallet rummer ingen"
    )
    none = lines(analysis, fitted([1.0], [1.0]), "nnt:events=good,baseline=0.2")
    assert none["Antal, der skal have indsatsen"].startswith("Der er ingen forskel")


def test_small_studies(analysis: Analysis) -> None:
    # estimates on the line 0.1 + 2 sei, so that the limit is exp(0.1) and every test sees the slope
    sei = np.linspace(0.1, 0.5, 12)
    bent = fitted(np.exp(0.1 + 2 * sei + 0.01 * np.cos(np.arange(12))).tolist(), (sei**2).tolist())
    found = lines(analysis, bent, "egger:anyway", "rank-test:anyway", "pet-peese:anyway")
    egger = found["Små studiers effekt (Egger)"]
    assert egger.startswith(
        "Testen for, om små studier giver andre resultater end store, har p = 0,001. "
        "For et ubegrænset præcist studie ville skønnet være 1,1"
    )
    # all 66 pairs are in the same order
    assert found["Små studiers effekt (rangtest)"].startswith(
        "Rangkorrelationen mellem effekt og usikkerhed er 1,00 (p < 0,001)."
    )
    assert found["Skøn uden stikprøvefejl (PET-PEESE)"].startswith(("PET giver 1,1", "PEESE giver"))
    even = fitted(
        [math.exp(0.05 * (row - 5.5)) for row in range(12)],
        [0.02, 0.03, 0.05, 0.08, 0.1, 0.2, 0.21, 0.1, 0.08, 0.05, 0.03, 0.02],
        method="REML",
    )
    filled = lines(
        analysis,
        even,
        "trim-and-fill:estimator=R0,anyway",
        "limit:anyway",
        "excess-significance:anyway",
    )
    assert filled["Manglende studier (trim and fill)"].startswith("Ingen studier synes at mangle.")
    assert filled["For mange signifikante studier"].startswith("0 studier er signifikante;")
    assert "p = 1,000" in filled["For mange signifikante studier"]


def test_the_counts_by_themselves(analysis: Analysis) -> None:
    # a common odds ratio by conditional likelihood, in three equal tables: that of their sum, nearly
    effects = EffectSizes(
        measure=Measure.OR, labels=("A", "B", "C"), yi=np.log([0.44] * 3), vi=np.array([0.4] * 3)
    )
    tables = {name: [cells[0]] * 3 for name, cells in COUNTS.items()}
    fit = pool(effects, method="REML")
    found = lines(analysis, fit, "mixed-model:model=CM.AL", columns=tables)
    # CM.AL: events of group 1 among all 12 of each table are binomial with odds 4 / 8
    assert found["Model af antallene selv"].startswith("Uden nærmede varianser er skønnet 0,50 [")


def test_selection(analysis: Analysis) -> None:
    # the same weight for all p-values is no selection: the mean stays what maximum likelihood gives
    fit = fitted([1, 2, 4, 1.5, 3, 2.5], [0.2] * 6, method="ML")
    found = lines(
        analysis,
        fit,
        "selection:alternative=greater,kind=stepfun,steps=0.025/1,delta=1/1",
        "vevea-woods:alternative=greater",
    )
    mean = math.prod([1, 2, 4, 1.5, 3, 2.5]) ** (1 / 6)
    shown = f"{mean:.2f}".replace(".", ",")
    assert found["Justeret for ikke offentliggjorte studier"].startswith(f"Skønnet er {shown} [")
    assert "Testen" not in found["Justeret for ikke offentliggjorte studier"]
    assert found["Hvis studier var valgt ud"].startswith(
        "Under fire antagne former for udvælgelse ligger skønnet på 1,"
    )


def test_what_is_taken_anyway_says_why_it_should_not_be(analysis: Analysis) -> None:
    found = lines(
        analysis,
        fitted([1, 2, 4], [0.1, 0.2, 0.5], method="REML"),
        "egger:anyway",
        "limit:anyway",
    )
    few = "der er kun 3 studier, og under ti kan tilfældet ikke skilles fra skævhed"
    for text in found.values():
        assert f" Metoden bør egentlig ikke bruges her: {few}" in text


def test_fail_safe_numbers_come_with_their_warning(analysis: Analysis) -> None:
    # three studies with z = 2 each: (6 / 1.6449)^2 - 3 = 10.3, rounded up
    fit = fitted([math.exp(2)] * 3, [1.0] * 3)
    found = lines(analysis, fit, "rosenthal", "orwin", "rosenberg")
    assert found["Fail-safe N (Rosenthal)"] == (
        "11 ukendte studier uden effekt ville gøre det samlede resultat insignifikant. Tallet siger "
        "ikke, om studier mangler, og bør ikke bruges som argument."
    )
    assert found["Fail-safe N (Orwin)"].startswith("3 ukendte studier uden effekt")


def test_a_refusal_is_said_in_danish_where_its_rule_is_known(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    asked = read_asked("egger", options_of(planned=True), "also")
    refusals = (
        FurtherAnalysis(
            asked=asked, finding=None, refused="few", rules=(BrokenRule("few-studies", None),)
        ),
        FurtherAnalysis(asked=asked, finding=None, refused="It did not converge."),
    )
    effect = Effect(replace(envelope, further=refusals), Tongue(Words("da")))
    known, unknown = sensitivity_of([effect])[0].lines
    assert known.text == (
        "Ikke beregnet: der er kun 3 studier, og under ti kan tilfældet ikke skilles fra skævhed."
    )
    assert unknown.text == "Ikke beregnet: It did not converge."


def test_every_analysis_that_a_plan_may_ask_for_has_words() -> None:
    planned = {name for name, one in FURTHER.items() if one.planned}
    assert planned == set(READERS)
    assert {f"also.{name}" for name in planned} <= set(catalogue("da").texts)


def test_every_refusal_by_a_rule_has_words() -> None:
    from meta.choices import transport_target
    from meta.selection import rules as selection
    from meta.small_study import rules

    codes = {one.code for one in vars(rules).values() if isinstance(one, rules.Rule)}
    source = Path(selection.__file__).read_text(encoding="utf-8")
    objections = source[source.index("def _objections") : source.index("def _doubts")]
    codes |= set(re.findall(r'yield \(\s*"([a-z-]+)"', objections))
    target = Path(transport_target.__file__).read_text(encoding="utf-8")
    codes |= set(re.findall(r'code="([a-z]+-[a-z-]+)"', target))
    assert {"one-group", "target-outside-hull", "few-effective-studies"} <= codes
    assert {f"rule.{code}" for code in codes} <= set(catalogue("da").texts)


def test_a_plan_s_refused_analysis_does_not_stop_the_others(analysis: Analysis) -> None:
    from registry.analyses import _further

    fit = analysis.outcomes[0].pooled[0].shown
    tables = analysis.outcomes[0].pooled[0].shown_tables
    known: Cells = {"year": [2000.0] * fit.effects.k}
    effect = {"method": "REML", "test": "knha", "also": ["egger", "leave-one-out"]}
    egger, left = _further(effect, fit, tables, known)
    assert egger.finding is None
    assert "few-studies" in [rule.code for rule in egger.rules]
    assert left.finding is not None
