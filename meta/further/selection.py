"""Selection models among the further analyses."""

from collections.abc import Mapping
from typing import Any

from meta.faults import fault
from meta.further.asked import Option
from meta.further.small_studies import ANYWAY
from meta.further.start import Finding, Further, Pooling

ESTIMATED = "-"  # in place of a weight that is not given
FAVOURED = Option(
    name="alternative",
    kind="word",
    words=("greater", "less", "two.sided"),
    help="which results are favoured: significant ones above 0, below 0, or both",
    needed=True,
)


def _selection(
    pooling: Pooling, *, kind: str = "3PSM", delta: str | None = None, **options: Any
) -> Finding:
    from meta.selection.selection_model import selection_model

    given = None if delta is None else _weights(delta)
    return selection_model(pooling.fitted("selection"), kind, delta=given, **options)


def _weights(text: str) -> str | list[float | None]:
    """Read weights that are given, or the name of a set of them."""
    from meta.selection.fixed_weights import VEVEA_WOODS

    if text in VEVEA_WOODS:
        return text
    try:
        return [None if one == ESTIMATED else float(one) for one in text.split("/")]
    except ValueError:
        raise fault(
            f"selection:delta is {text!r}",
            f"Write numbers parted by /, with {ESTIMATED} for those to be estimated, or one of "
            f"{', '.join(VEVEA_WOODS)}.",
            field="--also",
        ) from None


def _vevea_woods(pooling: Pooling, **options: Any) -> Finding:
    from meta.selection.sensitivity import selection_sensitivity

    return selection_sensitivity(pooling.fitted("vevea-woods"), **options)


SELECTION: Mapping[str, Further] = {
    "selection": Further(
        what="the estimate adjusted for studies that were not published, by a selection model",
        run=_selection,
        options=(
            FAVOURED,
            Option(
                name="kind",
                kind="word",
                words=(
                    "3PSM",
                    "4PSM",
                    "stepfun",
                    "beta",
                    "halfnorm",
                    "negexp",
                    "logistic",
                    "power",
                ),
                help="the weight function",
            ),
            Option(name="steps", kind="numbers", help="p-values at which the weight changes"),
            Option(
                name="delta",
                kind="text",
                help="weights that are given, as in 1/0.5/-, or a set such as severe-one-tailed",
            ),
            Option(
                name="prec",
                kind="word",
                words=("sei", "vi", "ninv", "sqrtninv"),
                help="the imprecision by which delta is multiplied",
            ),
            ANYWAY,
        ),
    ),
    "vevea-woods": Further(
        what="the estimate under Vevea and Woods' four sets of weights, also with few studies",
        run=_vevea_woods,
        options=(FAVOURED, ANYWAY),
    ),
}
