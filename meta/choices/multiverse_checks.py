"""What a multiverse refuses: choices that are none, and thresholds that cannot hold."""

import math
from collections.abc import Mapping, Sequence
from typing import get_args

from meta.choices.multiverse_data import ZERO_RULES, Columns, Table
from meta.choices.multiverse_results import FRAME_COLUMNS, Choice
from meta.effects.designs import Design
from meta.effects.measures import MEASURES, Measure, to_natural
from meta.faults import fault
from meta.models.options import METHODS, TESTS
from meta.models.results import Weighting
from meta.moderators.design_matrix import Cell

MOST = 1_000_000
"""Specifications that are computed at most; of 20 studies they take half a gigabyte."""
WEIGHTINGS = tuple(one for one in get_args(Weighting) if one != "user")
WITHOUT_NO_EFFECT = frozenset(
    {Design.PROPORTION, Design.RATE, Design.ONE_MEAN, Design.ONE_SD, Design.RELIABILITY}
)
OfStudies = Mapping[str, Mapping[str, Mapping[str, float | None]]]
ALLOWED: Mapping[str, Sequence[str]] = {
    "zeros": tuple(ZERO_RULES),
    "estimator": METHODS,
    "test": TESTS,
    "weights": WEIGHTINGS,
}


def no_effect_and_threshold(
    measures: Sequence[Measure], threshold: float | None
) -> Mapping[Measure, tuple[float | None, float | None]]:
    """Return no effect and the threshold of each measure on the natural scale.

    Parameters
    ----------
    measures : sequence of Measure
    threshold : float, optional
        By default no effect.

    Returns
    -------
    mapping of Measure to (float or None, float or None)
        No effect is None for the measures of one group.

    Raises
    ------
    InputError
        For a threshold that is not finite, not positive for a ratio, or for ratios and differences alike.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020). doi:10.1038/s41562-020-0912-z

    Examples
    --------
    >>> limits = no_effect_and_threshold([Measure.RR], 1.5)
    >>> limits[Measure.RR], no_effect_and_threshold([Measure.PLO], None)[Measure.PLO]
    ((1.0, 1.5), (None, None))
    """
    none = {
        one: None
        if MEASURES[one].design in WITHOUT_NO_EFFECT
        else to_natural(one, MEASURES[one].null_value)
        for one in measures
    }
    if threshold is None:
        return {one: (value, value) for one, value in none.items()}
    if not math.isfinite(threshold):
        raise fault(f"the threshold is {threshold}", "Give a finite number.", field="threshold")
    for one in measures:
        if MEASURES[one].scale == "log" and threshold <= 0:
            raise fault(
                f"the threshold is {threshold:g} for the {MEASURES[one].title}",
                "Give a positive number.",
                field="threshold",
            )
    if len(set(none.values())) > 1:
        raise fault(
            f"a threshold of {threshold:g} cannot hold for ratios and differences alike",
            "Leave it out, or do them one by one.",
            field="threshold",
        )
    return {one: (value, threshold) for one, value in none.items()}


def refuse_lengths(columns: Mapping[str, Sequence[Cell]], k: int) -> None:
    """Refuse columns that do not have a cell for each study.

    Parameters
    ----------
    columns : mapping of str to sequence
    k : int
        Number of studies.

    Returns
    -------
    None
        Where there is nothing to refuse.

    Raises
    ------
    InputError
        For no study, and another number of cells.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016). doi:10.1177/1745691616658637

    Examples
    --------
    >>> refuse_lengths({"yi": [0.1, 0.2]}, 2)
    """
    for name, cells in columns.items():
        if len(cells) != k:
            raise fault(
                f"{len(cells)} cells for {k} studies", "Give one for every study.", field=name
            )
        if not k:
            raise fault("there is no study", "Give one at least.", field=name)


def refuse_choices(
    choices: Sequence[Choice],
    columns: Columns,
    of_studies: OfStudies,
    labels: Sequence[str],
    level: float,
) -> None:
    """Refuse choices that cannot be combined.

    Parameters
    ----------
    choices : sequence of Choice
        Measure, zeros and data first; estimator, test and weights last.
    columns : mapping of str to sequence
        The numbers of the studies.
    of_studies : mapping
        The alternatives of single studies.
    labels : sequence of str
        Of all studies.
    level : float

    Returns
    -------
    None
        Where there is nothing to refuse.

    Raises
    ------
    InputError
        For a level outside 0 to 1, two choices of one name, a choice without alternatives, an alternative
        that is unknown or there twice, a study or a column that is not there, the rule if0all with
        alternatives of single studies, and too many specifications.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016). doi:10.1177/1745691616658637

    Examples
    --------
    >>> names = ("measure", "zeros", "data", "estimator", "test", "weights")
    >>> firsts = ("GEN", "only0", "as given", "EE", "z", "equal")
    >>> choices = [Choice(name=a, alternatives=(b,)) for a, b in zip(names, firsts, strict=True)]
    >>> refuse_choices(choices, {"yi": [0.1], "vi": [0.2]}, {}, ["a"], 0.95)
    """
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    names = [*(one.name for one in choices), *FRAME_COLUMNS]
    for name in names:
        if names.count(name) > 1:
            raise fault(f"two columns would be called {name!r}", "Rename a column or a study.")
    for choice in choices:
        _refuse_alternatives(choice)
    if of_studies and "if0all" in choices[1].alternatives:
        raise fault(
            "if0all looks at all studies at once",
            "With alternatives of single studies use only0, all, none or drop00.",
            field="zeros",
        )
    for label, alternatives in of_studies.items():
        if label not in labels:
            raise fault(
                f"no study is called {label!r}",
                f"Use {', '.join(labels)}.",
                field="of_studies",
            )
        for name, cells in alternatives.items():
            for column in cells:
                if column not in columns:
                    raise fault(
                        f"there is no column {column!r}",
                        f"Use {', '.join(columns)}.",
                        field=f"{label}, {name}",
                    )
    n = math.prod(len(one.alternatives) for one in choices)
    if n > MOST:
        raise fault(
            f"the choices make {n:,} specifications",
            f"Leave some out: {MOST:,} are computed at most.",
        )


def _refuse_alternatives(choice: Choice) -> None:
    if not choice.alternatives:
        raise fault("there is no alternative", "Give one at least.", field=choice.name)
    allowed = ALLOWED.get(choice.name, choice.alternatives)
    for one in choice.alternatives:
        if one not in allowed:
            raise fault(
                f"{one!r} is no alternative", f"Use {', '.join(allowed)}.", field=choice.name
            )
        if choice.alternatives.count(one) > 1:
            raise fault(f"{one} is there twice", "Say it once.", field=choice.name)


def refuse_sizes_not_known(tables: Sequence[Table], measures: Sequence[Measure]) -> None:
    """Refuse weights by numbers of people where these are not known.

    Parameters
    ----------
    tables : sequence of (yi, vi, ni)
        Of `meta.choices.multiverse_data.estimates`, equally many for each measure in turn.
    measures : sequence of Measure

    Returns
    -------
    None
        Where there is nothing to refuse.

    Raises
    ------
    InputError
        For an estimate without its number.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> import numpy as np
    >>> refuse_sizes_not_known([(np.zeros(1), np.ones(1), np.array([40.0]))], [Measure.RR])
    """
    each = len(tables) // len(measures)
    for place, (_, vi, ni) in enumerate(tables):
        if ((vi > 0) & (ni == 0)).any():
            raise fault(
                f"numbers of people are not known for {measures[place // each]}",
                "Use the weights inverse-variance or equal.",
                field="weights",
            )
