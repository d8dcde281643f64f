"""Coding of moderators: as R's model.matrix does it."""

import math

import numpy as np
import pytest

from meta.faults import InputError
from meta.models.results import EffectSizes
from meta.moderators.design_matrix import design_matrix, independent, level_order

X = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0]
A = ["b", "a", "c", "a", "b", "c"]
B = ["u", "v", "u", "v", "v", "u"]


def effects(k: int = 6) -> EffectSizes:
    labels = tuple(f"s{i}" for i in range(k))
    return EffectSizes(measure="GEN", labels=labels, yi=np.arange(k), vi=np.ones(k))  # type: ignore[arg-type]


# colnames(model.matrix(formula, data.frame(x, a, b))) in R 4.2.2
@pytest.mark.parametrize(
    ("mods", "names"),
    [
        ("~ a", ["intrcpt", "ab", "ac"]),
        ("~ 0 + a", ["aa", "ab", "ac"]),
        ("~ 0 + x + a", ["x", "aa", "ab", "ac"]),
        ("~ 0 + a + b", ["aa", "ab", "ac", "bv"]),
        ("~ x * b", ["intrcpt", "x", "bv", "x:bv"]),
        ("~ x:b", ["intrcpt", "x:bu", "x:bv"]),
        ("~ b + x:b", ["intrcpt", "bv", "bu:x", "bv:x"]),
        ("~ I(x^2) + x", ["intrcpt", "I(x^2)", "x"]),
        ("~ factor(b)", ["intrcpt", "factor(b)v"]),
    ],
)
def test_names_and_coding_are_those_of_r(mods: str, names: list[str]) -> None:
    design = design_matrix(effects(), mods, {"x": X, "a": A, "b": B})
    assert list(design.names) == names
    assert np.linalg.matrix_rank(design.x) == len(names)


def test_the_reference_level_can_be_chosen() -> None:
    design = design_matrix(effects(), "~ a", {"a": A}, levels={"a": ["c"]})
    assert design.names == ("intrcpt", "aa", "ab")
    assert design.levels == {"a": ("c", "a", "b")}
    assert design.x[:, 1].tolist() == [0, 1, 0, 1, 0, 0]
    with pytest.raises(
        InputError, match=r"a: no study used has the reference level 'z'. Use one of a, b, c"
    ):
        design_matrix(effects(), "~ a", {"a": A}, levels={"a": ["z"]})


def test_numbers_as_categories_are_ordered_as_numbers() -> None:
    assert level_order("dose", [10.0, 9.0, 2.5], ()) == ("2.5", "9", "10")
    design = design_matrix(effects(), "~ C(x)", {"x": [1, 2, 10, 1, 2, 10]})
    assert design.names == ("intrcpt", "C(x)2", "C(x)10")


def test_words_are_ordered_without_regard_to_capitals() -> None:
    assert level_order("place", ["b", "A", "C", "a"], ()) == ("A", "a", "b", "C")


def test_missing_moderators_exclude_their_study_with_a_reason() -> None:
    x = [1.0, None, 3.0, math.nan, 5.0, 7.0]
    design = design_matrix(effects(), "~ x + a", {"x": x, "a": [*A[:2], None, *A[3:]]})
    assert design.rows == (0, 4, 5)
    assert design.effects.labels == ("s0", "s4", "s5")
    assert [(one.label, one.reason) for one in design.effects.excluded] == [
        ("s1", "missing moderator: x"),
        ("s2", "missing moderator: a"),
        ("s3", "missing moderator: x"),
    ]
    log = design_matrix(effects(), "~ log(x)", {"x": [0.0, -1.0, 1.0, 2.0, 3.0, 4.0]})
    assert [one.reason for one in log.effects.excluded] == ["log(x) has no finite value"] * 2


def test_a_level_that_only_excluded_studies_have_gets_no_column() -> None:
    design = design_matrix(effects(), "~ a + x", {"a": A, "x": [1, 2, None, 4, 5, None]})
    assert design.names == ("intrcpt", "ab", "x")


def test_columns_that_others_determine_are_dropped_from_the_right() -> None:
    design = design_matrix(effects(), "~ x + I(2*x) + I(1 - x)", {"x": X})
    assert design.names == ("intrcpt", "x")
    assert [note.code for note in design.notes] == ["redundant-moderator"] * 2
    assert design.notes[0].text.startswith("I(2*x) was dropped")
    assert independent([np.ones(3), np.zeros(3), np.array([1.0, 1.0, 1.0 + 1e-9])]) == [0]
    assert independent([1e-9 * np.ones(3), 1e9 * np.array([1.0, 2.0, 4.0])]) == [0, 1]


@pytest.mark.parametrize(
    ("mods", "columns", "message"),
    [
        ("~ x", {"x": [3.0] * 6}, "no moderator of the formula '~ x' varies"),
        ("~ x", {"x": [1, 2]}, "x: 2 values for 6 estimates"),
        ("~ x", {"x": [1, 2, "three", 4, 5, 6]}, "x: 'three' stands among numbers"),
        ("~ x", {"x": [1, math.inf, 3, 4, 5, 6]}, "x: entry 2 is infinite"),
        ("~ I(a^2)", {"a": A}, r"a: I\(a\^2\) needs numbers, and this column holds words"),
        ("~ x", {"x": [None] * 6}, "no study has all the moderators"),
        ("~ x", {}, "x: the formula names this column"),
    ],
)
def test_moderators_at_fault(mods: str, columns: dict[str, list[object]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        design_matrix(effects(), mods, columns)  # type: ignore[arg-type]
