"""Draws of a file for a case: of an exported release, of ``evidens export --to draws``, or of somebody's own.

A table has a row for each possible world. What is in it is checked row by row, since a business case rests
on it: every number finite, the differences and ratios those of the risks beside them, the effect on the scale
that the case says. Parquet is read by a process of its own: a hostile table can bring its reader down.
"""

import hashlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from costing.drawn_case import drawn_ranges, uncertainty_of
from costing.probabilistic_analysis import FloatArray
from costing.results import CaseRun
from costing.simulation import Worlds, by_rule
from evidens.case_draws import MEAN, NEXT_SITE, risk_with
from meta.choices.draws import MOST, MOST_SEED
from meta.effects.measures import Measure
from meta.faults import fault
from registry.canonical_json import parsed
from studies.contents import read_content
from studies.sheets import parse_sheet

NUMBERS = ("p0", "p1", "mu", "theta_new", "rd", "rr")
"""The columns that are read; `registry.draws_export` says what they are."""

AGREED = 1e-9
"""The largest relative difference of two numbers of a row that should be the same."""

SECONDS = 120
LARGEST = 400_000_000
"""Bytes of a Parquet table."""

READER = """
import sys
import fastparquet
import numpy as np
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
except ImportError:
    pass
table = fastparquet.ParquetFile(sys.argv[1]).to_pandas()
columns = {name: table[name].to_numpy(dtype="float64", na_value=float("nan"))
           for name in sys.argv[3:] if name in table}
if "outcome" in table:
    columns["outcome"] = np.array([str(one)[:200] for one in table["outcome"]], dtype="U200")
np.savez(sys.argv[2], **columns)
"""
"""The program of the process that reads Parquet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileDraws:
    """Draws of a file as a case is simulated with them.

    Parameters
    ----------
    source : str
        The file with its hash.
    worlds : Worlds
        After the case's rule for risks outside 0 to 1.
    told : dict
        What the output says of them.
    """

    source: str
    worlds: Worlds
    told: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return what they are, in plain types, without the draws."""
        return self.told


def file_draws(path: Path, done: CaseRun, seed: int) -> FileDraws:
    """Read the draws of a file for a case.

    Parameters
    ----------
    path : Path
        CSV or XLSX of at most 50 MB, or Parquet (``.parquet``): the columns ``p0`` and ``p1``, shares of
        people without and with the programme; where it has ``theta_new`` and ``mu``, the case is worked out
        for the mean of many sites too.
    done : CaseRun
    seed : int
        Of the case's other uncertain quantities.

    Returns
    -------
    FileDraws

    Raises
    ------
    InputError
        The case says nothing of draws; the file cannot be read, is not what the hash beside it says, lacks a
        column, has another outcome, or a row that cannot be.
    """
    asked = uncertainty_of(done)
    if not 0 <= seed <= MOST_SEED:
        raise fault(f"seed is {seed}", f"Give a whole number, 0 to {MOST_SEED}.", field="seed")
    name = str(path)
    digest = _sha256(path)
    _refuse_another_hash(path, digest)
    columns = _of_outcome(_columns(path), asked.outcome, name)
    _checked(columns, name)
    p0, p1 = columns["p0"], columns["p1"]
    with_effect = {NEXT_SITE: p1}
    if "theta_new" in columns and "mu" in columns:
        measure = Measure(asked.measure)
        wanted = risk_with(measure, p0, columns["theta_new"])
        _alike(p1, wanted, name, "p1", f"theta_new as an {measure}")
        with_effect[MEAN] = risk_with(measure, p0, columns["mu"])
    worlds, _ = by_rule(asked.outside, p0, with_effect, drawn_ranges(asked, p0.size, seed))
    told = {
        "n": p0.size,
        "seed": seed,
        "measure": asked.measure,
        "file": path.name,
        "sha256": digest,
        "baseline": {"source": "as the file has it", "median": float(np.median(p0))},
    }
    return FileDraws(source=f"{path.name}, SHA-256 {digest[:12]}", worlds=worlds, told=told)


