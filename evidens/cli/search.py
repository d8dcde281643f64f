"""The commands that ask the whole registry: ``evidens search`` and ``evidens results``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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

    from registry.search import search as seek
    from registry.session import reading

    asked = {"kind": kind, "country": country, "outcome": outcome, "design": design}
    given = {name: word for name, word in asked.items() if word}
    _allowed({name: [word] for name, word in given.items()})
    facets = {name: word for name, word in given.items() if name != "kind"}
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


@app.command()
def results(
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", show_default=False)],
    design: Annotated[
        list[str] | None, typer.Option(help="A design of the vocabulary; may be given again.")
    ] = None,
    year: Annotated[str, typer.Option(help="A year, or the first and last: 2010-2015.")] = "",
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Print all studies' printed numbers for an outcome as a CSV table that `evidens pool` reads.

    One row for each result, for the first intervention arm and the first comparator arm of the study; which
    of the rows may stand side by side (one window, no people counted twice) is for you to say.

    Example: evidens results competitive-employment --design randomised-trial > trials.csv
    """
    import csv
    import sys

    from registry.selections import select_results
    from registry.session import reading

    _allowed({"outcome": [outcome], "design": design or []})
    with reading(db) as session:
        found = select_results(session, outcome, designs=design or [], years=years(year))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*found.texts, "year", *found.numbers])
    for row, of_year in enumerate(found.year):
        texts = ["" if column[row] is None else column[row] for column in found.texts.values()]
        numbers = [column[row] for column in found.numbers.values()]
        out.writerow([*texts, of_year, *("" if x != x else repr(float(x)) for x in numbers)])
    say(f"{len(found)} results.")


def _allowed(given: Mapping[str, Sequence[str]]) -> None:
    """Refuse words that are not in the vocabulary."""
    from meta.faults import fault
    from registry import vocabulary
    from studies.fields import did_you_mean
    from studies.kept.kinds import KEPT

    lists: dict[str, Iterable[str]] = {
        "kind": KEPT,
        "country": vocabulary.COUNTRIES,
        "outcome": vocabulary.OUTCOMES,
        "design": vocabulary.DESIGNS,
    }
    for name, words in given.items():
        for word in words:
            if word not in lists[name]:
                raise fault(
                    f"there is no {name} {word!r}", did_you_mean(word, lists[name]), field=name
                )


def years(text: str) -> tuple[int, int] | None:
    """Read a year or two: ``2014`` or ``2010-2015``."""
    from meta.faults import fault

    if not text:
        return None
    first, _, last = text.partition("-") if "-" in text else (text, "", text)
    if not all(one.isascii() and one.isdigit() and len(one) == 4 for one in (first, last)):
        raise fault(f"{text!r} is not a year", "Write 2014, or the first and last: 2010-2015.")
    return int(first), int(last)
