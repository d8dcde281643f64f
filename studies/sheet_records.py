"""Study records from the rows of an extraction sheet.

The rows of a study make one record, checked by the same checks as a file; each fault names the sheet, the
row and the column. Rows of a study that the registry holds are added to its results and replace nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from meta.faults import Fault, InputError
from registry import vocabulary
from registry.revisions import digest
from studies.checks import check_references, check_text
from studies.extraction_sheet import COMPARISON, VALUES, SheetRow, StudyRows
from studies.fields import did_you_mean
from studies.form import CheckedRecord, PathOf, field_name
from studies.history import content_of
from studies.record import Study, outline
from studies.record_file import RecordText
from studies.results import Result

STUDY_LEVEL = ("label", "year", "design", "population", "registration", "extraction")
RESULT_LEVEL = ("outcome", "ascertainment", "window", "currency", "p", "note", "disputed")
SOURCE = {"report": "report", "locator": "where", "quote": "quote", "read": "read"}


class Assembly:
    """The rows of a study on their way to a record; remembers which cell each field came from.

    Parameters
    ----------
    given : StudyRows
    held : Study or None
        The study as the registry has it; its results stay as they are, and new ones follow them.
    """

    def __init__(self, given: StudyRows, held: Study | None) -> None:
        self.given, self.held = given, held
        self.faults: list[Fault] = []
        self.groups = self._groups()

    def record(self) -> tuple[CheckedRecord | None, dict[int, str]]:
        """Make the record.

        Returns
        -------
        CheckedRecord or None
            None where the registry has every result already.
        dict of int to str
            The lines whose results it has already, with where they stand in its record.

        Raises
        ------
        InputError
            With every fault in the rows: file, line and column.
        """
        checked = self._checked()
        assert isinstance(checked.record, Study)
        before = list(self.held.results) if self.held else []
        again = {
            at: before.index(result)
            for at, result in enumerate(checked.record.results[len(before) :])
            if result in before
        }
        lines = {
            row.line: f"results[{place + 1}]"
            for at, place in again.items()
            for row in self.groups[at]
        }
        if again:
            self.groups = [rows for at, rows in enumerate(self.groups) if at not in again]
            return (self._checked() if self.groups else None), lines
        return checked, lines

    def check_references(
        self, checked: CheckedRecord, known: Mapping[str, set[str]], at_hand: Sequence[str]
    ) -> None:
        """Check what the record refers to, as `studies.checks.check_references` does.

        Raises
        ------
        InputError
            With file, line and column.
        """
        try:
            check_references([checked], known, at_hand)
        except InputError as error:
            raise InputError(self._placed(error.faults)) from error

    def _checked(self) -> CheckedRecord:
        self.places: dict[PathOf, tuple[int, str | None]] = {}
        content = self._content()
        if self.faults:
            raise InputError(sorted(self.faults, key=lambda one: one.line or 0))
        lines = {path: line for path, (line, _) in self.places.items()}
        first = self.given.rows[0].line
        base = digest(content_of(self.held)) if self.held else None
        text = RecordText(self.given.sheet, content, {(): first, **lines}, base)
        try:
            return check_text(text)
        except InputError as error:
            raise InputError(self._placed(error.faults)) from error

    def _placed(self, faults: Sequence[Fault]) -> list[Fault]:
        """Return faults of the record as faults of cells."""
        cells = {field_name(path): place for path, place in self.places.items()}
        moved = []
        for one in faults:
            name = one.field or ""
            while name and name not in cells:
                name = re.sub(r"(\.?[^.\[]+|\[[0-9]+\])$", "", name)
            line, column = cells.get(name, (self.given.rows[0].line, None))
            moved.append(replace(one, line=line, field=column))
        return moved

    def _fault(self, row: SheetRow, column: str | None, problem: str, remedy: str) -> None:
        self.faults.append(
            Fault(
                file=self.given.sheet,
                line=row.line,
                field=column,
                problem=problem,
                remedy=remedy,
            )
        )

    def _groups(self) -> list[list[SheetRow]]:
        """Return the rows of each result: the same number, or the same outcome and window."""
        groups: dict[tuple[str | None, ...], list[SheetRow]] = {}
        for row in self.given.rows:
            number = row.cells.get("result")
            alike = ("outcome", "ascertainment", "window")
            key = (number,) if number else tuple(row.cells.get(name) for name in alike)
            groups.setdefault(key, []).append(row)
        return list(groups.values())

    def _agreed(
        self, rows: Sequence[SheetRow], column: str, known: str | None = None
    ) -> str | None:
        """Return what the rows say in a column; where two say different things, each is a fault."""
        said: tuple[str, str] | None = (known, "the registry") if known is not None else None
        for row in rows:
            text = row.cells.get(column)
            if text is None:
                continue
            if said is None:
                said = (text, f"line {row.line}")
            elif said[0] != text:
                same = "Write it alike"
                if column in (*RESULT_LEVEL, *SOURCE):
                    same = "Write it alike, or keep the results apart by numbers under 'result'"
                self._fault(row, column, f"{text!r} here, and {said[0]!r} in {said[1]}", f"{same}.")
        return said[0] if said else None

    def _content(self) -> dict[str, Any]:
        rows, held = self.given.rows, self.held
        first = rows[0].line
        content: dict[str, Any] = {"study": self.given.study}
        self.places["study",] = (first, "study")
        before = outline(held) if held else {}
        for column in STUDY_LEVEL:
            known = before.get(column)
            value = self._agreed(rows, column, known)
            if column == "extraction" and value is None:
                value = "single"
            self.places[column,] = (self._line(rows, column), column)
            if value is not None:
                content[column] = value
        country = self._agreed(
            rows, "country", " ".join(held.countries) if held and held.countries else None
        )
        content["countries"] = (country or "").split()
        self.places["countries",] = (self._line(rows, "country"), "country")
        content["reports"] = list(before.get("reports", []))
        for row in rows:
            if (report := row.cells["report"]) not in content["reports"]:
                self.places["reports", len(content["reports"])] = (row.line, "report")
                content["reports"].append(report)
        content["arms"] = self._arms(before.get("arms", {}))
        content["results"] = list(before.get("results", []))
        for group in self.groups:
            path = ("results", len(content["results"]))
            content["results"].append(self._result(group, path))
        return {**before, **content}

    def _line(self, rows: Sequence[SheetRow], column: str) -> int:
        return next((row.line for row in rows if column in row.cells), rows[0].line)

    def _arms(self, before: Mapping[str, Any]) -> dict[str, Any]:
        arms = {name: dict(arm) for name, arm in before.items()}
        of_arm: dict[str, list[SheetRow]] = {}
        for row in self.given.rows:
            if name := row.cells.get("arm"):
                of_arm.setdefault(name, []).append(row)
        for name, rows in of_arm.items():
            known = before.get(name, {})
            arm = {
                key: self._agreed(rows, column, known.get(key))
                for key, column in (
                    ("role", "role"),
                    ("intervention", "intervention"),
                    ("label", "arm_label"),
                )
            }
            term = vocabulary.INTERVENTIONS.get(arm["intervention"] or "")
            arm["label"] = arm["label"] or (term.en if term else "arm")
            arms[name] = {key: value for key, value in arm.items() if value is not None}
            self.places["arms", name] = (rows[0].line, "arm")
            for key, column in (("role", "role"), ("intervention", "intervention")):
                self.places["arms", name, key] = (self._line(rows, column), column)
        for row in self.given.rows:
            against = row.cells.get("versus")
            if against is not None and against not in arms:
                self._fault(
                    row,
                    "versus",
                    f"the study has no arm {against!r}",
                    did_you_mean(against, arms) if arms else "Give the arm a row of its own.",
                )
        return arms

    def _result(self, rows: Sequence[SheetRow], path: PathOf) -> dict[str, Any]:
        said = {column: self._agreed(rows, column) for column in RESULT_LEVEL}
        source = {key: self._agreed(rows, column) for column, key in SOURCE.items()}
        self.places[path] = (rows[0].line, None)
        self.places[*path, "source"] = (rows[0].line, None)
        for column, key in SOURCE.items():
            self.places[*path, "source", key] = (self._line(rows, column), column)
        result: dict[str, Any] = {"outcome": said.pop("outcome")}
        seen, window = said.pop("ascertainment"), said.pop("window")
        if (seen is None) != (window is None):
            column = "ascertainment" if seen is None else "window"
            self._fault(
                rows[0],
                column,
                "an outcome is seen at, during or over a window",
                "Fill in 'ascertainment' and 'window', or neither.",
            )
        elif seen is not None and seen not in ("at", "during", "over"):
            self._fault(
                rows[0],
                "ascertainment",
                f"{seen!r} is no way of seeing an outcome",
                "Use one of: at, during, over.",
            )
        elif seen is not None:
            result[seen] = window
            self.places[*path, seen] = (self._line(rows, "window"), "window")
        for column in ("outcome", "currency", "p", "note", "disputed"):
            self.places[*path, column] = (self._line(rows, column), column)
        for row in rows:
            self._numbers(row, path, result)
        result |= {column: text for column, text in said.items() if text is not None}
        result["source"] = {key: text for key, text in source.items() if text is not None}
        return result

    def _numbers(self, row: SheetRow, path: PathOf, result: dict[str, Any]) -> None:
        """Put the numbers of a row into its result: an arm's, or a comparison's."""
        cells, arm, kind = row.cells, row.cells.get("arm"), row.cells.get("contrast")
        if kind is None:
            for column in (*COMPARISON, "versus"):
                if column in cells:
                    self._fault(
                        row,
                        column,
                        "the row does not say which kind of comparison this is",
                        "Fill in 'contrast', or empty the cell.",
                    )
            if arm is None:
                self._fault(
                    row,
                    "arm",
                    "the row is neither an arm's nor a comparison",
                    "Fill in 'arm' or 'contrast'.",
                )
            elif arm in Result.model_fields:
                self._fault(row, "arm", f"{arm!r} is a word of records", "Call the arm otherwise.")
            elif arm in result:
                self._again(row, "arm", f"the arm {arm!r} stands twice in the result")
            else:
                result[arm] = {name: cells[name] for name in VALUES if name in cells}
                self.places[*path, arm] = (row.line, "arm")
                for name in VALUES:
                    self.places[*path, arm, name] = (row.line, name)
            return
        for column in VALUES:
            if column in cells:
                self._fault(
                    row,
                    column,
                    "this is a comparison, which has no number of an arm",
                    "Give the arm's numbers a row of their own.",
                )
        if "contrast" in result:
            self._again(row, "contrast", "the result has two comparisons")
            return
        contrast: dict[str, Any] = {"type": kind}
        against = cells.get("versus")
        if (arm is None) != (against is None):
            self._fault(
                row,
                "versus" if against is None else "arm",
                "a comparison names two arms or none",
                "Fill in 'arm' and 'versus', or neither.",
            )
        elif arm is not None:
            contrast["between"] = [arm, against]
        contrast |= {name: cells[name] for name in COMPARISON if name in cells}
        result["contrast"] = contrast
        here = (*path, "contrast")
        self.places[here] = (row.line, "contrast")
        self.places[*here, "type"] = (row.line, "contrast")
        self.places[*here, "between"] = (row.line, "versus")
        for name in COMPARISON:
            self.places[*here, name] = (row.line, name)

    def _again(self, row: SheetRow, column: str, problem: str) -> None:
        self._fault(
            row, column, problem, "Keep one, or keep results apart by numbers under 'result'."
        )
