"""Rendering: the one Jinja environment, in which text from records stays text.

Markdown templates put every value through `markdown`, which escapes it; SVG and HTML templates escape for
XML. Nothing in a record is ever read as markup or as a template, and a name that the context lacks is an
error.
"""

import math
import re
from collections.abc import Callable
from dataclasses import fields
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from templates.bound import MARKS, NEXT_FIGURE, NEXT_TABLE, excepted
from templates.citations import pandoc_citations
from templates.palette import NIGHT, PALETTE, dark_rules

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.nodes import EvalContext

FOLDER = Path(__file__).parent
ANYWHERE = re.compile(r"[\\`*_{}\[\]<>#|~^$@&!]")
"""Signs that mean something to pandoc's Markdown wherever they stand."""
AT_THE_START = re.compile(rf"[{MARKS}]*(?:[-+=:%.]|[Tt]able:|\(?\w+[.)](?=[{MARKS}]*(?:\s|$)))")
"""What begins a list, a caption or a block where it stands first on a line, its marks taken away."""
SPACE = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")
"""White space that a line may break at; what joins a number to its unit is kept."""


class Verbatim(str):
    """Text that is already what it should be in the document."""

    __slots__ = ()


def markdown(text: str) -> str:
    r"""Return text so that pandoc's Markdown reads it as that text, on one line; citations are cited.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(markdown("![x](/etc/passwd)"), markdown("21. november"))
    \!\[x\](/etc/passwd) 21\. november
    """
    escaped = ANYWHERE.sub(r"\\\g<0>", SPACE.sub(" ", text).strip())
    start = AT_THE_START.match(escaped)
    if start is not None:
        at = start.end() - 1
        escaped = f"{escaped[:at]}\\{escaped[at:]}"
    return pandoc_citations(escaped)


def spoken(text: str, language: str) -> Verbatim:
    r"""Return text for Markdown as a span in its own language; without one where that is not known.

    Parameters
    ----------
    text : str
    language : str
        A code of letters, or nothing.

    Returns
    -------
    Verbatim

    Examples
    --------
    >>> spoken("Det virker", "da"), spoken("[It] works", "")
    ('[Det virker]{lang=da}', '\\[It\\] works')
    """
    if not language:
        return Verbatim(markdown(text))
    return Verbatim(f"[{markdown(text)}]{{lang={language}}}")


def own(text: str) -> str:
    """Return an organisation's own words, which may have digits: a telephone number, a section of a law."""
    return excepted(str(text), "own")


@lru_cache(maxsize=4096)
def coordinate(value: float) -> str:
    """Return a place in a drawing with at most two decimals.

    Parameters
    ----------
    value : float

    Returns
    -------
    str

    Examples
    --------
    >>> coordinate(12.0), coordinate(0.005), coordinate(-0.001)
    ('12', '0.01', '0')
    """
    hundredths = math.floor(abs(value) * 100 + 0.5)
    whole, rest = divmod(hundredths, 100)
    sign = "-" if value < 0 and hundredths else ""
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{rest:02}".rstrip("0")


@cache
def environment() -> "Environment":
    """Return the environment that every template of this room is rendered in."""
    from jinja2 import FileSystemLoader, StrictUndefined, pass_eval_context
    from jinja2.sandbox import SandboxedEnvironment

    class Sandbox(SandboxedEnvironment):
        def getattr(self, obj: Any, attribute: str) -> Any:
            if attribute in getattr(type(obj), "__dataclass_fields__", ()):
                return getattr(
                    obj, attribute
                )  # our own data: the sandbox's checks cost more than it
            return super().getattr(obj, attribute)

    @pass_eval_context
    def finalize(context: "EvalContext", value: Any) -> Any:
        if context.autoescape or isinstance(value, Verbatim):
            return value
        return markdown(str(value))

    made = Sandbox(
        loader=FileSystemLoader(FOLDER),
        autoescape=lambda name: name is not None and name.endswith((".svg.j2", ".html.j2")),
        undefined=StrictUndefined,
        finalize=finalize,
        comment_start_string="((#",  # pandoc's {#id} is no comment
        comment_end_string="#))",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["coordinate"] = coordinate
    made.globals["palette"] = PALETTE
    made.globals["night"] = NIGHT
    made.globals["dark_rules"] = dark_rules
    made.filters["spoken"] = spoken
    made.filters["own"] = own
    return made


def render(template: str, context: Any, say: Callable[..., str] | None = None) -> str:
    """Render a template with the fields of a context, and with the texts of a language.

    Parameters
    ----------
    template : str
        Path inside this room, e.g. ``briefs/note.md.j2``.
    context : dataclass
        Its fields are the template's variables.
    say : callable, optional
        Gives a text by its name, as `templates.words.Words.say` does; the template calls it ``say``.

    Returns
    -------
    str
    """
    return environment().get_template(template).render(named(context), say=say)


def named(context: Any) -> dict[str, Any]:
    """Return what a template may name: the fields of its context, and the numbers of its captions."""
    names = {one.name: getattr(context, one.name) for one in fields(context)}
    return {**names, "next_table": NEXT_TABLE, "next_figure": NEXT_FIGURE}
