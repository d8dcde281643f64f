"""How amounts, durations and dates are written, and what they stand for."""

from calendar import monthrange
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.indigo import FIELDS, STATED
from studies.project_values import FORMS, amount, days, misfit, months

JUNK = st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("388", 388),
        ("0", 0),
        ("13.5 million", 13_500_000),
        ("-3.5 million", -3_500_000),
        ("1.6 billion", 1_600_000_000),
        ("2 thousand", 2000),
        ("14.30", Fraction(143, 10)),
    ],
)
def test_amounts(text: str, number: Fraction) -> None:
    assert amount(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "1,200", "1 000", "007", "5 mio", "5million", "1e6", "5 million euros", "about 5", "١"],
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        amount(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("18 months", 18), ("3 years", 36), ("4.5 years", 54), ("10 years", 120)],
)
def test_durations(text: str, number: int) -> None:
    assert months(text) == number


@pytest.mark.parametrize("text", ["", "36", "3 yrs", "-3 years", "three years", "2 weeks"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        months(text)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_a_day_means_itself_and_its_month_and_year_contain_it(day: date) -> None:
    text = day.isoformat()
    assert days(text) == (text, text)
    for shorter in (text[:7], text[:4]):
        first, last = days(shorter)
        assert first <= text <= last
        assert first.startswith(shorter)
        assert last.startswith(shorter)
    assert days(text[:7])[1].endswith(str(monthrange(day.year, day.month)[1]))


@pytest.mark.parametrize(
    "text",
    [
        *("", "13", "2013-13", "2013-00", "2013-02-30", "2013-02-00", "2013-2", "2013-04-31"),
        *("20130401", "2013-W01", "April 2013", "2013-04-01T00:00", "0999"),
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        days(text)


@given(JUNK)
def test_a_form_accepts_or_refuses_and_nothing_else(text: str) -> None:
    for form in FORMS.values():
        assert form.fits(text) in (True, False)


@given(st.sampled_from(sorted(FIELDS)), JUNK)
def test_any_text_fits_a_field_or_is_refused_with_its_words(path: str, text: str) -> None:
    wrong = misfit(FIELDS[path], text)
    assert wrong is None or repr(text) in wrong[0]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (
            "dates.actual_completion_date",
            "April 2013",
            "'April 2013' is not a date such as 2013, 2013-04 or 2013-04-30",
        ),
        (
            "dates.actual_duration_of_service_provision",
            "36",
            "'36' is not a duration such as 18 months or 3 years",
        ),
        (
            "investment_details.total_funds_invested.latest.amount",
            "1,000",
            "'1,000' is not a number such as 388, 13.5 million or -3.5 million",
        ),
        ("jurisdiction.jurisdiction", "UK", "'UK' is no country of the vocabulary"),
        (
            "stage_development",
            "Running",
            "'Running' is not among INDIGO's words for stage_development",
        ),
    ],
)
def test_what_does_not_fit(path: str, value: str, problem: str) -> None:
    found = misfit(STATED[path], value)
    assert found is not None
    assert found[0] == problem


def test_a_near_word_is_suggested() -> None:
    found = misfit(STATED["stage_development"], "Completed")
    assert found is not None
    assert found[1] == "Did you mean 'Complete'?"
