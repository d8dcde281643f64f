"""R's metafor as a second engine: the same analysis there, and where the two results differ.

Data and options go to R in two CSV files of a folder of their own, which a script that is part of Evidens
reads; nothing that a user wrote becomes R code. Moderators go as the design matrix that Evidens fitted.
"""

import csv
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import EvidensError
from meta.models.text_tables import table

SCRIPT = Path(__file__).with_name("metafor.R")
SECONDS = 120
NO_METAFOR = 3  # the script's exit code where the package is not installed
NEAR_0 = 1e-8  # below it a difference is not taken relative to the value
DIGITS = 10
QUANTITIES = (
    "k",
    "estimate",
    "se",
    "statistic",
    "pvalue",
    "ci_low",
    "ci_high",
    "pi_low",
    "pi_high",
    "tau2",
    "tau2_ci_low",
    "tau2_ci_high",
    "i2",
    "h2",
    "r2",
    "q",
    "q_pvalue",
)


class EngineError(EvidensError):
    """R or metafor is missing, or did not answer; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What metafor is asked to do.

    Parameters
    ----------
    columns : mapping of str to sequence
        The measure's columns, one number or None for each row of the table.
    used : sequence of int
        The rows that are analysed, from 0.
    options : mapping of str to str
        ``measure, method, test, level`` (percent), ``add`` (``NA`` for the measure's own), ``to, drop00,
        vtype, tau2`` (empty if estimated), ``weighting, prediction, groups`` (``none``, ``separate`` or
        ``common``).
    design : ndarray, shape (len(used), p), optional
        The design matrix with its intercept.
    groups, weights : sequence of float, optional
        For each row used the number of its subgroup, and its weight.
    """

    columns: Mapping[str, Sequence[float | None]]
    used: Sequence[int]
    options: Mapping[str, str]
    design: FloatArray | None = None
    groups: Sequence[float] | None = None
    weights: Sequence[float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One number by both engines.

    ``difference`` is relative to metafor's value, or absolute where that is almost 0; None where only one of
    the two engines has a value.
    """

    name: str
    evidens: float | None
    metafor: float | None
    difference: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both results, number by number."""

    version: str
    rows: tuple[Difference, ...]

    @property
    def largest(self) -> Difference | None:
        """The row with the largest difference."""
        known = [row for row in self.rows if row.difference is not None]
        return max(known, key=lambda row: row.difference or 0.0, default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return metafor's numbers, the differences and the largest of them in plain types."""
        return {
            "metafor": {"version": self.version, **{row.name: row.metafor for row in self.rows}},
            "differences": {row.name: row.difference for row in self.rows},
            "largest_difference": self.largest
            and {"name": self.largest.name, "difference": self.largest.difference},
        }

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def summary(self) -> str:
        """Return both results side by side as plain text."""
        rows = [
            [
                row.name,
                *(_shown(value) for value in (row.evidens, row.metafor)),
                _small(row.difference),
            ]
            for row in self.rows
        ]
        largest = self.largest
        last = (
            f"Largest difference: {_small(largest.difference)} ({largest.name})."
            if largest
            else "The two engines have no number in common."
        )
        head = ["", "Evidens", f"metafor {self.version}", "difference"]
        return "\n".join([*table([head, *rows], words=1), "", last])


def compare(result: Mapping[str, Any], request: Request) -> Comparison:
    """Run metafor, and put its numbers beside those of Evidens.

    Parameters
    ----------
    result : mapping
        The ``to_dict()`` of an analysis, a regression or a subgroup analysis.
    request : Request

    Returns
    -------
    Comparison

    Raises
    ------
    EngineError
        If R or metafor is missing, fails, or takes longer than two minutes.
    """
    theirs = run_metafor(request)
    version = theirs.pop("version")
    numbers = {name: float(value) for name, value in theirs.items()}
    ours = dict(_flat(result))
    if result.get("i2_definition", "").startswith("(Q") and request.options["method"] not in (
        "EE",
        "MH",
        "PETO",
    ):
        for name in ("i2", "h2"):  # another definition, which metafor does not have
            ours.pop(name, None)
            numbers.pop(name, None)
    names = [name for name in ours if name in numbers or ours[name] is not None]
    names += [name for name in numbers if name not in ours]
    titles = dict(_titles(result))
    return Comparison(
        version=version,
        rows=tuple(
            _difference(_titled(name, titles), ours.get(name), numbers.get(name)) for name in names
        ),
    )


def _titles(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Say what the script's numbers of coefficients and subgroups stand for."""
    for number, one in enumerate(result.get("coefficients", ()), start=1):
        yield f"coefficient {number}", one["name"]
    for number, one in enumerate(result.get("subgroups", ()), start=1):
        yield f"subgroup {number}", one["level"]


def _titled(name: str, titles: Mapping[str, str]) -> str:
    start, _, quantity = name.rpartition(" ")
    return f"{titles[start]}: {quantity}" if start in titles else name


def run_metafor(request: Request) -> dict[str, str]:
    """Run the script, and return what it wrote down.

    Parameters
    ----------
    request : Request

    Returns
    -------
    dict of str to str
        ``version`` and numbers with 17 digits.

    Raises
    ------
    EngineError
        As `compare`.
    """
    program = shutil.which("Rscript")
    if program is None:
        raise EngineError(
            "Rscript is not on the path, so metafor cannot be run. Install R and its package metafor, or "
            "leave --engine out."
        )
    with tempfile.TemporaryDirectory(prefix="evidens-") as name:
        folder = Path(name)
        _write(folder, request)
        try:
            done = subprocess.run(
                [program, "--vanilla", str(SCRIPT), str(folder)],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineError(
                f"metafor did not finish within {SECONDS} seconds. Try fewer studies or method DL."
            ) from None
        if done.returncode == NO_METAFOR:
            raise EngineError(
                "R is installed, but its package metafor is not. Install it, or leave --engine out."
            )
        if done.returncode != 0:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            said = " ".join(line for line in lines if line != "Execution halted") or "no message"
            raise EngineError(
                f"metafor stopped ({said}). Leave --engine out, or try another method."
            )
        with (folder / "result.csv").open(encoding="utf-8", newline="") as file:
            return {row["name"]: row["value"] for row in csv.DictReader(file)}


def _write(folder: Path, request: Request) -> None:
    k = len(next(iter(request.columns.values())))
    used = set(request.used)
    columns: dict[str, list[Any]] = {
        f"raw_{name}": list(cells) for name, cells in request.columns.items()
    }
    columns["used"] = [int(row in used) for row in range(k)]
    if request.design is not None:
        for number in range(request.design.shape[1]):
            columns[f"mod_{number + 1}"] = _spread(
                request.design[:, number].tolist(), request.used, k
            )
    for name, cells in (("group", request.groups), ("weight", request.weights)):
        if cells is not None:
            columns[name] = _spread(cells, request.used, k)
    with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow(
                ["NA" if cell is None or np.isnan(cell) else repr(float(cell)) for cell in row]
            )
    with (folder / "options.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "value"])
        writer.writerows(request.options.items())


def _spread(cells: Sequence[float], used: Sequence[int], k: int) -> list[float | None]:
    """Put the values of the rows used where these stand in the table."""
    spread: list[float | None] = [None] * k
    for row, cell in zip(used, cells, strict=True):
        spread[row] = cell
    return spread


def _flat(result: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Name each number of a result as the script does."""
    for name in QUANTITIES:
        if name in result:
            yield name, result[name]
    if isinstance(result.get("heterogeneity"), Mapping):
        yield "q", result["heterogeneity"]["statistic"]
        yield "q_pvalue", result["heterogeneity"]["pvalue"]
    for number, one in enumerate(result.get("coefficients", ()), start=1):
        for name in QUANTITIES:
            if name in one:
                yield f"coefficient {number} {name}", one[name]
    if "omnibus" in result:
        yield "omnibus statistic", result["omnibus"]["statistic"]
        yield "omnibus pvalue", result["omnibus"]["pvalue"]
    for number, one in enumerate(result.get("subgroups", ()), start=1):
        if not result["common_tau2"]:
            for name in QUANTITIES:
                if name in one:
                    yield f"subgroup {number} {name}", one[name]
    if "between" in result:
        yield "between statistic", result["between"]["statistic"]
        yield "between pvalue", result["between"]["pvalue"]
    for name, value in (result.get("within") or {}).items():
        if name in QUANTITIES:
            yield f"within {name}", value


def _difference(name: str, ours: float | None, theirs: float | None) -> Difference:
    if ours is None or theirs is None:
        return Difference(name=name, evidens=ours, metafor=theirs, difference=None)
    size = abs(theirs) if abs(theirs) > NEAR_0 else 1.0
    return Difference(name=name, evidens=ours, metafor=theirs, difference=abs(ours - theirs) / size)


def _shown(value: float | None) -> str:
    return "NA" if value is None else f"{value:.{DIGITS}g}"


def _small(value: float | None) -> str:
    return "NA" if value is None else f"{value:.1e}"
