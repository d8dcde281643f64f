"""The vocabulary: every word that a record may use, with what people call it.

One place drives the database's checks, the messages of the record checks and the words in briefs.
A term is a stable readable id and a label in each language. Outcomes say besides in which unit they are
counted, of which kind they are, what they measure and which way is better; they are listed in
`registry.outcomes`, people in `registry.populations`, what is tried in `registry.interventions`. Tools for
risk of bias, each with its version, its domains and its levels, are in `registry.risk_of_bias`, the words of
GRADE in `registry.grade`. Countries and currencies are ISO's codes, in two tables beside this module.
"""

from registry.bond_terms import (
    COMPARED,
    COUNTERFACTUALS,
    EFFECT_MEASURES,
    METRIC_ASCERTAINMENTS,
    METRIC_CONSTRUCTS,
    METRIC_DENOMINATORS,
    PARTY_ROLES,
    POLICY_SECTORS,
    THRESHOLD_OPERATORS,
    VALIDATION_LEVELS,
)
from registry.grade import CERTAINTY_DOMAINS, CERTAINTY_LEVELS, CERTAINTY_STARTS
from registry.interventions import INTERVENTIONS
from registry.outcomes import OUTCOMES
from registry.populations import POPULATIONS
from registry.risk_of_bias import BIAS_DOMAINS, BIAS_EFFECTS, BIAS_LEVELS, BIAS_TOOLS
from registry.terms import Ascertainment, Kind, Outcome, Term, listed, terms

__all__ = [
    "BIAS_DOMAINS",
    "BIAS_EFFECTS",
    "BIAS_LEVELS",
    "BIAS_TOOLS",
    "CERTAINTY_DOMAINS",
    "CERTAINTY_LEVELS",
    "CERTAINTY_STARTS",
    "COMPARED",
    "COUNTERFACTUALS",
    "EFFECT_MEASURES",
    "INTERVENTIONS",
    "METRIC_ASCERTAINMENTS",
    "METRIC_CONSTRUCTS",
    "METRIC_DENOMINATORS",
    "OUTCOMES",
    "PARTY_ROLES",
    "POLICY_SECTORS",
    "POPULATIONS",
    "QUALIFIERS",
    "THRESHOLD_OPERATORS",
    "VALIDATION_LEVELS",
    "Ascertainment",
    "Kind",
    "Outcome",
    "Term",
]

NOT_PRINTED = "not-printed"
"""What stands for a window whose length the report does not print."""

DESIGNS = terms(
    (
        "randomised-trial",
        "randomiseret kontrolleret forsøg",
        "randomisert kontrollert forsøk",
        "randomised controlled trial",
    ),
    ("meta-analysis", "metaanalyse", "metaanalyse", "meta-analysis"),
    ("research-review", "forskningsoversigt", "forskningsoversikt", "research review"),
    ("register-study", "registeranalyse", "registeranalyse", "register study"),
    (
        "pooled-trials",
        "samlet analyse af flere forsøgs deltagere",
        "samlet analyse av deltakerne i flere forsøk",
        "pooled analysis of the participants of several trials",
    ),
    (
        "cluster-randomised-trial",
        "klyngerandomiseret forsøg",
        "klyngerandomisert forsøk",
        "cluster-randomised trial",
    ),
    (
        "non-randomised-trial",
        "kontrolleret forsøg uden randomisering",
        "kontrollert forsøk uten randomisering",
        "controlled trial without randomisation",
    ),
    (
        "matched-comparison",
        "sammenligning med en matchet gruppe",
        "sammenligning med en matchet gruppe",
        "comparison with a matched group",
    ),
    (
        "historical-comparison",
        "sammenligning med en tidligere gruppe",
        "sammenligning med en tidligere gruppe",
        "comparison with an earlier group",
    ),
    (
        "before-after-study",
        "før-efter-måling uden sammenligningsgruppe",
        "før–etter-måling uten sammenligningsgruppe",
        "before-after study without a comparison group",
    ),
    (
        "economic-evaluation",
        "økonomisk evaluering",
        "økonomisk evaluering",
        "economic evaluation",
    ),
)

RANDOMISED = ("randomised-trial", "cluster-randomised-trial")
"""Designs in which chance decided who got what."""

REVIEWS = ("meta-analysis", "research-review", "pooled-trials")
"""Designs that count the participants of other studies: never pooled beside trials."""

