"""Moderators with a tau2 that is known, and by PMM, DLIT and SJIT, against what metafor 3.8-1 prints.

Latitude and year of the thirteen BCG trials (metadat's ``dat.bcg``), log risk ratios, with
``control = list(threshold = 1e-14, tol = 1e-14, maxiter = 1e5)``; in each case the call is the comment.
"""

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.moderators.inference import likelihood_ratio, predict
from meta.moderators.permutation import permutation_test
from meta.moderators.regression import regress
from meta.moderators.results import MetaRegression
from meta.moderators.subgroups import subgroups

EXACT = 1e-9  # closed forms; metafor inverts X'WX, with columns as far apart as 1 and 1980
ITERATED = 1e-7  # the same, with a tau2 that metafor iterates to 1e-14

COLUMNS: dict[str, list[float | None]] = {
    "ai": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "bi": [119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886],
    "ci": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "di": [128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825],
}
ABLAT: list[Any] = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
YEAR: list[Any] = [1948, 1949, 1960, 1977, 1973, 1953, 1973, 1980, 1968, 1961, 1974, 1969, 1976]
ALLOC: list[Any] = ["random"] * 4 + ["alternate"] * 2 + ["random"] * 3 + ["systematic"] * 4
BCG = effect_sizes("RR", COLUMNS)


def numbers(result: MetaRegression) -> dict[str, list[float | None]]:
    found, (at,) = result.heterogeneity, predict(result, [[30.0, 1970.0]])
    assert result.fit_ml is not None
    assert result.fit_reml is not None
    assert at.pi is not None
    fits = ("log_likelihood", "deviance", "aic", "bic", "aicc")
    return {
        "beta": [one.estimate for one in result.coefficients],
        "se": [one.se for one in result.coefficients],
        "low": [one.ci.low for one in result.coefficients],
        "QM": [result.omnibus.statistic, result.omnibus.pvalue],
        "QE": [found.q, found.q_pvalue],
        "tau2": [found.tau2, found.tau2_se],
        "I2": [found.i2, found.h2, result.r2],
        "ML": [getattr(result.fit_ml, name) for name in fits],
        "REML": [getattr(result.fit_reml, name) for name in fits],
        "at": [at.estimate, at.se, at.pi.low, at.pi.high],
    }


