"""The multiverse: each specification is the analysis done by itself, the shares those of the curve."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta.choices import multiverse_fits
from meta.choices.multiverse import multiverse
from meta.choices.multiverse_checks import no_effect_and_threshold
from meta.choices.multiverse_data import ZERO_RULES
from meta.choices.multiverse_results import Multiverse
from meta.choices.variance_shares import variance_shares
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import ConvergenceError, InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis

CLOSE = 1e-10  # tau2 of the batch against the fit alone, and both sums in another order
TRIALS: dict[str, list[float | None]] = {
    "ai": [4, 6, 0, 17, 9, 3, 12],
    "n1i": [40, 30, 22, 60, 45, 31, 52],
    "ci": [11, 9, 2, 20, 5, None, 14],
    "n2i": [41, 33, 20, 62, 44, 30, 50],
}
LABELS = ["a", "b", "c", "d", "e", "f", "g"]
REGION = ["n", "n", "s", "s", "w", None, "w"]
EARLY = {"ai": [3, 5, 0, 15, 8, 3, 10]}
OWN = {
    "a": {"reported": {}, "imputed": {"ai": 5.0, "ci": 10.0}},
    "f": {"left out": {}, "worst": {"ci": 2.0}, "best": {"ci": 8.0}},
}


def rich(**changes: Any) -> Multiverse:
    options: dict[str, Any] = {
        "measures": ["RR", "OR", "PETO", "RD"],
        "methods": ["EE", "DL", "REML", "PM"],
        "tests": ["z", "t", "knha", "adhoc"],
        "weightings": ["inverse-variance", "equal", "n"],
        "zeros": ["only0", "all", "none", "drop00"],
        "data": {"late": {}, "early": EARLY},
        "of_studies": OWN,
        "subsets": {"region": REGION},
        "labels": LABELS,
    }
    return multiverse(TRIALS, **options | changes)


def chosen(effects: EffectSizes, kept: Sequence[bool]) -> EffectSizes:
    """Take the studies that a subset keeps."""
    some = [place for place, row in enumerate(effects.rows.tolist()) if kept[row]]
    return replace(
        effects,
        labels=tuple(effects.labels[one] for one in some),
        yi=effects.yi[some],
        vi=effects.vi[some],
        ni=None if effects.ni is None else effects.ni[some],
        rows=effects.rows[some],
    )


def keeps(subset: str, value: object) -> bool:
    if subset == "all":
        return True
    word, _, wanted = subset.partition(" ")
    return (value == wanted) == (word == "only")


def alone(row: Mapping[Any, Any]) -> MetaAnalysis | None:
    """Do one specification of `rich` by hand."""
    columns = {name: list(cells) for name, cells in TRIALS.items()}
    if row["data"] == "early":
        columns |= {name: list(cells) for name, cells in EARLY.items()}
    for label, alternatives in OWN.items():
        for name, value in alternatives[row[label]].items():
            columns[name][LABELS.index(label)] = value
    to, drop00 = ZERO_RULES[row["zeros"]]
    effects = effect_sizes(row["measure"], columns, labels=LABELS, to=to, drop00=drop00)
    effects = chosen(effects, [keeps(row["region"], one) for one in REGION])
    if not effects.k:
        return None
    weights = None if row["weights"] == "inverse-variance" else row["weights"]
    return pool(effects, method=row["estimator"], test=row["test"], weights=weights)


def agree(row: Mapping[Any, Any], wanted: MetaAnalysis) -> None:
    natural = wanted.natural
    for name in ("estimate", "ci_low", "ci_high"):
        assert row[name] == pytest.approx(natural[name], rel=CLOSE, abs=CLOSE), (name, row)
    tau2 = wanted.heterogeneity.tau2
    assert row["k"] == wanted.effects.k
    if tau2 is None:
        assert math.isnan(row["tau2"])
    else:
        assert row["tau2"] == pytest.approx(tau2, rel=1e-8, abs=CLOSE)


def test_every_specification_is_the_analysis_by_itself() -> None:
    found = rich()
    assert found.n == 4 * 4 * 2 * 2 * 3 * 7 * 4 * 4 * 3
    frame = found.to_frame()
    assert len(frame) == found.n
    generator = np.random.default_rng(1)
    rows = frame.iloc[generator.choice(found.n, 1500, replace=False)].to_dict("records")
    missing = 0
    for row in rows:
        wanted = alone(row)
        if wanted is None:
            missing += 1
            assert row["k"] == 0
            assert math.isnan(row["estimate"])
            assert row["not_computed"] == "no study with an estimate is left"
        else:
            agree(row, wanted)
            assert row["not_computed"] is np.nan
    assert not missing


@pytest.mark.parametrize("method", ["EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM"])
def test_all_specifications_of_a_small_multiverse(method: str) -> None:
    found = rich(measures=["OR"], methods=[method], zeros=["only0"], data={"late": {}}, level=0.9)
    # all, without s, without w: 2 x 3 each; without n: 3; only n: 2; only s, only w: 1 each
    assert (found.level, found.data_sets) == (0.9, 25)
    for row in found.to_frame().to_dict("records"):
        wanted = alone(row)
        assert wanted is not None
        wanted = pool(
            wanted.effects,
            method=method,
            test=row["test"],
            weights=None if row["weights"] == "inverse-variance" else row["weights"],
            level=0.9,
        )
        agree(row, wanted)


# dat.bcg of metadat: rma() of metafor 3.8-1 on escalc(), with subset by allocation; REML with threshold=1e-14
BCG: dict[str, list[float | None]] = {
    "ai": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "bi": [119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886],
    "ci": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "di": [128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825],
}
ALLOCATION = ["random"] * 4 + ["alternate"] * 2 + ["random"] * 3 + ["systematic"] * 4
METAFOR: dict[tuple[str, ...], tuple[float, ...]] = {
    ("RR", "all", "EE", "z"): (0.650323619619, 0.600699026086, 0.704047770796, 0),
    ("RR", "all", "EE", "knha"): (0.650323619619, 0.474937817982, 0.890476172295, 0),
    ("RR", "all", "DL", "z"): (0.489624150464, 0.344919135222, 0.695037718225, 0.308760262862),
    ("RR", "all", "DL", "knha"): (0.489624150464, 0.330277736026, 0.725849134132, 0.308760262862),
    ("RR", "all", "REML", "z"): (0.489420939826, 0.344074306107, 0.696166066715, 0.313243258136),
    ("RR", "all", "REML", "knha"): (0.489420939826, 0.330072248484, 0.725698259822, 0.313243258136),
    ("RR", "only random", "EE", "z"): (0.744876635971, 0.669258047229, 0.82903926985, 0),
    ("RR", "only random", "EE", "knha"): (0.744876635971, 0.420073959036, 1.32081789618, 0),
    ("RR", "only random", "DL", "z"): (
        0.366351745434,
        0.180165818531,
        0.744944865107,
        0.763062754371,
    ),
    ("RR", "only random", "DL", "knha"): (
        0.366351745434,
        0.200208290723,
        0.670369847813,
        0.763062754371,
    ),
    ("RR", "only random", "REML", "z"): (
        0.378717511421,
        0.220506362992,
        0.650443604034,
        0.392528006901,
    ),
    ("RR", "only random", "REML", "knha"): (
        0.378717511421,
        0.203855178276,
        0.703572774898,
        0.392528006901,
    ),
    ("RR", "without alternate", "EE", "z"): (0.723311791396, 0.659160544353, 0.793706407422, 0),
    ("RR", "without alternate", "EE", "knha"): (0.723311791396, 0.495783832456, 1.05525818577, 0),
    ("RR", "without alternate", "DL", "z"): (
        0.463726507062,
        0.298677358842,
        0.719981836538,
        0.42074014514,
    ),
    ("RR", "without alternate", "DL", "knha"): (
        0.463726507062,
        0.287490590951,
        0.747997604514,
        0.42074014514,
    ),
    ("RR", "without alternate", "REML", "z"): (
        0.464903250824,
        0.30452364988,
        0.709747938173,
        0.381664602216,
    ),
    ("RR", "without alternate", "REML", "knha"): (
        0.464903250824,
        0.288519623224,
        0.749117270473,
        0.381664602216,
    ),
    ("RD", "all", "EE", "z"): (-0.000914263468456, -0.00135728182987, -0.000471245107046, 0),
    ("RD", "all", "EE", "knha"): (-0.000914263468456, -0.00327816759401, 0.00144964065709, 0),
    ("RD", "all", "DL", "z"): (
        -0.0070552635661,
        -0.010119452066,
        -0.00399107506622,
        1.87347499331e-05,
    ),
    ("RD", "all", "DL", "knha"): (
        -0.0070552635661,
        -0.0180643875506,
        0.0039538604184,
        1.87347499331e-05,
    ),
    ("RD", "all", "REML", "z"): (
        -0.0251732881433,
        -0.0463960019246,
        -0.00395057436202,
        0.00142140309567,
    ),
    ("RD", "all", "REML", "knha"): (
        -0.0251732881433,
        -0.0492978599877,
        -0.00104871629884,
        0.00142140309567,
    ),
    ("RD", "only random", "EE", "z"): (-0.00111742707013, -0.00176489850001, -0.000469955640259, 0),
    ("RD", "only random", "EE", "knha"): (-0.00111742707013, -0.00506821250517, 0.0028333583649, 0),
    ("RD", "only random", "DL", "z"): (
        -0.0113756138248,
        -0.0187936844346,
        -0.00395754321494,
        5.75527962768e-05,
    ),
    ("RD", "only random", "DL", "knha"): (
        -0.0113756138248,
        -0.0272699612867,
        0.00451873363711,
        5.75527962768e-05,
    ),
    ("RD", "only random", "REML", "z"): (
        -0.020107816761,
        -0.0373476597634,
        -0.00286797375851,
        0.000420828894895,
    ),
    ("RD", "only random", "REML", "knha"): (
        -0.020107816761,
        -0.0433222717309,
        0.00310663820901,
        0.000420828894895,
    ),
    ("RD", "without alternate", "EE", "z"): (
        -0.000864744077725,
        -0.00131214141207,
        -0.000417346743376,
        0,
    ),
    ("RD", "without alternate", "EE", "knha"): (
        -0.000864744077725,
        -0.00301857743809,
        0.00128908928264,
        0,
    ),
    ("RD", "without alternate", "DL", "z"): (
        -0.00530130143107,
        -0.00804162571101,
        -0.00256097715113,
        1.24191484768e-05,
    ),
    ("RD", "without alternate", "DL", "knha"): (
        -0.00530130143107,
        -0.0122783006327,
        0.00167569777054,
        1.24191484768e-05,
    ),
    ("RD", "without alternate", "REML", "z"): (
        -0.0125186922933,
        -0.0221874418606,
        -0.00284994272615,
        0.000213839236918,
    ),
    ("RD", "without alternate", "REML", "knha"): (
        -0.0125186922933,
        -0.025568248188,
        0.000530863601336,
        0.000213839236918,
    ),
}


def test_specifications_are_metafors() -> None:
    found = multiverse(
        BCG,
        measures=["RR", "RD"],
        methods=["EE", "DL", "REML"],
        tests=["z", "knha"],
        subsets={"alloc": ALLOCATION},
    )
    compared = 0
    for row in found.to_frame().to_dict("records"):
        wanted = METAFOR.get((row["measure"], row["alloc"], row["estimator"], row["test"]))
        if wanted is not None:
            compared += 1
            values = [row[name] for name in ("estimate", "ci_low", "ci_high", "tau2")]
            assert values == pytest.approx(list(wanted), rel=1e-8)
    assert compared == len(METAFOR) == 36
    assert found.notes[0].text == (
        "14 specifications have Knapp and Hartung's interval around a common effect, for which it is not "
        "meant."
    )


def test_measures_of_one_group_have_no_effect_to_exclude() -> None:
    without = {
        one
        for one, (none, _) in no_effect_and_threshold(list(Measure), None).items()
        if none is None
    }
    assert without == {
        *("PR", "PLN", "PLO", "PAS", "PFT", "IR", "IRLN", "IRS", "IRFT"),
        *("MN", "MNLN", "CVLN", "SDLN", "ARAW", "ABT", "AHW"),
    }


def test_shares_are_taken_on_the_scale_of_the_analysis() -> None:
    found = multiverse(
        BCG, measures=["RR"], methods=["EE", "DL"], tests=["z"], subsets={"alloc": ALLOCATION}
    )
    (curve,) = found.curves
    wanted = variance_shares(np.log(curve.estimate), curve.codes, size=1.0)
    assert curve.shares is not None
    assert wanted is not None
    assert curve.shares.of == pytest.approx(wanted.of, rel=1e-9)
    other = variance_shares(curve.estimate, curve.codes, size=1.0)
    assert other is not None
    assert curve.shares.of != pytest.approx(other.of, rel=1e-3)


def test_zero_rules_that_look_at_all_studies() -> None:
    found = multiverse(
        TRIALS, measures=["RR"], zeros=["if0all"], methods=["DL"], tests=["z"], labels=LABELS
    )
    wanted = pool(effect_sizes("RR", TRIALS, to="if0all"), method="DL", test="z")
    assert found.estimate.item() == pytest.approx(wanted.natural["estimate"], rel=1e-12)


def test_studies_without_events_are_left_out_by_one_rule_alone() -> None:
    counts: dict[str, list[float | None]] = {
        "ai": [4, 6, 0], "n1i": [40, 30, 22], "ci": [0, 9, 0], "n2i": [41, 33, 20]
    }  # fmt: skip
    zeros = ["only0", "all", "if0all", "none", "drop00"]
    found = multiverse(counts, measures=["OR"], methods=["DL"], tests=["z"], zeros=zeros)
    assert found.k.tolist() == [3, 3, 3, 1, 2]
    for place, rule in enumerate(zeros[:3]):
        wanted = pool(effect_sizes("OR", counts, to=rule), method="DL", test="z")
        assert found.estimate[place] == pytest.approx(wanted.natural["estimate"], rel=1e-12)
    wanted = pool(effect_sizes("OR", counts, drop00=True), method="DL", test="z")
    assert found.ci_low[4] == pytest.approx(wanted.natural["ci_low"], rel=1e-12)
    assert found.notes[0].text.startswith("1 of 5 combinations")  # all and if0all


def test_subsets_are_different_and_not_empty() -> None:
    data = {"yi": [0.1, 0.5, 0.3], "vi": [0.04, 0.04, 0.02]}
    columns: dict[str, list[str | float | None]] = {
        "one": ["x", "x", "x"],
        "some": ["x", None, "x"],
        "none": [None, None, ""],
        "two": [1.5, 2.0, 2.0],
        "three": ["z", "y", "x"],
    }
    found = multiverse(data, measures=["GEN"], subsets=columns)
    assert {one.name: one.alternatives for one in found.choices if one.name in columns} == {
        "one": ("all",),
        "some": ("all", "only x", "without x"),
        "none": ("all",),
        "two": ("all", "only 1.5", "only 2"),
        "three": ("all", "only z", "only y", "only x", "without z", "without y", "without x"),
    }


def test_combinations_are_counted_and_equal_data_are_pooled_once() -> None:
    data = {"yi": [0.1, 0.5, 0.3], "vi": [0.04, 0.04, 0.02]}
    found = multiverse(
        data,
        measures=["GEN"],
        methods=["EE", "DL"],
        zeros=["only0", "all"],
        subsets={"year": [1, 2, 2]},
    )
    assert [len(one.alternatives) for one in found.choices] == [1, 2, 1, 3, 2, 1, 1]
    assert (found.n, found.data_sets) == (12, 3)
    assert [one.code for one in found.notes] == [
        "same-data",
        "single-study",
        "adjusted-common-effect",
    ]
    assert found.notes[0].text == (
        "3 of 6 combinations of choices about data give the same estimates as another; each counts in the "
        "shares."
    )
    assert found.notes[1].text == ("4 specifications have one study alone, which is tested with z.")
    frame = found.to_frame()
    halves = [frame[frame["zeros"] == one]["estimate"].tolist() for one in ("only0", "all")]
    assert halves[0] == halves[1]


def test_shares_by_hand() -> None:
    # equal variances: the estimate is the mean of the studies kept, z on it
    data = {"yi": [-1.0, 2.0, 5.0], "vi": [1.0, 1.0, 1.0]}
    found = multiverse(
        data,
        measures=["GEN"],
        methods=["EE"],
        tests=["z"],
        subsets={"x": ["p", "q", "q"], "y": ["u", "u", "v"]},
        threshold=2.0,
    )
    # x: all, only p, only q; y: all, only u, only v
    wanted = {
        ("all", "all"): (2.0, 3), ("all", "only u"): (0.5, 2), ("all", "only v"): (5.0, 1),
        ("only p", "all"): (-1.0, 1), ("only p", "only u"): (-1.0, 1), ("only p", "only v"): None,
        ("only q", "all"): (3.5, 2), ("only q", "only u"): (2.0, 1), ("only q", "only v"): (5.0, 1),
    }  # fmt: skip
    for row in found.to_frame().to_dict("records"):
        expected = wanted[row["x"], row["y"]]
        if expected is None:
            assert (row["k"], row["not_computed"]) == (0, "no study with an estimate is left")
        else:
            assert (round(row["estimate"], 12), row["k"]) == expected
    (curve,) = found.curves
    assert curve.n == 8
    assert curve.estimate.round(12).tolist() == [-1.0, -1.0, 0.5, 2.0, 2.0, 3.5, 5.0, 5.0]
    assert curve.above == 3 / 8  # 2 is not above 2
    # |mean| sqrt(k) > 1.96: (2, 3), (5, 1), (3.5, 2), (2, 1), (5, 1); not (0.5, 2) nor the two of -1
    assert curve.excludes_no_effect == 5 / 8
    assert curve.above_and_excludes == 3 / 8
    assert curve.quantiles == {"min": -1.0, "q1": 0.125, "median": 2.0, "q3": 3.875, "max": 5.0}
    assert found.not_computed == {"no study with an estimate is left": 1}
    assert found.data_sets == 6
    assert not found.notes or found.notes[0].code == "same-data"
    assert len(found.notes) == 2  # nothing on single studies, as all are tested with z
    ordered = found.to_frame().iloc[curve.places]["estimate"].tolist()
    assert ordered == curve.estimate.tolist()
    assert [one.name for one in curve.choices] == ["x", "y"]
    by = {(one.choice, one.name): one for one in curve.by_alternative}
    assert (by["x", "only p"].n, by["x", "only p"].median, by["x", "only p"].above) == (2, -1.0, 0)
    assert (by["y", "all"].excludes_no_effect, by["y", "all"].median) == (2 / 3, 2.0)


def test_each_quantity_has_a_curve_with_its_own_no_effect() -> None:
    found = rich(of_studies=None)
    assert [(one.quantity, one.measures, one.no_effect) for one in found.curves] == [
        ("risk ratio", ("RR",), 1.0),
        ("odds ratio", ("OR", "PETO"), 1.0),
        ("risk difference", ("RD",), 0.0),
    ]
    assert [one.variance_scale for one in found.curves] == [
        "log risk ratio",
        "log odds ratio",
        "risk difference",
    ]
    assert sum(one.n for one in found.curves) == int((found.reason == 0).sum())
    assert "quantities-apart" in {one.code for one in found.notes}
    frame = found.to_frame()
    for curve in found.curves:
        rows = frame.iloc[curve.places]
        assert set(rows["measure"]) == set(curve.measures)
        for choice, codes in zip(curve.choices, curve.codes, strict=True):
            names = [choice.alternatives[code] for code in codes]
            assert names == rows[choice.name].astype(str).tolist()
    assert "measure" in {one.name for one in found.curves[1].choices}
    assert "measure" not in {one.name for one in found.curves[0].choices}


def test_proportions_share_a_curve_on_their_natural_scale() -> None:
    data: dict[str, list[float | None]] = {"xi": [3, 8, 12], "ni": [20, 30, 33]}
    measures = ["PR", "PLN", "PLO", "PAS", "PFT"]
    found = multiverse(data, measures=measures, methods=["DL"], tests=["z"], threshold=0.3)
    (curve,) = found.curves
    assert (curve.quantity, curve.variance_scale) == ("proportion", "proportion")
    assert (curve.no_effect, curve.excludes_no_effect, curve.above_and_excludes) == (None,) * 3
    for row in found.to_frame().to_dict("records"):
        wanted = pool(effect_sizes(row["measure"], data), method="DL", test="z").natural
        for name in ("estimate", "ci_low", "ci_high"):
            assert row[name] == pytest.approx(wanted[name], rel=1e-11)
    assert "excludes" not in found.summary().partition("Choices")[2].partition("choice ")[0]


def test_a_batch_that_fails_is_done_set_by_set(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = rich(measures=["RR"])

    def fails(*_: object, **__: object) -> None:
        raise ConvergenceError("no")

    monkeypatch.setattr(multiverse_fits, "pool_batch", fails)
    found = rich(measures=["RR"])
    assert np.allclose(found.estimate, wanted.estimate, rtol=CLOSE, atol=0)
    assert np.allclose(found.tau2, wanted.tau2, rtol=1e-8, atol=CLOSE, equal_nan=True)


def test_what_does_not_converge_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(yi: Any, vi: Any) -> Any:
        raise ConvergenceError("no") if len(yi) + len(vi) < 8 else OverflowError

    monkeypatch.setattr(multiverse_fits, "ESTIMATORS", {"PM": fails})
    data = {"yi": [0.1, 0.5, 0.3, 0.9], "vi": [0.04, 0.04, 0.02, 0.1]}
    found = multiverse(
        data, measures=["GEN"], methods=["EE", "PM"], tests=["z"], subsets={"x": [1, 2, 2, 2]}
    )
    assert found.not_computed == {
        "the estimator of tau2 did not converge": 1,
        "the numbers are too far apart for double precision": 1,
    }
    (curve,) = found.curves
    assert curve.n == 4
    assert curve.shares is not None
    assert not curve.shares.balanced
    assert found.notes[-1].text == (
        "Some combinations could not be computed: a choice's share is what it alone explains, and the shares "
        "do not add up to 100%."
    )
    assert np.isnan(found.ci_low[found.reason > 0]).all()
    assert "Not computed:\n- 1: the estimator of tau2 did not converge\n" in found.summary()


def test_numbers_too_far_apart() -> None:
    data = {"yi": [1e200, -1e200, 0.3], "vi": [1e-300, 1e-300, 1.0]}
    for method in ("EE", "DL", "PM"):
        with pytest.raises(InputError, match="too far apart"):
            pool(effect_sizes("GEN", data), method=method)
    found = multiverse(data, measures=["GEN"], methods=["EE", "DL", "PM"], tests=["knha"])
    assert found.not_computed == {"the numbers are too far apart for double precision": 3}
    (curve,) = found.curves
    assert (curve.n, curve.above, curve.quantiles["median"], curve.shares) == (0, None, None, None)
    json.dumps(found.to_dict(), allow_nan=False)
    assert "NA" in found.summary()


def test_what_is_beyond_all_floats_is_inf_and_none() -> None:
    data = {"yi": [1.0, 5.0], "vi": [1.0, 1.0]}
    counts: dict[str, list[float | None]] = {
        "ai": [1, 2],
        "n1i": [2, 3],
        "ci": [1, 1],
        "n2i": [2, 3],
    }
    found = multiverse(counts, measures=["RR"], methods=["DL"], tests=["knha"], level=1 - 1e-12)
    assert found.ci_high.item() == math.inf
    assert math.isfinite(multiverse(data, measures=["GEN"]).ci_high.item())
    rates: dict[str, list[float | None]] = {"xi": [4, 9], "ti": [1e-300, 1e-300]}
    root = multiverse(rates, measures=["IRS"], methods=["EE"], level=1 - 1e-12)
    assert (root.ci_low.item(), root.ci_high.item()) == (0.0, math.inf)
    json.dumps(found.to_dict(), allow_nan=False)


SMALL = {"yi": [0.0, 2.0, 4.0], "vi": [1.0, 1.0, 1.0]}


def test_the_printout() -> None:
    found = multiverse(
        SMALL,
        measures=["GEN"],
        methods=["EE", "DL"],
        tests=["z"],
        subsets={"year": [1, 2, 2]},
        threshold=1.0,
    )
    assert str(found) == (
        "Multiverse: 6 specifications of 3 studies, 6 computed from 3 data sets\n"
        "\n"
        "Choices:\n"
        "- measure: GEN\n"
        "- zeros: only0\n"
        "- data: as given\n"
        "- year: all, only 1, only 2\n"
        "- estimator: EE, DL\n"
        "- test: z\n"
        "- weights: inverse-variance\n"
        "\n"
        "estimate as given (GEN): 6 specifications\n"
        "             min      q1  median      q3     max\n"
        "estimate  0.0000  0.5000  2.0000  2.7500  3.0000\n"
        "\n"
        "estimate above 1.0000: 66.7%\n"
        "95% interval excludes 0.0000: 50.0%\n"
        "both: 50.0%\n"
        "\n"
        "Share of the variance between specifications (estimate as given):\n"
        "choice           share\n"
        "year            100.0%\n"
        "estimator         0.0%\n"
        "in combination    0.0%\n"
        "\n"
        "choice     alternative  n  median   above  excludes\n"
        "year       all          2  2.0000  100.0%     50.0%\n"
        "year       only 1       2  0.0000    0.0%      0.0%\n"
        "year       only 2       2  3.0000  100.0%    100.0%\n"
        "estimator  EE           3  2.0000   66.7%     66.7%\n"
        "estimator  DL           3  2.0000   66.7%     33.3%"
    )


def test_the_dictionary_has_the_numbers_and_not_the_rows() -> None:
    found = multiverse(
        SMALL, measures=["GEN"], methods=["EE", "DL"], subsets={"x": ["p", "q", "q"]}
    )
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert list(told) == [
        "schema_version", "specifications", "data_sets", "studies", "level", "choices", "curves",
        "not_computed", "notes",
    ]  # fmt: skip
    assert told["choices"]["x"] == ["all", "only p", "only q"]
    (curve,) = told["curves"]
    assert curve["variance_shares"] == pytest.approx({"x": 1.0, "estimator": 0.0}, abs=1e-12)
    assert (curve["balanced"], curve["threshold"], curve["no_effect"]) == (True, 0.0, 0.0)
    assert curve["alternatives"][0] == {
        "choice": "x",
        "alternative": "all",
        "specifications": 2,
        "median": pytest.approx(2.0),
        "above": 1.0,
        "excludes_no_effect": 0.0,
    }


studies = st.integers(3, 7).flatmap(
    lambda k: st.lists(
        st.tuples(
            st.integers(-400, 400).map(lambda one: one / 100),
            st.integers(1, 300).map(lambda one: one / 100),
            st.sampled_from(["p", "q", "r"]),
        ),
        min_size=k,
        max_size=k,
    )
)


def of(rows: Sequence[tuple[float, float, str]], **options: Any) -> Multiverse:
    yi, vi, x = zip(*rows, strict=True)
    return multiverse(
        {"yi": list(yi), "vi": list(vi)},
        measures=["GEN"],
        methods=options.pop("methods", ["EE", "DL", "PM"]),
        tests=["z", "knha"],
        weightings=["inverse-variance", "equal"],
        subsets={"x": list(x)},
        **options,
    )


@settings(max_examples=40, deadline=None)
@given(studies, st.randoms(use_true_random=False))
def test_the_order_of_studies_and_alternatives_does_not_matter(
    rows: list[tuple[float, float, str]], random: Any
) -> None:
    found = of(rows)
    random.shuffle(rows)
    again = of(rows, methods=["PM", "EE", "DL"])
    np.testing.assert_allclose(again.curves[0].estimate, found.curves[0].estimate, atol=1e-7)
    assert again.data_sets == found.data_sets


@settings(max_examples=40, deadline=None)
@given(studies, st.sampled_from([0.25, 3.0]))
def test_another_unit_changes_the_curve_by_it_and_no_share(
    rows: list[tuple[float, float, str]], unit: float
) -> None:
    found = of(rows, threshold=0.5)
    again = of([(y * unit, v * unit**2, x) for y, v, x in rows], threshold=0.5 * unit)
    (one,), (other,) = found.curves, again.curves
    np.testing.assert_allclose(other.estimate, one.estimate * unit, rtol=1e-6, atol=1e-6)
    assert (one.shares is None) == (other.shares is None)
    if one.shares is not None and other.shares is not None:
        np.testing.assert_allclose(other.shares.of, one.shares.of, atol=1e-4)
        assert sum(one.shares.of) + one.shares.together == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(studies)
def test_the_other_sign_turns_the_curve_round(rows: list[tuple[float, float, str]]) -> None:
    found, again = of(rows), of([(-y, v, x) for y, v, x in rows])
    np.testing.assert_allclose(again.curves[0].estimate, -found.curves[0].estimate[::-1], atol=1e-7)
    assert again.data_sets == found.data_sets
    assert [one.excludes_no_effect for one in again.curves] == pytest.approx(
        [one.excludes_no_effect for one in found.curves]
    )


def test_shares_are_not_taken_of_rounding() -> None:
    data = {"yi": [0.3, -0.3, 0.1, -0.1, 1 / 3, -1 / 3], "vi": [1.0, 1.0, 3.0, 3.0, 0.7, 0.7]}
    found = multiverse(data, measures=["GEN"], methods=["EE", "DL", "SJ", "PM"], tests=["z"])
    assert np.ptp(found.estimate) < 1e-15
    assert found.curves[0].shares is None


RATIOS = ["RR", "RD"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measures": []}, "measure: there is no alternative. Give one at least."),
        ({"measures": ["XX"]}, "'XX' is no measure. Use one of RR, OR"),
        ({"measures": ["RR", "RR"]}, "measure: RR is there twice. Say it once."),
        ({"methods": ["REML", "XX"]}, "estimator: 'XX' is no alternative. Use EE, DL, HE"),
        ({"tests": []}, "test: there is no alternative. Give one at least."),
        ({"tests": ["z", "f"]}, "test: 'f' is no alternative. Use z, t, knha, adhoc."),
        (
            {"weightings": ["user"]},
            "weights: 'user' is no alternative. Use inverse-variance, equal, n.",
        ),
        (
            {"zeros": ["always"]},
            "zeros: 'always' is no alternative. Use only0, all, if0all, none, drop00.",
        ),
        ({"data": {}}, "data: there is no alternative. Give one at least."),
        ({"data": {"x": {"ai": [1]}}}, "ai: 1 cells for 7 studies. Give one for every study."),
        (
            {"subsets": {"region": ["n"]}},
            "region: 1 cells for 7 studies. Give one for every study.",
        ),
        (
            {"subsets": {"estimate": REGION}},
            "two columns would be called 'estimate'. Rename a column or a study.",
        ),
        (
            {"subsets": {"test": REGION}},
            "two columns would be called 'test'. Rename a column or a study.",
        ),
        ({"labels": ["a"]}, "1 labels for 7 studies. Give one label for every study."),
        (
            {"of_studies": {"h": {"x": {}}}},
            "of_studies: no study is called 'h'. Use a, b, c, d, e, f, g.",
        ),
        (
            {"of_studies": {"a": {"x": {}}}, "labels": ["a", "a", *LABELS[2:]]},
            "two columns would be called 'a'. Rename a column or a study.",
        ),
        ({"of_studies": {"a": {}}}, "a: there is no alternative. Give one at least."),
        (
            {"of_studies": {"a": {"x": {"bi": 1.0}}}},
            "a, x: there is no column 'bi'. Use ai, n1i, ci, n2i.",
        ),
        (
            {"of_studies": OWN, "zeros": ["if0all"]},
            "zeros: if0all looks at all studies at once. With alternatives of single studies use only0, all, "
            "none or drop00.",
        ),
        ({"of_studies": {"a": {"x": {"ai": 99.0}}}}, "(a (x))"),
        ({"level": 95.0}, "the level is 95.0. Use a number between 0 and 1, e.g. 0.95."),
        (
            {"threshold": math.nan},
            "threshold: the threshold is nan. Give a finite number.",
        ),
        (
            {"threshold": 0.0},
            "threshold: the threshold is 0 for the risk ratio. Give a positive number.",
        ),
        (
            {"threshold": 1.5, "measures": RATIOS},
            "threshold: a threshold of 1.5 cannot hold for ratios and differences alike. Leave it out, or do "
            "them one by one.",
        ),
        (
            {"of_studies": {one: {str(n): {} for n in range(20)} for one in "abcde"}},
            "the choices make 3,200,000 specifications. Leave some out: 1,000,000 are computed at most.",
        ),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        multiverse(TRIALS, **{"measures": ["RR"], "labels": LABELS} | options)
    assert message in str(caught.value)
    if not message.startswith("("):
        assert str(caught.value).startswith(message)


def test_weights_by_people_need_their_numbers() -> None:
    with pytest.raises(InputError) as caught:
        multiverse(SMALL, measures=["GEN"], weightings=["n"])
    assert str(caught.value) == (
        "weights: numbers of people are not known for GEN. Use the weights inverse-variance or equal."
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, "the columns are none. Give yi, vi or yi, sei."),
        ({"yi": [], "vi": []}, "yi: there is no study. Give one at least."),
        ({"yi": [1.0], "vi": [0.0]}, "vi, entry 1 (study 1): "),
    ],
)
def test_columns_that_are_refused(columns: dict[str, list[float | None]], message: str) -> None:
    with pytest.raises(InputError) as caught:
        multiverse(columns, measures=["GEN"])
    assert str(caught.value).startswith(message)
