"""Cautions by rule: what to bear in mind about an outcome, found in its studies and never typed."""

from collections import Counter
from collections.abc import Iterator

from registry.analyses import OutcomeAnalysis
from templates.gaps import worked_out
from templates.origins import Origins


def cautions_of(outcome: OutcomeAnalysis, origins: Origins) -> Iterator[str]:
    """Yield that studies do not measure the same, not for as long, or not in printed numbers of people.

    Parameters
    ----------
    outcome : OutcomeAnalysis
    origins : Origins

    Yields
    ------
    str
        A sentence each; nothing where the studies are alike.

    Examples
    --------
    >>> list(cautions_of(analysis.outcomes[0], Origins(analysis, "en")))  # doctest: +SKIP
    ['The studies do not all count the same: two at a point in time and one by ...']
    """
    tongue = origins.pooled(outcome)
    say = tongue.say
    results = [one.result for one in outcome.studies]
    ways = Counter(one.ascertainment for one in results)
    if len(ways) > 1:
        number = tongue.part(say("what.k"))
        told = [say(f"caution.{way}", count=number.in_words(n)) for way, n in ways.most_common()]
        yield say("caution.construct", ways=tongue.listing(told))
    months = [one.months for one in results]
    if months and min(months) < max(months):
        followed = tongue.part(say("what.follow-up"))
        low, high = followed.plain(min(months)), followed.plain(max(months))
        yield say("caution.follow-up", low=low, high=high)
    if outcome.pooled:
        unprinted, studies = worked_out(outcome), len(outcome.pooled[0].counts)
        if unprinted:
            number = tongue.part(say("what.k"))
            k, n = number.plain(unprinted), number.plain(studies)
            yield say("caution.counts", k=k, n=n)
