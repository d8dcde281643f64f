"""Figures of a pooled table: from what ``evidens pool`` has, to files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from meta.effects.measures import MEASURES, Design
from meta.faults import InputError, fault
from meta.further.start import Pooling, needs
from meta.models.results import MetaAnalysis
from registry.terms import LANGUAGES
from registry.writing import put_in_place, writing_into
from templates.drawings import ForestRow
from templates.pictures import FORMATS, Picture, converted, picture_of_chart, picture_of_forest
from templates.presets import EVIDENS, Preset, counts, means
from templates.presets import preset as preset_named
from templates.typesetting import HOUSE
from templates.words import Words

if TYPE_CHECKING:
    from templates.charts.marks import Chart

ALTERNATIVES: Mapping[str, tuple[str, ...]] = {
    "estimators": ("EE", "DL", "REML", "PM"),
    "tests": ("z", "knha"),
}
"""What the specification curve goes through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Which figures to draw, how they look, and where they are put.

    Parameters
    ----------
    names : tuple of str
        From `FIGURES`.
    formats : tuple of str
        From `templates.pictures.FORMATS`.
    folder : Path
        It is made if need be.
    preset : Preset
        Of the forest plot.
    arms : tuple of str, optional
        Names of intervention and comparator; None for the language's own words.
    higher_is : {"better", "worse"}, optional
        Which way is better for people; None names nobody as favoured.
    language : str
    """

    names: tuple[str, ...]
    formats: tuple[str, ...] = ("svg",)
    folder: Path = Path("out")
    preset: Preset = EVIDENS
    arms: tuple[str, str] | None = None
    higher_is: str | None = None
    language: str = "da"


def _forest(pooling: Pooling, look: Drawing, *, house: bool) -> Picture:
    from meta.moderators.subgroups import SubgroupAnalysis
    from templates.figures import forest

    result = pooling.result
    groups = result if isinstance(result, SubgroupAnalysis) else None
    fit = result.overall if isinstance(result, SubgroupAnalysis) else result
    if not isinstance(fit, MetaAnalysis):
        raise needs(
            "forest", "a pooled estimate or subgroups", "Leave out --mods, --random and --cluster."
        )
    words = Words(look.language)
    table = _Arms(pooling, look)
    used = fit.effects.rows.tolist()
    gone = [row for row in range(table.length) if row not in set(pooling.effects.rows.tolist())]
    listed = len(gone) == len(fit.effects.excluded)
    plot = forest(
        fit,
        [table.row(row) for row in used],
        arms=look.arms or (words.say("forest.intervention"), words.say("forest.comparator")),
        higher_is=look.higher_is,
        language=look.language,
        stretch=HOUSE if house else 1.0,
        preset=look.preset,
        arm_headings=table.headings(words),
        groups=groups,
        omitted=[table.row(row) for row in gone] if listed else (),
    )
    return picture_of_forest(plot)


class _Arms:
    """The numbers of the arms as a table has them."""

    def __init__(self, pooling: Pooling, look: Drawing) -> None:
        self.look = look
        names = {
            Design.TWO_BY_TWO: ("ai", "ci"),
            Design.TWO_MEANS: ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"),
        }.get(MEASURES[pooling.measure].design, ())
        columns = dict(pooling.columns)
        for people, events, others in (("n1i", "ai", "bi"), ("n2i", "ci", "di")):
            if people not in columns and {events, others} <= set(columns):
                columns[people] = [
                    None if a is None or b is None else a + b
                    for a, b in zip(columns[events], columns[others], strict=True)
                ]
        self.columns = columns
        self.means = len(names) > 2
        self.known = bool(names) and {*names, "n1i", "n2i"} <= set(columns)
        self.length = len(columns["n1i"]) if self.known else 0

    def headings(self, words: Words) -> tuple[str, ...]:
        if not self.known:
            return ()
        kinds = ("mean", "sd", "people") if self.means else ("events", "people")
        if self.look.preset.apart:
            return tuple(words.say(f"forest.{kind}") for kind in kinds)
        return (words.say(f"forest.{'-'.join(kinds)}"),)

    def row(self, row: int) -> ForestRow:
        if not self.known:
            return ForestRow()
        return ForestRow(
            intervention=self._arm(row, "1", "ai"), comparator=self._arm(row, "2", "ci")
        )

    def _arm(self, row: int, number: str, events: str) -> tuple[str, ...]:
        style, language = self.look.preset, self.look.language
        people = self.columns[f"n{number}i"][row]
        first = self.columns[f"m{number}i" if self.means else events][row]
        if people is None or first is None:
            return ()
        if self.means:
            return means(first, self.columns[f"sd{number}i"][row], people, style, language)
        return counts(first, people, style, language)


def _funnel(pooling: Pooling, language: str) -> "Chart":
    from meta.small_study.funnel import funnel
    from templates.appendix_figures import filled_of
    from templates.charts.funnel_plot import funnel_chart
    from templates.figures import ONE_GROUP

    result = pooling.pooled("funnel")
    one_group = MEASURES[result.effects.measure].design in ONE_GROUP
    data = funnel(result, contours=()) if one_group else funnel(result)
    return funnel_chart(data, filled_of(result), language)


def _leave_one_out(pooling: Pooling, language: str) -> "Chart":
    from meta.diagnostics.leave_one_out import leave_one_out
    from templates.charts.refits_chart import refits_chart

    result = pooling.pooled("leave-one-out")
    return refits_chart(leave_one_out(result), result, language)


def _cumulative(pooling: Pooling, language: str) -> "Chart":
    from meta.diagnostics.cumulative import cumulative
    from templates.charts.refits_chart import refits_chart

    result = pooling.pooled("cumulative")
    return refits_chart(cumulative(result), result, language)


def _baujat(pooling: Pooling, language: str) -> "Chart":
    from meta.diagnostics.influence import baujat
    from templates.charts.baujat_chart import baujat_chart

    return baujat_chart(baujat(pooling.fitted("baujat")), language)


def _gosh(pooling: Pooling, language: str) -> "Chart":
    from templates.appendix_figures import subsets_of
    from templates.charts.gosh_chart import gosh_chart

    return gosh_chart(subsets_of(pooling.pooled("gosh")), language)


def _tau(pooling: Pooling, language: str) -> "Chart":
    from meta.bayes.analysis import bayes
    from templates.charts.tau_chart import tau_chart

    return tau_chart(bayes(pooling.pooled("tau").effects, level=pooling.level), language)


def _specification_curve(pooling: Pooling, language: str) -> "Chart":
    from meta.choices.multiverse_results import Multiverse
    from meta.further.table import FURTHER
    from templates.charts.specification_curve import specification_curve

    found = FURTHER["multiverse"].run(pooling, **ALTERNATIVES)
    assert isinstance(found, Multiverse)
    return specification_curve(found.curves[0], found.level, language)


CHARTS: Mapping[str, Callable[[Pooling, str], "Chart"]] = {
    "funnel": _funnel,
    "leave-one-out": _leave_one_out,
    "cumulative": _cumulative,
    "baujat": _baujat,
    "gosh": _gosh,
    "tau": _tau,
    "specification-curve": _specification_curve,
}
FIGURES = ("forest", *CHARTS)
"""The figures that can be asked for."""


def read_drawing(
    figure: str,
    out: Path | None = None,
    *,
    picture: str | None = None,
    preset: str | None = None,
    arm_names: str | None = None,
    higher: str | None = None,
    lang: str | None = None,
) -> Drawing:
    """Read what a user asks of figures; None takes what is usual.

    Parameters
    ----------
    figure, picture : str
        Names of figures, of formats; parted by commas.
    out : Path, optional
    preset : str, optional
        From `templates.presets.PRESETS`.
    arm_names : str, optional
        Both arms, a slash between.
    higher : {"better", "worse"}, optional
    lang : str, optional
        From `registry.terms.LANGUAGES`.

    Returns
    -------
    Drawing

    Raises
    ------
    InputError
        A word that is none of these.

    Examples
    --------
    >>> asked = read_drawing("forest, funnel,forest", arm_names="IPS / Sædvanlig indsats")
    >>> asked.names, asked.arms
    (('forest', 'funnel'), ('IPS', 'Sædvanlig indsats'))
    """
    if higher not in (None, "better", "worse"):
        raise fault(f"higher is {higher!r}", "Say better or worse.", field="--higher")
    return Drawing(
        names=_known(figure, FIGURES, "figure", "--figure"),
        formats=read_formats(picture or "svg"),
        folder=out or Path("out"),
        preset=preset_named(preset or EVIDENS.name),
        arms=None if arm_names is None else _arm_names(arm_names),
        higher_is=higher,
        language=Words(lang or LANGUAGES[0]).language,
    )


def read_formats(text: str) -> tuple[str, ...]:
    """Return formats of pictures, each once; `InputError` for what is none.

    Examples
    --------
    >>> read_formats("svg, png")
    ('svg', 'png')
    """
    return _known(text, FORMATS, "format of a figure", "--picture")


def _known(text: str, known: Sequence[str], what: str, field: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    for name in names:
        if name not in known:
            raise fault(f"{name!r} is no {what}", f"Use some of: {', '.join(known)}.", field=field)
    if not names:
        raise fault(f"no {what} is named", f"Use some of: {', '.join(known)}.", field=field)
    return names


def _arm_names(text: str) -> tuple[str, str]:
    names = [one.strip() for one in text.split("/")]
    if len(names) != 2 or not all(names):
        raise fault(
            f"{text!r} does not name two arms",
            "Write both with a slash between, e.g. IPS/Usual services.",
            field="--arm-names",
        )
    return names[0], names[1]


@contextmanager
def _named() -> Iterator[None]:
    """Name the option that asked, where what a figure needs is refused."""
    try:
        yield
    except InputError as error:
        raise InputError([replace(one, field="--figure") for one in error.faults]) from error


def _drawn(name: str, pooling: Pooling, drawing: Drawing) -> dict[bool, Picture]:
    """Return a figure as it is set in the house's own font (True), and in any font (False)."""
    if name == "forest":
        settings = {kind in ("png", "pdf") for kind in drawing.formats}
        return {house: _forest(pooling, drawing, house=house) for house in settings}
    picture = picture_of_chart(CHARTS[name](pooling, drawing.language))
    return {True: picture, False: picture}


def write_figures(pooling: Pooling, drawing: Drawing) -> list[Path]:
    """Draw figures and write them, all or none.

    Parameters
    ----------
    pooling : Pooling
    drawing : Drawing

    Returns
    -------
    list of Path
        Named after the figures, e.g. ``forest.svg``.

    Raises
    ------
    InputError
        A figure cannot be drawn from this result, or the folder cannot be written.
    """
    made: list[tuple[str, bytes]] = []
    for name in drawing.names:
        with _named():
            drawn = _drawn(name, pooling, drawing)
        made += [
            (f"{name}.{kind}", converted(drawn[kind in ("png", "pdf")], kind))
            for kind in drawing.formats
        ]
    with writing_into(drawing.folder):
        for file, data in made:
            put_in_place(drawing.folder / file, data)
    return [drawing.folder / file for file, _ in made]
