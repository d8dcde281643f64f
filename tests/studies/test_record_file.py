"""Record files: what is refused before it is read as a record, and that writing is the inverse."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.faults import InputError
from studies.record_file import DEEPEST, MOST_BYTES, Quote, parse, read, write


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "r.yaml: the file is empty. Write a record, or delete the file."),
        (" \n\n", "r.yaml: the file is empty. Write a record, or delete the file."),
        (
            "a: 1\nb: !!python/name:os.system x",
            "r.yaml:2: the YAML tag tag:yaml.org,2002:python/name:os.system is not allowed. Delete it.",
        ),
        ("a: !x 1", "r.yaml:1: the YAML tag !x is not allowed. Delete it."),
        (
            "a: &x 1\nb: *x",
            "r.yaml:1: anchors and aliases are not allowed. Write the value out.",
        ),
        ("a: 1\na: 2", "r.yaml:2: a: the key 'a' stands here twice. Keep one of them."),
        (
            "a: {b: 1}\nc:\n  <<: {d: 1}",
            "r.yaml:3: c: a key must be a word. Write one word before the colon; "
            "merge keys are not allowed.",
        ),
        ("- 1", "r.yaml:1: a record is a mapping. Begin with a line such as 'study: davis-2012'."),
        (
            "a: [1",
            "r.yaml:1: this is not YAML (expected ',' or ']', but got '<stream end>'). "
            "Check quotes, brackets and indentation.",
        ),
        ("a: b\x00", "r.yaml:1: the invisible character U+0000 is not allowed. Delete it."),
        ("a: b\n\nc: d\x0c", "r.yaml:3: the invisible character U+000C is not allowed. Delete it."),
        (
            'a: {b: ["\\u202ex"]}',
            "r.yaml:1: a.b.0: the invisible character U+202E is not allowed. "
            "Delete it, also where it is written as an escape.",
        ),
        (
            'a: 1\nb: "x\\0"',
            "r.yaml:2: b: the invisible character U+0000 is not allowed. "
            "Delete it, also where it is written as an escape.",
        ),
        (
            'a: "x\\ud800"',
            "r.yaml:1: a: the invisible character U+D800 is not allowed. "
            "Delete it, also where it is written as an escape.",
        ),
        (
            '"a\\u200b": 1',
            "r.yaml:1: the invisible character U+200B is not allowed. "
            "Delete it, also where it is written as an escape.",
        ),
        ("a: b\u202e", "r.yaml:1: the invisible character U+202E is not allowed. Delete it."),
    ],
)
def test_refused_text(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text, "r.yaml")
    assert str(refused.value) == message


def test_two_documents_and_deep_nesting_are_refused() -> None:
    for text in ("a: 1\n---\nb: 2\n---\n- 3", "- 1\n--- 2"):
        with pytest.raises(InputError) as refused:
            parse(text, "r.yaml")
        assert str(refused.value) == (
            "r.yaml:2: this is not YAML (but found another document). "
            "Check quotes, brackets and indentation."
        )
    with pytest.raises(InputError, match="nested deeper than"):
        parse("a: " + "[" * 5000)
    parse("a: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("a: 1\nb: grøn".encode("latin-1"))
    large = tmp_path / "large.yaml"
    with large.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    for path, message in [
        (latin, f"{latin}:2: byte 0xf8 is not UTF-8. Save the file as UTF-8."),
        (
            large,
            f"{large}: the file is larger than {MOST_BYTES} bytes. Split it, one record a file.",
        ),
        (
            tmp_path,
            f"{tmp_path}: the file cannot be read (is a directory). Check its name and rights.",
        ),
        (
            tmp_path / "none.yaml",
            f"{tmp_path / 'none.yaml'}: the file cannot be read (no such file or directory). "
            "Check its name and rights.",
        ),
    ]:
        with pytest.raises(InputError) as refused:
            read(path)
        assert str(refused.value) == message


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "bom.yaml"
    file.write_bytes("\ufeffa: 1\r\nb: æøå\r\n".encode())
    assert read(file).content == {"a": "1", "b": "æøå"}


def test_scalars_keep_their_text_and_places_their_lines() -> None:
    record = parse("study: x\ncountries: [NO, SE]\nips: {mean: 9.90}\nyes: no\nn: 012")
    assert record.content == {
        "study": "x",
        "countries": ["NO", "SE"],
        "ips": {"mean": "9.90"},
        "yes": "no",
        "n": "012",
    }
    assert record.line(("ips", "mean")) == 3
    assert record.line(("ips", "no such key")) == 3
    assert record.line(("nowhere",)) == 1


def test_folded_and_literal_text_is_the_text_alone() -> None:
    """YAML 1.2, section 8.1.3: a fold is one space, an empty line one line end."""
    record = parse("why: >\n  first\n  second\n\n  third\nnote: |\n  a\n  b\nmean: 9.90\n")
    assert record.content == {"why": "first second\nthird\n", "note": "a\nb\n", "mean": "9.90"}
    assert record.line(("note",)) == 6


@pytest.mark.parametrize("key", ["? [a, {b: c}]\n:", "? {b: c}\n:", "<<:"])
def test_what_follows_a_key_that_is_no_word_is_read_at_its_own_place(key: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(f"x: 1\n{key} {{d: [1, {{e: 2}}]}}\ny: [1, 2]\ny: 3", "r.yaml")
    assert [(fault.line, fault.problem) for fault in refused.value.faults] == [
        (2, "a key must be a word"),
        (5 if key.startswith("?") else 4, "the key 'y' stands here twice"),
    ]


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=120,
).filter(lambda text: text.strip() and text not in ("<<",))
keys = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)
contents = st.recursive(
    words | words.map(Quote) | st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9]{1,3})?", fullmatch=True),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(keys, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(keys, contents, min_size=1, max_size=5))
def test_reading_gives_back_what_was_written(content: dict[str, object]) -> None:
    assert parse(write(content)).content == content


def test_folded_and_literal_texts_are_read_as_yaml_has_them() -> None:
    """YAML 1.2.2, sections 8.1.2 and 8.1.3: a fold is a space, a blank line a line end, nothing else."""
    assert parse("a: >-\n  one\n  two\n\n  three\nb: |\n  x\n  y\n").content == {
        "a": "one two\nthree",
        "b": "x\ny\n",
    }
