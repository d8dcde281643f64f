"""The contract between templates and contexts, and the sentences that rules choose."""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from jinja2 import nodes

from meta.models.pooling import pool
from meta.models.results import EffectSizes
from registry.analyses import Analysis, PooledEnvelope
from registry.decided_certainty import DecidedCertainty, DecidedStep
from registry.next_sites import site_estimate
from registry.vocabulary import CERTAINTY_LEVELS
from templates import bond_contexts, contexts, drawings
from templates.bound import numbers_of
from templates.certainty_reading import certainty_reading
from templates.charts import marks
from templates.charts.marks import Table
from templates.dossier import Dossier
from templates.drawings import ForestPlot
from templates.evidence import synthesis_document
from templates.kinds import KINDS
from templates.number_list import LIST_OF_NUMBERS, NumberList
from templates.palette import Palette
from templates.render import FOLDER, environment, markdown, render
from templates.tongue import Tongue
from templates.words import Words
from tests.documents import brief_of

ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div)


@dataclass
class Loop:
    """What Jinja tells of a loop, as far as our templates ask."""

    last: bool


def parts_of(template: str) -> list[Any]:
    """The syntax tree of a template."""
    source, _, _ = environment().loader.get_source(environment(), template)  # type: ignore[union-attr]
    return environment().parse(source).body


class Named:
    """The names of contexts that a template reads, found in its syntax tree."""

    def __init__(self, template: str, root: type) -> None:
        self.read: set[tuple[type, str]] = set()
        self.root = root
        self.macros: dict[str, nodes.Macro] = {}
        counted = {"next_table": str, "next_figure": str, "loop": Loop}
        self.body(parts_of(template), {"palette": Palette, **counted})

    def body(self, parts: list[Any], scope: dict[str, Any]) -> None:
        for part in parts:
            if isinstance(part, nodes.Output):
                for one in part.nodes:
                    if not isinstance(one, nodes.TemplateData):
                        self.kind(one, scope)
            elif isinstance(part, nodes.For):
                items = get_args(self.kind(part.iter, scope))[0]
                inner = dict(scope)
                if isinstance(part.target, nodes.Tuple):
                    names = [name.name for name in part.target.items]  # type: ignore[attr-defined]
                    inner |= dict(zip(names, get_args(items), strict=True))
                else:
                    inner[part.target.name] = items  # type: ignore[attr-defined]
                self.body(part.body, inner)
            elif isinstance(part, nodes.Include):
                self.body(parts_of(part.template.value), scope)  # type: ignore[attr-defined]
            elif isinstance(part, nodes.Macro):
                self.macros[part.name] = part
            elif isinstance(part, nodes.Block):
                self.body(part.body, scope)
            elif isinstance(part, nodes.If):
                self.kind(part.test, scope)
                self.body([*part.body, *part.else_], scope)
                assert not part.elif_
            else:
                pytest.fail(f"the contract does not know {type(part).__name__}")

    def kind(self, node: Any, scope: dict[str, Any]) -> Any:
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name]
            return self.field(self.root, node.name)
        if isinstance(node, nodes.Getattr):
            owner = self.kind(node.node, scope)
            if get_origin(owner) is dict:
                return get_args(owner)[1]
            return self.field(owner, node.attr)
        if isinstance(node, nodes.Filter):
            assert node.name in environment().filters, f"there is no filter {node.name}"
            for one in node.args:
                self.kind(one, scope)
            return self.kind(node.node, scope)
        if isinstance(node, nodes.Not):
            return self.kind(node.node, scope)
        if isinstance(node, nodes.CondExpr):
            for part in (node.test, node.expr1, node.expr2):
                self.kind(part, scope)
            return str
        if isinstance(node, nodes.Call):
            name = node.node.name  # type: ignore[attr-defined]
            if name in self.macros:
                macro = self.macros[name]
                given = [self.kind(one, scope) for one in node.args]
                taken = [one.name for one in macro.args]
                self.body(macro.body, scope | dict(zip(taken, given, strict=True)))
                return str
            assert name == "say", f"the contract does not know the call of {name}"
            for keyword in node.kwargs:
                self.kind(keyword.value, scope)
            return str
        if isinstance(node, ARITHMETIC):
            self.kind(node.left, scope)
            self.kind(node.right, scope)
            return float
        if isinstance(node, nodes.Const):
            return float
        pytest.fail(f"the contract does not know {type(node).__name__}")

    def field(self, owner: type, name: str) -> Any:
        hints = get_type_hints(owner)
        assert name in hints, f"{owner.__name__} has no {name}, but a template reads it"
        self.read.add((owner, name))
        given = hints[name]
        held = [one for one in get_args(given) if one is not type(None)]
        return held[0] if type(None) in get_args(given) else given


