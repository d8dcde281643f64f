# Writes the cases grid-*.json of this folder: every measure and kind of variance that metafor 3.8-1 knows and the
# other cases lack, and zero-cell rules for every design. Run it here: Rscript escalc.R
# Python reads the files; nothing but this script needs R.

suppressMessages({library(metafor); library(metadat)})
stopifnot(packageVersion("metafor") == "3.8.1")

# metafor asks the package gsl for Gauss' hypergeometric function; here its series is added up instead.
series <- function(a, b, g, x) mapply(function(g, x) {
  if (is.na(g) || is.na(x) || g <= a + b) return(NA_real_)
  term <- total <- 1
  for (j in 0:2000) {
    term <- term * (a + j) * (b + j) / ((g + j) * (1 + j)) * x
    total <- total + term
  }
  total
}, g, x)
assignInNamespace(".Fcalc", series, "metafor")

number <- function(x) vapply(x, function(one) {
  if (is.na(one)) return("null")
  for (digits in 15:17) if (as.numeric(text <- format(one, digits = digits)) == one) break
  text
}, "")
json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(name, value) sprintf('"%s": %s', name, json(value)), names(x), x)
    return(sprintf("{%s}", paste(parts, collapse = ", ")))
  }
  text <- if (is.character(x)) sprintf('"%s"', gsub('"', '\\\\"', x))
          else if (is.logical(x) && !anyNA(x)) tolower(x) else number(x)
  if (!is.null(attr(x, "one"))) text else sprintf("[%s]", paste(text, collapse = ", "))
}
one <- function(x) structure(x, one = TRUE)

case <- function(id, measure, data, dataset, ..., transf = NULL, level = 95) {
  options <- list(...)
  dat <- suppressWarnings(do.call(escalc, c(list(measure = measure), as.list(data)[-1], options)))
  yi <- c(dat$yi); vi <- c(dat$vi); sei <- sqrt(vi); crit <- qnorm((1 - level / 100) / 2, lower.tail = FALSE)
  attributes(yi) <- NULL
  low <- yi - crit * sei; high <- yi + crit * sei
  expected <- list(yi = yi, vi = vi, sei = sei, zi = yi / sei, pval = 2 * pnorm(-abs(yi / sei)),
                   ci_lb = low, ci_ub = high)
  if (!is.null(transf)) {
    used <- !is.na(yi)
    back <- switch(transf,
      ipft.hm = function(x) transf.ipft.hm(x, targs = list(ni = data$ni[used])),
      iirft.hm = function(x) transf.iirft(x, ti = 1 / mean(1 / data$ti[used])),
      get(paste0("transf.", transf)))
    expected$ci_transformed <- list(est = back(yi), ci_lb = back(low), ci_ub = back(high))
  }
  named <- c(list(measure = one(measure)), lapply(options, one), list(level = one(level)))
  if (!is.null(transf)) named$transf <- one(transf)
  columns <- lapply(as.list(data), unname)
  columns$slab <- as.character(columns$slab)
  call <- sprintf("escalc(measure=\"%s\", %s)", measure, paste(c(names(data)[-1],
    mapply(function(n, v) paste0(n, "=", deparse(v)), names(options), options)), collapse = ", "))
  writeLines(json(list(id = one(id), dataset = one(dataset), kind = one("escalc"),
    made_with = one("R 4.2.2, metafor 3.8-1"), columns = columns, options = named, call = one(call),
    expected = expected)), paste0(id, ".json"))
}

frame <- function(...) data.frame(..., check.names = FALSE)
label <- function(n) paste("study", seq_len(n))

