"""What the estimate would be under weights chosen beforehand, mild and severe, side by side."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meta.models.results import SCHEMA_VERSION, EffectSizes, MetaAnalysis
from meta.models.text_tables import fixed, pvalue, table
from meta.moderators.results import MetaRegression
from meta.selection.fixed_weights import VEVEA_WOODS
from meta.selection.results import SelectionModel
from meta.selection.selection_model import selection_model

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SelectionSensitivity:
    """The same model under several sets of weights.

    Parameters
    ----------
    names : tuple of str
        Of the sets.
    models : tuple of SelectionModel
    """

    names: tuple[str, ...]
    models: tuple[SelectionModel, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return one entry for each set and coefficient, the unadjusted ones first, in plain types."""
        first = self.models[0]
        rows = [("unadjusted", one, first.unadjusted.heterogeneity.tau2) for one in first.before]
        for name, model in zip(self.names, self.models, strict=True):
            rows += [(name, one, model.tau2) for one in model.coefficients]
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(first.effects.measure),
            "scale": first.scale,
            "alternative": first.options.alternative,
            "level": first.options.level,
            "k": first.effects.k,
            "sets": [
                {
                    "weights": name,
                    "name": one.name,
                    "estimate": one.estimate,
                    "se": one.se,
                    "pvalue": one.pvalue,
                    "ci_low": one.ci.low,
                    "ci_high": one.ci.high,
                    "tau2": tau2,
                }
                for name, one, tau2 in rows
            ],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return the entries as rows: ``weights, name, estimate, se, pvalue, ci_low, ci_high, tau2``."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["sets"])

    def summary(self) -> str:
        """Return the estimates as plain text."""
        rows = [["weights", "", "estimate", "se", "pval", "ci.lb", "ci.ub", "tau^2"]]
        for one in self.to_dict()["sets"]:
            numbers = [fixed(one["estimate"]), fixed(one["se"]), pvalue(one["pvalue"])]
            numbers += [fixed(one[field]) for field in ("ci_low", "ci_high", "tau2")]
            rows.append([one["weights"], one["name"], *numbers])
        title = "Estimates if studies were seen with weights chosen beforehand (examples, not estimates):"
        return "\n".join([title, "", *table(rows, words=2)])

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _repr_html_(self) -> str:
        """Return the estimates as a table for notebooks."""
        return str(self.to_frame().to_html(index=False))


def selection_sensitivity(
    model: EffectSizes | MetaAnalysis | MetaRegression,
    *,
    alternative: str,
    level: float | None = None,
    anyway: bool = False,
) -> SelectionSensitivity:
    """Fit a model under each of Vevea and Woods' sets of weights, which nothing is estimated of.

    That works with few studies, where weights cannot be estimated. The sets are examples of moderate and
    severe selection by one- and by two-tailed tests, and are not to be taken as what happened.

    Parameters
    ----------
    model, alternative, level, anyway
        As for `meta.selection.selection_model.selection_model`; the alternative is "greater" or "less".

    Returns
    -------
    SelectionSensitivity

    Raises
    ------
    InputError, ConvergenceError
        As for `meta.selection.selection_model.selection_model`.

    References
    ----------
    Vevea and Woods (2005). doi:10.1037/1082-989X.10.4.428

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b", "c"), yi=[0.2, 0.5, 0.4], vi=[0.04] * 3)
    >>> found = selection_sensitivity(effects, alternative="greater")
    >>> found.names[1], round(found.models[1].coefficients[0].estimate, 3)
    ('severe-one-tailed', 0.312)
    """
    models = [
        selection_model(
            model, "stepfun", alternative=alternative, delta=name, level=level, anyway=anyway
        )
        for name in VEVEA_WOODS
    ]
    return SelectionSensitivity(names=tuple(VEVEA_WOODS), models=tuple(models))