CONSTRUCTS = terms(
    ("employment", "beskæftigelse", "arbeid", "employment"),
    (
        "employment-or-education",
        "beskæftigelse eller uddannelse",
        "arbeid eller utdanning",
        "employment or education",
    ),
    ("income", "indkomst", "inntekt", "income"),
    ("hospital-use", "brug af hospital", "bruk av sykehus", "use of hospitals"),
    ("quality-of-life", "livskvalitet", "livskvalitet", "quality of life"),
    ("functioning", "funktionsniveau", "funksjonsnivå", "functioning"),
    ("mental-health", "psykisk helbred", "psykisk helse", "mental health"),
)

ASCERTAINMENTS = terms(
    ("at", "på et tidspunkt", "på et tidspunkt", "at a time point"),
    (
        "during",
        "på noget tidspunkt i perioden",
        "på noe tidspunkt i perioden",
        "at any time during a window",
    ),
    ("over", "i alt i perioden", "totalt i perioden", "as a total over a window"),
)

ROLES = terms(
    ("intervention", "indsats", "tiltak", "intervention"),
    ("comparator", "sammenligning", "sammenligning", "comparator"),
)

DENOMINATORS = terms(
    ("randomised", "randomiserede", "randomiserte", "randomised"),
    ("assessed", "undersøgte", "undersøkte", "assessed"),
    ("analysed", "analyserede", "analyserte", "analysed"),
    (
        "participants",
        "deltagere, trinnet ikke angivet",
        "deltakere, trinnet ikke oppgitt",
        "participants, the stage not stated",
    ),
)

CHARACTERISTICS = terms(("immigrants", "indvandrere", "innvandrere", "immigrants"))

CONTRASTS = terms(
    ("risk-ratio", "relativ risiko", "relativ risiko", "risk ratio"),
    (
        "risk-difference",
        "risikoforskel i procentpoint",
        "risikodifferanse i prosentpoeng",
        "risk difference in percentage points",
    ),
    (
        "ratio-of-means",
        "forhold mellem gennemsnit",
        "forhold mellom gjennomsnitt",
        "ratio of means",
    ),
    ("odds-ratio", "oddsratio", "oddsratio", "odds ratio"),
    (
        "risk-difference-proportion",
        "risikoforskel som andel",
        "risikodifferanse som andel",
        "risk difference as a proportion",
    ),
    (
        "success-rate-difference",
        "forskel i succesrate som andel",
        "forskjell i suksessrate som andel",
        "difference in success rates as a proportion",
    ),
    (
        "number-needed-to-treat",
        "antal behandlede pr. gavnet",
        "antall behandlede per person som har nytte",
        "number needed to treat",
    ),
    (
        "mean-difference",
        "forskel mellem gennemsnit",
        "forskjell mellom gjennomsnitt",
        "mean difference",
    ),
    (
        "standardised-mean-difference",
        "standardiseret forskel",
        "standardisert forskjell",
        "standardised mean difference",
    ),
    (
        "times-as-likely",
        "gange så sandsynligt, arten ikke angivet",
        "ganger så sannsynlig, arten ikke oppgitt",
        "times as likely, its kind not stated",
    ),
    (
        "effect-size",
        "effektstørrelse, arten ikke angivet",
        "effektstørrelse, arten ikke oppgitt",
        "effect size, its kind not stated",
    ),
    (
        "proportion-of-effects",
        "andel af studier med en effekt over en grænse",
        "andel av studier med en effekt over en grense",
        "proportion of effects above a threshold",
    ),
)

CLAIMS = terms(
    (
        "significant",
        "statistisk signifikant",
        "statistisk signifikant",
        "statistically significant",
    ),
    (
        "not-significant",
        "ikke statistisk signifikant",
        "ikke statistisk signifikant",
        "not statistically significant",
    ),
)

READINGS = terms(
    ("full-text", "fuld tekst", "fulltekst", "full text"),
    ("excerpt", "uddrag af teksten", "utdrag av teksten", "excerpt of the text"),
    ("abstract", "resumé", "sammendrag", "abstract"),
    ("secondary", "gengivet i anden kilde", "gjengitt i annen kilde", "as given in another source"),
    ("web-page", "webside", "nettside", "web page"),
)

EXTRACTIONS = terms(
    ("single", "læst én gang", "lest én gang", "read once"),
    (
        "double",
        "læst af to uafhængigt",
        "lest av to uavhengig av hverandre",
        "read by two independently",
    ),
)

DECISIONS = terms(
    ("included", "inkluderet", "inkludert", "included"),
    ("excluded", "ekskluderet", "ekskludert", "excluded"),
    ("awaiting", "afventer", "avventer", "awaiting a decision"),
)