def declared(root: type) -> set[tuple[type, str]]:
    """Every field of a context and of the contexts in it."""
    found: set[tuple[type, str]] = set()
    waiting = [root]
    while waiting:
        owner = waiting.pop()
        for name, hint in get_type_hints(owner).items():
            found.add((owner, name))
            inner = [hint, *get_args(hint)]
            waiting += [one for one in inner if is_dataclass(one) and isinstance(one, type)]
    return found


UNREAD = {
    (contexts.Pooled, "alternative"),  # goes to the converters beside the text
    (ForestPlot, "table"),  # stands beside the drawing
    (Table, "headings"),
    (Table, "rows"),
}


ROOTS = {
    **{
        one.context: [kind.template for kind in KINDS.values() if kind.context is one.context]
        for one in KINDS.values()
    },
    NumberList: [LIST_OF_NUMBERS],
    ForestPlot: ["svg/forest.svg.j2"],
}
"""Contexts with the templates that are made of them."""
TEMPLATES = sorted(str(one.relative_to(FOLDER)) for one in (FOLDER / "briefs").rglob("*.md.j2"))


@pytest.mark.parametrize("root", ROOTS, ids=lambda one: one.__name__)
def test_templates_and_context_list_the_same_names(root: type) -> None:
    offered = declared(root)
    read = set().union(*(Named(one, root).read for one in ROOTS[root]))
    assert read - declared(Palette) - declared(Loop) <= offered
    missing = {
        f"{owner.__name__}.{name}" for owner, name in offered - read if (owner, name) not in UNREAD
    }
    assert missing == set(), "fields that no template reads"


def test_the_page_on_own_templates_lists_every_name_and_no_other() -> None:
    page = (FOLDER.parent / "docs" / "brief-context.md").read_text(encoding="utf-8")
    listed = {
        (section.split("\n", 1)[0], name)
        for section in page.split("\n#### ")[1:]
        for name in re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)
    }
    contexts_of_kinds = {one.context for one in KINDS.values()}
    assert listed == {
        (owner.__name__, name) for root in contexts_of_kinds for owner, name in declared(root)
    }
    for kind in KINDS.values():
        blocks = re.findall(r"\{% block (\w+) %\}", (FOLDER / kind.template).read_text("utf-8"))
        (row,) = re.findall(rf"^\| `{kind.template}` \| .* \|$", page, flags=re.MULTILINE)
        assert re.findall(r"`(\w+)`", row) == blocks


@pytest.mark.parametrize("module", [contexts, bond_contexts, drawings, marks])
def test_every_field_has_help(module: Any) -> None:
    owners = [one for one in vars(module).values() if isinstance(one, type) and is_dataclass(one)]
    assert len(owners) > 5
    for owner in owners:
        for one in fields(owner):
            assert one.metadata.get("help", "").endswith("."), f"{owner.__name__}.{one.name}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_neither_a_digit_nor_a_word_stands_in_a_template(template: str) -> None:
    text = (FOLDER / template).read_text(encoding="utf-8")
    text = re.sub(r"\{#\w+\}|\{% include .*? %\}", "", text)
    assert re.findall("[0-9]", text) == []
    prose = re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}|^:::.*$|^Table: |\(\w+\)|\{\.listed n=", "", text, flags=re.M
    )
    assert re.findall(r"[^\W_]+", prose) == [], "words belong in templates/languages"


