"""Small-study effects among the further analyses."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from meta.further.asked import Option
from meta.further.start import Finding, Further, Pooling

ANYWAY = Option(
    name="anyway",
    kind="yes",
    help="where its rules of use are broken too, with a note that says so",
)


def _egger(pooling: Pooling, **options: Any) -> Finding:
    from meta.small_study.regression_test import regression_test

    return regression_test(pooling.fitted("egger"), **options)


def _named(test: str, pooling: Pooling, **options: Any) -> Finding:
    from meta.small_study import named_tests

    run: Callable[..., Finding] = getattr(named_tests, f"{test}_test")
    return run(pooling.columns, labels=pooling.labels, level=pooling.level, **options)


def _debray(pooling: Pooling, *, events: str, anyway: bool = False) -> Finding:
    from meta.small_study.named_tests import debray_test

    cells = np.array(pooling.cells(events), dtype=np.float64)
    return debray_test(pooling.pooled("debray"), cells, anyway=anyway)


def _rank_test(pooling: Pooling, *, anyway: bool = False) -> Finding:
    from meta.small_study.rank_test import rank_test

    return rank_test(pooling.pooled("rank-test").effects, anyway=anyway)


def _trim_and_fill(pooling: Pooling, **options: Any) -> Finding:
    from meta.small_study.trim_and_fill import trim_and_fill

    return trim_and_fill(pooling.pooled("trim-and-fill"), **options)


def _pet_peese(pooling: Pooling, **options: Any) -> Finding:
    from meta.small_study.pet_peese import pet_peese

    return pet_peese(pooling.pooled("pet-peese"), **options)


def _limit(pooling: Pooling, **options: Any) -> Finding:
    from meta.small_study.limit_meta_analysis import limit_meta_analysis

    return limit_meta_analysis(pooling.pooled("limit"), **options)


def _excess_significance(pooling: Pooling, **options: Any) -> Finding:
    from meta.small_study.excess_significance import excess_significance

    return excess_significance(pooling.fitted("excess-significance"), **options)


def _rosenthal(pooling: Pooling, *, alpha: float = 0.05) -> Finding:
    from meta.small_study.fail_safe import rosenthal

    return rosenthal(pooling.effects, alpha=alpha)


def _rosenberg(pooling: Pooling, *, alpha: float = 0.05) -> Finding:
    from meta.small_study.fail_safe import rosenberg

    return rosenberg(pooling.effects, alpha=alpha)


def _orwin(pooling: Pooling, *, target: float | None = None, weighted: bool = False) -> Finding:
    from meta.small_study.fail_safe import orwin

    return orwin(pooling.effects, target=target, weighted=weighted)


def _funnel(
    pooling: Pooling, *, axis: Any = "sei", contours: Sequence[float] = (0.90, 0.95, 0.99)
) -> Finding:
    from meta.small_study.funnel import funnel

    return funnel(pooling.pooled("funnel"), axis=axis, contours=contours)


def _radial(pooling: Pooling) -> Finding:
    from meta.small_study.funnel import radial

    return radial(pooling.pooled("radial"))


LINE = Option(
    name="model",
    kind="word",
    words=("rma", "lm"),
    help="a meta-regression, or weighted least squares",
)
ALPHA = Option(name="alpha", kind="number", help="the significance that is to be lost")

SMALL_STUDIES: Mapping[str, Further] = {
    "funnel": Further(
        what="the data of a funnel plot with contours of significance",
        run=_funnel,
        options=(
            Option(
                name="axis",
                kind="word",
                words=("sei", "vi", "seinv", "vinv", "ni", "ninv", "sqrtni", "sqrtninv"),
                help="what stands on the vertical axis",
            ),
            Option(name="contours", kind="numbers", help="levels of the contours"),
        ),
        planned=False,
    ),
    "radial": Further(what="the data of a radial plot", run=_radial, planned=False),
    "egger": Further(
        what="Egger's test: the estimates against a measure of the studies' size",
        run=_egger,
        options=(
            LINE,
            Option(
                name="predictor",
                kind="word",
                words=("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"),
                help="the measure of size",
            ),
            ANYWAY,
        ),
    ),
    "peters": Further(
        what="Peters' test for odds ratios: against the inverse of the size",
        run=partial(_named, "peters"),
        options=(ANYWAY,),
    ),
    "harbord": Further(
        what="Harbord's test for odds ratios: by the efficient score",
        run=partial(_named, "harbord"),
        options=(ANYWAY,),
    ),
    "macaskill": Further(
        what="Macaskill's test for odds ratios: against the size",
        run=partial(_named, "macaskill"),
        options=(ANYWAY,),
    ),
    "arcsine": Further(
        what="Rücker's test for 2 × 2 tables, on the arcsine scale",
        run=partial(_named, "arcsine"),
        options=(LINE, ANYWAY),
    ),
    "pustejovsky-rodgers": Further(
        what="the test for standardised differences whose standard error is free of them",
        run=partial(_named, "pustejovsky_rodgers"),
        options=(LINE, ANYWAY),
        planned=False,
    ),
    "debray": Further(
        what="Debray's test for log hazard ratios: against the inverse number of events",
        run=_debray,
        options=(
            Option(name="events", kind="column", help="events of both groups", needed=True),
            ANYWAY,
        ),
        planned=False,
    ),
    "rank-test": Further(
        what="Begg and Mazumdar's test: estimates against variances by rank",
        run=_rank_test,
        options=(ANYWAY,),
    ),
    "trim-and-fill": Further(
        what="the estimate with the studies that a symmetric funnel lacks",
        run=_trim_and_fill,
        options=(
            Option(name="estimator", kind="word", words=("L0", "R0", "Q0"), help="of their number"),
            Option(
                name="side", kind="word", words=("left", "right"), help="where they are missing"
            ),
            Option(
                name="test",
                kind="word",
                words=("z", "t", "knha", "adhoc"),
                help="of the filled analysis",
            ),
            ANYWAY,
        ),
    ),
    "pet-peese": Further(
        what="the estimate in a study without sampling error, by PET or PEESE",
        run=_pet_peese,
        options=(LINE, ANYWAY),
    ),
    "limit": Further(
        what="limit meta-analysis: the estimate as the precision of all studies grows",
        run=_limit,
        options=(
            Option(
                name="adjustment",
                kind="word",
                words=("beta0", "betalim", "mulim"),
                help="which of the three estimates",
            ),
            ANYWAY,
        ),
    ),
    "excess-significance": Further(
        what="whether more studies are significant than their power allows",
        run=_excess_significance,
        options=(
            Option(
                name="test", kind="word", words=("exact", "chi2", "binom"), help="of the number"
            ),
            Option(
                name="alternative",
                kind="word",
                words=("greater", "less", "two-sided"),
                help="of the number",
            ),
            Option(
                name="studies",
                kind="word",
                words=("two-sided", "greater", "less"),
                help="the tests of the studies themselves",
            ),
            Option(name="alpha", kind="number", help="their level of significance"),
            ANYWAY,
        ),
    ),
    "rosenthal": Further(
        what="Rosenthal's fail-safe N: studies without effect until the sum is not significant",
        run=_rosenthal,
        options=(ALPHA,),
    ),
    "rosenberg": Further(
        what="Rosenberg's fail-safe N, weighted",
        run=_rosenberg,
        options=(ALPHA,),
    ),
    "orwin": Further(
        what="Orwin's fail-safe N: studies without effect until the mean is down to a target",
        run=_orwin,
        options=(
            Option(name="target", kind="number", help="by default half of the mean"),
            Option(name="weighted", kind="yes", help="by inverse variance"),
        ),
    ),
}
