"""Commands on facts: list them, show one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, app, show

if TYPE_CHECKING:
    from studies.fact_set import Fact, FactSet

fact = typer.Typer(
    help="Cited quantities: unit costs, shares, figures, lists.", no_args_is_help=True
)
app.add_typer(fact, name="fact")


@fact.command("list")
def fact_list(
    facts: Annotated[str, typer.Option("--set", metavar="ID", help="The facts of one set.")] = "",
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """List the facts: set and id, what is printed, and what it is of.

    Example: evidens fact list --set vive-2017
    """
    from templates.listings import facts_text

    sets = _held(db, facts)
    if as_json:
        rows = [_plain(one, item) for one in sets for item in one.items]
        show(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        show(facts_text(sets))


@fact.command("show")
def fact_show(
    identity: Annotated[str, typer.Argument(metavar="SET/ID")],
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
) -> None:
    """Show a fact with its source, as its record has it.

    Example: evidens fact show vive-2017/integration-allowance
    """
    from meta.faults import fault
    from studies.fields import did_you_mean
    from studies.record_file import Quote, write

    facts, _, name = identity.partition("/")
    if not facts or not name:
        raise fault(f"{identity!r} names no fact", "Write SET/ID, as `evidens fact list` does.")
    (one,) = _held(db, facts)
    found = {item.id: item for item in one.items}
    if name not in found:
        raise fault(f"there is no fact {name!r} in {facts}", did_you_mean(name, found))
    content = _plain(one, found[name])
    if as_json:
        show(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        if "quote" in content:
            content["quote"] = Quote(content["quote"])
        show(write(content))


def _held(db: str, facts: str) -> list[FactSet]:
    """Return a set of facts, or all where none is named."""
    from meta.faults import fault
    from registry.session import reading
    from studies.fields import did_you_mean
    from studies.kept.facts import held
    from studies.kept.kinds import identities

    with reading(db) as session:
        known = identities(session, "facts")
        if facts and facts not in known:
            raise fault(
                f"there is no set of facts {facts!r}",
                did_you_mean(facts, known) if known else "Load some with `evidens load`.",
            )
        sets = held(session, [facts] if facts else known)
    return [sets[name] for name in sorted(sets)]


def _plain(facts: FactSet, item: Fact) -> dict[str, Any]:
    """Return a fact as plain types, with its set and report."""
    content = item.model_dump(exclude_none=True)
    filled = {key: value for key, value in content.items() if value != []}
    return {"fact": f"{facts.facts}/{item.id}", "report": facts.report} | {
        key: value for key, value in filled.items() if key != "id"
    }
