"""The texts of each language: none missing, none unused, none doubtful, the same names for values in each."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2.nodes
import pytest
from babel.messages.pofile import read_po

from meta.faults import InputError
from registry.terms import LANGUAGES
from registry.vocabulary import ASCERTAINMENTS
from templates import documents, formats, numerals, words
from templates.catalogue import FOLDER, catalogue, read_catalogue
from templates.render import environment
from templates.words import Words

ROOT = Path(__file__).parents[2]
CODE = [*sorted(ROOT.glob("templates/**/*.py")), *sorted(ROOT.glob("evidens/*.py"))]
TEMPLATES = sorted(ROOT.glob("templates/**/*.j2"))
NAME = re.compile(r"\{(\w*)\}")
HEAD = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def texts(language: str) -> dict[str, tuple[str, ...]]:
    return dict(catalogue(language).texts)


def test_every_language_has_a_catalogue_numbers_and_a_region() -> None:
    assert {one.stem for one in FOLDER.iterdir()} == set(LANGUAGES)
    assert (
        set(numerals.NUMERALS) == set(documents.REGIONS) == set(words.GENITIVES) == set(LANGUAGES)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_read_as_babel_reads_it(language: str) -> None:
    with (FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file)
    assert str(read.locale) == language
    assert [one.id for one in read if one.fuzzy and one.id] == []
    known = {
        one.id if isinstance(one.id, str) else one.id[0]: one.string
        if isinstance(one.string, tuple)
        else (one.string,)
        for one in read
        if one.id
    }
    assert known == texts(language)
    assert len(known) > 400
    for one in read:
        assert not one.id or not list(one.check(read)), one.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_in_a_language_and_none_is_its_own(language: str) -> None:
    assert list(texts(language)) == list(texts("da")), "the same names, in the same order"
    for name, forms in texts(language).items():
        assert len(forms) == len(texts("da")[name]), name
        assert all(form.strip() for form in forms), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_have_the_same_names_in_each_language(language: str) -> None:
    for name, forms in texts(language).items():
        named, danish = (
            {one.lower() for form in some for one in NAME.findall(form)}
            for some in (forms, texts("da")[name])
        )
        assert named == danish, name
        assert all(form.count("{") == len(NAME.findall(form)) for form in forms), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_digit_and_no_markup_stands_in_a_text(language: str) -> None:
    for name, forms in texts(language).items():
        for form in forms:
            assert not re.search(r"[0-9*_`<>\\]", NAME.sub("", form).replace("p < ", "")), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_begins_alike_in_each_language(language: str) -> None:
    for name, forms in texts(language).items():
        for form, danish in zip(forms, texts("da")[name], strict=True):
            assert "  " not in form, name
            assert form.startswith(" ") == danish.startswith(" "), name
            if not {"{", "K"} & {form[:1], danish[:1]}:  # a value, or Knapp
                assert form[:1].isupper() == danish[:1].isupper(), name


WORDS = {
    "nb": r"af|efter|uden|skøn\w*|noget|mdr|pct|mellem|beskæftigelse|indsats\w*|hændelse\w*|vægt\w*|kun|"
    r"afhænger|sandsynlighed|forskel|gennemsnit\w*|udfald\w*|oplyst|vurderet|antagelse\w*|deltagere\w*|studiet",
    "en": r"og|af|av|efter|etter|uden|uten|ikke|med|mellem|mellom|studier?|skøn\w*|anslag\w*|eller|som|mdr",
}
"""Words that the language never writes, and its neighbours often."""


@pytest.mark.parametrize("language", WORDS)
def test_no_words_of_another_language_stand_in_a_text(language: str) -> None:
    pattern = re.compile(rf"\b({WORDS[language]})\b", re.IGNORECASE)
    found = {
        name: form
        for name, forms in texts(language).items()
        for form in forms
        if pattern.search(NAME.sub("", form))
    }
    assert found == {}


# What is used: names in calls of the code and of the templates.

SAYING = {"say", "counted", "line"}


def patterns() -> Iterator[str]:
    """Yield a pattern for each name of a text, or a beginning of one, that the code or a template has."""
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "term":
                assert isinstance(node.args[0], ast.Constant)
                yield rf"{node.args[0].value!s}\..+"
    for file in TEMPLATES:
        for call in said_in(file):
            yield re.escape(call)
    yield from ASCERTAINMENTS


def said_in(file: Path) -> list[str]:
    tree = environment().parse(file.read_text(encoding="utf-8"))
    calls = [
        one for one in tree.find_all(jinja2.nodes.Call) if getattr(one.node, "name", "") == "say"
    ]
    return [call.args[0].value for call in calls]  # type: ignore[attr-defined]


def literal_names() -> Iterator[tuple[str, int, str]]:
    """Yield where a text is asked for by a name that stands there."""
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first: Any = node.args[0]
            if (
                called in SAYING
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
            ):
                yield file.name, node.lineno, first.value


def test_every_text_is_used() -> None:
    named = {
        one for one in patterns() if re.search("[a-z]{2}", one)
    }  # not a name made of values alone
    known = re.compile("|".join(sorted(named)))
    assert [name for name in texts("da") if not known.fullmatch(name)] == []


def test_every_text_that_is_asked_for_is_there() -> None:
    asked = list(literal_names())
    assert len(asked) > 150
    assert [one for one in asked if one[2] not in texts("da")] == []
    for file in TEMPLATES:
        assert set(said_in(file)) <= set(texts("da")), file.name


def test_the_texts_of_a_template_get_the_values_that_they_name() -> None:
    for file in TEMPLATES:
        tree = environment().parse(file.read_text(encoding="utf-8"))
        for call in tree.find_all(jinja2.nodes.Call):
            if getattr(call.node, "name", "") != "say":
                continue
            given = {one.key for one in call.kwargs}
            (form,) = texts("da")[call.args[0].value]  # type: ignore[attr-defined]
            assert given == set(NAME.findall(form)), call.args[0]


# Numbers are written in templates.formats alone.

WRITERS = {
    name
    for name, made in vars(formats).items()
    if inspect.isfunction(made) and "language" in inspect.signature(made).parameters
} - {"numerals"}
WRITE_OTHERWISE = (
    "render.py",
    "wordfile.py",
    "logos.py",
    "own_templates.py",
    "reference_documents.py",
)
"""Places in drawings, dates inside files, and the messages of errors, which are in English."""
READERS_OF_ENGLISH = re.compile(r"\w*listings?\.py|judgements\.py")
"""What the command line prints for its user is in English, with the interpreter's own numbers."""


