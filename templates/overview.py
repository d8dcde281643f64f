"""The overview of the registry: how much it holds, what its syntheses found, and what is open."""

from collections.abc import Iterator
from datetime import UTC, datetime

from registry.vocabulary import COUNTRIES
from studies.holdings import Doubt
from templates.bound import Origin, visible
from templates.documents import Document, Figure
from templates.dossier import RegistryDossier
from templates.headline import first_pooled, headline
from templates.kinds import KINDS
from templates.pictures import UNDATED, placed
from templates.registry_contexts import DoubtLine, HoldingPoint, Overview
from templates.tongue import Tongue
from templates.words import Words

MOST_DOUBTS = 12
"""The table of records in doubt has no more rows than these; a sentence tells how many there are."""


def overview_document(dossier: RegistryDossier, language: str = "da") -> Document:
    """Compose the overview of the registry.

    Parameters
    ----------
    dossier : RegistryDossier
    language : str

    Returns
    -------
    Document

    Raises
    ------
    InputError
        The language is not available, or a synthesis lacks its title in it.
    """
    kind, dated = KINDS["overview"], dossier.holdings.dated
    context = overview(dossier, language)
    return Document(
        stem=f"{kind.name}.{language}",
        template=kind.template,
        context=context,
        title=visible(context.title),
        footer=" · ".join(
            filter(None, ("Evidens", visible(context.title), visible(context.dated)))
        ),
        language=language,
        references=(),
        listed=(),
        figures=tuple(_figures(dossier, language)),
        at=UNDATED if dated is None else datetime.fromisoformat(dated).replace(tzinfo=UTC),
    )


def _figures(dossier: RegistryDossier, language: str) -> Iterator[Figure]:
    for name, chart in dossier.charts.get(language, {}).items():
        yield placed(name.replace("-", "_"), chart)


def overview(dossier: RegistryDossier, language: str = "da") -> Overview:
    """Build the context of the overview of the registry.

    Parameters
    ----------
    dossier : RegistryDossier
    language : str

    Returns
    -------
    Overview

    Raises
    ------
    InputError
        As `overview_document`.
    """
    return _Overview(dossier, Words(language)).build()


class _Overview:
    """The parts of an overview share the holdings and the reader's language."""

    def __init__(self, dossier: RegistryDossier, words: Words) -> None:
        self.dossier, self.holdings, self.words = dossier, dossier.holdings, words
        origin = Origin(words.say("overview.content"), words.say("overview.source"))
        self.tongue = Tongue(words, origin)

    def build(self) -> Overview:
        tongue, dossier = self.tongue, self.dossier
        dated = self.holdings.dated
        drawn = dossier.charts.get(tongue.language, {})
        return Overview(
            title=tongue.say("overview.title"),
            kind=KINDS["overview"].label(tongue.language),
            dated="" if dated is None else tongue.say("overview.dated", day=tongue.day(dated)),
            points=tuple(self.points()),
            evidence_map="evidence-map" in drawn,
            syntheses=tuple(headline(one, tongue.language) for one in dossier.analyses),
            bonds=bool(self.holdings.records["project"]),
            countries="countries" in drawn,
            timeline="timeline" in drawn,
            questions=tuple(self.questions()),
            doubts=tuple(map(self.doubt, self.holdings.doubts[:MOST_DOUBTS])),
        )

    def told(self, phrase: str, count: int, **others: str) -> str:
        """Return a sentence in the form that follows a count, with the count in digits."""
        what = self.tongue.say(f"overview.what.{phrase}")
        number = self.tongue.about(what).number(count, 0)
        return self.words.counted(f"overview.{phrase}", count, count=number, **others)

    def points(self) -> Iterator[HoldingPoint]:
        held = self.holdings
        given = {
            "studies": [
                self.told("primary", held.primary),
                self.told("reviews", held.reviews),
                self.told("reports", held.records["report"]),
            ],
            "people": [self.told("people", held.people, studies=self.told("printed", held.counted))]
            if held.counted
            else [],
            "countries": [self.listed(held.countries)] if held.countries else [],
            "syntheses": [
                self.told("syntheses", held.records["synthesis"]),
                self.told("releases", held.releases),
            ],
            "bonds": [
                self.told("projects", held.records["project"]),
                self.told("results", held.bond_results),
                self.told("effects", held.bond_effects),
            ]
            if held.records["project"]
            else [],
            "bond-countries": [self.listed(held.bond_countries)] if held.bond_countries else [],
        }
        for name, sentences in given.items():
            if sentences:
                yield HoldingPoint(
                    name=self.tongue.say(f"overview.box.{name}"), text=" ".join(sentences)
                )

    def listed(self, codes: tuple[str, ...]) -> str:
        """Return countries by name, and how many they are."""
        names = sorted(COUNTRIES[one].label(self.tongue.language) for one in codes)
        return self.told("countries", len(codes), names=self.tongue.listing(names))

    # what is open

    def questions(self) -> Iterator[str]:
        unjudged = [
            self.tongue.excepted(one.synthesis, "label")
            for one in self.dossier.analyses
            if (found := first_pooled(one)) is not None
            and found.outcome not in {judged.outcome for judged in one.certainty}
        ]
        if unjudged:
            names = self.tongue.listing(unjudged)
            yield self.told("unjudged", len(unjudged), names=names)
        uncounted = self.holdings.primary - self.holdings.counted
        for phrase, count in (
            ("uncounted", uncounted),
            ("awaiting", self.holdings.awaiting),
            ("doubts", len(self.holdings.doubts)),
        ):
            if count:
                yield self.told(phrase, count)
        if len(self.holdings.doubts) > MOST_DOUBTS:
            yield self.told("shown", MOST_DOUBTS)

    def doubt(self, one: Doubt) -> DoubtLine:
        tongue = self.tongue.of(
            self.tongue.say("overview.what.disputed"),
            self.tongue.say("overview.record", record=one.record),
        )
        failing = tongue.about(self.tongue.say("overview.what.inconsistent"))
        name = tongue.study(one.name) if one.kind == "study" else tongue.excepted(one.name, "label")
        return DoubtLine(
            name=name,
            pointer=tongue.excepted(one.record, "label"),
            disputed=tongue.plain(one.disputed),
            inconsistent=failing.plain(one.inconsistent),
        )
