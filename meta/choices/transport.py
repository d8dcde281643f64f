"""Transport to a target population: what the studies say of a place, a time, people that are not theirs."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from meta.choices.next_site import chance_above
from meta.choices.transport_results import Transport, TransportedEffect
from meta.choices.transport_similarity import Similarity, similarities
from meta.choices.transport_target import (
    Characteristic,
    effective_number,
    known_characteristic,
    outside,
    refuse_or_note,
    too_few,
)
from meta.effects.measures import MEASURES, FloatArray
from meta.faults import fault
from meta.models.pooling import pool
from meta.models.results import MetaAnalysis, Note, Options
from meta.moderators.design_matrix import Cell
from meta.moderators.inference import predict
from meta.moderators.regression import regress
from meta.moderators.results import MetaRegression, Prediction

LIKE = 0.5  # the relevance of the most relevant study, below which none is much like the target


def transport(
    result: MetaAnalysis,
    target: Mapping[str, str | float],
    characteristics: Mapping[str, Sequence[Cell]],
    *,
    similarity: Mapping[str, Similarity] | None = None,
    modifiers: Sequence[str] = (),
    threshold: float | None = None,
    anyway: bool = False,
) -> Transport:
    """Estimate the effect in a target population, by relevance, by meta-regression, or by both.

    By relevance: each study's similarities to the target, as they are stated, are multiplied to its
    relevance r, and the estimate is ``sum(w y) / sum(w)`` with ``w = r / (vi + tau2)`` and the variance of
    such a mean under the model, ``sum(w^2 (vi + tau2)) / sum(w)^2`` (times Knapp and Hartung's factor where
    the analysis has it). tau2 is that of the analysis, of all studies. By meta-regression: the effect that
    a regression on the modifiers predicts at the target, by the same method and test. Both hold if
    the named characteristics are all that makes the effect differ between the studies and the target.

    Parameters
    ----------
    result : MetaAnalysis
        The untransported analysis, of k studies with inverse-variance weights.
    target : mapping of str to str or float
        The target's characteristics: a word or a number each.
    characteristics : mapping of str to sequence
        Those of the studies, length k each; more than those of the target do no harm.
    similarity : mapping of str to Similarity, optional
        A rule for each characteristic that gives weights.
    modifiers : sequence of str
        The characteristics of the meta-regression.
    threshold : float, optional
        For the probability that the effect in the next site is beyond it, on the scale of the analysis (a
        log of ratios); by default no effect.
    anyway : bool
        Compute where the target lies outside of the studies too, with a note that says so.

    Returns
    -------
    Transport
        On the scale of the measure, the untransported estimate first.

    Raises
    ------
    InputError
        For a target that is empty, not used, or of another kind than the studies' values; a study without a
        characteristic; a target outside of the studies, and studies worth fewer than two equally
        relevant ones, unless ``anyway``; relevances that are all 0; a modifier with a word that no study
        has, or that others determine; and what `regress` refuses.
    ConvergenceError
        If tau2 or its interval does not converge.

    References
    ----------
    Westreich et al. (2017). doi:10.1093/aje/kwx164. Dahabreh et al. (2020). doi:10.1002/sim.8426. Henmi and
    Copas (2010), on weights that do not depend on tau2. doi:10.1002/sim.4029. Higgins, Thompson and
    Spiegelhalter (2009), on the next site. doi:10.1111/j.1467-985X.2008.00552.x. King and Zeng (2006), on
    targets outside of the data. doi:10.1093/pan/mpj004

    Examples
    --------
    >>> from meta.choices.transport_similarity import WordSimilarity
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0.0, 0.0, 1.0], vi=[0.1] * 3)
    >>> found = transport(
    ...     pool(effects, method="EE", test="z"),
    ...     {"country": "DK"},
    ...     {"country": ["DK", "DK", "US"]},
    ...     similarity={"country": WordSimilarity(other=0.5)},
    ... )
    >>> [round(one.estimate, 6) for one in found.effects]
    [0.333333, 0.2]
    """
    rules = dict(similarity or {})
    _check(result, target, characteristics, [*rules, *modifiers], threshold)
    known = {
        name: known_characteristic(result.effects, name, characteristics[name]) for name in target
    }
    for name in target:
        _check_kind(name, target[name], known[name])
    for name in modifiers:
        _check_level(name, target[name], known[name])
    faults = list(outside(target, known))
    relevance = _relevance(result, target, known, rules)
    if relevance is not None:
        faults += too_few(relevance, result.effects.labels)
    said = refuse_or_note(faults, anyway=anyway)
    limit = MEASURES[result.effects.measure].null_value if threshold is None else threshold
    weighted = None if relevance is None else _weighted(result, relevance)
    regression, prediction = None, None
    if modifiers:
        regression, prediction = _at_target(result, target, known, modifiers)
    effects = tuple(_effects(result, weighted, regression, prediction, limit))
    return Transport(
        target=dict(target),
        characteristics=known,
        rules=rules,
        modifiers=tuple(modifiers),
        threshold=limit,
        untransported=result,
        relevance=relevance,
        weighted=weighted,
        regression=regression,
        effects=effects,
        notes=(
            *(Note(code=code, text=text) for code, text in said),
            *_notes(result, relevance, weighted, regression),
            *_without_width(effects),
        ),
    )


def _check(
    result: MetaAnalysis,
    target: Mapping[str, str | float],
    characteristics: Mapping[str, Sequence[Cell]],
    used: Sequence[str],
    threshold: float | None,
) -> None:
    if result.options.weighting != "inverse-variance":
        raise fault(
            f"the analysis has other weights already ({result.options.weighting})",
            "Transport an analysis by inverse variance.",
            field="weights",
        )
    if not used:
        raise fault(
            "nothing says how the target tells on the effect",
            "State the similarity of characteristics, or name modifiers.",
            field="similarity",
        )
    for name in used:
        if name not in target:
            raise fault(
                f"the target has no {name}",
                f"Say what it is there; the target has {', '.join(target) or 'nothing'}.",
                field="target",
            )
    for name in target:
        if name not in used:
            raise fault(
                f"{name} of the target is not used",
                "State its similarity, make it a modifier, or leave it out.",
                field="target",
            )
        if name not in characteristics:
            raise fault(
                f"{name} of the studies is not given",
                f"Give it; given are {', '.join(characteristics) or 'none'}.",
                field="characteristics",
            )
    if threshold is not None and not math.isfinite(threshold):
        raise fault(f"the threshold is {threshold}", "Give a finite number.", field="threshold")


def _check_kind(name: str, wanted: str | float, cells: Characteristic) -> None:
    words = isinstance(cells[0], str)
    if isinstance(wanted, str) != words:
        raise fault(
            f"the target is {wanted!r}, and the studies have {'words' if words else 'numbers'}",
            f"Give a {'word' if words else 'number'}.",
            field=name,
        )
    if not isinstance(wanted, str) and not math.isfinite(wanted):
        raise fault(f"the target is {wanted}", "Give a finite number.", field=name)


def _check_level(name: str, wanted: str | float, cells: Characteristic) -> None:
    """Refuse a word that no study has as a modifier: a regression has no coefficient for it."""
    if isinstance(wanted, str) and wanted not in cells:
        seen = ", ".join(sorted({str(cell) for cell in cells}))
        raise fault(
            f"no study has {wanted!r}, so that the regression has nothing to say of it",
            f"Choose one of {seen}, or leave {name} out of the modifiers.",
            field=name,
        )


def _relevance(
    result: MetaAnalysis,
    target: Mapping[str, str | float],
    known: Mapping[str, Characteristic],
    rules: Mapping[str, Similarity],
) -> FloatArray | None:
    if not rules:
        return None
    relevance = np.ones(result.effects.k)
    for name, rule in rules.items():
        relevance = relevance * similarities(name, known[name], target[name], rule)
    if not relevance.any():
        raise fault(
            "no study is like the target: every relevance is 0",
            "State similarities above 0 for what the studies have, or a larger scale.",
            field="similarity",
        )
    return relevance


def _weighted(result: MetaAnalysis, relevance: FloatArray) -> MetaAnalysis:
    options = result.options
    return pool(
        result.effects,
        method=options.method,
        test=options.test,
        level=options.level,
        tau2=options.tau2,
        weights=relevance / relevance.max() * result.weights,
        prediction=options.prediction,
        i2=options.i2,
    )


def _at_target(
    result: MetaAnalysis,
    target: Mapping[str, str | float],
    known: Mapping[str, Characteristic],
    modifiers: Sequence[str],
) -> tuple[MetaRegression, Prediction]:
    """Return the regression on the modifiers, and what it predicts at the target."""
    options = result.options
    found = regress(
        result.effects,
        "~ " + " + ".join(f"`{name}`" for name in modifiers),
        {name: known[name] for name in modifiers},
        method=options.method,
        test=options.test,
        level=options.level,
        tau2=options.tau2,
        prediction=options.prediction,
        i2=options.i2,
    )
    if found.design.notes:
        dropped = " ".join(note.text for note in found.design.notes)
        raise fault(
            f"the studies cannot tell the modifiers apart ({dropped})",
            "Leave one of them out.",
            field="modifiers",
        )
    row: list[float] = []
    for name in modifiers:
        wanted = target[name]
        if not isinstance(wanted, str):
            row.append(wanted)
            continue
        levels = found.design.levels[name]
        row += [float(level == wanted) for level in levels[1:]]
    return found, predict(found, [row])[0]


def _prediction_df(options: Options, df: int) -> int | None:
    """Return the degrees of freedom of a regression's prediction interval; None for a normal one."""
    usual = None if options.test == "z" else df
    return {"default": usual, "riley": max(1, df - 1), "t": df, "simple": None}[options.prediction]


