"""A release as a folder that stands alone: what a business case keeps, and anybody can check years later.

Every file is made from the release document alone, and the same release gives the same bytes. `CONTENTS`
lists the files; a further one needs a line there and its writer.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from registry.csv_text import DIALECTS, Dialect, dialect, written
from registry.release_draws import (
    USUAL_NUMBER,
    USUAL_SEED,
    ReleaseDraws,
    draws_document,
    release_draws,
    release_draws_parquet,
)
from registry.release_provenance import provenance
from registry.releases import read_here, text_of
from registry.soem_export import soem_file
from registry.writing import put_new_folder, writing_into
from registry.wsipp_export import wsipp_file
from templates.formats import plain
from templates.release_columns import (
    COUNT_COLUMNS,
    DRAW_COLUMNS,
    POOLED_COLUMNS,
    SOEM_COLUMNS,
    STUDY_COLUMNS,
    WSIPP_COLUMNS,
    Columns,
)
from templates.render import FOLDER, Verbatim, render
from templates.synthesis_listing import estimate_cells

Document = Mapping[str, Any]

NO_EFFECT = "the synthesis pools no effect"
NO_SHARE = "no outcome is a share of people"

DESCRIPTOR = "datapackage.json"

MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
    "parquet": "application/vnd.apache.parquet",
    "R": "text/x-r",
}
READ_AS_FILES = ("md", "parquet", "R")
"""Formats that not every reader of data packages takes for a table or a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderAsked:
    """How the folder of a release is to be written.

    Parameters
    ----------
    n, seed : int
        Of the joint draws.
    language : str
        Of the CSV tables: a name of `registry.csv_text.DIALECTS`.
    """

    n: int = USUAL_NUMBER
    seed: int = USUAL_SEED
    language: str = "int"


