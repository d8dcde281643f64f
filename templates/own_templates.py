"""Own templates: an organisation's blocks in place of ours, in a template that can do little else.

A template from outside is hostile until it is checked. It may name what the context offers, choose, loop and
put blocks in place of ours; it cannot call, calculate, assign, or read a file outside its folder, and it ends
after a fixed count of steps and signs.
"""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from meta.faults import InputError, fault
from templates.render import FOLDER, Verbatim, environment, named

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment, nodes

OURS = "evidens/"
"""What our own template is called by one that extends it: ``evidens/briefs/note.md.j2``."""
SECTIONS = "briefs/sections/"
"""Parts that our templates are made of; a file of the same name in a folder stands in place of ours."""
LARGEST = 200_000
"""Bytes of a template."""
MOST_STEPS = 100_000
"""Rounds of all loops together."""
LONGEST_TEXT = 2_000_000
"""Signs that a template may write."""

NODES = frozenset(
    {
        *(
            "Template",
            "Output",
            "TemplateData",
            "Block",
            "Extends",
            "Include",
            "If",
            "For",
            "Scope",
        ),
        *("Name", "Getattr", "Const", "Filter", "Compare", "Operand", "Not", "And", "Or", "Concat"),
        *("CondExpr", "Tuple"),
    }
)
"""What a template may be made of, in Jinja's own names; a tuple only to name the parts of a loop's item."""
FILTERS = frozenset(
    {"upper", "lower", "capitalize", "first", "last", "length", "default", "spoken", "own"}
)


def used_by(folder: Path) -> list[Path]:
    """Return the templates of a folder, in the order of their names.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path

    Raises
    ------
    InputError
        There is no such folder.
    """
    if not folder.is_dir():
        raise fault(
            "there is no such folder", "Name the folder of your templates.", file=str(folder)
        )
    return sorted(one for one in folder.rglob("*.j2") if one.is_file())


def render_own(folder: Path, template: str, context: Any, say: Callable[..., str]) -> str:
    """Render a template of a folder with the fields of a context; ours where the folder has none.

    Parameters
    ----------
    folder : Path
        The organisation's templates.
    template : str
        Path inside it, e.g. ``briefs/note.md.j2``.
    context : dataclass
        Its fields are the template's variables.
    say : callable
        Gives a text of the brief's language by its name, as `templates.words.Words.say` does.

    Returns
    -------
    str

    Raises
    ------
    InputError
        There is no such folder or nothing in it that is asked for; a template is too large, is no UTF-8, does
        what it may not, names what the context lacks, or does not come to an end.

    Examples
    --------
    >>> render_own(Path("house"), "briefs/note.md.j2", context, say)  # doctest: +SKIP
    '# Individual Placement ...'
    """
    from jinja2 import TemplateError

    if not (folder / template).is_file():
        found = ", ".join(str(one.relative_to(folder)) for one in used_by(folder)) or "no template"
        raise fault(
            f"there is no {template} in this folder; it has {found}",
            f'Put it there, beginning with {{% extends "{OURS}{template}" %}}.',
            file=str(folder),
        )
    names = named(context)
    room = LONGEST_TEXT
    pieces = []
    steps = _Steps()
    try:
        for piece in _environment(folder, steps).get_template(template).generate(names, say=say):
            room -= len(piece)
            if room < 0:
                raise _too_much(folder / template, f"writes more than {LONGEST_TEXT:,} signs")
            pieces.append(piece)
    except _EndlessError:
        raise _too_much(folder / template, f"takes more than {MOST_STEPS:,} steps") from None
    except RecursionError:
        raise _too_much(folder / template, "includes itself") from None
    except TemplateError as error:
        raise _refused(error, folder, template) from None
    return "".join(pieces)


class _EndlessError(Exception):
    """More steps than a brief can need."""


