"""Words: the sentences that depend on data, in each language, without a number in them.

Headings and text that every brief has stand in its template. Here stand the phrases that a rule of
`templates.contexts` or `templates.figures` chooses from the data, with a name in braces for each value.
"""

import re
from collections.abc import Mapping

from meta.faults import fault

DA = {
    # outcomes and windows
    "at": "efter {months} mdr.",
    "during": "i løbet af {months} mdr.",
    "over": "over {months} mdr.",
    "row.percent": "{outcome} (pct.)",
    "row.amount": "{outcome} ({months} mdr.)",
    "study-in": "{study} – {countries}",
    "no-country": "land ikke oplyst",
    "no-claim": "ikke omtalt",
    "not-printed": "ikke trykt",
    "own-rule": "notatets egen regel for udvælgelse",
    "excluded-column": "Kildens egne ord",
    "excluded-column.rule": "Kildens egne ord, eller hvilke studier reglen ikke tager med",
    "by-rule": "{Count} {studies}",
    "events-of": "{events} af {n}",
    "as-cited": "{studies}, som gengivet i {reports}",
    "and-others": "{name} m.fl.",
    "means-title": "Effekt af {intervention} samt {comparator} i {count} udvalgte {studies}",
    "means-heading": "Uvægtede gennemsnit",
    "means-heading.source": "Uvægtede gennemsnit i kildens opstilling",
    "means": "Gennemsnit",
    "per": "Gennemsnit pr. person: {outcome}",
    "per.competitive-employment": "Gennemsnit pr. person i beskæftigelse",
    "no-ratio": "kan ikke beregnes",
    # places in a report
    "place.section": "afsnit",
    "place.footnote": "fodnote",
    "place.table": "tabel",
    "place.page": "side",
    "place.abstract": "resumé",
    "place.appendix": "bilag",
    # the box
    "box.question": "Spørgsmål",
    "box.site": "Den næste kommune",
    "box.result": "Gennemsnit af mange steder",
    "box.basis": "Grundlag",
    "box.certainty": "Sikkerhed",
    "box.since": "Ændret",
    "since": "Siden udgivelsen {release}, som er i brug, er {changes}.",
    "since.moved": "{measure} ({outcome}) gået fra {then} til {now}: {why}",
    "since.gone": "{measure} ({outcome}) ikke længere skønnet",
    "since.means": "forholdet mellem de uvægtede gennemsnit",
    "since.threshold": "skønnet har passeret grænsen på {threshold}",
    "since.holds": "intervallet omfatter nu ingen forskel",
    "since.holds-not": "intervallet omfatter ikke længere ingen forskel",
    "since.outside": "det gamle skøn ligger uden for det nye interval",
    "compared": "{intervention} sammenlignet med {comparator}.",
    "shares": "{outcome}: {intervention} med {name1} mod {comparator} med {name2} i uvægtet gennemsnit, "
    "en relativ forskel på {ratio}.",
    "site": "Indføres {intervention} i stedet for {comparator} i en kommune, der ligner studiernes, kan man "
    "vente {expected}.",
    "site.shares": "{estimate} af hundrede i stedet for {baseline} ({outcome}; {baseline} er {origin}), og i "
    "{level} af sådanne kommuner fra {low} til {high}. Det er {effects}",
    "site.effect": "{measure} {estimate} ({interval}",
    "site.better": "{chance} sandsynlighed for bedre end ingen forskel",
    "site.beyond": "{chance} for bedre end {threshold}",
    "site.all": "alle",
    "site.none": "ingen",
    "site.few": "{Count} {studies} siger kun lidt om, hvor forskellige kommuner er",
    "site.alike": "{Count} {studies} kan ikke vise, hvor forskellige kommuner er: τ² er skønnet til nul, "
    "men det udelukker ikke forskelle",
    "site.alike-to": "{Count} {studies} kan ikke vise, hvor forskellige kommuner er: τ² er skønnet til "
    "nul, men kan være op til {high}",
    "site.bayes": "regnes den uvished med (bayesiansk), går {measure} fra {low} til {high} med {chance} "
    "sandsynlighed for bedre end ingen forskel",
    "site.reason": "Grænsen på {threshold} for {measure}: {reason}",
    "baseline.studies": "studiernes gennemsnit",
    "pooled": "Samlet med vægte er skønnet {effects}.",
    "pooled-effect": "{measure} {estimate} ({level}-konfidensinterval {interval})",
    "basis": "{Count} {studies} (k = {k}): {labels}.",
    "left-out": "{Count} andre er gennemgået og ikke medtaget.",
    "left-out.one": "Ét andet er gennemgået og ikke medtaget.",
    "study.one": "studie",
    "study.other": "studier",
    "df.one": "{df} frihedsgrad",
    "df.other": "{df} frihedsgrader",
    "few": "Der er kun {count} {studies} (k = {k}). Med så få studier kan forskellen mellem dem (τ²) "
    "knap skønnes, og intervallerne afhænger af den valgte metode.",
    "single": "Der er kun ét studie (k = {k}), så der er intet at samle.",
    "enough": "{Count} {studies} indgår (k = {k}).",
    "few-short": "Skønnet hviler på kun {count} {studies} (k = {k}) og er usikkert.",
    "null-inside": "Intervallet for {measure} rummer {null}, altså ingen forskel.",
    "null-differs": "Intervallet for {outside} rummer ikke {null1} (ingen forskel), men intervallet for "
    "{inside} rummer {null2}; billedet afhænger altså af, hvilket mål man ser på.",
    "grade": "Tiltroen til evidensen (GRADE) er ikke vurderet; den er et fagligt skøn og kan ikke regnes ud.",
    # pooling
    "model.random-effects": "model med tilfældige effekter (τ² skønnet med {method})",
    "model.common-effect": "model med én fælles effekt",
    "method.DL": "DerSimonian og Laird",
    "method.EE": "invers varians",
    "test.knha": "Knapp og Hartungs metode, t-fordeling med {df}",
    "test.adhoc": "Knapp og Hartungs metode, aldrig smallere end normalfordelingens interval",
    "test.t": "t-fordeling med {df}",
    "test.z": "normalfordeling",
    "how": "{Count} {studies} er samlet i en {model}. Hvert studie vægtes efter den inverse varians, og "
    "konfidensintervallerne er beregnet med {test}.",
    "prediction": "Prædiktionsintervallet viser, hvor den sande effekt i et nyt, lignende studie kan "
    "ventes at ligge (t-fordeling med {df}).",
    "prediction.normal": "Prædiktionsintervallet viser, hvor den sande effekt i et nyt, lignende studie "
    "kan ventes at ligge (normalfordeling).",
    "prediction-is-ci": "Derfor falder den næste kommunes interval sammen med gennemsnittets.",
    "tau2-zero": "For {measure} er τ² skønnet til nul, den lavest mulige værdi. Det viser ikke, at "
    "studierne er enige.",
    "tau2-interval": "Et {level}-interval for τ² går fra {low} til {high}.",
    "i2-definition.tau2": "I² er beregnet som τ² delt med summen af τ² og studiernes typiske "
    "stikprøvevarians.",
    "i2-definition.q": "I² er beregnet ud fra Q.",
    "measure.RR": "relativ risiko",
    "measure.OR": "odds ratio",
    "measure.RD": "risikoforskel i procentpoint",
    "measure.MD": "forskel mellem gennemsnit",
    "measure.SMD": "standardiseret forskel mellem gennemsnit",
    "measure.GEN": "effekt",
    "short.RD": "risikoforskellen",
    "short.RR": "den relative risiko",
    "short.OR": "odds ratio",
    "row.estimate": "Gennemsnit af mange steder: samlet skøn",
    "row.ci": "{level}-konfidensinterval",
    "row.guarded": "Samme, aldrig smallere end z-intervallet",
    "row.pi": "Den næste kommune: {level}-prædiktionsinterval",
    "row.better": "Sandsynlighed for bedre end ingen forskel",
    "row.threshold": "Sandsynlighed for bedre end grænsen",
    "cell.threshold": "{chance} ({threshold})",
    "row.site-bayes": "Bayesiansk {level}-interval for den næste kommune",
    "row.bayes": "Bayesiansk skøn (median) med {level}-interval",
    "row.range": "Skøn over alle {fits} mulige talsæt",
    "row.panel": "Skøn med {count} metoder for τ²",
    "row.tau2": "τ² (forskel mellem studierne)",
    "row.i2": "I²",
    "row.q": "Q (frihedsgrader), p-værdi",
    "row.unweighted": "Til sammenligning: uvægtet gennemsnit",
    "no-prediction": "intet prædiktionsinterval: for få studier eller en fælles effekt",
    "no-value": "kan ikke beregnes med så få studier",
    "unweighted-no-interval": "De uvægtede gennemsnit har intet interval: hvert studie tæller lige "
    "meget, og metoden bruger ingen varianser.",
    "no-variance": "{outcomes} kan ikke samles med vægte og får intet interval, fordi kilderne ikke "
    "trykker standardafvigelser.",
    "not-pooled": "{outcome} er ikke samlet: {reason}",
    "envelope": "{publisher} gennemsnit giver en relativ forskel på {ratio}. Evidens' samlede skøn er "
    "{estimate} med {level}-konfidensinterval {interval}.",
    "envelope.own": "Det uvægtede gennemsnit giver en relativ forskel på {ratio}. Det samlede skøn er "
    "{estimate} med {level}-konfidensinterval {interval}.",
    "envelope-range": "Antallene bag procenterne kan ikke fastslås for {studies}; {fits} talsæt passer "
    "med det trykte. Over dem alle ligger skønnet fra {low} til {high} (i gennemsnit {average}), "
    "intervallets nedre grænse fra {low_low} til {low_high} og den øvre fra {high_low} til {high_high}.",
    "envelope-one": "De trykte procenter passer med netop ét talsæt.",
    "envelope-known": "Hvert studie har netop ét talsæt; tabellen over antallene siger, hvor sikkert det er.",
    "shown": "Figuren og tabellen viser talsættet {counts}. Det er et eksempel, valgt fordi grupperne er "
    "mest lige store, og ikke et oplyst antal.",
    "shown-count": "{study}: {ai} af {n1i} mod {ci} af {n2i}",
    # reviews
    "review.own": "Dette notat",
    "review.itself": "notatet selv",
    "review.no-list": "listen er ikke ved hånden",
    "review.shared": "{shared} af de {named}, som registret kender",
    # subgroups
    "subgroup.heading": "{measure}, efter {by}",
    "subgroup.refused": "Efter {by}: alle studier er i samme gruppe, eller gruppen er ikke oplyst.",
    "subgroup.test": "Efter {by}: testen for, om grupperne har forskellige resultater, har {p} ({measure}).",
    "subgroup.no-test": "Efter {by}: forskellen mellem grupperne kan ikke testes.",
    "subgroup.left-out": "Gruppen kendes ikke for {studies}.",
    # what else was asked of a pooled result
    "also.bayes": "Bayesiansk model",
    "also.leave-one-out": "Uden ét studie ad gangen",
    "also.cumulative": "Efterhånden som studierne kom til",
    "also.influence": "Studier med stor indflydelse",
    "also.baujat": "Hvilke studier trækker",
    "also.gosh": "Alle udvalg af studier",
    "also.fragility": "Skrøbelighed",
    "also.e-value": "Ukendte forskelle mellem grupperne (E-værdi)",
    "also.nnt": "Antal, der skal have indsatsen",
    "also.egger": "Små studiers effekt (Egger)",
    "also.peters": "Små studiers effekt (Peters)",
    "also.harbord": "Små studiers effekt (Harbord)",
    "also.macaskill": "Små studiers effekt (Macaskill)",
    "also.arcsine": "Små studiers effekt (arcussinus)",
    "also.rank-test": "Små studiers effekt (rangtest)",
    "also.trim-and-fill": "Manglende studier (trim and fill)",
    "also.pet-peese": "Skøn uden stikprøvefejl (PET-PEESE)",
    "also.limit": "Skøn ved ubegrænset præcision",
    "also.excess-significance": "For mange signifikante studier",
    "also.mixed-model": "Model af antallene selv",
    "also.selection": "Justeret for ikke offentliggjorte studier",
    "also.vevea-woods": "Hvis studier var valgt ud",
    "also.rosenthal": "Fail-safe N (Rosenthal)",
    "also.rosenberg": "Fail-safe N (Rosenberg)",
    "also.orwin": "Fail-safe N (Orwin)",
    "also.transport": "Overført til {target}",
    "also.refused": "Ikke beregnet: {reason}",
    "also.anyway": "Metoden bør egentlig ikke bruges her: {reasons}.",
    "rule.few-studies": "der er kun {k} studier, og under ti kan tilfældet ikke skilles fra skævhed",
    "rule.similar-precision": "studierne er næsten lige præcise, så intet er lille ved siden af et andet",
    "rule.one-group": "målet er ikke en forskel mellem grupper, så signifikans udvælger intet",
    "rule.one-side-of-cut": "alle studier er signifikante, eller ingen er",
    "rule.heterogeneous": "studierne er så forskellige, at også andet end størrelsen giver skævhed",
    "rule.ratio-with-its-error": "målets standardfejl følger effekten, når hændelserne er få eller "
    "effekten stor",
    "rule.standardised-with-its-error": "målets standardfejl er regnet ud af effekten selv",
    "rule.proportion-with-its-error": "målets standardfejl er regnet ud af andelen selv",
    "rule.target-outside-range": "målets {field} ligger uden for studiernes",
    "rule.target-not-in-studies": "intet studie har målets {field}",
    "rule.target-outside-hull": "ingen blanding af studierne har målets {field} på én gang",
    "rule.few-effective-studies": "studierne svarer til færre end to, der ligner målet",
    "characteristic.country": "land",
    "characteristic.year": "år",
    "characteristic.population": "målgruppe",
    "characteristic.baseline": "andel uden indsatsen",
    "target.baseline": "{share} uden indsatsen",
    "transport.untransported": "uden overførsel er skønnet {estimate} {interval}",
    "transport.relevance": "vægtet efter studiernes lighed med målet {estimate} {interval}",
    "transport.regression": "efter metaregression på {modifiers} {estimate} {interval}",
    "transport.site": "den næste kommune {interval}",
    "transport.studies": "hvad der svarer til {number} lige relevante studier",
    "transport.stated": "Lighederne er angivet og ikke skønnet ({stated}).",
    "transport.own-baseline": "Sammenligningsgruppens egen andel følger effekten også ved rene "
    "tilfældigheder.",
    "similarity": "{name}: {rule}",
    "similarity.scale": "aftager med afstanden, skala {scale}",
    "similarity.within": "inden for {distance}:",
    "similarity.other": "andre",
    "asymmetry": "Testen for, om små studier giver andre resultater end store, har {pvalue}.",
    "asymmetry.limit": "For et ubegrænset præcist studie ville skønnet være {estimate} {interval}.",
    "rank-test": "Rangkorrelationen mellem effekt og usikkerhed er {tau} ({pvalue}).",
    "trim-and-fill": "Med {number} tænkte studier, som en symmetrisk tragt mangler, er skønnet {estimate} "
    "{interval}.",
    "trim-and-fill.none": "Ingen studier synes at mangle.",
    "pet-peese": "{method} giver {estimate} {interval}.",
    "limit": "{estimate} {interval}.",
    "excess-significance": "{observed} studier er signifikante; studiernes styrke lader {expected} vente.",
    "excess-significance.p": "Testen af forskellen har {pvalue}.",
    "mixed-model": "Uden nærmede varianser er skønnet {estimate} {interval}.",
    "selection": "Skønnet er {estimate} {interval}, hvis studier er udvalgt efter deres p-værdi.",
    "selection.test": "Testen for udvælgelse har {pvalue}.",
    "vevea-woods": "Under {count} antagne former for udvælgelse ligger skønnet på {range}.",
    "fail-safe.Rosenthal": "{number} ukendte studier uden effekt ville gøre det samlede resultat "
    "insignifikant. Tallet siger ikke, om studier mangler, og bør ikke bruges som argument.",
    "fail-safe.Rosenberg": "{number} ukendte studier uden effekt ville gøre det vægtede resultat "
    "insignifikant. Tallet siger ikke, om studier mangler, og bør ikke bruges som argument.",
    "fail-safe.Orwin": "{number} ukendte studier uden effekt ville bringe gennemsnittet ned på det valgte "
    "mål. Tallet siger ikke, om studier mangler, og bør ikke bruges som argument.",
    "fail-safe.none": "Intet antal studier er nok.",
    "bayes": "Den bayesianske model antager på forhånd {prior}; med {above} sandsynlighed er {measure} over "
    "{null}.",
    "panel.depends": "Svaret afhænger af metoden: ved {holding} af {all} valg af τ² og interval rummer "
    "intervallet for {measure} {null} (ingen forskel).",
    "multiverse": "{measure} er også beregnet under alle {specifications} kombinationer af de valg, der kan "
    "forsvares. Medianen er {median}, den midterste halvdel ligger på {middle}, og yderpunkterne er {low} "
    "og {high}.",
    "multiverse.above": "{above} af kombinationerne giver et skøn over {threshold}.",
    "multiverse.apart": "I {apart} af dem rummer intervallet ikke {null} (ingen forskel).",
    "multiverse.moves": "Mest betyder {choice} ({share} af variansen mellem kombinationerne).",
    "moves.measure": "valget af effektmål",
    "moves.outcome": "hvad der tæller som udfaldet",
    "moves.horizon model": "omregningen til samme tidspunkt",
    "moves.denominator": "hvem der tælles med i nævneren",
    "moves.counts": "hvor sikre antal der kræves",
    "moves.counts-of": "hvilke antal der antages i {study}",
    "moves.design": "hvilke designs der medtages",
    "moves.region": "hvilke dele af verden der medtages",
    "moves.population": "hvilke målgrupper der medtages",
    "moves.year": "hvilke år der medtages",
    "moves.estimator": "metoden for τ²",
    "moves.test": "intervallets metode",
    "moves.weights": "vægtene",
    "bayes.posterior": "Medianen er {posterior}.",
    "prior.half-normal": "en halv normalfordeling med skala {scale} for τ",
    "leave-one-out": "Skønnet ligger mellem {low} (uden {first}) og {high} (uden {last}).",
    "leave-one-out.always": "Intervallet rummer {null} (ingen forskel), uanset hvilket studie der udelades.",
    "leave-one-out.never": "Intervallet rummer aldrig {null} (ingen forskel).",
    "leave-one-out.some": "Intervallet rummer {null} (ingen forskel), når {studies} udelades.",
    "cumulative": "Fra {first} med {study} alene til {last}, da {newest} kom til.",
    "influence": "Over de gængse grænser for indflydelse ligger {studies}.",
    "influence.none": "Intet studie ligger over de gængse grænser for indflydelse.",
    "baujat": "{apart} bidrager mest til forskellene mellem studierne; {pulling} flytter skønnet mest.",
    "gosh": "Over {subsets} udvalg af studierne ligger den midterste halvdel af skønnene på {range}.",
    "fragility": "Havde {count} af de {people} deltagere haft et andet udfald, ville intervallet {turned}.",
    "fragility.in": "rumme {null} (ingen forskel)",
    "fragility.out": "ikke længere rumme {null} (ingen forskel)",
    "fragility.none": "Konklusionen vender ikke, selv om mange deltagere havde haft et andet udfald.",
    "e-value": "Et ukendt forhold skulle hænge sammen med både indsats og udfald med en relativ risiko på "
    "mindst {estimate} for at forklare hele skønnet, og på {bound} for at intervallet når ingen forskel.",
    "nnt.good": "{number} skal have indsatsen, for at én mere får det ønskede udfald.",
    "nnt.bad": "For hver {number}, der får indsatsen, får én færre det ønskede udfald.",
    "nnt.none": "Der er ingen forskel, så antallet er uendeligt.",
    "nnt.interval": "Intervallets grænser er {interval}.",
    "nnt.infinity": "Intervallet rummer ingen forskel, så antallet kan også være uendeligt, eller gå den "
    "anden vej.",
    "nnt.baseline": "Regnet ved en andel på {risk} uden indsatsen.",
    # remarks that come with a pooled result, by code
    "note.common-effect": "Modellen antager én fælles effekt: τ² er sat til nul.",
    "note.tau2-interval-empty": "Der er intet interval for τ²: skønnene varierer mindre, end "
    "tilfældigheder alene lader vente.",
    "note.dominant-study": "{study} bærer {weight} af vægten for {measure}.",
    "note.knha-narrower": "Knapp og Hartungs interval for {measure} er smallere end normalfordelingens "
    "og bør læses med forbehold.",
    "note.zero-cells": "I studier med en tom celle er der lagt en konstant til antallene.",
    # horizon models
    "horizon.own": "{model} (brugt i dette notat)",
    "horizon.nothing": "intet studie kan bruges",
    "horizon.measure": "Samlet skøn er {measures} med konfidensinterval.",
    "horizon.study": "{study}, {reason}",
    "horizon.left-out": "{outcome} ({model}): uden {studies}",
    "horizon.elicited": "{outcome}: tal for {from_months} mdr. ganges med {factor} (fra {low} til {high}). "
    "{basis}",
    "horizon.elicited-range": "{outcome}: over skønnets spænd og afrundingen ligger den relative forskel på "
    "{ends}.",
    "unusable.outside-landmark": "opgjort ved {from_months} mdr., uden for {first_months}–{last_months} mdr.",
    "unusable.seen-otherwise": "opgjort ved {from_months} mdr. på en måde, der ikke kan omregnes sådan",
    "unusable.no-elicited-factor": "intet skøn for {from_months} mdr.",
    "unusable.share-above-whole": "med faktor {high} ville andelen overstige helheden",
    # assumptions
    "assume.horizon-ignored": "En andel opgjort for {from_months} mdr. bruges, som om den gjaldt "
    "{to_months} mdr.",
    "value.horizon-ignored": "uændret",
    "assume.proportional-horizon": "Arbejdet er spredt jævnt over tid, så {from_months} mdr. kan "
    "omregnes til {to_months} mdr.",
    "value.proportional-horizon": "faktor {value}",
    "assume.constant-hazard": "Hændelsesraten er den samme i hver måned, så en andel i løbet af "
    "{from_months} mdr. kan omregnes til {to_months} mdr.",
    "value.constant-hazard": "eksponent {value}",
    "assume.within-landmark": "Et tal opgjort for {from_months} mdr. gælder for {to_months} mdr., fordi "
    "{first_months}–{last_months} mdr. regnes for tæt nok på",
    "value.within-landmark": "uændret",
    "assume.elicited-factor": "Et fagligt skøn omregner tal for {from_months} mdr. til {to_months} mdr.",
    "value.elicited-factor": "faktor {value} (fra {low} til {high})",
    "assume.weeks-per-month": "Uger omregnes til måneder",
    "value.weeks-per-month": "{value} uger pr. måned",
    "assume.days-per-week": "Arbejdede dage omregnes til uger",
    "value.days-per-week": "{value} dage pr. uge",
    "assume.counts-from-percent": "Antal personer er regnet tilbage fra trykte procenter",
    "value.counts-from-percent": "{value} mulige talsæt",
    "value.counts-from-percent.one": "ét muligt talsæt",
    "assume.reconstructed-counts": "Antal personer er rekonstrueret ud fra flere trykte tal",
    "value.reconstructed-counts": "{ai} af {n1i} mod {ci} af {n2i}",
    "assume.other": "{name}",
    "value.other": "{value}",
    # the forest plot
    "forest.study": "Studie",
    "forest.weight": "Vægt",
    "forest.effect": "{measure} [{level}-KI]",
    "short-measure.RR": "RR",
    "short-measure.OR": "OR",
    "short-measure.RD": "Procentpoint",
    "short-measure.MD": "Forskel",
    "short-measure.SMD": "SMD",
    "short-measure.GEN": "Effekt",
    "forest.pooled": "Samlet skøn ({method})",
    "forest.prediction": "{level}-prædiktionsinterval",
    "forest.range": "Skøn over {fits} mulige talsæt",
    "forest.favours": "til fordel for {name}",
    "forest.left": "← {text}",
    "forest.right": "{text} →",
    "forest.tau2": "τ² = {tau2}",
    "forest.i2": "I² = {i2} (af τ²)",
    "forest.i2-q": "I² = {i2} (af Q)",
    "forest.q": "Q = {q}, {df}, {p}",
    "forest.model.random-effects": "Tilfældige effekter, {method}",
    "forest.model.common-effect": "Fælles effekt",
    "forest.test.knha": "Konfidensinterval: Knapp-Hartung (t, {df})",
    "forest.test.adhoc": "Konfidensinterval: Knapp-Hartung, aldrig smallere end z",
    "forest.test.t": "Konfidensinterval: t, {df}",
    "forest.test.z": "Konfidensinterval: normalfordeling",
    "forest.pi-df": "Prædiktionsinterval: t, {df}",
    "forest.pi-normal": "Prædiktionsinterval: normalfordeling",
    "forest.counts": "Antal regnet tilbage fra procenter",
    "forest.omitted": "kan ikke beregnes",
    "forest.as-analysed": "{measure}, analysens skala",
    "forest.tau2-ci": "τ² = {tau2} ({low} til {high})",
    "forest.subtotal": "Samlet: {group}",
    "forest.between-chi2": "Forskel mellem grupperne: χ² = {statistic}, {df} frihedsgrader, {p}",
    "forest.between-f": "Forskel mellem grupperne: F = {statistic}, {df} og {df2} frihedsgrader, {p}",
    "forest.between-none": "Forskellen mellem grupperne kan ikke testes",
    "forest.omitted-said": "{label}: kan ikke beregnes",
    "forest.bias": "Risiko for bias",
    "forest.bias-overall": "samlet",
    "forest.events": "Antal",
    "forest.people": "I alt",
    "forest.events-people": "Antal/i alt",
    "forest.mean": "Gns.",
    "forest.sd": "SD",
    "forest.mean-sd-people": "Gns. (SD) i alt",
    "forest.intervention": "Indsats",
    "forest.comparator": "Sammenligning",
    "forest.title": "Forest plot af {measure} for {k} {studies}",
    "forest.study-said": "{label}: {effect}, vægt {weight}",
    "forest.pooled-said": "Samlet skøn: {effect}",
    "forest.prediction-said": "Prædiktionsinterval: {effect}",
    # charts
    "chart.numbers": "Tallene i figuren",
    "chart.not-defined": "Ikke defineret for {studies}",
    "quantile.min": "Mindste",
    "quantile.q1": "Nedre kvartil",
    "quantile.median": "Median",
    "quantile.q3": "Øvre kvartil",
    "quantile.max": "Største",
    "funnel.title": "Tragtplot af {k} studier",
    "funnel.y": "Standardfejl (præcise studier øverst)",
    "funnel.error": "Standardfejl",
    "funnel.study": "Studie",
    "funnel.filled": "Tænkt studie",
    "funnel.pooled": "Samlet skøn",
    "funnel.contour": "p < {p}",
    "funnel.inside": "p ≥ {p}",
    "funnel.contours": "Farven viser, hvilken p-værdi et studie dér har",
    "funnel.region": "Mellem de stiplede linjer ventes {level} af studierne, hvis alle har samme effekt",
    "funnel.trim-and-fill": "Trim and fill (tænkte studier: {number}): skønnet er {estimate} {interval}",
    "funnel.said": "Studiernes effekter mod deres standardfejl; det samlede skøn er {estimate}.",
    "refits.whole": "Linjen og det grå bånd er det samlede skøn af alle studier: {estimate}",
    "leave-one-out.title": "Skønnet uden hvert af {k} studier",
    "leave-one-out.heading": "Uden studiet",
    "leave-one-out.row": "{study}",
    "cumulative.title": "Skønnet, efterhånden som {k} studier kom til",
    "cumulative.heading": "Til og med studiet",
    "cumulative.row": "+ {study}",
    "baujat.title": "Baujats plot af {k} studier",
    "baujat.x": "Bidrag til forskelle (Pearsons residual i anden)",
    "baujat.x-common": "Bidrag til forskellene mellem studierne (Q)",
    "baujat.y": "Indflydelse på det samlede skøn",
    "baujat.y-fitted": "Indflydelse på studiets egen forventede værdi",
    "baujat.said": "Studier langt til højre skaber forskelle; studier højt oppe flytter skønnet",
    "gosh.title": "Skøn og forskelle i {subsets} udvalg af studierne",
    "gosh.y": "I² (pct.)",
    "gosh.subsets": "Udvalg",
    "gosh.few": "få udvalg",
    "gosh.some": "flere",
    "gosh.many": "mange",
    "gosh.all": "Alle {subsets} udvalg af studierne",
    "gosh.drawn": "{subsets} tilfældigt trukne udvalg af studierne",
    "gosh.single": "Udvalg med ét studie har intet I² og vises ikke",
    "tau.title": "Forskelle mellem {k} studier: antaget på forhånd og efter data",
    "tau.x": "τ (studiernes standardafvigelse)",
    "tau.y": "Tæthed",
    "tau.prior": "før data",
    "tau.posterior": "efter data",
    "tau.interval": "{level}-interval",
    "tau.said": "Efter data er medianen af τ {median} med {level}-interval fra {low} til {high}",
    "curve.title": "Specifikationskurve med {n} beregninger",
    "curve.said": "{n} forsvarlige beregninger efter skønnets størrelse; lyse streger er "
    "{level}-intervaller, og de mørke felter viser de valg, hver bygger på",
    "curve.excludes": "Rødbrune prikker: intervallet rummer ikke ingen forskel ({share} af "
    "beregningerne)",
    "choice.measure": "Mål",
    "choice.estimator": "Skøn over τ²",
    "choice.test": "Interval",
    "choice.weights": "Vægte",
    "choice.zeros": "Tomme celler",
    "choice.counts": "Antal bag procenter",
    "choice.horizon": "Horisont",
    "alternative.knha": "Knapp-Hartung",
    "alternative.z": "normalfordeling",
    "alternative.t": "t-fordeling",
    "alternative.equal": "lige vægte",
    "alternative.inverse-variance": "invers varians",
    "curve.which": "Beregninger",
    "curve.median": "Skøn (median)",
    "flow.title": "Studiernes vej gennem udvælgelsen (PRISMA)",
    "flow.identified": "Fundne referencer (n = {n})",
    "flow.found": "I søgningerne: {n}",
    "flow.duplicates": "Dubletter fjernet (n = {n})",
    "flow.screened": "Screenet på titel og resumé (n = {n})",
    "flow.sought": "Søgt fremskaffet (n = {n})",
    "flow.assessed": "Vurderet i fuld tekst (n = {n})",
    "flow.excluded": "Udelukket (n = {n})",
    "flow.reason": "{reason}: {n}",
    "flow.awaiting": "Afventer (n = {n})",
    "flow.included": "Medtagne rapporter (n = {n})",
    "flow.studies": "Medtagne studier (n = {n})",
    "flow.kept": "Går videre",
    "flow.left": "Går ikke videre",
    "map.title": "Evidenskort",
    "map.intervention": "Indsats",
    "map.outcome": "Udfald",
    "map.studies": "Studier",
    "map.certainty": "Tiltro (GRADE)",
    "map.not-judged": "ikke vurderet",
    "map.said": "{intervention}, {outcome}: {k} studier, tiltro {level}",
    "map.key": "Cirklens areal følger antallet af studier; farve og tegn viser tiltroen til evidensen "
    "(GRADE), en tom cirkel er ikke vurderet",
    "timeline.title": "Sociale effektkontrakter over tid",
    "timeline.bonds": "Sociale effektkontrakter",
    "timeline.name": "Kontrakt",
    "timeline.country": "Land",
    "timeline.begins": "Begynder",
    "timeline.ends": "Slutter",
    "timeline.key": "Mørk: afsluttet. Lys: den planlagte periode. Prik: kun begyndelsen er kendt",
    "timeline.unknown": "Uden oplyst år: {names}",
    "countries.title": "{what} efter land",
    "countries.country": "Land",
    "countries.others": "Andre lande",
    "countries.key": "Et felt er et land, omtrent hvor det ligger; mørkere er flere",
    "trial.title": "Hypotetisk forsøg med {n} borgere",
    "trial.start": "{n} borgere, lodtrækning",
    "trial.arm": "{name}: {n} borgere",
    "trial.reached": "{n} af {all} {outcome}",
    "trial.group": "Gruppe",
    "trial.expected": "Forventet",
    "trial.amount": "{outcome} pr. person, der nåede udfaldet: {amount}",
    "trial.outcome": "når udfaldet ({outcome})",
    "trial.outcome.competitive-employment": "kommer i beskæftigelse",
    "trial.key": "Hver cirkel er én borger; en fyldt cirkel er en, der {outcome}",
    "caption": "{outcome}: {measure} i hvert studie og samlet. Kvadraternes areal følger vægten; bjælken er "
    "prædiktionsintervallet.",
    "caption-range": " Klammen viser skønnet over alle talsæt, som de trykte procenter tillader.",
}

