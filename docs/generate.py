"""Generated parts of the documentation: cog calls these; ``./run check`` proves that they are current."""

import atexit
import contextlib
import functools
import inspect
import io
import re
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Any
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


@functools.cache
def _shipped() -> str:
    """Return the URL of a registry with the shipped records, which is there until the program ends."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    url = f"sqlite:///{folder / 'registry.db'}"
    _run(["load", "--db", url])
    return url


def command(line: str, first: int | None = None, last: int = 0) -> None:
    """Show a command that changes nothing and what it prints: the first lines and the last ones."""
    arguments = shlex.split(line)
    if arguments[0] in ("replicate", "synthesis", "case"):
        arguments += ["--db", _shipped()]
    lines = _run(arguments).splitlines()
    shown = lines if first is None else [*lines[:first], "…", *(lines[-last:] if last else [])]
    _block([f"$ evidens {line}", *shown])


def example(name: str) -> None:
    """Show a program of docs/examples and what it prints."""
    code = (Path(__file__).parent / "examples" / name).read_text(encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, name, "exec"), {})
    _block([*code.strip().splitlines(), "", *printed.getvalue().strip().splitlines()])


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


def further_analyses() -> None:
    """List what ``evidens pool --also`` can do."""
    from meta.further.table import FURTHER

    cog.outl("\n| `--also` | what it is | options |\n| --- | --- | --- |")
    for name, one in FURTHER.items():
        options = "<br>".join(
            f"`{option.form.replace('|', chr(92) + '|')}` {option.help}" for option in one.options
        )
        cog.outl(f"| `{name}` | {one.what} | {options} |")
    cog.outl("")


def facade() -> None:
    """List the names that ``import evidens`` gives: what each is, and where it lives."""
    import evidens

    homes = {name: room for room, names in evidens.ROOMS.items() for name in names}
    cog.outl("\n| name | is | lives in |\n| --- | --- | --- |")
    for name in evidens.__all__:
        first = (inspect.getdoc(getattr(evidens, name)) or "").partition("\n")[0]
        cog.outl(f"| `{name}` | {first.replace('|', chr(92) + '|')} | `{homes[name]}` |")
    cog.outl("")


RECURRING = {
    "study_id": "The study.",
    "report_id": "The report.",
    "synthesis_id": "The synthesis.",
    "result_id": "The result.",
    "extraction_id": "The second extraction.",
    "project_id": "The project.",
    "set_id": "The set of facts.",
    "provenance_id": "Where the value stands.",
    "disputed": "What it disagrees with: another source, or what else the same one says.",
    "note": "What else is to be known.",
    "position": "Its place among the others, from 0.",
}
"""What columns mean that many tables have; every other column says it in its class."""


def data_dictionary() -> None:
    """Show every table and column of the registry: its meaning, type, rules and words."""
    from registry import schema

    for table in schema.metadata.sorted_tables:
        model = schema.model_of(table)
        cog.outl(f"\n## {table.name}\n\n{inspect.cleandoc(model.__doc__ or '')}\n")
        cog.outl("| column | meaning | type | required | refers to | words |")
        cog.outl("| --- | --- | --- | --- | --- | --- |")
        words = {name: found for rule in _checks(table) for name, found in [_words(rule)] if found}
        for column in table.columns:
            field = model.model_fields.get(column.key)
            meaning = (field.description if field else None) or RECURRING.get(column.name, "")
            refers = ", ".join(sorted(key.target_fullname for key in column.foreign_keys))
            key = " (key)" if column.primary_key else ""
            required = "" if column.nullable else "yes"
            kind = type(column.type).__name__.replace("AutoString", "String")
            allowed = _shown_words(words.get(column.name, ()), refers)
            cog.outl(
                f"| {column.name}{key} | {meaning} | {kind} | {required} | {refers} | {allowed} |"
            )
        rules = [rule for rule in _checks(table) if not _words(rule)[1]]
        if rules:
            cog.outl("\nRules:\n")
        for rule in rules:
            cog.outl(f"- `{_name(rule)}`: `{rule.sqltext}`")


def _checks(table: Any) -> list[Any]:
    import sqlalchemy as sa

    rules = [rule for rule in table.constraints if isinstance(rule, sa.CheckConstraint)]
    return sorted(rules, key=_name)


def _name(rule: Any) -> str:
    return str(rule.name).removeprefix(f"ck_{rule.table.name}_")


def _words(rule: Any) -> tuple[str, tuple[str, ...]]:
    """Return the column and the words of a rule that is nothing but a list of words."""
    found = re.fullmatch(r"(\w+) IN \(('[^']*'(?:, '[^']*')*)\)", str(rule.sqltext))
    return (found[1], tuple(re.findall(r"'([^']*)'", found[2]))) if found else ("", ())


def _shown_words(words: tuple[str, ...], refers: str) -> str:
    """Show words that no list of the vocabulary has; name the list otherwise."""
    for table, name in (("country.code", "COUNTRIES"), ("currency.code", "CURRENCIES")):
        if refers == table:
            return _link(name)
    for name, terms in _lists().items():
        if words and tuple(terms) == words:
            return _link(name)
    return ", ".join(f"`{word}`" for word in words)


def _link(name: str) -> str:
    title = name.replace("_", " ").capitalize()
    return f"[{title}](vocabulary.md#{title.lower().replace(' ', '-')})"


def _lists() -> dict[str, Any]:
    from registry import vocabulary

    return {
        name: terms
        for name, terms in sorted(vars(vocabulary).items())
        if name.isupper() and isinstance(terms, dict)
    }


def vocabulary() -> None:
    """Show every word that a record may use."""
    for name, terms in _lists().items():
        cog.outl(f"\n## {name.replace('_', ' ').capitalize()}\n")
        more = {
            "OUTCOMES": ("measures", "unit", "kind", "higher is"),
            "BIAS_TOOLS": ("version", "source", "domains", "overall"),
        }.get(name, ())
        head = "".join(f" {title} |" for title in ("word", "Danish", "Norwegian", "English", *more))
        cog.outl(f"|{head}")
        cog.outl("|" + " --- |" * head.count("|"))
        for term in terms.values():
            row = f"| `{term.id}` | {term.da} | {term.nb} | {term.en} |"
            if name == "OUTCOMES":
                row += f" {term.construct} | {term.unit} | {term.kind} | {term.higher_is} |"
            if name == "BIAS_TOOLS":
                domains = "; ".join(
                    f"{domain} ({', '.join(levels)})" for domain, levels in term.domains.items()
                )
                row += f" {term.version} | {term.source} | {domains} | {', '.join(term.overall)} |"
            cog.outl(row)


def indigo_fields() -> None:
    """Show INDIGO's project fields, and ours, with where each is kept."""
    from registry.bond_places import place
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


