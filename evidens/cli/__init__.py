"""The command line: one module for each family of commands, no logic of its own."""

from evidens.cli import (
    brief,
    cases,
    demo,
    doctor,
    facts,
    figures,
    imports,
    judgements,
    pool,
    projects,
    records,
    releases,
    search,
    syntheses,
)
from evidens.cli.app import main

__all__ = [
    "brief",
    "cases",
    "demo",
    "doctor",
    "facts",
    "figures",
    "imports",
    "judgements",
    "main",
    "pool",
    "projects",
    "records",
    "releases",
    "search",
    "syntheses",
]
