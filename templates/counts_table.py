"""The table of counts: how many of how many in each study, and how firm these counts are."""

from registry.analyses import PooledEnvelope
from registry.vocabulary import COUNT_TIERS
from templates.contexts import CountLine
from templates.tongue import Tongue
from templates.words import capital


def counts_of(envelope: PooledEnvelope, tongue: Tongue) -> tuple[CountLine, ...]:
    """Put the counts behind a pooled effect into a table, the firmest first.

    Parameters
    ----------
    envelope : PooledEnvelope
    tongue : Tongue

    Returns
    -------
    tuple of CountLine
        One a study, in the order of the analysis within each tier.
    """
    pairs = list(zip(envelope.counts, envelope.shown_tables, strict=True))
    return tuple(
        CountLine(
            study=tongue.study(one.label),
            intervention=events_of(table.ai, table.n1i, tongue.part(tongue.study(one.label))),
            comparator=events_of(table.ci, table.n2i, tongue.part(tongue.study(one.label))),
            tier=capital(COUNT_TIERS[tier].label(tongue.language)),
        )
        for tier in COUNT_TIERS
        for one, table in pairs
        if one.tier == tier
    )


def events_of(events: int, n: int, tongue: Tongue) -> str:
    """Return events of people.

    Examples
    --------
    >>> from templates.words import Words
    >>> events_of(67, 1092, Tongue(Words("da")))
    '67 af 1.092'
    """
    values = (tongue.plain(value) for value in (events, n))
    return tongue.say("events-of", **dict(zip(("events", "n"), values, strict=True)))
