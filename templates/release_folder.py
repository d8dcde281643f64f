"""A release as a folder that stands alone: what a business case keeps, and anybody can check years later.

Every file is made from the release document alone, and the same release gives the same bytes. `CONTENTS`
lists the files; a further one needs a line there and its writer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.csv_text import written
from registry.release_provenance import provenance
from registry.releases import text_of
from registry.writing import put_new_folder, writing_into
from templates.listings import estimate_cells
from templates.render import FOLDER, Verbatim, render

Document = Mapping[str, Any]
Columns = tuple[tuple[str, str, str], ...]
"""Name, type (of Table Schema) and meaning of each column."""

STUDY_COLUMNS: Columns = (
    ("outcome", "string", "The outcome, of the vocabulary of Evidens"),
    ("study", "string", "The study's id"),
    ("label", "string", "Authors and year"),
    ("design", "string", "The design"),
    ("intervention", "number", "The intervention arm's amount, on the horizon of the synthesis"),
    ("comparator", "number", "The comparator arm's amount, on the horizon of the synthesis"),
    ("unit", "string", "The unit of both"),
    ("relative_difference", "number", "Intervention over comparator"),
    ("printed_intervention", "string", "The intervention arm's amount as the report prints it"),
    ("printed_comparator", "string", "The comparator arm's amount as the report prints it"),
    ("window", "string", "When or how long the report saw it"),
    ("assumptions", "string", "The steps from printed to used, with commas between"),
    ("report", "string", "The report that it was read in"),
    ("where", "string", "Where in the report"),
)

COUNT_COLUMNS: Columns = (
    ("outcome", "string", "The outcome"),
    ("measure", "string", "RR, OR or RD"),
    ("study", "string", "The study's id"),
    ("ai", "integer", "Events in the intervention arm; one of the sets that the percentages admit"),
    ("n1i", "integer", "People in the intervention arm"),
    ("ci", "integer", "Events in the comparator arm"),
    ("n2i", "integer", "People in the comparator arm"),
)

POOLED_COLUMNS: Columns = (
    ("outcome", "string", "The outcome"),
    ("measure", "string", "RR, OR or RD"),
    ("method", "string", "How tau2 was estimated; EE is a common effect"),
    ("test", "string", "z, or knha for Knapp and Hartung"),
    ("level", "number", "Of the interval"),
    ("k", "integer", "Studies"),
    ("estimate", "number", "On the natural scale of the measure"),
    ("ci_low", "number", "Lower end of the interval"),
    ("ci_high", "number", "Upper end of the interval"),
    ("tau2", "number", "Between-study variance, on the scale of the analysis"),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file of the folder: its name, what it holds, and how it is made."""

    name: str
    holds: str
    made: Callable[[Document], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readme:
    """What the README says."""

    name: Verbatim
    title: str
    sha256: Verbatim
    created: Verbatim
    supersedes: str
    version: str
    licence: str
    how_to_cite: str
    rows: tuple[tuple[str, ...], ...]
    files: tuple[File, ...]


def release_files(document: Document) -> dict[str, bytes]:
    """Return the files of a release's folder by name.

    Parameters
    ----------
    document : mapping
        A whole release.

    Returns
    -------
    dict of str to bytes
    """
    return {one.name: one.made(document) for one in CONTENTS}


def write_release_folder(document: Document, out: Path) -> list[Path]:
    """Write a release into a folder of its name, all of it or nothing.

    Parameters
    ----------
    document : mapping
        A whole release.
    out : Path
        Where that folder is made; made where it is missing.

    Returns
    -------
    list of Path

    Raises
    ------
    InputError
        The folder is there with another content, or cannot be written.
    """
    folder = out / document["name"]
    files = release_files(document)
    with writing_into(out):
        put_new_folder(folder, files)
    return [folder / name for name in files]


def _estimate(document: Document) -> bytes:
    return text_of(document).encode()


def _table(columns: Columns, rows: list[dict[str, Any]]) -> bytes:
    names = [name for name, _, _ in columns]
    return written(names, [[row[name] for name in names] for row in rows])


def _studies(document: Document) -> bytes:
    rows = [
        {
            "outcome": amount["outcome"],
            "study": study["id"],
            "label": study["label"],
            "design": study["design"],
            **{key: amount["used"][key] for key in ("intervention", "comparator", "unit")},
            "relative_difference": amount["relative_difference"],
            "printed_intervention": amount["printed"]["intervention"],
            "printed_comparator": amount["printed"]["comparator"],
            "window": f"{amount['printed']['ascertainment']} {amount['printed']['window']}",
            "assumptions": ", ".join(amount["used"]["assumptions"]),
            "report": amount["source"]["report"],
            "where": amount["source"]["where"],
        }
        for study in document["estimate"]["studies"]
        for amount in study["amounts"]
    ]
    return _table(STUDY_COLUMNS, rows)


def _counts(document: Document) -> bytes:
    rows = [
        {
            "outcome": one["outcome"],
            "measure": one["fit"]["measure"],
            "study": study["study"],
            **study["shown"],
        }
        for one in document["estimate"]["pooled"]
        for study in one["counts"]
    ]
    return _table(COUNT_COLUMNS, rows)


def _pooled(document: Document) -> bytes:
    rows = [
        {
            "outcome": one["outcome"],
            **{key: one["fit"][key] for key in ("measure", "method", "test", "level", "k", "tau2")},
            **{key: one["fit"]["natural"][key] for key in ("estimate", "ci_low", "ci_high")},
        }
        for one in document["estimate"]["pooled"]
    ]
    return _table(POOLED_COLUMNS, rows)


def _script(_document: Document) -> bytes:
    return (FOLDER / "releases" / "estimate.R").read_bytes()


def _provenance(document: Document) -> bytes:
    return _json(provenance(document))


def _descriptor(document: Document) -> bytes:
    resources = [
        {
            "name": name.removesuffix(".csv"),
            "path": name,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {"name": field, "type": kind, "description": meaning}
                    for field, kind, meaning in columns
                ],
                "missingValues": [""],
            },
        }
        for name, columns in (
            ("studies.csv", STUDY_COLUMNS),
            ("counts.csv", COUNT_COLUMNS),
            ("pooled.csv", POOLED_COLUMNS),
        )
    ]
    resources += [
        {
            "name": path.removesuffix(".json"),
            "path": path,
            "format": "json",
            "mediatype": "application/json",
            "encoding": "utf-8",
        }
        for path in ("estimate.json", "prov.json")
    ]
    return _json(
        {
            "profile": "data-package",
            "name": document["name"].replace("@", "-"),
            "id": document["sha256"],
            "title": document["how_to_cite"],
            "version": document["name"].partition("@")[2],
            "created": f"{document['created']}T00:00:00Z",
            "licenses": [document["licence"]],
            "sources": [
                {"title": f"{one['title']} ({one['year']})"}
                | ({"path": f"https://doi.org/{one['doi']}"} if one["doi"] else {})
                for one in document["estimate"]["sources"]
            ],
            "resources": resources,
        }
    )


