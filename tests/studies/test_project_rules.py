"""What the checks say of a project: one message a rule, with file, line, field and what to do."""

from typing import Any

import pytest

from meta.faults import InputError
from studies.checks import check_references, check_yaml
from studies.project import Project
from studies.project_summary import (
    DISPUTED,
    NO_COUNTS,
    NOT_PEOPLE,
    UNIT_NOT_STATED,
    share_of,
    summary,
)
from studies.record_file import write

SOURCE = {"report": "golab-indigo-2025", "where": "results table", "read": "secondary"}
START, END = "dates.start_date_of_service_provision", "dates.actual_end_date_of_service_provision"
LASTED = "dates.actual_duration_of_service_provision"
MOST = "overall_project_finance.maximum_potential_outcome_payment_v2.amount"
PAID = "overall_project_finance.total_outcome_payments_made.amount"


def said(field: str, value: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "value": value} | more | {"source": SOURCE}


def project(**parts: Any) -> dict[str, Any]:
    return {"project": "a", "name": "A bond"} | {"statements": [said("x_year", "2015")]} | parts


def metric(**fields: Any) -> dict[str, Any]:
    return {"definition": "job start"} | fields | {"source": SOURCE}


def result(**fields: Any) -> dict[str, Any]:
    return {"metric": "job"} | fields | {"source": SOURCE}


def with_result(**fields: Any) -> dict[str, Any]:
    return project(metrics={"job": metric(unit_type="Individual")}, results=[result(**fields)])


def faults(content: dict[str, Any]) -> list[str]:
    try:
        check_yaml(write(content), "a.yaml")
    except InputError as error:
        return [str(fault) for fault in error.faults]
    return []


