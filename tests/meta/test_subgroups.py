"""Subgroups at their edges, and against regressions on the same data."""

import math

import pytest

from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.moderators.regression import regress
from meta.moderators.subgroups import subgroups


def given_effects(yi: list[float], vi: list[float]) -> EffectSizes:
    labels = tuple(f"s{i}" for i in range(len(yi)))
    return EffectSizes(measure="GEN", labels=labels, yi=yi, vi=vi)  # type: ignore[arg-type]


EFFECTS = given_effects([0.1, 0.9, 0.4, 1.2, 0.7, 2.0], [0.1, 0.2, 0.1, 0.3, 0.1, 0.2])
CELLS = ["u", "v", "u", "v", "u", "w"]


def test_a_subgroup_of_one_is_allowed_and_said() -> None:
    result = subgroups(EFFECTS, "place", CELLS)
    (alone,) = [group for group in result.groups if group.k == 1]
    assert (alone.level, alone.estimate) == ("w", 2.0)
    assert alone.se == pytest.approx(math.sqrt(0.2), rel=1e-14)
    assert alone.df is None
    assert alone.pi is None
    found = result.to_dict()
    assert found["subgroups"][2]["tau2"] is None
    assert {"subgroup-of-one", "few-for-subgroups"} <= {note["code"] for note in found["notes"]}
    assert "s5" in next(note.text for note in result.notes if note.code == "subgroup-of-one")
    common = subgroups(EFFECTS, "place", CELLS, common_tau2=True)
    assert common.groups[2].estimate == pytest.approx(2.0, rel=1e-12)
    assert common.groups[2].pi is not None


def test_separate_subgroups_are_pooled_by_themselves() -> None:
    result = subgroups(EFFECTS, "place", CELLS, method="DL", test="z", level=0.9)
    own = pool(given_effects([0.1, 0.4, 0.7], [0.1] * 3), method="DL", test="z", level=0.9)
    assert result.groups[0].estimate == own.pooled.estimate
    assert result.groups[0].ci == own.pooled.ci
    assert result.overall.pooled == pool(EFFECTS, method="DL", test="z", level=0.9).pooled


def test_a_common_tau2_is_the_regression_without_intercept() -> None:
    result = subgroups(EFFECTS, "place", CELLS, common_tau2=True, test="knha")
    cells = regress(EFFECTS, "~ 0 + place", {"place": CELLS}, test="knha")
    for group, row in zip(result.groups, cells.coefficients, strict=True):
        assert group.estimate == pytest.approx(row.estimate, rel=1e-12)
        assert group.se == pytest.approx(row.se, rel=1e-12)
        assert group.pvalue == pytest.approx(row.pvalue, rel=1e-10)
    with_intercept = regress(EFFECTS, "~ place", {"place": CELLS}, test="knha").omnibus
    assert result.between.statistic == pytest.approx(with_intercept.statistic, rel=1e-12)
    assert (result.between.df, result.between.df2) == (2, 3)


def test_weights_reach_the_subgroups() -> None:
    weights = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    result = subgroups(EFFECTS, "place", CELLS, method="EE", test="z", weights=weights)
    assert result.groups[0].estimate == pytest.approx((0.1 + 3 * 0.4 + 5 * 0.7) / 9, rel=1e-12)
    equal = subgroups(EFFECTS, "place", CELLS, method="EE", test="z", weights="equal")
    assert equal.groups[0].estimate == pytest.approx(0.4, rel=1e-12)
    common = subgroups(EFFECTS, "place", CELLS, common_tau2=True, weights=weights)
    assert common.groups[0].estimate == pytest.approx((0.1 + 3 * 0.4 + 5 * 0.7) / 9, rel=1e-12)


def test_studies_without_a_subgroup_are_left_out_with_the_reason() -> None:
    result = subgroups(EFFECTS, "place", ["u", None, "u", "v", math.nan, "v"])
    assert [(one.label, one.reason) for one in result.overall.effects.excluded] == [
        ("s1", "missing subgroup: place"),
        ("s4", "missing subgroup: place"),
    ]
    assert [group.labels for group in result.groups] == [("s0", "s2"), ("s3", "s5")]


def test_the_order_of_the_levels_can_be_chosen() -> None:
    result = subgroups(EFFECTS, "dose", [10, 2, 10, 2, 9, 9], levels=["9"])
    assert [group.level for group in result.groups] == ["9", "2", "10"]


def test_equal_estimates_leave_no_test_and_say_so() -> None:
    effects = given_effects([1.0, 1.0, 2.0, 3.0], [0.1] * 4)
    result = subgroups(effects, "a", ["u", "u", "v", "v"])
    assert result.between.statistic is None
    assert "no-difference-test" in {note.code for note in result.notes}
    assert "QM(df = 1) = NA, p-val = NA" in str(result)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["u"] * 6, "all studies are in the subgroup 'u'"),
        ([None] * 6, "no study has a subgroup"),
        (["u", "v"], "2 subgroups for 6 estimates"),
    ],
)
def test_subgroups_at_fault(cells: list[str | None], message: str) -> None:
    with pytest.raises(InputError, match=f"place: {message}"):
        subgroups(EFFECTS, "place", cells)


def test_as_many_subgroups_as_studies_have_no_common_tau2() -> None:
    effects = given_effects([1.0, 2.0], [0.1, 0.1])
    with pytest.raises(InputError, match="2 estimates cannot support 2 coefficients"):
        subgroups(effects, "a", ["u", "v"], common_tau2=True)
    assert subgroups(effects, "a", ["u", "v"]).between.statistic == pytest.approx(5.0)


def test_the_frame_has_one_row_per_subgroup_and_one_for_all() -> None:
    frame = subgroups(EFFECTS, "place", CELLS).to_frame()
    assert frame["level"].tolist() == ["u", "v", "w", "all studies"]
    assert frame["k"].tolist() == [3, 2, 1, 6]
    assert "<td>all studies</td>" in subgroups(EFFECTS, "place", CELLS)._repr_html_()


def test_the_printout() -> None:
    effects = given_effects([1.0, 3.0, 7.0, 9.0], [2.0] * 4)
    result = subgroups(effects, "place", ["x", "x", "y", "y"], method="EE", test="z")
    assert str(result).startswith(
        "Subgroups by place\n"
        "\n"
        "place  k  estimate      se    zval    pval   ci.lb   ci.ub    tau2     I2       Q\n"
        "x      2    2.0000  1.0000  2.0000  0.0455  0.0400  3.9600  0.0000  0.00%  1.0000\n"
        "y      2    8.0000  1.0000  8.0000  <.0001  6.0400  9.9600  0.0000  0.00%  1.0000\n"
        "\n"
        "Test for Subgroup Differences:\n"
        "QM(df = 1) = 18.0000, p-val < .0001\n"
    )
    common = str(subgroups(effects, "place", ["x", "x", "y", "y"], method="DL", common_tau2=True))
    assert common.startswith(
        "Subgroups by place (one tau^2 for all)\n\ntau^2 within subgroups:  0.0000"
    )
    assert "F(df1 = 1, df2 = 2) = 18.0000, p-val = 0.0513" in common