def _readme(document: Document) -> bytes:
    synthesis = document["estimate"]["synthesis"]
    context = Readme(
        name=Verbatim(document["name"]),
        title=synthesis["title"].get("en") or synthesis["title"]["da"],
        sha256=Verbatim(document["sha256"]),
        created=Verbatim(document["created"]),
        supersedes=document["supersedes"] or "nothing",
        version=document["software"]["evidens"],
        licence=document["licence"]["title"],
        how_to_cite=document["how_to_cite"],
        rows=tuple(map(estimate_cells, document["estimate"]["estimates"])),
        files=tuple(File(Verbatim(one.name), Verbatim(one.holds), one.made) for one in CONTENTS),
    )
    return render("releases/README.md.j2", context).encode()


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


CONTENTS = (
    File("README.md", "this page", _readme),
    File("estimate.json", "the release: every record, every number, their hashes", _estimate),
    File("studies.csv", "each study's amounts, as printed and as used", _studies),
    File("counts.csv", "the counts behind each pooled estimate", _counts),
    File("pooled.csv", "each pooled estimate with its interval", _pooled),
    File("estimate.R", "pools the counts again with R's metafor, and compares", _script),
    File("prov.json", "where everything comes from, as W3C PROV-JSON", _provenance),
    File("datapackage.json", "what the columns mean, as a Frictionless data package", _descriptor),
)
"""The files of a release's folder."""
