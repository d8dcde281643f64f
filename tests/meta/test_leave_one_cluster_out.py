"""Dependent effects without each cluster; the published cases are in test_group_based_review."""

from typing import Any

import pytest

from meta.dependence.correlated_effects import CorrelatedEffects, correlated_effects
from meta.dependence.leave_one_cluster_out import leave_one_cluster_out
from meta.dependence.random_terms import Columns
from meta.faults import InputError
from meta.models.results import EffectSizes

STUDIES = ["s", "s", "t", "t", "u", "u", "w", "w"]


def effects_of(*yi: float) -> EffectSizes:
    return EffectSizes(
        measure="GEN",  # type: ignore[arg-type]
        labels=tuple(map(str, range(len(yi)))),
        yi=yi,  # type: ignore[arg-type]
        vi=[0.1] * len(yi),  # type: ignore[arg-type]
    )


def che(some: EffectSizes, theirs: Columns) -> CorrelatedEffects:
    return correlated_effects(some, "study", theirs)


def test_each_analysis_is_the_one_that_the_others_alone_have() -> None:
    yi = (0.0, 0.1, 1.0, 1.3, 2.0, 2.2, 1.0, 0.7)
    found = leave_one_cluster_out(che, effects_of(*yi), "study", {"study": STUDIES})
    assert found.labels == ("s", "t", "u", "w")
    without_t = correlated_effects(
        effects_of(0.0, 0.1, 2.0, 2.2, 1.0, 0.7), "study", {"study": ["s", "s", "u", "u", "w", "w"]}
    )
    assert found.analyses[1].to_dict() == without_t.robust.to_dict()
    assert found.to_frame()["k"].tolist() == [6, 6, 6, 6]


def test_a_conclusion_that_rests_on_one_cluster_is_said() -> None:
    yi = (-1.5, -1.7, 1.0, 1.2, 1.1, 0.9, 1.0, 1.05)
    found = leave_one_cluster_out(che, effects_of(*yi), "study", {"study": STUDIES})
    (note,) = found.notes
    assert note.code == "conclusion-rests-on-cluster"
    assert note.text == "The interval excludes 0 without s, and not without any other."
    assert note.text in found.summary()
    same = leave_one_cluster_out(
        che, effects_of(*(abs(y) for y in yi)), "study", {"study": STUDIES}
    )
    assert same.notes == ()


def test_two_clusters_and_moderators_are_refused() -> None:
    with pytest.raises(InputError, match="2 clusters leave one when one is left out"):
        leave_one_cluster_out(che, effects_of(1, 2, 3, 4), "study", {"study": ["s", "s", "t", "t"]})

    def moderated(some: EffectSizes, theirs: Columns) -> CorrelatedEffects:
        return correlated_effects(some, "study", theirs, mods="~ x")

    columns: dict[str, Any] = {
        "study": [*STUDIES, "z", "z"],
        "x": [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 5.0, 1.0, 3.0, 2.0],
    }
    with pytest.raises(InputError, match="the model has moderators"):
        leave_one_cluster_out(
            moderated,
            effects_of(0.0, 0.1, 1.0, 1.3, 2.0, 2.2, 1.0, 0.7, 0.4, 0.2),
            "study",
            columns,
        )
