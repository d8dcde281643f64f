"""The panel of estimators against metafor, and what it says of a conclusion that depends on the choice."""

import json

import pytest

from meta.bayes.analysis import bayes
from meta.choices.panel import ESTIMATORS, INTERVALS, panel
from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError
from meta.models.results import EffectSizes

TRIALS = {
    "ai": [4, 6, 3, 62],
    "n1i": [123, 306, 231, 13598],
    "ci": [11, 29, 11, 248],
    "n2i": [139, 303, 220, 12867],
}
# metafor 3.8-1: rma(yi, vi, method, test) of these, threshold and tol 1e-14: estimate, interval, tau2
METAFOR = {
    ("EE", "z"): (-1.4220443328, -1.6738332343, -1.1702554313, 0.0000000000),
    ("EE", "knha"): (-1.4220443328, -1.6628749790, -1.1812136866, 0.0000000000),
    ("EE", "adhoc"): (-1.4220443328, -1.8308807530, -1.0132079126, 0.0000000000),
    ("DL", "z"): (-1.4220443328, -1.6738332343, -1.1702554313, 0.0000000000),
    ("DL", "knha"): (-1.4220443328, -1.6628749790, -1.1812136866, 0.0000000000),
    ("DL", "adhoc"): (-1.4220443328, -1.8308807530, -1.0132079126, 0.0000000000),
    ("HE", "z"): (-1.4220443328, -1.6738332343, -1.1702554313, 0.0000000000),
    ("HE", "knha"): (-1.4220443328, -1.6628749790, -1.1812136866, 0.0000000000),
    ("HE", "adhoc"): (-1.4220443328, -1.8308807530, -1.0132079126, 0.0000000000),
    ("SJ", "z"): (-1.4096398640, -1.7367813054, -1.0824984226, 0.0184678506),
    ("SJ", "knha"): (-1.4096398640, -1.7112346985, -1.1080450294, 0.0184678506),
    ("SJ", "adhoc"): (-1.4096398640, -1.9408282326, -0.8784514953, 0.0184678506),
    ("ML", "z"): (-1.4220443328, -1.6738332343, -1.1702554313, 0.0000000000),
    ("ML", "knha"): (-1.4220443328, -1.6628749790, -1.1812136866, 0.0000000000),
    ("ML", "adhoc"): (-1.4220443328, -1.8308807530, -1.0132079126, 0.0000000000),
    ("REML", "z"): (-1.4220443328, -1.6738332343, -1.1702554313, 0.0000000000),
    ("REML", "knha"): (-1.4220443328, -1.6628749790, -1.1812136866, 0.0000000000),
    ("REML", "adhoc"): (-1.4220443328, -1.8308807530, -1.0132079126, 0.0000000000),
    ("EB", "z"): (-1.4220443328, -1.6738332343, -1.1702554313, 0.0000000000),
    ("EB", "knha"): (-1.4220443328, -1.6628749790, -1.1812136866, 0.0000000000),
    ("EB", "adhoc"): (-1.4220443328, -1.8308807530, -1.0132079126, 0.0000000000),
    ("PM", "z"): (-1.4220443328, -1.6738332343, -1.1702554313, 0.0000000000),
    ("PM", "knha"): (-1.4220443328, -1.6628749790, -1.1812136866, 0.0000000000),
    ("PM", "adhoc"): (-1.4220443328, -1.8308807530, -1.0132079126, 0.0000000000),
}
UNWEIGHTED = (-1.316081, -1.795057, -0.8371055)  # method="REML", weighted=FALSE, test="z"


def given(*yi: float, vi: float = 0.1) -> EffectSizes:
    return EffectSizes(
        measure="GEN",  # type: ignore[arg-type]
        labels=tuple(map(str, range(len(yi)))),
        yi=yi,  # type: ignore[arg-type]
        vi=[vi] * len(yi),  # type: ignore[arg-type]
    )


def test_every_choice_is_metafor_s() -> None:
    found = {
        (one.estimator, one.test): one.fit for one in panel(effect_sizes("RR", TRIALS)).choices
    }
    assert [name for name in found if name[0] != "unweighted"] == list(METAFOR)
    for name, wanted in METAFOR.items():
        fit = found[name]
        assert fit is not None
        ours = (
            fit.pooled.estimate,
            fit.pooled.ci.low,
            fit.pooled.ci.high,
            fit.heterogeneity.tau2 or 0.0,
        )
        # metafor's PM and EB stop within 1e-8 of their root
        assert ours == pytest.approx(wanted, rel=1e-7, abs=1e-8), name
    plain = found["unweighted", "z"]
    assert plain is not None
    # printed by R with seven digits
    ci = plain.pooled.ci
    assert (plain.pooled.estimate, ci.low, ci.high) == pytest.approx(UNWEIGHTED, rel=1e-6)


def test_bayes_stands_beside_with_the_default_prior() -> None:
    effects = effect_sizes("RR", TRIALS)
    found = panel(effects, level=0.8)
    assert found.bayes is not None
    assert found.bayes.to_dict() == bayes(effects, level=0.8).to_dict()
    assert "Bayes (half-normal:0.5)" in found.summary()
    unit_unknown = panel(given(0.1, 0.4, 0.2))
    assert unit_unknown.bayes is None
    assert unit_unknown.notes[-1].code == "no-bayesian-analysis"
    assert unit_unknown.notes[-1].text.startswith("No Bayesian analysis: prior: GEN has no default")


def test_a_conclusion_that_depends_on_the_choice_is_said() -> None:
    # mean 0.5; the estimates differ less than chance, so tau2 is 0 but for SJ, and Knapp-Hartung is narrow
    found = panel(given(0.45, 0.5, 0.55, vi=0.3))
    notes = {note.code: note.text for note in found.notes}
    assert notes["tau2-zero"].startswith(
        "tau2 is estimated as 0, its lowest possible value, by DL, HE, ML, REML, EB, PM;"
    )
    # z: 0.5 +- 1.96 sqrt(0.1) holds 0; knha: the standard error is 0.029, t = 4.3 below 0.5
    by_knha = ", ".join(f"{name} knha" for name in (*ESTIMATORS, "unweighted"))
    assert notes["conclusion-depends"] == (
        f"The conclusion depends on the choice. The interval is above 0 by {by_knha}; it holds 0 by the "
        "other 18 of 27 choices."
    )
    far = panel(given(5.0, 5.1, 5.2))
    assert "conclusion-depends" not in {note.code for note in far.notes}
    split = panel(given(5.0, 5.1, 5.2), threshold=5.1)
    assert "conclusion-depends" not in {note.code for note in split.notes}
    near = panel(given(5.0, 5.1, 5.2, vi=0.0001), threshold=5.0)
    text = {note.code: note.text for note in near.notes}["conclusion-depends"]
    assert " 5 by " in text


def test_its_data() -> None:
    found = panel(effect_sizes("RR", TRIALS))
    rows = found.to_frame()
    assert len(rows) == 3 * (len(ESTIMATORS) + 1)
    assert set(rows["test"]) == set(INTERVALS)
    assert rows["natural_estimate"].iloc[0] == found.fits[0].natural["estimate"]
    assert len(found.fits) == 3 * len(ESTIMATORS)
    json.dumps(found.to_dict(), allow_nan=False)


def test_what_cannot_be_chosen_is_refused() -> None:
    with pytest.raises(InputError, match="one study leaves nothing to choose"):
        panel(given(0.3))
    # an option that pool refuses is not hidden: every row says why
    bad = panel(given(0.1, 0.4), estimators=("XX",))
    assert bad.choices[0].fit is None
    assert "'XX' is no method" in bad.choices[0].reason
