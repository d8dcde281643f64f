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
