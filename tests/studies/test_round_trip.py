"""Load and dump are inverse: a record's text comes out of the database as it went in."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from registry import tables, vocabulary
from registry.session import create, transaction
from studies.checks import check_yaml
from studies.dump import dump, held_record, text_of
from studies.ingest import COLLECTION, FOLDERS, load, take_in
from studies.record import outline
from studies.record_file import write

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=40,
).filter(str.strip)
slugs = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True)
windows = st.builds(
    lambda number, unit: f"{number} {unit}",
    st.integers(1, 240),
    st.sampled_from(["months", "weeks"]),
)
percents = st.builds(lambda a, b: f"{a}{b}", st.integers(0, 99), st.sampled_from(["", ".0", ".50"]))
reserved = {"outcome", "at", "during", "over", "contrast", "claim", "note", "source"}


def of(terms: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(terms))


sources = st.fixed_dictionaries(
    {
        "report": st.sampled_from(["vive-2017", "davis-2012"]),
        "where": words,
        "quote": words,
        "read": of(vocabulary.READINGS),
    }
)


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    arms = draw(st.lists(slugs.filter(lambda s: s not in reserved), unique=True, max_size=3))
    content: dict[str, Any] = {
        "study": draw(st.sampled_from(["first", "second"])),
        "label": draw(words),
        "year": str(draw(st.integers(1800, 2100))),
        "design": draw(of(vocabulary.DESIGNS)),
        "countries": draw(st.lists(of(vocabulary.COUNTRIES), max_size=3)),
        "population": draw(of(vocabulary.POPULATIONS)),
        "extraction": draw(of(vocabulary.EXTRACTIONS)),
        "reports": draw(st.sampled_from([["vive-2017"], ["davis-2012", "vive-2017"]])),
        "arms": {
            arm: {
                "role": draw(of(vocabulary.ROLES)),
                "intervention": draw(of(vocabulary.INTERVENTIONS)),
                "label": draw(words),
            }
            for arm in arms
        },
        "sizes": [],
        "results": [],
        "screening": [],
    }
    if draw(st.booleans()):
        content["note"] = draw(words)
    for _ in range(draw(st.integers(0, 2))):
        size: dict[str, Any] = {
            "denominator": draw(of(vocabulary.DENOMINATORS)),
            "source": draw(sources),
        }
        if draw(st.booleans()) and arms:
            size["arm"] = draw(st.sampled_from(arms))
        size |= draw(st.sampled_from([{"n": "12000"}, {"percent": "73"}]))
        content["sizes"].append(size)
    for _ in range(draw(st.integers(0, 3))):
        result: dict[str, Any] = {
            "outcome": draw(of(vocabulary.OUTCOMES)),
            draw(st.sampled_from(["at", "during", "over"])): draw(windows),
            "source": draw(sources),
        }
        for arm in draw(st.permutations(arms)):
            if draw(st.booleans()):
                result[arm] = {"percent": draw(percents), "n": "200"}
            else:
                result[arm] = {"mean": f"0.{draw(st.integers(0, 99)):02}", "sd": "1.10"}
        if not arms or draw(st.booleans()):
            result["contrast"] = {"type": draw(of(vocabulary.CONTRASTS)), "estimate": "-2.40"}
        if draw(st.booleans()):
            result["claim"] = {"says": draw(of(vocabulary.CLAIMS)), "source": draw(sources)}
        content["results"].append(result)
    if draw(st.booleans()):
        content["screening"] = [
            {
                "synthesis": "ips-vive",
                "decision": "excluded",
                "reason": draw(of(vocabulary.EXCLUSION_REASONS)),
                "source": draw(sources),
            }
        ]
    return {key: value for key, value in content.items() if value not in ([], {})}


def test_generated_studies_come_out_as_they_went_in(
    tmp_path_factory: Any,
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('round') / 'registry.db'}"
    create(url)
    load(url)

    @settings(max_examples=60, deadline=None)
    @given(studies())
    def there_and_back(content: dict[str, Any]) -> None:
        checked = check_yaml(write(content))
        text = write(outline(checked.record))
        assert check_yaml(text).record == checked.record
        with transaction(url) as session:
            take_in(session, [checked])
        with transaction(url) as session:
            held = held_record(session, "study", content["study"])
            assert held is not None
            assert text_of(held) == text
            assert take_in(session, [checked]).unchanged == (f"study {content['study']}",)

    there_and_back()


def test_the_shipped_collection_is_dumped_as_it_stands(shipped: str, tmp_path: Path) -> None:
    with transaction(shipped) as session:
        files = dump(session, tmp_path / "out")
    originals = {
        file.relative_to(COLLECTION): file.read_text(encoding="utf-8")
        for folder in FOLDERS
        for file in (COLLECTION / folder).glob("*.yaml")
    }
    dumped = {
        file.relative_to(tmp_path / "out"): file.read_text(encoding="utf-8") for file in files
    }
    assert dumped == originals


def test_comments_do_not_change_a_record() -> None:
    text = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    commented = "# a comment\n" + text.replace("arms:\n", "arms: # the groups\n")
    assert text_of(check_yaml(commented).record) == text


def test_a_changed_record_leaves_no_sources_behind(shipped: str) -> None:
    def sources() -> int:
        with transaction(shipped) as session:
            return len(session.exec(select(tables.Provenance)).all())

    text = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    before = sources()
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text.replace("mean: 21.6", "mean: 21.7"))])
    assert sources() == before


def test_printed_digits_survive(shipped: str) -> None:
    text = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    checked = check_yaml(text.replace("mean: 21.6", "mean: 21.60"))
    with transaction(shipped) as session:
        assert take_in(session, [checked]).changed == ("study davis-2012",)
    with transaction(shipped) as session:
        held = held_record(session, "study", "davis-2012")
    assert held is not None
    assert "mean: 21.60}" in text_of(held)