def test_every_number_of_vives_table_stands_in_the_brief(analysis: Analysis) -> None:
    brief = brief_of(analysis)
    rows = [
        (line.intervention, line.comparator, line.ratio)
        for block in (*brief.means, *brief.averages)
        for line in block.lines
    ]
    assert rows == [
        ("46", "11", "4,2"),
        ("9,9", "2,6", "3,8"),
        ("196", "19", "10,3"),
        ("39", "20", "2,0"),
        ("14,8", "8,9", "1,7"),
        ("253", "142", "1,8"),
        ("76", "28", "2,7"),
        ("32,4", "10,2", "3,2"),
        ("984", "354", "2,8"),
        ("54", "20", "2,7"),
        ("19,0", "7,2", "2,6"),
        ("477,7", "171,7", "2,8"),  # the note prints 477,8, which its own rounded cells do not give
        ("35,4", "36,8", "1,0"),
        ("890", "873", "1,0"),
    ]


def test_converted_numbers_bear_the_letters_of_their_assumptions(analysis: Analysis) -> None:
    brief = brief_of(analysis)
    marks = {
        (block.heading, line.label): line.marks for block in brief.means for line in block.lines
    }
    michon, davis = "Michon m.fl. (2014) – Nederlandene", "Davis m.fl. (2012) – USA"
    by_letter = {line.mark: (line.text, line.value) for line in brief.marks}
    weeks = [by_letter[mark] for mark in marks[michon, "Antal arbejdede uger (18 mdr.)"].split(",")]
    assert weeks == [
        ("Arbejdede dage omregnes til uger", "5 dage pr. uge"),
        (
            "Arbejdet er spredt jævnt over tid, så 30 mdr. kan omregnes til 18 mdr.",
            "faktor 0,6",
        ),
    ]
    share = by_letter[marks[davis, "Andel personer i beskæftigelse (pct.)"]]
    assert share == ("En andel opgjort for 12 mdr. bruges, som om den gjaldt 18 mdr.", "uændret")
    assert marks[michon, "Andel personer i beskæftigelse (pct.)"] == ""
    assert set(by_letter) == set(",".join(filter(None, marks.values())).split(","))


def test_the_box_says_what_was_found_and_how_little_it_rests_on(analysis: Analysis) -> None:
    brief = brief_of(analysis)
    points = {point.name: point.text for point in brief.points}
    mean = points["Gennemsnit af mange steder"]
    assert "54 pct. med IPS mod 20 pct. med SB" in mean
    assert "relativ forskel på 2,7" in mean
    # 0.9313 ± 0.1866 × 4.3027 on the log scale: metafor's Knapp-Hartung interval of these counts
    assert "relativ risiko 2,54 (95 pct.-konfidensinterval 1,14–5,66)" in mean
    assert "(k = 3)" in points["Grundlag"]
    assert "kun tre studier (k = 3)" in points["Sikkerhed"]
    assert "rummer ikke 1" in points["Sikkerhed"]
    assert "risikoforskellen rummer 0" in points["Sikkerhed"]
    assert "GRADE) er ikke vurderet" in points["Sikkerhed"]


def test_the_pooled_section_says_model_range_and_what_zero_means(analysis: Analysis) -> None:
    pooled = brief_of(analysis).pooled
    assert pooled is not None
    table = {line.label: line.cells for line in pooled.lines}
    assert table["Gennemsnit af mange steder: samlet skøn"] == ("2,54", "33,4")
    assert table["95 pct.-konfidensinterval"] == ("[1,14; 5,66]", "[−3,7; 70,4]")
    # metafor 3.8-1: test="adhoc", and EE, DL, HE, SJ, ML, REML, EB, PM on the counts shown.
    assert table["Samme, aldrig smallere end z-intervallet"] == ("[1,14; 5,66]", "[−4,1; 70,8]")
    assert table["Skøn med otte metoder for τ²"] == ("2,54–2,62", "31,4–33,4")
    assert table["Skøn over alle 21 mulige talsæt"] == ("2,37–2,57", "33,0–33,5")
    assert table["Til sammenligning: uvægtet gennemsnit"] == ("2,7", "34")
    envelope = " ".join(pooled.envelope)
    assert "VIVE's gennemsnit giver en relativ forskel på 2,7" in envelope
    assert "fra 2,37 til 2,57" in envelope
    assert "Bejerholm m.fl. (2015): 19 af 41 mod 5 af 46" in envelope
    assert "t-fordeling med 2 frihedsgrader" in pooled.how
    assert "skønnet til nul, den lavest mulige værdi" in " ".join(pooled.readings)


