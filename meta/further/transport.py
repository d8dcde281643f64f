"""Transport to a target population among the further analyses, and how its target and rules are written."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from meta.choices.transport_similarity import (
    OTHER,
    DistanceSimilarity,
    Similarity,
    StepSimilarity,
    WordSimilarity,
)
from meta.faults import InputError, fault
from meta.further.asked import Option
from meta.further.start import Finding, Further, Pooling

WHERE = "--also"


def read_target(text: str) -> dict[str, str]:
    """Read ``country=DK;year=2024``.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict of str to str
        The characteristics, not yet told apart into words and numbers.

    Raises
    ------
    InputError
        For a part without a name or a value, and a name that is there twice.

    Examples
    --------
    >>> read_target("country=DK;year=2024")
    {'country': 'DK', 'year': '2024'}
    """
    return _named(text, "=", "target", "NAME=VALUE;NAME=VALUE")


def read_similarity(text: str, *, words: bool) -> Similarity:
    """Read the rule of one characteristic.

    A number alone is the similarity of other words, or the scale of distances between numbers. A table has
    words, or distances up to which it holds, with their similarities, and ``other`` for all else.

    Parameters
    ----------
    text : str
        ``0.5``, ``10``, ``NO 0.9/SE 0.9/other 0.3`` or ``5 1/10 0.5/other 0``.
    words : bool
        Whether the characteristic has words.

    Returns
    -------
    Similarity

    Raises
    ------
    InputError
        For a part that is no name with a number, one that is there twice, a table without ``other``, and
        what the rules refuse.

    Examples
    --------
    >>> read_similarity("NO 0.9/other 0.3", words=True)
    WordSimilarity(other=0.3, table={'NO': 0.9})
    >>> read_similarity("5 1/10 0.5/other 0", words=False)
    StepSimilarity(steps=((5.0, 1.0), (10.0, 0.5)), other=0.0)
    """
    parts = [part.strip() for part in text.split("/")]
    if len(parts) == 1 and " " not in parts[0]:
        value = _number(parts[0], "a similarity or scale")
        return WordSimilarity(other=value) if words else DistanceSimilarity(scale=value)
    table: dict[str, float] = {}
    for part in parts:
        name, _, value_text = part.rpartition(" ")
        if not name:
            raise _refused(
                f"{part!r} is no {'word' if words else 'distance'} with its similarity",
                f"Write {_table_form(words=words)}.",
            )
        if name in table:
            raise _refused(f"{name} is there twice", "Say it once.")
        table[name] = _number(value_text, f"the similarity of {name}")
    if OTHER not in table:
        raise _refused(
            f"the table {text!r} does not say how similar all others are",
            f"End it with {OTHER} NUMBER.",
        )
    other = table.pop(OTHER)
    if words:
        return WordSimilarity(other=other, table=table)
    return StepSimilarity(
        steps=tuple((_number(name, "a distance"), value) for name, value in table.items()),
        other=other,
    )


def _table_form(*, words: bool) -> str:
    return f"{'NO 0.9/SE 0.8' if words else '5 1/10 0.5'}/{OTHER} 0.2"


def _named(text: str, sign: str, option: str, form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = (one.strip() for one in part.partition(sign))
        if not name or not value:
            raise _refused(f"transport:{option} has {part!r}", f"Write {form}.")
        if name in found:
            raise _refused(f"transport:{option} has {name} twice", "Say it once.")
        found[name] = value
    return found


def _number(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _refused(
            f"{what} is {text!r}, no number", "Write a number with a decimal point."
        ) from None


def _refused(problem: str, remedy: str) -> InputError:
    return fault(problem, remedy, field=WHERE)


def read_transport(
    target: str, similarity: str | None, *, words: Mapping[str, bool]
) -> tuple[dict[str, str | float], dict[str, Similarity]]:
    """Read a target with the stated similarities.

    Parameters
    ----------
    target : str
        As `read_target` takes it.
    similarity : str or None
        ``country:0.5;year:10``, each rule as `read_similarity` takes it.
    words : mapping of str to bool
        For each characteristic of the target, whether it has words.

    Returns
    -------
    target : dict of str to str or float
    similarity : dict of str to Similarity

    Raises
    ------
    InputError
        For a number that is none, and what `read_target` and `read_similarity` refuse.

    Examples
    --------
    >>> words = {"country": True, "year": False}
    >>> read_transport("country=DK;year=2024", "year:10", words=words)
    ({'country': 'DK', 'year': 2024.0}, {'year': DistanceSimilarity(scale=10.0)})
    """
    asked = read_target(target)
    stated = (
        {} if similarity is None else _named(similarity, ":", "similarity", "NAME:RULE;NAME:RULE")
    )
    return (
        {
            name: value if words[name] else _number(value, f"the target's {name}")
            for name, value in asked.items()
        },
        {
            name: read_similarity(text, words=words.get(name, False))
            for name, text in stated.items()
        },
    )


def _transport(
    pooling: Pooling,
    *,
    target: str,
    similarity: str | None = None,
    modifiers: Sequence[str] = (),
    threshold: float | None = None,
    anyway: bool = False,
) -> Finding:
    from meta.choices.transport import transport

    result = pooling.pooled("transport")
    columns = {name: pooling.cells(name) for name in read_target(target)}
    words = {name: any(isinstance(cell, str) for cell in cells) for name, cells in columns.items()}
    at, rules = read_transport(target, similarity, words=words)
    return transport(
        result,
        at,
        columns,
        similarity=rules,
        modifiers=modifiers,
        threshold=threshold,
        anyway=anyway,
    )


def _columns(options: Mapping[str, Any]) -> Collection[str]:
    return list(read_target(options["target"]))


TRANSPORT: Mapping[str, Further] = {
    "transport": Further(
        what="the estimate for a target population, by relevance of the studies or by meta-regression, and "
        "the next site there",
        run=_transport,
        reads=_columns,
        options=(
            Option(
                name="target",
                kind="text",
                help="columns and their values there, e.g. country=DK;year=2024",
                needed=True,
            ),
            Option(
                name="similarity",
                kind="text",
                help="of other words, or the scale of distances, e.g. country:0.5;year:10, or a table such "
                "as country:NO 0.9/other 0.3;year:5 1/10 0.5/other 0",
            ),
            Option(name="modifiers", kind="columns", help="of a meta-regression"),
            Option(
                name="threshold",
                kind="number",
                help="on the scale of the analysis, for the probability that the next site is beyond it",
            ),
            Option(
                name="anyway",
                kind="yes",
                help="where the target lies outside of the studies too, with a note that says so",
            ),
        ),
    ),
}
