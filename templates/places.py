"""Places: where a number of a record stands, in the reader's words."""

from collections.abc import Container

from registry.queries import Source
from templates.citations import bracketed
from templates.tongue import Tongue


def place_of(source: Source, study: str, references: Container[str], tongue: Tongue) -> str:
    """Return whose a reported number is, and the report and the place in it that print it.

    Parameters
    ----------
    source : Source
    study : str
        The study's label.
    references : container of str
        Ids of the reports that the document lists; another is not named.
    tongue : Tongue

    Returns
    -------
    str

    Examples
    --------
    >>> from templates.words import Words
    >>> page = Source("vive-2017", "section 3.2", None, "secondary")
    >>> place_of(page, "Davis m.fl. (2012)", (), Tongue(Words("da")))
    'Davis m.fl. (2012), afsnit 3.2'
    """
    where = tongue.excepted(tongue.words.place(source.where), "record")
    if source.report not in references:
        return f"{tongue.study(study)}, {where}"
    return f"{tongue.study(study)} {bracketed([source.report], where)}"
