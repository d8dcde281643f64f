"""What a model predicts for a new study, and what another model of the counts says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meta.effects.measures import Measure, to_natural
from meta.further.asked import Option
from meta.further.start import Finding, Further, Pooling, needs
from meta.models.text_tables import fixed
from meta.moderators.results import MetaRegression, Prediction

if TYPE_CHECKING:
    from meta.dependence.results import MultilevelModel


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedEffect:
    """The effect that a model predicts for one new study.

    Parameters
    ----------
    measure : Measure
    size : float or None
        What the way back to the natural scale may need.
    level : float
    at : tuple of (str, float)
        The columns of the design matrix, without the intercept, and their values.
    prediction : Prediction
        On the scale of the analysis.
    """

    measure: Measure
    size: float | None
    level: float
    at: tuple[tuple[str, float], ...]
    prediction: Prediction

    def to_dict(self) -> dict[str, Any]:
        """Return the prediction in plain types, on both scales."""
        found = self.prediction.to_dict()
        natural = {
            name: None if value is None else to_natural(self.measure, value, self.size)
            for name, value in found.items()
            if name != "se"
        }
        return {"at": dict(self.at), "level": self.level, **found, "natural": natural}

    def summary(self) -> str:
        """Return the prediction as plain text."""
        found = self.prediction.to_dict()
        where = ", ".join(f"{name} = {value:g}" for name, value in self.at)
        level = f"{100 * self.level:g}%"
        text = f"Predicted effect at {where}: {fixed(found['estimate'])} {level} "
        text += f"[{fixed(found['ci_low'])}, {fixed(found['ci_high'])}]"
        if self.prediction.pi is None:
            return text
        return f"{text}, in a new study [{fixed(found['pi_low'])}, {fixed(found['pi_high'])}]"


def predict(
    result: "MetaRegression | MultilevelModel", rows: Sequence[Sequence[float]]
) -> tuple[Prediction, ...]:
    """Predict effects for new studies by a regression or a multilevel model.

    Parameters
    ----------
    result : MetaRegression or MultilevelModel
    rows : sequence of sequence of float
        For each new study the values of the columns of the design matrix, without the intercept where there
        is one; their names are ``result.design.names``.

    Returns
    -------
    tuple of Prediction
        On the scale of the measure.

    Raises
    ------
    InputError
        For a row of another length, or with a number that is not finite.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.models.results import EffectSizes
    >>> from meta.moderators.regression import regress
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    >>> round(predict(result, [[4.0]])[0].estimate, 12)
    3.0
    """
    from meta.dependence import predictions
    from meta.moderators import inference

    if isinstance(result, MetaRegression):
        return inference.predict(result, rows)
    return predictions.predict(result, rows)


def _predict(pooling: Pooling, *, at: Sequence[float]) -> Finding:
    from meta.dependence.results import MultilevelModel

    result = pooling.result
    if not isinstance(result, MetaRegression | MultilevelModel):
        raise needs("predict", "moderators", "Give --mods, without --cluster.")
    (found,) = predict(result, [list(at)])
    design = result.design
    names = design.names[1:] if design.intercept else design.names
    return PredictedEffect(
        measure=design.effects.measure,
        size=design.effects.size,
        level=result.options.level,
        at=tuple(zip(names, at, strict=True)),
        prediction=found,
    )


def _mixed_model(pooling: Pooling, *, model: str = "UM.FS") -> Finding:
    from meta.glmm.analysis import glmm

    pooling.pooled("mixed-model")
    return glmm(
        pooling.measure, pooling.columns, model=model, labels=pooling.labels, level=pooling.level
    )


def _next_site(
    pooling: Pooling, *, threshold: float | None = None, baseline: float | None = None
) -> Finding:
    from meta.choices.next_site import next_site

    return next_site(pooling.pooled("next-site"), threshold=threshold, baseline=baseline)


PREDICTIONS: Mapping[str, Further] = {
    "next-site": Further(
        what="what to expect in the next site, and the probability that it is beyond a threshold",
        run=_next_site,
        options=(
            Option(
                name="threshold",
                kind="number",
                help="on the scale of the analysis, by default no effect",
            ),
            Option(
                name="baseline",
                kind="number",
                help="the share without the intervention, 0 to 1, for shares",
            ),
        ),
        planned=False,
    ),
    "mixed-model": Further(
        what="the counts by a mixed model beside the pooled odds or rate ratio, for rare events",
        run=_mixed_model,
        options=(
            Option(
                name="model",
                kind="word",
                words=("UM.FS", "UM.RS", "CM.EL", "CM.AL"),
                help="which; more of its options with --method",
            ),
        ),
    ),
    "predict": Further(
        what="the effect that moderators predict for a new study",
        run=_predict,
        options=(
            Option(
                name="at",
                kind="numbers",
                help="values of the columns of the design matrix, without the intercept",
                needed=True,
            ),
        ),
        planned=False,
    ),
}
