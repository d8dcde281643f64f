"""The main job on the shipped records, from an empty folder to briefs, exports and releases' folders."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evidens.briefs import Wanted, dossier, of_synthesis, written
from evidens.dossiers import project_dossier, registry_dossier
from registry import releases
from registry.analyses import analyse
from registry.draws_export import DrawsAsked
from registry.exports import FORMATS, write_exports
from registry.session import create, reading
from registry.writing import put_in_place, writing_into
from studies.fact_set import FactSet
from studies.ingest import Loaded, load
from studies.kept.kinds import held_records
from studies.published_table import PublishedTable
from studies.record import Synthesis, record_id
from studies.replicate import Replication, replicate
from templates.bond_profile import bond_profile_document
from templates.kinds import KINDS
from templates.listings import replication_text
from templates.overview import overview_document
from templates.release_folder import release_files

DRAWS_SEED = 2026
LANGUAGE = "da"
PROFILED = ("norrkoping", "slagelse-ips")
"""Projects whose profiles are written: one with results that are in dispute, one that has begun."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a demonstration did.

    Parameters
    ----------
    loaded : Loaded
        What the registry took in.
    replications : tuple of Replication
    files : tuple of Path
        Every file, written now or already there.
    written : tuple of Path
        Those of them that are new or changed.
    """

    loaded: Loaded
    replications: tuple[Replication, ...]
    files: tuple[Path, ...]
    written: tuple[Path, ...]


def demonstrate(url: str, out: Path, progress: Callable[[str], None]) -> Made:
    """Build the registry, run every synthesis, replicate the published tables, write briefs and exports.

    Every release that the registry holds is written as its folder.

    Parameters
    ----------
    url : str
        Database URL; made where there is none.
    out : Path
        Folder for what is written; made where it is missing.
    progress : callable
        Told in a sentence what is being done.

    Returns
    -------
    Made
    """
    progress("Checking the shipped records and loading them")
    create(url)
    loaded = load(url)
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*") if file.is_file()}
    files: list[Path] = []
    with reading(url) as session:
        records = list(held_records(session))
        analyses = []
        for one in records:
            if isinstance(one, Synthesis):
                progress(f"Pooling {one.synthesis}")
                analyses.append(analyse(session, one.synthesis))
        replications = []
        for one in records:
            if isinstance(one, PublishedTable) or (
                isinstance(one, FactSet) and any(fact.formula for fact in one.items)
            ):
                progress(f"Replicating {record_id(one)}")
                replications.append(replicate(session, record_id(one)))
        progress("Gathering the overview of the registry and profiles of impact bonds")
        by_id = {one.synthesis: one for one in analyses}
        overview = registry_dossier(session, [LANGUAGE], by_id.__getitem__)
        profiles = [
            project_dossier(session, one, [LANGUAGE], by_id.__getitem__) for one in PROFILED
        ]
        progress("Gathering what the briefs draw on")
        about = [dossier(session, one, by_id.__getitem__, money=True) for one in by_id]
        released = [releases.loaded(one) for one in releases.all_held(session)]
    for done in replications:
        folder = out / "replications"
        content = json.dumps(done.to_dict(), ensure_ascii=False, indent=2)
        for ending, text in (("json", content), ("txt", replication_text(done))):
            files.append(folder / f"{done.table}.{ending}")
            with writing_into(folder):
                put_in_place(files[-1], f"{text.rstrip()}\n".encode())
    for analysis in analyses:
        progress(f"Exporting {analysis.synthesis}")
        files += write_exports(
            analysis, out / "exports", FORMATS, draws=DrawsAsked(seed=DRAWS_SEED)
        )
    kinds = [one for one in KINDS.values() if one.subject == "synthesis"]
    composers = [of_synthesis(kind, one) for one in about for kind in kinds]
    composers.append(partial(overview_document, overview))
    composers += [partial(bond_profile_document, one) for one in profiles]
    progress(f"Writing {len(composers)} documents")
    files += written(composers, Wanted(identities=(), folder=out / "briefs"))
    for release in released:
        progress(f"Writing the folder of release {release['name']}")
        folder = out / "releases" / release["name"]
        for name, data in release_files(release).items():
            files.append(folder / name)
            with writing_into(folder):
                put_in_place(files[-1], data)
    changed = tuple(file for file in files if before.get(file) != file.stat().st_mtime_ns)
    return Made(loaded, tuple(replications), tuple(files), changed)
