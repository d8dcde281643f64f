"""Names in a case: whether what it refers to is there, and what to do where it is not."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from costing.case import PathOf, Place
from meta.faults import Fault


def one_of(names: Iterable[str], word: str = "") -> str:
    """Return advice on a name that is not there: the nearest one, or all."""
    known = list(dict.fromkeys(names))
    near = get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(known)}."


def known_only(
    place: Place, path: PathOf, names: Iterable[str], known: Collection[str], what: str
) -> Iterator[Fault]:
    """Yield a fault for each name that is not among those known, or stands in a list a second time."""
    met = set()
    for number, name in enumerate(names):
        inner: PathOf = (*path, number) if isinstance(names, list) else (*path, name)
        if name not in known:
            yield place(inner, f"there is no {what} {name!r}", one_of(known, name))
        elif name in met:
            yield place(inner, f"{name!r} stands here twice", "Delete one.")
        met.add(name)


def named_once(place: Place, where: str, what: str, names: list[str]) -> Iterator[Fault]:
    """Yield a fault for each name that stands in a list a second time."""
    for number, name in enumerate(names):
        if name in names[:number]:
            yield place((where, number, what), f"{name!r} stands here twice", "Rename one.")
