"""Commands on judgements: risk of bias, certainty, the flow of screening, two readings compared."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from evidens.cli.app import DEFAULT_DATABASE, Database, Json, show
from evidens.cli.records import study
from evidens.cli.syntheses import synthesis

Id = Annotated[str, typer.Argument(metavar="ID")]


@study.command("bias")
def study_bias(identity: Id, db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Show a study's risk of bias by domain: what the tool's rule suggests, and what a person decided.

    Example: evidens study bias davis-2012
    """
    from registry.session import reading
    from studies.appraisals import appraised_bias
    from templates.judgements import bias_text

    with reading(db) as session:
        found = appraised_bias(session, identity)
    if as_json:
        show(json.dumps([one.to_dict() for one in found], ensure_ascii=False, indent=2))
    else:
        show(bias_text(identity, found))


@study.command("compare")
def study_compare(identity: Id, db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Compare a study with its second extraction, cell by cell; exit 1 while a cell is not resolved.

    Example: evidens study compare davis-2012
    """
    from registry.session import reading
    from studies.second_readings import comparison
    from templates.judgements import comparison_text

    with reading(db) as session:
        found = comparison(session, identity)
    if as_json:
        show(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        show(comparison_text(found))
    if not found.agreed:
        raise typer.Exit(1)


@synthesis.command("certainty")
def synthesis_certainty(
    identity: Id, db: Database = DEFAULT_DATABASE, as_json: Json = False
) -> None:
    """Show the certainty of a synthesis's evidence: what the analysis suggests, what a person decided.

    Example: evidens synthesis certainty ips-vive
    """
    from registry.session import reading
    from studies.appraisals import appraised_certainty
    from templates.judgements import certainty_text

    with reading(db) as session:
        found = appraised_certainty(session, identity)
    if as_json:
        show(json.dumps([one.to_dict() for one in found], ensure_ascii=False, indent=2))
    else:
        show(certainty_text(identity, found))


@synthesis.command("flow")
def synthesis_flow(identity: Id, db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Count how far reports and studies came in a synthesis, as a PRISMA 2020 flow has it.

    Example: evidens synthesis flow ips-vive
    """
    from registry.screening import flow
    from registry.session import reading
    from templates.judgements import flow_text

    with reading(db) as session:
        found = flow(session, identity)
    show(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if as_json else flow_text(found))
