"""Profile likelihood of variance components: intervals, curves, and tests of a smaller random part."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meta.dependence.components import bounds, starts
from meta.dependence.likelihood import Problem, evaluate, height, maximised, prepared
from meta.dependence.results import Component, MultilevelModel
from meta.distributions import chi_square_quantile, chi_square_tail
from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError, fault
from meta.models.results import Interval
from meta.models.text_tables import fixed, pvalue, table

if TYPE_CHECKING:
    import pandas as pd

MAX_ITERATIONS = 100
RESOLUTION = 1e-10  # of a bound, relative
POINTS = 21  # of a curve


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentInterval:
    """A profile-likelihood interval of a component, on its own scale (variance or correlation)."""

    component: Component
    ci: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentIntervals:
    """The intervals of all components of a model."""

    intervals: tuple[ComponentInterval, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the intervals in plain types."""
        return {
            "intervals": [
                {
                    "name": one.component.name,
                    "term": one.component.term,
                    "levels": list(one.component.levels),
                    "value": one.component.value,
                    "ci_low": one.ci.low,
                    "ci_high": one.ci.high,
                    "level": one.ci.level,
                }
                for one in self.intervals
            ]
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per component: ``name, term, levels, value, ci_low, ci_high, level``."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["intervals"])

    def summary(self) -> str:
        """Return the intervals as plain text, variances with their square roots."""
        rows = [["", "estim", "ci.lb", "ci.ub"]]
        for one in self.intervals:
            values = (one.component.value, one.ci.low, one.ci.high)
            rows.append([one.component.name, *(fixed(value) for value in values)])
            if one.component.kind != "rho":
                roots = (None if value is None else math.sqrt(value) for value in values)
                name = one.component.name.replace("^2", "")
                rows.append([name, *(fixed(value) for value in roots)])
        return "\n".join(
            ["Profile-likelihood intervals of the components:", "", *table(rows, words=1)]
        )

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def component_intervals(
    result: MultilevelModel, *, level: float | None = None
) -> ComponentIntervals:
    """Return profile-likelihood intervals of all variances and correlations.

    A value is in the interval if twice the log-likelihood, maximised over all other components, is not
    further below its maximum than the quantile of chi-square with 1 degree of freedom. After REML it is the
    restricted likelihood.

    Parameters
    ----------
    result : MultilevelModel
        With random effects.
    level : float, optional
        Coverage; that of the result by default.

    Returns
    -------
    ComponentIntervals
        A bound at the end of the range (variance 0, correlation -1 or 1) is that end.

    Raises
    ------
    InputError
        Without random effects, or for a correlation of effects that do not vary.
    ConvergenceError
        If a bound is not found.

    References
    ----------
    Hardy and Thompson (1996). doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A.
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.dependence.multilevel import multilevel
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 4, 6], vi=[1, 1, 1, 1])
    >>> result = multilevel(effects, "~ 1 | study", {"study": ["s", "s", "t", "t"]})
    >>> found = component_intervals(result).intervals[0].ci
    >>> round(found.low, 4), round(found.high, 1)
    (0.9997, 1271.7)
    """
    profiled = _Profiled(result)
    coverage = result.options.level if level is None else level
    drop = chi_square_quantile(1 - coverage, 1) / 2
    found = []
    for place, component in enumerate(result.components):
        _refuse(component)
        low, high = (profiled.bound(place, drop, side) for side in (-1, 1))
        if (
            component.kind == "tau2" and component.levels
        ):  # these are searched as standard deviations
            low, high = low * low, high * high
        interval = Interval(low=low, high=high, level=coverage)
        found.append(ComponentInterval(component=component, ci=interval))
    return ComponentIntervals(intervals=tuple(found))


def _refuse(component: Component) -> None:
    if component.value is None:
        raise fault(
            f"{component.name} belongs to effects that do not vary",
            "Use a simpler struct, e.g. ID.",
        )
    if component.kind == "rho" and component.name.count(".") == 2:
        raise fault(
            f"the profile of {component.name}, one of several correlations, is not provided",
            "Use struct HCS, or UN with two levels.",
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProfileCurve:
    """The profile log-likelihood of one component at several values, for a figure."""

    component: Component
    values: FloatArray
    log_likelihood: FloatArray

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per value: ``value, log_likelihood``."""
        import pandas as pd

        return pd.DataFrame({"value": self.values, "log_likelihood": self.log_likelihood})


def profile_curve(
    result: MultilevelModel, name: str, values: Sequence[float] | None = None
) -> ProfileCurve:
    """Return the log-likelihood of one component, maximised over all others.

    Parameters
    ----------
    result : MultilevelModel
    name : str
        Of the component, e.g. ``sigma^2.1``.
    values : sequence of float, optional
        Where; by default 21 values over its 95 % interval.

    Returns
    -------
    ProfileCurve

    Raises
    ------
    InputError
        For a component that there is not, or a value outside its range.
    ConvergenceError
        If the others do not settle.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.dependence.multilevel import multilevel
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 4, 6], vi=[1, 1, 1, 1])
    >>> result = multilevel(effects, "~ 1 | study", {"study": ["s", "s", "t", "t"]})
    >>> curve = profile_curve(result, "sigma^2", [0.0, 10.0])
    >>> bool(curve.log_likelihood.max() < result.fit_reml.log_likelihood)
    True
    """
    names = [one.name for one in result.components]
    if name not in names:
        raise fault(f"there is no component {name!r}", f"Use one of {', '.join(names)}.")
    place = names.index(name)
    component, profiled = result.components[place], _Profiled(result)
    _refuse(component)
    rooted = component.kind == "tau2" and bool(component.levels)
    if values is None:
        ends = [profiled.bound(place, chi_square_quantile(0.05, 1) / 2, side) for side in (-1, 1)]
        at = np.linspace(ends[0], ends[1], POINTS)
        given = at * at if rooted else at
    else:
        given = np.array(values, dtype=np.float64)
        low = -1.0 if component.kind == "rho" else 0.0
        if not ((given >= low) & (given <= profiled.upper[place])).all():
            raise fault(f"{name} cannot be {list(values)}", "Give values in its range.")
        at = np.sqrt(given) if rooted else given
    heights = [profiled.at(place, float(one))[0] for one in at]
    return ProfileCurve(component=component, values=given, log_likelihood=np.array(heights))


class _Profiled:
    """The likelihood of a model, maximised with one component held."""

    def __init__(self, result: MultilevelModel) -> None:
        if not result.terms:
            raise fault("a common effect has no variance components", "Give random terms.")
        self.problem = problem_of(result)
        self.theta = result.theta
        self.top = height(self.problem, evaluate(self.problem, result.theta, slopes=False))
        self.lower, self.upper = bounds(result.terms)
        total = sum(one.value or 0.0 for one in result.components if one.kind != "rho")
        self.starts = starts(result.terms, total + 0.1 * (result.typical_variance or 1.0))

    def at(self, place: int, value: float) -> tuple[float, float, FloatArray]:
        """Return the height, its slope for the component held, and the others."""
        found = maximised(
            self.problem, [self.theta, *self.starts], self.lower, self.upper, fixed=(place, value)
        ).at
        return height(self.problem, found), float(found.slope[place]), found.theta

    def bound(self, place: int, drop: float, side: int) -> float:
        """Find where the profile has fallen by ``drop``, by Newton's steps kept between brackets."""
        inside = float(self.theta[place])
        end = float(self.lower[place] if side < 0 else self.upper[place])
        if inside == end:
            return end
        outside = end
        if not math.isfinite(end):
            outside = 2 * inside + float(np.abs(self.theta).max()) + 1e-8
            while self.at(place, outside)[0] > self.top - drop:
                inside, outside = outside, 4 * outside
        elif self._reached(place, end, drop):
            return end
        value = (inside + outside) / 2
        for step in range(MAX_ITERATIONS):
            try:
                found, slope, _ = self.at(place, value)
                excess = found - (self.top - drop)
            except (ConvergenceError, np.linalg.LinAlgError):
                excess, slope = -math.inf, 0.0  # M is not positive definite out there
            if excess > 0:
                inside = value
            else:
                outside = value
            following = value - excess / slope if slope and math.isfinite(excess) else math.nan
            if not min(inside, outside) <= following <= max(inside, outside) or step % 8 == 7:
                following = (inside + outside) / 2
            if abs(following - value) <= RESOLUTION * (abs(value) + 1e-6):
                return following
            value = following
        raise ConvergenceError(
            f"The profile-likelihood interval did not settle after {MAX_ITERATIONS} iterations. "
            "Use a simpler model."
        )

    def _reached(self, place: int, end: float, drop: float) -> bool:
        """Tell whether the interval goes to the end of the range."""
        try:
            return self.at(place, end)[0] >= self.top - drop
        except (ConvergenceError, np.linalg.LinAlgError):
            return False