STAGES = terms(
    ("identified", "fundet", "funnet", "identified"),
    (
        "screened",
        "screenet på titel og resumé",
        "screenet på tittel og sammendrag",
        "screened on title and abstract",
    ),
    ("sought", "søgt fremskaffet", "søkt fremskaffet", "sought for retrieval"),
    ("assessed", "vurderet i fuld tekst", "vurdert i fulltekst", "assessed in full text"),
    ("included", "inkluderet", "inkludert", "included"),
)
"""How far a report or study came, in the order of the PRISMA 2020 flow (doi 10.1136/bmj.n71)."""

EXCLUSION_REASONS = terms(
    (
        "no-amount-of-employment",
        "opgør ikke, hvor meget deltagerne arbejdede",
        "oppgir ikke hvor mye deltakerne arbeidet",
        "does not report how much the participants worked",
    ),
    (
        "conservative-choice",
        "ikke valgt; brugt som tegn på, at skønnet er et nedre skøn",
        "ikke valgt; brukt som tegn på at anslaget er lavt",
        "not chosen; used as a sign that the estimate is a lower bound",
    ),
    (
        "other-outcome",
        "andet udfald og en sværere belastet målgruppe",
        "et annet utfall og en tyngre belastet målgruppe",
        "another outcome and a more severely burdened group",
    ),
    (
        "effect-not-quantified",
        "effekten er sjældent kvantificeret og ikke altid fra randomiserede studier",
        "effekten er sjelden tallfestet og ikke alltid fra randomiserte studier",
        "effect seldom quantified and not always from randomised studies",
    ),
    (
        "no-intervention-arm",
        "omfatter kun den sædvanlige beskæftigelsesindsats",
        "omfatter bare den vanlige arbeidsrettede oppfølgingen",
        "covers the usual employment service alone",
    ),
    ("duplicate", "dublet", "duplikat", "duplicate"),
    ("not-retrieved", "kunne ikke fremskaffes", "kunne ikke fremskaffes", "could not be retrieved"),
    ("wrong-population", "en anden målgruppe", "en annen målgruppe", "another population"),
    ("wrong-intervention", "en anden indsats", "et annet tiltak", "another intervention"),
    ("wrong-comparator", "en anden sammenligning", "en annen sammenligning", "another comparator"),
    ("wrong-outcome", "andre udfald", "andre utfall", "other outcomes"),
    ("wrong-design", "et andet design", "et annet design", "another design"),
    (
        "wrong-publication-type",
        "ingen forskningspublikation",
        "ikke en forskningspublikasjon",
        "not a research publication",
    ),
    ("out-of-scope", "uden for spørgsmålet", "utenfor spørsmålet", "outside the question"),
    (
        "wrong-country",
        "et andet land, eller land ikke oplyst",
        "et annet land, eller land ikke oppgitt",
        "another country, or none named",
    ),
    ("wrong-year", "uden for de valgte år", "utenfor de valgte årene", "outside the years"),
    (
        "unusable-numbers",
        "ingen tal for udfaldet, som kan bruges her",
        "ingen tall for utfallet som kan brukes her",
        "no numbers for the outcome that can be used here",
    ),
    (
        "same-people",
        "tæller de samme personer som et andet studie",
        "teller de samme personene som en annen studie",
        "counts the same people as another study",
    ),
)

REPORT_TYPES = terms(
    ("report", "rapport eller notat", "rapport eller notat", "report"),
    ("article-journal", "tidsskriftartikel", "tidsskriftartikkel", "journal article"),
    ("webpage", "webside", "nettside", "web page"),
    ("dataset", "datasæt", "datasett", "data set"),
    ("slides", "præsentation", "presentasjon", "slides"),
    ("book", "bog", "bok", "book"),
    ("chapter", "kapitel i en bog", "kapittel i en bok", "chapter of a book"),
    ("thesis", "afhandling", "avhandling", "thesis"),
    ("paper-conference", "konferencebidrag", "konferansebidrag", "conference paper"),
    ("preprint", "fortryk", "preprint", "preprint"),
    ("manuscript", "upubliceret manuskript", "upublisert manuskript", "unpublished manuscript"),
    ("article-magazine", "artikel i et magasin", "artikkel i et magasin", "magazine article"),
    ("article-newspaper", "avisartikel", "avisartikkel", "newspaper article"),
    ("legislation", "lov eller regel", "lov eller forskrift", "law or regulation"),
    (
        "document",
        "dokument, arten ikke angivet",
        "dokument, arten ikke oppgitt",
        "document, its kind not stated",
    ),
)

