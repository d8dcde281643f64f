"""Canonical JSON: one text for one value, read strictly, and two values compared path by path.

The form is that of RFC 8785 (doi:10.17487/RFC8785) but for two things: keys are sorted by code point, and a
float is written with Python's shortest digits that read back the same (``repr``), so that ``1.0`` stays a
float and ``1`` a whole number.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from meta.faults import fault

DEEPEST = 40
LONGEST_INTEGER = 20

NEAR_0 = 1e-12
"""Two numbers nearer than this are alike whatever their size: what is left of sums that should be 0."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two values differ: its JSON Pointer (RFC 6901), and what is there; None for nothing."""

    path: str
    was: Any
    now: Any

    def __str__(self) -> str:
        """Return ``path: was -> now``, long values cut."""
        was, now = (_cut(canonical(value)) for value in (self.was, self.now))
        return f"{self.path or '/'}: {was} -> {now}"


def canonical(value: Any) -> str:
    """Return the one text of a value.

    Parameters
    ----------
    value : dict, list, str, int, float, bool or None
        Of such values alone; floats are finite.

    Returns
    -------
    str
        Keys sorted, no spaces, every letter as itself.

    Examples
    --------
    >>> canonical({"b": [1, 0.5, None], "a": "æ"})
    '{"a":"æ","b":[1,0.5,null]}'
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def parsed(text: str, file: str) -> Any:
    """Read JSON of unknown origin.

    Parameters
    ----------
    text : str
    file : str
        What to call it in faults.

    Returns
    -------
    dict, list, str, int, float, bool or None

    Raises
    ------
    InputError
        For what is no JSON, a key that stands twice, NaN and infinity, numbers beyond what a double holds or
        a whole number of more than 20 digits, a lone surrogate, and what is nested deeper than 40 levels.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in found if names.count(name) > 1)
            raise fault(f"the key {twice!r} stands twice", "Keep one of them.", file=file)
        return found

    def number(written: str) -> float:
        value = float(written)
        if not math.isfinite(value):
            raise fault(f"{written} is no finite number", "Write a number, or null.", file=file)
        return value

    def whole(written: str) -> int:
        if len(written) > LONGEST_INTEGER:
            raise fault(
                f"a whole number has {len(written)} digits",
                f"At most {LONGEST_INTEGER} are read.",
                file=file,
            )
        return int(written)

    too_deep = fault(
        f"it is nested deeper than {DEEPEST} levels", "Take the file as it was written.", file=file
    )
    try:
        value = json.loads(
            text,
            object_pairs_hook=once,
            parse_float=number,
            parse_int=whole,
            parse_constant=number,
        )
        text.encode()
        canonical(value).encode()
    except json.JSONDecodeError as error:
        raise fault(
            f"this is not JSON ({error.msg.lower()} at character {error.pos + 1})",
            "Take the file as it was written.",
            file=file,
            line=error.lineno,
        ) from None
    except UnicodeEncodeError:
        raise fault(
            "there is half of a surrogate pair, which is no letter",
            "Take the file as it was written.",
            file=file,
        ) from None
    except RecursionError:
        raise too_deep from None
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
    if level:
        raise too_deep
    return value


def differences(was: Any, now: Any, tolerance: float = 0.0, path: str = "") -> Iterator[Difference]:
    """Compare two values path by path.

    Parameters
    ----------
    was, now : dict, list, str, int, float, bool or None
    tolerance : float
        The largest relative difference of two floats that counts as none; 0 for none at all.
    path : str
        JSON Pointer of the values.

    Yields
    ------
    Difference
        In the order of sorted keys.

    Examples
    --------
    >>> [str(one) for one in differences({"a": [1.0, 2.0]}, {"a": [1.0, 2.5], "b": None})]
    ['/a/1: 2.0 -> 2.5', '/b: null -> null']
    """
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in sorted({*was, *now}):
            place = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in was and key in now:
                yield from differences(was[key], now[key], tolerance, place)
            else:
                yield Difference(place, was.get(key), now.get(key))
    elif isinstance(was, list) and isinstance(now, list):
        for index in range(max(len(was), len(now))):
            place = f"{path}/{index}"
            if index < min(len(was), len(now)):
                yield from differences(was[index], now[index], tolerance, place)
            else:
                yield Difference(
                    place, *(one[index] if index < len(one) else None for one in (was, now))
                )
    elif not alike(was, now, tolerance):
        yield Difference(path, was, now)


def alike(was: Any, now: Any, tolerance: float) -> bool:
    """Tell whether two plain values are the same, or two floats nearly so."""
    if isinstance(was, float) and isinstance(now, float) and tolerance > 0:
        return math.isclose(was, now, rel_tol=tolerance, abs_tol=NEAR_0)
    if type(was) is not type(now):
        return False
    return repr(was) == repr(now) if isinstance(was, float) else bool(was == now)  # 0.0 is not -0.0


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:76]} …"
