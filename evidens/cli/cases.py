"""Commands on costing cases and contracts: list them, run, simulate and compare one."""

import json
from pathlib import Path
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, show

case = typer.Typer(
    help="Costing cases: what an effect is worth, by whom and when.", no_args_is_help=True
)
app.add_typer(case, name="case")

CaseName = Annotated[
    str, typer.Argument(metavar="ID|FILE", help="A case of `case list`, or a YAML file.")
]
Draws = Annotated[int, typer.Option(help="How many draws, 2 to 10,000,000.")]
Seed = Annotated[int, typer.Option(help="Seed of the draws.")]
AnotherEstimate = Annotated[
    str | None,
    typer.Option(
        metavar="ID|PATH",
        help="Draw from another release (by name, or exported: its file or folder) or synthesis.",
    ),
]
DrawsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Take the draws of a table instead: of an exported release, or your own (p0, p1).",
    ),
]
Scenarios = Annotated[
    str, typer.Option(help="A scenario of the case, or all; the first by default.")
]
Perspectives = Annotated[
    str, typer.Option(help="A perspective of the case, or all; the first by default.")
]


@case.command("list")
def case_list(as_json: Json = False) -> None:
    """List the cases that come with the program, contracts of impact bonds among them.

    Example: evidens case list
    """
    from evidens.cases import read_case, shipped_cases
    from evidens.contracts import read_contract, shipped_contracts
    from templates.case_listing import cases_text

    held = [(name, "case", read_case(file).case.title) for name, file in shipped_cases().items()]
    held += [
        (name, "contract", read_contract(file).contract.title)
        for name, file in shipped_contracts().items()
    ]
    if as_json:
        rows = [{"case": name, "kind": kind, "title": title} for name, kind, title in held]
        show(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        show(cases_text([(name, kind, next(iter(title.values()))) for name, kind, title in held]))


@case.command("run")
def case_run(
    identity: CaseName,
    scenario: Scenarios = "",
    perspective: Perspectives = "",
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Carry out a costing case, and hold it against the printed numbers that it says it answers.

    Example: evidens case run vive-ips-refugees --perspective municipality
    """
    from costing.document import document
    from evidens.cases import case_file, chosen, held_against_print, read_case, run_case
    from registry.session import reading
    from templates.case_listing import case_text
    from templates.listings import replications_text

    checked = read_case(case_file(identity))
    scenarios = chosen("scenario", scenario, list(checked.case.scenarios))
    perspectives = chosen("perspective", perspective, list(checked.case.perspectives))
    with reading(db) as session:
        done = run_case(session, checked)
        compared = list(held_against_print(session, done))
    content = document(done, scenarios, perspectives)
    if as_json:
        content["compared"] = [one.to_dict() for one in compared]
        show(json.dumps(content, ensure_ascii=False, indent=2))
        return
    show(case_text(content))
    if compared:
        show(f"\nHeld against print:\n\n{replications_text(compared)}")


@case.command("simulate")
def case_simulate(
    identity: CaseName,
    draws: Draws = 100_000,
    seed: Seed = 1,
    estimate: AnotherEstimate = None,
    draws_file: DrawsFile = None,
    scenario: Scenarios = "",
    perspective: Perspectives = "",
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Work a case out over draws of its effect: its gain, P(saves money), break-even, what moves it.

    Example: evidens case simulate vive-ips-refugees --draws 100000 --seed 1
    """
    from costing.simulation import simulate
    from evidens.case_draws import Drawn, draws_for, simulation_document
    from evidens.cases import case_file, chosen, read_case, run_case
    from evidens.drawn_files import file_draws
    from registry.session import reading
    from templates.simulation_listing import simulation_text

    checked = read_case(case_file(identity))
    scenarios = chosen("scenario", scenario, list(checked.case.scenarios))
    perspectives = chosen("perspective", perspective, list(checked.case.perspectives))
    if draws_file is not None and estimate is not None:
        raise typer.BadParameter("give --draws-file or --estimate, not both.")
    drawn: Drawn
    with reading(db) as session:
        done = run_case(session, checked)
        if draws_file is not None:
            drawn = file_draws(draws_file, done, seed)
        else:
            drawn = draws_for(session, done, draws, seed, estimate)
    found = [
        simulate(done, drawn.worlds, scenario=one, perspective=seen)
        for one in scenarios
        for seen in perspectives
    ]
    content = simulation_document(done, drawn, found)
    if as_json:
        show(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show(simulation_text(content))


@case.command("information")
def case_information(
    identity: CaseName,
    draws: Annotated[int, typer.Option(help="How many draws, 500 to 10,000,000.")] = 100_000,
    seed: Seed = 1,
    estimate: AnotherEstimate = None,
    scenario: Scenarios = "",
    perspective: Perspectives = "",
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Say which number of a case is worth measuring next, and what a new trial would be worth.

    Example: evidens case information vive-ips-refugees --draws 100000 --seed 1
    """
    from evidens.case_draws import draws_for
    from evidens.case_information import asked_for, information_document
    from evidens.case_information import case_information as worth
    from evidens.cases import case_file, chosen, read_case, run_case
    from registry.session import reading
    from templates.information_listing import information_text

    checked = read_case(case_file(identity))
    scenarios = chosen("scenario", scenario, list(checked.case.scenarios))
    perspectives = chosen("perspective", perspective, list(checked.case.perspectives))
    with reading(db) as session:
        done = run_case(session, checked)
        asked_for(done)
        drawn = draws_for(session, done, draws, seed, estimate)
    found = [
        worth(done, drawn, scenario=one, perspective=seen)
        for one in scenarios
        for seen in perspectives
    ]
    content = information_document(done, drawn, found)
    if as_json:
        show(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show(information_text(content))


@case.command("compare")
def case_compare(
    identity: CaseName,
    draws: Draws = 100_000,
    seed: Seed = 1,
    scenario: Annotated[
        str, typer.Option(help="A scenario of the case; the first by default.")
    ] = "",
    perspective: Annotated[
        str, typer.Option(help="A perspective of the case; the first by default.")
    ] = "",
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Show the same case elsewhere: by other estimates, in other prices, under each horizon model.

    Example: evidens case compare vive-ips-refugees
    """
    from evidens.case_variants import horizon_variations, variants_document, variations
    from evidens.cases import case_file, chosen_one, read_case, run_case
    from registry.session import reading
    from templates.variants_listing import variants_text

    checked = read_case(case_file(identity))
    view = {
        "scenario": chosen_one("scenario", scenario, list(checked.case.scenarios)),
        "perspective": chosen_one("perspective", perspective, list(checked.case.perspectives)),
    }
    with reading(db) as session:
        done = run_case(session, checked)
        found = variations(session, done, draws, seed, **view)
        horizons = horizon_variations(session, done, **view)
    content = variants_document(done, **view, variants=found, horizons=horizons)
    if as_json:
        show(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show(variants_text(content))


@case.command("contract")
def case_contract(
    identity: Annotated[
        str, typer.Argument(metavar="ID|FILE", help="A contract of `case list`, or a YAML file.")
    ],
    draws: Draws = 100_000,
    seed: Seed = 1,
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Say what an impact bond is expected to pay, and what its investor gets, by the next site's effect.

    Example: evidens case contract slagelse-ips
    """
    from evidens.contracts import contract_document, contract_file, read_contract, run_contract
    from registry.session import reading
    from templates.contract_listing import contract_text

    checked = read_contract(contract_file(identity))
    with reading(db) as session:
        done = run_contract(session, checked, draws, seed)
    content = contract_document(done)
    if as_json:
        show(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show(contract_text(content))