PHRASES: Mapping[str, Mapping[str, str]] = {"da": DA}
"""Phrases by language."""

PLACE = re.compile(r"[a-z]+")


class Words:
    """The phrases of one language.

    Parameters
    ----------
    language : str
        A key of `PHRASES`.

    Examples
    --------
    >>> Words("da").say("at", months="18")
    'efter 18 mdr.'
    """

    def __init__(self, language: str) -> None:
        if language not in PHRASES:
            raise fault(
                f"there are no briefs in {language!r}", f"Use one of: {', '.join(PHRASES)}."
            )
        self.language = language
        self._phrases = PHRASES[language]

    def __contains__(self, name: str) -> bool:
        return name in self._phrases

    def say(self, phrase: str, /, **values: str) -> str:
        """Return a phrase with its values; a value is put in as it is, braces and all."""
        return self._phrases[phrase].format_map(values)

    def term(self, kind: str, code: str) -> str:
        """Return the name of a measure or a method; its code where the language has no name for it."""
        return self._phrases.get(f"{kind}.{code}", code)

    def degrees(self, df: int | None) -> str:
        """Return a count of degrees of freedom with its word; empty for None."""
        if df is None:
            return ""
        return self.say("df.one" if df == 1 else "df.other", df=str(df))

    def place(self, locator: str) -> str:
        """Return where something stands, its English words put into the language.

        A locator begins with words that the records write in English, e.g. ``section 3.2``.
        """
        return PLACE.sub(
            lambda word: self._phrases.get(f"place.{word.group()}", word.group()), locator
        )


def capital(text: str) -> str:
    """Return text with a capital first letter.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> capital("tre studier")
    'Tre studier'
    """
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """Return text with a small first letter, unless its first word is an abbreviation or a name in capitals.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> uncapital("Antal uger"), uncapital("IPS"), uncapital("Individual Placement")
    ('antal uger', 'IPS', 'Individual Placement')
    """
    words = text.split(" ")
    if text[1:2].isupper() or (len(words) > 1 and words[1][:1].isupper()):
        return text
    return text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """Return text with a full stop at its end, and never with two.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> sentence("vægt 14,5 pct."), sentence("k = 3")
    ('vægt 14,5 pct.', 'k = 3.')
    """
    return text if text.endswith(".") else f"{text}."


def genitive(name: str) -> str:
    """Return a Danish name in the genitive: VIVE's, Evidens', Bejerholms.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> genitive("VIVE"), genitive("Evidens"), genitive("Bejerholm")
    ("VIVE's", "Evidens'", 'Bejerholms')
    """
    if name[-1:].lower() in ("s", "x", "z"):
        return f"{name}'"
    return f"{name}'s" if name[-1:].isupper() else f"{name}s"
