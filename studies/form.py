"""The form of a record: from its text to its class, or to a fault for every field that does not fit.

The classes of `studies.record` check each field; here their errors become faults with file, line, field,
what is wrong and what to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from meta.faults import Fault, InputError
from studies.extraction import Extraction
from studies.fields import did_you_mean
from studies.record import KINDS, Record, Study
from studies.record_file import RecordText
from studies.results import Result

PathOf = tuple[str | int, ...]
"""Where a field stands in a record: keys, and indices of lists from 0."""


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """A record with the file that it came from, which says where each of its fields stands."""

    record: Record
    text: RecordText

    def fault(self, path: Sequence[str | int], problem: str, remedy: str) -> Fault:
        """Return a fault at a path of this record."""
        return Fault(
            file=self.text.name,
            line=self.text.line(path),
            field=field_name(path),
            problem=problem,
            remedy=remedy,
        )


def field_name(path: Sequence[str | int]) -> str | None:
    """Return a path as people write it.

    Examples
    --------
    >>> field_name(("results", 1, "ips", "percent"))
    'results[2].ips.percent'
    """
    name = ""
    for part in path:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name or None


def formed(text: RecordText) -> CheckedRecord:
    """Return the record that a text holds, each field checked by itself.

    Parameters
    ----------
    text : RecordText
        A record as read.

    Returns
    -------
    CheckedRecord

    Raises
    ------
    InputError
        With a fault for every field that is missing, unknown or not of its form.
    """
    kind = next(iter(text.content))
    if kind not in KINDS:
        raise InputError(
            [
                Fault(
                    file=text.name,
                    line=1,
                    field=kind or None,
                    problem="a record begins with its kind",
                    remedy=f"Begin with one of: {', '.join(f'{known}:' for known in KINDS)}.",
                )
            ]
        )
    model = KINDS[kind]
    try:
        record = model.model_validate(_arms_apart(text.content, _arms(model, text.content)))
    except ValidationError as error:
        raise InputError(form_faults(error, model, text)) from error
    return CheckedRecord(record, text)


def _arms(model: type[BaseModel], content: Mapping[str, Any]) -> list[str]:
    """Return the names under which the results of a record hold the numbers of arms.

    A study names its arms. An extraction is of a study's arms: there, whatever holds a mapping and is no key
    of a result is taken for one, and is compared with the study's when both are at hand.
    """
    if model is Extraction:
        results = content.get("results")
        return [
            key
            for result in (results if isinstance(results, list) else [])
            if isinstance(result, dict)
            for key, value in result.items()
            if key not in Result.model_fields and isinstance(value, dict)
        ]
    arms = content.get("arms")
    return list(arms) if model is Study and isinstance(arms, dict) else []


def _arms_apart(content: Mapping[str, Any], arms: Sequence[str]) -> dict[str, Any]:
    """Put the arms' numbers of each result under one key, which the record class can describe."""
    results = content.get("results")
    if not arms or not isinstance(results, list):
        return dict(content)

    def apart(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            **{key: item for key, item in value.items() if key not in arms},
            "(arms)": {arm: value[arm] for arm in dict.fromkeys(arms) if arm in value},
        }

    formed_results = [apart(result) for result in results]
    for result in formed_results:
        if isinstance(result, dict) and "reconstructed" in result:
            result["reconstructed"] = apart(result["reconstructed"])
    return {**content, "results": formed_results}


