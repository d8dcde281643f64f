"""Number checks on impact bonds: what can contradict itself is found, what is in order is not."""

import pytest

from studies.checks import check_yaml
from studies.number_checks import number_checks

SOURCE = "source: {report: golab-indigo-2025, where: results table, read: secondary}"
HEAD = f"""\
project: made-up
name: Made up
statements:
  - {{field: x_year, value: 2020, {SOURCE}}}
"""
METRIC = f"""\
metrics:
  work: {{definition: in work, unit_type: Individual, {SOURCE}}}
"""
PAID = "overall_project_finance.total_outcome_payments_made.amount"
MOST = "overall_project_finance.maximum_potential_outcome_payment_v2.amount"


def lines(text: str) -> list[str]:
    return [str(found.remark()) for found in number_checks(check_yaml(text).record)]


def of_result(fields: str) -> list[str]:
    return lines(f"{HEAD}{METRIC}results:\n  - {{metric: work, {fields}, {SOURCE}}}\n")


COMPARED = "counterfactual: {type: matched, value: 155}"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        # 590 of 1,926 is 30.63 %.
        (
            "value: 31, unit: percent, numerator: 590, denominator: 1926, denominator_kind: engaged",
            [
                "results[1].numerator: exact: 590 of 1926 people. ",
                "results[1].value: exact: 590 of 1926 is 30.63 %; printed is 31 %. ",
            ],
        ),
        (
            "value: 30, unit: percent, numerator: 590, denominator: 1926, denominator_kind: engaged, "
            "disputed: The count gives 31.",
            [
                "results[1].numerator: exact: 590 of 1926 people. ",
                "results[1].value: inconsistent: 590 of 1926 is 30.63 %; printed is 30 %. ",
            ],
        ),
        # No count of 7 people is 50 %: 3 are 42.9, 4 are 57.1.
        (
            "value: 50, unit: percent, engaged: 7",
            [
                "results[1].value: inconsistent: the count of 7 nearest to 50 % is 4, which is 57.14 %"
            ],
        ),
        (
            "value: 59, unit: percent",
            ["results[1].value: not computable: the number of people is not printed with it. "],
        ),
        (
            "engaged: 75, positive: 111, disputed: Not people.",
            ["results[1].positive: inconsistent: 111 of 75 people. "],
        ),
        ("engaged: 75, positive: 75", ["results[1].positive: exact: 75 of 75 people. "]),
        ("value: 116, unit: percent of target", []),
        # 1 - 142 / 155 is 8.387 %; with both rounded, 1 - 142.5 / 154.5 to 1 - 141.5 / 155.5.
        (
            f"value: 142, unit: per 100, {COMPARED}, "
            "effect: {measure: relative-reduction, estimate: 8.4}",
            [
                "results[1].effect.estimate: exact: from 155 to 142 is 7.767 to 9.003; "
                "printed is 8.4. "
            ],
        ),
        (
            f"value: 142, unit: per 100, {COMPARED}, "
            "effect: {measure: relative-reduction, estimate: 9}",
            ["results[1].effect.estimate: consistent within rounding: from 155 to 142 is"],
        ),
        (
            f"value: 142, unit: per 100, {COMPARED}, "
            "effect: {measure: relative-reduction, estimate: 9.1}",
            ["results[1].effect.estimate: inconsistent: from 155 to 142 is 7.767 to 9.003"],
        ),
        (
            f"value: 170.5, unit: per 100, {COMPARED}, "
            "effect: {measure: relative-increase, estimate: 10}",
            ["results[1].effect.estimate: exact: from 155 to 170.5 is"],
        ),
        (
            f"value: 142, unit: per 100, {COMPARED}, "
            "effect: {measure: mean-difference, estimate: 13}",
            [
                "results[1].effect.estimate: inconsistent: from 155 to 142 is -14 to -12; printed is 13. "
            ],
        ),
        (
            "value: 142, unit: per 100, counterfactual: {type: matched, value: 0}, "
            "effect: {measure: relative-increase, estimate: 13}",
            ["results[1].effect.estimate: not computable: the divisor may be 0. "],
        ),
        (
            "counterfactual: {type: matched}, effect: {measure: relative-reduction, estimate: 9}",
            [
                "results[1].effect.estimate: not computable: the two values that it is between are not"
            ],
        ),
        (
            f"value: 142, unit: per 100, {COMPARED}, effect: {{measure: odds-ratio, estimate: 2}}",
            ["results[1].effect.estimate: not computable: no rule works out a odds-ratio from two"],
        ),
        (
            f"value: 142, unit: per 100, {COMPARED}, "
            "effect: {measure: direction-only, says: not-significant}",
            [],
        ),
    ],
)
def test_results(fields: str, found: list[str]) -> None:
    remarks = of_result(fields)
    assert len(remarks) == len(found)
    for remark, meant in zip(remarks, found, strict=True):
        assert remark.startswith(f"project made-up: {meant}")


@pytest.mark.parametrize(
    ("paid", "most", "verdict"),
    [
        ("1568319", "1439148", "inconsistent"),
        ("6.1 million", "6 million", "consistent within rounding"),
        ("5.9 million", "6 million", "consistent within rounding"),
        ("5.4 million", "6 million", "exact"),
        ("6 million", "6 million", "consistent within rounding"),
        ("7 million", "5999999", "inconsistent"),
    ],
)
def test_payments_against_the_maximum(paid: str, most: str, verdict: str) -> None:
    disputed = "disputed: The other says so."
    text = HEAD + "".join(
        f"  - {{field: {field}, value: {value}, currency: GBP, {disputed}, {SOURCE}}}\n"
        for field, value in ((MOST, most), (PAID, paid))
    )
    assert [line.split(": ")[1:3] for line in lines(text)] == [["statements[3].value", verdict]]
    other = text.replace("GBP", "DKK", 1)
    assert lines(other) == []