CASES: dict[str, tuple[dict[str, Any], float, dict[str, list[float | None]]]] = {
    'rma(yi, vi, mods = ~ablat + year, tau2 = 0.1, test = "knha")': (
        {"tau2": 0.1},
        EXACT,
        {
            "beta": [-2.88340657350041, -0.0282423871805175, 0.00157591108779271],
            "se": [31.7519206755768, 0.0111359974262233, 0.0160245679473645],
            "low": [-73.6310946559393, -0.0530549357015048, -0.0341290513420242],
            "QM": [5.1600855461282, 0.0288644441402923],
            "QE": [28.3251436562553, 0.00160097442223966],
            "tau2": [0.1],
            "I2": [69.8658587942319, 3.31849510218857, 68.0759290415662],
            "ML": [
                -8.16819636810261,
                28.1222610097166,
                22.3363927362052,
                24.0312408085898,
                25.0030594028719,
            ],
            "REML": [
                -8.11254225311448,
                16.225084506229,
                22.225084506229,
                23.1328397852111,
                26.225084506229,
            ],
            "at": [-0.626133345964308, 0.133986426413309, -1.39136966391673, 0.139102971988111],
        },
    ),
    'rma(yi, vi, mods = ~ablat + year, tau2 = 0.1, method = "ML")': (
        {"tau2": 0.1, "method": "ML", "test": "z"},
        EXACT,
        {
            "beta": [-2.88340657350041, -0.0282423871805175, 0.00157591108779271],
            "se": [28.0223068946627, 0.00982795153226221, 0.014142305451803],
            "low": [-57.8061188507678, -0.0475048182255567, -0.0261424982561055],
            "QM": [13.2500991770376, 0.00132671463958194],
            "QE": [28.3251436562553, 0.00160097442223966],
            "tau2": [0.1],
            "I2": [69.8658587942319, 3.31849510218857, 64.2893028624243],
            "ML": [
                -8.16819636810261,
                28.1222610097166,
                22.3363927362052,
                24.0312408085898,
                25.0030594028719,
            ],
            "REML": [
                -8.11254225311448,
                16.225084506229,
                22.225084506229,
                23.1328397852111,
                26.225084506229,
            ],
            "at": [-0.626133345964308, 0.118248240760449, -1.28784298212227, 0.0355762901936497],
        },
    ),
    'rma(yi, vi, mods = ~ablat + year, tau2 = 0, method = "DL", test = "t")': (
        {"tau2": 0.0, "method": "DL", "test": "t"},
        EXACT,
        {
            "beta": [17.1518011721344, -0.0338754494104784, -0.00846603911484654],
            "se": [10.8320562464868, 0.00399633874101012, 0.0054557802233588],
            "low": [-6.9835241975635, -0.042779847025021, -0.0206222749984106],
            "QM": [61.9539322122051, 2.32257410876565e-06],
            "QE": [28.3251436562553, 0.00160097442223966],
            "tau2": [0],
            "I2": [0, 1, 100],
            "ML": [
                -8.26963769222507,
                28.3251436579615,
                22.5392753844501,
                24.2341234568348,
                25.2059420511168,
            ],
            "REML": [
                -11.3228952095115,
                22.645790419023,
                28.645790419023,
                29.5535456980052,
                32.645790419023,
            ],
            "at": [-0.542559366427597, 0.0419721573673979, -0.636079160959578, -0.449039571895615],
        },
    ),
    'rma(yi, vi, mods = ~ablat + year, method = "PMM")': (
        {"method": "PMM", "test": "z"},
        ITERATED,
        {
            "beta": [-6.75684671082046, -0.0267277858750705, 0.00351371415336412],
            "se": [36.1791225859793, 0.0129558792868486, 0.0182557173214276],
            "low": [-77.6666239715996, -0.0521208426653424, -0.032266834308578],
            "QM": [7.57845162249932, 0.0226131018851728],
            "QE": [28.3251436562553, 0.00160097442223966],
            "tau2": [0.195666615102488, 0.129914368291607],
            "I2": [81.9381156457102, 5.53652088776935, 43.0187810423216],
            "ML": [
                -9.1191353970408,
                30.024139067593,
                26.2382707940816,
                28.4980682239277,
                31.2382707940816,
            ],
            "REML": [
                -8.3034528011943,
                16.6069056023886,
                24.6069056023886,
                25.8172459743648,
                32.6069056023886,
            ],
            "at": [-0.636663404945256, 0.152681869218038, -1.55383099290853, 0.28050418301802],
        },
    ),
    'rma(yi, vi, mods = ~ablat + year, method = "DLIT")': (
        {"method": "DLIT", "test": "z"},
        ITERATED,
        {
            "beta": [-0.695570903562204, -0.0289431000552881, 0.0004790543894799],
            "se": [25.02267345502, 0.0087081715643387, 0.0126289805449319],
            "low": [-49.7391096723078, -0.0460108026925877, -0.0242732926400436],
            "QM": [16.9658802288103, 0.00020696929388849],
            "QE": [28.3251436562553, 0.00160097442223966],
            "tau2": [0.0727982800089566, 0.10566185742388],
            "I2": [62.795190720793, 2.68782455648518, 53.8006994558524],
            "ML": [
                -7.91385846432315,
                27.6135852021577,
                23.8277169286463,
                26.0875143584924,
                28.8277169286463,
            ],
            "REML": [
                -8.19586811325932,
                16.3917362265186,
                24.3917362265186,
                25.6020765984948,
                32.3917362265186,
            ],
            "at": [-0.620126757945444, 0.105669566885668, -1.18805769074627, -0.0521958251446197],
        },
    ),
    'rma(yi, vi, mods = ~ablat + year, method = "SJIT")': (
        {"method": "SJIT", "test": "z"},
        ITERATED,
        {
            "beta": [-6.08883036306967, -0.0270195780089699, 0.00317995451422394],
            "se": [34.3613571980537, 0.0122523118187104, 0.0173391703226341],
            "low": [-73.4358529311711, -0.0510336679009968, -0.0308041948399447],
            "QM": [8.48153451686764, 0.0143965417364456],
            "QE": [28.3251436562553, 0.00160097442223966],
            "tau2": [0.171637115724681, 0.117639938382558],
            "I2": [79.9172515316817, 4.97939812161446, 46.0376800859065],
            "ML": [
                -8.88350950338363,
                29.5528872802786,
                25.7670190067673,
                28.0268164366134,
                30.7670190067673,
            ],
            "REML": [
                -8.22101837331575,
                16.4420367466315,
                24.4420367466315,
                25.6523771186077,
                32.4420367466315,
            ],
            "at": [-0.634907310317597, 0.144988089861333, -1.4951923306684, 0.22537771003321],
        },
    ),
}


