"""Cluster-robust variances: standard errors that hold whatever the dependence within clusters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from scipy.special import fdtrc

from meta.dependence.random_terms import Columns
from meta.dependence.robust_results import (
    RobustCoefficient,
    RobustInference,
    RobustKind,
    RobustTest,
)
from meta.dependence.working_model import Fitted, WorkingModel, working_model
from meta.distributions import t_quantile, t_tail
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.quantiles import around
from meta.models.results import Interval, Note

if TYPE_CHECKING:
    import pandas as pd

KINDS: tuple[RobustKind, ...] = get_args(RobustKind)
ADJUSTED: tuple[RobustKind, ...] = ("CR2", "CR3")
ZERO = 1e-12  # eigenvalues of a correlation-like matrix that are rounding
NOTHING = 1e-8  # of the model's own standard error: what rounding leaves of residuals that are 0
FEW_DF = 4.0  # below, the t approximation is poor (Tipton 2015)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterRobust:
    """A working model with the cluster-robust inference that replaces its own.

    Parameters
    ----------
    model : MetaAnalysis, MetaRegression or MultilevelModel
        Its coefficients are the result; its standard errors are not.
    robust : RobustInference
    """

    model: Fitted
    robust: RobustInference

    @property
    def title(self) -> str:
        """What the analysis is called in print."""
        return f"Cluster-Robust Inference ({self.robust.kind})"

    @property
    def spread(self) -> tuple[str, ...]:
        """Lines on how far true effects are spread, where the model has one answer."""
        return ()

    def to_dict(self) -> dict[str, Any]:
        """Return the robust result in plain types, with the working model under ``working``."""
        return self.robust.to_dict() | {"working": self.model.to_dict()}

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per coefficient, as `RobustInference.to_frame`."""
        return self.robust.to_frame()

    def summary(self) -> str:
        """Return the robust result and the working model as plain text."""
        parts = [self.title, self.robust.summary(), "\n".join(self.spread)]
        return "\n\n".join([*filter(None, parts), "Working model:", self.model.summary()])

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def robust(
    result: Fitted,
    cluster: str,
    columns: Columns,
    *,
    kind: str = "CR2",
    positions: Sequence[int] | None = None,
    prediction_level: float | None = None,
) -> RobustInference:
    """Return cluster-robust standard errors, tests and intervals of a fitted model.

    With ``B = (X'M^-1X)^-1`` and the residuals ``e_j`` of cluster j the covariance matrix of the
    coefficients is ``B (sum X_j'W_j A_j e_j e_j' A_j' W_j X_j) B``. A is 1 for CR0, CR1, CR1S1 and CR1S2,
    which multiply the whole by 1, ``n/(n-p)``, ``n/(n-1) (k-1)/(k-p)`` and ``n/(n-1)`` and have t tests
    with n - p degrees of freedom. For CR2 A makes it unbiased if the working model is right, and each
    coefficient has its own degrees of freedom by Satterthwaite, joint tests those of Hotelling's T squared
    (AHT). CR3 is close to the jackknife.

    Parameters
    ----------
    result : MetaAnalysis, MetaRegression or MultilevelModel
        The working model, with inverse-variance weights.
    cluster : str
        The column of the clusters.
    columns : mapping of str to sequence
        As they were given to the model.
    kind : {"CR2", "CR0", "CR1", "CR1S1", "CR1S2", "CR3"}
    positions : sequence of int, optional
        The coefficients of the joint test, counted from 1; by default all but the intercept.
    prediction_level : float, optional
        Coverage of the prediction interval, whose degrees of freedom are those of the coefficient; by default
        that of the model.

    Returns
    -------
    RobustInference

    Raises
    ------
    InputError
        For an unknown kind, positions that are none, a level outside 0 to 1, and what `working_model`
        refuses.

    References
    ----------
    Hedges, Tipton and Johnson (2010). doi:10.1002/jrsm.5. Tipton (2015). doi:10.1037/met0000011. Tipton and
    Pustejovsky (2015). doi:10.3102/1076998615606099. Pustejovsky and Tipton (2018).
    doi:10.1080/07350015.2016.1247004

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(
    ...     measure="GEN", labels=tuple("abcdef"), yi=[0, 0.1, 1, 1.3, 2, 2.2], vi=[0.1] * 6
    ... )
    >>> found = robust(pool(effects), "study", {"study": ["s", "s", "t", "t", "u", "u"]})
    >>> round(found.coefficients[0].se, 6), round(found.coefficients[0].df, 6)
    (0.592312, 2.0)
    """
    chosen = next((one for one in KINDS if one == kind), None)
    if chosen is None:
        raise fault(f"{kind!r} is no cluster-robust variance", f"Use one of {', '.join(KINDS)}.")
    if prediction_level is not None and not 0 < prediction_level < 1:
        raise fault(
            f"the level {prediction_level:g} is not between 0 and 1",
            "Give a coverage such as 0.67.",
            field="prediction_level",
        )
    model = working_model(result, cluster, columns)
    places = tested_places(model, positions)
    sandwich = _Sandwich(model, chosen)
    se = np.sqrt(np.diagonal(sandwich.vcov))
    nought = se <= NOTHING * np.sqrt((model.root**2).sum(axis=1))
    if nought.any():
        raise fault(
            "a cluster-robust standard error is 0: the clusters do not differ in what they say of "
            + model.names[int(np.argmax(nought))],
            "Use the standard errors of the model.",
        )
    dfs = sandwich.degrees_of_freedom()
    rows = [
        _coefficient(name, float(b), float(s), float(df), model.level)
        for name, b, s, df in zip(model.names, model.beta, se, dfs, strict=True)
    ]
    prediction = None
    if result.options.method != "EE" and model.names == ("intrcpt",) and model.variance is not None:
        prediction = _prediction(rows[0], model.variance, prediction_level or model.level)
    return RobustInference(
        kind=chosen,
        cluster=cluster,
        clusters=model.n,
        sizes=tuple(len(one) for one in model.members),
        effects=model.effects,
        level=model.level,
        coefficients=tuple(rows),
        vcov=sandwich.vcov,
        omnibus=sandwich.joint_test(places),
        prediction=prediction,
        notes=tuple(_notes(rows, chosen, model)),
    )


