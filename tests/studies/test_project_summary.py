"""What follows from a project's record: results against targets, and which intervention it tries."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.project import Project
from studies.project_summary import (
    DISPUTED,
    INTERVENTION,
    NO_TARGET,
    against_target,
    tries,
)

SOURCE = {"report": "a-2015", "where": "page 1", "read": "full-text"}


def project(metric: dict[str, Any], result: dict[str, Any], said: str = "IPS") -> Project:
    """A project with one metric and one result on it."""
    return Project.model_validate(
        {
            "project": "a",
            "name": "A",
            "statements": [{"field": INTERVENTION, "value": said, "source": SOURCE}],
            "metrics": {"job": {"definition": "a job", "source": SOURCE, **metric}},
            "results": [{"metric": "job", "source": SOURCE, **result}],
        }
    )


def threshold(operator: str, value: str, unit: str = "people") -> dict[str, Any]:
    return {"threshold": {"operator": operator, "value": value, "unit": unit}}


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("at-least", False, True, True),
        ("more-than", False, False, True),
        ("at-most", True, True, False),
        ("less-than", True, False, False),
        ("equal", False, True, False),
    ],
)
def test_a_target_is_reached_as_its_operator_says(
    operator: str, below: bool, at: bool, above: bool
) -> None:
    for value, reached in (("39.9", below), ("40", at), ("40.1", above)):
        one = project(threshold(operator, "40"), {"value": value, "unit": "people"})
        found = against_target(one, one.results[0])
        assert found.reached is reached, value
        percent = Fraction(value) / 40 * 100 if operator in ("at-least", "more-than") else None
        assert found.percent == percent


def test_a_share_that_is_to_succeed_is_held_against_the_share_of_people() -> None:
    metric = {"unit_type": "Individual", "success_share": "30"}
    one = project(metric, {"engaged": "704", "positive": "219"})
    found = against_target(one, one.results[0])
    assert found.reached
    assert found.percent == Fraction(219, 704) * 100 / 30 * 100


@pytest.mark.parametrize(
    ("metric", "result", "reason"),
    [
        (threshold("at-least", "40"), {"value": "50", "unit": "percent"}, NO_TARGET),
        (threshold("at-least", "40"), {"engaged": "50", "positive": "40"}, NO_TARGET),
        ({}, {"value": "50", "unit": "people"}, NO_TARGET),
        (threshold("at-least", "40"), {"metric": None, "value": "5", "unit": "people"}, NO_TARGET),
        (threshold("at-least", "4"), {"value": "5", "unit": "people", "disputed": "no"}, DISPUTED),
        (
            threshold("at-least", "4") | {"disputed": "no"},
            {"value": "5", "unit": "people"},
            DISPUTED,
        ),
        # A share of days is no share of people, and has no target of people.
        (
            {"unit_type": "Other", "unit_description": "days", "success_share": "30"},
            {"engaged": "100", "positive": "50"},
            NO_TARGET,
        ),
    ],
)
def test_without_a_common_unit_or_in_dispute_nothing_is_said(
    metric: dict[str, Any], result: dict[str, Any], reason: str
) -> None:
    one = project(metric, result)
    found = against_target(one, one.results[0])
    assert (found.reached, found.percent, found.reason) == (None, None, reason)


def test_a_target_of_nothing_has_no_percentage() -> None:
    one = project(threshold("at-least", "0"), {"value": "5", "unit": "people"})
    found = against_target(one, one.results[0])
    assert (found.reached, found.percent) == (True, None)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_all_of_a_target_and_more_is_a_hundred_per_cent_and_more(value: int, target: int) -> None:
    one = project(threshold("at-least", str(target)), {"value": str(value), "unit": "people"})
    found = against_target(one, one.results[0])
    assert found.percent is not None
    assert found.reached == (found.percent >= 100)


@pytest.mark.parametrize(
    ("said", "names", "same"),
    [
        ("Individual Placement and Support (IPS)", ["Individual Placement and Support"], True),
        ("individual  placement and support", ["Individual Placement and Support (IPS)"], True),
        ("Housing First for young people", ["Boligstøtte", "Housing First"], True),
        ("Housing Firsts", ["Housing First"], False),
        ("Support after Housing First", ["Housing First"], False),
        ("IPS", ["Individual Placement and Support (IPS)"], False),
        ("Housing First", [], False),
    ],
)
def test_an_intervention_is_known_by_its_name(said: str, names: list[str], same: bool) -> None:
    assert tries(project({}, {}, said), names) is same
