"""Rules of what a case says is uncertain, of what could be learnt, and of its variants."""

from collections.abc import Iterator
from fractions import Fraction

from costing.case import Case, Information, PathOf, Place, Range, Uncertainty, Variant
from costing.names import known_only, named_once, one_of
from costing.quantities import LIMITS
from meta.faults import Fault


def faults_of_uncertainty(case: Case, place: Place) -> Iterator[Fault]:
    """Yield the faults of the keys ``uncertainty``, ``information`` and ``variants``.

    Parameters
    ----------
    case : Case
    place : callable
        Makes a fault at a path.

    Yields
    ------
    Fault
    """
    if case.uncertainty is not None:
        yield from _drawn(case, place, case.uncertainty)
    if case.information is not None:
        if case.uncertainty is None:
            yield place(
                ("information",), "there is nothing uncertain to learn", "Write uncertainty too."
            )
        else:
            yield from _information(place, case.information, case.uncertainty)
    yield from named_once(place, "variants", "variant", [one.variant for one in case.variants])
    for number, variant in enumerate(case.variants):
        yield from _variant(case, place, ("variants", number), variant)


def _drawn(case: Case, place: Place, asked: Uncertainty) -> Iterator[Fault]:
    path: PathOf = ("uncertainty",)
    yield from known_only(place, (*path, "fixed"), asked.fixed, case.quantities, "quantity")
    yield from known_only(place, (*path, "ranges"), asked.ranges, case.quantities, "quantity")
    for key, name, known, what in (
        ("share", asked.share, case.quantities, "quantity"),
        ("programme", asked.programme, case.programmes, "programme"),
    ):
        if name not in known:
            yield place((*path, key), f"there is no {what} {name!r}", one_of(known, name))
    if asked.programme == case.base:
        problem = f"{asked.programme!r} is the base"
        yield place((*path, "programme"), problem, "Name the programme that has the effect.")
    if asked.share in case.quantities and case.quantities[asked.share].unit != "per cent":
        problem = f"{asked.share!r} is in {case.quantities[asked.share].unit}"
        yield place((*path, "share"), problem, "Name a quantity in per cent.")
    if asked.baseline is not None and asked.source is None:
        yield place((*path, "baseline"), "a baseline without a source", "Say where it is from.")
    if asked.measure == "OR" and asked.outside is not None:
        problem = "an odds ratio gives no risk outside 0 to 1"
        yield place((*path, "outside"), problem, "Delete it.")
    if asked.measure != "OR" and asked.outside is None:
        problem = f"{asked.measure} may give a risk above 1 or below 0, and nothing says what then"
        remedy = "Write outside: keep, limit or leave-out, or take OR."
        yield place((*path, "measure"), problem, remedy)
    if asked.share in asked.ranges:
        problem = f"{asked.share!r} is drawn already"
        yield place((*path, "ranges", asked.share), problem, "Delete its range.")
    for name, limits in asked.ranges.items():
        yield from _range(case, place, (*path, "ranges", name), name, limits)


def _range(case: Case, place: Place, path: PathOf, name: str, limits: Range) -> Iterator[Fault]:
    low, high = Fraction(limits.low), Fraction(limits.high)
    if low > high:
        problem = f"the range goes from {limits.low} to {limits.high}"
        yield place(path, problem, "Write the lower end as low.")
        return
    known = case.quantities.get(name)
    unit = (known.unit if known else None) or ""
    if unit not in LIMITS:
        return
    limit = LIMITS[unit]
    if low < 0:
        yield place(path, f"{name!r} goes down to {limits.low} {unit}, below 0", "Check its range.")
    if limit is not None and high > limit:
        problem = f"{name!r} goes up to {limits.high} {unit}, a probability above 1"
        yield place(path, problem, "Check its range.")


def _information(place: Place, asked: Information, drawn: Uncertainty) -> Iterator[Fault]:
    path: PathOf = ("information",)
    if asked.decision.years == "0":
        yield place((*path, "decision", "years"), "a decision for no year", "Write 1 or more.")
    if Fraction(asked.decision.people_a_year) <= 0:
        problem = f"a decision for {asked.decision.people_a_year} people"
        yield place((*path, "decision", "people_a_year"), problem, "Write a number above 0.")
    known = [*EFFECTS, *drawn.ranges]
    for group, names in asked.groups.items():
        inner = (*path, "groups", group)
        yield from known_only(place, inner, names, known, "uncertain number")
        if len(names) < 2 or len(set(names)) < len(names):
            yield place(inner, "a group is of two or more different numbers", "Name them once.")
    if asked.trial is None:
        return
    for number, size in enumerate(asked.trial.sizes):
        if not size.isdigit() or int(size) < 4:
            problem = f"a trial of {size} people"
            remedy = "Write a whole number, 4 or more, both arms together."
            yield place((*path, "trial", "sizes", number), problem, remedy)
    for key in ("fixed", "per_person"):
        if Fraction(getattr(asked.trial, key)) < 0:
            problem = f"a trial that costs {getattr(asked.trial, key)}"
            yield place((*path, "trial", key), problem, "Write 0 or more.")


EFFECTS = ("effect-here", "mean-effect", "risk-without")
"""What is drawn besides the ranges: the site's own effect, the mean of many sites, the risk without it."""


def _variant(case: Case, place: Place, path: PathOf, variant: Variant) -> Iterator[Fault]:
    if (variant.estimate is None) == (variant.price_year is None):
        problem = "a variant has another estimate or another price year"
        yield place(path, problem, "Write one of the two.")
    if variant.estimate is not None and case.uncertainty is None:
        problem = "the case does not say which share an estimate sets"
        yield place((*path, "estimate"), problem, "Write uncertainty.")
    if variant.price_year is None and variant.index is not None:
        yield place((*path, "index"), "an index without a price year", "Delete it.")
    if variant.price_year is not None and variant.index not in case.indices:
        named = "no index" if variant.index is None else f"no index {variant.index!r}"
        remedy = one_of(case.indices, variant.index or "")
        if not case.indices:
            remedy = "Write it under indices."
        yield place((*path, "price_year"), f"there is {named} to convert it", remedy)