def _sha256(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise fault(
                f"the file is larger than {LARGEST // 1_000_000} MB",
                "Give fewer draws.",
                file=str(path),
            )
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise fault(
            f"the file cannot be read ({(error.strerror or str(error)).lower()})",
            "Check its name and permissions.",
            file=str(path),
        ) from error


def _refuse_another_hash(path: Path, digest: str) -> None:
    """Refuse a file that is another than a document beside it says."""
    for beside in (path.with_name("datapackage.json"), path.with_suffix(".json")):
        if not beside.is_file():
            continue
        told = parsed(read_content(beside).decode("utf-8", "replace"), str(beside))
        if path.name in (known := _hashes(told)) and known[path.name] != digest:
            raise fault(
                f"it is not what {beside.name} says: it was changed after it was made",
                "Take the file anew from where it was published.",
                file=str(path),
            )


def _hashes(told: Any) -> dict[Any, Any]:
    """Return the hashes of files that a data package, or the document of an export, names."""
    if not isinstance(told, dict):
        return {}
    resources, files = told.get("resources"), told.get("files")
    found = {}
    if isinstance(files, dict):
        found = {name: one.get("sha256") for name, one in files.items() if isinstance(one, dict)}
    for one in resources if isinstance(resources, list) else []:
        if isinstance(one, dict) and isinstance(one.get("path"), str) and one.get("hash"):
            found[one["path"]] = str(one["hash"]).removeprefix("sha256:")
    return found


def _columns(path: Path) -> dict[str, Any]:
    if path.suffix == ".parquet":
        return _parquet(path)
    sheet = parse_sheet(read_content(path), name=str(path), numbers=NUMBERS)
    found: dict[str, Any] = {
        name: np.array([np.nan if one is None else one for one in column])
        for name, column in sheet.numbers.items()
    }
    if "outcome" in sheet.texts:
        found["outcome"] = np.array([one or "" for one in sheet.texts["outcome"]])
    return found


def _parquet(path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "columns.npz"
        command = [sys.executable, "-I", "-c", READER, str(path.resolve()), str(file), *NUMBERS]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
            if done.returncode == 0:
                with np.load(file, allow_pickle=False) as columns:
                    return {name: columns[name] for name in columns.files}
        except subprocess.TimeoutExpired:
            pass
    raise fault(
        "this is not a Parquet table that can be read", "Take the file anew.", file=str(path)
    )


def _of_outcome(columns: dict[str, Any], outcome: str, name: str) -> dict[str, FloatArray]:
    """Return the rows of an outcome; all where the table names none."""
    outcomes = columns.pop("outcome", None)
    if outcomes is not None:
        mine = outcomes == outcome
        if not mine.any():
            has = ", ".join(sorted(set(outcomes.tolist()))[:5])
            raise fault(
                f"it has no draws of {outcome}", f"It has: {has}.", file=name, field="outcome"
            )
        columns = {key: one[mine] for key, one in columns.items()}
    lacking = [key for key in ("p0", "p1") if key not in columns]
    if lacking:
        raise fault(
            f"it has no column {lacking[0]}",
            "Give the shares without and with the programme as p0 and p1, from 0 to 1.",
            file=name,
            field=lacking[0],
        )
    return {key: one for key, one in columns.items() if not np.isnan(one).all()} | {
        key: columns[key] for key in ("p0", "p1")
    }


def _checked(columns: dict[str, FloatArray], name: str) -> None:
    """Refuse a row that cannot be."""
    p0, p1 = columns["p0"], columns["p1"]
    if not 2 <= p0.size <= MOST:
        raise fault(f"it has {p0.size:,} draws", f"Give from 2 to {MOST:,}.", file=name)
    for key, column in columns.items():
        _each(np.isfinite(column), column, name, key, "Every draw needs a number.")
    _each((p0 > 0) & (p0 < 1), p0, name, "p0", "Give a share between 0 and 1.")
    if "rd" in columns:
        _alike(columns["rd"], p1 - p0, name, "rd", "p1 less p0")
    if "rr" in columns:
        _alike(columns["rr"], p1 / p0, name, "rr", "p1 over p0")


def _each(sound: Any, column: FloatArray, name: str, key: str, remedy: str) -> None:
    if not sound.all():
        row = int(np.argmin(sound))
        raise fault(f"draw {row + 1} is {column[row]:g}", remedy, file=name, field=key)


def _alike(found: FloatArray, wanted: FloatArray, name: str, key: str, what: str) -> None:
    near = np.isclose(found, wanted, rtol=AGREED, atol=AGREED)
    if not near.all():
        row = int(np.argmin(near))
        raise fault(
            f"draw {row + 1} is {found[row]:.9g}, and {what} gives {wanted[row]:.9g}",
            "Take the file anew, or say in the case which measure it is of.",
            file=name,
            field=key,
        )
