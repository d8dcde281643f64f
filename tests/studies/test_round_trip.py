"""Load and dump are inverse: a record's text comes out of the database as it went in."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from registry import tables, vocabulary
from registry.session import create, transaction
from studies.checks import check_yaml
from studies.dump import dump, text_of
from studies.ingest import COLLECTION, SHIPPED, SHIPPED_RELEASES, load, take_in
from studies.kept.kinds import held_record
from studies.record import outline
from studies.record_file import write
from studies.results import Result

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=40,
).filter(str.strip)
slugs = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True)
windows = st.builds(
    lambda form, number: form.format(number, number + 11),
    st.sampled_from(["{} months", "{} weeks", "mean {} months", "months {} to {}", "not-printed"]),
    st.integers(1, 240),
)
percents = st.builds(lambda a, b: f"{a}{b}", st.integers(0, 99), st.sampled_from(["", ".0", ".50"]))


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
def results(draw: st.DrawFn, arms: list[str], review: bool) -> dict[str, Any]:
    outcome = draw(of(vocabulary.OUTCOMES))
    result: dict[str, Any] = {
        "outcome": outcome,
        draw(st.sampled_from(["at", "during", "over"])): draw(windows),
        "source": draw(sources),
    }
    if vocabulary.OUTCOMES[outcome].unit == "currency":
        result["currency"] = draw(of(vocabulary.CURRENCIES))
    printing_no_events = []
    for arm in draw(st.permutations(arms)):
        kind = draw(st.sampled_from(["percent", "events", "mean", "median", "none"]))
        if kind == "percent":
            result[arm] = {"percent": draw(percents), "n": "200"}
        elif kind == "events":
            result[arm] = {"events": str(draw(st.integers(0, 200))), "n": "200"}
        elif kind == "mean":
            result[arm] = {"mean": f"0.{draw(st.integers(0, 99)):02}", "sd": "1.10"}
        elif kind == "median":
            result[arm] = {"median": "5.0", "q1": "0", "q3": "40.50"}
        if kind in ("mean", "median", "none"):
            printing_no_events.append(arm)
    if not any(arm in result for arm in arms) or draw(st.booleans()):
        result["contrast"] = {"type": draw(of(vocabulary.CONTRASTS)), "estimate": "-2.40"}
        named = len(arms) > 2 or (len(arms) == 2 and draw(st.booleans()))
        if named:
            result["contrast"]["between"] = draw(st.permutations(arms))[:2]
        if draw(st.booleans()):
            result["contrast"] |= {"ci_low": "-3.0", "ci_high": "-0.10", "level": "95"}
    if draw(st.booleans()):
        result["p"] = draw(st.sampled_from(["<.001", "0.041", "<0.001", ".20", "=.5"]))
    if draw(st.booleans()) and review:
        parts = {"k": "12", "n": "2265", "i2": "73.0", "tau2": "0.050", "model": "REML"}
        names = draw(st.lists(st.sampled_from(sorted(parts)), min_size=1, unique=True))
        result["pooled"] = {name: parts[name] for name in names}
    if draw(st.booleans()) and printing_no_events:
        result["reconstructed"] = {"basis": draw(words)} | {
            arm: {"events": str(draw(st.integers(0, 33))), "n": "33"} for arm in printing_no_events
        }
    if draw(st.booleans()):
        result["disputed"] = draw(words)
    if draw(st.booleans()):
        result["claim"] = {"says": draw(of(vocabulary.CLAIMS)), "source": draw(sources)}
    return result


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    arms = draw(
        st.lists(slugs.filter(lambda s: s not in Result.model_fields), unique=True, max_size=3)
    )
    content: dict[str, Any] = {
        "study": draw(st.sampled_from(["first", "second"])),
        "label": draw(words),
        "year": str(draw(st.integers(1800, 2100))),
        "design": draw(of(vocabulary.DESIGNS)),
        "countries": draw(st.lists(of(vocabulary.COUNTRIES), max_size=3)),
        "population": draw(of(vocabulary.POPULATIONS)),
        "extraction": "single",
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
    content["results"] = [
        draw(results(arms, content["design"] in vocabulary.REVIEWS))
        for _ in range(draw(st.integers(0, 3)))
    ]
    content["overlaps"] = [
        {"study": other} | draw(st.sampled_from([{}, {"note": "One cohort."}]))
        for other in draw(
            st.lists(st.sampled_from(["davis-2012", "drake-1999", "latimer-2008"]), unique=True)
        )
    ]
    if draw(st.booleans()):
        reason = draw(of(vocabulary.EXCLUSION_REASONS))
        content["screening"] = [
            {
                "synthesis": "ips-vive",
                "decision": "excluded",
                "stage": "sought" if reason == "not-retrieved" else "assessed",
                "reason": reason,
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
        for folder in SHIPPED
        for file in folder.glob("*.yaml")
    }
    dumped = {
        file.relative_to(tmp_path / "out"): file.read_text(encoding="utf-8").split("\n", 1)[1]
        for file in files
        if file.suffix == ".yaml"
    }
    assert dumped == originals
    releases = {file.name: file.read_bytes() for file in files if file.suffix == ".json"}
    assert releases == {file.name: file.read_bytes() for file in SHIPPED_RELEASES}
    assert len(dumped) + len(releases) == len(files)


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
