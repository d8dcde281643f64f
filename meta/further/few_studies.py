"""Every usual estimator and Bayes among the further analyses; few studies have them beside them anyway."""

from collections.abc import Mapping
from typing import Any

from meta.further.asked import Option
from meta.further.start import Finding, Further, Pooling


def _bayes(pooling: Pooling, **options: Any) -> Finding:
    from meta.bayes.analysis import bayes

    return bayes(pooling.pooled("bayes").effects, **{"level": pooling.level} | options)


def _panel(pooling: Pooling, *, threshold: float = 0.0) -> Finding:
    from meta.choices.panel import panel

    effects = pooling.pooled("panel").effects
    return panel(effects, level=pooling.level, threshold=threshold)


FEW_STUDIES: Mapping[str, Further] = {
    "bayes": Further(
        what="Bayesian random effects: the estimate, tau and a new study with a prior of tau",
        run=_bayes,
        options=(
            Option(
                name="prior",
                kind="text",
                help="of tau, e.g. half-normal:0.5, half-t:0.5,4, turner, rhodes; by default by measure",
            ),
            Option(name="mu", kind="text", help="prior of the mean, flat or normal:MEAN,SD"),
            Option(name="threshold", kind="number", help="below which probabilities are given"),
            Option(name="level", kind="number", help="of the intervals"),
        ),
    ),
    "panel": Further(
        what="the estimate by every usual estimator of tau2 and interval, beside Bayes and the plain mean",
        run=_panel,
        options=(
            Option(
                name="threshold",
                kind="number",
                help="on which side of it an interval lies is the conclusion; 0 is no effect",
            ),
        ),
        planned=False,
    ),
}
