"""``NAME:option=value,option=value``: how a command line or a plan asks for something with options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from meta.faults import Fault, InputError

Kind = Literal["number", "numbers", "count", "word", "words", "text", "column", "columns", "yes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of something that can be asked for.

    Parameters
    ----------
    name : str
    kind : {"number", "numbers", "count", "word", "words", "text", "column", "columns", "yes"}
        A ``yes`` stands alone, without a value; several numbers, words or columns are parted by ``/``; only
        a text may hold commas.
    help : str
        What it says, in a few words.
    words : tuple of str
        The values of a ``word``.
    needed : bool
        Whether there is no analysis without it.
    """

    name: str
    kind: Kind
    help: str
    words: tuple[str, ...] = ()
    needed: bool = False

    @property
    def form(self) -> str:
        """How it is written."""
        values = {
            "number": "NUMBER",
            "numbers": "NUMBER/NUMBER",
            "count": "NUMBER",
            "word": "|".join(self.words),
            "words": "WORD/WORD",
            "text": "TEXT",
            "column": "COL",
            "columns": "COL/COL",
        }
        return self.name if self.kind == "yes" else f"{self.name}={values[self.kind]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for: a name, and the values of its options."""

    name: str
    values: Mapping[str, Any]


def read_asked(text: str, offered: Mapping[str, Sequence[Option]], where: str) -> Asked:
    """Read what is asked for.

    Parameters
    ----------
    text : str
        ``NAME`` or ``NAME:option=value,option=value``.
    offered : mapping of str to sequence of Option
        What there is, with its options.
    where : str
        Where it was asked, for messages: an option of the command line, a field of a plan.

    Returns
    -------
    Asked

    Raises
    ------
    InputError
        For a name or an option that there is not, one that is there twice, lacks its value or is missing,
        and a value of another kind.

    Examples
    --------
    >>> options = {"gosh": [Option(name="subsets", kind="count", help="how many")]}
    >>> read_asked("gosh:subsets=1000", options, "--also").values
    {'subsets': 1000}
    """
    name, _, rest = text.strip().partition(":")
    if name not in offered:
        raise _refused(
            where,
            f"there is no {name!r}",
            f"Use {_nearest(name, list(offered)) or ', '.join(offered)}.",
        )
    options = {one.name: one for one in offered[name]}
    values: dict[str, Any] = {}
    for part in _parts(rest, options):
        key, equals, value = part.strip().partition("=")
        if key not in options:
            known = ", ".join(one.form for one in options.values())
            raise _refused(
                where,
                f"{name} has no option {key!r}",
                f"Its options are {known}." if known else f"Write {name} alone.",
            )
        if key in values:
            raise _refused(where, f"{name} has {key} twice", "Say it once.")
        values[key] = _value(options[key], value, bool(equals), f"{name}:{key}", where)
    for option in options.values():
        if option.needed and option.name not in values:
            raise _refused(
                where,
                f"{name} needs {option.name} ({option.help})",
                f"Write {name}:{option.form}.",
            )
    return Asked(name=name, values=values)


def _parts(rest: str, options: Mapping[str, Option]) -> list[str]:
    """Split at commas, but for those inside of a text: what no option begins goes on with it."""
    found: list[str] = []
    for part in rest.split(",") if rest else []:
        before = options.get(found[-1].partition("=")[0].strip()) if found else None
        begins = part.partition("=")[0].strip() in options
        if before is not None and before.kind == "text" and not begins:
            found[-1] += f",{part}"
        else:
            found.append(part)
    return found


def _nearest(name: str, names: Sequence[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, names, n=1)), None)


def _value(option: Option, text: str, given: bool, name: str, where: str) -> object:
    if option.kind == "yes":
        if given:
            raise _refused(where, f"{name} takes no value", f"Write {option.name} alone.")
        return True
    if not text:
        raise _refused(where, f"{name} has no value", f"Write {option.form}.")
    if option.kind == "word" and text not in option.words:
        raise _refused(where, f"{name} is {text!r}", f"Use {', '.join(option.words)}.")
    if option.kind in ("words", "columns"):
        return tuple(text.split("/"))
    if option.kind in ("word", "text", "column"):
        return text
    try:
        if option.kind == "count":
            return int(text)
        numbers = [float(one) for one in text.split("/")]
    except ValueError:
        raise _refused(where, f"{name} is {text!r}, no number", f"Write {option.form}.") from None
    if option.kind == "numbers":
        return tuple(numbers)
    if len(numbers) > 1:
        raise _refused(where, f"{name} is {text!r}", "Give one number.")
    return numbers[0]


def _refused(where: str, problem: str, remedy: str) -> InputError:
    return InputError([Fault(field=where, problem=problem, remedy=remedy)])