@pytest.mark.parametrize(
    "file",
    [
        one
        for one in CODE
        if one.parent != ROOT / "evidens"
        and one.name != "formats.py"
        and not READERS_OF_ENGLISH.fullmatch(one.name)
    ],
    ids=lambda one: one.stem,
)
def test_no_number_is_written_outside_formats_or_without_its_language(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = ast.unparse(node.format_spec)
            assert file.name in WRITE_OTHERWISE, f"line {node.lineno}: {spec}"
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", "")
        assert called != "round" or file.name == "axes.py", node.lineno
        missing = (
            isinstance(node.args[0], ast.Constant) and node.args[0].value is None
            if node.args
            else False
        )
        if called in WRITERS and not missing:
            given = {one.arg for one in node.keywords}
            assert "language" in given, (
                f"{file.name}, line {node.lineno}: {called} for Danish readers alone"
            )


# Grammar.


def test_plural_forms_follow_the_count() -> None:
    words = Words("en")
    assert words.counted("at", 1, months="1") == "after 1 month"
    assert words.counted("at", 18, months="18") == "after 18 months"
    assert words.degrees(1) == "1 degree of freedom"
    assert words.degrees(None) == ""
    assert Words("da").counted("left-out", 1) == "Ét andet er gennemgået og ikke medtaget."
    assert Words("nb").counted("study", 0) == "studier"


@pytest.mark.parametrize(
    ("label", "named"),
    [
        ("Davis m.fl. (2012)", ("Davis m.fl. (2012)", "Davis mfl. (2012)", "Davis et al. (2012)")),
        ("Bond (2015)", ("Bond (2015)",) * 3),
        (
            "Frederick og VanderWeele (2019)",
            (*("Frederick og VanderWeele (2019)",) * 2, "Frederick and VanderWeele (2019)"),
        ),
        ("KORA (2016)", ("KORA (2016)",) * 3),
        ("my own study", ("my own study",) * 3),
        ("{x} m.fl. (2012)", ("{x} m.fl. (2012)", "{x} mfl. (2012)", "{x} et al. (2012)")),
    ],
)
def test_studies_are_named_as_the_language_names_authors(
    label: str, named: tuple[str, ...]
) -> None:
    assert tuple(Words(one).study(label) for one in LANGUAGES) == named


def test_places_are_put_into_each_language() -> None:
    assert [Words(one).place("section 3.2, table 4") for one in LANGUAGES] == [
        "afsnit 3.2, tabel 4",
        "avsnitt 3.2, tabell 4",
        "section 3.2, table 4",
    ]


# Broken files.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD + 'msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"\n',
            "da, line 7: a stands twice. Keep one.",
        ),
        (HEAD + 'msgid "a"\nmsgstr ""\n', "da: a has no text. Translate it."),
        (HEAD + 'msgid "a"\nmsgid_plural "a"\nmsgstr[0] "b"\nmsgstr[1] ""\n', "da: a has no text."),
        (HEAD + '#, fuzzy\nmsgid "a"\nmsgstr "b"\n', "da, line 4: a text is marked as fuzzy."),
        (HEAD + "msgid a\n", "da, line 4: it is no line of a PO file."),
        ('"stray"\n', "da, line 1: it is no line of a PO file."),
        (HEAD + 'msgid "a" "b"\n', "da, line 4: it is no line of a PO file."),
        ('msgid "a"\nmsgstr "b"\n', "da: its head tells no plural forms."),
    ],
)
def test_a_broken_catalogue_is_refused_by_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_catalogue(text, "da")
    assert message in str(caught.value)


def test_texts_over_several_lines_and_with_marks_are_read() -> None:
    found = read_catalogue(HEAD + '#. why\nmsgid "a"\nmsgstr ""\n"one \\"two\\" "\n"three"\n', "da")
    assert found.texts == {"a": ('one "two" three',)}
