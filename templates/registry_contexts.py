"""Contexts of the overview of the registry, and of a synthesis as one line of a table."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineLine:
    """A synthesis and what it found."""

    title: str = field(metadata={"help": "Its title."})
    pointer: str = field(metadata={"help": "Its id and version."})
    k: str = field(metadata={"help": "How many studies its pooled effect has."})
    effect: str = field(
        metadata={
            "help": "Outcome, measure, estimate and interval, or that nothing could be pooled."
        }
    )
    certainty: str = field(metadata={"help": "GRADE's level, or that it was not judged."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingPoint:
    """A line of the box on the first page."""

    name: str = field(metadata={"help": "What is counted."})
    text: str = field(metadata={"help": "How much of it there is, in a sentence or two."})


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtLine:
    """A record in which sources or numbers disagree."""

    name: str = field(metadata={"help": "What people call it, with what it is."})
    pointer: str = field(metadata={"help": "The record's id."})
    disputed: str = field(metadata={"help": "How many of its values are in dispute."})
    inconsistent: str = field(metadata={"help": "How many checks of its printed numbers fail."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything that the template of an overview of the registry may name."""

    title: str = field(metadata={"help": "The title."})
    kind: str = field(metadata={"help": "What kind of document it is."})
    dated: str = field(metadata={"help": "Until when the registry's content goes; may be empty."})
    points: tuple[HoldingPoint, ...] = field(metadata={"help": "The box on the first page."})
    evidence_map: bool = field(metadata={"help": "Whether there is an evidence map."})
    syntheses: tuple[HeadlineLine, ...] = field(
        metadata={"help": "The syntheses with what they found; empty where there are none."}
    )
    bonds: bool = field(metadata={"help": "Whether there are impact bonds."})
    countries: bool = field(metadata={"help": "Whether there is a map of impact bonds."})
    timeline: bool = field(metadata={"help": "Whether there is a timeline of impact bonds."})
    questions: tuple[str, ...] = field(
        metadata={"help": "What is open, each a sentence; empty where nothing is."}
    )
    doubts: tuple[DoubtLine, ...] = field(
        metadata={"help": "The records with most in doubt; empty where there are none."}
    )
