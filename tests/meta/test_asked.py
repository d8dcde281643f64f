"""``NAME:option=value``: what is read, and each message of what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.faults import InputError
from meta.further.asked import Option, read_asked

OFFERED = {
    "plain": (),
    "rich": (
        Option(name="number", kind="number", help="a number"),
        Option(name="numbers", kind="numbers", help="numbers"),
        Option(name="count", kind="count", help="a whole number"),
        Option(name="word", kind="word", words=("one", "two"), help="a word"),
        Option(name="words", kind="words", help="words"),
        Option(name="text", kind="text", help="a text"),
        Option(name="column", kind="column", help="a column"),
        Option(name="columns", kind="columns", help="columns"),
        Option(name="yes", kind="yes", help="alone"),
    ),
    "strict": (Option(name="needed", kind="number", help="what is needed", needed=True),),
}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("plain", {}),
        (" plain ", {}),
        ("rich:number=0.5", {"number": 0.5}),
        ("rich:number=-1e3, count=7", {"number": -1000.0, "count": 7}),
        ("rich:numbers=0/0.5/1", {"numbers": (0.0, 0.5, 1.0)}),
        ("rich:numbers=3", {"numbers": (3.0,)}),
        ("rich:word=two,yes", {"word": "two", "yes": True}),
        ("rich:column=my column", {"column": "my column"}),
        ("rich:columns=a/b", {"columns": ("a", "b")}),
        ("rich:words=a/b,count=2", {"words": ("a", "b"), "count": 2}),
        ("rich:words=a", {"words": ("a",)}),
        ("rich:text=half-t:0.5,4", {"text": "half-t:0.5,4"}),
        ("rich:text=normal:0,1,yes", {"text": "normal:0,1", "yes": True}),
        ("rich:text=a,b,c,number=2", {"text": "a,b,c", "number": 2.0}),
        ("rich:text=a=b", {"text": "a=b"}),
    ],
)
def test_what_is_read(text: str, values: dict[str, Any]) -> None:
    assert read_asked(text, OFFERED, "--also").values == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plan", "--also: there is no 'plan'. Use plain."),
        ("", "--also: there is no ''. Use plain, rich, strict."),
        ("plain:x", "--also: plain has no option 'x'. Write plain alone."),
        (
            "rich:x=1",
            "--also: rich has no option 'x'. Its options are number=NUMBER, numbers=NUMBER/NUMBER",
        ),
        ("rich:number=1,x", "--also: rich has no option 'x'."),
        ("rich:,", "--also: rich has no option ''."),
        ("rich:yes=1", "--also: rich:yes takes no value. Write yes alone."),
        ("rich:number", "--also: rich:number has no value. Write number=NUMBER."),
        ("rich:text=", "--also: rich:text has no value. Write text=TEXT."),
        ("rich:number=x", "--also: rich:number is 'x', no number. Write number=NUMBER."),
        ("rich:number=1/2", "--also: rich:number is '1/2'. Give one number."),
        ("rich:count=1.5", "--also: rich:count is '1.5', no number. Write count=NUMBER."),
        ("rich:numbers=1//2", "--also: rich:numbers is '1//2', no number."),
        ("rich:word=three", "--also: rich:word is 'three'. Use one, two."),
        ("rich:yes,yes", "--also: rich has yes twice. Say it once."),
        ("strict", "--also: strict needs needed (what is needed). Write strict:needed=NUMBER."),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        read_asked(text, OFFERED, "--also")
    assert str(refused.value).startswith(message)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_fault(text: str) -> None:
    for start in ("", "rich:", "rich:text="):
        try:
            asked = read_asked(start + text, OFFERED, "--also")
        except InputError:
            continue
        assert asked.name in OFFERED
