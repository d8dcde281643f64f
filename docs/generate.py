"""Generated parts of the documentation: cog calls these; ``./run check`` proves that they are current."""

import contextlib
import io
import shlex
import tempfile
from pathlib import Path
from unittest import mock

import cog


def _run(arguments: list[str]) -> str:
    from evidens.cli import main

    out = io.StringIO()
    with (
        mock.patch("sys.argv", ["evidens", *arguments]),
        mock.patch.dict("os.environ", {"COLUMNS": "80", "TERMINAL_WIDTH": "80"}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.suppress(SystemExit),
    ):
        main()
    return out.getvalue()


def _block(lines: list[str]) -> None:
    cog.outl("\n```text")
    for text in lines:
        cog.outl(text.rstrip())
    cog.outl("```\n")


def command(line: str, first: int | None = None, last: int = 0) -> None:
    """Show a command and what it prints: the first lines and the last ones."""
    arguments = shlex.split(line)
    with tempfile.TemporaryDirectory() as folder:
        if arguments[0] in ("replicate", "synthesis"):
            database = f"sqlite:///{Path(folder) / 'registry.db'}"
            _run(["load", "--db", database])
            lines = _run([*arguments, "--db", database]).splitlines()
        else:
            lines = _run(arguments).splitlines()
    shown = lines if first is None else [*lines[:first], "…", *(lines[-last:] if last else [])]
    _block([f"$ evidens {line}", *shown])


def every_command() -> None:
    """Show the help of every command."""
    import typer

    from evidens.cli.app import app

    root = typer.main.get_command(app)

    def walk(group: object, words: list[str]) -> None:
        for name, inner in group.commands.items():  # type: ignore[attr-defined]
            if hasattr(inner, "commands"):
                walk(inner, [*words, name])
                continue
            cog.outl(f"\n## evidens {' '.join([*words, name])}")
            _block(_run([*words, name, "--help"]).splitlines())

    walk(root, [])


def data_dictionary() -> None:
    """Show every table and column of the registry."""
    from registry import schema, tables

    for table in schema.metadata.sorted_tables:
        model = next(
            mapper.class_
            for mapper in tables.SQLModel._sa_registry.mappers
            if mapper.local_table is table
        )
        cog.outl(f"\n## {table.name}\n\n{(model.__doc__ or '').strip()}\n")
        cog.outl("| column | type | required | refers to |\n| --- | --- | --- | --- |")
        for column in table.columns:
            refers = ", ".join(sorted(key.target_fullname for key in column.foreign_keys))
            key = " (key)" if column.primary_key else ""
            required = "" if column.nullable else "yes"
            kind = type(column.type).__name__.replace("AutoString", "String")
            cog.outl(f"| {column.name}{key} | {kind} | {required} | {refers} |")


def vocabulary() -> None:
    """Show every word that a record may use."""
    from registry import vocabulary

    for name in sorted(dir(vocabulary)):
        terms = getattr(vocabulary, name)
        if not name.isupper() or not isinstance(terms, dict):
            continue
        cog.outl(f"\n## {name.replace('_', ' ').capitalize()}\n")
        outcomes = name == "OUTCOMES"
        head = "| word | Danish | English |" + (" unit | kind | higher is |" if outcomes else "")
        cog.outl(head)
        cog.outl("|" + " --- |" * head[1:].count("|"))
        for term in terms.values():
            row = f"| `{term.id}` | {term.da} | {term.en} |"
            if outcomes:
                row += f" {term.unit} | {term.kind} | {term.higher_is} |"
            cog.outl(row)


def indigo_fields() -> None:
    """Show INDIGO's project fields, and ours, with where each is kept."""
    from registry.bonds import place
    from registry.indigo import EXTENSION, FIELDS

    cog.outl("\n| field | title | form | kept in |\n| --- | --- | --- | --- |")
    for path, field in FIELDS.items():
        kept = ".".join(place(path))
        cog.outl(f"| `{path}` | {field.title} | {field.form} | `{kept}` |")
    for path, field in EXTENSION.items():
        cog.outl(f"| `{path}` | {field.title} | {field.form} | `statement.value` |")
    cog.outl("")


def measures() -> None:
    """Show every effect measure with the columns that it needs."""
    from meta.effects.measures import ALTERNATIVES, MEASURES

    cog.outl("\n| measure | what it is | columns | scale | `--vtype` |")
    cog.outl("| --- | --- | --- | --- | --- |")
    for code, facts in MEASURES.items():
        columns = " or ".join("`" + ", ".join(one) + "`" for one in ALTERNATIVES[facts.design])
        variants = ", ".join(facts.vtypes)
        cog.outl(f"| `{code}` | {facts.title} | {columns} | {facts.scale} | {variants} |")
    cog.outl("")
