"""The table of risk of bias, on judgements made up for the tests: nobody has made them."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from registry.analyses import Analysis
from registry.decided_bias import DecidedBias, DecidedDomain, decided_bias
from registry.risk_of_bias import BIAS_TOOLS, suggested_overall
from registry.session import reading, transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from templates import risk_of_bias_table
from templates.bound import visible
from templates.lights import SIGNS
from templates.origins import Origins
from templates.risk_of_bias_table import RiskOfBiasTable, risk_of_bias_of
from tests.templates.sections import rows, section, seen

JUDGED = """risk_of_bias:
  - tool: rob-2-2019
    outcome: competitive-employment
    during: 12 months
    effect: adherence
    domains:
      selection-of-result: {judgement: high, reason: Not as planned.}
      randomisation-process: {judgement: low, reason: Drawn by computer.}
      deviations-from-interventions: {judgement: some-concerns, reason: Not blinded.}
      missing-outcome-data: {judgement: low, reason: All followed up.}
      measurement-of-outcome: {judgement: low, reason: From a register.}
    overall: some-concerns
    reason: It hardly matters here.
    by: AB
    dated: '2026-01-02'
  - tool: rob-2-2019
    outcome: competitive-employment
    effect: assignment
    domains:
      randomisation-process: {judgement: low, reason: Drawn by computer.}
      deviations-from-interventions: {judgement: low, reason: As it goes.}
      missing-outcome-data: {judgement: low, reason: All followed up.}
      measurement-of-outcome: {judgement: low, reason: From a register.}
      selection-of-result: {judgement: low, reason: As planned.}
    overall: low
    by: CD
    dated: '2026-01-03'
