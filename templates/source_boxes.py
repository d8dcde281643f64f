"""Where the numbers of a row are from: told to listeners, and shown in a box when the row has the focus."""

from collections.abc import Iterable

from templates.drawings import Cell, SourceBox
from templates.palette import SMALL
from templates.typesetting import wrapped
from templates.words import sentence

PAD = 8.0


def source_box(label: str, cells: Iterable[Cell], width: float) -> SourceBox | None:
    """Return what a row's numbers come from; None where no number of it has a source.

    Parameters
    ----------
    label : str
        The row's label.
    cells : iterable of Cell
    width : float
        Of the drawing, which the box is as wide as.

    Returns
    -------
    SourceBox or None

    Examples
    --------
    >>> cells = [Cell(x=1.0, kind="arm", text=text, source="table 2") for text in ("1/9", "2/9")]
    >>> source_box("Bond (2007)", cells, 640.0)
    SourceBox(said='Bond (2007). 1/9, 2/9: table 2.', lines=('1/9, 2/9: table 2',))
    """
    numbers: dict[str, list[str]] = {}
    for one in cells:
        if one.text and one.source:
            numbers.setdefault(one.source, []).append(one.text)
    if not numbers:
        return None
    parts = [f"{', '.join(texts)}: {source}" for source, texts in numbers.items()]
    return SourceBox(
        said=" ".join(sentence(one) for one in (label, *parts)),
        lines=tuple(line for one in parts for line in wrapped(one, width - 2 * PAD, SMALL)),
    )
