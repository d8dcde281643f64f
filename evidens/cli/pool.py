"""``evidens pool``: pool the studies of any CSV or XLSX table."""

from typing import TYPE_CHECKING, Annotated

import typer

from evidens.cli.app import Json, app, say, show

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from meta.effects.measures import Measure
    from meta.faults import Fault
    from studies.sheets import Sheet

ALIKE = 0.5  # "a1" is as like "ai" as two letters can be without being the same
ENGINES = ("evidens", "metafor")


@app.command()
def pool(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A CSV or XLSX table; - reads standard input.")
    ],
    measure: Annotated[
        str | None,
        typer.Option(
            help="A code of the list in docs/methods.md, e.g. RR; GEN if there is a column yi."
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            help="REML, DL, HE, HS, SJ, ML, EB, PM ... for random effects, EE for a common one."
        ),
    ] = "REML",
    test: Annotated[
        str | None,
        typer.Option(
            help="knha (Knapp-Hartung, the default), adhoc (the same, never narrower than z), z or t."
        ),
    ] = None,
    level: Annotated[float, typer.Option(help="Coverage of the intervals.")] = 0.95,
    mods: Annotated[
        str | None, typer.Option(help="Moderators as a formula, e.g. '~ year + C(design)'.")
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(metavar="COL=LEVEL", help="The level that a category is compared with."),
    ] = None,
    permutations: Annotated[
        int | None, typer.Option(help="Repeat the tests of --mods by so many permutations.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="With which they are drawn.")] = None,
    subgroup: Annotated[
        str | None, typer.Option(metavar="COL", help="Pool the studies of each value of a column.")
    ] = None,
    common_tau2: Annotated[
        bool, typer.Option("--common-tau2", help="One tau2 for all subgroups.")
    ] = False,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="COL", help="A column of weights, or equal, or n for numbers of people."
        ),
    ] = None,
    tau2: Annotated[float | None, typer.Option(help="A value of tau2 that is known.")] = None,
    pi: Annotated[
        str, typer.Option(help="Prediction interval: default (as the test), riley, t or simple.")
    ] = "default",
    i2: Annotated[
        str | None, typer.Option(help="Definition of I2: tau2, or q for (Q - df) / Q.")
    ] = None,
    vtype: Annotated[
        str, typer.Option(help="Sampling variance: LS, LS2, UB, AV ... as the measure has them.")
    ] = "LS",
    add: Annotated[
        float | None,
        typer.Option(help="Constant added to zero cells, by default that of the measure."),
    ] = None,
    to: Annotated[
        str,
        typer.Option(help="Where it is added: only0 (studies with a zero), all, if0all or none."),
    ] = "only0",
    drop00: Annotated[
        bool, typer.Option("--drop00", help="Leave out studies without events in both groups.")
    ] = False,
    arms: Annotated[
        str | None,
        typer.Option(
            help="Average m1i and m2i each by itself instead: unweighted, n or inverse-variance."
        ),
    ] = None,
    interval: Annotated[
        str,
        typer.Option(help="Of --arms: delta, bootstrap-people or bootstrap-studies (with --seed)."),
    ] = "delta",
    missing_sd: Annotated[
        str | None,
        typer.Option(
            help="Of --arms: a missing standard deviation is this number, this multiple of the "
            "mean (1.5x), or borrowed from the arms that report one."
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(help="metafor shows R's metafor beside the result, where it is installed."),
    ] = "evidens",
    as_json: Json = False,
) -> None:
    """Pool the studies of a table into one estimate with its uncertainty.

    Columns bear metafor's names: ai, bi, ci, di or ai, n1i, ci, n2i; m1i, sd1i, n1i, m2i, sd2i, n2i;
    or yi with vi or sei, and so on for each measure. Labels stand in slab or study; all other columns may
    be moderators, subgroups or weights.

    Example: evidens pool trials.csv --measure RR --mods "~ ablat + C(alloc)"
    """
    from evidens.pooling import (
        STRATIFIED,
        Choices,
        analyse,
        beside_metafor,
        effects_of,
        permuted,
        printout,
        vtypes,
    )
    from evidens.tables import parse_table
    from meta.effects.effect_sizes import ADD_TO
    from meta.effects.measures import Measure
    from meta.models.options import I2_DEFINITIONS, METHODS, PREDICTIONS, TESTS

    if measure is not None:
        _one_of("--measure", measure, tuple(Measure))
    _one_of("--method", method, (*METHODS, *STRATIFIED))
    if test is not None:
        _one_of("--test", test, TESTS)
    _one_of("--to", to, ADD_TO)
    _one_of("--pi", pi, PREDICTIONS)
    _one_of("--vtype", vtype, vtypes())
    _one_of("--engine", engine, ENGINES)
    if i2 is not None:
        _one_of("--i2", i2, I2_DEFINITIONS)
    _in_range("--level", level, 0 < level < 1, "between 0 and 1, e.g. 0.95")
    _in_range("--add", add, add is None or 0 <= add < float("inf"), "0 or more")
    _in_range("--tau2", tau2, tau2 is None or 0 <= tau2 < float("inf"), "0 or more")
    _in_range(
        "--permutations", permutations, permutations is None or permutations >= 2, "2 or more"
    )
    _together(mods=mods, subgroup=subgroup, permutations=permutations, common=common_tau2)
    if method in STRATIFIED:
        without = {"--mods": mods, "--subgroup": subgroup, "--weights": weights, "--tau2": tau2}
        _pools_tables(method, without | {"--i2": i2, "--test": None if test == "z" else test})

    if arms is not None:
        chosen = {"--measure": measure, "--mods": mods, "--subgroup": subgroup, "--tau2": tau2}
        _averages_arms(arms, interval, chosen | {"--weights": weights, "--test": test})
    elif missing_sd is not None:
        raise typer.BadParameter("it needs --arms.", param_hint="'--missing-sd'")
    references = _references(reference or [])
    content, name = _content(file)
    sheet = parse_table(content, name, ())
    k = len(sheet.lines)
    say(f"{sheet.name}: {sheet.detected}; {k} {'row' if k == 1 else 'rows'}")
    if arms is not None:
        from evidens.arms import arms_of
        from meta.models.arm_printout import summary

        averaged = arms_of(
            sheet, arms, interval=interval, level=level, missing_sd=missing_sd, seed=seed
        )
        if as_json:
            _show_json(averaged.to_dict())
        else:
            show(summary(averaged))
        return
    choices = Choices(
        measure=_chosen("PETO" if method == "PETO" and measure is None else measure, sheet),
        method=method,
        test=test,
        level=level,
        tau2=tau2,
        mods=mods,
        reference=references,
        subgroup=subgroup,
        common_tau2=common_tau2,
        weights=weights,
        prediction=pi,
        i2=i2,
        vtype=vtype,
        add=add,
        to=to,
        drop00=drop00,
    )
    _check(choices.measure, sheet)
    wanted = choices.numbers(sheet)
    if wanted:
        sheet = parse_table(content, name, wanted)
    effects = effects_of(sheet, choices)
    result = analyse(sheet, effects, choices)
    again = None if permutations is None else permuted(result, permutations, seed)
    beside = beside_metafor(sheet, effects, choices, result) if engine == "metafor" else None
    if as_json:
        found = result.to_dict()
        if again:
            found["permutation_test"] = again.to_dict()
        if beside:
            found = {"evidens": found, **beside.to_dict()}
        _show_json(found)
    else:
        parts = [printout(result), *(str(part) for part in (again, beside) if part is not None)]
        show("\n\n".join(parts))