def test_an_unweighted_mean_has_no_interval_and_the_brief_says_why(analysis: Analysis) -> None:
    reasons = brief_of(analysis).no_interval
    assert reasons[0].startswith("De uvægtede gennemsnit har intet interval")
    assert reasons[1].startswith("Antal arbejdede uger og antal arbejdede timer kan ikke samles")
    assert "standardafvigelser" in reasons[1]


def repooled(analysis: Analysis, yi: list[float], vi: list[float], **options: Any) -> Analysis:
    """The analysis with other estimates in its one pooled outcome."""
    first = analysis.outcomes[0]
    envelope = first.pooled[0]
    labels = envelope.shown.effects.labels
    effects = EffectSizes(
        measure=envelope.shown.effects.measure, labels=labels, yi=np.array(yi), vi=np.array(vi)
    )
    fit = pool(effects, **options)
    value = fit.to_dict()["natural"]["estimate"]
    site = site_estimate({"outcome": first.outcome}, {}, fit, envelope.next_site.baseline, None)
    other: PooledEnvelope = replace(
        envelope, shown=fit, fits=1, estimate=(value, value), next_site=site
    )
    return replace(analysis, outcomes=(replace(first, pooled=(other,)), *analysis.outcomes[1:]))


def test_words_follow_the_data_where_studies_differ(analysis: Analysis) -> None:
    apart = repooled(analysis, [0.1, 1.0, 2.2], [0.01, 0.01, 0.01])
    pooled = brief_of(apart).pooled
    assert pooled is not None
    readings = " ".join(pooled.readings)
    assert "skønnet til nul" not in readings
    assert "interval sammen med gennemsnittets" not in readings
    assert pooled.envelope[-1] == "De trykte procenter passer med netop ét talsæt."
    assert not any("mulige talsæt" in line.label for line in pooled.lines)


def test_an_interval_with_no_difference_in_it_is_named(analysis: Analysis) -> None:
    brief = brief_of(repooled(analysis, [-0.5, 0.0, 0.6], [0.1, 0.1, 0.1]))
    certainty = {point.name: point.text for point in brief.points}["Sikkerhed"]
    assert "Intervallet for den relative risiko rummer 1, altså ingen forskel." in certainty
    clear = brief_of(repooled(analysis, [1.0, 1.1, 1.2], [0.01, 0.01, 0.01]))
    certainty = {point.name: point.text for point in clear.points}["Sikkerhed"]
    assert "rummer" not in certainty


def test_a_common_effect_is_named_and_has_no_prediction_interval(analysis: Analysis) -> None:
    common = repooled(analysis, [0.5, 0.6, 0.9], [0.1, 0.1, 0.1], method="EE", test="z")
    pooled = brief_of(common).pooled
    assert pooled is not None
    assert "model med én fælles effekt" in pooled.how
    assert "normalfordeling" in pooled.how
    assert {line.label: line.cells for line in pooled.lines}[
        "Den næste kommune: 95 pct.-prædiktionsinterval"
    ] == ("–",)
    assert any("τ² er sat til nul" in one for one in pooled.readings)


