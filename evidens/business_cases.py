"""A costing case for those who work in Python: carried out, simulated and compared by its name."""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from costing.document import document
from costing.results import CaseRun
from costing.simulation import Simulation, simulate
from evidens.case_draws import draws_for
from evidens.case_information import CaseInformation, case_information
from evidens.case_variants import Variation, variations
from evidens.cases import case_file, chosen_one, read_case, run_case
from evidens.drawn_files import file_draws
from evidens.released import default_database
from meta.faults import fault
from registry.session import create, exists, reading
from studies.ingest import load
from templates.case_listing import case_text


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCase:
    """A costing case carried out.

    Scenarios and perspectives are the first of the case where none is named. Draws are the same for the same
    seed.

    Parameters
    ----------
    done : CaseRun
        The case in exact numbers.
    registry : str
        URL of the registry that its citations were found in.

    Examples
    --------
    >>> import evidens
    >>> ips = evidens.case("vive-ips-refugees", registry=None)
    >>> ips.perspectives
    ('public', 'state', 'region', 'municipality')
    >>> round(ips.gain())
    5260409
    >>> round(ips.gain(scenario="conservative", perspective="municipality"))
    5084690
    """

    done: CaseRun
    registry: str

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios of the case."""
        return tuple(self.done.checked.case.scenarios)

    @property
    def perspectives(self) -> tuple[str, ...]:
        """Whose money may count."""
        return tuple(self.done.checked.case.perspectives)

    def gain(
        self, *, programme: str | None = None, scenario: str = "", perspective: str = ""
    ) -> float:
        """Return the gain of a programme over the base, with the case's own roundings.

        Parameters
        ----------
        programme : str, optional
            The first of the case where none is named.
        scenario, perspective : str

        Returns
        -------
        float
            In the case's currency and prices, for its whole cohort.

        Raises
        ------
        InputError
            The case has none of that name.
        """
        view = self._view(scenario, perspective)
        case = self.done.checked.case
        arm = chosen_one("programme", programme or "", list(case.programmes))
        totals = [
            self.done.runs[view["scenario"], one].total(view["perspective"])
            for one in (arm, case.base)
        ]
        return float((totals[0] - totals[1]).value)

    def simulate(
        self,
        *,
        n: int = 100_000,
        seed: int = 1,
        estimate: str | None = None,
        draws_file: str | Path | None = None,
        scenario: str = "",
        perspective: str = "",
    ) -> Simulation:
        """Return the case over draws of all that it says is uncertain.

        Parameters
        ----------
        n, seed : int
        estimate : str, optional
            Another release or synthesis to draw from, or the path of an exported release.
        draws_file : str or Path, optional
            A table of draws to take instead (`evidens.drawn_files.file_draws`); `n` is its rows then.
        scenario, perspective : str

        Returns
        -------
        Simulation

        Raises
        ------
        InputError
            The case does not say what is uncertain, the estimate is not there, both an estimate and a file
            are given, or a draw of the file cannot be.
        """
        view = self._view(scenario, perspective)
        if draws_file is not None:
            if estimate is not None:
                raise fault("both an estimate and a file of draws", "Give one.", field="draws_file")
            return simulate(self.done, file_draws(Path(draws_file), self.done, seed).worlds, **view)
        with reading(self.registry) as session:
            draws = draws_for(session, self.done, n, seed, estimate)
        return simulate(self.done, draws.worlds, **view)

    def information(
        self, *, n: int = 100_000, seed: int = 1, scenario: str = "", perspective: str = ""
    ) -> CaseInformation:
        """Return what it is worth to know more before the case is decided.

        Parameters
        ----------
        n, seed : int
        scenario, perspective : str

        Returns
        -------
        CaseInformation

        Raises
        ------
        InputError
            The case does not say for how many people the decision is taken.
        """
        view = self._view(scenario, perspective)
        with reading(self.registry) as session:
            draws = draws_for(session, self.done, n, seed)
        return case_information(self.done, draws, **view)

    def compare(
        self, *, n: int = 100_000, seed: int = 1, scenario: str = "", perspective: str = ""
    ) -> list[Variation]:
        """Return the same case at other estimates and in other prices.

        Parameters
        ----------
        n, seed : int
        scenario, perspective : str

        Returns
        -------
        list of Variation

        Raises
        ------
        InputError
            The case has no variants.
        """
        view = self._view(scenario, perspective)
        with reading(self.registry) as session:
            return variations(session, self.done, n, seed, **view)

    def to_dict(self) -> dict[str, Any]:
        """Return the case in every scenario and perspective, in plain types."""
        return document(self.done, self.scenarios, self.perspectives)

    def summary(self) -> str:
        """Return the first scenario from the first perspective as plain text."""
        return case_text(document(self.done, self.scenarios[:1], self.perspectives[:1]))

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _view(self, scenario: str, perspective: str) -> dict[str, str]:
        return {
            "scenario": chosen_one("scenario", scenario, list(self.scenarios)),
            "perspective": chosen_one("perspective", perspective, list(self.perspectives)),
        }


def case(name: str, registry: str | None = "") -> BusinessCase:
    """Return a costing case, carried out.

    Parameters
    ----------
    name : str
        The id of a shipped case, or a file that ends in ``.yaml``.
    registry : str or None
        Database URL; by default that of ``EVIDENS_DB``, or ``evidens.db`` in the working directory, or,
        where there is neither, the shipped records; with None those at once.

    Returns
    -------
    BusinessCase

    Raises
    ------
    InputError
        There is no such case, something in it cannot be, or what it cites is not there.
    registry.session.DatabaseError
        The registry cannot be opened.
    """
    checked = read_case(case_file(name))
    url = default_database() if registry == "" else registry
    if url is None or (not registry and not exists(url)):
        url = f"sqlite:///{Path(_shipped_records().name) / 'evidens.db'}"
    with reading(url) as session:
        return BusinessCase(done=run_case(session, checked), registry=url)


@cache
def _shipped_records() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder with a registry of the shipped records, which goes when the program ends."""
    folder = tempfile.TemporaryDirectory(prefix="evidens-")
    url = f"sqlite:///{Path(folder.name) / 'evidens.db'}"
    create(url)
    load(url)
    return folder
