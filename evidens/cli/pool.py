"""``evidens pool``: pool the studies of any CSV or XLSX table."""

from typing import TYPE_CHECKING

import typer

from evidens.cli import pool_options as given
from evidens.cli import pool_usage as usage
from evidens.cli.app import Json, app, say, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meta.effects.measures import Measure
    from meta.faults import Fault
    from studies.sheets import Sheet

ALIKE = 0.5  # "a1" is as like "ai" as two letters can be without being the same


@app.command()
def pool(
    file: given.File,
    measure: given.Measure = None,
    method: given.Method = "REML",
    test: given.Test = None,
    level: given.Level = 0.95,
    mods: given.Mods = None,
    reference: given.Reference = None,
    subgroup: given.Subgroup = None,
    common_tau2: given.CommonTau2 = False,
    cluster: given.Cluster = None,
    vcov: given.Vcov = "CR2",
    pi_level: given.PiLevel = None,
    errors: given.Errors = None,
    random: given.Random = None,
    struct: given.Struct = None,
    df: given.Df = "contain",
    aggregate: given.Aggregate = False,
    also: given.Also = None,
    weights: given.Weights = None,
    tau2: given.Tau2 = None,
    pi: given.Pi = "default",
    i2: given.I2 = None,
    vtype: given.Vtype = "LS",
    add: given.Add = None,
    to: given.To = "only0",
    drop00: given.Drop00 = False,
    arms: given.Arms = None,
    interval: given.Interval = "delta",
    seed: given.Seed = None,
    missing_sd: given.MissingSd = None,
    figure: given.Figure = None,
    out: given.Out = None,
    picture: given.Pictures = None,
    preset: given.PresetName = None,
    arm_names: given.ArmNames = None,
    higher: given.Higher = None,
    lang: given.FigureLanguage = None,
    engine: given.Engine = "evidens",
    as_json: Json = False,
) -> None:
    """Pool the studies of a table into one estimate with its uncertainty.

    Columns bear metafor's names: ai, bi, ci, di or ai, n1i, ci, n2i; m1i, sd1i, n1i, m2i, sd2i, n2i;
    or yi with vi or sei, and so on for each measure. Labels stand in slab or study; all other columns may
    be moderators, subgroups, clusters or weights.

    Example: evidens pool trials.csv --measure RR --mods "~ ablat + C(alloc)"
    """
    from evidens.count_models import read_method
    from evidens.dependence import Dependence, read_errors
    from evidens.pooling import (
        Choices,
        analyse,
        beside_few_studies,
        beside_metafor,
        effects_of,
        pooling_of,
        printout,
    )
    from evidens.tables import looks_like_numbers, parse_table
    from meta.further.asked import read_asked
    from meta.further.table import FURTHER, options_of, run

    asked_method = read_method(method)
    method = asked_method.name
    usage.check_words(
        measure=measure,
        method=method,
        test=test,
        to=to,
        pi=pi,
        vtype=vtype,
        engine=engine,
        i2=i2,
        vcov=vcov,
        df=df,
    )
    usage.check_numbers(level=level, pi_level=pi_level, add=add, tau2=tau2)
    said = Dependence(
        random=tuple(random or ()),
        struct=tuple(struct or ()),
        df=df,
        cluster=cluster,
        vcov=vcov,
        pi_level=pi_level,
        errors=None if errors is None else read_errors(errors),
        aggregate=aggregate,
    )
    usage.check_together(
        method=method,
        test=test,
        said=said,
        common=common_tau2,
        metafor=engine == "metafor",
        others={
            "--mods": mods,
            "--subgroup": subgroup,
            "--weights": weights,
            "--tau2": tau2,
            "--i2": i2,
            "--pi": None if pi == "default" else pi,
        },
    )
    usage.check_arms(
        arms,
        interval,
        missing_sd,
        {
            "--measure": measure,
            "--mods": mods,
            "--subgroup": subgroup,
            "--tau2": tau2,
            "--weights": weights,
            "--test": test,
            "--cluster": cluster,
            "--random": random,
            "--also": also,
            "--figure": figure,
        },
    )
    asked = [read_asked(one, options_of(), "--also") for one in also or []]
    look = {"picture": picture, "preset": preset, "arm_names": arm_names, "higher": higher}
    look["lang"] = lang
    usage.check_figures(figure, {"out": out, **look})
    drawing = None
    if figure is not None:
        from evidens.figures import read_drawing, write_figures

        drawing = read_drawing(figure, out, **look)
    references = usage.references(reference or [])
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
        _show(averaged.to_dict() if as_json else summary(averaged))
        return
    choices = Choices(
        measure=_chosen("PETO" if method == "PETO" and measure is None else measure, sheet),
        method=method,
        counts=asked_method.values,
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
        dependence=said,
    )
    _check(choices.measure, sheet)
    keys = {name for one in asked for name in FURTHER[one.name].reads(one.values)}
    wanted = choices.numbers(sheet) | {one for one in keys if looks_like_numbers(sheet, one)}
    if wanted:
        sheet = parse_table(content, name, wanted)
    effects = effects_of(sheet, choices)
    result = analyse(sheet, effects, choices)
    pooled = pooling_of(sheet, effects, choices, result)
    further = [(one, run(pooled, one)) for one in asked]
    few = None if any(one.name == "panel" for one in asked) else beside_few_studies(result)
    beside = beside_metafor(sheet, effects, choices, result) if engine == "metafor" else None
    if drawing is not None:
        for path in write_figures(pooled, drawing):
            say(str(path))
    if not as_json:
        companion = [] if few is None else [few.summary()]
        companion += [few.bayes.short_summary()] if few is not None and few.bayes else []
        last = [] if beside is None else [str(beside)]
        parts = [printout(result), *companion, *(one.summary() for _, one in further), *last]
        _show("\n\n".join(parts))
        return
    found = result.to_dict()
    if few is not None:
        found["panel"] = few.to_dict()
    if further:
        found["also"] = [
            {"analysis": one.name, "options": dict(one.values), "result": finding.to_dict()}
            for one, finding in further
        ]
    _show(found if beside is None else {"evidens": found, **beside.to_dict()})


@app.command()
def analyses(as_json: Json = False) -> None:
    """List what ``evidens pool --also`` can do, with the options of each.

    Example: evidens pool trials.csv --measure RR --also leave-one-out --also nnt:events=bad,baseline=0.2
    """
    from meta.further.table import FURTHER

    if as_json:
        _show(
            {
                name: {
                    "what": one.what,
                    "options": {option.name: option.help for option in one.options},
                }
                for name, one in FURTHER.items()
            }
        )
        return
    for name, one in FURTHER.items():
        show(f"{name}: {one.what}")
        for option in one.options:
            needed = " (needed)" if option.needed else ""
            show(f"    {option.form}  {option.help}{needed}")


def _show(found: "Mapping[str, object] | str") -> None:
    import json

    if isinstance(found, str):
        show(found)
    else:
        show(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))


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
