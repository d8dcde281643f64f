"""The rules of a synthesis's plan: one line for each fault."""

import pytest

from meta.faults import InputError
from studies.checks import check_yaml
from studies.ingest import COLLECTION

PLAN = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
FACTOR = "{window: 12 months, factor: 1.2, low: 1, high: 1.5, basis: Two job coaches.}"


def elicited(*factors: str) -> tuple[str, str]:
    lines = "".join(f"\n      - {one}" for one in factors)
    return "    horizon_model: none", f"    horizon_model: none\n    elicited:{lines}"


def baseline(after: str, percent: str) -> tuple[str, str]:
    source = "{report: vive-2017, where: page 1, read: full-text}"
    return after, f"{after}\n    baseline: {{percent: {percent}, source: {source}}}"


BROKEN: dict[str, tuple[tuple[str, str], str]] = {
    "a share in proportion to time": (
        ("horizon_model: none", "horizon_model: proportional"),
        "outcomes[1].horizon_model: 'proportional' is not for competitive-employment, which is binary "
        "in percent. Use one of: constant-hazard, landmark-only, none, elicited.",
    ),
    "weeks at a constant hazard": (
        ("horizon_model: proportional", "horizon_model: constant-hazard"),
        "outcomes[2].horizon_model: 'constant-hazard' is not for weeks-worked, which is continuous in "
        "weeks. Use one of: proportional, landmark-only, none, elicited.",
    ),
    "a model that is not there": (
        ("horizon_model: none", "horizon_model: constant-hazzard"),
        "outcomes[1].horizon_model: 'constant-hazzard' is no horizon model of the vocabulary. "
        "Did you mean 'constant-hazard'?",
    ),
    "nothing elicited": (
        ("horizon_model: proportional", "horizon_model: elicited"),
        "outcomes[2].horizon_model: nothing was elicited. "
        "Write 'elicited:' with a window, factor, low, high and basis, or use another model.",
    ),
    "counts asked after they are moved": (
        ("horizon_model: none", "horizon_model: constant-hazard"),
        "outcomes[1].effects: 'also' asks something of counts, and 'constant-hazard' moves shares away "
        "from them. Leave 'also' out, or use the horizon model 'none' or 'landmark-only'.",
    ),
    "a factor given twice": (
        elicited(FACTOR, FACTOR.replace("12 months", "52 weeks").replace("1.2", "1.3")),
        "outcomes[1].elicited[2].window: a factor from 52 weeks is given twice, 1.2 and 1.3. "
        "Write one factor for each window.",
    ),
    "a factor outside its ends": (
        elicited(FACTOR.replace("1.2", "1.7")),
        "outcomes[1].elicited[1]: a factor of 1.7 with ends 1 and 1.5. "
        "Write 0 < low <= factor <= high.",
    ),
    "a landmark beside the horizon": (
        ("horizon: 18 months", "horizon: 18 months\nlandmark: {first: 9 months, last: 12 months}"),
        "landmark: 9 months to 12 months does not hold the horizon of 18 months. "
        "Write the shortest and the longest window that count as the horizon.",
    ),
    "a month of three weeks": (
        ("days_per_week: 5", "days_per_week: 5\nweeks_per_month: 3"),
        "weeks_per_month: a month of 3 weeks. "
        "Write a number from 4 to 5, as in 4.345, or leave it out for 52 weeks a year.",
    ),
    "a week of eight days": (
        ("days_per_week: 5", "days_per_week: 8"),
        "days_per_week: a week of 8 days. Write a number above 0 and at most 7.",
    ),
    "an outcome planned twice": (
        ("outcome: hours-worked, horizon", "outcome: weeks-worked, horizon"),
        "outcomes[3].outcome: 'weeks-worked' is planned above. "
        "Name each outcome once; its estimate under the other horizon models comes by itself.",
    ),
    "a ratio's threshold on the log scale": (
        ("measure: RR", "measure: RR\n        threshold: {value: -0.2, reason: {da: Prisen.}}"),
        "outcomes[1].effects[1].threshold.value: a threshold of -0.2 for RR. "
        "Write it on the natural scale, above 0 and below 100.",
    ),
    "a difference's threshold in percentage points": (
        ("measure: RD", "measure: RD\n        threshold: {value: 10, reason: {da: Prisen.}}"),
        "outcomes[1].effects[2].threshold.value: a threshold of 10 for RD. "
        "Write it on the natural scale, above -1 and below 1, as in 0.1 for 10 percentage points.",
    ),
    "a baseline at which nobody is employed": (
        baseline("horizon_model: none", "0"),
        "outcomes[1].baseline.percent: a baseline of 0 percent, at which no ratio says anything. "
        "Write a percentage above 0 and below 100.",
    ),
    "a baseline of weeks": (
        baseline("horizon_model: proportional", "20"),
        "outcomes[2].baseline: weeks-worked is continuous, and a baseline is a share of people. "
        "Give it to a binary outcome, or leave it out.",
    ),
    "an amount per person of an outcome without a plan": (
        ("{outcome: weeks-worked, per:", "{outcome: days-worked, per:"),
        "per_person[1].outcome: 'days-worked' is not among the synthesis's outcomes. "
        "Add it under outcomes.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_one_line(case: str) -> None:
    (old, new), message = BROKEN[case]
    assert old in PLAN, old
    with pytest.raises(InputError) as refused:
        check_yaml(PLAN.replace(old, new, 1), "bad.yaml")
    lines = [str(fault).partition(": ")[2] for fault in refused.value.faults]
    assert message in lines
    # A ratio of an outcome that is no longer planned is a fault of its own.
    assert all(line == message or line.startswith("per_person[2]") for line in lines)


@pytest.mark.parametrize("horizon", ["0 months", "-3 months", "18", "18 years"])
def test_a_horizon_without_length_is_refused(horizon: str) -> None:
    with pytest.raises(InputError, match="horizon"):
        check_yaml(PLAN.replace("horizon: 18 months", f"horizon: {horizon}", 1), "bad.yaml")


def test_factors_beyond_what_can_be_combined_are_refused() -> None:
    old, new = elicited(*(FACTOR.replace("12", str(over)) for over in range(1, 8)))
    with pytest.raises(InputError, match="elicited"):
        check_yaml(PLAN.replace(old, new, 1), "bad.yaml")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("threshold: {value: 1.2}", "threshold.reason"),
        ("threshold: {reason: {da: Prisen.}}", "threshold.value"),
        ("threshold: {value: 1.2e3, reason: {da: Prisen.}}", "threshold.value"),
        ("threshold: {value: NaN, reason: {da: Prisen.}}", "threshold.value"),
        ("threshold: 1.2", "threshold"),
    ],
)
def test_a_threshold_without_number_or_reason_is_refused(line: str, field: str) -> None:
    text = PLAN.replace("measure: RR", f"measure: RR\n        {line}", 1)
    with pytest.raises(InputError) as refused:
        check_yaml(text, "bad.yaml")
    assert [one.field for one in refused.value.faults] == [f"outcomes[1].effects[1].{field}"]


def test_a_sound_plan_is_taken() -> None:
    check_yaml(PLAN.replace(*elicited(FACTOR), 1), "good.yaml")
