"""Faults: what is wrong with an input, where, and what to do about it.

Every room reports bad input in this one form, so that a command prints one line for each fault and a
form can mark each field. Nothing here knows about files or databases; the place is only text.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 2000
"""Characters of a problem that are shown; beyond them its middle is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in an input.

    Parameters
    ----------
    problem : str
        What is wrong, with the value.
    remedy : str
        What to do, or what is allowed.
    file : str, optional
        The file as the user named it; None where the input is no file.
    line : int, optional
        Line in the file, from 1.
    field : str, optional
        The field or column, e.g. ``results[2].ips.percent``.
    code : str, optional
        Stable name of the rule that is broken, for words in other languages.

    Examples
    --------
    >>> print(Fault(file="a.yaml", line=3, field="year", problem="'20x5' is no year",
    ...             remedy="Write four digits."))
    a.yaml:3: year: '20x5' is no year. Write four digits.
    """

    problem: str
    remedy: str
    file: str | None = None
    line: int | None = None
    field: str | None = None
    code: str | None = None

    def __str__(self) -> str:
        """Return the fault as one line: ``file:line: field: problem. remedy``."""
        place = self.file or ""
        if self.line is not None:
            place = f"{place}:{self.line}" if place else f"line {self.line}"
        parts = [_cut(part) for part in (place, self.field) if part]
        text = ": ".join([*parts, f"{_cut(self.problem)}. {self.remedy}"])
        return " ".join(text.split())


def _cut(text: str) -> str:
    """Shorten what quotes a value of many thousand characters, so that a message stays one to be read."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"


class EvidensError(Exception):
    """What a user can put right. The message is a sentence; it is shown without a traceback."""


class InputError(EvidensError, ValueError):
    """The input is at fault.

    Parameters
    ----------
    faults : iterable of Fault
        At least one; all that were found, in the order of the input.

    Examples
    --------
    >>> error = InputError([Fault(problem="vi is 0", remedy="A variance is positive.", line=2)])
    >>> print(error)
    line 2: vi is 0. A variance is positive.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ConvergenceError(EvidensError, ArithmeticError):
    """An estimator did not converge; the message says what to try."""


def fault(problem: str, remedy: str, **place: str | int | None) -> InputError:
    """Return an `InputError` with a single fault; raise what it returns.

    Parameters
    ----------
    problem, remedy : str
        As in `Fault`.
    **place
        ``file``, ``line``, ``field`` as in `Fault`.

    Returns
    -------
    InputError

    Examples
    --------
    >>> raise fault("k is 0", "Give at least one study.")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InputError: k is 0. Give at least one study.
    """
    return InputError([Fault(problem=problem, remedy=remedy, **place)])  # type: ignore[arg-type]
