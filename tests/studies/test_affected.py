"""Who is affected where a synthesis has moved: which reasons count, beside what, what the brief says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meta.faults import InputError
from registry.analyses import analyse
from registry.release_users import enter
from registry.releases import PARTS, hold, sealed
from registry.session import reading, transaction
from registry.synthesis_changes import Movement, SynthesisChanges
from studies.affected import NOW, UsedRelease, affected, moved_since, moves
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from studies.release import freeze
from studies.release_files import read_release
from studies.release_verification import TOLERANCE
from templates.since import since_sentence
from templates.tongue import Tongue
from templates.words import Words
from tests.documents import brief_of

Run = Callable[..., tuple[int, str, str]]
NAME = "ips-vive@2026.1"
DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
PLAN = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
APART = DAVIS.replace("percent: 76", "percent: 95").replace("percent: 28", "percent: 12")
"""Another effect in one trial: the interval holds no difference then."""


def edited(url: str, *texts: str) -> None:
    with transaction(url) as session:
        take_in(session, [check_yaml(text) for text in texts])


def using(url: str, release: str = NAME, by: str = "Aarhus", kind: str = "case") -> None:
    with transaction(url) as session:
        enter(session, release, kind=kind, by=by, contact=f"{by.lower()}@example.org")


def released(url: str, **options: Any) -> dict[str, Any]:
    with transaction(url) as session:
        document = freeze(session, "ips-vive", **options)
        hold(session, document, TOLERANCE)
    return document


def looked(url: str, *asked: Any) -> list[UsedRelease]:
    with reading(url) as session:
        return affected(session, *asked)


def movement(**said: Any) -> Movement:
    usual = {"outcome": "o", "quantity": "RR", "then": 2.0, "now": 2.0, "null": 1.0}
    ends = {"then_interval": (1.5, 2.6), "now_interval": (1.5, 2.6)}
    return Movement(**{**usual, **ends, **said})


MEANS: dict[str, Any] = {
    "quantity": "relative difference",
    "then_interval": None,
    "now_interval": None,
    "then_rounding": (1.9, 2.1),
    "now_rounding": (1.9, 2.1),
}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, None),
        ({"now": 1.9}, None),
        ({"now": 1.79}, ("the estimate went past 1.8 and is not above it now",)),
        ({"then": 1.8, "now": 1.81}, ("the estimate went past 1.8 and is above it now",)),
        ({"now_interval": (1.0, 2.6)}, ("the interval did not hold 1, and now does",)),
        ({"then_interval": (0.9, 2.6)}, ("the interval held 1, and now does not",)),
        ({"now_interval": (2.0, 2.6)}, None),
        ({"now_interval": (2.001, 2.6)}, ("the interval no longer holds the old estimate",)),
        ({"now_interval": (1.2, 1.999)}, ("the interval no longer holds the old estimate",)),
        ({"now": None, "now_interval": None}, ("it is no longer estimated",)),
        ({"then": None, "then_interval": None}, None),
        ({**MEANS, "now": 2.2, "now_rounding": (2.05, 2.3)}, None),
        (
            {**MEANS, "now": 2.2, "now_rounding": (2.11, 2.3)},
            ("it is another number than rounding of the printed ones explains",),
        ),
        (
            {**MEANS, "now": 1.8, "now_rounding": (1.7, 1.89)},
            ("it is another number than rounding of the printed ones explains",),
        ),
        ({"quantity": "OR", "now": 1.5}, None),  # the threshold is of the risk ratio
        (
            {"now": 0.9, "now_interval": (0.7, 1.1)},
            (
                "the estimate went past 1.8 and is not above it now",
                "the interval did not hold 1, and now does",
                "the interval no longer holds the old estimate",
            ),
        ),
    ],
)
def test_what_counts_as_moved(said: dict[str, Any], why: tuple[str, ...] | None) -> None:
    changes = SynthesisChanges(
        synthesis="s",
        entered=(),
        left=(),
        changed=(),
        plan_changed=False,
        movements=(movement(**said),),
    )
    found = [one.why for one in moves(changes, {("o", "RR"): 1.8})]
    assert found == ([] if why is None else [why])


def test_nobody_is_affected_where_nothing_moved(shipped: str) -> None:
    assert looked(shipped) == []
    using(shipped)
    (one,) = looked(shipped)
    assert (one.release, one.superseded_by, one.affected) == (NAME, None, False)
    assert [(part.against, part.moved, part.problem) for part in one.comparisons] == [
        (NOW, (), None)
    ]
    edited(shipped, APART)
    (one,) = looked(shipped)
    assert one.affected
    with pytest.raises(InputError, match="there is no release 'none@1'"):
        looked(shipped, "none@1")


WEEKS = DAVIS.replace("mean: 21.6", "mean: 43.2").replace("mean: 6.8", "mean: 13.6")
"""Twice the weeks in both arms of a trial: weeks have no interval, and their ratio says it least."""


def test_means_without_an_interval_count_where_rounding_cannot_explain_them(shipped: str) -> None:
    """The three trials' weeks on 18 months by hand: Davis has 12, so its means count one and a half times."""
    using(shipped)
    edited(shipped, DAVIS.replace("mean: 21.6", "mean: 21.65"))  # what 21.6 may have been, nearly
    assert not looked(shipped)[0].affected
    edited(shipped, WEEKS)
    (one,) = looked(shipped)
    assert one.affected
    found = {part.movement.quantity: part for part in one.comparisons[0].moved}
    assert {part.movement.outcome for part in found.values()} == {"weeks-worked"}
    moved = found["absolute difference"].movement
    assert moved.then is not None
    assert moved.now is not None
    assert moved.now - moved.then == pytest.approx((21.6 - 6.8) * 1.5 / 3, rel=1e-12)
    with reading(shipped) as session:
        analysis = analyse(session, "ips-vive")
        told = moved_since(session, analysis)
    for language, text in {
        "da": "det er mere, end afrundingen af de trykte tal kan forklare",
        "nb": "det er mer enn avrundingen av de trykte tallene kan forklare",
        "en": "the difference between the unweighted means (weeks worked) has gone from 11.79 to 19.19: "
        "that is more than the rounding of the printed numbers can explain",
    }.items():
        assert text in since_sentence(told, Tongue(Words(language)))