"""


def judged(
    study: str, tool: str, levels: list[str], outcome: str = "competitive-employment"
) -> DecidedBias:
    domains = dict(zip(BIAS_TOOLS[tool].domains, levels, strict=True))
    return DecidedBias(
        study=study,
        tool=tool,
        outcome=outcome,
        ascertainment=None,
        window=None,
        effect="assignment",
        domains=tuple(DecidedDomain(one, level, "So it is.") for one, level in domains.items()),
        overall=suggested_overall(tool, domains).level,
        reason=None,
        judged_by="AB",
        dated="2026-01-02",
    )


def table(analysis: Analysis, *bias: DecidedBias, language: str = "da") -> RiskOfBiasTable:
    return risk_of_bias_of(Origins(analysis, language), bias)


def test_judgements_come_out_of_the_registry_in_the_order_of_their_tool(shipped: str) -> None:
    text = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    head, tail = text.split("screening:\n")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(f"{head}{JUDGED}screening:\n{tail}")])
    with reading(shipped) as session:
        first, second = decided_bias(session, ["michon-2014", "davis-2012"])
        assert decided_bias(session, ["michon-2014"]) == ()
    assert (first.study, first.tool, first.window) == ("davis-2012", "rob-2-2019", "12 months")
    assert [one.domain for one in first.domains] == list(BIAS_TOOLS["rob-2-2019"].domains)
    assert first.domains[-1] == DecidedDomain("selection-of-result", "high", "Not as planned.")
    assert (first.overall, first.reason) == ("some-concerns", "It hardly matters here.")
    assert (second.ascertainment, second.window, second.judged_by) == (None, None, "CD")


def test_nobody_has_judged_is_one_sentence(analysis: Analysis) -> None:
    page, numbers = section("risk_of_bias", table(analysis))
    assert page.strip().splitlines() == [
        "## Risiko for bias",
        "",
        "Ingen har vurderet risikoen for bias i de inkluderede studier. Den er et fagligt skøn og kan ikke "
        "regnes ud.",
    ]
    assert numbers == ()


def test_signs_stand_by_domain_and_words_beside_the_overall(analysis: Analysis) -> None:
    first = judged("michon-2014", "rob-2-2019", ["low", "some-concerns", "low", "low", "high"])
    second = replace(
        judged("davis-2012", "rob-2-2019", ["low"] * 5),
        ascertainment="during",
        window="12 months",
        judged_by="CD",
    )
    found = table(analysis, first, second)
    page, numbers = section("risk_of_bias", found)
    matrix = rows(page)
    assert matrix[0] == ["Studie", "A", "B", "C", "D", "E", "Samlet"]
    assert matrix[2][0] == (
        r"**Andel personer i beskæftigelse; effekten af at blive tildelt indsatsen**"
    )
    assert matrix[3] == ["Michon m.fl. (2014)", "+", "!", "+", "+", "×", "×\u00a0høj"]
    assert matrix[4] == [
        "Davis m.fl. (2012), i løbet af 12 mdr.",
        *(["+"] * 5),
        "+\u00a0lav",
    ]
    counts = {
        visible(line.name).split("\u00a0")[1]: seen([*line.cells, line.overall])
        for line in found.tools[0].blocks[0].counts
    }
    assert counts == {
        "lav": ["2", "1", "2", "2", "1", "1"],
        "nogle betænkeligheder": ["0", "1", "0", "0", "0", "0"],
        "høj": ["0", "0", "0", "0", "1", "1"],
    }
    assert {one.what for one in numbers} == {
        "antal resultater med vurderingen",
        "tidspunktet for det vurderede resultat",
    }
    assert visible(found.judged_by) == (
        "vurderinger ved AB den 2. januar 2026 og CD den 2. januar 2026"
    )
    assert visible(found.tools[0].legend).startswith("A: randomiseringen; B: afvigelser fra")


def test_the_reasons_stand_in_full_and_the_overall_says_whose_it_is(analysis: Analysis) -> None:
    levels = ["low", "some-concerns", "low", "low", "high"]
    by_rule = judged("michon-2014", "rob-2-2019", levels)
    by_a_person = replace(
        by_rule, study="davis-2012", overall="low", reason="It | hardly *matters*."
    )
    one, other = table(analysis, by_rule, by_a_person, language="en").tools[0].reasons
    assert [visible(line.level) for line in one.lines] == [
        "+\u00a0low",
        "!\u00a0some concerns",
        "+\u00a0low",
        "+\u00a0low",
        "×\u00a0high",
        "×\u00a0high",
    ]
    assert visible(one.lines[-1].reason) == "Follows from the domains by the tool's own rule."
    assert visible(other.lines[-1].reason) == "It | hardly *matters*."
    assert visible(one.lines[0].domain) == "Randomisation process"
    page, _ = section("risk_of_bias", table(analysis, by_rule, by_a_person, language="en"), "en")
    assert r"It \| hardly \*matters\*." in page


@pytest.mark.parametrize("tool", BIAS_TOOLS)
@pytest.mark.parametrize("language", ["da", "nb", "en"])
def test_each_tool_has_its_own_domains_and_every_level_its_sign(
    tool: str, language: str, analysis: Analysis
) -> None:
    domains = BIAS_TOOLS[tool].domains
    best = [levels[0] for levels in domains.values()]
    worst = [levels[-1] for levels in domains.values()]
    (found,) = table(
        analysis,
        judged("michon-2014", tool, best),
        judged("davis-2012", tool, worst),
        language=language,
    ).tools
    assert len(found.letters) == len(domains)
    assert found.letters == tuple("ABCDEFG"[: len(domains)])
    assert [len(line.cells) for line in found.blocks[0].lines] == [len(domains)] * 2
    for level in {*best, *worst}:
        assert SIGNS[level][0] in visible(found.legend)
    legend = visible(found.legend)
    assert [legend.index(f"{one}: ") for one in found.letters] == sorted(
        legend.index(f"{one}: ") for one in found.letters
    )
    page, _ = section(
        "risk_of_bias",
        table(analysis, judged("davis-2012", tool, worst), language=language),
        language,
    )
    widths = {len(one) for one in rows(page)[:4]}
    assert widths == {len(domains) + 2}, "a row has as many cells as its heading"


def test_two_tools_stand_apart_in_the_order_of_the_vocabulary(analysis: Analysis) -> None:
    robins = judged("davis-2012", "robins-i-2025", ["moderate"] * 6)
    rob = judged("michon-2014", "rob-2-2019", ["low"] * 5)
    found = table(analysis, robins, rob, language="en")
    assert [visible(one.name) for one in found.tools] == [
        "RoB 2 (22 August 2019)",
        "ROBINS-I, version 2 (draft, 20 November 2025)",
    ]
    assert [len(one.blocks) for one in found.tools] == [1, 1]


def test_who_is_not_judged_is_named_outcome_by_outcome(analysis: Analysis) -> None:
    found = table(analysis, judged("michon-2014", "rob-2-2019", ["low"] * 5), language="en")
    assert seen(found.unjudged) == [
        "Share in employment: nobody has judged the risk of bias of Bejerholm et al. (2015) and "
        "Davis et al. (2012).",
        *(
            f"{one}: nobody has judged the risk of bias of Bejerholm et al. (2015), Michon et al. (2014) "
            "and Davis et al. (2012)."
            for one in ("Weeks worked", "Hours worked")
        ),
    ]


def test_what_was_judged_of_others_is_left_out(analysis: Analysis) -> None:
    elsewhere = judged("lehman-2002", "rob-2-2019", ["low"] * 5)
    other = judged("davis-2012", "rob-2-2019", ["low"] * 5, outcome="income")
    assert table(analysis, elsewhere, other) == table(analysis)


def test_effects_and_outcomes_have_blocks_of_their_own(analysis: Analysis) -> None:
    one = judged("davis-2012", "rob-2-2019", ["low"] * 5)
    hours = judged("davis-2012", "rob-2-2019", ["low"] * 5, outcome="hours-worked")
    adhering = replace(one, effect="adherence")
    (found,) = table(analysis, hours, adhering, one, language="en").tools
    assert seen(block.heading for block in found.blocks) == [
        "Share in employment; effect of assignment",
        "Share in employment; effect of adhering",
        "Hours worked; effect of assignment",
    ]


def test_every_field_has_help_and_the_template_no_words() -> None:
    own = [
        one
        for one in vars(risk_of_bias_table).values()
        if getattr(one, "__module__", "") == risk_of_bias_table.__name__
        and hasattr(one, "__match_args__")
    ]
    assert len(own) == 6
    for owner in own:
        for one in fields(owner):
            assert one.metadata["help"].endswith("."), one.name
    text = Path("templates/briefs/sections/risk_of_bias.md.j2").read_text(encoding="utf-8")
    prose = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|^:::.*$|^Table: ", "", text, flags=re.MULTILINE)
    assert re.findall(r"\w", prose) == []
