"""Canonical JSON: against the form's definition, hostile texts message by message, differences by path."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.faults import InputError
from registry.canonical_json import Difference, canonical, differences, parsed

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**18), max_value=10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8).map(lambda text: text.encode("utf-8", "ignore").decode()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcæ/~"), inner),
    max_leaves=12,
)


def test_the_form_is_that_of_rfc_8785_but_for_floats() -> None:
    """The example of RFC 8785, section 3.2.3: keys come back sorted, letters as themselves."""
    given_there = (
        '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","1":"One",'
        '"\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}'
    )
    sorted_there = ["\r", "1", "\x80", "ö", "€"]
    assert list(json.loads(canonical(json.loads(given_there)))) == sorted_there
    assert canonical({"b": 1.0, "a": [1, True, None]}) == '{"a":[1,true,null],"b":1.0}'


@given(values)
def test_one_value_has_one_text_which_reads_back(value: object) -> None:
    text = canonical(value)
    back = parsed(text, "text")
    assert canonical(back) == text
    assert list(differences(value, back)) == []
    shuffled = json.loads(text, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert canonical(shuffled) == text


@given(values, values)
def test_no_difference_means_the_same_text(one: object, other: object) -> None:
    assert (list(differences(one, other)) == []) == (canonical(one) == canonical(other))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not JSON (expecting value at character 1)"),
        ('{"a": 1,}', "this is not JSON"),
        ('{"a": 1} x', "this is not JSON (extra data at character 10)"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' stands twice"),
        ("[NaN]", "NaN is no finite number"),
        ("[-Infinity]", "-Infinity is no finite number"),
        ("[1e999]", "1e999 is no finite number"),
        (f"[{'9' * 5000}]", "a whole number has 5000 digits"),
        ('["\\ud800"]', "half of a surrogate pair"),
        ('{"\\ud800": 1}', "half of a surrogate pair"),
        ("[" * 41 + "]" * 41, "nested deeper than 40 levels"),
        ("[" * 100_000, "nested deeper than 40 levels"),
        ('{"a":' * 200_000, "nested deeper than 40 levels"),
        ('["\x01"]', "this is not JSON"),
    ],
)
def test_hostile_texts_are_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(text, "a.json")
    assert str(caught.value).startswith("a.json")
    assert message in str(caught.value)


def test_forty_levels_are_read() -> None:
    assert canonical(parsed("[" * 40 + "]" * 40, "a")) == "[" * 40 + "]" * 40


def test_differences_have_the_pointers_of_rfc_6901() -> None:
    was = {"a/b": {"m~n": [1, 2]}, "gone": 1, "same": "x"}
    now = {"a/b": {"m~n": [1, 3, 4]}, "new": None, "same": "x"}
    assert list(differences(was, now)) == [
        Difference("/a~1b/m~0n/1", 2, 3),
        Difference("/a~1b/m~0n/2", None, 4),
        Difference("/gone", 1, None),
        Difference("/new", None, None),
    ]


@pytest.mark.parametrize(
    ("was", "now", "tolerance", "same"),
    [
        (1.0, math.nextafter(1.0, 2.0), 0.0, False),
        (1.0, math.nextafter(1.0, 2.0), 1e-9, True),
        (1.0, 1.0 + 2e-9, 1e-9, False),
        (1e-13, 0.0, 1e-9, True),
        (1e-11, 0.0, 1e-9, False),
        (0.0, -0.0, 0.0, False),
        (1, 1.0, 1e-9, False),
        (True, 1, 0.0, False),
        ("1", 1, 1e-9, False),
        (1, 2, 1.0, False),
    ],
)
def test_what_counts_as_the_same_number(
    was: object, now: object, tolerance: float, same: bool
) -> None:
    assert (list(differences(was, now, tolerance)) == []) == same
