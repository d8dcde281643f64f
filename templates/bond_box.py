"""The box on the first page of an impact bond's profile: what, where, for whom, money, results, disputes."""

from collections.abc import Iterable, Iterator
from functools import reduce

from registry.vocabulary import POLICY_SECTORS
from templates.bond_contexts import ProfilePoint
from templates.bond_fields import COMMITTED, LABELS
from templates.bond_record import BondRecord
from templates.bound import visible
from templates.words import capital

BEGINNINGS = {
    "begins": "bond.box.began",
    "signed": "bond.box.signed",
    "signed-by-all": "bond.box.signed",
    "year": "bond.box.year",
}
ENDS = {
    "ends": "bond.box.ended",
    "completion": "bond.box.ended",
    "ends-planned": "bond.box.to-end",
    "completion-planned": "bond.box.to-end",
}
"""How the box tells when a project began and ended: by the first of these fields that is stated."""
MOST_IN_BOX = 3
"""Of what a project states of its money, the box has no more than these."""


def box(record: BondRecord, disputed: int, inconsistent: int) -> Iterator[ProfilePoint]:
    """Yield the lines of the box; a line of which nothing is known is left out.

    Parameters
    ----------
    record : BondRecord
    disputed, inconsistent : int
        How many values are disputed, and how many checks of numbers fail.
    """
    yield from _Box(record, disputed, inconsistent).points()


class _Box:
    """The lines share the record and how much in it is in doubt."""

    def __init__(self, record: BondRecord, disputed: int, inconsistent: int) -> None:
        self.record, self.project, self.tongue = record, record.project, record.tongue
        self.disputed, self.inconsistent = disputed, inconsistent

    def points(self) -> Iterator[ProfilePoint]:
        given = {
            "what": self.what(),
            "where": self.where(),
            "whom": self.whom(),
            "money": self.money(),
            "results": (self.results(), ""),
            "disputed": (self.disagreements(), ""),
            "remark": ("", self.record.own(self.project.note)),
        }
        for name, (text, words) in given.items():
            if text or words:
                yield ProfilePoint(
                    name=self.tongue.say(f"bond.box.{name}"),
                    text=text if words else capital(text),
                    words=words,
                )

    def either(self, some: Iterable[str]) -> str:
        return reduce(lambda one, other: self.tongue.say("bond.or", one=one, other=other), some)

    def what(self) -> tuple[str, str]:
        sectors = dict.fromkeys(
            POLICY_SECTORS[one.value].label(self.tongue.language)
            for one in self.record.said("sector")
        )
        words = [
            one.value for one in self.record.said("intervention") or self.record.said("challenge")
        ]
        text = self.tongue.listing(list(sectors)) if sectors else ""
        return f"{text}." if text else "", self.record.own(next(iter(words), None))

    def where(self) -> tuple[str, str]:
        places = [self.record.place(one) for one in self.project.locations]
        dates = []
        for phrases in (BEGINNINGS, ENDS):
            for label, phrase in phrases.items():
                some = distinct(self.record.read(one)[0] for one in self.record.said(label))
                if some:
                    dates.append(self.tongue.say(phrase, when=self.either(some)))
                    break
        text = "; ".join(dict.fromkeys(filter(None, places)))
        return " ".join(f"{capital(one)}." for one in (text, "; ".join(dates)) if one), ""

    def whom(self) -> tuple[str, str]:
        people = []
        for label in ("targeted", "reached"):
            some = distinct(self.record.read(one)[0] for one in self.record.said(label))
            if some:
                people.append(self.tongue.say(f"bond.box.{label}", number=self.either(some)))
        words = [one.value for one in self.record.said("population")]
        text = "; ".join(people)
        return f"{text}." if text else "", self.record.own(next(iter(words), None))

    def money(self) -> tuple[str, str]:
        said = [one for one in self.project.statements if one.field in COMMITTED]
        said += [one for one in self.record.said("paid") if one not in said]
        amounts = [(LABELS[one.field], self.record.read(one)[0], one.disputed) for one in said]
        amounts += [
            ("committed", self.record.committed(one), one.disputed)
            for one in self.project.investments
        ]
        lines = distinct(
            self.tongue.say(
                "bond.box.amount",
                what=self.record.label(label),
                amount=text
                if disputed is None
                else self.tongue.say("bond.box.in-dispute", amount=text),
            )
            for label, text, disputed in amounts
            if text
        )
        text = "; ".join(lines[:MOST_IN_BOX])
        return f"{text}." if text else "", ""

    def results(self) -> str:
        results, say = self.project.results, self.tongue.say
        if not results:
            return say("bond.no-results")
        effects = sum(one.effect is not None for one in results)
        of = self.tongue.about(say("bond.field.results"))
        sentence = self.tongue.words.counted(
            "bond.results", len(results), count=of.in_words(len(results))
        )
        compared = self.tongue.words.counted("bond.effects", effects, count=of.in_words(effects))
        return f"{capital(sentence)} {compared if effects else say('bond.no-effects')}"

    def disagreements(self) -> str:
        sentences = []
        for phrase, count in (
            ("bond.disputed", self.disputed),
            ("bond.inconsistent", self.inconsistent),
        ):
            if count:
                number = self.tongue.about(self.tongue.say("bond.heading.disputes")).in_words(count)
                sentences.append(capital(self.tongue.words.counted(phrase, count, count=number)))
        return " ".join(sentences)


def distinct(texts: Iterable[str]) -> list[str]:
    """Return texts without those that read like one before."""
    found: dict[str, str] = {}
    for one in texts:
        found.setdefault(visible(one), one)
    return list(found.values())
