"""Bayesian random effects among the further analyses; few studies have it beside them anyway."""

from collections.abc import Mapping
from typing import Any

from meta.further.asked import Option
from meta.further.start import Finding, Further, Pooling


def _bayes(pooling: Pooling, **options: Any) -> Finding:
    from meta.bayes.analysis import bayes

    return bayes(pooling.pooled("bayes").effects, **{"level": pooling.level} | options)


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
}
