"""Sampling errors of contrasts that share people: against metafor's vcalc, and by what must hold."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.dependence.correlated_effects import correlated_effects, sweep_rho
from meta.dependence.sampling_covariance import correlated
from meta.dependence.shared_groups import Groups, sharing_groups
from meta.faults import InputError
from meta.models.results import EffectSizes

GROUPS = Groups(group1="g1", n1="n1", group2="g2", n2="n2", measurement="m")
COLUMNS: dict[str, Any] = {
    "study": ["s", "s", "s", "s", "s", "t", "t", "t"],
    "g1": ["a", "b", "a", "b", "b", "x", "x", "y"],
    "n1": [20.0, 35.0, 18.0, 33.0, 33.0, 10.0, 12.0, 14.0],
    "g2": ["c", "c", "c", "c", "a", "y", "y", "x"],
    "n2": [22.0, 22.0, 20.0, 19.0, 18.0, 14.0, 16.0, 10.0],
    "m": ["o1", "o1", "o2", "o2", "o1", "p", "q", "p2"],
}
EFFECTS = EffectSizes(
    measure="GEN",  # type: ignore[arg-type]
    labels=tuple("abcdefgh"),
    yi=[0.1, 0.3, 0.2, 0.4, 0.25, 0.6, 0.5, -0.4],  # type: ignore[arg-type]
    vi=[0.1, 0.2, 0.15, 0.12, 0.3, 0.2, 0.25, 0.21],  # type: ignore[arg-type]
)
# metafor 3.8-1: vcalc(vi, cluster=study, type=m, grp1=g1, w1=n1, grp2=g2, w2=n2, rho=0.8)
VCALC = {
    0: [0.1, 0.07647191129018725, 0.09797928121281164, 0.04817550332771959, -0.1008368346731032],
    4: [-0.1008368346731032, 0.0904067177426716, -0.09903559731532756, 0.05450891412839752, 0.3],
}
VCALC_SECOND = [0.2, 0.1788724505007099, -0.1639512122553536]
# the same without type, with obs = 1 to 8 and rho = 0.6
VCALC_DIFFERENT = [0.1, 0.0458831467741123, 0.0734844609096087, 0.0361316274957897]


def test_metafor_imputes_the_same() -> None:
    v = sharing_groups(EFFECTS, "study", GROUPS, COLUMNS, 0.8)
    # rel 1e-13: a few roots and quotients of doubles on each side
    for row, wanted in VCALC.items():
        assert v.blocks[0][row] == pytest.approx(wanted, rel=1e-13)
    assert v.blocks[1][0] == pytest.approx(VCALC_SECOND, rel=1e-13)
    four = Groups(group1="g1", n1="n1", group2="g2", n2="n2")
    v = sharing_groups(EFFECTS, "study", four, COLUMNS, 0.6)
    assert v.blocks[0][0][:4] == pytest.approx(VCALC_DIFFERENT, rel=1e-13)


@given(rho=st.floats(-0.2, 0.95), sizes=st.lists(st.integers(5, 500), min_size=4, max_size=4))
def test_the_same_two_groups_are_correlated_by_rho_alone(rho: float, sizes: list[int]) -> None:
    columns: dict[str, Any] = {
        "study": ["s", "s", "s", "s"],
        "g1": ["a", "a", "a", "b"],
        "n1": [sizes[0]] * 3 + [sizes[1]],
        "g2": ["c", "c", "c", "d"],
        "n2": [sizes[2]] * 3 + [sizes[3]],
        "m": ["x", "y", "z", "x"],
    }
    effects = EffectSizes(
        measure="GEN",  # type: ignore[arg-type]
        labels=tuple("abcd"),
        yi=[0.0] * 4,  # type: ignore[arg-type]
        vi=[1.0, 2.0, 3.0, 4.0],  # type: ignore[arg-type]
    )
    block = sharing_groups(effects, "study", GROUPS, columns, rho).blocks[0]
    plain = correlated(effects, "study", columns, rho).blocks[0]
    assert block[:3, :3] == pytest.approx(plain[:3, :3], rel=1e-12, abs=1e-15)
    assert not block[3, :3].any()  # people of whom none is shared


def test_turning_a_contrast_round_turns_its_covariances_round() -> None:
    turned = COLUMNS | {
        one: [b if row == 1 else a for row, (a, b) in enumerate(zip(*pair, strict=True))]
        for one, pair in {
            "g1": (COLUMNS["g1"], COLUMNS["g2"]),
            "n1": (COLUMNS["n1"], COLUMNS["n2"]),
            "g2": (COLUMNS["g2"], COLUMNS["g1"]),
            "n2": (COLUMNS["n2"], COLUMNS["n1"]),
        }.items()
    }
    sign = np.array([1, -1, 1, 1, 1])
    one = sharing_groups(EFFECTS, "study", GROUPS, COLUMNS, 0.8).blocks[0]
    other = sharing_groups(EFFECTS, "study", GROUPS, turned, 0.8).blocks[0]
    assert other == pytest.approx(np.multiply.outer(sign, sign) * one, rel=1e-14)


def test_the_working_model_and_its_sweep_use_the_groups() -> None:
    three = COLUMNS | {"study": ["s", "s", "s", "u", "u", "t", "t", "t"]}
    alone = correlated_effects(EFFECTS, "study", three, rho=0.8, groups=GROUPS)
    swept = sweep_rho(EFFECTS, "study", three, rhos=[0.8, 0.2], groups=GROUPS)
    v = sharing_groups(EFFECTS, "study", GROUPS, three, 0.8)
    assert np.array_equal(alone.model.sampling.dense(range(8)), v.dense(range(8)))
    assert swept.results[1].robust.to_dict() == alone.robust.to_dict()
    assert swept.results[0].rho == 0.2
    assert "shared groups of people" in alone.summary()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n1": [0.0, *COLUMNS["n1"][1:]]}, "n1: entry 1 (a) is 0.0. Give the number of people"),
        ({"n2": ["many"] * 8}, "n2: entry 1 (a) is 'many'. Give the number of people"),
        ({"n2": [None, *COLUMNS["n2"][1:]]}, "n2: entry 1 (a) is None. Give the number"),
        ({"g1": [None, *COLUMNS["g1"][1:]]}, "g1: entry 1 (a) is missing. Name what each"),
        ({"m": [None, *COLUMNS["m"][1:]]}, "m: entry 1 (a) is missing. Name what each"),
        ({"g2": ["a", *COLUMNS["g2"][1:]]}, "g2: entry 1 (a) compares 'a' with itself. Name two"),
        ({"m": ["o1"] * 8}, "V is not positive definite for s, 5 estimates"),
        ({"study": [None, *COLUMNS["study"][1:]]}, "study: entry 1 (a) is missing."),
    ],
)
def test_what_says_no_groups_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        sharing_groups(EFFECTS, "study", GROUPS, COLUMNS | change, 0.8)
    assert message in str(refused.value)


@pytest.mark.parametrize("rho", [-1.0, 1.0, float("nan")])
def test_a_rho_that_is_no_correlation_of_errors_is_refused(rho: float) -> None:
    with pytest.raises(InputError, match="Give a correlation between -1 and 1"):
        sharing_groups(EFFECTS, "study", GROUPS, COLUMNS, rho)
