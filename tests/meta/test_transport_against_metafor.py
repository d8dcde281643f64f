"""Transport to a target against R's metafor: user weights, and a regression that predicts at the target."""

import json
from pathlib import Path
from typing import Any

import pytest

from meta.choices.transport import transport
from meta.choices.transport_similarity import DistanceSimilarity, WordSimilarity
from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool

CASES = sorted((Path(__file__).parents[1] / "reference" / "transport").glob("*.json"))
CLOSE = 1e-8  # relative: tau2 is searched by both
WAYS = {"untransported": "untransported", "relevance": "by_relevance", "regression": "regression"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_as_metafor_has_it(path: Path) -> None:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    columns, options, wanted = case["columns"], case["options"], case["expected"]
    counts = {name: columns[name] for name in ("ai", "bi", "ci", "di")}
    effects = effect_sizes(options["measure"], counts, labels=columns["slab"])
    found = transport(
        pool(effects, method=options["method"], test=options["test"]),
        {"ablat": 40.0, "alloc": "random"},
        {name: columns[name] for name in ("ablat", "alloc")},
        similarity={"ablat": DistanceSimilarity(scale=15), "alloc": WordSimilarity(other=0.5)},
        modifiers=("ablat", "alloc"),
        threshold=options["threshold"],
    ).to_dict()
    studies = found["studies"]
    relevance = [one["relevance"] for one in studies]
    assert relevance == pytest.approx(wanted["relevance"], rel=1e-14)
    assert found["studies_by_relevance"] == pytest.approx(wanted["effective"], rel=1e-13)
    weights = [one["weight_percent"] for one in studies]
    assert weights == pytest.approx(wanted["weight_percent"], rel=CLOSE)
    assert [one["way"] for one in found["effects"]] == list(WAYS)
    for one in found["effects"]:
        expected = wanted[WAYS[one["way"]]]
        for name in ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high", "above"):
            if name in expected:
                assert one[name] == pytest.approx(expected[name], rel=CLOSE), (one["way"], name)
            else:
                assert one[name] is None, (one["way"], name)


def test_no_case_is_left_out() -> None:
    names = ["ee-z", "ml-t", "pm-adhoc", "dl-z", "reml-knha"]
    assert {path.stem for path in CASES} == {f"bcg-transport-{name}" for name in names}
    kinds = {json.loads(path.read_text(encoding="utf-8"))["kind"] for path in CASES}
    assert kinds == {"transport"}