MATCHED = {"type": "matched"}

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no statement": (
        {"project": "a", "name": "A", "statements": []},
        "a.yaml:3: statements: list should have at least 1 item after validation, not 0. "
        "See docs/add-a-study.md.",
    ),
    "unknown field": (
        project(statements=[said("dates.begun", "2015")]),
        "a.yaml:4: statements[1].field: 'dates.begun' is no field that a statement may be about.",
    ),
    "currency as a field": (
        project(
            statements=[said("overall_project_finance.total_investment_commitment.currency", "EUR")]
        ),
        "a.yaml:4: statements[1].field: "
        "'overall_project_finance.total_investment_commitment.currency' is no field that",
    ),
    "value does not fit": (
        project(statements=[said(START, "spring 2015")]),
        "a.yaml:5: statements[1].value: 'spring 2015' is not a date such as",
    ),
    "closed list": (
        project(statements=[said("purpose_and_classifications.policy_sector", "Jobs")]),
        "a.yaml:5: statements[1].value: 'Jobs' is not among INDIGO's words for "
        "purpose_and_classifications.policy_sector. Use one of: Employment and training,",
    ),
    "money without a currency": (
        project(statements=[said(PAID, "5 million")]),
        "a.yaml:4: statements[1]: the amount has no currency. Write one, as in 'currency: EUR', or say "
        "in 'note:' that the source names none.",
    ),
    "currency of no money": (
        project(statements=[said("x_year", "2015", currency="EUR")]),
        "statements[1].currency: x_year is no money. Delete the currency.",
    ),
    "qualifier of no number": (
        project(statements=[said("x_year", "2015", qualifier="about")]),
        "statements[1].qualifier: x_year is no number. Delete the qualifier.",
    ),
    "disagreement not marked": (
        project(statements=[said("x_year", "2015"), said("x_year", "2016", disputed="2015?")]),
        "statements[1]: the sources differ on x_year. Keep every value, and say under 'disputed:' of "
        "each what it disagrees with.",
    ),
    "end before start": (
        project(statements=[said(START, "2015"), said(END, "2014-12")]),
        "statements[2].value: 2014-12 lies before the start, 2015.",
    ),
    "duration against dates": (
        project(statements=[said(START, "2015-01"), said(END, "2018-01"), said(LASTED, "2 years")]),
        "statements[3].value: from 2015-01 to 2018-01 is not 2 years.",
    ),
    "more paid than agreed": (
        project(
            statements=[
                said(MOST, "1439148", currency="GBP"),
                said(PAID, "1568319", currency="GBP"),
            ]
        ),
        "statements[2].value: 1568319 was paid of at most 1439148.",
    ),
    "unit not said": (
        project(metrics={"families": metric(unit_type="Other")}),
        "metrics.families: the unit is not a person, but not said. Write 'unit_description:'.",
    ),
    "unit type": (
        project(metrics={"families": metric(unit_type="Families")}),
        "metrics.families.unit_type: 'Families' is no word of INDIGO's list. Use one of: Individual, Other.",
    ),
    "threshold without unit": (
        project(metrics={"job": metric(threshold={"operator": "at-least", "value": "10"})}),
        "metrics.job.threshold.unit: 'unit' is missing.",
    ),
    "threshold operator": (
        project(
            metrics={"job": metric(threshold={"operator": ">=", "value": "10", "unit": "days"})}
        ),
        "metrics.job.threshold.operator: '>=' is no operator of the vocabulary. Use one of: at-least,",
    ),
    "threshold value": (
        project(
            metrics={
                "job": metric(threshold={"operator": "at-least", "value": "ten", "unit": "days"})
            }
        ),
        "metrics.job.threshold.value: 'ten' is not a printed number.",
    ),
    "success share": (
        project(metrics={"job": metric(success_share="180")}),
        "metrics.job.success_share: 180 is not a percentage from 0 to 100.",
    ),
    "horizon": (
        project(metrics={"job": metric(horizon_months="0")}),
        "metrics.job.horizon_months: 0 months. Write a number above 0.",
    ),
    "no such metric": (
        project(
            metrics={"job": metric()}, results=[result(value="3", unit="jobs") | {"metric": "jobs"}]
        ),
        "results[1].metric: the project has no metric 'jobs'. Did you mean 'job'?",
    ),
    "no metrics at all": (
        project(results=[result(value="3", unit="jobs")]),
        "results[1].metric: the project has no metric 'job'. Add the metric first.",
    ),
    "outcome level of nothing": (
        project(
            results=[{"level": "Outcome level", "value": "3", "unit": "jobs", "source": SOURCE}]
        ),
        "results[1]: a result at outcome level is one of a metric. Write 'metric:', or another level.",
    ),
    "says nothing": (with_result(type="Final"), "results[1]: the result says nothing."),
    "no unit": (with_result(value="3"), "results[1]: the number has no unit."),
    "unit of no number": (
        with_result(unit="jobs", engaged="3"),
        "results[1]: the unit is of no number.",
    ),
    "more positive than engaged": (
        with_result(engaged="75", positive="111"),
        "results[1].positive: 111 with a positive outcome of 75. Check both; if they are printed so, say "
        "it under 'disputed:'.",
    ),
    "numerator": (
        with_result(numerator="9", denominator="8", denominator_kind="engaged"),
        "results[1].numerator: 9 of 8.",
    ),
    "numerator of nothing": (
        with_result(numerator="9"),
        "results[1]: a count of people is of a number of people, of a kind. Write numerator, "
        "denominator and denominator_kind.",
    ),
    "denominator of 0": (
        with_result(numerator="0", denominator="0", denominator_kind="engaged"),
        "results[1].denominator: '0' does not have the form asked for. Write a whole number",
    ),
    "not a whole count": (
        with_result(engaged="75.5"),
        "results[1].engaged: '75.5' does not have the form asked for. Write a whole number",
    ),
    "percent that the counts do not give": (
        with_result(
            value="32",
            unit="percent",
            numerator="590",
            denominator="1926",
            denominator_kind="engaged",
        ),
        "results[1].value: 590 of 1926 does not print as 32 %.",
    ),
    "percent above 100": (
        with_result(value="116", unit="percent"),
        "results[1].value: 116 is not a percentage from 0 to 100. Say what it is a percentage of, as in "
        "'unit: percent of target'.",
    ),
    "percent in millions": (
        with_result(value="0 million", unit="percent"),
        "results[1].value: 0 million is not a percentage from 0 to 100.",
    ),
    "effect without comparison": (
        with_result(effect={"measure": "risk-difference", "estimate": "30.6"}),
        "results[1].effect: a result without a comparison is no effect. Write it as a value, or name a "
        "counterfactual: contract-baseline, historical, matched, randomised, group.",
    ),
    "effect of no comparison": (
        with_result(
            counterfactual={"type": "none"},
            effect={"measure": "risk-difference", "estimate": "30.6"},
        ),
        "results[1].effect: a result without a comparison is no effect.",
    ),
    "effect without estimate": (
        with_result(counterfactual=MATCHED, effect={"measure": "risk-ratio"}),
        "results[1].effect: an effect has an estimate, or its direction alone.",
    ),
    "direction without claim": (
        with_result(counterfactual=MATCHED, effect={"measure": "direction-only"}),
        "results[1].effect: nothing is said of the effect. Write 'says: not-significant'.",
    ),
    "direction with estimate": (
        with_result(
            counterfactual=MATCHED,
            effect={"measure": "direction-only", "estimate": "2", "says": "significant"},
        ),
        "results[1].effect: an effect has an estimate, or its direction alone.",
    ),
    "half an interval": (
        with_result(
            counterfactual=MATCHED,
            effect={"measure": "risk-ratio", "estimate": "2", "ci_low": "1"},
        ),
        "results[1].effect: an interval has two ends.",
    ),
    "estimate outside its interval": (
        with_result(
            counterfactual=MATCHED,
            effect={"measure": "risk-ratio", "estimate": "2", "ci_low": "2.1", "ci_high": "3"},
        ),
        "results[1].effect: 2 lies outside 2.1 to 3.",
    ),
    "mean difference without unit": (
        with_result(
            counterfactual=MATCHED, effect={"measure": "mean-difference", "estimate": "4500"}
        ),
        "results[1]: the number has no unit.",
    ),
    "empty period": (
        with_result(value="3", unit="jobs", period={}),
        "results[1].period: the period is empty.",
    ),
    "period turned round": (
        with_result(value="3", unit="jobs", period={"start": "2016-03", "end": "2015"}),
        "results[1].period: 2015 lies before 2016-03. Write the earlier first.",
    ),
    "period of a payment": (
        project(
            payments=[
                {
                    "type": "Actual",
                    "period": {"start": "2016", "end": "2015"},
                    "amount": "3",
                    "source": SOURCE,
                }
            ]
        ),
        "payments[1].period: 2015 lies before 2016.",
    ),
    "payer who is no party": (
        project(payments=[{"type": "Actual", "payer": "city", "amount": "3", "source": SOURCE}]),
        "payments[1].payer: the project has no party 'city'. Add the party first.",
    ),
    "payment neither planned nor made": (
        project(payments=[{"type": "Promised", "amount": "3", "source": SOURCE}]),
        "payments[1].type: 'Promised' is no word of INDIGO's list. Use one of: Planned, Actual.",
    ),
    "price of no metric": (
        project(pricings=[{"metric": "job", "price": "3", "source": SOURCE}]),
        "pricings[1].metric: the project has no metric 'job'.",
    ),
    "investor who is no party": (
        project(investments=[{"investor": "bank", "exact": "3", "source": SOURCE}]),
        "investments[1].investor: the project has no party 'bank'.",
    ),
    "list with rows of its own": (
        project(entries=[{"list": "results", "fields": {"a": "b"}, "source": SOURCE}]),
        "entries[1].list: 'results' is no list whose rows are entries.",
    ),
    "no field of the list": (
        project(entries=[{"list": "documents", "fields": {"titel": "b"}, "source": SOURCE}]),
        "entries[1].fields.titel: documents have no field 'titel'. Did you mean 'title'?",
    ),
    "entry's value": (
        project(
            entries=[
                {"list": "transactions", "fields": {"transaction_type": "Gift"}, "source": SOURCE}
            ]
        ),
        "entries[1].fields.transaction_type: 'Gift' is not among INDIGO's words for "
        "transactions[].transaction_type. Use one of: Debt, Grant,",
    ),
    "INDIGO id": (
        project(indigo="POJ-312"),
        "indigo: 'POJ-312' does not have the form asked for. Write it as in INDIGO-POJ-0312.",
    ),
    "no source": (
        project(statements=[{"field": "x_year", "value": "2015"}]),
        "statements[1].source: 'source' is missing.",
    ),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line(content: dict[str, Any], message: str) -> None:
    found = faults(content)
    assert len(found) == 1, found
    assert message in found[0]
    assert found[0].startswith("a.yaml:")


