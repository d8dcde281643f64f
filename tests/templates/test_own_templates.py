"""Templates of an organisation's own: what they can do, and everything that they cannot."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from meta.faults import InputError
from registry.analyses import Analysis
from templates.contexts import EvidenceBrief
from templates.documents import FORMATS
from templates.letterhead import Letterhead
from templates.own_templates import LARGEST, MOST_STEPS, render_own
from templates.render import render
from templates.words import Words
from tests.documents import brief_of, write_brief

NAME = "briefs/appendix.md.j2"
SAY = Words("da").say
EXTENDS = f'{{% extends "evidens/{NAME}" %}}\n'


@pytest.fixture(scope="module")
def context(analysis: Analysis) -> EvidenceBrief:
    return brief_of(analysis)


@pytest.fixture
def house(tmp_path: Path) -> Callable[..., Path]:
    def save(text: str | bytes, name: str = NAME) -> Path:
        file = tmp_path / "house" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / "house"

    return save


def test_a_template_that_only_extends_ours_gives_our_brief(
    house: Callable[..., Path], context: EvidenceBrief
) -> None:
    assert render_own(house(EXTENDS), NAME, context, SAY) == render(NAME, context, SAY)


def blocks() -> list[str]:
    from templates.render import FOLDER

    return re.findall(r"\{% block (\w+) %\}", (FOLDER / NAME).read_text(encoding="utf-8"))


@pytest.mark.parametrize("block", blocks())
def test_every_block_can_be_replaced_and_kept_with_more(
    block: str, house: Callable[..., Path], context: EvidenceBrief
) -> None:
    ours = render(NAME, context, SAY)
    own = f"{EXTENDS}{{% block {block} %}}Vores {{{{ title }}}}\n\n{{% endblock %}}"
    replaced = render_own(house(own), NAME, context, SAY)
    assert "Vores Individual" in replaced
    assert replaced != ours
    more = f"{EXTENDS}{{% block {block} %}}FØR\n\n{{{{ super() }}}}EFTER{{% endblock %}}"
    kept = render_own(house(more), NAME, context, SAY)
    assert kept.replace("FØR\n\n", "").replace("EFTER", "") == ours


def test_values_stay_text_and_loops_and_conditions_work(
    house: Callable[..., Path], context: EvidenceBrief
) -> None:
    text = (
        "{% for study in studies %}{% if not loop.last %}{{ study.heading | upper }}, {% else %}og "
        "{{ study.heading }}{% endif %}{% endfor %}: {{ title ~ '!' if pooled else '' }}"
    )
    said = render_own(house(text), NAME, replace(context, title="*x* <b>"), SAY)
    assert said == (
        "BEJERHOLM M.FL. (2015) – SVERIGE, MICHON M.FL. (2014) – NEDERLANDENE, "
        r"og Davis m.fl. (2012) – USA: \*x\* \<b\>\!"
    )


def test_a_template_may_include_another_of_its_folder(
    house: Callable[..., Path], context: EvidenceBrief
) -> None:
    house("Hilsen {{ dated }}", "foot.md.j2")
    assert render_own(house('{% include "foot.md.j2" %}'), NAME, context, SAY) == (
        "Hilsen 21\\. november 2026"
    )


ENDLESS = "{% for a in title %}" * 4 + "{% endfor %}" * 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nothing }}", "1: 'nothing' is undefined"),
        ("\n\n{{ question.nothing }}", "3: 'templates.contexts.Question object' has no attribute"),
        ("{{ title", "1: unexpected end of template"),
        ("{% block a %}", "1: Unexpected end of template"),
        ("{{ title | nothing }}", "1: the filter 'nothing' may not stand in a template"),
        ("{{ ''.__class__.__mro__ }}", "1: access to attribute '__class__'"),
        ("{{ question.__init__.__globals__ }}", "1: access to attribute '__init__'"),
        ("{{ title.format(title) }}", "1: 'call' may not stand in a template"),
        ("{{ cycler('a') }}", "1: 'call' may not stand in a template"),
        ("{{ range(9) }}", "1: 'call' may not stand in a template"),
        ("{{ super(title) }}", "1: 'call' may not stand in a template"),
        ("{{ 'a' * 99999999999 }}", "1: 'mul' may not stand in a template"),
        ("{{ 2 ** 99999999999 }}", "1: 'pow' may not stand in a template"),
        ("{{ '%99999999999d' % 1 }}", "1: 'mod' may not stand in a template"),
        ("{{ 1 + 1 }}", "1: 'add' may not stand in a template"),
        ("{{ title[0] }}", "1: 'getitem' may not stand in a template"),
        ("{{ [1] }}", "1: 'list' may not stand in a template"),
        ("{% for a in (1, 2) %}{% endfor %}", "1: 'tuple' may not stand in a template"),
        ("{% set a = title %}", "1: 'assign' may not stand in a template"),
        ("{% macro a() %}{% endmacro %}", "1: 'macro' may not stand in a template"),
        ("{% import 'a.j2' as a %}", "1: 'import' may not stand in a template"),
        ("{% for a in studies recursive %}{% endfor %}", "1: a recursive loop may not stand"),
        ("{% include title %}", "1: a template that is not named in quotes"),
        ("{% extends title %}", "1: a template that is not named in quotes"),
        ("{% include '/etc/passwd' %}", "there is no template '/etc/passwd' in the folder"),
        ("{% include '../../secret.j2' %}", "there is no template '../../secret.j2' in the folder"),
        ("{% include 'link.j2' %}", "there is no template 'link.j2' in the folder"),
        (
            "{% include 'evidens/../../pyproject.toml' %}",
            "there is no template '../../pyproject.toml' in the folder",
        ),
        ("{% include 'notes.txt' %}", "there is no template 'notes.txt' in the folder"),
        (f"{{% include '{NAME}' %}}", "the template includes itself"),
        (f"{{% extends '{NAME}' %}}", "the template includes itself"),
        (ENDLESS, f"takes more than {MOST_STEPS:,} steps"),
        ("x" * (LARGEST + 1), "the template has more than 200,000 bytes"),
        (b"\xe6\xf8\xe5", "the template is no UTF-8"),
        (
            "{% for a in title %}{% for b in title %}" + "x" * 1000 + "{% endfor %}{% endfor %}",
            "writes more than 2,000,000 signs",
        ),
    ],
)
def test_what_a_template_may_not_do_is_refused_at_once(
    text: str | bytes,
    message: str,
    house: Callable[..., Path],
    context: EvidenceBrief,
    tmp_path: Path,
) -> None:
    (tmp_path / "secret.j2").write_text("secret", encoding="utf-8")
    folder = house("notes", "notes.txt")
    (folder / "link.j2").symlink_to(tmp_path / "secret.j2")
    house(text)
    begun = time.monotonic()
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        render_own(folder, NAME, context, SAY)
    assert str(raised.value).startswith(f"{folder / NAME}:")
    assert "secret." not in str(raised.value).replace("secret.j2", "")
    assert time.monotonic() - begun < 5  # seconds; the slowest takes a fraction of one


def test_a_folder_without_the_template_says_what_it_has(
    house: Callable[..., Path], context: EvidenceBrief, tmp_path: Path
) -> None:
    folder = house("", "briefs/evidence-brief.md.j2")
    with pytest.raises(InputError, match=r"it has briefs/evidence-brief\.md\.j2.*extends"):
        render_own(folder, NAME, context, SAY)
    with pytest.raises(InputError, match=r"there is no such folder"):
        render_own(tmp_path / "none", NAME, context, SAY)


MARKUP = EXTENDS + (
    "{% block purpose %}\n## Hvorfor\n\n![et billede](/etc/passwd) [farlig](javascript:alert) "
    '[fin](https://example.org){onclick="alert()"} <b onclick="a()">raw</b>\n\n'
    '::: {.read onclick="alert()" style="background: url(http://a)" custom-style="Note"}\nhej\n:::\n\n'
    "![alene](https://example.org/a.png)\n\n"
    '``` {=html}\n<script>alert()</script>\n```\n\n`#read("/etc/passwd")`{=typst}\n\n{% endblock %}'
)


def test_markup_of_a_template_brings_no_script_and_no_file(
    analysis: Analysis, house: Callable[..., Path], tmp_path: Path
) -> None:
    letterhead = Letterhead(templates=house(MARKUP))
    made = write_brief(analysis, tmp_path / "out", FORMATS, letterhead=letterhead)
    files = {file.suffix[1:]: file for file in made}
    html = files["html"].read_text(encoding="utf-8")
    assert '<h2 id="hvorfor">Hvorfor</h2>' in html
    assert "et billede farlig" in html
    assert '<a href="https://example.org">fin</a>' in html
    assert not re.search(r"<(script|img|b)\b|<[^>]*onclick|javascript:|url\(http", html)
    secret = Path("/etc/passwd").read_bytes().splitlines()[0]
    assert not any(secret in file.read_bytes() for file in made)


def test_a_brief_without_a_list_of_methods_lists_them_with_the_sources(
    analysis: Analysis, house: Callable[..., Path], tmp_path: Path
) -> None:
    folder = house(EXTENDS + "{% block methods %}{% endblock %}")
    made = write_brief(analysis, tmp_path, ["html", "pdf"], letterhead=Letterhead(templates=folder))
    html = made[0].read_text(encoding="utf-8")
    assert html.count('id="ref-method:hartung-knapp-2001"') == 1
    assert "Kilder til metoderne" not in html