def tested_places(model: WorkingModel, positions: Sequence[int] | None) -> tuple[int, ...]:
    """Return which coefficients are tested together, from 0.

    Parameters
    ----------
    model : WorkingModel
    positions : sequence of int or None
        Counted from 1; None for all but the intercept.

    Returns
    -------
    tuple of int

    Raises
    ------
    InputError
        For no position, a repeated one, or one that there is no coefficient for.

    References
    ----------
    Tipton and Pustejovsky (2015). doi:10.3102/1076998615606099
    """
    if positions is None:
        return model.tested
    known = set(range(1, model.p + 1))
    if not positions or len(set(positions)) < len(positions) or not set(positions) <= known:
        raise fault(
            f"{list(positions)} are no coefficients", f"Give different numbers from 1 to {model.p}."
        )
    return tuple(one - 1 for one in positions)


class _Sandwich:
    """The sandwich of a working model, in the basis in which the model's own covariance matrix is 1."""

    def __init__(self, model: WorkingModel, kind: RobustKind) -> None:
        self.model, self.kind = model, kind
        residuals = model.y - model.x @ model.beta
        self.weights = [  # root' X_j'W_j A_j, shape (p, size of cluster j)
            model.scores[:, rows] @ adjustment(model, place, kind)
            if kind in ADJUSTED
            else model.scores[:, rows]
            for place, rows in enumerate(model.members)
        ]
        scores = np.array(
            [one @ residuals[rows] for one, rows in zip(self.weights, model.members, strict=True)]
        )
        half = model.root @ scores.T
        self.vcov = self._factor() * (half @ half.T)

    def _factor(self) -> float:
        n, k, p = self.model.n, self.model.k, self.model.p
        factors = {"CR1": n / (n - p), "CR1S1": n / (n - 1) * (k - 1) / (k - p)}
        return (factors | {"CR1S2": n / (n - 1)}).get(self.kind, 1.0)

    def degrees_of_freedom(self) -> FloatArray:
        """Return n - p, or Satterthwaite's ``tr(S)^2 / tr(SS)``, S the expected products of scores."""
        model = self.model
        if self.kind not in ADJUSTED:
            return np.full(model.p, float(model.n - model.p))
        found = []
        for contrast in model.root:
            (products,) = self._products(contrast[None]).reshape(1, model.n, model.n)
            found.append(float(np.trace(products)) ** 2 / float((products * products).sum()))
        return np.array(found)

    def _products(self, contrasts: FloatArray) -> FloatArray:
        """Return the covariances of clusters' scores if the working model is right, shape (q, q, n, n).

        For clusters i, j and contrasts s, t: ``g_si' (M_ij - X_i B X_j') g_tj``.
        """
        model = self.model
        mine = [contrasts @ one for one in self.weights]
        inside = np.array(
            [one @ matrix @ one.T for one, matrix in zip(mine, model.matrices, strict=True)]
        )
        reach = np.array(  # shape (n, q, p)
            [
                one @ model.x[rows] @ model.root
                for one, rows in zip(mine, model.members, strict=True)
            ]
        )
        products: FloatArray = -np.einsum("isp,jtp->stij", reach, reach)
        diagonal = np.arange(model.n)
        products[:, :, diagonal, diagonal] += inside.transpose(1, 2, 0)
        return products

    def joint_test(self, places: tuple[int, ...]) -> RobustTest:
        """Test coefficients together: F, for CR2 with the degrees of freedom of an approximate T squared."""
        model, m = self.model, len(places)
        chosen = list(places)
        beta, vcov = model.beta[chosen], self.vcov[np.ix_(chosen, chosen)]
        positions = tuple(one + 1 for one in places)
        if np.linalg.matrix_rank(vcov, hermitian=True) < m:
            return RobustTest(positions=positions, statistic=None, df=m, df2=None, pvalue=None)
        wald = float(beta @ np.linalg.solve(vcov, beta))
        if self.kind in ADJUSTED:
            products = self._products(model.root[chosen])
            expected = np.trace(products, axis1=2, axis2=3)
            values, vectors = np.linalg.eigh(expected)
            turned = vectors / np.sqrt(values) @ vectors.T
            even = np.einsum("as,stij,bt->abij", turned, products, turned)
            same = np.einsum("ssij,ttij->", even, even)
            crossed = np.einsum("stij,tsij->", even, even)
            eta = m * (m + 1) / float(same + crossed)
            df2 = eta - m + 1
            statistic = wald * df2 / (eta * m)
        else:
            df2, statistic = float(model.n - model.p), wald / m
        if df2 <= 0:
            return RobustTest(positions=positions, statistic=None, df=m, df2=None, pvalue=None)
        pvalue = float(fdtrc(m, df2, statistic))
        return RobustTest(positions=positions, statistic=statistic, df=m, df2=df2, pvalue=pvalue)


