"""Transport to a target as plain text, the next site first: it is what a decision about one place needs."""

from collections.abc import Iterator

from meta.choices.next_site import SiteWords
from meta.choices.transport_results import Transport, TransportedEffect, Way
from meta.models.text_tables import fixed, listed, table

TITLES: dict[Way, str] = {
    "untransported": "as it stands",
    "relevance": "by relevance",
    "regression": "by meta-regression",
}


def summary(found: Transport) -> str:
    """Return a printout: target, estimates beside each other, the next site, the mean, studies and notes.

    Parameters
    ----------
    found : Transport

    Returns
    -------
    str
        Lines of text without a final line break.

    References
    ----------
    Higgins, Thompson and Spiegelhalter (2009). doi:10.1111/j.1467-985X.2008.00552.x

    Examples
    --------
    >>> from meta.choices.transport import transport
    >>> from meta.choices.transport_similarity import WordSimilarity
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.0, 1.0], vi=[0.1, 0.1])
    >>> rules = {"country": WordSimilarity(other=1.0)}
    >>> same = transport(pool(effects), {"country": "DK"}, {"country": ["DK", "US"]}, similarity=rules)
    >>> print(summary(same).splitlines()[0])
    Transport to country = DK (k = 2)
    """
    blocks = [
        list(_head(found)),
        _estimates(found),
        listed(
            "In the next site (the number for a decision about one place):", list(_next_site(found))
        ),
        listed(
            "Mean of many sites (not what one site should expect):",
            [_mean(found, one) for one in found.effects],
        ),
        _studies(found),
        listed("Notes:", [note.text for note in found.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _head(found: Transport) -> Iterator[str]:
    target = ", ".join(f"{name} = {_cell(value)}" for name, value in found.target.items())
    yield f"Transport to {target} (k = {found.untransported.effects.k})"
    for name, text in found.stated.items():
        yield f"Similarity in {name}: {text}"
    if found.modifiers:
        yield f"Modifiers of the meta-regression: {', '.join(found.modifiers)}"
    if found.studies_by_relevance is not None:
        yield (
            f"Effective number of studies: {fixed(found.studies_by_relevance, 2)} by relevance, "
            f"{fixed(found.studies_by_weight, 2)} by weight "
            f"({fixed(found.studies_untransported, 2)} untransported)"
        )


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"


def _estimates(found: Transport) -> list[str]:
    rows = [["", "estimate", "se", "ci.lb", "ci.ub", "pi.lb", "pi.ub"]]
    for one in found.effects:
        pi = (None, None) if one.pi is None else (one.pi.low, one.pi.high)
        numbers = (one.estimate, one.se, one.ci.low, one.ci.high, *pi)
        rows.append([TITLES[one.way], *map(fixed, numbers)])
    return table(rows, words=1)


def _words(found: Transport) -> SiteWords:
    effects = found.untransported.effects
    return SiteWords(measure=effects.measure, size=effects.size)


def _next_site(found: Transport) -> Iterator[str]:
    for one in found.effects:
        if one.pi is not None:
            like = "like these studies" if one.way == "untransported" else "at the target"
            expected = _words(found).site(one.estimate, one.pi, one.above, found.threshold)
            yield f"{TITLES[one.way]}, a site {like}: {expected}."


def _mean(found: Transport, one: TransportedEffect) -> str:
    return f"{TITLES[one.way]}: {_words(found).mean(one.estimate, one.ci)}."


def _studies(found: Transport) -> list[str]:
    effects, names = found.untransported.effects, list(found.characteristics)
    weighted = found.relevance is not None and found.weighted is not None
    head = ["study", *names, *(["relevance", "weight"] if weighted else []), "untransported"]
    rows = [head]
    for row in range(effects.k):
        cells = [_cell(found.characteristics[name][row]) for name in names]
        if found.relevance is not None and found.weighted is not None:
            cells.append(fixed(float(found.relevance[row])))
            cells.append(f"{fixed(float(found.weighted.weights_percent[row]), 2)}%")
        own = f"{fixed(float(found.untransported.weights_percent[row]), 2)}%"
        rows.append([effects.labels[row], *cells, own])
    return table(rows, words=1)
