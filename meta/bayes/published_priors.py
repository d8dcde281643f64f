"""Priors of tau that were estimated from thousands of Cochrane reviews, by type of outcome and comparison.

Turner et al. (2015) published them for log odds ratios, Rhodes et al. (2015) for standardised mean
differences. The numbers, and where each is printed, are in `turner_2015.tsv` and `rhodes_2015.tsv`.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from meta.bayes.priors import LogNormal, LogT, TauPrior
from meta.effects.measures import Measure
from meta.faults import fault
from meta.models.results import Note

Author = Literal["turner", "rhodes"]
ODDS_RATIOS = (Measure.OR, Measure.PETO)
DIFFERENCES = (Measure.SMD, Measure.SMDH)
ANY = "any"
RHODES_DF = 5.0


@dataclass(frozen=True, slots=True)
class PublishedPrior:
    """A prior as published, with the setting it is for.

    Parameters
    ----------
    prior : TauPrior
    setting : str
        Words for the source and the setting.
    notes : tuple of Note
    """

    prior: TauPrior
    setting: str
    notes: tuple[Note, ...]


def published_prior(text: str, measure: Measure) -> PublishedPrior:
    """Look up a published prior.

    Parameters
    ----------
    text : str
        ``turner`` or ``rhodes`` for the general setting; with a setting ``turner:OUTCOME/COMPARISON``,
        ``rhodes:OUTCOME/COMPARISON`` or ``rhodes:OUTCOME/COMPARISON/AREA`` (``other``, which is meant if
        no area is named, ``respiratory`` or ``cancer``).
    measure : Measure
        OR or PETO for Turner's, SMD or SMDH for Rhodes's.

    Returns
    -------
    PublishedPrior

    Raises
    ------
    InputError
        For a setting that has no row, one whose number is in doubt, and another measure.

    References
    ----------
    Turner, Jackson, Wei, Thompson and Higgins (2015). doi:10.1002/sim.6381. Rhodes, Turner and Higgins
    (2015). doi:10.1016/j.jclinepi.2014.08.012

    Examples
    --------
    >>> published_prior("turner:mental-health/non-pharmacological-vs-control", Measure.OR).prior
    LogNormal(mean=-2.34, sd=1.72)
    >>> published_prior("rhodes", Measure.SMD).prior
    LogT(location=-3.44, scale=2.59, df=5.0)
    """
    name, _, rest = text.strip().lower().partition(":")
    author: Author = "turner" if name.strip() == "turner" else "rhodes"
    parts = [part.strip() for part in rest.split("/")] if rest.strip() else []
    rows = settings(author)
    wanted = 2 if author == "turner" else 3
    if not parts:
        parts = [ANY] * wanted
    elif author == "rhodes" and len(parts) == 2:
        parts.append("other")
    row = rows.get(tuple(parts))
    if row is None:
        raise _no_such_setting(text, author, parts)
    numbers, remark = row
    who, words = (
        ("Turner et al. (2015)", "log odds ratios")
        if author == "turner"
        else ("Rhodes et al. (2015)", "standardised mean differences")
    )
    if numbers is None:
        raise fault(
            f"the prior {text!r} is in doubt: {remark}",
            "Read it from the paper and give it as log-t:LOCATION,SCALE,5.",
            field="prior",
        )
    prior: TauPrior = LogNormal(*numbers) if author == "turner" else LogT(*numbers, RHODES_DF)
    if measure not in (ODDS_RATIOS if author == "turner" else DIFFERENCES):
        raise fault(
            f"the priors of {who} are for {words}, and the measure is {measure}",
            f"Use a prior for {measure}, or {prior.text} if the estimates are {words} all the same.",
            field="prior",
        )
    general = parts[0] == ANY
    setting = f"{who}, {'any setting' if general else ', '.join(parts)}"
    notes = (
        (Note(code="prior-out-of-line", text=f"The location of {text} is {remark}."),)
        if remark
        else ()
    )
    return PublishedPrior(prior, setting, notes)


@lru_cache(maxsize=2)
def settings(author: Author) -> dict[tuple[str, ...], tuple[tuple[float, float] | None, str]]:
    """Return the rows of a table: by setting, the two numbers and a remark.

    Parameters
    ----------
    author : {"turner", "rhodes"}

    Returns
    -------
    dict
        From (outcome, comparison) or (outcome, comparison, area) to the numbers, None where in doubt, and
        a remark, mostly empty.

    References
    ----------
    Turner et al. (2015). doi:10.1002/sim.6381. Rhodes et al. (2015). doi:10.1016/j.jclinepi.2014.08.012

    Examples
    --------
    >>> settings("turner")["any", "any"], len(settings("turner")), len(settings("rhodes"))
    (((-2.56, 1.74), ''), 81, 73)
    """
    text = (Path(__file__).parent / f"{author}_2015.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    names = len(lines[0].split("\t")) - (2 if author == "turner" else 3)
    found: dict[tuple[str, ...], tuple[tuple[float, float] | None, str]] = {}
    for line in lines[1:]:
        cells = line.split("\t")
        centre, spread = cells[names], cells[names + 1]
        numbers = (float(centre), float(spread)) if centre else None
        found[tuple(cells[:names])] = numbers, "".join(cells[names + 2 :])
    return found


def _no_such_setting(text: str, author: Author, parts: list[str]) -> Exception:
    rows = settings(author)
    titles = ("outcome", "comparison", "medical area")[: len(next(iter(rows)))]
    for place, (title, part) in enumerate(zip(titles, parts, strict=False)):
        known = list(dict.fromkeys(row[place] for row in rows if row[place] != ANY))
        if part not in known:
            return fault(
                f"{text!r}: {part!r} is no {title} of this table",
                f"Use one of {', '.join(known)}, or {author} alone for any setting.",
                field="prior",
            )
    form = "/".join(title.split()[-1].upper() for title in titles)
    return fault(
        f"{text!r} is not of the form {author}:{form}",
        f"Name each, or give {author} alone for any setting.",
        field="prior",
    )
