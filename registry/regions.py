"""Regions: the parts of the world in which trials are compared, by the codes of their countries.

Continents are those of the United Nations' standard M49, with the Nordic countries apart from the rest of
Europe, and Asia and Oceania together.
"""

from collections.abc import Collection, Mapping

SEVERAL = "several regions"
ELSEWHERE = "elsewhere"

_CODES = {
    "Nordic": "AX DK FI FO IS NO SE SJ",
    "rest of Europe": "AD AL AT BA BE BG BY CH CZ DE EE ES FR GB GG GI GR HR HU IE IM IT JE LI LT LU LV "
    "MC MD ME MK MT NL PL PT RO RS RU SI SK SM UA VA",
    "North America": "BM CA GL PM US",
    "Asia and Oceania": "AE AF AM AS AU AZ BD BH BN BT CC CK CN CX CY FJ FM GE GU HK HM ID IL IN IQ IR JO "
    "JP KG KH KI KP KR KW KZ LA LB LK MH MM MN MO MP MV MY NC NF NP NR NU NZ OM PF PG PH PK PN PS PW QA "
    "SA SB SG SY TH TJ TK TL TM TO TR TV TW UM UZ VN VU WF WS YE",
}
REGIONS: Mapping[str, frozenset[str]] = {
    name: frozenset(codes.split()) for name, codes in _CODES.items()
}


def region_of(countries: Collection[str]) -> str | None:
    """Return the region in which all of a study's countries lie.

    Parameters
    ----------
    countries : collection of str
        Codes.

    Returns
    -------
    str or None
        A key of `REGIONS`, `ELSEWHERE` or `SEVERAL`; None for no country.

    Examples
    --------
    >>> region_of(["DK", "SE"]), region_of(["US", "CA"]), region_of(["DK", "US"]), region_of([])
    ('Nordic', 'North America', 'several regions', None)
    """
    found = {
        next((name for name, codes in REGIONS.items() if country in codes), ELSEWHERE)
        for country in countries
    }
    if len(found) > 1:
        return SEVERAL
    return next(iter(found), None)