bcg <- with(dat.bcg, frame(slab = label(13), ai = tpos, bi = tneg, ci = cpos, di = cneg))
normand <- with(dat.normand1999, frame(slab = label(9), m1i, sd1i, n1i, m2i, sd2i, n2i))
names(normand)[-1] <- c("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
curtis <- with(dat.curtis1998[1:20, ], frame(slab = label(20), m1i, sd1i, n1i, m2i, sd2i, n2i))
names(curtis)[-1] <- names(normand)[-1]
pairs <- frame(slab = label(6), m1i = c(24.1, 30.2, 18.7, 22.0, 27.5, 31.3), m2i = c(20.3, 29.9, 20.1, 17.5, 25.0, 24.4),
  sd1i = c(5.1, 6.3, 4.2, 7.7, 3.9, 8.2), sd2i = c(4.4, 7.0, 4.9, 6.1, 5.2, 6.6), ni = c(12, 35, 8, 60, 3, 21),
  ri = c(0.62, 0.35, 0.81, 0.5, -0.2, 0))
pritz <- with(dat.pritz1997, frame(slab = label(14), xi = xi, ni = ni))
aloe <- with(dat.aloe2013, frame(slab = label(5), ti = tval, ni = n, mi = preds, r2i = R2))
bonett <- with(dat.bonett2010, frame(slab = label(9), ai = ai, mi = mi, ni = ni))
cor <- frame(slab = label(7), ri = c(0.31, -0.52, 0.12, 0.77, 0.45, 0.05, 0.6), ni = c(40, 25, 310, 18, 4, 96, NA))
ones <- frame(slab = label(5), mi = c(12.4, 8.1, NA, 15.5, 0.7), sdi = c(3.1, 2.2, 1.0, 6.4, 0.2), ni = c(20, 44, 9, 31, 12))
zero <- frame(slab = label(7), ai = c(0, 4, 0, 12, 7, NA, 3), bi = c(10, 16, 12, 0, 21, 9, 40), ci = c(3, 6, 0, 11, 2, 1, 5),
  di = c(9, 14, 12, 4, 30, 8, 37))
rates2 <- frame(slab = label(6), x1i = c(7, 0, 3, 0, 17, NA), t1i = c(1344, 120.5, 12012, 370, 6760, 100),
  x2i = c(11, 4, 14, 0, 15, 2), t2i = c(1988, 131, 10962, 483, 6840, 90.5))
rates1 <- frame(slab = label(6), xi = c(7, 0, 3, 1, 17, NA), ti = c(1344, 120.5, 12012, 370, 6760, 100))
props <- frame(slab = label(6), xi = c(3, 0, 12, 8, 1, NA), ni = c(20, 15, 12, 31, 44, 10))

case("grid-or2dn", "OR2DN", bcg, "dat.bcg")
case("grid-phi-cs", "PHI", bcg, "dat.bcg", vtype = "CS")
case("grid-rd-av-drop00", "RD", zero, "syn-zero", vtype = "AV", drop00 = TRUE)
case("grid-rd-ub-all", "RD", zero, "syn-zero", vtype = "UB", add = 0.25, to = "all")
case("grid-as-all", "AS", zero, "syn-zero", add = 0.5, to = "all")
case("grid-as", "AS", zero, "syn-zero")
case("grid-peto-drop00", "PETO", zero, "syn-zero", drop00 = TRUE)
case("grid-peto-none", "PETO", zero, "syn-zero", to = "none")
case("grid-phi-st-if0all", "PHI", zero, "syn-zero", vtype = "ST", add = 0.5, to = "if0all")
case("grid-yuq-if0all", "YUQ", zero, "syn-zero", to = "if0all")
case("grid-yuy-none", "YUY", zero, "syn-zero", to = "none")
case("grid-pbit-only0", "PBIT", zero, "syn-zero")
case("grid-rr-if0all-drop00", "RR", zero, "syn-zero", to = "if0all", drop00 = TRUE)
case("grid-irr-only0", "IRR", rates2, "syn-rates2")
case("grid-irr-drop00", "IRR", rates2, "syn-rates2", drop00 = TRUE, to = "if0all")
case("grid-irr-none", "IRR", rates2, "syn-rates2", to = "none")
case("grid-ird-all", "IRD", rates2, "syn-rates2", add = 0.5, to = "all", level = 99)
case("grid-irsd-all", "IRSD", rates2, "syn-rates2", add = 0.5, to = "all")
case("grid-irsd", "IRSD", rates2, "syn-rates2", drop00 = TRUE)
case("grid-ir-only0", "IR", rates1, "syn-rates1")
case("grid-irln-if0all", "IRLN", rates1, "syn-rates1", to = "if0all")
case("grid-irln-none", "IRLN", rates1, "syn-rates1", to = "none")
case("grid-irs", "IRS", rates1, "syn-rates1", transf = "isqrt")
case("grid-irft", "IRFT", rates1, "syn-rates1", transf = "iirft.hm")
case("grid-irft-add", "IRFT", rates1, "syn-rates1", add = 0.5, transf = "iirft.hm")
case("grid-pr-ub", "PR", props, "syn-props", vtype = "UB")
case("grid-pr-av", "PR", pritz, "dat.pritz1997", vtype = "AV")
case("grid-pln-av", "PLN", props, "syn-props", vtype = "AV")
case("grid-plo-av", "PLO", props, "syn-props", vtype = "AV", transf = "ilogit")
case("grid-plo-none", "PLO", props, "syn-props", to = "none", transf = "ilogit")
case("grid-pas-all", "PAS", props, "syn-props", add = 0.5, to = "all", transf = "iarcsin")
case("grid-pas", "PAS", props, "syn-props", transf = "iarcsin")
case("grid-pft", "PFT", props, "syn-props", transf = "ipft.hm")
case("grid-pft-pritz", "PFT", pritz, "dat.pritz1997", transf = "ipft.hm", level = 80)
case("grid-pft-add", "PFT", props, "syn-props", add = 0.5, to = "if0all", transf = "ipft.hm")
case("grid-md-ub", "MD", normand, "dat.normand1999", vtype = "UB")
case("grid-md-ho-curtis", "MD", curtis, "dat.curtis1998", vtype = "HO")
for (vtype in c("LS", "LS2", "UB", "AV")) {
  case(paste0("grid-smd-curtis-", tolower(vtype)), "SMD", curtis, "dat.curtis1998", vtype = vtype)
  case(paste0("grid-smd1-", tolower(vtype)), "SMD1", curtis, "dat.curtis1998", vtype = vtype)
}
case("grid-smdh-ls2", "SMDH", normand, "dat.normand1999", vtype = "LS2")
case("grid-smdh-curtis", "SMDH", curtis, "dat.curtis1998")
case("grid-smd1h", "SMD1H", curtis, "dat.curtis1998")
case("grid-rom-av", "ROM", curtis, "dat.curtis1998", vtype = "AV")
case("grid-rom-avho", "ROM", curtis, "dat.curtis1998", vtype = "AVHO")
case("grid-cvr-curtis", "CVR", curtis, "dat.curtis1998")
case("grid-vr-curtis", "VR", curtis, "dat.curtis1998")
case("grid-rpb-st", "RPB", normand, "dat.normand1999", vtype = "ST")
case("grid-rpb-cs", "RPB", normand, "dat.normand1999", vtype = "CS")
case("grid-rbis", "RBIS", curtis, "dat.curtis1998")
case("grid-d2orn", "D2ORN", normand, "dat.normand1999")
for (measure in c("MC", "SMCC", "SMCR", "SMCRH", "ROMC", "CVRC", "VRC"))
  case(paste0("grid-", tolower(measure)), measure, pairs, "syn-pairs")
case("grid-smcr-ls2", "SMCR", pairs, "syn-pairs", vtype = "LS2")
case("grid-smcc-ls2", "SMCC", pairs, "syn-pairs", vtype = "LS2")
case("grid-cor", "COR", cor, "syn-cor")
case("grid-cor-av", "COR", cor, "syn-cor", vtype = "AV")
case("grid-zcor", "ZCOR", cor, "syn-cor", transf = "ztor")
case("grid-ucor", "UCOR", cor, "syn-cor")
case("grid-ucor-av", "UCOR", cor, "syn-cor", vtype = "AV")
case("grid-ucor-ub", "UCOR", cor, "syn-cor", vtype = "UB")
partial <- aloe[c("slab", "ti", "ni", "mi")]
case("grid-pcor", "PCOR", partial, "dat.aloe2013")
case("grid-pcor-av", "PCOR", partial, "dat.aloe2013", vtype = "AV")
case("grid-zpcor", "ZPCOR", partial, "dat.aloe2013", transf = "ztor")
case("grid-spcor", "SPCOR", aloe, "dat.aloe2013")
case("grid-spcor-av", "SPCOR", aloe, "dat.aloe2013", vtype = "AV")
case("grid-araw", "ARAW", bonett, "dat.bonett2010")
case("grid-abt", "ABT", bonett, "dat.bonett2010", transf = "iabt")
case("grid-ahw", "AHW", bonett, "dat.bonett2010", transf = "iahw")
low <- frame(slab = label(3), ai = c(-0.2, 0.05, 0.99), mi = c(2, 5, 12), ni = c(20, 11, 40))
case("grid-abt-low", "ABT", low, "syn-alpha", transf = "iabt")
case("grid-ahw-low", "AHW", low, "syn-alpha", transf = "iahw")
case("grid-mn", "MN", ones, "syn-ones")
case("grid-mnln", "MNLN", ones, "syn-ones")
case("grid-cvln", "CVLN", ones, "syn-ones")
case("grid-sdln", "SDLN", ones[c("slab", "sdi", "ni")], "syn-ones")
case("grid-gen", "GEN", frame(slab = label(3), yi = c(0.3, -0.2, 0.05), vi = c(0.04, 1e-6, 250)), "syn-gen")
dort <- frame(slab = label(4), m1i = c(12, NA, NA, NA), sd1i = c(4, NA, NA, 2), n1i = c(20, 15, 31, 8), m2i = c(10, NA, NA, 3),
  sd2i = c(5, NA, NA, 2), n2i = c(22, 15, 28, 9), di = c(NA, 0.4, NA, NA), ti = c(NA, NA, -2.3, NA))
case("grid-smd-d-or-t", "SMD", dort, "syn-d-or-t")
