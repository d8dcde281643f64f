"""Two people with the same study: one change enters, the other is refused with both texts shown."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from meta.faults import InputError
from registry import revisions
from registry.session import transaction
from studies.history import history, prove
from studies.ingest import COLLECTION, load, take_in

Run = Callable[..., tuple[int, str, str]]

DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")


def taken_out(evidens: Run, url: str, file: Path, mean: str) -> None:
    """Save a study's text with another mean, as somebody who edits it does."""
    code, text, _ = evidens("study", "show", "davis-2012", "--db", url)
    assert code == 0
    file.write_text(text.replace("mean: 21.6", f"mean: {mean}"), encoding="utf-8")


def test_the_second_of_two_edits_is_refused_with_both_texts(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    taken_out(evidens, shipped, first, "21.7")
    taken_out(evidens, shipped, second, "21.8")
    add = ("study", "add", "--db", shipped, "--why", "misread")
    assert evidens(*add, str(first), "--by", "anna")[0] == 0
    code, out, err = evidens(*add, str(second), "--by", "bo")
    assert (code, out) == (1, "")
    assert "study davis-2012 was changed in the registry meanwhile: version 2 by anna" in err
    assert "the registry has '21.7', this file '21.8'" in err
    assert "evidens study show davis-2012" in err
    with transaction(shipped) as session:
        assert [one.made_by for one in history(session, "study", "davis-2012")] == [
            "evidens",
            "anna",
        ]
    # Made again from what the registry holds now, the edit enters.
    taken_out(evidens, shipped, second, "21.6")
    text = second.read_text(encoding="utf-8").replace("mean: 21.7", "mean: 21.8")
    second.write_text(text, encoding="utf-8")
    assert evidens(*add, str(second), "--by", "bo")[0] == 0
    code, out, _ = evidens("study", "history", "davis-2012", "--db", shipped)
    assert "version 3" in out
    assert "21.7 -> 21.8" in out


def test_a_file_that_says_no_base_does_not_overwrite_an_edit(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    edit = tmp_path / "edit.yaml"
    taken_out(evidens, shipped, edit, "21.7")
    assert evidens("study", "add", str(edit), "--db", shipped, "--why", "misread")[0] == 0
    with pytest.raises(InputError, match="was changed in the registry meanwhile"):
        load(shipped)
    with transaction(shipped) as session:
        assert prove(session) is None
        assert len(history(session, "study", "davis-2012")) == 2


def test_a_synthesis_has_no_command_to_show_it_and_is_told_of_the_dump(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    assert evidens("dump", str(tmp_path / "out"), "--db", shipped)[0] == 0
    file = tmp_path / "out" / "syntheses" / "ips-vive.yaml"
    text = file.read_text(encoding="utf-8")
    assert "version: 2026.1" in text
    for version, code in (("2026.2", 0), ("2026.3", 1)):
        file.write_text(text.replace("version: 2026.1", f"version: {version}"), encoding="utf-8")
        found, _, err = evidens("load", str(file), "--db", shipped)
        assert found == code
    assert "Take the registry's text with `evidens dump DIR`" in err


def test_what_changed_while_the_files_were_read_is_not_overwritten(
    shipped: str, tmp_path: Path
) -> None:
    file = tmp_path / "davis.yaml"
    file.write_text(DAVIS.replace("mean: 21.6", "mean: 21.7"), encoding="utf-8")
    seen = revisions.versions(shipped)
    load(shipped, [file])
    file.write_text(DAVIS.replace("mean: 21.6", "mean: 21.8"), encoding="utf-8")
    from studies.checks import check_files

    with pytest.raises(InputError, match="changed in the registry"), transaction(shipped) as held:
        take_in(held, check_files([file]), seen=seen)
    assert load(shipped, [file]).changed == ("study davis-2012",)


WRITER = """
import sys
from pathlib import Path
from meta.faults import InputError
from registry import engines
from registry.revisions import Signature
from studies.ingest import load

engines.WAIT_SECONDS = 60  # the machine may have other work
url, file, name = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
try:
    load(url, [Path(file)], Signature.now(name, "an edit"))
    print("entered")
except InputError as error:
    print("refused" if "changed in the registry meanwhile" in str(error) else error)
"""


def test_of_many_writers_at_once_one_enters_and_the_others_are_told(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    writers = []
    for number in range(5):
        file = tmp_path / f"{number}.yaml"
        taken_out(evidens, shipped, file, f"3{number}.5")
        writers.append(
            subprocess.Popen(
                [sys.executable, "-c", WRITER, shipped, str(file), f"writer {number}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    said = [writer.communicate()[0].strip() for writer in writers]
    assert sorted(said) == ["entered", *["refused"] * 4]
    with transaction(shipped) as session:
        versions = history(session, "study", "davis-2012")
        assert prove(session) is None
    assert len(versions) == 2
    assert versions[1].made_by == f"writer {said.index('entered')}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--why", " "], "no reason is given for the change"),
    ],
)
def test_a_change_is_signed(
    arguments: list[str], words: str, evidens: Run, shipped: str, tmp_path: Path
) -> None:
    file = tmp_path / "edit.yaml"
    taken_out(evidens, shipped, file, "21.7")
    code, _, err = evidens("study", "add", str(file), "--db", shipped, *arguments)
    assert (code, words in err) == (1, True)