def brief_blocks() -> None:
    """List the template of each kind of document with its blocks, in their order."""
    from templates.kinds import KINDS
    from templates.render import FOLDER

    cog.outl("\n| template | about | blocks |\n| --- | --- | --- |")
    for kind in KINDS.values():
        text = (FOLDER / kind.template).read_text(encoding="utf-8")
        names = ", ".join(f"`{name}`" for name in re.findall(r"\{% block (\w+) %\}", text))
        cog.outl(f"| `{kind.template}` | a {kind.subject} | {names} |")
    cog.outl("")


def brief_context() -> None:
    """Show every name that a brief's template may use, class by class."""
    from dataclasses import fields, is_dataclass
    from typing import get_args, get_type_hints

    from templates.kinds import KINDS

    waiting: list[type] = list(dict.fromkeys(one.context for one in KINDS.values()))
    for owner in waiting:
        cog.outl(f"\n#### {owner.__name__}\n\n{inspect.getdoc(owner)}\n")
        cog.outl("| name | what it is | type |\n| --- | --- | --- |")
        hints = get_type_hints(owner)
        for one in fields(owner):
            hint = hints[one.name]
            inner = [
                part
                for part in (hint, *get_args(hint))
                if isinstance(part, type) and is_dataclass(part)
            ]
            waiting += [part for part in inner if part not in waiting]
            kind = _kind(hint)
            for part in inner:
                kind = kind.replace(part.__name__, f"[{part.__name__}](#{part.__name__.lower()})")
            cog.outl(f"| `{one.name}` | {one.metadata['help']} | {kind} |")
    cog.outl("")


def _kind(hint: Any) -> str:
    """Return a type in a reader's words."""
    from typing import get_args, get_origin

    parts = [part for part in get_args(hint) if part not in (type(None), ...)]
    if get_origin(hint) is tuple:
        return f"list of {_kind(parts[0])}"
    if parts:
        return f"{_kind(parts[0])} or nothing"
    return {str: "text", bool: "true or false"}.get(hint, hint.__name__)
