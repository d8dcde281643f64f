"""Tails and quantiles against R's, printed by R 4.2.2 with 17 digits, and against SciPy's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from meta.distributions import (
    chi_square_quantile,
    chi_square_tail,
    gamma_ratio,
    normal_quantile,
    normal_tail,
    t_quantile,
    t_tail,
)

# The largest difference seen from R is 2e-14, but for probabilities far in a tail: a relative rounding of
# the exponent e there counts e times, in R as here (e = 480 at t = 40 with 999 degrees of freedom).
CLOSE = 1e-13
FAR = 5e-13
MANY = (
    1e-11  # with 99,999 degrees of freedom the 200 terms of the continued fraction of t lose 3e-12
)

STATISTICS = (1e-3, 0.5, 1.7, 2.2, 4, 12, 40)
# R prints these for 2 * pt(-STATISTICS, df)
T = {
    1: (
        0.99936338043983886,
        0.70483276469913358,
        0.3385060546606653,
        0.27159949756018364,
        0.15595826075473865,
        0.052929352119179741,
        0.015912179824051624,
    ),
    2: (
        0.99929289339559002,
        0.66666666666666674,
        0.23123342620157117,
        0.15880897580794015,
        0.05719095841793663,
        0.0068729336771584599,
        0.0006244146721847406,
    ),
    5: (
        0.99924078677219763,
        0.63829887164092902,
        0.14987678684832376,
        0.079093897903182275,
        0.010323415480831452,
        7.0894925171615278e-05,
        1.8411962171772952e-07,
    ),
    19: (
        0.99921254052356556,
        0.62281649128644179,
        0.10544326658802679,
        0.04038110164617411,
        0.00076619233722864633,
        2.5908946372222001e-10,
        8.3077571993385029e-20,
    ),
    50: (
        0.99920609477550171,
        0.61926856751177128,
        0.095344429363404148,
        0.03245627439590508,
        0.00020919024636403369,
        2.4623806253325358e-16,
        1.2412423784372831e-39,
    ),
    999: (
        0.99920231521807357,
        0.61718519093028934,
        0.089442198219931504,
        0.028035253926672034,
        6.801470983803914e-05,
        4.3431039077162126e-31,
        1.2426421196271845e-209,
    ),
    99999: (
        0.99920211756690769,
        0.61707617766542033,
        0.089134035279760548,
        0.027809173961850307,
        6.3387998012454953e-05,
        3.7445077762402961e-33,
        0,
    ),
}
# R: 2 * pnorm(-STATISTICS); beyond 38 it is less than the smallest double
NORMAL = (
    0.99920211557217786,
    0.61707507745197387,
    0.089130925517086082,
    0.027806895026997212,
    6.3342483666239849e-05,
    3.5529642241553581e-33,
    0,
)
SHARES = (0.01, 0.5, 0.9, 1, 1.2, 2, 5)
# R: pchisq(SHARES * df, df, lower.tail = FALSE)
CHI_SQUARE = {
    1: (
        0.92034432544594202,
        0.47950012218695348,
        0.34278171114791145,
        0.31731050786291415,
        0.2733216782922982,
        0.15729920705028447,
        0.025347318677468304,
    ),
    2: (
        0.990049833749168,
        0.60653065971263342,
        0.40656965974059911,
        0.36787944117144233,
        0.30119421191220214,
        0.1353352832366127,
        0.006737946999085467,
    ),
    5: (
        0.99997079046000104,
        0.77649507112332272,
        0.47988343811329937,
        0.41588018699550794,
        0.30621891841327842,
        0.075235246146512197,
        0.00013933379118562616,
    ),
    19: (
        0.99999999999999978,
        0.96422157073235604,
        0.58309306783615023,
        0.45683612559196235,
        0.24626585290945485,
        0.0059347090072011258,
        4.2622651068782917e-12,
    ),
    50: (
        1,
        0.99880755115176834,
        0.67379311275300868,
        0.47339846855634937,
        0.15724202723839162,
        3.4549313829848641e-05,
        2.1772910011123804e-28,
    ),
    999: (
        1,
        1,
        0.98924972223107566,
        0.49404987795852789,
        1.2370347625624053e-05,
        4.8331889776029567e-69,
        0,
    ),
    99999: (1, 1, 1, 0.49940528892164315, 0, 0, 0),
}
PROBABILITIES = (1e-10, 1e-4, 0.05, 0.2, 0.5, 0.9)
# R: qt(PROBABILITIES / 2, df, lower.tail = FALSE)
T_QUANTILES = {
    1: (
        6366197723.6758127,
        6366.1976713159365,
        12.706204736174707,
        3.077683537175254,
        1,
        0.15838444032453633,
    ),
    2: (
        99999.999992500001,
        99.992499843744525,
        4.3026527297494637,
        1.8856180831641265,
        0.81649658092772592,
        0.14213381090373919,
    ),
    5: (
        180.14910084827093,
        11.177710070278613,
        2.570581835636315,
        1.4758840488244802,
        0.72668684380042292,
        0.13217517523168718,
    ),
    19: (
        12.691543515858745,
        4.8974615888621669,
        2.0930240544083096,
        1.3277282090267983,
        0.6876214602039602,
        0.12735198289187433,
    ),
    50: (
        8.1431172049003315,
        4.2283098668458106,
        2.0085591121007615,
        1.2987136941948099,
        0.67942820032634565,
        0.12630123999765899,
    ),
    999: (
        6.536891414001639,
        3.9063595611022111,
        1.9623414611334495,
        1.2823995700373976,
        0.67473541034671891,
        0.12569329447058572,
    ),
    99999: (
        6.467643468267581,
        3.890748846955419,
        1.9599877077718444,
        1.2815600315340219,
        0.67449220357782613,
        0.12566166597278311,
    ),
}
# R: qnorm(PROBABILITIES / 2, lower.tail = FALSE)
NORMAL_QUANTILES = (
    6.4669510872405152,
    3.8905918864130942,
    1.9599639845400538,
    1.2815515655446008,
    0.67448975019608171,
    0.12566134685507413,
)
ABOVE = (1e-10, 1e-4, 0.025, 0.5, 0.975, 0.999)
# R: qchisq(ABOVE, df, lower.tail = FALSE)
CHI_SQUARE_QUANTILES = {
    1: (
        41.821456364761296,
        15.136705226623397,
        5.0238861873148872,
        0.45493642311957283,
        0.00098206911717525769,
        1.5707971492624932e-06,
    ),
    2: (
        46.051701859880914,
        18.420680743952364,
        7.3777589082278681,
        1.3862943611198906,
        0.050635615968579795,
        0.0020010006671670687,
    ),
    5: (
        55.562398518238503,
        25.744831959055873,
        12.832501994030029,
        4.3514601910955264,
        0.83121161348666273,
        0.21021260262921926,
    ),
    19: (
        87.286183138574501,
        50.795489665621886,
        32.852326861729708,
        18.337652896756474,
        8.906516481987973,
        5.4068160176017974,
    ),
    50: (
        141.84380360643846,
        95.968748478163405,
        71.420195187506408,
        49.334936733976846,
        32.357363695658655,
        24.673905271877263,
    ),
    999: (
        1310.1609689602205,
        1173.8503445158531,
        1088.4870677259353,
        998.33341248258796,
        913.30099830211338,
        866.5481881255057,
    ),
    99999: (
        102870.2276569566,
        101670.74675361934,
        100877.4109230342,
        99998.333334123468,
        99124.377683278668,
        98622.710726346428,
    ),
}


@pytest.mark.parametrize("df", T)
def test_the_tail_of_t_is_that_of_r(df: int) -> None:
    for t, expected in zip(STATISTICS, T[df], strict=True):
        tolerance = MANY if df > 1000 else CLOSE if expected > 1e-30 else FAR
        assert t_tail(t, df) == pytest.approx(expected, rel=tolerance, abs=1e-300), t


@pytest.mark.parametrize("df", CHI_SQUARE)
def test_the_tail_of_chi_square_is_that_of_r(df: int) -> None:
    for share, expected in zip(SHARES, CHI_SQUARE[df], strict=True):
        tolerance = CLOSE if expected > 1e-30 else FAR
        found = chi_square_tail(share * df, df)
        assert found == pytest.approx(expected, rel=tolerance, abs=1e-300), share


@pytest.mark.parametrize("df", T_QUANTILES)
def test_quantiles_of_t_are_those_of_r(df: int) -> None:
    for p, expected in zip(PROBABILITIES, T_QUANTILES[df], strict=True):
        tolerance = MANY if df > 1000 else CLOSE
        assert t_quantile(p, df) == pytest.approx(expected, rel=tolerance), p


@pytest.mark.parametrize("df", CHI_SQUARE_QUANTILES)
def test_quantiles_of_chi_square_are_those_of_r(df: int) -> None:
    for above, expected in zip(ABOVE, CHI_SQUARE_QUANTILES[df], strict=True):
        assert chi_square_quantile(above, df) == pytest.approx(expected, rel=CLOSE), above


def test_the_normal_distribution_is_that_of_r() -> None:
    for z, expected in zip(STATISTICS, NORMAL, strict=True):
        assert normal_tail(z) == pytest.approx(expected, rel=CLOSE, abs=1e-300), z
    for p, expected in zip(PROBABILITIES, NORMAL_QUANTILES, strict=True):
        assert normal_quantile(p) == pytest.approx(expected, rel=CLOSE), p


@given(st.floats(1e-6, 60), st.integers(1, 2000) | st.floats(0.5, 2000))
def test_the_tail_of_t_is_that_of_scipy(t: float, df: float) -> None:
    # from its incomplete beta function, because its stdtr loses digits near 0
    expected = float(special.betaincc(0.5, df / 2, t * t / (df + t * t)))
    assert t_tail(t, df) == pytest.approx(expected, rel=1e-11, abs=1e-250)


@given(st.floats(0, 20), st.integers(1, 2000) | st.floats(0.5, 2000))
def test_the_tail_of_chi_square_is_that_of_scipy(share: float, df: float) -> None:
    expected = float(special.chdtrc(df, share * df))
    assert chi_square_tail(share * df, df) == pytest.approx(expected, rel=1e-11, abs=1e-250)


@given(st.floats(1e-8, 1 - 1e-8), st.integers(1, 2000))
def test_quantiles_lead_back_to_the_probability(p: float, df: int) -> None:
    assert t_tail(t_quantile(p, df), df) == pytest.approx(p, rel=1e-11)
    assert chi_square_tail(chi_square_quantile(p, df), df) == pytest.approx(p, rel=1e-11)
    assert normal_tail(normal_quantile(p)) == pytest.approx(p, rel=1e-11)


def test_at_the_ends_and_below_0() -> None:
    assert t_tail(0.0, 5) == normal_tail(0.0) == chi_square_tail(0.0, 5) == 1.0
    assert chi_square_tail(-1e-17, 5) == 1.0, "a statistic that rounding took below 0"
    assert t_tail(1e200, 5) == chi_square_tail(1e300, 5) == 0.0


def test_the_ratio_of_gamma_functions_keeps_its_digits() -> None:
    # Gamma(n + 1/2) / Gamma(n) = sqrt(pi) n C(2n, n) / 4^n, in whole numbers to the last division
    for n in (1, 5, 39, 40, 41, 1000, 20000):
        exact = n * math.comb(2 * n, n) / 4**n * math.sqrt(math.pi)
        assert gamma_ratio(float(n)) == pytest.approx(exact, rel=1e-14), n