HORIZON_MODELS = terms(
    (
        "proportional",
        "omregnes proportionalt med tiden",
        "regnes om i forhold til tiden",
        "scaled in proportion to time",
    ),
    (
        "constant-hazard",
        "omregnes med samme hændelsesrate i hver måned",
        "regnes om med samme hendelsesrate i hver måned",
        "converted at the same hazard in every month",
    ),
    (
        "landmark-only",
        "kun studier, der er målt tæt på tidspunktet",
        "bare studier som er målt nær tidspunktet",
        "only studies seen close to the horizon",
    ),
    ("none", "omregnes ikke", "regnes ikke om", "not converted"),
    (
        "elicited",
        "omregnes med et fagligt skøn",
        "regnes om med et faglig skjønn",
        "converted by an elicited factor",
    ),
)

STATISTICS = terms(
    ("percent", "pct.", "prosent", "per cent"),
    ("mean", "gennemsnit", "gjennomsnitt", "mean"),
    ("events", "antal hændelser", "antall hendelser", "events"),
    ("n", "antal personer", "antall personer", "number of people"),
    ("sd", "standardafvigelse", "standardavvik", "standard deviation"),
    ("median", "median", "median", "median"),
    ("q1", "første kvartil", "første kvartil", "first quartile"),
    ("q3", "tredje kvartil", "tredje kvartil", "third quartile"),
)

COUNT_TIERS = terms(
    ("reported", "antal trykt i kilden", "antall trykt i kilden", "counts that the report prints"),
    (
        "derived",
        "det eneste antal, som de trykte procenter og gruppestørrelser tillader",
        "det eneste antallet som de trykte prosentene og gruppestørrelsene tillater",
        "the only counts that the printed percentages and sizes admit",
    ),
    (
        "reconstructed",
        "rekonstrueret ud fra flere trykte tal",
        "rekonstruert ut fra flere trykte tall",
        "worked out from several printed numbers",
    ),
    (
        "admitted",
        "flere mulige antal bag de trykte procenter",
        "flere mulige antall bak de trykte prosentene",
        "one of several counts that the printed percentages admit",
    ),
)
"""How firm the counts behind a study's share are, the firmest first."""

SUBGROUPS = terms(
    ("counts", "hvor sikkert antallet er", "hvor sikkert antallet er", "how firm the counts are"),
    ("region", "verdensdel", "verdensdel", "part of the world"),
    ("population", "målgruppe", "målgruppe", "population"),
)
"""What a synthesis may tell subgroups of studies by."""

REGIONS = terms(
    ("nordic", "Norden", "Norden", "Nordic countries"),
    (
        "other-europe",
        "Europa uden for Norden",
        "Europa utenfor Norden",
        "Europe outside the Nordic countries",
    ),
    ("north-america", "USA og Canada", "USA og Canada", "United States and Canada"),
    ("asia-pacific", "Asien og Oceanien", "Asia og Oseania", "Asia and the Pacific"),
    ("elsewhere", "andre steder", "andre steder", "elsewhere"),
)
"""Parts of the world; `registry.regions` tells which countries are in which."""

FACT_KINDS = terms(
    ("reported", "oplyst", "oppgitt", "reported"),
    ("derived-in-source", "beregnet i kilden", "beregnet i kilden", "derived in the source"),
    ("assumed-in-source", "antaget i kilden", "antatt i kilden", "assumed in the source"),
)

QUALIFIERS = terms(
    ("about", "omtrent", "omtrent", "about"),
    ("at-least", "mindst", "minst", "at least"),
    ("at-most", "højst", "høyst", "at most"),
    ("more-than", "mere end", "mer enn", "more than"),
)
"""A report's own reservation about a number that it prints."""

TAGS = terms(
    (
        "less-is-more",
        "Less is more: afbureaukratisering, klog økonomisk styring, enklere velfærd",
        "Less is more: avbyråkratisering, klok økonomistyring, enklere velferd",
        "Less is more: less bureaucracy, wise economic management, simpler welfare",
    ),
    (
        "smarter-not-harder",
        "Smarter not harder: nye teknologiske løsninger",
        "Smarter not harder: nye teknologiske løsninger",
        "Smarter not harder: new technological solutions",
    ),
    (
        "join-forces",
        "Join forces: nedbrudte siloer, civilsamfund, virksomheder, frivillige og forebyggelse",
        "Join forces: nedbygde siloer, sivilsamfunn, bedrifter, frivillige og forebygging",
        "Join forces: fewer silos, civil society, companies, volunteers and prevention",
    ),
    (
        "new-deal",
        "New deal: en genforhandlet samfundskontrakt",
        "New deal: en reforhandlet samfunnskontrakt",
        "New deal: a renegotiated social contract",
    ),
)
"""INVI's four roads to a sustainable welfare (2025), as tags on records."""

COUNTRIES = listed("countries")
"""By ISO 3166-1 alpha-2 code."""

CURRENCIES = listed("currencies")
"""By ISO 4217 code."""
