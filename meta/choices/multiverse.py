"""The multiverse: the pooled estimate under every combination of defensible choices."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np

from meta.choices.multiverse_checks import (
    OfStudies,
    no_effect_and_threshold,
    refuse_choices,
    refuse_lengths,
    refuse_sizes_not_known,
)
from meta.choices.multiverse_data import (
    BoolArray,
    Columns,
    DataSets,
    IntArray,
    Table,
    data_sets,
    estimates,
    subsets_by,
    with_alternatives,
)
from meta.choices.multiverse_fits import COMPUTED, REASONS, fit_all
from meta.choices.multiverse_results import (
    Choice,
    Multiverse,
    SpecificationCurve,
)
from meta.choices.variance_shares import variance_shares
from meta.effects.checks import known_measure
from meta.effects.measures import MEASURES, FloatArray, Measure, to_natural
from meta.effects.scales import SCALES
from meta.faults import fault
from meta.models.results import Note
from meta.moderators.design_matrix import Cell

SAME_QUANTITY = {Measure.PETO: "odds ratio"}


def multiverse(
    columns: Columns,
    *,
    measures: Sequence[str],
    methods: Sequence[str] = ("REML",),
    tests: Sequence[str] = ("knha",),
    weightings: Sequence[str] = ("inverse-variance",),
    zeros: Sequence[str] = ("only0",),
    data: Mapping[str, Columns] | None = None,
    of_studies: OfStudies | None = None,
    subsets: Mapping[str, Sequence[Cell]] | None = None,
    threshold: float | None = None,
    labels: Sequence[str | None] | None = None,
    add: float | None = None,
    level: float = 0.95,
) -> Multiverse:
    """Pool under every combination of choices that can be defended.

    Each specification is what `meta.models.pooling.pool` gives for it. Measures of different quantities, such
    as risk and odds ratios, have a curve each. Shares count every specification once, also one that
    happens to be the same analysis as another.

    Parameters
    ----------
    columns : mapping of str to sequence
        The numbers of the studies, as `meta.effects.effect_sizes.effect_sizes` takes them.
    measures, methods, tests : sequence of str
        Measures, estimators of tau2 (or EE), tests; as in ``effect_sizes`` and ``pool``.
    weightings : sequence of {"inverse-variance", "equal", "n"}
    zeros : sequence of {"only0", "all", "if0all", "none", "drop00"}
        Rules for zero cells: where the constant is added; ``drop00`` leaves out studies without events, or
        with nothing but events, and adds it to other studies with a zero cell.
    data : mapping, optional
        Alternative data by name, such as another definition of the outcome: the columns that each one
        replaces, which may be none.
    of_studies : mapping, optional
        Alternatives of single studies: by label and name, the cells that each one replaces, which may be
        none. Each study of these is a choice of its own.
    subsets : mapping, optional
        Columns with a value for each study. For each column: all studies, only those with each value, and
        all but those. Subsets are taken after effect sizes were computed, zero cells included.
    threshold : float, optional
        On the natural scale; by default no effect.
    labels : sequence of str, optional
    add : float, optional
        The constant for zero cells, by default the measure's.
    level : float

    Returns
    -------
    Multiverse

    Raises
    ------
    InputError
        For a choice without alternatives, with one twice or an unknown one, two choices of one name, what
        ``effect_sizes`` refuses, more than a million specifications, and a threshold that cannot hold for
        all measures.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016). doi:10.1177/1745691616658637. Simonsohn, Simmons and
    Nelson (2020). doi:10.1038/s41562-020-0912-z. Voracek, Kossmeier and Tran (2019).
    doi:10.1027/2151-2604/a000357

    Examples
    --------
    >>> trials = {"yi": [0.0, 2.0, 4.0], "vi": [1.0, 1.0, 1.0]}
    >>> found = multiverse(trials, measures=["GEN"], methods=["EE", "DL"], subsets={"year": [1, 2, 2]})
    >>> found.n, found.data_sets, found.curves[0].estimate.round(12).tolist()
    (6, 3, [0.0, 0.0, 2.0, 2.0, 3.0, 3.0])
    """
    known = tuple(known_measure(one) for one in measures)
    studies = {} if of_studies is None else of_studies
    k = len(next(iter(columns.values()), ()))
    names = _labels(labels, k)
    versions = {"as given": {}} if data is None else data
    for given in (columns, *versions.values(), {} if subsets is None else subsets):
        refuse_lengths(given, k)
    masks = {} if subsets is None else {name: subsets_by(one) for name, one in subsets.items()}
    choices = (
        Choice(name="measure", alternatives=known),
        Choice(name="zeros", alternatives=tuple(zeros)),
        Choice(name="data", alternatives=tuple(versions)),
        *(
            Choice(name=label, alternatives=tuple(studies[label]))
            for label in names
            if label in studies
        ),
        *(Choice(name=name, alternatives=tuple(one)) for name, one in masks.items()),
        *_of_analysis(methods, tests, weightings),
    )
    refuse_choices(choices, columns, studies, names, level)
    rows_of = [with_alternatives({**columns, **versions[one]}, names, studies) for one in versions]
    limits = no_effect_and_threshold(known, threshold)
    tables = [
        estimates(rows, measure, rule, add)
        for measure, rule, rows in product(known, zeros, rows_of)
    ]
    if "n" in weightings:
        refuse_sizes_not_known(tables, known)
    sets = data_sets(tables, rows_of[0].of_study, [list(one.values()) for one in masks.values()])
    return _gathered(choices, known, names, level, sets, limits, None)


def multiverse_of_tables(
    tables: Sequence[Table],
    *,
    data: Sequence[Choice],
    labels: Sequence[str],
    rows: Mapping[str, Sequence[str]],
    subsets: Mapping[str, Mapping[str, BoolArray]],
    methods: Sequence[str],
    tests: Sequence[str],
    weightings: Sequence[str],
    thresholds: Mapping[str, float] | None = None,
    level: float = 0.95,
    done: Callable[[int, int], None] | None = None,
) -> Multiverse:
    """Pool under every combination of choices, where the estimates of each choice of data are known.

    Parameters
    ----------
    tables : sequence of (yi, vi, ni)
        One for each combination of the alternatives of `data`, the last one running fastest. A row a study,
        or one for each of its alternatives; a variance of 0 marks a row that has no estimate.
    data : sequence of Choice
        The first one is ``measure``, with the codes of `meta.effects.measures.Measure`.
    labels : sequence of str
        The studies, in the order of their rows.
    rows : mapping of str to sequence of str
        The names of the alternatives of each study that has several.
    subsets : mapping
        For each choice of studies the alternatives, a mask of studies each.
    methods, tests, weightings, level
        As for `multiverse`.
    thresholds : mapping of str to float, optional
        By measure, on the natural scale; no effect for those that are not there.
    done : callable, optional
        Called after each estimator with how many specifications it pooled, and how many there are.

    Returns
    -------
    Multiverse

    Raises
    ------
    InputError
        As `multiverse`.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016). doi:10.1177/1745691616658637

    Examples
    --------
    >>> one = np.array([0.0, 2.0]), np.ones(2), np.ones(2)
    >>> other = np.array([0.0, 0.0]), np.ones(2), np.ones(2)
    >>> named = {"measure": ("GEN",), "data": ("one", "other")}
    >>> found = multiverse_of_tables(
    ...     [one, other],
    ...     data=[Choice(name=name, alternatives=given) for name, given in named.items()],
    ...     labels=["x", "y"], rows={}, subsets={}, methods=["EE"], tests=["z"], weightings=["equal"],
    ... )
    >>> found.estimate.tolist()
    [1.0, 0.0]
    """
    measures = tuple(known_measure(one) for one in data[0].alternatives)
    choices = (
        *data,
        *(Choice(name=one, alternatives=tuple(names)) for one, names in rows.items()),
        *(Choice(name=one, alternatives=tuple(masks)) for one, masks in subsets.items()),
        *_of_analysis(methods, tests, weightings),
    )
    refuse_choices(
        choices,
        {},
        {one: {name: {} for name in names} for one, names in rows.items()},
        labels,
        level,
    )
    if "n" in weightings:
        refuse_sizes_not_known(tables, measures)
    widths = [len(rows.get(label, ("",))) for label in labels]
    ends = np.cumsum(widths)
    of_study = [np.arange(end - width, end) for end, width in zip(ends, widths, strict=True)]
    sets = data_sets(tables, of_study, [list(one.values()) for one in subsets.values()])
    limits = {
        **no_effect_and_threshold(measures, None),
        **_given_limits(measures, {} if thresholds is None else thresholds),
    }
    return _gathered(choices, measures, list(labels), level, sets, limits, done)


def _of_analysis(
    methods: Sequence[str], tests: Sequence[str], weightings: Sequence[str]
) -> tuple[Choice, ...]:
    """Return the choices that come last, after those of data."""
    return (
        Choice(name="estimator", alternatives=tuple(methods)),
        Choice(name="test", alternatives=tuple(tests)),
        Choice(name="weights", alternatives=tuple(weightings)),
    )


def _given_limits(
    measures: Sequence[Measure], thresholds: Mapping[str, float]
) -> dict[Measure, tuple[float | None, float | None]]:
    """Return no effect and the threshold of the measures that have one."""
    limits: dict[Measure, tuple[float | None, float | None]] = {}
    for limit in set(thresholds.values()):
        some = [one for one in measures if thresholds.get(one) == limit]
        limits.update(no_effect_and_threshold(some, limit))
    return limits


def _gathered(
    choices: tuple[Choice, ...],
    measures: Sequence[Measure],
    labels: Sequence[str],
    level: float,
    sets: DataSets,
    limits: Mapping[Measure, tuple[float | None, float | None]],
    done: Callable[[int, int], None] | None,
) -> Multiverse:
    """Pool the sets and put what they give into the order of the specifications."""
    methods, tests, weightings = (one.alternatives for one in choices[-3:])
    n = math.prod(len(one.alternatives) for one in choices)
    told = None if done is None else partial(done, n // len(methods), n)
    fits = fit_all(sets, methods, tests, weightings, level, told)
    shape = (len(sets.of), *fits.estimate.shape[1:])
    scale = [one[sets.of].ravel() for one in (fits.estimate, fits.ci_low, fits.ci_high)]
    tau2 = np.broadcast_to(fits.tau2[sets.of][:, :, None, None], shape).ravel()
    reason = np.broadcast_to(fits.reason[sets.of][:, :, None, None], shape).ravel()
    sizes = np.broadcast_to(sets.sizes[sets.of][:, None, None, None], shape).ravel()
    block = np.arange(len(sizes)) // (len(sizes) // len(measures))
    harmonic = np.repeat(_harmonic(sets)[sets.of], math.prod(shape[1:]))
    natural = [
        np.concatenate(
            [
                _natural(measure, one[block == place], harmonic[block == place])
                for place, measure in enumerate(measures)
            ]
        )
        for one in scale
    ]
    codes = np.unravel_index(np.arange(len(sizes)), [len(one.alternatives) for one in choices])
    quantities: dict[str, list[Measure]] = {}
    for measure in measures:
        quantities.setdefault(_quantity(measure), []).append(measure)
    curves = tuple(
        _curve(
            quantity,
            some,
            limits[some[0]],
            choices,
            codes,
            scale,
            natural,
            (reason == COMPUTED) & np.isin(block, [measures.index(one) for one in some]),
        )
        for quantity, some in quantities.items()
    )
    return Multiverse(
        choices=choices,
        labels=tuple(labels),
        level=level,
        data_sets=int(np.count_nonzero(sets.sizes)),
        k=sizes,
        estimate=natural[0],
        ci_low=natural[1],
        ci_high=natural[2],
        tau2=tau2,
        reason=reason,
        reasons=REASONS,
        curves=curves,
        notes=tuple(_notes(choices, sets, sizes, curves)),
    )


def _curve(
    quantity: str,
    measures: Sequence[Measure],
    limits: tuple[float | None, float | None],
    choices: tuple[Choice, ...],
    codes: Sequence[IntArray],
    on_scale: Sequence[FloatArray],
    natural: Sequence[FloatArray],
    which: BoolArray,
) -> SpecificationCurve:
    """Sort the specifications of one quantity, and part their variance."""
    places = np.flatnonzero(which)
    places = places[np.argsort(natural[0][places], kind="stable")]
    same_scale = len({MEASURES[one].scale for one in measures}) == 1
    own = [
        (
            Choice(name="measure", alternatives=tuple(measures)),
            _recoded(codes[0], choices[0], measures),
        )
        if place == 0
        else (choice, codes[place])
        for place, choice in enumerate(choices)
    ]
    several = [(one, code[places]) for one, code in own if len(one.alternatives) > 1]
    scale = on_scale if same_scale else natural
    values = scale[0][places]
    size = max(float(np.abs(one[places]).max(initial=0.0)) for one in scale)
    return SpecificationCurve(
        quantity=quantity,
        measures=tuple(measures),
        no_effect=limits[0],
        threshold=limits[1],
        places=places,
        estimate=natural[0][places],
        ci_low=natural[1][places],
        ci_high=natural[2][places],
        choices=tuple(one for one, _ in several),
        codes=tuple(code for _, code in several),
        shares=variance_shares(values, [code for _, code in several], size=size)
        if several and np.isfinite(size)
        else None,
        variance_scale=f"{SCALES[MEASURES[measures[0]].scale].prefix} {quantity}".lstrip()
        if same_scale
        else quantity,
    )


def _recoded(codes: IntArray, choice: Choice, measures: Sequence[Measure]) -> IntArray:
    """Return the places of measures among those of one curve."""
    place = np.zeros(len(choice.alternatives), dtype=np.intp)
    for new, measure in enumerate(measures):
        place[choice.alternatives.index(measure)] = new
    return np.asarray(place[codes])


def _natural(measure: Measure, values: FloatArray, sizes: FloatArray) -> FloatArray:
    """Take values to the natural scale; nan stays, and what is beyond all floats is inf."""
    scale = MEASURES[measure].scale
    if scale == "identity":
        return values
    if scale == "log":
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(values))
    taken = np.full(len(values), np.nan)
    for place in np.flatnonzero(~np.isnan(values)).tolist():
        value = to_natural(measure, float(values[place]), float(sizes[place]))
        taken[place] = np.inf if value is None else value
    return taken


def _harmonic(sets: DataSets) -> FloatArray:
    """Return the harmonic mean of the sizes of each set, with which PFT and IRFT go back."""
    found = np.full(len(sets.sizes), np.nan)
    some = np.flatnonzero(sets.sizes > 0)
    if len(some):
        k = sets.sizes[some]
        with np.errstate(divide="ignore"):
            found[some] = k / np.add.reduceat(1 / sets.ni, np.cumsum(k) - k)
    return found


def _quantity(measure: Measure) -> str:
    return SAME_QUANTITY.get(measure, MEASURES[measure].title)


def _labels(labels: Sequence[str | None] | None, k: int) -> list[str]:
    given = [None] * k if labels is None else labels
    if len(given) != k:
        raise fault(f"{len(given)} labels for {k} studies", "Give one label for every study.")
    return [label or f"study {row}" for row, label in enumerate(given, start=1)]


def _notes(
    choices: Sequence[Choice],
    sets: DataSets,
    sizes: IntArray,
    curves: Sequence[SpecificationCurve],
) -> Iterator[Note]:
    same = len(sets.of) - len(sets.sizes)
    if same:
        yield Note(
            code="same-data",
            text=f"{same:,} of {len(sets.of):,} combinations of choices about data give the same estimates "
            "as another; each counts in the shares.",
        )
    single = int(np.count_nonzero(sizes == 1))
    if single and choices[-2].alternatives != ("z",):
        yield Note(
            code="single-study",
            text=f"{single:,} specifications have one study alone, which is tested with z.",
        )
    adjusted = {"knha", "adhoc"} & set(choices[-2].alternatives)
    if adjusted and "EE" in choices[-3].alternatives:
        several = int(np.count_nonzero(sizes > 1))
        share = len(choices[-3].alternatives) * len(choices[-2].alternatives)
        yield Note(
            code="adjusted-common-effect",
            text=f"{several // share * len(adjusted):,} specifications have Knapp and Hartung's interval "
            "around a common effect, for which it is not meant.",
        )
    if len(curves) > 1:
        yield Note(
            code="quantities-apart",
            text="Measures of different quantities have a curve each: their numbers are not the same effect.",
        )
    if any(one.shares is not None and not one.shares.balanced for one in curves):
        yield Note(
            code="unbalanced",
            text="Some combinations could not be computed: a choice's share is what it alone explains, and "
            "the shares do not add up to 100%.",
        )