def _effects(
    result: MetaAnalysis,
    weighted: MetaAnalysis | None,
    regression: MetaRegression | None,
    prediction: Prediction | None,
    threshold: float,
) -> Iterator[TransportedEffect]:
    for way, one in (("untransported", result), ("relevance", weighted)):
        if one is not None:
            mean, pi = one.pooled, one.prediction
            yield TransportedEffect(
                way="relevance" if way == "relevance" else "untransported",
                estimate=mean.estimate,
                se=mean.se,
                ci=mean.ci,
                pi=pi,
                above=chance_above(mean.estimate, pi, one.prediction_df, threshold),
            )
    if regression is not None and prediction is not None:
        df = _prediction_df(regression.options, regression.design.k - regression.design.p)
        yield TransportedEffect(
            way="regression",
            estimate=prediction.estimate,
            se=prediction.se,
            ci=prediction.ci,
            pi=prediction.pi,
            above=chance_above(prediction.estimate, prediction.pi, df, threshold),
        )


def _notes(
    result: MetaAnalysis,
    relevance: FloatArray | None,
    weighted: MetaAnalysis | None,
    regression: MetaRegression | None,
) -> Iterator[Note]:
    yield Note(
        code="transport-assumption",
        text="The transported estimates hold if the named characteristics are all that makes the effect "
        "differ between the studies and the target; no data can show that.",
    )
    if weighted is not None and relevance is not None:
        yield Note(
            code="similarity-stated",
            text="Similarities are stated, not estimated: the interval by relevance has no uncertainty of "
            "them, and tau2 is that of all studies.",
        )
        nearest = int(relevance.argmax())
        if relevance[nearest] < LIKE:
            yield Note(
                code="no-study-like-it",
                text=f"No study is much like the target: {result.effects.labels[nearest]} is most, with a "
                f"relevance of {relevance[nearest]:.2g}. Weights go by relevance to each other alone.",
            )
        for note in weighted.notes:
            if note not in result.notes:
                yield Note(code=note.code, text=f"By relevance: {note.text}")
        if effective_number(weighted.weights) < 2 <= effective_number(result.weights):
            yield Note(
                code="few-effective-studies-by-weight",
                text="By relevance and precision together the studies are worth "
                f"{effective_number(weighted.weights):.2f} equal ones, fewer than 2.",
            )
    if regression is not None:
        yield Note(
            code="studies-not-people",
            text="The meta-regression compares studies, not people: what goes along with a modifier between "
            "studies need not be its doing.",
        )
        for note in regression.notes:
            if note not in result.notes:
                yield Note(code=note.code, text=f"Meta-regression: {note.text}")
    if result.options.method == "EE":
        text = (
            "A common effect is the same at every site, so there is no prediction for the next one."
        )
        yield Note(code="no-next-site", text=text)
    elif result.prediction is None:
        text = "One study alone shows no differences between sites, so there is no prediction."
        yield Note(code="no-next-site", text=text)


def _without_width(effects: Sequence[TransportedEffect]) -> Iterator[Note]:
    if any(one.pi is not None and one.above is None for one in effects):
        yield Note(
            code="no-width",
            text="A prediction interval has no width, so there is no probability for the next site; use the "
            "test adhoc or z.",
        )
