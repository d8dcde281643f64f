"""Judgements in records: every rule and its message, there and back, and the commands that show them.

The judgements here are made up for the tests; nobody has made them.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta.faults import InputError
from registry import vocabulary
from registry.grade import DOWN, STEPS, level_after
from registry.risk_of_bias import BIAS_TOOLS, suggested_overall
from registry.session import reading, transaction
from studies.checks import check_yaml
from studies.dump import text_of
from studies.ingest import COLLECTION, take_in
from studies.kept.kinds import held_record
from studies.record import outline
from studies.record_file import write

Run = Callable[..., tuple[int, str, str]]

DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
REPORT = (COLLECTION / "reports" / "davis-2012.yaml").read_text(encoding="utf-8")
SYNTHESIS = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")

BIAS = """risk_of_bias:
  - tool: rob-2-2019
    outcome: competitive-employment
    during: 12 months
    effect: assignment
    domains:
      randomisation-process: {judgement: low, reason: Drawn by computer.}
      deviations-from-interventions: {judgement: some-concerns, reason: Not blinded.}
      missing-outcome-data: {judgement: low, reason: All followed up.}
      measurement-of-outcome: {judgement: low, reason: From a register.}
      selection-of-result: {judgement: low, reason: As in the protocol.}
    overall: some-concerns
    by: AB
    dated: '2026-01-02'
"""

CERTAINTY = """certainty:
  - outcome: competitive-employment
    start: high
    domains:
      risk-of-bias: {steps: 0, reason: Low throughout.}
      inconsistency: {steps: 0, reason: Alike.}
      indirectness: {steps: "-1", reason: No refugees.}
      imprecision: {steps: "-1", reason: Few people.}
      publication-bias: {steps: 0, reason: All trials are registered.}
    level: low
    by: AB
    dated: '2026-01-02'
"""

SCREENING = """screening:
  - {synthesis: ips-vive, decision: excluded, stage: screened, reason: wrong-design,
     by: AB, dated: '2026-01-03'}