def problem_of(result: MultilevelModel) -> Problem:
    """Return the likelihood that a model maximised."""
    order, design = result.order, result.design
    return prepared(
        design.x[order],
        design.effects.yi[order],
        result.covariance,
        restricted=result.options.method == "REML",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomPartTest:
    """A likelihood-ratio test of a smaller random part.

    Under the smaller model a variance is 0, on the boundary, so that the p-value is too large: with one
    variance less about twice what it should be.
    """

    statistic: float
    df: int
    pvalue: float
    full: float
    reduced: float

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types; ``full`` and ``reduced`` are log-likelihoods."""
        return {
            "statistic": self.statistic,
            "df": self.df,
            "pvalue": self.pvalue,
            "full": self.full,
            "reduced": self.reduced,
        }

    def summary(self) -> str:
        """Return the test as plain text."""
        rows = [
            ["", "logLik", "LRT", "df", "pval"],
            ["Full", fixed(self.full), "", "", ""],
            [
                "Reduced",
                fixed(self.reduced),
                fixed(self.statistic),
                str(self.df),
                pvalue(self.pvalue),
            ],
        ]
        return "\n".join(table(rows, words=1))

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def compare_random_parts(full: MultilevelModel, reduced: MultilevelModel) -> RandomPartTest:
    """Compare two models of the same estimates and moderators by their likelihoods.

    Parameters
    ----------
    full, reduced : MultilevelModel
        Fitted by the same method; the second has fewer components.

    Returns
    -------
    RandomPartTest

    Raises
    ------
    InputError
        For other estimates, moderators or methods, or a second model that is not smaller.

    References
    ----------
    Self and Liang (1987), on the boundary. doi:10.1080/01621459.1987.10478472

    Examples
    --------
    >>> from meta.dependence.multilevel import multilevel
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 4, 6], vi=[1, 1, 1, 1])
    >>> columns = {"study": ["s", "s", "t", "t"], "effect": [1, 2, 3, 4]}
    >>> full = multilevel(effects, ["~ 1 | study", "~ 1 | effect"], columns)
    >>> test = compare_random_parts(full, multilevel(effects, "~ 1 | effect", columns))
    >>> test.df, round(test.statistic, 4)
    (1, 2.6234)
    """
    same = (
        full.design.effects.labels == reduced.design.effects.labels
        and np.array_equal(full.design.effects.yi, reduced.design.effects.yi)
        and np.array_equal(full.design.x, reduced.design.x)
        and np.array_equal(full.sampling.vi, reduced.sampling.vi)
    )
    if not same or full.options.method != reduced.options.method:
        raise fault(
            "the two models are not of the same estimates, moderators and method",
            "Fit both to the same data by REML, or both by ML.",
        )
    df = full.parameters - reduced.parameters
    if df < 1:
        raise fault(
            f"the second model has {reduced.parameters} parameters and the first {full.parameters}",
            "Give the larger model first.",
        )
    restricted = full.options.method == "REML"
    values = [
        (one.fit_reml if restricted else one.fit_ml).log_likelihood for one in (full, reduced)
    ]
    statistic = max(0.0, 2 * (values[0] - values[1]))
    return RandomPartTest(
        statistic=statistic,
        df=df,
        pvalue=chi_square_tail(statistic, df),
        full=values[0],
        reduced=values[1],
    )
