"""Search: records by the words in them, in Danish, Norwegian and English, the same on both engines.

Each record has one entry: its title, the words of its vocabulary in Danish and English, its quotes and its
notes. Words are folded before they are kept and before they are sought (`folded`): lower case, accents
off, ``ø`` as ``o``, ``å`` as ``a``, ``æ`` as ``ae``, punctuation as spaces. So both engines see plain words,
and ``Ærø``, ``ÆRØ`` and ``aero`` are one.

A word that is sought finds all that begin with its stem, the word without a Danish, Norwegian or English
ending: stemmers of databases bring ``indsatser`` and ``indsats`` to different stems. Only where no record
has all words so, are they sought inside words, by trigrams: ``familie`` in ``indvandrerfamilie``.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from meta.faults import fault
from registry.rows import batches, write_rows
from registry.tables import metadata

FIELDS = ("title", "words", "quotes", "notes")
"""The texts of an entry, the most telling first."""

FACETS = ("country", "outcome", "design", "has")
"""By what a search is narrowed, besides kind and year."""

ENDINGS = [
    "ernes",
    "enes",
    "erne",
    "ene",
    "ies",
    "ers",
    "ens",
    "ets",
    "er",
    "en",
    "et",
    "es",
    "e",
    "s",
]  # longest first
SHORTEST_STEM = 4
LONGEST_TEXT = 200_000
"""How much of a text is indexed; PostgreSQL takes about a million bytes of words in an entry."""

INDEX_TABLES = ("search_words", "search_trigrams")
"""The indexes themselves, which each engine has in its own form (migration 0007)."""


class SearchEntry(SQLModel, table=True):
    """What can be found of a record."""

    __tablename__ = "search_entry"
    __table_args__ = (sa.UniqueConstraint("kind", "record"),)

    id: int = Field(
        sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        description="A number of the database's own.",
    )
    kind: str = Field(description="The kind of the record.")
    record: str = Field(description="The record's id.")
    year: int | None = Field(default=None, description="Its year, where it has one.")
    title: str = Field(description="Its titles and id.")
    words: str = Field(description="Its own words, and what the vocabulary calls them.")
    quotes: str = Field(description="The words of reports.")
    notes: str = Field(description="Its notes.")


class SearchFacet(SQLModel, table=True):
    """A word by which a search can be narrowed to a record."""

    __tablename__ = "search_facet"
    __table_args__ = (
        sa.CheckConstraint(f"name IN {FACETS}", name="name"),
        sa.Index(None, "name", "value"),
    )

    entry_id: int = Field(
        sa_column=sa.Column(
            sa.ForeignKey("search_entry.id", ondelete="CASCADE"), primary_key=True, nullable=False
        ),
        description="The record that is found.",
    )
    name: str = Field(primary_key=True, description="Which kind of word it is.")
    value: str = Field(primary_key=True, description="The word.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a record gives to the index.

    Parameters
    ----------
    facets : mapping of str to collection of str
        Words by `FACETS`.
    """

    kind: str
    record: str
    year: int | None
    title: str
    words: str
    quotes: str
    notes: str
    facets: Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that was found, and the words around the first place where it matches."""

    kind: str
    record: str
    year: int | None
    title: str
    field: str
    excerpt: str


def folded(text: str) -> str:
    """Return a text's words as they are compared.

    Examples
    --------
    >>> folded("Familiesammenførte på Ærø, 2015")
    'familiesammenforte pa aero 2015'
    """
    plain = text.casefold().replace("ø", "o").replace("æ", "ae").replace("đ", "d").replace("ł", "l")
    letters = (c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", "".join(letters)))


def stem(word: str) -> str:
    """Return a folded word without its ending, if enough is left.

    Examples
    --------
    >>> [stem(word) for word in ("indsatser", "veterans", "ips")]
    ['indsats', 'veteran', 'ips']
    """
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def index(session: Session, documents: Sequence[Document]) -> None:
    """Put documents into the index; one that a record has already is replaced."""
    connection = session.connection()
    for kind in sorted({one.kind for one in documents}):
        _forget(connection, kind, [one.record for one in documents if one.kind == kind])
    number = (connection.scalar(sa.select(sa.func.max(_ENTRY.c.id))) or 0) + 1
    entries, facets, words, trigrams = [], [], [], []
    for identity, one in enumerate(documents, start=number):
        texts = [getattr(one, field)[:LONGEST_TEXT] for field in FIELDS]
        plain = [folded(text) for text in texts]
        entries.append((identity, one.kind, one.record, one.year, *texts))
        words.append((identity, *plain))
        trigrams.append((identity, " ".join(plain)))
        facets += [(identity, name, value) for name in FACETS for value in one.facets.get(name, ())]
    write_rows(connection, _ENTRY, ("id", "kind", "record", "year", *FIELDS), entries)
    write_rows(connection, _FACET, ("entry_id", "name", "value"), facets)
    write_rows(connection, _WORDS, ("rowid", *FIELDS), words)
    write_rows(connection, _TRIGRAMS, ("rowid", "folded"), trigrams)


def _forget(connection: sa.Connection, kind: str, records: Sequence[str]) -> None:
    for some in batches(records):
        old = connection.scalars(
            sa.select(_ENTRY.c.id).where(_ENTRY.c.kind == kind, _ENTRY.c.record.in_(some))
        ).all()
        for table, column in ((_WORDS, "rowid"), (_TRIGRAMS, "rowid"), (_ENTRY, "id")):
            connection.execute(sa.delete(table).where(table.c[column].in_(old)))


def indexed(session: Session) -> int:
    """Return how many records the index has."""
    return session.scalar(sa.select(sa.func.count()).select_from(_ENTRY)) or 0


def search(
    session: Session,
    sought: str,
    *,
    kind: str | None = None,
    years: tuple[int, int] | None = None,
    facets: Mapping[str, str] | None = None,
    limit: int = 20,
) -> list[Hit]:
    """Return the records that have all the words.

    Parameters
    ----------
    session : Session
        An open transaction.
    sought : str
        One word or more, in any case and with or without accents.
    kind : str, optional
        Only records of this kind.
    years : (int, int), optional
        Only records from the first year to the last.
    facets : mapping of str to str, optional
        Only records with these words, by `FACETS`.
    limit : int
        At most so many.

    Returns
    -------
    list of Hit
        Those that match in the title first, then by kind and id.

    Raises
    ------
    InputError
        There is no word to seek.
    """
    words = folded(sought).split()
    if not words:
        raise fault("there is no word to seek", "Write one word or more.")
    stems = [stem(word) for word in words]
    narrowed = _narrowed(kind, years, facets or {})
    sqlite = session.connection().dialect.name == "sqlite"
    found = _rows(session, _by_words(stems, sqlite), narrowed, limit)
    if not found:
        stems = words
        inside_words = _by_trigrams(words, sqlite)
        found = _rows(session, inside_words, narrowed, limit) if inside_words is not None else []
    return [_hit(row, stems) for row in found]


def _narrowed(
    kind: str | None, years: tuple[int, int] | None, facets: Mapping[str, str]
) -> list[sa.ColumnElement[bool]]:
    rules: list[sa.ColumnElement[bool]] = []
    if kind is not None:
        rules.append(_ENTRY.c.kind == kind)
    if years is not None:
        rules.append(_ENTRY.c.year.between(*years))
    for name, value in facets.items():
        having = sa.select(_FACET.c.entry_id).where(_FACET.c.name == name, _FACET.c.value == value)
        rules.append(_ENTRY.c.id.in_(having))
    return rules


def _by_words(stems: Sequence[str], sqlite: bool) -> sa.Select[Any]:
    """Return the entries in which words begin so; the better the field, the smaller the rank."""
    if sqlite:
        text = sa.text("search_words MATCH :sought").bindparams(
            sought=" ".join(f'"{one}"*' for one in stems)
        )
        # A match in the title alone counts before one anywhere; bm25 would weigh by length.
        title = sa.text("rowid IN (SELECT rowid FROM search_words WHERE search_words MATCH :title)")
        rank: Any = sa.case(
            (title.bindparams(title=" ".join(f'title : "{one}"*' for one in stems)), 0), else_=1
        )
    else:
        asked = " & ".join(f"{one}:*" for one in stems)
        text = sa.text("vector @@ to_tsquery('simple', :sought)").bindparams(sought=asked)
        title = sa.text("vector @@ to_tsquery('simple', :title)")
        in_title = " & ".join(f"{one}:*A" for one in stems)
        rank = sa.case((title.bindparams(title=in_title), 0), else_=1)
    return sa.select(_WORDS.c.rowid.label("id"), rank.label("rank")).where(text)


def _by_trigrams(words: Sequence[str], sqlite: bool) -> sa.Select[Any] | None:
    """Return the entries that have the words anywhere; None where one is too short for trigrams."""
    if min(map(len, words)) < 3:
        return None
    rank = sa.literal(2).label("rank")
    asked = sa.select(_TRIGRAMS.c.rowid.label("id"), rank)
    if sqlite:
        sought = " ".join(f'"{word}"' for word in words)
        return asked.where(sa.text("search_trigrams MATCH :inside").bindparams(inside=sought))
    for word in words:
        asked = asked.where(_TRIGRAMS.c.folded.like(f"%{word}%"))
    return asked


def _rows(
    session: Session,
    asked: sa.Select[Any],
    narrowed: Iterable[sa.ColumnElement[bool]],
    limit: int,
) -> Sequence[Any]:
    matched = asked.subquery()
    # By the letters' numbers, whatever the locale of the database.
    letters = "BINARY" if session.connection().dialect.name == "sqlite" else "C"
    return session.execute(
        sa.select(_ENTRY)
        .join(matched, matched.c.id == _ENTRY.c.id)
        .where(*narrowed)
        .order_by(matched.c.rank, *(_ENTRY.c[name].collate(letters) for name in ("kind", "record")))
        .limit(limit)
    ).all()


AROUND = 8
"""How many words an excerpt shows on each side."""


def _hit(row: Any, sought: Sequence[str]) -> Hit:
    field, excerpt = next(
        (
            (name, found)
            for name in FIELDS
            if (found := _excerpt(getattr(row, name), sought)) is not None
        ),
        ("title", row.title),
    )
    return Hit(
        kind=row.kind,
        record=row.record,
        year=row.year,
        title=row.title,
        field=field,
        excerpt=excerpt,
    )


def _excerpt(text: str, sought: Sequence[str]) -> str | None:
    words = text.split()
    for place, word in enumerate(words):
        if any(one in part for part in folded(word).split() for one in sought):
            begin, end = max(0, place - AROUND), place + AROUND + 1
            shown = " ".join(words[begin:end])
            return f"{'… ' if begin else ''}{shown}{' …' if end < len(words) else ''}"
    return None


_ENTRY: sa.Table = metadata.tables["search_entry"]
_FACET: sa.Table = metadata.tables["search_facet"]
_INDEXES = sa.MetaData()
"""The indexes are not among the tables that migrations compare."""
_WORDS = sa.Table(
    "search_words",
    _INDEXES,
    sa.Column("rowid", sa.Integer),
    *(sa.Column(n, sa.Text) for n in FIELDS),
)
_TRIGRAMS = sa.Table(
    "search_trigrams", _INDEXES, sa.Column("rowid", sa.Integer), sa.Column("folded", sa.Text)
)
