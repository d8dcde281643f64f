"""The vocabulary: every word that a record may use, with what people call it.

One place drives the database's checks, the messages of the record checks and the words in briefs.
A term is a stable readable id and a label in each language. Outcomes say besides in which unit they
are counted, of which kind they are, what they measure and which way is better; they are listed in
`registry.outcomes`. The tools for risk of bias, each with its version, its domains and its levels, are in
`registry.risk_of_bias`, the words of GRADE in `registry.grade`. Countries and currencies are ISO's codes, in
two tables beside this module.
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
from registry.outcomes import OUTCOMES
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
    "METRIC_ASCERTAINMENTS",
    "METRIC_CONSTRUCTS",
    "METRIC_DENOMINATORS",
    "OUTCOMES",
    "PARTY_ROLES",
    "POLICY_SECTORS",
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
    ("randomised-trial", "randomiseret kontrolleret forsøg", "randomised controlled trial"),
    ("meta-analysis", "metaanalyse", "meta-analysis"),
    ("research-review", "forskningsoversigt", "research review"),
    ("register-study", "registeranalyse", "register study"),
    (
        "pooled-trials",
        "samlet analyse af flere forsøgs deltagere",
        "pooled analysis of the participants of several trials",
    ),
    (
        "cluster-randomised-trial",
        "klyngerandomiseret forsøg",
        "cluster-randomised trial",
    ),
    (
        "non-randomised-trial",
        "kontrolleret forsøg uden randomisering",
        "controlled trial without randomisation",
    ),
    (
        "matched-comparison",
        "sammenligning med en matchet gruppe",
        "comparison with a matched group",
    ),
    (
        "historical-comparison",
        "sammenligning med en tidligere gruppe",
        "comparison with an earlier group",
    ),
    (
        "before-after-study",
        "før-efter-måling uden sammenligningsgruppe",
        "before-after study without a comparison group",
    ),
    (
        "economic-evaluation",
        "økonomisk evaluering",
        "economic evaluation",
    ),
)

RANDOMISED = ("randomised-trial", "cluster-randomised-trial")
"""Designs in which chance decided who got what."""

REVIEWS = ("meta-analysis", "research-review", "pooled-trials")
"""Designs that count the participants of other studies: never pooled beside trials."""

POPULATIONS = terms(
    (
        "severe-mental-illness",
        "personer med svær psykisk sygdom",
        "people with severe mental illness",
    ),
    ("veterans-with-ptsd", "veteraner med PTSD", "veterans with PTSD"),
    (
        "refugees-and-family",
        "flygtninge og familiesammenførte til flygtninge",
        "refugees and family members reunited with refugees",
    ),
    ("ips-participants", "deltagere i IPS", "participants in IPS"),
    ("mental-illness", "personer med psykisk sygdom", "people with mental illness"),
    (
        "moderate-to-severe-mental-illness",
        "personer med moderat til svær psykisk sygdom",
        "people with moderate to severe mental illness",
    ),
    (
        "severe-mental-illness-or-other-disabilities",
        "personer med svær psykisk sygdom eller andre funktionsnedsættelser",
        "people with severe mental illness or other disabilities",
    ),
    (
        "other-than-severe-mental-illness",
        "personer uden svær psykisk sygdom",
        "people with conditions other than severe mental illness",
    ),
    (
        "young-adults-with-severe-mental-illness",
        "unge voksne med svær psykisk sygdom",
        "young adults with severe mental illness",
    ),
    (
        "severe-mental-illness-and-justice-involvement",
        "personer med svær psykisk sygdom i kontakt med retsvæsenet",
        "people with severe mental illness and justice involvement",
    ),
    (
        "schizophrenia",
        "personer med skizofreni eller beslægtede lidelser",
        "people with schizophrenia or related disorders",
    ),
    (
        "early-psychosis",
        "personer med ny psykose",
        "people with a first episode of psychosis, or early psychosis",
    ),
    ("affective-disorders", "personer med affektive lidelser", "people with affective disorders"),
    (
        "mood-and-anxiety-disorders",
        "personer med affektive lidelser og angst",
        "people with mood and anxiety disorders",
    ),
    (
        "disability-beneficiaries-with-mental-illness",
        "førtidspensionister med psykisk sygdom",
        "people with mental illness on disability benefits",
    ),
    (
        "formerly-homeless-with-mental-illness",
        "tidligere hjemløse med psykisk sygdom",
        "formerly homeless people with mental illness",
    ),
    (
        "formerly-incarcerated-veterans",
        "tidligere fængslede veteraner",
        "formerly incarcerated veterans",
    ),
    (
        "veterans-with-spinal-cord-injury",
        "veteraner med rygmarvsskade",
        "veterans with spinal cord injury",
    ),
    (
        "opioid-use-disorder",
        "personer i behandling for opioidafhængighed",
        "people treated for opioid use disorder",
    ),
    (
        "alcohol-and-drug-dependence",
        "personer med alkohol- eller stofafhængighed",
        "people with alcohol or drug dependence",
    ),
    ("substance-abuse", "personer med misbrug", "people with substance abuse"),
    (
        "musculoskeletal-injuries",
        "arbejdstagere med muskel- og skeletskader",
        "workers with musculoskeletal injuries",
    ),
    (
        "young-adults-at-risk-of-disability",
        "unge voksne i risiko for at forlade arbejdsmarkedet",
        "young adults at risk of early work disability",
    ),
    (
        "mild-or-moderate-health-conditions",
        "personer med lettere eller moderate psykiske eller fysiske helbredsproblemer",
        "people with mild or moderate mental or physical health conditions",
    ),
    ("not-stated", "ikke angivet", "not stated"),
)

INTERVENTIONS = terms(
    (
        "ips",
        "Individual Placement and Support (IPS)",
        "Individual Placement and Support (IPS)",
    ),
    (
        "usual-employment-service",
        "sædvanlig beskæftigelsesindsats (SB)",
        "usual employment service",
    ),
    ("ips-modified", "tilpasset IPS", "adapted IPS"),
    (
        "ips-with-other-services",
        "IPS sammen med andre indsatser",
        "IPS together with other services",
    ),
    (
        "ips-with-skills-training",
        "IPS med træning i arbejdsrelaterede sociale færdigheder",
        "IPS with work-related social skills training",
    ),
    (
        "ips-with-cognitive-remediation",
        "IPS med kognitiv træning",
        "IPS with cognitive remediation",
    ),
    ("usual-services", "sædvanlige tilbud", "usual services"),
    (
        "traditional-vocational-rehabilitation",
        "traditionel arbejdsrehabilitering",
        "traditional vocational rehabilitation",
    ),
    (
        "enhanced-vocational-rehabilitation",
        "udvidet arbejdsrehabilitering",
        "enhanced vocational rehabilitation",
    ),
    ("psychosocial-rehabilitation", "psykosocial rehabilitering", "psychosocial rehabilitation"),
    ("group-skills-training", "færdighedstræning i grupper", "group skills training"),
    ("diversified-placement", "flere typer af placeringer", "diversified placement approach"),
    ("transitional-work", "overgangsarbejde", "transitional work"),
    ("job-club", "jobklub", "job club"),
    ("job-search-orientation", "vejledning i jobsøgning", "job search orientation"),
    ("vocational-programme", "beskæftigelsesforløb", "vocational programme"),
    (
        "clinical-treatment-with-vocational-rehabilitation",
        "behandling og arbejdsrehabilitering",
        "clinical treatment and vocational rehabilitation",
    ),
    ("waiting-list", "venteliste", "waiting list"),
    ("no-structured-support", "ingen struktureret støtte", "no structured support"),
    ("various-control-services", "forskellige kontrolindsatser", "various control services"),
)

CONSTRUCTS = terms(
    ("employment", "beskæftigelse", "employment"),
    ("employment-or-education", "beskæftigelse eller uddannelse", "employment or education"),
    ("income", "indkomst", "income"),
    ("hospital-use", "brug af hospital", "use of hospitals"),
    ("quality-of-life", "livskvalitet", "quality of life"),
    ("functioning", "funktionsniveau", "functioning"),
    ("mental-health", "psykisk helbred", "mental health"),
)

ASCERTAINMENTS = terms(
    ("at", "på et tidspunkt", "at a time point"),
    ("during", "på noget tidspunkt i perioden", "at any time during a window"),
    ("over", "i alt i perioden", "as a total over a window"),
)

ROLES = terms(
    ("intervention", "indsats", "intervention"),
    ("comparator", "sammenligning", "comparator"),
)

DENOMINATORS = terms(
    ("randomised", "randomiserede", "randomised"),
    ("assessed", "undersøgte", "assessed"),
    ("analysed", "analyserede", "analysed"),
    ("participants", "deltagere, trinnet ikke angivet", "participants, the stage not stated"),
)

CHARACTERISTICS = terms(("immigrants", "indvandrere", "immigrants"))

CONTRASTS = terms(
    ("risk-ratio", "relativ risiko", "risk ratio"),
    ("risk-difference", "risikoforskel i procentpoint", "risk difference in percentage points"),
    ("ratio-of-means", "forhold mellem gennemsnit", "ratio of means"),
    ("odds-ratio", "oddsratio", "odds ratio"),
    ("risk-difference-proportion", "risikoforskel som andel", "risk difference as a proportion"),
    (
        "success-rate-difference",
        "forskel i succesrate som andel",
        "difference in success rates as a proportion",
    ),
    ("number-needed-to-treat", "antal behandlede pr. gavnet", "number needed to treat"),
    ("mean-difference", "forskel mellem gennemsnit", "mean difference"),
    ("standardised-mean-difference", "standardiseret forskel", "standardised mean difference"),
    (
        "times-as-likely",
        "gange så sandsynligt, arten ikke angivet",
        "times as likely, its kind not stated",
    ),
    ("effect-size", "effektstørrelse, arten ikke angivet", "effect size, its kind not stated"),
    (
        "proportion-of-effects",
        "andel af studier med en effekt over en grænse",
        "proportion of effects above a threshold",
    ),
)

CLAIMS = terms(
    ("significant", "statistisk signifikant", "statistically significant"),
    ("not-significant", "ikke statistisk signifikant", "not statistically significant"),
)

READINGS = terms(
    ("full-text", "fuld tekst", "full text"),
    ("excerpt", "uddrag af teksten", "excerpt of the text"),
    ("abstract", "resumé", "abstract"),
    ("secondary", "gengivet i anden kilde", "as given in another source"),
    ("web-page", "webside", "web page"),
)

EXTRACTIONS = terms(
    ("single", "læst én gang", "read once"),
    ("double", "læst af to uafhængigt", "read by two independently"),
)

DECISIONS = terms(
    ("included", "inkluderet", "included"),
    ("excluded", "ekskluderet", "excluded"),
    ("awaiting", "afventer", "awaiting a decision"),
)

STAGES = terms(
    ("identified", "fundet", "identified"),
    ("screened", "screenet på titel og resumé", "screened on title and abstract"),
    ("sought", "søgt fremskaffet", "sought for retrieval"),
    ("assessed", "vurderet i fuld tekst", "assessed in full text"),
    ("included", "inkluderet", "included"),
)
"""How far a report or study came, in the order of the PRISMA 2020 flow (doi 10.1136/bmj.n71)."""

EXCLUSION_REASONS = terms(
    (
        "no-amount-of-employment",
        "opgør ikke, hvor meget deltagerne arbejdede",
        "does not report how much the participants worked",
    ),
    (
        "conservative-choice",
        "ikke valgt; brugt som tegn på, at skønnet er et nedre skøn",
        "not chosen; used as a sign that the estimate is a lower bound",
    ),
    (
        "other-outcome",
        "andet udfald og en sværere belastet målgruppe",
        "another outcome and a more severely burdened group",
    ),
    (
        "effect-not-quantified",
        "effekten er sjældent kvantificeret og ikke altid fra randomiserede studier",
        "effect seldom quantified and not always from randomised studies",
    ),
    (
        "no-intervention-arm",
        "omfatter kun den sædvanlige beskæftigelsesindsats",
        "covers the usual employment service alone",
    ),
    ("duplicate", "dublet", "duplicate"),
    ("not-retrieved", "kunne ikke fremskaffes", "could not be retrieved"),
    ("wrong-population", "en anden målgruppe", "another population"),
    ("wrong-intervention", "en anden indsats", "another intervention"),
    ("wrong-comparator", "en anden sammenligning", "another comparator"),
    ("wrong-outcome", "andre udfald", "other outcomes"),
    ("wrong-design", "et andet design", "another design"),
    ("wrong-publication-type", "ingen forskningspublikation", "not a research publication"),
    ("out-of-scope", "uden for spørgsmålet", "outside the question"),
    ("wrong-country", "et andet land, eller land ikke oplyst", "another country, or none named"),
    ("wrong-year", "uden for de valgte år", "outside the years"),
    (
        "unusable-numbers",
        "ingen tal for udfaldet, som kan bruges her",
        "no numbers for the outcome that can be used here",
    ),
    (
        "same-people",
        "tæller de samme personer som et andet studie",
        "counts the same people as another study",
    ),
)

REPORT_TYPES = terms(
    ("report", "rapport eller notat", "report"),
    ("article-journal", "tidsskriftartikel", "journal article"),
    ("webpage", "webside", "web page"),
    ("dataset", "datasæt", "data set"),
    ("slides", "præsentation", "slides"),
    ("book", "bog", "book"),
    ("chapter", "kapitel i en bog", "chapter of a book"),
    ("thesis", "afhandling", "thesis"),
    ("paper-conference", "konferencebidrag", "conference paper"),
    ("preprint", "fortryk", "preprint"),
    ("manuscript", "upubliceret manuskript", "unpublished manuscript"),
    ("article-magazine", "artikel i et magasin", "magazine article"),
    ("article-newspaper", "avisartikel", "newspaper article"),
    ("legislation", "lov eller regel", "law or regulation"),
    ("document", "dokument, arten ikke angivet", "document, its kind not stated"),
)

HORIZON_MODELS = terms(
    (
        "proportional",
        "omregnes proportionalt med tiden",
        "scaled in proportion to time",
    ),
    (
        "constant-hazard",
        "omregnes med samme hændelsesrate i hver måned",
        "converted at the same hazard in every month",
    ),
    (
        "landmark-only",
        "kun studier, der er målt tæt på tidspunktet",
        "only studies seen close to the horizon",
    ),
    ("none", "omregnes ikke", "not converted"),
    ("elicited", "omregnes med et fagligt skøn", "converted by an elicited factor"),
)

STATISTICS = terms(
    ("percent", "pct.", "per cent"),
    ("mean", "gennemsnit", "mean"),
    ("events", "antal hændelser", "events"),
    ("n", "antal personer", "number of people"),
    ("sd", "standardafvigelse", "standard deviation"),
    ("median", "median", "median"),
    ("q1", "første kvartil", "first quartile"),
    ("q3", "tredje kvartil", "third quartile"),
)

COUNT_TIERS = terms(
    ("reported", "antal trykt i kilden", "counts that the report prints"),
    (
        "derived",
        "det eneste antal, som de trykte procenter og gruppestørrelser tillader",
        "the only counts that the printed percentages and sizes admit",
    ),
    (
        "reconstructed",
        "rekonstrueret ud fra flere trykte tal",
        "worked out from several printed numbers",
    ),
    (
        "admitted",
        "flere mulige antal bag de trykte procenter",
        "one of several counts that the printed percentages admit",
    ),
)
"""How firm the counts behind a study's share are, the firmest first."""

