"""The command ``evidens search``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, say, show


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", show_default=False)],
    kind: Annotated[str, typer.Option(help="report, study, synthesis, table ...")] = "",
    country: Annotated[str, typer.Option(help="A country by its ISO code, e.g. DK.")] = "",
    outcome: Annotated[str, typer.Option(help="An outcome of the vocabulary.")] = "",
    year: Annotated[str, typer.Option(help="A year, or the first and last: 2010-2015.")] = "",
    design: Annotated[str, typer.Option(help="A design of the vocabulary.")] = "",
    has_counts: Annotated[
        bool, typer.Option("--has-counts", help="Studies with printed events and people alone.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Find records by words in titles, populations, quotes and notes: Danish, Norwegian, English.

    All words must be there, whole or as the beginning of a word, in any case, with or without accents.

    Example: evidens search flygtninge traume --kind study
    """
    from dataclasses import asdict

    from meta.faults import fault
    from registry import vocabulary
    from registry.search import search as seek
    from registry.session import reading
    from studies.kept.kinds import KEPT
    from studies.record import did_you_mean

    asked = {"country": country, "outcome": outcome, "design": design}
    facets = {name: word for name, word in asked.items() if word}
    for name, word, allowed in (
        ("kind", kind, KEPT),
        ("country", country, vocabulary.COUNTRIES),
        ("outcome", outcome, vocabulary.OUTCOMES),
        ("design", design, vocabulary.DESIGNS),
    ):
        if word and word not in allowed:
            raise fault(f"there is no {name} {word!r}", did_you_mean(word, allowed), field=name)
    if has_counts:
        facets["has"] = "counts"
    with reading(db) as session:
        hits = seek(
            session,
            " ".join(words),
            kind=kind or None,
            years=years(year),
            facets=facets,
            limit=limit,
        )
    if as_json:
        show(json.dumps([asdict(hit) for hit in hits], ensure_ascii=False, indent=2))
        return
    for hit in hits:
        show(f"{hit.kind} {hit.record}  {hit.field}: {hit.excerpt}")
    say(f"{len(hits)} found." if len(hits) < limit else f"The first {limit}; --limit shows more.")


def years(text: str) -> tuple[int, int] | None:
    """Read a year or two: ``2014`` or ``2010-2015``."""
    from meta.faults import fault

    if not text:
        return None
    first, _, last = text.partition("-") if "-" in text else (text, "", text)
    if not all(one.isascii() and one.isdigit() and len(one) == 4 for one in (first, last)):
        raise fault(f"{text!r} is not a year", "Write 2014, or the first and last: 2010-2015.")
    return int(first), int(last)