def adjustment(model: WorkingModel, place: int, kind: RobustKind) -> FloatArray:
    """Return the matrix A by which a cluster's residuals are multiplied.

    With ``M_j = D'D`` and ``R = M_j - X_j B X_j'``, what the residuals of a right model have as covariance,
    CR2 has ``A = D' (D R D')^(-1/2) D``, and CR3 ``A = M_j R^-1``; generalised inverses where a cluster
    determines a coefficient alone.

    Parameters
    ----------
    model : WorkingModel
    place : int
        Which cluster.
    kind : {"CR2", "CR3"}

    Returns
    -------
    ndarray, shape (size, size)

    References
    ----------
    Bell and McCaffrey (2002). Pustejovsky and Tipton (2018). doi:10.1080/07350015.2016.1247004
    """
    matrix, reach = model.matrices[place], model.x[model.members[place]] @ model.root
    left = matrix - reach @ reach.T
    if kind == "CR3":
        return np.asarray(matrix @ np.linalg.pinv(left, rcond=ZERO, hermitian=True))
    d = np.linalg.cholesky(matrix).T
    values, vectors = np.linalg.eigh(d @ left @ d.T)
    known = values > ZERO * float(np.trace(matrix)) ** 2
    inverse = np.where(known, 1 / np.sqrt(np.where(known, values, 1.0)), 0.0)
    return np.asarray(d.T @ (vectors * inverse) @ vectors.T @ d)


def _coefficient(
    name: str, estimate: float, se: float, df: float, level: float
) -> RobustCoefficient:
    statistic = estimate / se
    return RobustCoefficient(
        name=name,
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=df,
        pvalue=t_tail(abs(statistic), df),
        ci=around(estimate, t_quantile(1 - level, df) * se, level),
    )


def _prediction(pooled: RobustCoefficient, variance: float, level: float) -> Interval:
    reach = t_quantile(1 - level, pooled.df) * sqrt(pooled.se**2 + variance)
    return around(pooled.estimate, reach, level)


def _notes(
    rows: Sequence[RobustCoefficient], kind: RobustKind, model: WorkingModel
) -> Iterator[Note]:
    """Remarks of substance: data, so that they reach the brief."""
    few = [f"{one.name} ({one.df:.1f})" for one in rows if one.df < FEW_DF]
    if few and kind in ADJUSTED:
        yield Note(
            code="few-degrees-of-freedom",
            text=f"Fewer than {FEW_DF:g} degrees of freedom for {', '.join(few)}: p-values below 0.05 are "
            "not to be trusted; see the wild bootstrap.",
        )
    if kind not in ADJUSTED and model.n < 40:
        yield Note(
            code="few-clusters",
            text=f"{kind} with {model.n} clusters gives standard errors that are too small; CR2 corrects "
            "for that.",
        )
