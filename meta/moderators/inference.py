"""What is asked of a fitted meta-regression: joint tests, predictions, likelihood ratios, inflation."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from meta.distributions import chi_square_tail
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.quantiles import Reference, around
from meta.models.results import Options
from meta.moderators.least_squares import problem
from meta.moderators.likelihood import log_likelihood, maximum_likelihood
from meta.moderators.results import JointTest, MetaRegression, Prediction


def joint_test(
    beta: FloatArray, root: FloatArray, positions: Sequence[int], df2: int | None
) -> JointTest:
    """Test that coefficients are 0 together: ``b' V^-1 b``, or that by their number as F.

    Parameters
    ----------
    beta : ndarray, length p
    root : ndarray, shape (p, n)
        A root of their covariance matrix.
    positions : sequence of int
        Which ones, from 0.
    df2 : int or None
        Degrees of freedom of the denominator; None for chi-square.

    Returns
    -------
    JointTest

    References
    ----------
    Knapp and Hartung (2003). doi:10.1002/sim.1482

    Examples
    --------
    >>> joint_test(np.array([3.0, 4.0]), np.eye(2), (0, 1), None).statistic
    25.0
    """
    chosen = list(positions)
    m, statistic, pvalue = len(chosen), None, None
    half = root[chosen]
    if np.any(half):
        shares = np.linalg.solve(np.linalg.qr(half.T).R.T, beta[chosen])
        wald = float(shares @ shares)
        statistic = wald if df2 is None else wald / m
        pvalue = chi_square_tail(wald, m) if df2 is None else float(fdtrc(m, df2, wald / m))
    return JointTest(
        positions=tuple(one + 1 for one in chosen),
        statistic=statistic,
        df=m,
        df2=df2,
        pvalue=pvalue,
    )


def predictions(
    beta: FloatArray,
    root: FloatArray,
    x: FloatArray,
    tau: float | None,
    df: int,
    options: Options,
) -> Iterator[Prediction]:
    """Yield the predicted effect for each row of a design matrix.

    Parameters
    ----------
    beta : ndarray, length p
    root : ndarray, shape (p, n)
        A root of their covariance matrix.
    x : ndarray, shape (rows, p)
    tau : float or None
        None for no prediction interval.
    df : int
        Residual degrees of freedom, k - p.
    options : Options
        With the test, the level of the intervals and the kind of prediction interval.

    Returns
    -------
    iterator of Prediction

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> options = Options(method="REML", test="z", level=0.95)
    >>> beta, root, x = np.array([1.0]), np.array([[1.0]]), np.ones((1, 1))
    >>> (one,) = predictions(beta, root, x, 0.0, 5, options)
    >>> round(one.ci.high, 6), one.pi == one.ci
    (2.959964, True)
    """
    level, own = options.level, Reference(None if options.test == "z" else df)
    half, simple = own.half_width(level), options.prediction == "simple"
    others = {"riley": Reference(max(1, df - 1)), "t": Reference(df), "simple": Reference(None)}
    wide = others.get(options.prediction, own).half_width(level)
    spreads = x @ root
    errors = np.sqrt((spreads * spreads).sum(axis=1))
    for estimate, se in zip((x @ beta).tolist(), errors.tolist(), strict=True):
        reach = None if tau is None else wide * math.hypot(0.0 if simple else se, tau)
        yield Prediction(
            estimate=estimate,
            se=se,
            ci=around(estimate, half * se, level),
            pi=None if reach is None else around(estimate, reach, level),
        )


def anova(result: MetaRegression, positions: Sequence[int]) -> JointTest:
    """Test that some of the coefficients are 0 together.

    Parameters
    ----------
    result : MetaRegression
    positions : sequence of int
        The coefficients, counted from 1, the intercept being the first.

    Returns
    -------
    JointTest
        Chi-square, or F where the tests of the regression are t tests.

    Raises
    ------
    InputError
        For no position, a repeated one, or one that there is no coefficient for.

    References
    ----------
    Knapp and Hartung (2003). doi:10.1002/sim.1482

    Examples
    --------
    >>> from meta.moderators.regression import regress
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    >>> anova(result, [2]) == result.omnibus
    True
    """
    p = result.design.p
    if (
        not positions
        or len(set(positions)) < len(positions)
        or not set(positions) <= set(range(1, p + 1))
    ):
        raise fault(
            f"{list(positions)} are no coefficients", f"Give different numbers from 1 to {p}."
        )
    return joint_test(result.beta, result.root, [one - 1 for one in positions], result.df)


def predict(result: MetaRegression, rows: Sequence[Sequence[float]]) -> tuple[Prediction, ...]:
    """Predict effects for new studies.

    Parameters
    ----------
    result : MetaRegression
    rows : sequence of sequence of float
        For each new study the values of the columns of the design matrix, without the intercept where
        the regression has one; their names are ``result.design.names``.

    Returns
    -------
    tuple of Prediction

    Raises
    ------
    InputError
        For a row of another length, or with a number that is not finite.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.moderators.regression import regress
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    >>> round(predict(result, [[5.0]])[0].estimate, 12)
    4.0
    """
    names = result.design.names[1:] if result.design.intercept else result.design.names
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names) or not all(math.isfinite(value) for value in row):
            raise fault(
                f"row {number} is {list(row)}", f"Give one number each for {', '.join(names)}."
            )
    x = np.array(rows, dtype=np.float64).reshape(len(rows), len(names))
    if result.design.intercept:
        x = np.column_stack([np.ones(len(rows)), x])
    tau = None if result.options.method == "EE" else result.heterogeneity.tau
    df = result.design.k - result.design.p
    return tuple(predictions(result.beta, result.root, x, tau, df, result.options))


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodRatio:
    """Twice the gain in log-likelihood of the moderators, both models fitted by maximum likelihood."""

    statistic: float
    df: int
    pvalue: float
    full: float
    reduced: float


def likelihood_ratio(result: MetaRegression) -> LikelihoodRatio:
    """Test all moderators by maximum likelihood against the model with the intercept alone.

    Parameters
    ----------
    result : MetaRegression
        With an intercept; its own method and test do not matter.

    Returns
    -------
    LikelihoodRatio

    Raises
    ------
    InputError
        Without an intercept, or with weights other than inverse variances.
    ConvergenceError
        If tau2 of either model does not converge.

    References
    ----------
    Huizenga, Visser and Dolan (2011). doi:10.1111/j.2044-8317.2010.02002.x

    Examples
    --------
    >>> from meta.moderators.regression import regress
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    >>> round(likelihood_ratio(result).statistic, 12)
    2.0
    """
    if not result.design.intercept or result.options.weighting != "inverse-variance":
        raise fault(
            "a likelihood ratio needs a model with an intercept and inverse-variance weights",
            "Use `anova`.",
        )
    effects, options = result.design.effects, result.options
    known = 0.0 if options.method == "EE" else options.tau2
    values = []
    for x in (result.design.x, np.ones((result.design.k, 1))):
        ready = problem(x, effects.yi, effects.vi)
        tau2 = maximum_likelihood(ready).value if known is None else known
        values.append(log_likelihood(ready, tau2, restricted=False))
    full, reduced = values
    statistic, df = max(0.0, 2 * (full - reduced)), result.design.p - 1
    return LikelihoodRatio(
        statistic=statistic,
        df=df,
        pvalue=chi_square_tail(statistic, df),
        full=full,
        reduced=reduced,
    )


def variance_inflation(result: MetaRegression) -> dict[str, float]:
    """Return by how much the others inflate the variance of each coefficient but the intercept.

    Parameters
    ----------
    result : MetaRegression
        With at least two coefficients besides the intercept for anything but 1.

    Returns
    -------
    dict of str to float
        The diagonal of the inverse of the coefficients' correlation matrix.

    References
    ----------
    Fox and Monette (1992). doi:10.1080/01621459.1992.10475190

    Examples
    --------
    >>> from meta.moderators.regression import regress
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    >>> {name: round(value, 12) for name, value in variance_inflation(result).items()}
    {'x': 1.0}
    """
    first = 1 if result.design.intercept else 0
    root = result.root[first:]
    half = root / np.sqrt((root * root).sum(axis=1))[:, None]
    inverse = np.linalg.inv(np.linalg.qr(half.T).R)
    values = (inverse * inverse).sum(axis=1)
    return dict(zip(result.design.names[first:], values.tolist(), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Residuals:
    """Residuals, their standard errors, and their ratios; length k."""

    residual: FloatArray
    se: FloatArray
    z: FloatArray


def standardised_residuals(result: MetaRegression) -> Residuals:
    """Return what each estimate differs from its fitted value by, in standard errors.

    Parameters
    ----------
    result : MetaRegression

    Returns
    -------
    Residuals
        ``se^2`` is the diagonal of ``(I - H) M (I - H)'`` with ``M = diag(vi + tau2)``; z is 0 for a study
        that determines a coefficient alone, whose residual has no variance.

    References
    ----------
    Viechtbauer and Cheung (2010). doi:10.1002/jrsm.11

    Examples
    --------
    >>> from meta.moderators.regression import regress
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 3, 0], vi=[1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    >>> standardised_residuals(result).residual.round(12).tolist()
    [-1.0, 2.0, -1.0]
    """
    design, effects = result.design, result.design.effects
    inverse_variance = result.options.weighting == "inverse-variance"
    total = effects.vi + (result.heterogeneity.tau2 or 0.0)
    weights = 1 / total if inverse_variance else result.weights
    q, _ = np.linalg.qr(np.sqrt(weights)[:, None] * design.x)
    root = np.sqrt(weights)
    hat = (q / root[:, None]) @ (q * root[:, None]).T
    rest = np.eye(design.k) - hat
    variance = (rest * rest) @ total
    residual = effects.yi - design.x @ result.beta
    alone = variance <= 1e-12 * total
    se = np.where(alone, 0.0, np.sqrt(variance))
    z = np.divide(residual, se, out=np.zeros(design.k), where=~alone)
    return Residuals(residual=np.where(alone, 0.0, residual), se=se, z=z)