@dataclass(frozen=True)
class Material:
    """What the files are made from."""

    document: Document
    asked: FolderAsked

    @cached_property
    def dialect(self) -> Dialect:
        """The dialect of the CSV tables."""
        return dialect(self.asked.language)

    @cached_property
    def draws(self) -> list[ReleaseDraws]:
        """The joint draws."""
        return release_draws(self.document, self.asked.n, self.asked.seed)

    @cached_property
    def absent(self) -> dict[str, str]:
        """The files that this release does not have, with the reason."""
        estimate, pools = self.document["estimate"], bool(self.document["estimate"]["pooled"])
        shares = any(one["kind"] == "binary" for one in estimate["business_case"])
        sizes = any(one["odds_ratio"] for one in estimate["business_case"])
        return {
            **({} if pools else dict.fromkeys(("draws.parquet", "draws.json"), NO_EFFECT)),
            **({} if shares else {"soem.csv": NO_SHARE}),
            **({} if sizes else {"wsipp.csv": NO_EFFECT}),
        }

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files by name, but for the one that describes them."""
        return {
            one.name: one.made(self)
            for one in CONTENTS
            if one.name not in self.absent and one.name != DESCRIPTOR
        }


@dataclass(frozen=True, slots=True)
class File:
    """A file of the folder: its name, what it holds, how it is made, and its columns where it is a table."""

    name: str
    holds: str
    made: Callable[[Material], bytes]
    columns: Columns = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """What the README says of the draws of an outcome."""

    outcome: str
    baseline: str
    prior: str
    outside: str


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
    absent: tuple[tuple[Verbatim, str], ...]
    draws: tuple[DrawnLine, ...]
    n: str
    count: str
    seed: str
    danish: bool


def release_files(document: Document, asked: FolderAsked | None = None) -> dict[str, bytes]:
    """Return the files of a release's folder by name.

    Parameters
    ----------
    document : mapping
        A whole release.
    asked : FolderAsked, optional

    Returns
    -------
    dict of str to bytes

    Raises
    ------
    InputError
        Draws that cannot be made, an unknown dialect, or a release of a shape that is not ours.
    """
    made = Material(document, asked or FolderAsked())
    with read_here(document):
        return {**made.files, DESCRIPTOR: _data_package(made)}


def write_release_folder(
    document: Document, out: Path, asked: FolderAsked | None = None
) -> list[Path]:
    """Write a release into a folder of its name, all of it or nothing.

    Parameters
    ----------
    document : mapping
        A whole release.
    out : Path
        Where that folder is made; made where it is missing.
    asked : FolderAsked, optional

    Returns
    -------
    list of Path

    Raises
    ------
    InputError
        The folder is there with another content, or cannot be written; as `release_files`.
    """
    folder = out / document["name"]
    files = release_files(document, asked)
    with writing_into(out):
        put_new_folder(folder, files)
    return [folder / name for name in files]


def _estimate(made: Material) -> bytes:
    return text_of(made.document).encode()


def _table(made: Material, columns: Columns, rows: list[dict[str, Any]]) -> bytes:
    names = [name for name, _, _ in columns]
    return written(names, [[row[name] for name in names] for row in rows], made.dialect)


def _studies(made: Material) -> bytes:
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
            "assumptions": ", ".join(amount["used"]["assumptions"]) or None,
            "report": amount["source"]["report"],
            "where": amount["source"]["where"],
        }
        for study in made.document["estimate"]["studies"]
        for amount in study["amounts"]
    ]
    return _table(made, STUDY_COLUMNS, rows)


def _counts(made: Material) -> bytes:
    rows = [
        {
            "outcome": one["outcome"],
            "measure": one["fit"]["measure"],
            "study": study["study"],
            **study["shown"],
        }
        for one in made.document["estimate"]["pooled"]
        for study in one["counts"]
    ]
    return _table(made, COUNT_COLUMNS, rows)


def _pooled(made: Material) -> bytes:
    rows = [
        {
            "outcome": one["outcome"],
            **{key: one["fit"][key] for key in ("measure", "method", "test", "level", "k", "tau2")},
            **{key: one["fit"]["natural"][key] for key in ("estimate", "ci_low", "ci_high")},
        }
        for one in made.document["estimate"]["pooled"]
    ]
    return _table(made, POOLED_COLUMNS, rows)


def _script(_made: Material) -> bytes:
    return (FOLDER / "releases" / "estimate.R").read_bytes()


def _provenance(made: Material) -> bytes:
    return _json(provenance(made.document))


def descriptor(made: Material, files: Mapping[str, bytes]) -> bytes:
    """Return the data package that describes the files of a release's folder, with their hashes.

    Parameters
    ----------
    made : Material
    files : mapping of str to bytes
        The other files by name, as they are.

    Returns
    -------
    bytes
        JSON; the columns of each table, and the size and SHA-256 of every file.
    """
    document = made.document
    resources = [
        _resource(made, one, files[one.name])
        for one in CONTENTS
        if one.name in files and one.name not in made.absent
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


def _data_package(made: Material) -> bytes:
    return descriptor(made, made.files)


def _resource(made: Material, file: File, content: bytes) -> dict[str, Any]:
    """Describe a file: of a table its columns too, and how a Danish one is written."""
    stem, _, kind = file.name.rpartition(".")
    told: dict[str, Any] = {
        "name": stem.lower() if file.columns else f"{stem}-{kind}".lower(),
        "path": file.name,
        "format": kind.lower(),
        "mediatype": MEDIA[kind],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if kind in READ_AS_FILES:
        told["type"] = "file"
    if kind != "parquet":
        told["encoding"] = "utf-8"
    if not file.columns:
        return told
    danish = kind == "csv" and made.dialect != DIALECTS["int"]
    if danish:
        told |= {"encoding": "utf-8-sig", "dialect": {"delimiter": made.dialect.separator}}
    mark = {"decimalChar": made.dialect.decimal} if danish else {}
    return told | {
        "profile": "data-resource" if kind == "parquet" else "tabular-data-resource",
        "schema": {
            "fields": [
                {"name": name, "type": type_, "description": meaning}
                | (mark if type_ == "number" else {})
                for name, type_, meaning in file.columns
            ],
            "missingValues": [""],
        },
    }


def _soem(made: Material) -> bytes:
    return soem_file(made.document["estimate"], made.dialect)


def _wsipp(made: Material) -> bytes:
    return wsipp_file(made.document["estimate"], made.dialect)


def _draws(made: Material) -> bytes:
    return release_draws_parquet(made.draws)


def _draws_made(made: Material) -> bytes:
    return _json(draws_document(made.draws))


def _drawn(one: ReleaseDraws) -> DrawnLine:
    joint = one.joint
    outside = joint.above_one + joint.below_zero
    return DrawnLine(
        outcome=one.outcome,
        baseline=joint.baseline.source,
        prior=joint.posterior.prior.text,
        outside=f"{plain(outside, language='en')} of {plain(joint.n, language='en')}",
    )


def _readme(made: Material) -> bytes:
    document = made.document
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
        files=tuple(
            File(Verbatim(one.name), Verbatim(one.holds), one.made)
            for one in CONTENTS
            if one.name not in made.absent
        ),
        absent=tuple((Verbatim(name), why) for name, why in made.absent.items()),
        draws=() if "draws.parquet" in made.absent else tuple(map(_drawn, made.draws)),
        n=plain(made.asked.n, language="en"),
        count=str(made.asked.n),
        seed=str(made.asked.seed),
        danish=made.dialect != DIALECTS["int"],
    )
    return render("releases/README.md.j2", context).encode()


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


CONTENTS = (
    File("README.md", "this page", _readme),
    File("estimate.json", "the release: every record, every number, their hashes", _estimate),
    File("studies.csv", "each study's amounts, as printed and as used", _studies, STUDY_COLUMNS),
    File("counts.csv", "the counts behind each pooled estimate", _counts, COUNT_COLUMNS),
    File("pooled.csv", "each pooled estimate with its interval", _pooled, POOLED_COLUMNS),
    File(
        "draws.parquet",
        "possible worlds to simulate a business case with, one a row",
        _draws,
        DRAW_COLUMNS,
    ),
    File("draws.json", "how those were drawn, and what they show", _draws_made),
    File("soem.csv", "each share of people as SØM takes it", _soem, SOEM_COLUMNS),
    File("wsipp.csv", "each share of people as WSIPP's model takes it", _wsipp, WSIPP_COLUMNS),
    File("estimate.R", "pools the counts again with R's metafor, and compares", _script),
    File("prov.json", "where everything comes from, as W3C PROV-JSON", _provenance),
    File(
        DESCRIPTOR,
        "what the columns mean and each file's hash, as a Frictionless data package",
        _data_package,
    ),
)
"""The files of a release's folder; the last one describes the others."""
