"""``evidens release``: from the registry to a folder that others can check, and the sentences on the way."""

import csv
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import evidens as facade
from meta.faults import InputError
from registry.releases import text_of
from registry.session import DatabaseError
from studies.ingest import COLLECTION
from studies.release_files import read_release
from templates.release_folder import CONTENTS, release_files

Run = Callable[..., tuple[int, str, str]]

NAME = "ips-vive@2026.1"
FILE = COLLECTION / "releases" / f"{NAME}.json"


def has_metafor() -> bool:
    program = shutil.which("Rscript")
    if program is None:
        return False
    code = 'quit(status = !requireNamespace("metafor", quietly = TRUE))'
    return subprocess.run([program, "--vanilla", "-e", code], check=False).returncode == 0


LIVE = pytest.mark.skipif(
    not os.environ.get("EVIDENS_REQUIRE_R") and not has_metafor(),
    reason="R with metafor is not installed",
)


@pytest.fixture
def folder(evidens: Run, tmp_path: Path) -> Path:
    code, out, err = evidens("release", "export", str(FILE), "--out", "case")
    assert (code, err) == (0, "")
    assert out.splitlines() == [f"case/{NAME}/{one.name}" for one in CONTENTS]
    return tmp_path / "case" / NAME


def test_create_list_show_and_verify(evidens: Run, shipped: str) -> None:
    identity = read_release(FILE)["sha256"]
    code, out, err = evidens("release", "create", "ips-vive", "--db", shipped)
    assert (code, out) == (0, f"{NAME}  {identity}\n")
    assert err == "Nothing changed: the registry holds this release already.\n"
    code, out, err = evidens(
        "release", "create", "ips-vive", "--name", "vive@1", "--json", "--db", shipped
    )
    assert (code, err) == (0, "")
    made = json.loads(out)
    assert (made["name"], made["new"]) == ("vive@1", True)
    out = evidens("release", "list", "--db", shipped)[1]
    assert out.splitlines() == [
        f"{NAME}  2026-11-21  {identity[:16]}",
        f"vive@1           2026-11-21  {made['sha256'][:16]}",
    ]
    rows = json.loads(evidens("release", "list", "--json", "--db", shipped)[1])
    assert [row["name"] for row in rows] == [NAME, "vive@1"]
    out = evidens("release", "show", NAME, "--db", shipped)[1]
    assert f"\nid          {identity}\n" in out
    kinds = [one["kind"] for one in read_release(FILE)["records"]]
    assert f", {kinds.count('study')} of kind study, 1 of kind synthesis\n" in out
    assert "risk ratio" in out
    assert evidens("release", "show", NAME, "--json", "--db", shipped)[1] == FILE.read_text("utf-8")
    assert evidens("release", "export", NAME, "--out", "case", "--db", shipped)[0] == 0
    assert Path("case", NAME, "estimate.json").read_bytes() == FILE.read_bytes()
    code, out, _ = evidens("release", "verify", "vive@1", "--db", shipped)
    assert code == 0
    assert out.endswith("Computed again from its records: every bit is the same.\nVerified.\n")
    found = json.loads(evidens("release", "verify", NAME, "--json", "--db", shipped)[1])
    assert (found["holds"], found["broken"], found["differences"]) == (True, [], [])


def test_doctor_says_whether_releases_are_whole(evidens: Run, shipped: str) -> None:
    assert "releases: 1 whole" in evidens("doctor", "--db", shipped)[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "none"], "There is no synthesis 'none'. The registry has: ips-"),
        (["create", "ips-vive", "--name", "../x"], "name: '../x' is no name of a release"),
        (["create", "ips-vive", "--date", "soon"], "created: 'soon' is no day. Write it as"),
        (["show", "none@1"], "there is no release 'none@1'. The registry has: ips-vive@2026.1."),
        (["show", "none"], "name: 'none' is no name of a release"),
        (["verify", "../../etc/passwd"], "../../etc/passwd: there is no such file"),
        (["verify", "none.json"], "none.json: there is no such file"),
        (["diff", NAME, "none@1"], "there is no release 'none@1'"),
        (["export", "none@1"], "there is no release 'none@1'"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    evidens: Run, shipped: str, tmp_path: Path, arguments: list[str], message: str
) -> None:
    code, out, err = evidens("release", *arguments, "--db", shipped)
    assert (code, out) == (1, "")
    assert message in err
    assert "Traceback" not in err
    assert list(tmp_path.glob("*@*")) == []


