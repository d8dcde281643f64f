"""The profile of an impact bond: its record turned into the context of a document of two pages."""

from collections.abc import Iterator

from meta.choices.consistency import INCONSISTENT, Check
from studies.project_checks import project_checks
from studies.project_summary import share_of
from templates.bibliography import bibliography_of
from templates.bond_box import box
from templates.bond_contexts import BondProfile, DisputeLine
from templates.bond_facts import fact_blocks
from templates.bond_fields import ASKED
from templates.bond_record import BondRecord
from templates.bond_results import metric_blocks
from templates.bond_values import amount_text
from templates.bound import Origin, visible
from templates.citations import cited
from templates.documents import Document
from templates.dossier import ProjectDossier
from templates.headline import headline
from templates.kinds import KINDS
from templates.pictures import UNDATED, placed
from templates.tongue import Tongue
from templates.words import Words, capital

RECORD_LANGUAGE = "en"
"""Records of projects are written in English, as INDIGO is."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FOUND_PLACES = 2


def bond_profile_document(dossier: ProjectDossier, language: str = "da") -> Document:
    """Compose the profile of an impact bond.

    Parameters
    ----------
    dossier : ProjectDossier
    language : str

    Returns
    -------
    Document

    Raises
    ------
    InputError
        The language is not available, or a synthesis lacks its title in it.
    """
    kind, project = KINDS["bond-profile"], dossier.project
    context = bond_profile(dossier, language)
    chart = dossier.timelines.get(language)
    return Document(
        stem=f"{project.project}.{kind.name}.{language}",
        template=kind.template,
        context=context,
        title=visible(context.title),
        footer=f"Evidens · {project.project}",
        language=language,
        references=bibliography_of(dossier.reports),
        listed=tuple(one.id for one in dossier.reports),
        figures=() if chart is None else (placed("timeline", chart),),
        at=UNDATED,
    )


def bond_profile(dossier: ProjectDossier, language: str = "da") -> BondProfile:
    """Build the context of the profile of an impact bond.

    Parameters
    ----------
    dossier : ProjectDossier
    language : str

    Returns
    -------
    BondProfile

    Raises
    ------
    InputError
        As `bond_profile_document`.
    """
    return _Profile(dossier, Words(language)).build()


class _Profile:
    """The parts of a profile share its record, the reader's language and the letters of disputes."""

    def __init__(self, dossier: ProjectDossier, words: Words) -> None:
        self.dossier, self.project = dossier, dossier.project
        source = words.say("bond.of-record", project=dossier.project.project)
        self.tongue = Tongue(words, Origin(words.say("bond.record"), source))
        self.record = BondRecord(self.project, self.tongue)
        self.disputes: list[DisputeLine] = []

    def build(self) -> BondProfile:
        project, tongue = self.project, self.tongue
        blocks = tuple(fact_blocks(self.record, self.mark))
        metrics = tuple(metric_blocks(project, tongue, self.mark))
        self.mark(tongue.say("bond.whole-project"), project.disputed)
        checks = tuple(map(self.check, self.inconsistent()))
        identity = [project.indigo, project.project]
        return BondProfile(
            title=tongue.excepted(project.name, "label"),
            kind=KINDS["bond-profile"].label(tongue.language),
            identity=tongue.excepted(" · ".join(filter(None, identity)), "label"),
            record_language=RECORD_LANGUAGE,
            points=tuple(box(self.record, len(self.disputes), len(checks))),
            blocks=blocks,
            metrics=metrics,
            cautions=tuple(self.cautions()),
            timeline=tongue.language in self.dossier.timelines,
            syntheses=tuple(headline(one, tongue.language) for one in self.dossier.analyses),
            disputed=bool(self.disputes or checks),
            disputes=tuple(self.disputes),
            checks=checks,
            unknown=self.unknown(),
        )

    def mark(self, about: str, disputed: str | None) -> str:
        """Return the letter of a dispute, which is told below the tables; nothing without one."""
        if disputed is None:
            return ""
        turn, place = divmod(len(self.disputes), len(LETTERS))
        letter = LETTERS[place] * (turn + 1)
        self.disputes.append(
            DisputeLine(
                mark=letter,
                about=self.tongue.excepted(capital(about), "record"),
                words=self.tongue.excepted(disputed, "record"),
            )
        )
        return letter

    def cautions(self) -> Iterator[str]:
        project = self.project
        shares = [one for one in project.results if share_of(project, one).value is not None]
        if any(one.effect is None for one in shares):
            yield self.tongue.say("bond.caution.share")
        if any(one.disputed is not None for one in project.results):
            yield self.tongue.say("bond.caution.disputed")

    def inconsistent(self) -> list[tuple[str, str, Check]]:
        """Return the checks of numbers that failed, with the source of each."""
        found = []
        for path, check, _ in project_checks(self.project):
            if check.verdict == INCONSISTENT:
                part = getattr(self.project, str(path[0]))[path[1]]
                found.append((part.source.report, part.source.where, check))
        return found

    def check(self, found: tuple[str, str, Check]) -> str:
        report, where, check = found
        numbers, say = check.numbers, self.tongue.say
        at = self.record.at(say("bond.what.check"), report, where)
        if check.name in ("payments-within-maximum", "count-of-people"):
            part, *_, whole = numbers
            return say(
                f"bond.check.{check.name}",
                part=amount_text(numbers[part], at),
                whole=amount_text(numbers[whole], at),
            )
        assert check.recomputed is not None  # what is inconsistent was worked out
        worked_out = self.tongue.of(say("bond.what.check"), say("bond.derived", of=cited(report)))
        return say(
            "bond.check.number",
            printed=amount_text(numbers[check.field if check.field in numbers else "percent"], at),
            found=worked_out.plain(check.recomputed.value, FOUND_PLACES),
        )

    def unknown(self) -> str:
        missing = [
            self.record.label(name) for name, tells in ASKED.items() if not tells(self.project)
        ]
        return self.tongue.listing(missing) if missing else ""