def test_nothing_pooled_leaves_the_section_out_and_keeps_the_numbering(analysis: Analysis) -> None:
    none = replace(
        analysis,
        outcomes=tuple(
            replace(one, pooled=(), not_pooled="no-variance") for one in analysis.outcomes
        ),
    )
    document = synthesis_document(KINDS["appendix"], Dossier(analysis=none))
    assert [one.name for one in document.figures] == ["hypothetical-trial"]
    assert document.context.pooled is None
    page, _ = numbers_of(render(document.template, document.context, Words("da").say))
    captions = re.findall(r"^Table: \*\*Tabel (\d+)\.\*\* (\w+)", page, flags=re.MULTILINE)
    assert [number for number, _ in captions] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert [word for _, word in captions] == [
        "Hvert",
        "De",
        "De",
        "Studier",
        "Effekt",
        "Oversigters",
        "Hvert",
        "Trin",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "da",
            "Tiltroen til evidensen (GRADE) er lav, vurderet af Evidens den 21. november 2026. Den er sat "
            "ned for risiko for bias og upræcision. Vores tiltro til skønnet er begrænset: Den sande effekt "
            "kan være væsentligt anderledes.",
        ),
        (
            "nb",
            "Tilliten til evidensen (GRADE) er lav, vurdert av Evidens den 21. november 2026. Den er satt "
            "ned for risiko for skjevhet og manglende presisjon. Vår tillit til anslaget er begrenset: Den "
            "sanne effekten kan være vesentlig annerledes.",
        ),
        (
            "en",
            "Certainty of the evidence (GRADE) is low, judged by Evidens on 21 November 2026. It was rated "
            "down for risk of bias and imprecision. Our confidence in the estimate is limited: the true "
            "effect may be substantially different.",
        ),
    ],
)
def test_a_decided_certainty_is_said_with_its_reasons(
    language: str, said: str, analysis: Analysis
) -> None:
    judged = DecidedCertainty(
        outcome="competitive-employment",
        start="high",
        level="low",
        steps=(
            DecidedStep("risk-of-bias", -1, "No blinding."),
            DecidedStep("inconsistency", 0, "Alike."),
            DecidedStep("imprecision", -1, "Wide."),
        ),
        judged_by="Evidens",
        dated="2026-11-21",
    )
    other = replace(judged, outcome="weeks-worked", level="high")
    brief = brief_of(replace(analysis, certainty=(other, judged)), language)
    assert brief.points[-1].text.endswith(said)
    brief = brief_of(replace(analysis, certainty=(other,)), language)
    assert Words(language).say("grade") in brief.points[-1].text


def test_each_level_and_a_step_up_have_their_words() -> None:
    tongue = Tongue(Words("en"))
    judged = DecidedCertainty(
        outcome="employment",
        start="low",
        level="moderate",
        steps=(),
        judged_by="Evidens",
        dated="2026-11-21",
    )
    said = {
        level: certainty_reading(replace(judged, level=level), tongue) for level in CERTAINTY_LEVELS
    }
    assert "is moderate, judged" in said["moderate"]
    assert said["very-low"].endswith("is likely to be substantially different.")
    assert len({text.split(". ")[-1] for text in said.values()}) == len(CERTAINTY_LEVELS)
    up = replace(judged, steps=(DecidedStep("large-effect", 1, "Large."),))
    assert "It was rated up for large effect." in certainty_reading(up, tongue)


@pytest.mark.parametrize("language", ["sv", "da/../en", ""])
def test_a_language_without_texts_is_refused(analysis: Analysis, language: str) -> None:
    with pytest.raises(ValueError, match=r"no texts in .*Use one of: da, nb, en"):
        brief_of(analysis, language)


def test_a_plan_without_a_text_in_the_language_is_refused_with_what_to_add(
    analysis: Analysis,
) -> None:
    plan = analysis.plan | {"purpose": {"da": "Formålet", "nb": "Formålet"}}
    with pytest.raises(ValueError, match=r"no purpose in 'en'.*Add it.*one of: da, nb"):
        brief_of(replace(analysis, plan=plan), "en")


def test_places_are_put_into_danish() -> None:
    words = Words("da")
    assert words.place("section 3.2") == "afsnit 3.2"
    assert words.place("footnote 7") == "fodnote 7"
    assert words.place("abstract, Results") == "resumé, Results"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("21. november 2026", "21\\. november 2026"),
        ("a) først", "a\\) først"),
        ("# nej", "\\# nej"),
        ("- nej", "\\- nej"),
        ("Table: nej", "Table\\: nej"),
        ("to\nlinjer\n\n    kode", "to linjer kode"),
        ("a|b", "a\\|b"),
        ("Bejerholm m.fl. (2015)", "Bejerholm m.fl. (2015)"),
    ],
)
def test_markdown_is_escaped(text: str, escaped: str) -> None:
    assert markdown(text) == escaped