class _Steps:
    """Counts the rounds of all loops."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _EndlessError


def _environment(folder: Path, steps: Callable[[], None]) -> "Environment":
    """Return an environment like ours that reads the folder and counts every round of a loop."""
    from jinja2 import nodes
    from jinja2.compiler import CodeGenerator

    def called(name: str, *arguments: nodes.Expr) -> nodes.Call:
        return nodes.Call(nodes.EnvironmentAttribute(name), list(arguments), [], None, None)

    class Counting(CodeGenerator):
        def visit_Template(  # noqa: N802  # named by Jinja
            self, node: nodes.Template, frame: Any = None
        ) -> None:
            for loop in node.find_all(nodes.For):
                loop.body.insert(0, nodes.ExprStmt(called("count_step")))
            for output in node.find_all(nodes.Output):
                output.nodes = [
                    called("verbatim", one) if _is_super(one) else one for one in output.nodes
                ]
            super().visit_Template(node, frame)

    own = environment().overlay(loader=_loader(folder), cache_size=50)
    made: Any = own
    made.code_generator_class = Counting
    made.count_step, made.verbatim = steps, Verbatim
    made.globals = {}
    made.filters = {name: one for name, one in made.filters.items() if name in FILTERS}
    return own


def _loader(folder: Path) -> "BaseLoader":
    from jinja2 import BaseLoader, FileSystemLoader, TemplateNotFound

    root = folder.resolve()

    class Loader(BaseLoader):
        def get_source(
            self, environment: "Environment", template: str
        ) -> tuple[str, str | None, Callable[[], bool] | None]:
            if template.startswith(OURS):
                return FileSystemLoader(FOLDER).get_source(environment, template[len(OURS) :])
            file = (root / template).resolve()
            if template.startswith(SECTIONS) and not file.exists():
                return FileSystemLoader(FOLDER).get_source(environment, template)
            if not file.is_relative_to(root) or not file.name.endswith(".j2") or not file.is_file():
                raise TemplateNotFound(template)
            source = _source(file, folder / template)
            for line, problem in _forbidden(environment.parse(source, template)):
                raise fault(
                    f"{problem} may not stand in a template",
                    "Use what docs/brief-context.md lists: names, blocks, if and for.",
                    file=str(folder / template),
                    line=line,
                )
            return source, str(folder / template), None

    return Loader()


def _source(file: Path, shown: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise fault(
            f"the template has more than {LARGEST:,} bytes", "Make it smaller.", file=str(shown)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fault("the template is no UTF-8", "Save it in UTF-8.", file=str(shown)) from None


def _forbidden(tree: "nodes.Template") -> Iterator[tuple[int, str]]:
    """Yield the line and the name of everything in a template that it may not do."""
    from jinja2 import nodes

    targets = {id(loop.target) for loop in tree.find_all(nodes.For)}
    waiting: list[nodes.Node] = [tree]
    while waiting:
        node = waiting.pop(0)
        name = type(node).__name__
        if _is_super(node):
            continue
        if _is_say(node):
            waiting[:0] = [one.value for one in node.kwargs]
            continue
        if name not in NODES or (isinstance(node, nodes.Tuple) and id(node) not in targets):
            yield node.lineno, f"{name.lower()!r}"
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield node.lineno, f"the filter {node.name!r}"
        if isinstance(node, nodes.For) and node.recursive:
            yield node.lineno, "a recursive loop"
        if isinstance(node, (nodes.Extends, nodes.Include)) and not isinstance(
            node.template, nodes.Const
        ):
            yield node.lineno, "a template that is not named in quotes"
        waiting[:0] = list(node.iter_child_nodes())


def _is_super(node: "nodes.Node") -> bool:
    """Say whether a node is ``super()``, our own text of a block."""
    from jinja2 import nodes

    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "super"
        and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
    )


def _is_say(node: "nodes.Node") -> TypeGuard["nodes.Call"]:
    """Say whether a node is ``say("name", value=...)``, a text of the brief's language."""
    from jinja2 import nodes

    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "say"
        and len(node.args) == 1
        and isinstance(node.args[0], nodes.Const)
        and not (node.dyn_args or node.dyn_kwargs)
    )


def _too_much(file: Path, what: str) -> InputError:
    return fault(f"the template {what}", "Loop over what the context offers, once.", file=str(file))


def _refused(error: Exception, folder: Path, template: str) -> InputError:
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    file, line = folder / template, None
    if isinstance(error, TemplateSyntaxError):
        file, line = folder / (error.name or template), error.lineno
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.endswith(".j2"):
                file, line = Path(frame.filename), frame.lineno
    problem = str(error).rstrip(".")
    if isinstance(error, TemplateNotFound):
        problem = f"there is no template {str(error)!r} in the folder"
    return fault(
        problem,
        "docs/brief-context.md lists what a template may name and do.",
        file=str(file),
        line=line,
    )