"""


def study(old: str = "", new: str = "") -> str:
    assert old in BIAS
    head, tail = DAVIS.split("screening:\n")
    return f"{head}{BIAS.replace(old, new, 1)}screening:\n{tail}"


def synthesis(old: str = "", new: str = "") -> str:
    assert old in CERTAINTY
    return SYNTHESIS + CERTAINTY.replace(old, new, 1)


def report(old: str = "", new: str = "") -> str:
    assert old in SCREENING
    return REPORT + SCREENING.replace(old, new, 1)


B, C, S = "risk_of_bias[1]", "certainty[1]", "screening[1]"
FAULTS = {
    "a tool that is not there": (
        study("rob-2-2019", "rob-2-2016"),
        f"{B}.tool: 'rob-2-2016' is no tool of the vocabulary. Did you mean 'rob-2-2019'?",
    ),
    "a tool for other designs": (
        study("rob-2-2019", "robins-i-2025").replace("low,", "low,"),
        f"{B}.tool: robins-i-2025 is not made for a randomised-trial. Use rob-2-2019.",
    ),
    "a design without a tool": (
        study().replace("design: randomised-trial", "design: cluster-randomised-trial"),
        f"{B}.tool: rob-2-2019 is not made for a cluster-randomised-trial. "
        "Delete the judgement; no tool here is made for this design.",
    ),
    "another tool's domain": (
        study("      selection-of-result:", "      confounding:"),
        f"{B}.domains.confounding: rob-2-2019 has no domain 'confounding'. Use one of: "
        "randomisation-process, deviations-from-interventions, missing-outcome-data, "
        "measurement-of-outcome, selection-of-result.",
    ),
    "a domain too few": (
        study("      selection-of-result: {judgement: low, reason: As in the protocol.}\n", ""),
        f"{B}.domains: rob-2-2019 has more domains: selection-of-result. "
        "Judge each of them, with its reason.",
    ),
    "a word that is no domain": (
        study("missing-outcome-data", "attrition"),
        f"{B}.domains.attrition: 'attrition' is no domain of the vocabulary. Use one of: ",
    ),
    "another tool's level": (
        study("judgement: some-concerns", "judgement: moderate"),
        f"{B}.domains.deviations-from-interventions.judgement: rob-2-2019 has no level 'moderate' "
        "for deviations-from-interventions. Use one of: low, some-concerns, high.",
    ),
    "another tool's overall": (
        study("overall: some-concerns", "overall: serious"),
        f"{B}.overall: rob-2-2019 has no overall level 'serious'. "
        "Use one of: low, some-concerns, high.",
    ),
    "another overall without a reason": (
        study("overall: some-concerns", "overall: high"),
        f"{B}.reason: the domains give 'some-concerns' by the tool's rule, and 'high' is decided. "
        "Write 'reason:' if, and only if, the two differ.",
    ),
    "a reason where nothing differs": (
        study("    by: AB", "    reason: It is so.\n    by: AB"),
        f"{B}.reason: the domains give 'some-concerns' by the tool's rule, and 'some-concerns' is "
        "decided. Write 'reason:' if, and only if, the two differ.",
    ),
    "no person": (
        study("    by: AB\n", ""),
        f"{B}.by: 'by' is missing. Write it; every record has it.",
    ),
    "no date": (
        study("dated: '2026-01-02'", "dated: yesterday"),
        f"{B}.dated: 'yesterday' is not a date such as 2026-11-21. "
        "Write a date such as 2026-11-21.",
    ),
    "a result that the study does not have": (
        study("during: 12 months", "during: 13 months"),
        f"{B}.outcome: the study has no such result. "
        "Judge a result of this record; name its outcome and, if need be, its window.",
    ),
    "two windows": (
        study("    during: 12 months", "    at: 12 months\n    during: 12 months"),
        f"{B}: a result has one window. Write one of at, during or over.",
    ),
    "judged twice by one person": (
        study("    dated: '2026-01-02'\n", "    dated: '2026-01-02'\n" + BIAS.split("\n", 1)[1]),
        "risk_of_bias[2]: this person has judged this result by this tool above. Keep one of them.",
    ),
    "an outcome that is not planned": (
        synthesis("competitive-employment", "mental-health"),
        f"{C}.outcome: 'mental-health' is not among the synthesis's outcomes. Use one of: "
        "competitive-employment, weeks-worked, hours-worked.",
    ),
    "a reason to go down that is not spoken of": (
        synthesis('      imprecision: {steps: "-1", reason: Few people.}\n', ""),
        f"{C}.domains: nothing is said of imprecision. "
        "Write the steps and the reason for each, 'steps: 0' where it takes nothing away.",
    ),
    "too many steps": (
        synthesis('indirectness: {steps: "-1"', 'indirectness: {steps: "-3"'),
        f"{C}.domains.indirectness.steps: indirectness does not take the level -3 steps. "
        "Write a whole number from -2 to 0.",
    ),
    "steps in words": (
        synthesis("steps: 0", "steps: none"),
        f"{C}.domains.risk-of-bias.steps: 'none' is not a printed number. "
        "Write digits with a decimal point and no thousands mark, as in 9.9.",
    ),
    "half a step": (
        synthesis("steps: 0", "steps: 0.5"),
        f"{C}.domains.risk-of-bias.steps: 0.5 is not a whole number of steps from -3 to 2. "
        "Write a whole number of steps from -3 to 2.",
    ),
    "a level that the steps do not give": (
        synthesis("level: low", "level: moderate"),
        f"{C}.level: the steps from 'high' give 'low', not 'moderate'. "
        "Change the level or the steps, so that the reasons say what was decided.",
    ),
    "an outcome judged twice": (
        SYNTHESIS + CERTAINTY + CERTAINTY.split("\n", 1)[1],
        "certainty[2]: the certainty of this outcome is judged above. Keep one of them.",
    ),
    "more duplicates than records": (
        SYNTHESIS + "searches: [{place: A, dated: '2026-01-02', found: 3, duplicates: 4}]\n",
        "searches[1].duplicates: 4 duplicates among 3 records found. "
        "Check both numbers; duplicates cannot exceed what was found.",
    ),
    "an excluded report without a reason": (
        report(" reason: wrong-design,", ""),
        f"{S}: an excluded report has a reason and no other has one. "
        "Write 'reason:' if, and only if, the decision is excluded.",
    ),
    "a report that waits, with a reason": (
        report("decision: excluded", "decision: awaiting"),
        f"{S}: an excluded report has a reason and no other has one. "
        "Write 'reason:' if, and only if, the decision is excluded.",
    ),
    "not retrieved, but screened": (
        report("wrong-design", "not-retrieved"),
        f"{S}: 'not-retrieved' does not go with the stage 'screened'. "
        "What could not be retrieved stops at 'sought', and nothing else does.",
    ),
    "sought, and another reason": (
        report("stage: screened", "stage: sought"),
        f"{S}: 'wrong-design' does not go with the stage 'sought'. "
        "What could not be retrieved stops at 'sought', and nothing else does.",
    ),
    "excluded at the stage of the included": (
        report("stage: screened", "stage: included"),
        f"{S}.stage: the decision is 'excluded' and the stage 'included'. "
        "The stage is 'included' if, and only if, the decision is; or leave it out.",
    ),
    "a report screened twice": (
        REPORT + SCREENING + SCREENING.split("\n", 1)[1],
        "screening[2]: the report is screened for this synthesis above. Keep one of them.",
    ),
    "a study screened twice": (
        DAVIS.split("tags:")[0] + DAVIS.split("screening:\n")[1],
        "screening[2]: the study is screened for this synthesis above. Keep one of them.",
    ),
    "a stage that is not there": (
        report("stage: screened", "stage: skimmed"),
        f"{S}.stage: 'skimmed' is no stage of the vocabulary. ",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_broken_judgement_is_one_line(case: str) -> None:
    text, message = FAULTS[case]
    with pytest.raises(InputError) as refused:
        check_yaml(text, "bad.yaml")
    lines = [str(one).split(": ", 1) for one in refused.value.faults]
    assert any(found.startswith(message) for _, found in lines), lines
    assert all(place.startswith("bad.yaml:") for place, _ in lines)
    if case != "a tool for other designs":  # whose domains differ too
        expected = 2 if case == "another tool's domain" else 1
        assert len(lines) == expected, lines


def test_a_synthesis_that_is_not_there_is_refused(shipped: str) -> None:
    text = report("ips-vive", "ips-vive-2")
    with transaction(shipped) as session, pytest.raises(InputError) as refused:
        take_in(session, [check_yaml(text, "bad.yaml")])
    assert str(refused.value).endswith(
        "screening[1].synthesis: there is no synthesis 'ips-vive-2'. Did you mean 'ips-vive'?"
    )


def test_the_usual_stage_is_not_written() -> None:
    plain = DAVIS.replace("decision: included", "decision: excluded\n    reason: wrong-design")
    usual = plain.replace("decision: excluded", "decision: excluded\n    stage: assessed")
    other = plain.replace("decision: excluded", "decision: excluded\n    stage: screened")
    records = [check_yaml(text).record for text in (plain, usual, other)]
    assert records[0] == records[1]
    assert text_of(records[1]) == plain
    assert "stage: screened" in text_of(records[2])


words = st.text("abcæøå,'é ", min_size=1, max_size=12).filter(str.strip)
dates = st.dates().map(str)


@st.composite
def judged_studies(draw: st.DrawFn) -> dict[str, Any]:
    tool = draw(st.sampled_from(list(BIAS_TOOLS)))
    domains = {
        domain: {"judgement": draw(st.sampled_from(levels)), "reason": draw(words)}
        for domain, levels in draw(st.permutations(list(BIAS_TOOLS[tool].domains.items())))
    }
    suggested = suggested_overall(
        tool, {domain: part["judgement"] for domain, part in domains.items()}
    )
    overall = draw(st.sampled_from(BIAS_TOOLS[tool].overall))
    judgement: dict[str, Any] = {"tool": tool, "outcome": "competitive-employment"}
    if draw(st.booleans()):
        judgement["during"] = "12 months"
    judgement |= {
        "effect": draw(st.sampled_from(list(vocabulary.BIAS_EFFECTS))),
        "domains": domains,
        "overall": overall,
    }
    if overall != suggested.level:
        judgement["reason"] = draw(words)
    judgement |= {"by": draw(words), "dated": draw(dates)}
    if draw(st.booleans()):
        judgement["note"] = draw(words)
    content = dict(outline(check_yaml(DAVIS).record))
    content["design"] = draw(st.sampled_from(BIAS_TOOLS[tool].designs))
    content["risk_of_bias"] = [judgement]
    stage = draw(st.sampled_from(["identified", "screened", "sought", "assessed", "included"]))
    source = content["screening"][0]["source"]
    content["screening"] = [
        {"synthesis": "ips-vive", "decision": "included", "source": source}
        if stage == "included"
        else {
            "synthesis": "ips-vive",
            "decision": "excluded",
            "stage": stage,
            "reason": "not-retrieved" if stage == "sought" else "wrong-design",
            "source": source,
        }
    ]
    return content


@st.composite
def judged_syntheses(draw: st.DrawFn) -> dict[str, Any]:
    content = dict(outline(check_yaml(SYNTHESIS).record))
    planned = [plan["outcome"] for plan in content["outcomes"]]
    content["searches"] = [
        {"place": draw(words), "dated": draw(dates), "found": "20", "duplicates": twice}
        for twice in draw(st.lists(st.sampled_from(["0", "7", "20"]), max_size=2))
    ]
    content["certainty"] = []
    for outcome in draw(st.lists(st.sampled_from(planned), unique=True)):
        start = draw(st.sampled_from(["high", "low"]))
        up = draw(st.lists(st.sampled_from([one for one in STEPS if one not in DOWN]), unique=True))
        steps = {one: draw(st.integers(*STEPS[one])) for one in [*draw(st.permutations(DOWN)), *up]}
        content["certainty"].append(
            {
                "outcome": outcome,
                "start": start,
                "domains": {
                    one: {"steps": str(number), "reason": draw(words)}
                    for one, number in steps.items()
                },
                "level": level_after(start, steps.values()),
                "by": draw(words),
                "dated": draw(dates),
            }
        )
    return content


@st.composite
def screened_reports(draw: st.DrawFn) -> dict[str, Any]:
    content = dict(outline(check_yaml(REPORT).record))
    decision = draw(st.sampled_from(["included", "excluded", "awaiting"]))
    screening = {"synthesis": "ips-vive", "decision": decision}
    if decision != "included":
        screening["stage"] = draw(st.sampled_from(["identified", "screened", "sought", "assessed"]))
    if decision == "excluded":
        sought = screening["stage"] == "sought"
        screening["reason"] = "not-retrieved" if sought else "out-of-scope"
    content["screening"] = [screening | {"by": draw(words), "dated": draw(dates)}]
    return content


def test_generated_judgements_come_out_as_they_went_in(shipped: str) -> None:
    many = HealthCheck.function_scoped_fixture, HealthCheck.too_slow

    @settings(max_examples=40, deadline=None, suppress_health_check=many)
    @given(st.one_of(judged_studies(), judged_syntheses(), screened_reports()))
    def there_and_back(content: dict[str, Any]) -> None:
        checked = check_yaml(write(content))
        kind, identity = next(iter(content.items()))
        with transaction(shipped) as session:
            take_in(session, [checked])
        with reading(shipped) as session:
            held = held_record(session, kind, identity)
        assert held == checked.record
        assert held is not None
        assert text_of(held) == text_of(checked.record)

    there_and_back()


def test_study_bias_shows_the_suggestion_and_the_decision(
    shipped: str, evidens: Run, tmp_path: Path
) -> None:
    code, out, _ = evidens("study", "bias", "davis-2012", "--db", shipped)
    assert (code, out) == (0, "davis-2012: nobody has judged its risk of bias.\n")
    text = study(
        "overall: some-concerns", "overall: high\n    reason: The concern weighs more here."
    )
    (tmp_path / "davis.yaml").write_text(text, encoding="utf-8")
    assert evidens("load", "davis.yaml", "--db", shipped)[0] == 0
    code, out, _ = evidens("study", "bias", "davis-2012", "--db", shipped)
    assert code == 0
    assert out.splitlines()[0] == (
        "davis-2012: competitive-employment during 12 months, RoB 2 (22 August 2019), assignment"
    )
    assert out.splitlines()[-3:] == [
        "  suggested: some-concerns (some-concerns in deviations-from-interventions; "
        "doi 10.1136/bmj.l4898)",
        "  decided: high (AB, 2026-01-02)",
        "  decided otherwise because: The concern weighs more here.",
    ]
    code, out, _ = evidens("study", "bias", "davis-2012", "--db", shipped, "--json")
    (found,) = json.loads(out)
    assert found["decided"]["overall"] == "high"
    assert found["suggested"]["level"] == "some-concerns"
    assert found["differs"] is True
    code, _, err = evidens("study", "bias", "nobody", "--db", shipped)
    assert (code, err) == (1, "there is no study 'nobody'. See `evidens study list`.\n")


def test_synthesis_certainty_shows_the_suggestion_and_the_decision(
    shipped: str, evidens: Run, tmp_path: Path
) -> None:
    code, out, _ = evidens("synthesis", "certainty", "ips-vive", "--db", shipped)
    assert code == 0
    assert out.count("decided: nobody has judged it") == 3
    (tmp_path / "s.yaml").write_text(synthesis(), encoding="utf-8")
    assert evidens("load", "s.yaml", "--db", shipped)[0] == 0
    code, out, _ = evidens("synthesis", "certainty", "ips-vive", "--db", shipped)
    assert "  suggested: starts high, at most moderate" in out.splitlines()
    assert "  decided: low, from high (AB, 2026-01-02)" in out.splitlines()
    assert "    indirectness: -1. No refugees." in out.splitlines()
    code, out, _ = evidens("synthesis", "certainty", "ips-vive", "--db", shipped, "--json")
    found = {one["outcome"]: one for one in json.loads(out)}
    assert found["competitive-employment"]["decided"]["level"] == "low"
    assert found["competitive-employment"]["suggested"]["at_most"] == "moderate"
    assert found["weeks-worked"]["decided"] is None


def test_synthesis_flow_prints_the_boxes(shipped: str, evidens: Run, tmp_path: Path) -> None:
    text = REPORT.replace("report: davis-2012", "report: new-2020") + SCREENING
    searches = "searches: [{place: A, dated: '2026-01-02', found: 3, duplicates: 2, note: Old.}]\n"
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(SYNTHESIS + searches, encoding="utf-8")
    assert evidens("load", "r.yaml", "s.yaml", "--db", shipped)[0] == 0
    code, out, _ = evidens("synthesis", "flow", "ips-vive", "--db", shipped)
    assert code == 0
    lines = out.splitlines()
    assert lines[:2] == [
        "ips-vive: 11 records identified",
        "  2 duplicates removed before screening",
    ]
    assert lines[3:6] == [
        "screened on title and abstract: 9",
        "  came no further: 1",
        "    another design: 1",
    ]
    assert lines[-3:] == [
        "included: 3 reports",
        "studies: 3 included, 6 excluded, 0 awaiting",
        "The searches found 3; 11 are accounted for, a difference of -8.",
    ]
    code, out, _ = evidens("synthesis", "flow", "ips-vive", "--db", shipped, "--json")
    assert json.loads(out)["stages"][1]["excluded"] == 1


def example(page: str, key: str) -> str:
    """An indented example of a page, by the key that it begins with."""
    text = (COLLECTION.parent / "docs" / page).read_text(encoding="utf-8")
    blocks = [
        "\n".join(line.removeprefix("    ") for line in block.splitlines()) + "\n"
        for block in re.findall(r"(?:^    .*\n)+", text, flags=re.MULTILINE)
    ]
    return next(block for block in blocks if block.startswith(f"{key}:"))


def test_the_examples_of_the_pages_pass_the_checks() -> None:
    head, tail = DAVIS.split("screening:\n")
    check_yaml(f"{head}{example('judgements.md', 'risk_of_bias')}screening:\n{tail}")
    check_yaml(SYNTHESIS + example("judgements.md", "certainty"))
    check_yaml(REPORT + example("screening.md", "screening"))
    check_yaml(SYNTHESIS + example("screening.md", "searches"))
    check_yaml(example("screening.md", "extraction"))
