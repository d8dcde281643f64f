"""The releases' line of the table: verifying the largest, beside its analysis alone."""

import tempfile

from benchmarks.timing import Row, cpu, in_turns
from registry.analyses import analyse
from registry.canonical_json import parsed
from registry.exports import document
from registry.releases import checked_form, text_of
from registry.session import reading
from studies.ingest import load
from studies.kept.kinds import identities
from studies.release import freeze
from studies.release_verification import verify


def verify_release() -> Row:
    """Verify the largest release of the shipped syntheses from its text; the goal is under 1 s."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/registry.db"
        load(url)
        with reading(url) as session:
            made = [freeze(session, one) for one in identities(session, "synthesis")]
        largest = max(made, key=lambda one: len(text_of(one)))
        text, synthesis = text_of(largest), str(largest["synthesis"])

        def ours() -> None:
            assert verify(checked_form(parsed(text, "release"), "release")).holds

        def analysed() -> None:
            with reading(url) as session:
                document(analyse(session, synthesis))

        return in_turns(
            "verify the largest release, under 1 s",
            {"evidens": cpu(ours), "analysis": cpu(analysed)},
            {"analysis": 4},
            f"{largest['name']}, {len(largest['records'])} records, {len(text) / 1000:.0f} kB; beside it the "
            "analysis alone, on records that are in a registry already",
        )


ROWS = (verify_release,)
