"""Characteristics of studies: what the registry knows of where, when and with whom, to transport an effect.

Each is one word or one number a study. A trial in several countries has a word of its own, so that it is
like none of them by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from meta.choices.transport_results import Transport
from meta.models.results import Note
from registry.amounts import StudyAmounts
from registry.queries import ScreenedStudy

CHARACTERISTICS: Mapping[str, str] = {
    "country": "code of the country, several joined by +",
    "year": "year of publication",
    "population": "word of the vocabulary",
    "baseline": "percent of the comparison group with the outcome",
}
"""What a plan may name in the target of a transport."""

WORDS = ("country", "population")

Cells = Mapping[str, list[str | float | None]]


def study_characteristics(
    included: Sequence[ScreenedStudy], rows: Sequence[StudyAmounts], labels: Sequence[str]
) -> Cells:
    """Return the characteristics of the studies behind a pooled effect.

    Parameters
    ----------
    included : sequence of ScreenedStudy
    rows : sequence of StudyAmounts
        Of a binary outcome.
    labels : sequence of str
        Of the pooled studies, length k.

    Returns
    -------
    mapping of str to list of length k
        The keys of `CHARACTERISTICS`; a study of which no country is known has None there.

    References
    ----------
    Sharp, Thompson and Altman (1996), on why the comparison group's own share is no characteristic like
    others. doi:10.1136/bmj.313.7059.735
    """
    studies = {one.label: one for one in included}
    shares = {row.label: row.comparator.number.value for row in rows}
    return {
        "country": ["+".join(sorted(studies[one].countries)) or None for one in labels],
        "year": [float(studies[one].year) for one in labels],
        "population": [studies[one].population for one in labels],
        "baseline": [float(shares[one]) for one in labels],
    }


def with_own_baseline_noted(found: Transport) -> Transport:
    """Note on a transport by the comparison groups' shares that the effect goes along with them by chance."""
    if "baseline" not in found.target:
        return found
    text = (
        "The comparison group's own share has the effect's sampling error in it: by regression to the mean "
        "the effect goes along with it, whatever the truth."
    )
    return replace(found, notes=(*found.notes, Note(code="own-baseline", text=text)))
