"""Regions: parts of the world that labour markets are compared by, told from a study's countries."""

from collections.abc import Iterable, Mapping


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


CODES: Mapping[str, frozenset[str]] = {
    "nordic": _codes("AX DK FI FO GL IS NO SE"),
    "other-europe": _codes(
        "AD AL AT BA BE BG BY CH CZ DE EE ES FR GB GG GI GR HR HU IE IM IT JE LI LT LU LV MC MD ME MK MT NL "
        "PL PT RO RS RU SI SJ SK SM UA VA"
    ),
    "north-america": _codes("CA US"),
    "asia-pacific": _codes(
        "AF AS AU BD BN BT CC CK CN CX FJ FM GU HK HM ID IN IR JP KH KI KP KR LA LK MH MM MN MO MP MV MY NC "
        "NF NP NR NU NZ PF PG PH PK PN PW SB SG TH TK TL TO TV TW UM VN VU WF WS"
    ),
}
"""The countries of each region. Asia and the Pacific are the east, south-east and south of Asia and Oceania,
as the United Nations' standard M49 lists them; Europe is M49's but for the Nordic countries."""

_REGION = {code: region for region, codes in CODES.items() for code in codes}


def region_of(countries: Iterable[str]) -> str | None:
    """Return the region that all countries of a study lie in.

    Parameters
    ----------
    countries : iterable of str
        Codes.

    Returns
    -------
    str or None
        A word of `registry.vocabulary.REGIONS`; None for no country, or for countries of several regions.

    Examples
    --------
    >>> region_of(["DK", "SE"]), region_of(["BR"]), region_of(["DK", "US"]), region_of([])
    ('nordic', 'elsewhere', None, None)
    """
    regions = {_REGION.get(code, "elsewhere") for code in countries}
    return regions.pop() if len(regions) == 1 else None