def test_an_unknown_engine_is_a_wrong_use(evidens: Run, shipped: str) -> None:
    code, _, err = evidens("release", "verify", NAME, "--engine", "stata", "--db", shipped)
    assert code == 2
    assert "'stata' is not metafor" in err


def test_a_tampered_file_is_named_by_its_path(evidens: Run, tmp_path: Path) -> None:
    """No database is needed."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count('"estimate":2.537747405228672') > 0
    file = tmp_path / "tampered.json"
    file.write_text(
        text.replace('"estimate":2.537747405228672', '"estimate":2.537747405228673'), "utf-8"
    )
    code, out, _ = evidens("release", "verify", "tampered.json")
    assert code == 1
    assert "changed: /estimate: it is not what its hash says" in out
    assert "differs: /estimate/pooled/0/fit/natural/estimate: 2.537747405228673 -> 2.5377474" in out
    assert out.endswith("Not verified.\n")
    assert json.loads(evidens("release", "verify", "tampered.json", "--json")[1])["holds"] is False
    for command in ("show", "export"):
        code, out, err = evidens("release", command, "tampered.json")
        assert (code, out) == (1, "")
        assert "tampered.json: /estimate: it is not what its hash says" in err
    code, _, err = evidens("load", "tampered.json", "--db", "sqlite:///new.db")
    assert code == 1
    assert "tampered.json: /estimate: it is not what its hash says" in err
    assert not (tmp_path / "new.db").exists()


def test_diff_says_what_moved_and_why(evidens: Run, shipped: str, tmp_path: Path) -> None:
    davis = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    plan = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    (tmp_path / "d.yaml").write_text(davis.replace("mean: 21.6", "mean: 22.6"), "utf-8")
    (tmp_path / "p.yaml").write_text(plan.replace("version: 2026.1", "version: 2026.2"), "utf-8")
    assert evidens("load", "d.yaml", "p.yaml", "--db", shipped)[0] == 0
    assert evidens("release", "create", "ips-vive", "--db", shipped)[0] == 0
    code, out, err = evidens("release", "diff", NAME, "ips-vive@2026.2", "--db", shipped)
    assert (code, err) == (0, "")
    assert out.startswith(f"ips-vive since {NAME} (now: ips-vive@2026.2)\n")
    assert "\nChanged: Davis m.fl. (2012)\n" in out
    why = out[out.index("Why:") :]
    assert "study davis-2012 changed\n" in why
    assert ".ips.mean: 21.6 -> 22.6" in why
    assert "synthesis ips-vive changed\n    version: 2026.1 -> 2026.2" in why
    found = json.loads(
        evidens("release", "diff", NAME, "ips-vive@2026.2", "--json", "--db", shipped)[1]
    )
    assert [one["id"] for one in found["records"]] == ["davis-2012", "ips-vive"]
    assert found["around"] == []
    since = json.loads(
        evidens("synthesis", "diff", "ips-vive", "--since", NAME, "--json", "--db", shipped)[1]
    )
    assert since["changed"] == ["Davis m.fl. (2012)"]
    assert since["plan_changed"] is True
    assert since["movements"] == found["movements"]
    same = evidens("release", "diff", NAME, str(FILE), "--db", shipped)[1]
    assert same.endswith("Why:\nNo record changed, and neither did the program.\n")


@pytest.mark.parametrize(
    ("since", "message"),
    [
        ("ips-vive@1999.1", "there is no release 'ips-vive@1999.1'"),
        ("@", "'@' is no name of a release"),
    ],
)
def test_a_release_that_is_not_there_is_no_past(
    evidens: Run, shipped: str, since: str, message: str
) -> None:
    code, out, err = evidens("synthesis", "diff", "ips-vive", "--since", since, "--db", shipped)
    assert (code, out) == (1, "")
    assert message in err


def test_the_folder_is_made_from_the_release_alone(folder: Path) -> None:
    document = read_release(folder / "estimate.json")
    assert (folder / "estimate.json").read_bytes() == FILE.read_bytes()
    for name, data in release_files(document).items():
        assert (folder / name).read_bytes() == data
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {NAME}\n")
    assert document["sha256"] in readme
    assert "| competitive-employment | risk ratio | 2.538 |" in readme
    for one in CONTENTS:
        assert f"`{one.name}`" in readme


def test_the_folder_verifies_where_it_is(
    evidens: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert evidens("release", "verify", ".")[0] == 0
    code, _, err = evidens("load", "estimate.json", "--db", "sqlite:///../new.db")
    assert (code, f"added release {NAME}" in err) == (0, True)


def test_a_folder_is_written_once(evidens: Run, folder: Path, tmp_path: Path) -> None:
    again = ("release", "export", str(FILE), "--out", "case")
    assert evidens(*again)[0] == 0
    assert [one.name for one in (tmp_path / "case").iterdir()] == [NAME]
    readme = folder / "README.md"
    text = readme.read_bytes()
    readme.write_bytes(text + b"more")
    code, out, err = evidens(*again)
    assert (code, out) == (1, "")
    assert "README.md is not what the release has there, and a release is never changed" in err
    assert readme.read_bytes() == text + b"more"
    readme.write_bytes(text)
    (folder / "notes.txt").write_text("mine", "utf-8")
    assert "notes.txt is not what the release has there" in evidens(*again)[2]
    (folder / "notes.txt").unlink()
    readme.unlink()
    assert "README.md is not what the release has there" in evidens(*again)[2]
    shutil.rmtree(folder)
    folder.write_text("a file", "utf-8")
    assert "is not what the release has there" in evidens(*again)[2]
    assert folder.read_text("utf-8") == "a file"
    assert [one.name for one in (tmp_path / "case").iterdir()] == [NAME]


def test_dump_writes_over_no_other_release(evidens: Run, shipped: str, tmp_path: Path) -> None:
    assert evidens("dump", "out", "--db", shipped)[0] == 0
    file = tmp_path / "out" / "releases" / f"{NAME}.json"
    assert file.read_bytes() == FILE.read_bytes()
    assert evidens("dump", "out", "--db", shipped)[0] == 0
    file.write_text("{}", "utf-8")
    code, out, err = evidens("dump", "out", "--db", shipped)
    assert (code, out) == (1, "")
    assert f"{NAME}.json: the file is there with another content" in err
    assert file.read_text("utf-8") == "{}"
    assert [one.name for one in file.parent.iterdir()] == [file.name]


@pytest.fixture
def judged() -> Iterator[Callable[[Path], Any]]:
    """Frictionless's own validation; it lifts the csv module's limit for the whole process."""
    limit = csv.field_size_limit()
    import frictionless

    yield lambda folder: frictionless.validate(str(folder / "datapackage.json"))
    csv.field_size_limit(limit)


def test_frictionless_finds_nothing_wrong(folder: Path, judged: Callable[[Path], Any]) -> None:
    done = judged(folder)
    assert done.flatten(["type", "rowNumber", "fieldName", "message"]) == []
    assert done.valid
    counts = folder / "counts.csv"
    counts.write_text(counts.read_text("utf-8").replace(",19,", ",nineteen,", 1), "utf-8")
    assert not judged(folder).valid


def test_the_provenance_refers_to_what_it_names(folder: Path) -> None:
    """PROV-JSON, section 3: each relation names entities, activities and agents of the document."""
    prov = json.loads((folder / "prov.json").read_text("utf-8"))
    named = {kind: set(prov[kind]) for kind in ("entity", "activity", "agent")}
    roles = {
        "prov:entity": "entity",
        "prov:generatedEntity": "entity",
        "prov:usedEntity": "entity",
        "prov:activity": "activity",
        "prov:agent": "agent",
    }
    relations = set(prov) - {"prefix", *named}
    assert relations == {"wasGeneratedBy", "wasAssociatedWith", "used", "wasDerivedFrom"}
    for relation in relations:
        for one in prov[relation].values():
            for role, name in one.items():
                assert name in named[roles[role]], (relation, name)
    for name in set.union(*named.values()):
        assert name.partition(":")[0] in prov["prefix"]
    derived = {
        (one["prov:generatedEntity"], one["prov:usedEntity"])
        for one in prov["wasDerivedFrom"].values()
    }
    assert ("record:study-davis-2012", "report:davis-2012") in derived
    assert ("record:synthesis-ips-vive", "report:vive-2017") in derived
    used = {one["prov:entity"] for one in prov["used"].values()}
    assert used == {name for name in named["entity"] if name.startswith("record:")}


@LIVE
def test_r_reproduces_the_estimates_and_sees_another_number(folder: Path) -> None:
    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["Rscript", "--vanilla", str(folder / "estimate.R")],
            capture_output=True,
            text=True,
            check=False,
        )

    done = run()
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout.count(": the same")
        == len((folder / "pooled.csv").read_text("utf-8").splitlines()) - 1
    )
    # what the note's three trials give in metafor, as tests/registry/test_analyses.py has it
    assert "competitive-employment RR: metafor 2.5377" in done.stdout
    counts = folder / "counts.csv"
    counts.write_text(counts.read_text("utf-8").replace(",19,", ",20,", 1), "utf-8")
    done = run()
    assert done.returncode == 1
    assert ": ANOTHER" in done.stdout


@LIVE
def test_metafor_agrees_with_the_release(evidens: Run, shipped: str) -> None:
    code, out, _ = evidens("release", "verify", NAME, "--engine", "metafor", "--db", shipped)
    assert code == 0
    assert out.count("agrees, largest relative difference") == 2
    found = json.loads(
        evidens("release", "verify", NAME, "--engine", "metafor", "--json", "--db", shipped)[1]
    )
    assert all(one["agrees"] for one in found["engine"])
    assert found["engine"][0]["metafor"]["k"] == 3


def test_the_facade_gives_a_released_estimate(
    shipped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVIDENS_DB", raising=False)
    here = facade.estimate(NAME, registry=shipped)
    assert here == facade.estimate(NAME) == facade.estimate(str(FILE))  # shipped: no registry here
    ratio = here.value("competitive-employment", "risk ratio")
    assert ratio["value"] == pytest.approx(2.5377, abs=5e-5)  # metafor, printed with four decimals
    assert here.value("weeks-worked", "mean of intervention arms", per="competitive-employment")
    with pytest.raises(InputError, match="has 0 values of 'weeks-worked', 'risk ratio'"):
        here.value("weeks-worked", "risk ratio")
    with pytest.raises(
        InputError, match=r"no release 'ips-vive@1' is shipped\. Evidens ships: ips"
    ):
        facade.estimate("ips-vive@1")
    with pytest.raises(InputError, match="is no name of a release"):
        facade.estimate("ips-vive")
    with pytest.raises(DatabaseError, match="There is no registry at"):
        facade.estimate(NAME, registry="sqlite:///none.db")
    monkeypatch.setenv("EVIDENS_DB", shipped)
    with pytest.raises(InputError, match=r"there is no release 'ips-vive@1'\. The registry has"):
        facade.estimate("ips-vive@1")
    with facade.open_registry() as session:
        assert session.connection().closed is False
    with pytest.raises(DatabaseError), facade.open_registry("sqlite:///none.db"):
        pass


def test_a_release_file_is_shown_by_its_path(evidens: Run, tmp_path: Path) -> None:
    code, out, err = evidens("release", "show", str(FILE), "--json")
    assert (code, err) == (0, "")
    assert out == text_of(read_release(FILE))
    assert list(tmp_path.iterdir()) == []
