"""Commands on stored syntheses and published tables: run, replicate, export."""

import json
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, show, words

synthesis = typer.Typer(help="Stored syntheses: list them, run one.", no_args_is_help=True)
app.add_typer(synthesis, name="synthesis")


@synthesis.command("list")
def synthesis_list(db: Database = DEFAULT_DATABASE) -> None:
    """List the stored syntheses with their versions.

    Example: evidens synthesis list
    """
    from registry.session import reading
    from studies.kept.kinds import held_records
    from studies.record import Synthesis

    with reading(db) as session:
        held = [record for record in held_records(session) if isinstance(record, Synthesis)]
    for one in held:
        show(f"{one.synthesis}  {one.version}  {next(iter(one.title.values()))}")


@synthesis.command("run")
def synthesis_run(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Carry out a stored synthesis and print its estimates, and what else its plan asks of them.

    Example: evidens synthesis run ips-vive
    """
    from registry.analyses import analyse
    from registry.exports import document
    from registry.session import reading
    from templates.synthesis_listing import estimates_text, further_text

    with reading(db) as session:
        analysis = analyse(session, identity)
    content = document(analysis)
    if as_json:
        show(json.dumps(content, ensure_ascii=False, indent=2))
        return
    show(estimates_text(content))
    if further := further_text(analysis):
        show(f"\n{further}")


@synthesis.command("diff")
def synthesis_diff(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    since: Annotated[
        str, typer.Option(help="A date or time in UTC, the number of a revision, or a release.")
    ],
    threshold: Annotated[
        float | None, typer.Option(help="Say which estimates crossed it, on the natural scale.")
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Show what entered, left or changed in a synthesis since then, and how far each estimate moved.

    Example: evidens synthesis diff ips-vive --since 2026-11-01 --threshold 2
    """
    from evidens.stored import changes
    from registry.session import reading
    from templates.synthesis_listing import changes_text

    with reading(db) as session:
        found = changes(session, identity, since)
    if as_json:
        show(json.dumps(found.to_dict(threshold), ensure_ascii=False, indent=2))
    else:
        show(changes_text(found, since, threshold))


@synthesis.command("multiverse")
def synthesis_multiverse(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    measures: Annotated[
        str | None,
        typer.Option(help="Any of RR, OR, RD, with commas between; by default the plan's."),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Of the estimate, on the natural scale.")
    ] = None,
    to_csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write every specification to this file."),
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Pool a stored synthesis under every combination of the choices that can be defended.

    Example: evidens synthesis multiverse ips-employment --measures RR --threshold 1.5
    """
    from evidens.progress import progress_bar
    from evidens.stored import synthesis_multiverse
    from registry.session import reading
    from registry.writing import put_in_place

    with reading(db) as session, progress_bar("Specifications") as done:
        found = synthesis_multiverse(
            session,
            identity,
            measures=None if measures is None else words(measures),
            threshold=threshold,
            done=done,
        )
    if to_csv is not None:
        put_in_place(to_csv, found.found.to_frame().to_csv(index=False).encode())
    content = found.to_dict()
    show(json.dumps(content, ensure_ascii=False, indent=2) if as_json else found.found.summary())


@app.command()
def replicate(
    identity: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A published table or a set of facts.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every table and every set.")] = False,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Recompute a published table, or the derived facts of a set, and give each number a verdict.

    Verdicts: exact, consistent (within rounding), inconsistent, not computable, given.

    Example: evidens replicate vive-table-3-1
    """
    from registry.session import reading
    from studies.replicate import replicate, replicate_all
    from templates.listings import replication_text, replications_text

    if (identity is None) != every:
        raise typer.BadParameter("give an ID, or --all.")
    if every:
        with reading(db) as session:
            all_done = list(replicate_all(session))
        if as_json:
            content = [one.to_dict() for one in all_done]
            show(json.dumps(content, ensure_ascii=False, indent=2))
        else:
            show(replications_text(all_done))
        return
    assert identity is not None
    with reading(db) as session:
        done = replicate(session, identity)
    if as_json:
        show(json.dumps(done.to_dict(), ensure_ascii=False, indent=2))
    else:
        show(replication_text(done))


@app.command()
def export(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    to: Annotated[
        str, typer.Option(help="Any of json, csv, xlsx, draws, soem, wsipp, with commas between.")
    ] = "json",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files.")] = Path(),
    dialect: Annotated[
        str, typer.Option(help="Of CSV: int (decimal point) or da (semicolons, decimal comma).")
    ] = "int",
    draws: Annotated[int, typer.Option(metavar="N", help="How many joint draws.")] = 10_000,
    seed: Annotated[
        int | None, typer.Option(help="Of the draws: the same one gives the same again.")
    ] = None,
    prior: Annotated[
        str | None, typer.Option(help="Of tau, for the draws, e.g. half-normal:0.5.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            help="Risk without the intervention, for the draws: beta:WITH,WITHOUT or "
            "logit-normal:MEAN,SD. By default what the comparator arms say."
        ),
    ] = None,
    baseline_source: Annotated[str | None, typer.Option(help="Where it is from.")] = None,
    correlation: Annotated[
        list[str] | None,
        typer.Option(help="Between two variates of the draws, e.g. mu:baseline=-0.3; repeatable."),
    ] = None,
    se: Annotated[
        list[str] | None,
        typer.Option(
            help="A stated standard error of the difference in weeks or hours, which are then "
            "drawn too, e.g. weeks=2.5; repeatable."
        ),
    ] = None,
    se_source: Annotated[str | None, typer.Option(help="Where it is from.")] = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write a synthesis's pooled estimates for a business case.

    Example: evidens export ips-vive --to json,csv,draws --seed 20260601 --out case/
    """
    from registry.analyses import analyse
    from registry.draws_export import DrawsAsked
    from registry.exports import write_exports
    from registry.session import reading

    asked = DrawsAsked(
        n=draws,
        seed=seed,
        prior=prior,
        baseline=baseline,
        baseline_source=baseline_source,
        correlations=correlation or (),
        errors=se or (),
        errors_source=se_source,
    )
    with reading(db) as session:
        analysis = analyse(session, identity)
    for file in write_exports(analysis, out, words(to), draws=asked, language=dialect):
        show(str(file))