def _show_json(found: "Mapping[str, object]") -> None:
    import json

    show(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))


def _averages_arms(
    weighting: str, interval: str, others: "Mapping[str, str | float | None]"
) -> None:
    """Refuse what has no meaning where each arm is averaged by itself."""
    from meta.models.arm_synthesis import INTERVAL_METHODS, WEIGHTINGS

    _one_of("--arms", weighting, WEIGHTINGS)
    _one_of("--interval", interval, INTERVAL_METHODS)
    for option, value in others.items():
        if value is not None:
            raise typer.BadParameter(
                f"--arms averages each arm by itself, without {option}.", param_hint=f"'{option}'"
            )


def _in_range(option: str, value: float | None, fine: bool, allowed: str) -> None:
    if not fine:
        raise typer.BadParameter(f"{value:g} is not {allowed}.", param_hint=f"'{option}'")


def _together(
    *,
    mods: str | None,
    subgroup: str | None,
    permutations: int | None,
    common: bool,
) -> None:
    """Refuse options that say nothing about one another."""
    if mods is not None and subgroup is not None:
        raise typer.BadParameter(
            "give either --mods or --subgroup; C(column) in --mods compares subgroups too.",
            param_hint="'--subgroup'",
        )
    if permutations is not None and mods is None:
        raise typer.BadParameter("it needs --mods.", param_hint="'--permutations'")
    if common and subgroup is None:
        raise typer.BadParameter("it needs --subgroup.", param_hint="'--common-tau2'")


def _pools_tables(method: str, others: "Mapping[str, str | float | None]") -> None:
    """Refuse what needs an estimate of each study."""
    for option, value in others.items():
        if value is not None:
            raise typer.BadParameter(
                f"method {method} pools tables with z and one common effect, without {option}.",
                param_hint=f"'{option}'",
            )


def _references(given: "list[str]") -> dict[str, str]:
    references = {}
    for one in given:
        name, equals, level = one.partition("=")
        if not (name and equals and level):
            raise typer.BadParameter(
                f"{one!r} is not COL=LEVEL, e.g. alloc=random.", param_hint="'--reference'"
            )
        references[name] = level
    return references


def _one_of(option: str, value: str, allowed: "Collection[str]") -> None:
    if value not in allowed:
        raise typer.BadParameter(
            f"{value!r} is not one of {', '.join(allowed)}.", param_hint=f"'{option}'"
        )


def _content(file: str) -> tuple[bytes, str]:
    from studies.contents import MAX_BYTES, read_content

    if file != "-":
        return read_content(file), file
    return typer.get_binary_stream("stdin").read(MAX_BYTES + 1), "standard input"


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
    sets = dict.fromkeys(", ".join(names) for group in ALTERNATIVES.values() for names in group)
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

    from evidens.tables import LABEL_COLUMNS, known_columns
    from meta.effects.measures import ALTERNATIVES, MEASURES
    from meta.faults import Fault

    missing = min(
        (
            [name for name in names if name not in sheet.header]
            for names in ALTERNATIVES[MEASURES[measure].design]
        ),
        key=len,
    )
    others = [name for name in sheet.header if name not in (*known_columns(), *LABEL_COLUMNS)]
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
