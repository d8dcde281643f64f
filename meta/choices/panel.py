"""The panel of estimators: the same estimates by every usual choice of tau2 and of interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meta.bayes.analysis import bayes
from meta.bayes.results import BayesianAnalysis
from meta.effects.measures import MEASURES
from meta.faults import EvidensError, fault
from meta.models.pooling import pool
from meta.models.results import SCHEMA_VERSION, EffectSizes, MetaAnalysis, Note
from meta.models.text_tables import fixed, listed, table

if TYPE_CHECKING:
    import pandas as pd

ESTIMATORS = ("EE", "DL", "HE", "SJ", "ML", "REML", "EB", "PM")
INTERVALS = ("z", "knha", "adhoc")
UNWEIGHTED = "unweighted"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """One choice of estimator and interval.

    Parameters
    ----------
    estimator : str
        Of tau2, EE for a common effect, or ``unweighted`` for the plain mean of the estimates (REML's tau2 in
        its variance).
    test : str
    fit : MetaAnalysis or None
        None where the estimator did not converge.
    reason : str
        Why there is none.
    """

    estimator: str
    test: str
    fit: MetaAnalysis | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """The same estimates pooled in every usual way.

    Parameters
    ----------
    effects : EffectSizes
    level : float
    threshold : float
        On the scale of the analysis: on which side of it an interval lies is the conclusion.
    choices : tuple of Choice
        By estimator, then by interval.
    bayes : BayesianAnalysis or None
        With the default prior of tau; None where the measure has none.
    notes : tuple of Note
        Where tau2 is 0, where the conclusion depends on the choice, and why there is no Bayesian analysis.
    """

    effects: EffectSizes
    level: float
    threshold: float
    choices: tuple[Choice, ...]
    bayes: BayesianAnalysis | None
    notes: tuple[Note, ...]

    @property
    def fits(self) -> tuple[MetaAnalysis, ...]:
        """All fits, without the plain mean."""
        return tuple(
            one.fit for one in self.choices if one.fit is not None and one.estimator != UNWEIGHTED
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the panel in plain types, on the scale of the analysis and on the natural one."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.effects.measure),
            "scale": MEASURES[self.effects.measure].scale,
            "level": self.level,
            "threshold": self.threshold,
            "k": self.effects.k,
            "choices": [_row(one) for one in self.choices],
            "bayes": self.bayes and self.bayes.to_dict(),
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each choice, for a table or a figure."""
        import pandas as pd

        return pd.json_normalize([_row(one) for one in self.choices], sep="_")

    def summary(self) -> str:
        """Return the panel as plain text: a line for each estimator, a column for each interval."""
        head = ["", "estimate", "tau2", *(f"{name} ({100 * self.level:g}%)" for name in INTERVALS)]
        rows = [head]
        for estimator in dict.fromkeys(one.estimator for one in self.choices):
            of_it = [one for one in self.choices if one.estimator == estimator]
            fit = next((one.fit for one in of_it if one.fit is not None), None)
            rows.append(
                [
                    estimator,
                    fixed(None if fit is None else fit.pooled.estimate),
                    fixed(None if fit is None else fit.heterogeneity.tau2),
                    *(_brackets(one.fit) for one in of_it),
                ]
            )
        if self.bayes is not None:
            mu, tau = self.bayes.mu, self.bayes.tau
            ends = f"[{fixed(mu.ci.low)}, {fixed(mu.ci.high)}]"
            cells = [fixed(mu.median), fixed(tau.median**2), ends, "", ""]
            rows.append([f"Bayes ({self.bayes.prior.text})", *cells])
        blocks = [
            ["Panel of Estimators:", "", *table(rows, words=1)],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def _row(one: Choice) -> dict[str, Any]:
    found = None if one.fit is None else one.fit.to_dict()
    names = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high", "tau2", "natural")
    return {
        "estimator": one.estimator,
        "test": one.test,
        **{name: found and found[name] for name in names},
        "reason": one.reason or None,
    }


def _brackets(fit: MetaAnalysis | None) -> str:
    if fit is None:
        return "NA"
    return f"[{fixed(fit.pooled.ci.low)}, {fixed(fit.pooled.ci.high)}]"


def panel(
    effects: EffectSizes,
    *,
    level: float = 0.95,
    threshold: float = 0.0,
    estimators: Sequence[str] = ESTIMATORS,
) -> Panel:
    """Pool estimates by every usual estimator of tau2 with every usual interval.

    With few studies the choice among these is hardly testable, and an answer that holds under one of them
    only is none. The plain mean of the estimates stands below them, and the Bayesian analysis with the
    default prior of tau.

    Parameters
    ----------
    effects : EffectSizes
        Two estimates or more.
    level : float
        Coverage of all intervals.
    threshold : float
        On the scale of the analysis; 0 is no effect.
    estimators : sequence of str
        As the methods of `meta.models.pooling.pool`.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        For one study, and as `pool`.

    References
    ----------
    Langan, Higgins, Jackson et al. (2019). doi:10.1002/jrsm.1316. IntHout, Ioannidis and Borm (2014).
    doi:10.1186/1471-2288-14-25. Röver, Knapp and Friede (2015), on the interval that is never narrower than
    z. doi:10.1186/s12874-015-0091-1

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> found = panel(effect_sizes("GEN", {"yi": [0.1, 0.5, 0.3], "vi": [0.04, 0.04, 0.02]}))
    >>> len(found.choices), [note.code for note in found.notes]
    (27, ['tau2-zero', 'conclusion-depends', 'no-bayesian-analysis'])
    """
    if effects.k < 2:
        raise fault("one study leaves nothing to choose", "Pool two studies or more.")
    choices = tuple(_choices(effects, level, estimators))
    posterior = _posterior(effects, level)
    found = posterior if isinstance(posterior, BayesianAnalysis) else None
    refused = () if isinstance(posterior, BayesianAnalysis) else (posterior,)
    return Panel(
        effects=effects,
        level=level,
        threshold=threshold,
        choices=choices,
        bayes=found,
        notes=(*_notes(choices, found, threshold), *refused),
    )


def _posterior(effects: EffectSizes, level: float) -> BayesianAnalysis | Note:
    """Return the Bayesian analysis with the default prior of tau, or why there is none."""
    try:
        return bayes(effects, level=level)
    except EvidensError as error:
        return Note(code="no-bayesian-analysis", text=f"No Bayesian analysis: {error}")


def _choices(effects: EffectSizes, level: float, estimators: Sequence[str]) -> Iterator[Choice]:
    for estimator in (*estimators, UNWEIGHTED):
        method, weights = (estimator, None) if estimator != UNWEIGHTED else ("REML", "equal")
        for test in INTERVALS:
            try:
                fit = pool(effects, method=method, test=test, level=level, weights=weights)
            except EvidensError as error:
                yield Choice(estimator=estimator, test=test, fit=None, reason=str(error))
            else:
                yield Choice(estimator=estimator, test=test, fit=fit)


def _notes(
    choices: Sequence[Choice], posterior: BayesianAnalysis | None, threshold: float
) -> Iterator[Note]:
    at_0 = [
        one.estimator
        for one in choices
        if one.fit is not None
        and one.test == INTERVALS[0]
        and one.estimator not in ("EE", UNWEIGHTED)
        and one.fit.heterogeneity.tau2 == 0
    ]
    if at_0:
        yield Note(
            code="tau2-zero",
            text=f"tau2 is estimated as 0, its lowest possible value, by {', '.join(at_0)}; that does not "
            "show that the studies agree.",
        )
    intervals = {
        f"{one.estimator} {one.test}": one.fit.pooled.ci for one in choices if one.fit is not None
    }
    if posterior is not None:
        intervals["Bayes"] = posterior.mu.ci
    sides: dict[str, list[str]] = {}
    for name, ci in intervals.items():
        sides.setdefault(_side(ci.low, ci.high, threshold), []).append(name)
    if len(sides) > 1:
        most = max(sides, key=lambda side: len(sides[side]))
        fewer = "; ".join(
            f"{side} by {', '.join(names)}" for side, names in sides.items() if side != most
        )
        yield Note(
            code="conclusion-depends",
            text=f"The conclusion depends on the choice. The interval {fewer}; it {most} by the other "
            f"{len(sides[most])} of {len(intervals)} choices.",
        )


def _side(low: float, high: float, threshold: float) -> str:
    """Say on which side of the threshold an interval lies."""
    value = f"{threshold:g}"
    return (
        f"is above {value}"
        if low > threshold
        else f"is below {value}"
        if high < threshold
        else f"holds {value}"
    )