SUBGROUPS = terms(
    ("counts", "hvor sikkert antallet er", "how firm the counts are"),
    ("region", "verdensdel", "part of the world"),
    ("population", "målgruppe", "population"),
)
"""What a synthesis may tell subgroups of studies by."""

REGIONS = terms(
    ("nordic", "Norden", "Nordic countries"),
    ("other-europe", "Europa uden for Norden", "Europe outside the Nordic countries"),
    ("north-america", "USA og Canada", "United States and Canada"),
    ("asia-pacific", "Asien og Oceanien", "Asia and the Pacific"),
    ("elsewhere", "andre steder", "elsewhere"),
)
"""Parts of the world; `registry.regions` tells which countries are in which."""

FACT_KINDS = terms(
    ("reported", "oplyst", "reported"),
    ("derived-in-source", "beregnet i kilden", "derived in the source"),
    ("assumed-in-source", "antaget i kilden", "assumed in the source"),
)

QUALIFIERS = terms(
    ("about", "omtrent", "about"),
    ("at-least", "mindst", "at least"),
    ("at-most", "højst", "at most"),
    ("more-than", "mere end", "more than"),
)
"""A report's own reservation about a number that it prints."""

TAGS = terms(
    (
        "less-is-more",
        "Less is more: afbureaukratisering, klog økonomisk styring, enklere velfærd",
        "Less is more: less bureaucracy, wise economic management, simpler welfare",
    ),
    (
        "smarter-not-harder",
        "Smarter not harder: nye teknologiske løsninger",
        "Smarter not harder: new technological solutions",
    ),
    (
        "join-forces",
        "Join forces: nedbrudte siloer, civilsamfund, virksomheder, frivillige og forebyggelse",
        "Join forces: fewer silos, civil society, companies, volunteers and prevention",
    ),
    (
        "new-deal",
        "New deal: en genforhandlet samfundskontrakt",
        "New deal: a renegotiated social contract",
    ),
)
"""INVI's four roads to a sustainable welfare (2025), as tags on records."""

COUNTRIES = listed("countries")
"""By ISO 3166-1 alpha-2 code."""

CURRENCIES = listed("currencies")
"""By ISO 4217 code."""