def test_a_project_without_faults() -> None:
    assert faults(project()) == []


@pytest.mark.parametrize(
    "content",
    [
        with_result(engaged="75", positive="111", disputed="75 cannot have 111."),
        with_result(
            value="32",
            unit="percent",
            numerator="590",
            denominator="1926",
            denominator_kind="engaged",
            disputed="590 of 1926 prints as 31 %.",
        ),
        project(
            statements=[
                said("x_year", "2015", disputed="Another says 2016."),
                said("x_year", "2016", disputed="Another says 2015."),
            ]
        ),
        project(
            statements=[
                said(MOST, "1439148", currency="GBP"),
                said(PAID, "1568319", currency="GBP", disputed="It is more than the maximum."),
            ]
        ),
        project(statements=[said(START, "2015"), said(END, "2014", disputed="Before the start.")]),
    ],
)
def test_a_contradiction_that_is_marked_may_stand(content: dict[str, Any]) -> None:
    assert faults(content) == []


@pytest.mark.parametrize(
    "statements",
    [
        [said("x_year", "2015"), said("x_year", "2015")],
        [said(PAID, "5 million", currency="GBP"), said(PAID, "5000000", currency="GBP")],
        [said(LASTED, "3 years"), said(LASTED, "36 months")],
        [said(START, "2015-01-15"), said(END, "2018-01-14"), said(LASTED, "36 months")],
        [said(START, "2014"), said(END, "2017"), said(LASTED, "3 years")],
        [said(START, "2015-06"), said(END, "2015")],
        [said(PAID, "5 million", note="The source names no currency.")],
        [said(MOST, "5 million", currency="GBP"), said(PAID, "5 million", currency="GBP")],
        [said(MOST, "1 million", currency="GBP"), said(PAID, "5 million", currency="DKK")],
    ],
)
def test_what_agrees_needs_no_mark(statements: list[dict[str, Any]]) -> None:
    assert faults(project(statements=statements)) == []