def test_old_and_new_numbers_are_those_of_metafor(shipped: str) -> None:
    """metafor 3.8-1, exponentials with four decimals: rma(measure="RR", ai=c(19, 27, 32), n1i=c(41, 70, 42),
    ci=c(5, 16, 12), n2i=c(46, 81, 43), test="knha"), and with 40 of 42 and 5 of 43 in the last trial.
    """
    using(shipped)
    edited(shipped, APART)
    (one,) = looked(shipped)
    (part,) = one.comparisons
    (ratio,) = [moved for moved in part.moved if moved.movement.quantity == "RR"]
    way = ratio.movement
    assert way.then_interval is not None
    assert way.now_interval is not None
    assert (way.then, *way.then_interval) == pytest.approx((2.5377, 1.1369, 5.6648), abs=5e-5)
    assert (way.now, *way.now_interval) == pytest.approx((3.8858, 0.6271, 24.0787), abs=5e-5)
    assert ratio.why == ("the interval did not hold 1, and now does",)
    assert part.changes is not None
    assert part.changes.changed == ("Davis m.fl. (2012)",)


def test_the_plan_s_threshold_counts_and_a_stated_one_stands_before_it(shipped: str) -> None:
    limit = "threshold: {value: 2.6, reason: {da: Prisen er tjent hjem.}}"
    marked = PLAN.replace("version: 2026.1", "version: 2026.2").replace(
        "      - measure: RR\n", f"      - measure: RR\n        {limit}\n", 1
    )
    assert limit in marked
    edited(shipped, marked)
    released(shipped)
    using(shipped, "ips-vive@2026.2")
    edited(shipped, DAVIS.replace("percent: 28", "percent: 26"))
    (one,) = looked(shipped)
    whys = [why for moved in one.comparisons[0].moved for why in moved.why]
    assert whys == ["the estimate went past 2.6 and is above it now"]
    assert looked(shipped, None, 2.0)[0].comparisons[0].moved == ()
    with reading(shipped) as session:
        analysis = analyse(session, "ips-vive")
        brief = brief_of(analysis, moved=moved_since(session, analysis))
    (point,) = [point for point in brief.points if point.name == "Ændret"]
    assert "skønnet har passeret grænsen på 2,6" in point.text


def test_beside_the_release_that_supersedes_it_and_beside_the_registry(shipped: str) -> None:
    using(shipped)
    using(shipped, by="Bergen")
    edited(shipped, PLAN.replace("version: 2026.1", "version: 2026.2"), APART)
    released(shipped)
    (one,) = looked(shipped)
    assert one.superseded_by == "ips-vive@2026.2"
    assert [part.against for part in one.comparisons] == ["ips-vive@2026.2", NOW]
    assert all(part.moved for part in one.comparisons)
    assert [user.by for user in one.users] == ["Aarhus", "Bergen"]
    edited(shipped, DAVIS)  # the correction is taken back: the later release has moved now
    using(shipped, "ips-vive@2026.2", by="Bergen")
    first, second = looked(shipped)
    assert [user.by for user in first.users] == ["Aarhus"]
    assert [bool(part.moved) for part in first.comparisons] == [True, False]
    assert [user.by for user in second.users] == ["Bergen"]
    assert second.affected
    other = released(shipped, name="vive@1", supersedes="ips-vive@2026.2")
    assert other["supersedes"] == "ips-vive@2026.2"
    assert looked(shipped)[1].superseded_by == "vive@1"