@pytest.mark.parametrize("call", CASES)
def test_a_regression_as_metafor_prints_it(call: str) -> None:
    options, tolerance, expected = CASES[call]
    result = regress(BCG, "~ ablat + year", {"ablat": ABLAT, "year": YEAR}, **options)
    found = numbers(result)
    for name, values in expected.items():
        seen = found[name][: len(values)]
        assert seen == pytest.approx(values, rel=tolerance, abs=1e-12), name
    given = "tau2" in options
    assert (result.heterogeneity.tau2_se is None) == given
    assert (result.heterogeneity.tau2_ci is None) == given
    assert ("tau2-given" in {note.code for note in result.notes}) == given
    assert "tau2-zero" not in {note.code for note in result.notes}


def test_the_likelihood_ratio_keeps_a_known_tau2() -> None:
    # twice the difference of metafor's logLik of mods = ~ablat + year and of none, both with tau2 = 0.1
    result = regress(BCG, "~ ablat + year", {"ablat": ABLAT, "year": YEAR}, tau2=0.1)
    assert likelihood_ratio(result).statistic == pytest.approx(13.2500991770343, rel=EXACT)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"tau2": 0.1}, (0.906746031746032, 0.184920634920635)),
        ({"method": "PMM"}, (0.920634920634921, 0.2)),
        ({"method": "SJIT"}, (0.929761904761905, 0.189285714285714)),
    ],
)
def test_exact_permutations_as_permutest_counts_them(
    options: dict[str, Any], wanted: tuple[float, float]
) -> None:
    # permutest(rma(yi, vi, mods = ~ablat, data = dat[1:7, ], test = "knha", ...), exact = TRUE)
    seven = effect_sizes("RR", {name: column[:7] for name, column in COLUMNS.items()})
    result = regress(seven, "~ ablat", {"ablat": ABLAT[:7]}, **options)
    found = permutation_test(result, exact=True)
    assert found.pvalues == pytest.approx(wanted, rel=1e-12)
    assert found.omnibus_pvalue == pytest.approx(wanted[1], rel=1e-12)


def test_permutations_by_dlit_repeat_the_regression() -> None:
    # metafor's iteration does not settle on some of these; a permutation that is none gives ours back
    five = effect_sizes("RR", {name: column[:5] for name, column in COLUMNS.items()})
    result = regress(five, "~ ablat", {"ablat": ABLAT[:5]}, method="DLIT", test="z")
    statistics = []
    for order in sorted(set(permutations(ABLAT[:5]))):
        one = regress(five, "~ ablat", {"ablat": list(order)}, method="DLIT", test="z")
        statistics.append(abs(one.coefficients[1].statistic or 0.0))
    own = abs(result.coefficients[1].statistic or 0.0)
    share = float(np.mean(np.array(statistics) >= own - 1e-8))
    assert permutation_test(result, exact=True).pvalues[1] == pytest.approx(share, rel=1e-12)


def test_subgroups_with_a_known_tau2() -> None:
    # rma(yi, vi, tau2 = 0.2, test = "knha") of each, and rma of the three with method = "EE"
    found = subgroups(BCG, "alloc", ALLOC, tau2=0.2)
    assert [one.level for one in found.groups] == ["alternate", "random", "systematic"]
    assert [one.estimate for one in found.groups] == pytest.approx(
        [-0.529324681371992, -0.921133686886647, -0.452710556312588], rel=1e-12
    )
    assert [one.se for one in found.groups] == pytest.approx(
        [0.282951568373339, 0.260557512828868, 0.350721042935393], rel=1e-12
    )
    assert found.between.statistic == pytest.approx(1.55912276157772, rel=1e-12)
    assert found.between.pvalue == pytest.approx(0.458607121090368, rel=1e-12)
    # in R: rma(yi, vi, mods = ~alloc, tau2 = 0.2, test = "knha")
    common = subgroups(BCG, "alloc", ALLOC, tau2=0.2, common_tau2=True)
    assert common.between.statistic == pytest.approx(0.73728897417401, rel=1e-12)
    assert common.between.pvalue == pytest.approx(0.50270869548058, rel=1e-12)
    assert common.within is not None
    assert common.within.r2 == pytest.approx(36.1518580831325, rel=ITERATED)
    assert common.within.heterogeneity.i2 == pytest.approx(81.3906433119309, rel=1e-12)
