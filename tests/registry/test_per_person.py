"""Amounts per person under every pair of horizon models: by hand, and where there is none."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from meta.choices.printed import half_up, printed
from meta.faults import InputError
from meta.models.arm_means import compare
from registry.analyses import Analysis
from registry.exports import document
from registry.horizon_readings import HorizonReading
from registry.per_person import PerPersonReading, per_person
from templates.synthesis_listing import estimates_text

WEEKS, SHARE = "weeks-worked", "competitive-employment"

# Weeks over 18 months: proportional as in table 3.1, or as printed (9.9, 123.1 / 5 and 21.6 weeks with IPS;
# 2.6, 74.1 / 5 and 6.8 without). Shares: as printed, or at a constant hazard, where only Davis's move, to
# 1 - 0.24^1.5 and 1 - 0.72^1.5.
PROPORTIONAL = ((9.9 + 14.772 + 32.4) / 3, (2.6 + 8.892 + 10.2) / 3)
AS_PRINTED = ((9.9 + 123.1 / 5 + 21.6) / 3, (2.6 + 74.1 / 5 + 6.8) / 3)
SHARES = ((46 + 39 + 76) / 300, (11 + 20 + 28) / 300)
HAZARD = ((0.46 + 0.39 + 1 - 0.24**1.5) / 3, (0.11 + 0.20 + 1 - 0.72**1.5) / 3)


def weeks(analysis: Analysis) -> dict[tuple[str, str], PerPersonReading]:
    (part,) = [one for one in analysis.per_person if one.outcome == WEEKS]
    return {(one.amount_model, one.share_model): one for one in part.readings}


@pytest.mark.parametrize(
    ("models", "amounts", "shares"),
    [
        (("proportional", "none"), PROPORTIONAL, SHARES),
        (("proportional", "constant-hazard"), PROPORTIONAL, HAZARD),
        (("none", "none"), AS_PRINTED, SHARES),
        (("none", "constant-hazard"), AS_PRINTED, HAZARD),
    ],
)
def test_each_pair_of_models_by_hand(
    analysis: Analysis,
    models: tuple[str, str],
    amounts: tuple[float, float],
    shares: tuple[float, float],
) -> None:
    found = weeks(analysis)[models]
    assert found.means is not None
    arms = (float(found.means.intervention.value), float(found.means.comparator.value))
    # A share at a constant hazard is kept to twelve decimals at least.
    assert arms == pytest.approx((amounts[0] / shares[0], amounts[1] / shares[1]), rel=1e-10)
    assert found.means.intervention.low < found.means.intervention.value
    assert found.chosen == (models == ("proportional", "none"))
    assert found.means.k == 3


def test_the_plans_own_pair_is_the_notes(analysis: Analysis) -> None:
    (part,) = [one for one in analysis.per_person if one.outcome == WEEKS]
    (own,) = [one for one in part.readings if one.chosen]
    assert own.means == part.means
    # table 3.1 prints 35.4 and 36.8 weeks for each person employed
    assert half_up(part.means.intervention.value, 1) == Fraction("35.4")
    assert half_up(part.means.comparator.value, 1) == Fraction("36.8")


def test_over_different_studies_there_is_none(analysis: Analysis) -> None:
    found = weeks(analysis)
    assert len(found) == 9
    for models, differing in {
        ("proportional", "landmark-only"): ("davis-2012",),
        ("landmark-only", "none"): ("davis-2012", "michon-2014"),
        ("landmark-only", "landmark-only"): ("michon-2014",),
    }.items():
        one = found[models]
        assert (one.means, one.obstacle, one.differing) == (None, "other-studies", differing)


def reading(analysis: Analysis, comparator: str) -> HorizonReading:
    (own,) = [one for one in analysis.outcomes[0].readings if one.chosen]
    return replace(own, means=compare(printed("50"), printed(comparator), k=3))


def test_what_cannot_be_divided_says_so(analysis: Analysis) -> None:
    amount = reading(analysis, "5")
    nobody = replace(amount, studies=(), means=None, model="landmark-only", chosen=False)
    shares = [reading(analysis, "20"), nobody]
    (own, none) = per_person(WEEKS, SHARE, [amount], shares).readings
    assert own.means is not None
    assert own.means.comparator.value == 25
    assert (none.means, none.obstacle) == (None, "no-study")
    with pytest.raises(InputError) as refused:
        per_person(WEEKS, SHARE, [amount], [reading(analysis, "0")])
    assert str(refused.value) == (
        "weeks-worked per competitive-employment: a share that it would be divided by may be 0 before "
        "rounding. Take this ratio out of per_person."
    )


def test_the_export_and_the_terminal_have_them(analysis: Analysis) -> None:
    content = json.loads(json.dumps(document(analysis), allow_nan=False))
    rows = {
        (row["outcome"], row["outcome_model"], row["per_model"]): row
        for row in content["per_person"]
    }
    assert len(rows) == 18
    own = rows[WEEKS, "proportional", "none"]
    assert own["chosen"] is True
    assert own["intervention"] == pytest.approx(PROPORTIONAL[0] / SHARES[0], rel=1e-14)
    assert own["intervention_low"] < own["intervention"] < own["intervention_high"]
    assert own["none"] is None
    other = rows[WEEKS, "landmark-only", "none"]
    assert other["intervention"] is None
    assert other["none"] == (
        "the horizon models leave out different studies: davis-2012, michon-2014"
    )
    said = estimates_text(content)
    assert f"{WEEKS} per {SHARE}  proportional, none*            3  35.45" in said
    assert (
        f"{WEEKS} per {SHARE}, landmark-only, landmark-only: none, because the horizon models leave out "
        "different studies: michon-2014." in said
    )
