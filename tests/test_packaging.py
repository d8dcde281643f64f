"""The house: what is shipped, what may not be in the repository, and what start-up may not import."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def committed() -> list[Path]:
    """The files of the repository; in an unpacked archive, every file that git would not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_the_rooms_are_the_packages() -> None:
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}
    assert packages == set(ROOMS)
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(ROOMS)
    assert set(PROJECT["tool"]["mypy"]["packages"]) == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_brings_a_package_of_a_rooms_name(room: str) -> None:
    """Flat names such as ``templates`` could be taken by another package and shadow ours."""
    others = set(importlib.metadata.packages_distributions().get(room, [])) - {"evidens"}
    assert others == set()
    found = subprocess.run(
        [sys.executable, "-c", f"import {room}; print({room}.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert Path(found.stdout.strip()).is_relative_to(ROOT / room)


def test_the_wheel_holds_every_room_with_its_data_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = {
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if not name.split("/")[0].endswith("-info")
    }
    wanted = {
        str(file.relative_to(ROOT))
        for file in committed()
        if file.relative_to(ROOT).parts[0] in ROOMS
    }
    assert inside == wanted
    for needed in (
        "studies/records/davis-2012.yaml",
        "studies/published/vive-table-3-1.yaml",
        "templates/briefs/note.md.j2",
        "templates/svg/forest.svg.j2",
        "templates/svg/chart.svg.j2",
        "templates/pages/figure.html.j2",
        "registry/migrations/env.py",
    ):
        assert needed in inside


# Put together from parts, so that this file names none either.
HOSTS = re.compile(
    "|".join(
        re.escape(mark.join(parts))
        for mark, *parts in (
            (".", "pypi", "org"),
            ("", "python", "hosted"),
            (".", "registry", "npmjs"),
            (".", "deb", "debian", "org"),
            (".", "conda", "anaconda"),
            ("-", "index", "url"),
            ("-", "find", "links"),
        )
    )
)


def test_no_committed_file_names_a_registry_host() -> None:
    for file in committed():
        found = HOSTS.search(file.read_bytes().decode("utf-8", "replace"))
        assert found is None, f"{file.relative_to(ROOT)}: {found[0]}"


@pytest.mark.parametrize("lock", ["build.txt", "lock.txt", "lock-test.txt"])
def test_every_locked_file_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]
    assert len(entries) >= 3
    for entry in entries:
        assert "==" in entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_two_locks_agree() -> None:
    def pins(lock: str) -> set[str]:
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        return {line.rstrip(" \\") for line in text.splitlines() if "==" in line}

    assert pins("lock.txt") <= pins("lock-test.txt")


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/"
    )
    return set(done.stdout.split())


HEAVY = ("numpy", "scipy", "pandas", "statsmodels", "sqlalchemy", "sqlmodel", "jinja2", "typst")


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    loaded = modules_after("import evidens.cli")
    assert not loaded.intersection({*HEAVY, "pydantic", "matplotlib", "babel", "rich"})


@pytest.mark.parametrize(
    ("measure", "table"),
    [
        ("RR", "ai,n1i,ci,n2i\n4,123,11,139\n6,306,29,303\n"),
        ("SMD", "m1i,sd1i,n1i,m2i,sd2i,n2i\n9,2,20,8,2,20\n9,3,30,7,2,30\n"),
    ],
)
def test_pooling_a_table_loads_numpy_and_nothing_heavier(
    measure: str, table: str, tmp_path: Path
) -> None:
    file = tmp_path / "trials.csv"
    file.write_text(table, encoding="utf-8")
    loaded = modules_after(
        f"sys.argv = ['evidens', 'pool', {str(file)!r}, '--measure', {measure!r}]\n"
        "from evidens.cli import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert done.code in (0, None)"
    )
    assert "meta.models.pooling" in loaded
    unwanted = {*HEAVY, "pydantic", "openpyxl", "rich", "formulaic"} - {"numpy"}
    assert not loaded.intersection(unwanted)


def test_no_other_room_rounds_for_people() -> None:
    """Rounding for people happens in ``templates/formats.py``; elsewhere `round` has no business."""
    for room in set(ROOMS) - {"templates"}:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id="round")):
                        pytest.fail(f"{file.relative_to(ROOT)}:{node.lineno} calls round()")