def test_a_synthesis_that_cannot_be_carried_out_any_more_affects_its_users(
    evidens: Run, shipped: str
) -> None:
    using(shipped)
    nothing = DAVIS.replace("competitive-employment", "sheltered-employment")
    edited(shipped, nothing)
    (one,) = looked(shipped)
    assert one.affected
    assert one.comparisons[0].changes is None
    problem = one.comparisons[0].problem or ""
    assert "davis-2012 has no result for competitive-employment" in problem
    code, out, _ = evidens("release", "affected", "--all", "--db", shipped)
    assert code == 3
    assert f"beside the registry: cannot be compared: {problem}" in out


def test_a_release_of_another_shape_is_a_named_fault(shipped: str) -> None:
    document = read_release(COLLECTION / "releases" / f"{NAME}.json")
    parts = {key: document[key] for key in PARTS}
    other = sealed(
        {**parts, "name": "old@1", "software": {"evidens": "0.0.1"}, "estimate": {"pooled": 3}}, {}
    )
    with transaction(shipped) as session:
        hold(session, other, TOLERANCE)
    using(shipped, "old@1")
    with pytest.raises(InputError, match=r"release old@1: it was made with Evidens 0\.0\.1"):
        looked(shipped)
    with reading(shipped) as session:
        analysis = analyse(session, "ips-vive")
        with pytest.raises(InputError, match=r"release old@1: it was made with Evidens 0\.0\.1"):
            moved_since(session, analysis)


SAID = {
    "da": "Siden udgivelsen ips-vive@2026.1, som er i brug, er den relative risiko (andel personer i "
    "beskæftigelse) gået fra 2,54 [1,14; 5,66] til 3,89 [0,63; 24,08]: intervallet omfatter nu "
    "ingen forskel.",
    "nb": "Siden utgivelsen ips-vive@2026.1, som er i bruk, har den relative risikoen (andel personer i "
    "arbeid) gått fra 2,54 [1,14; 5,66] til 3,89 [0,63; 24,08]: intervallet omfatter nå ingen "
    "forskjell.",
    "en": "Since the release ips-vive@2026.1, which is in use, the risk ratio (share in "
    "employment) has gone from 2.54 [1.14, 5.66] to 3.89 [0.63, 24.08]: the interval now includes "
    "no difference.",
}


def test_the_brief_says_what_has_changed_and_without_users_nothing(shipped: str) -> None:
    edited(shipped, APART)

    def said(language: str) -> list[str]:
        with reading(shipped) as session:
            analysis = analyse(session, "ips-vive")
            moved = moved_since(session, analysis)
        name = Words(language).say("box.since")
        brief = brief_of(analysis, language, moved=moved)
        return [point.text.replace("\u00a0", " ") for point in brief.points if point.name == name]

    assert said("da") == []
    using(shipped)
    for language, text in SAID.items():
        assert said(language) == [text]
    edited(shipped, DAVIS)
    assert said("da") == []


def test_the_command_lists_who_is_affected_and_why(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    ask = ("release", "affected", "--db", shipped)
    assert evidens(*ask, "--all") == (0, "", "No release is used.\n")
    assert evidens(*ask)[0] == 2
    assert evidens(*ask, NAME, "--all")[0] == 2
    assert evidens(*ask, "--all", "--threshold", "nan")[0] == 2
    assert "nobody uses it" in evidens(*ask, NAME)[1]
    using(shipped)
    code, out, _ = evidens(*ask, "--all")
    assert code == 0
    assert "beside the registry: nothing has moved so far that anybody must know" in out
    edited(shipped, APART)
    code, out, err = evidens(*ask, "--all")
    assert (code, err) == (3, "")
    assert out.splitlines() == [
        NAME,
        "  beside the registry:",
        "    competitive-employment, RR: 2.538 [1.137, 5.665] -> 3.886 [0.6271, 24.08]: "
        "the interval did not hold 1, and now does",
        "  tell:",
        "    case: Aarhus <aarhus@example.org>",
    ]
    code, out, _ = evidens(*ask, NAME, "--json")
    (one,) = json.loads(out)["releases"]
    assert code == 3
    assert (one["release"], one["affected"]) == (NAME, True)
    assert one["users"][0]["contact"] == "aarhus@example.org"
    assert one["comparisons"][0]["moved"][0]["now"] == pytest.approx(3.8858, abs=5e-5)
    code, out, err = evidens(*ask, "none@1")
    assert (code, out) == (1, "")
    assert "there is no release 'none@1'" in err
    assert evidens("brief", "ips-vive", "--to", "md", "--out", "b", "--db", shipped)[0] == 0
    assert "**Ændret.** Siden udgivelsen" in (tmp_path / "b" / "ips-vive.note.da.md").read_text(
        "utf-8"
    )
