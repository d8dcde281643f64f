"""The table of characteristics: what the included studies are, whom they followed, and with what.

Numbers of people are those that the reports print, by who is counted; what no report prints is named as
missing. The names of arms are the records' own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from registry import windows
from registry.queries import ReportedSize, ScreenedStudy
from registry.study_descriptions import DescribedArm, MeasuredOutcome, StudyDescription
from registry.terms import Term
from registry.vocabulary import (
    COUNTRIES,
    DESIGNS,
    INTERVENTIONS,
    OUTCOMES,
    POPULATIONS,
)
from templates.citations import cited
from templates.origins import Origins
from templates.tongue import Tongue, short_name
from templates.words import capital, uncapital


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacteristicsLine:
    """Something that a study is said to be."""

    name: str = field(metadata={"help": "What is told: a group of the study, or what it measured."})
    text: str = field(metadata={"help": "What the record has of it, or that it has nothing."})


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacteristicsBlock:
    """What an included study is."""

    study: str = field(metadata={"help": "Study and country."})
    about: str = field(metadata={"help": "Design, group of people and number in a register."})
    lines: tuple[CharacteristicsLine, ...] = field(
        metadata={"help": "Its groups with their people, the whole study, and what it measured."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacteristicsTable:
    """The included studies."""

    blocks: tuple[CharacteristicsBlock, ...] = field(metadata={"help": "One a study."})
    source: str = field(metadata={"help": "The reports that the table rests on."})


def characteristics_of(
    origins: Origins, descriptions: Sequence[StudyDescription]
) -> CharacteristicsTable:
    """Put what is known of the included studies into a table.

    Parameters
    ----------
    origins : Origins
    descriptions : sequence of StudyDescription
        Of the included studies.

    Returns
    -------
    CharacteristicsTable
        In the order of the analysis; a study that nothing describes has its design, country and group alone.
    """
    analysis, tongue = origins.analysis, origins.synthesis
    known = {one.study: one for one in descriptions}
    blocks = tuple(
        _Described(study, known.get(study.study), origins).block() for study in analysis.included
    )
    rested = [known[one.study] for one in analysis.included if one.study in known]
    named = {size.source.report for one in rested for size in one.sizes}
    named |= {seen.source.report for one in rested for seen in one.outcomes}
    reports = [cited(one) for one in sorted(named & origins.listed)]
    return CharacteristicsTable(
        blocks=blocks,
        source=tongue.listing([*reports, tongue.say("characteristics.records")]),
    )


class _Described:
    """The cells of a study share its label and what is known of it."""

    def __init__(
        self,
        study: ScreenedStudy,
        description: StudyDescription | None,
        origins: Origins,
    ) -> None:
        self.study, self.origins, self.tongue = study, origins, origins.synthesis
        self.description = description or StudyDescription(
            study=study.study, registration=None, arms=(), sizes=(), outcomes=()
        )

    def block(self) -> CharacteristicsBlock:
        language, say = self.tongue.language, self.tongue.say
        countries = [COUNTRIES[code].label(language) for code in self.study.countries]
        number = self.description.registration
        registration = (
            say("characteristics.unregistered")
            if number is None
            else say("characteristics.registered", number=self.tongue.excepted(number, "record"))
        )
        about = (
            capital(self.word(DESIGNS[self.study.design])),
            uncapital(self.word(POPULATIONS[self.study.population])),
            registration,
        )
        return CharacteristicsBlock(
            study=say(
                "study-in",
                study=self.tongue.study(self.study.label),
                countries=", ".join(countries) or say("no-country"),
            ),
            about="; ".join(about),
            lines=tuple(
                CharacteristicsLine(name=say(f"characteristics.{name}"), text=text)
                for name, text in self.told()
                if text
            ),
        )

    def told(self) -> Iterator[tuple[str, str]]:
        for role in ("intervention", "comparator"):
            arms = [one for one in self.description.arms if one.role == role]
            if not arms:
                yield role, self.tongue.say("characteristics.no-arm")
            for arm in arms:
                people = self.people(arm.id) or self.tongue.say("characteristics.no-people")
                name = _named(arm, self.tongue)
                yield role, self.tongue.say("characteristics.arm", arm=name, people=people)
        yield "whole", self.people(None)
        yield "measured", "; ".join(self.measured()) or self.tongue.say("characteristics.nothing")

    def word(self, term: Term) -> str:
        """Return a word of the vocabulary, which may have digits."""
        return self.tongue.excepted(term.label(self.tongue.language), "record")

    def people(self, arm: str | None) -> str:
        """Return what is printed of the people of an arm, or of the whole study."""
        return "; ".join(self.size(one) for one in self.description.sizes if one.arm == arm)

    def size(self, size: ReportedSize) -> str:
        say = self.tongue.say
        bound = self.origins.stated(
            size.source,
            self.study.label,
            say("characteristics.people", study=self.tongue.study(self.study.label)),
        )
        number = bound.printed(size.printed, "percent" if size.statistic == "percent" else "")
        text = say(f"characteristics.{size.denominator}", number=number)
        if size.at is None:
            return text
        months = windows.length(size.at)
        if months is None:
            return f"{text} ({say('characteristics.no-window')})"
        return f"{text} {self.tongue.words.counted('at', months, months=bound.plain(months))}"

    def measured(self) -> Iterator[str]:
        seen: dict[str, list[MeasuredOutcome]] = {}
        for one in self.description.outcomes:
            seen.setdefault(one.outcome, []).append(one)
        for outcome, times in seen.items():
            label = self.word(OUTCOMES[outcome])
            whens = dict.fromkeys(self.when(one, label) for one in times)
            when = self.tongue.listing(list(whens))
            yield self.tongue.say("characteristics.outcome", outcome=label, when=when)

    def when(self, one: MeasuredOutcome, label: str) -> str:
        say, words = self.tongue.say, self.tongue.words
        months = None if one.window is None else windows.length(one.window)
        if one.window is None or one.ascertainment is None or months is None:
            return say("characteristics.no-window")
        bound = self.origins.stated(
            one.source, self.study.label, say("characteristics.follow-up", outcome=label)
        )
        between = windows.first_and_last(one.window)
        if between is not None:
            first, last = map(bound.plain, between)
            return say("characteristics.span", first=first, last=last)
        when = words.counted(one.ascertainment, months, months=bound.plain(months))
        return when if windows.plain(one.window) else say("characteristics.mean", when=when)


def _named(arm: DescribedArm, tongue: Tongue) -> str:
    """Return what an arm got, with the record's own name for it where that says more."""
    term = INTERVENTIONS[arm.intervention].label(tongue.language)
    label = tongue.excepted(arm.label, "record")
    if arm.label.casefold() in {term.casefold(), short_name(term).casefold()}:
        return label
    return tongue.say("characteristics.named", term=capital(term), label=label)