def form_faults(error: ValidationError, model: type[BaseModel], text: RecordText) -> list[Fault]:
    """Return a fault for every field of a text that its class refuses.

    Parameters
    ----------
    error : ValidationError
        What the class said.
    model : type of BaseModel
    text : RecordText
        Says where each field stands.

    Returns
    -------
    list of Fault
    """
    faults = []
    for found in error.errors(include_url=False):
        path = tuple(part for part in found["loc"] if part not in ("(arms)", "[key]"))
        context = found.get("ctx", {})
        given = found.get("input")
        if found["loc"][-1] == "(arms)" and found["type"] in ("missing", "too_short"):
            problem = "the counts of the arms are missing"
            remedy = "Write them under the arms' names, as in 'ips: {events: 14, n: 33}'."
        elif found["type"] == "fault":
            problem, remedy = context["problem"], context["remedy"]
        elif found["type"] == "missing":
            problem, remedy = f"{path[-1]!r} is missing", "Write it; every record has it."
            if path[-1] == "where":
                remedy = "Say where in the report it stands: page, section, table or footnote."
        elif found["type"] == "extra_forbidden":
            allowed = _keys(model, found["loc"][:-1])
            arms = text.content.get("arms")
            in_result = path[:1] == ("results",) and path[2:-1] in ((), ("reconstructed",))
            if in_result and isinstance(arms, dict):
                allowed += list(arms)
            problem = f"the key {path[-1]!r} is not known here"
            remedy = did_you_mean(str(path[-1]), allowed)
            if str(path[-1]).isdigit():
                remedy = "Write decimals with a point: 28.0, not 28,0."
        elif found["type"] == "string_pattern_mismatch":
            problem, remedy = (
                f"{given!r} does not have the form asked for",
                _patterns(context["pattern"]),
            )
        elif found["type"] == "literal_error":
            problem, remedy = f"{given!r} is not allowed", f"Use {context['expected']}."
        elif found["type"] in ("model_type", "dict_type", "model_attributes_type"):
            problem, remedy = "keys and values are expected here", "Write 'key: value' pairs."
        elif path[-1:] == ("between",) and found["type"] in ("too_short", "too_long"):
            problem, remedy = "a comparison is between two arms", "Name two: [ips, usual]."
        elif found["type"] == "list_type":
            problem, remedy = "a list is expected here", "Write [one, two] or one '- item' a line."
        elif found["type"] == "string_type":
            problem, remedy = "one value is expected here", "Write a word, a number or a text."
        else:
            problem, remedy = found["msg"].rstrip(".").lower(), "See docs/add-a-study.md."
        faults.append(
            Fault(
                file=text.name,
                line=text.line(path),
                field=field_name(path),
                problem=problem,
                remedy=remedy,
            )
        )
    return faults


def _patterns(pattern: str) -> str:
    """Say in words what a pattern of `studies.record` asks for."""
    return {
        "months": "Write a number and a unit, as in '18 months' or '26 weeks'.",
        "[<>": "Write it as printed, as in <.001 or 0.041.",
        "sha256": "Write 64 hexadecimal digits.",
        "10\\.": "Write the DOI alone, as in 10.1176/appi.ps.201100340.",
        "https": "Write an address that begins with https://.",
        "{2}$": "Write a language as two letters, as in da.",
        "\\S": "Write some words.",
        "POJ": "Write it as in INDIGO-POJ-0312.",
        "ORG": "Write it as in INDIGO-ORG-0171.",
        "{0,11}": "Write a whole number, without marks and without zeros before it.",
        "_": "Write a name of lower-case letters, digits and underscores.",
    }.get(
        next(
            (
                key
                for key in (
                    "months",
                    "[<>",
                    "10\\.",
                    "https",
                    "{64}",
                    "{2}$",
                    "POJ",
                    "ORG",
                    "{0,11}",
                    "_]",
                    "\\S",
                )
                if key in pattern
            ),
            "",
        )
        .replace("{64}", "sha256")
        .replace("_]", "_"),
        "Write lower-case letters, digits and hyphens, as in davis-2012.",
    )


def _keys(model: Any, path: Sequence[int | str]) -> list[str]:
    """Return the keys that are allowed at a path of a model."""
    for part in path:
        if get_origin(model) in (list, dict):
            model = get_args(model)[-1]
        else:
            model = model.model_fields["values" if part == "(arms)" else str(part)].annotation
        if get_origin(model) is UnionType:
            model = next(argument for argument in get_args(model) if argument is not type(None))
    return [name for name in model.model_fields if name != "values"]
