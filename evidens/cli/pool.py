"""``evidens pool``: pool the studies of any CSV or XLSX table."""

from typing import TYPE_CHECKING, Annotated

import typer

from evidens.cli.app import Json, app, say, show

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from meta.effects.measures import Measure
    from meta.faults import Fault
    from studies.sheets import Sheet

LABEL_COLUMNS = ("slab", "study")
ALIKE = 0.5  # "a1" is as like "ai" as two letters can be without being the same


@app.command()
def pool(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A CSV or XLSX table; - reads standard input.")
    ],
    measure: Annotated[
        str | None,
        typer.Option(help="RR, OR, RD, MD, SMD or GEN; GEN if there is a column yi."),
    ] = None,
    method: Annotated[
        str, typer.Option(help="REML or DL for random effects, EE for a common effect.")
    ] = "REML",
    test: Annotated[
        str,
        typer.Option(help="knha (Knapp-Hartung), adhoc (the same, never narrower than z), z or t."),
    ] = "knha",
    level: Annotated[float, typer.Option(help="Coverage of the intervals.")] = 0.95,
    add: Annotated[float, typer.Option(help="Constant added to cells of 2x2 tables.")] = 0.5,
    to: Annotated[
        str,
        typer.Option(help="Where it is added: only0 (studies with a zero), all, if0all or none."),
    ] = "only0",
    drop00: Annotated[
        bool, typer.Option("--drop00", help="Leave out studies without events in both groups.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Pool the studies of a table into one estimate with its uncertainty.

    Columns bear metafor's names: ai, bi, ci, di or ai, n1i, ci, n2i; m1i, sd1i, n1i, m2i, sd2i, n2i;
    or yi with vi or sei. Labels stand in slab or study.

    Example: evidens pool trials.csv --measure RR
    """
    from meta.effects.effect_sizes import ADD_TO, effect_sizes
    from meta.effects.measures import Measure, measure_columns
    from meta.models.pooling import METHODS, TESTS
    from meta.models.pooling import pool as pool_effects

    if measure is not None:
        _one_of("--measure", measure, tuple(Measure))
    _one_of("--method", method, METHODS)
    _one_of("--test", test, TESTS)
    _one_of("--to", to, ADD_TO)
    if not 0 < level < 1:
        raise typer.BadParameter(
            f"{level:g} is not between 0 and 1, e.g. 0.95.", param_hint="'--level'"
        )
    if not 0 <= add < float("inf"):
        raise typer.BadParameter(f"{add:g} is not 0 or more.", param_hint="'--add'")

    sheet = _sheet(file, measure_columns())
    k = len(sheet.lines)
    say(f"{sheet.name}: {sheet.detected}; {k} {'row' if k == 1 else 'rows'}")
    chosen = _chosen(measure, sheet)
    _check(chosen, sheet)
    effects = effect_sizes(
        chosen, sheet.numbers, labels=_labels(sheet), add=add, to=to, drop00=drop00
    )
    result = pool_effects(effects, method=method, test=test, level=level)
    if as_json:
        import json

        show(json.dumps(result.to_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        show(result.summary())


def _one_of(option: str, value: str, allowed: "Collection[str]") -> None:
    if value not in allowed:
        raise typer.BadParameter(
            f"{value!r} is not one of {', '.join(allowed)}.", param_hint=f"'{option}'"
        )


def _sheet(file: str, numbers: "Collection[str]") -> "Sheet":
    from studies.sheets import parse_sheet, read_sheet
    from studies.table_files import MAX_BYTES

    if file != "-":
        return read_sheet(file, numbers=numbers)
    content = typer.get_binary_stream("stdin").read(MAX_BYTES + 1)
    return parse_sheet(content, name="standard input", numbers=numbers)


def _chosen(measure: str | None, sheet: "Sheet") -> "Measure":
    """Return the measure that was asked for, or GEN if there are estimates already."""
    from meta.effects.measures import ALTERNATIVES, MEASURES, Measure
    from meta.faults import fault

    if measure is not None:
        return Measure(measure)
    if "yi" in sheet.header:
        return Measure.GEN
    possible = [
        code
        for code, facts in MEASURES.items()
        if any(set(names) <= set(sheet.header) for names in ALTERNATIVES[facts.design])
    ]
    if possible:
        raise typer.BadParameter(
            f"the columns of {sheet.name} allow {', '.join(possible)}; choose one.",
            param_hint="'--measure'",
        )
    sets = (", ".join(names) for group in ALTERNATIVES.values() for names in group)
    raise fault(
        f"the columns {', '.join(sheet.header)} allow no measure",
        f"Give {'; or '.join(sets)}.",
        file=sheet.name,
    )


def _check(measure: "Measure", sheet: "Sheet") -> None:
    """Refuse missing columns and impossible numbers, naming the lines of the file."""
    from dataclasses import replace

    from meta.effects.checks import value_faults
    from studies.table_files import refuse

    refuse(list(_column_faults(measure, sheet)), sheet.name)
    faults = [
        replace(one, file=sheet.name, line=sheet.lines[row])
        for row, one in value_faults(measure, sheet.numbers)
    ]
    refuse(faults, sheet.name)


def _column_faults(measure: "Measure", sheet: "Sheet") -> "Iterator[Fault]":
    """Name the columns missing from the set that is nearest to complete."""
    from difflib import get_close_matches

    from meta.effects.measures import ALTERNATIVES, MEASURES, measure_columns
    from meta.faults import Fault

    missing = min(
        (
            [name for name in names if name not in sheet.header]
            for names in ALTERNATIVES[MEASURES[measure].design]
        ),
        key=len,
    )
    others = [name for name in sheet.header if name not in (*measure_columns(), *LABEL_COLUMNS)]
    for name in missing:
        alike = get_close_matches(name, others, n=1, cutoff=ALIKE)
        yield Fault(
            file=sheet.name,
            line=sheet.header_line,
            field=name,
            problem=f"measure {measure} needs this column, which the file lacks",
            remedy=f"Did you mean {alike[0]!r}? Rename it to {name}."
            if alike
            else f"Add it; the file has {', '.join(sheet.header)}.",
        )


def _labels(sheet: "Sheet") -> tuple[str | None, ...] | None:
    return next((sheet.texts[name] for name in LABEL_COLUMNS if name in sheet.texts), None)