@pytest.mark.parametrize(
    "content",
    [
        with_result(value="3", unit="jobs", period={"start": "2016-03", "end": "2016"}),
        with_result(
            counterfactual=MATCHED,
            effect={"measure": "risk-ratio", "estimate": "2", "ci_low": "2", "ci_high": "2"},
        ),
    ],
)
def test_what_may_be_so_is_no_fault(content: dict[str, Any]) -> None:
    assert faults(content) == []


def test_another_currency_is_another_amount() -> None:
    amounts = [said(PAID, "5", currency="GBP"), said(PAID, "5", currency="DKK")]
    assert len(faults(project(statements=amounts))) == 2


def test_every_source_names_a_report_that_is_there() -> None:
    content = project(
        parties={"city": {"name": "The city", "role": "outcome-payer", "source": SOURCE}},
        metrics={"job": metric()},
    )
    with pytest.raises(InputError) as caught:
        check_references([check_yaml(write(content), "a.yaml")], {"report": {"golab-indigo-2026"}})
    fields = [fault.field for fault in caught.value.faults]
    assert fields == [
        "parties.city.source.report",
        "statements[1].source.report",
        "metrics.job.source.report",
    ]
    assert "Did you mean 'golab-indigo-2026'?" in str(caught.value)


def test_a_text_at_hand_is_quoted_everywhere() -> None:
    content = project(metrics={"job": metric()})
    with pytest.raises(InputError, match="no words are quoted") as caught:
        check_references(
            [check_yaml(write(content))], {"report": {SOURCE["report"]}}, [SOURCE["report"]]
        )
    assert [fault.field for fault in caught.value.faults] == [
        "statements[1].source.quote",
        "metrics.job.source.quote",
    ]


def shared(fields: dict[str, Any], **of_metric: Any) -> Any:
    content = project(metrics={"job": metric(**of_metric)}, results=[result(**fields)])
    record = check_yaml(write(content)).record
    assert isinstance(record, Project)
    return share_of(record, record.results[0])


COUNTS = {"numerator": "590", "denominator": "1926", "denominator_kind": "engaged"}


def test_a_share_of_people_comes_from_printed_counts() -> None:
    share = shared(COUNTS, unit_type="Individual")
    assert (share.numerator, share.denominator, share.reason) == (590, 1926, None)
    assert share.value * 1926 == 590
    assert shared({"engaged": "704", "positive": "219"}, unit_type="Individual").value * 704 == 219


@pytest.mark.parametrize(
    ("fields", "of_metric", "reason"),
    [
        (COUNTS, {"unit_type": "Other", "unit_description": "families"}, NOT_PEOPLE),
        (COUNTS, {}, UNIT_NOT_STATED),
        (COUNTS | {"disputed": "Another source says 591."}, {"unit_type": "Individual"}, DISPUTED),
        (COUNTS, {"unit_type": "Individual", "disputed": "Another unit elsewhere."}, DISPUTED),
        ({"engaged": "704"}, {"unit_type": "Individual"}, NO_COUNTS),
        ({"engaged": "0", "positive": "0"}, {"unit_type": "Individual"}, NO_COUNTS),
        ({"value": "31", "unit": "percent"}, {"unit_type": "Individual"}, NO_COUNTS),
    ],
)
def test_where_no_share_of_people_can_be_told(
    fields: dict[str, Any], of_metric: dict[str, Any], reason: str
) -> None:
    share = shared(fields, **of_metric)
    assert share.value is None
    assert share.reason == reason


def test_a_line_counts_what_is_disputed() -> None:
    content = project(
        statements=[
            said("x_year", "2015", disputed="2016?"),
            said("x_year", "2016", disputed="2015?"),
        ],
        locations=[{"country": "GB", "source": SOURCE}, {"country": "GB", "source": SOURCE}],
        metrics={"job": metric(disputed="?")},
        results=[result(engaged="3", disputed="?"), result(engaged="4")],
        investments=[{"exact": "3", "disputed": "?", "source": SOURCE}],
    )
    record = check_yaml(write(content)).record
    assert isinstance(record, Project)
    line = summary(record)
    assert line["countries"] == ["GB"]
    assert line["years"] == ["2015", "2016"]
    assert (line["results"], line["disputed"]) == (2, 5)
