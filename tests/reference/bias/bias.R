# Writes the cases of R's metafor 3.8-1 that the others lack (more-*.json here): regression tests beside
# moderators, with weights, a tau2 that is given and other levels; the rank test with ties in both columns and
# with many studies; trim and fill with weights and on both sides; fail-safe N at other levels; tests of excess
# significance in all directions; the regression tests that metafor does not have, by lm; radial coordinates.
# Run it here: Rscript bias.R. Python reads the files; nothing but this script needs R.

suppressMessages({library(metafor); library(metadat)})
stopifnot(packageVersion("metafor") == "3.8.1")

number <- function(x) vapply(x, function(one) {
  if (is.na(one)) return("null")
  for (digits in 15:17) if (as.numeric(text <- format(one, digits = digits)) == one) break
  text
}, "")
json <- function(x) {
  if (is.list(x)) {
    if (is.null(names(x))) return(sprintf("[%s]", paste(vapply(x, json, ""), collapse = ", ")))
    parts <- mapply(function(name, value) sprintf('"%s": %s', name, json(value)), names(x), x)
    return(sprintf("{%s}", paste(parts, collapse = ", ")))
  }
  text <- if (is.character(x)) sprintf('"%s"', gsub('"', '\\\\"', x))
          else if (is.logical(x) && !anyNA(x)) tolower(x) else number(x)
  if (!is.null(attr(x, "one"))) text else sprintf("[%s]", paste(text, collapse = ", "))
}
one <- function(x) structure(unname(x), one = TRUE)
plain <- function(data) lapply(as.list(as.data.frame(data)), function(x) {
  if (is.factor(x)) x <- as.character(x)
  attributes(x) <- NULL
  x
})

tight <- list(threshold = 1e-12, tol = 1e-12, maxiter = 10000)

case <- function(id, dataset, data, options, expected, call) {
  data$slab <- as.character(data$slab)
  writeLines(json(list(id = one(id), dataset = one(dataset), kind = one("bias"),
    made_with = one("R 4.2.2, metafor 3.8-1"), columns = plain(data), options = lapply(options, function(x)
      if (is.list(x) || length(x) > 1) x else one(x)), call = one(call), expected = expected)),
    paste0(id, ".json"))
}

regtests <- function(res, models, predictors) {
  rows <- expand.grid(model = models, predictor = predictors, stringsAsFactors = FALSE)
  lapply(seq_len(nrow(rows)), function(i) {
    found <- regtest(res, model = rows$model[i], predictor = rows$predictor[i], ret.fit = TRUE)
    lm <- rows$model[i] == "lm"
    b <- if (lm) coef(summary(found$fit)) else cbind(found$fit$beta, found$fit$se)
    out <- list(model = one(rows$model[i]), predictor = one(rows$predictor[i]), stat = one(found$zval),
      stat_dist = one(if (is.na(found$ddf[1])) "z" else "t"), pval = one(found$pval))
    if (!is.na(found$ddf[1])) out$df <- one(as.integer(found$ddf[1]))
    out$slope <- one(b[nrow(b), 1]); out$slope_se <- one(b[nrow(b), 2])
    if (nrow(b) == 2) { out$intercept <- one(b[1, 1]); out$intercept_se <- one(b[1, 2]) }
    if (!lm) out$tau2 <- one(found$fit$tau2)
    if (!is.null(found$est)) {
      out$limit_est <- one(found$est); out$limit_ci_lb <- one(found$ci.lb); out$limit_ci_ub <- one(found$ci.ub)
    }
    out
  })
}
rank <- function(res) { found <- suppressWarnings(ranktest(res)); list(tau = one(found$tau), pval = one(found$pval)) }
trims <- function(res, estimators, side = NULL) lapply(estimators, function(estimator) {
  args <- list(res, estimator = estimator, control = tight)
  if (!is.null(side)) args$side <- side
  found <- do.call(trimfill, args)
  out <- list(estimator = one(estimator), side = one(found$side), k0 = one(as.integer(found$k0)),
    se_k0 = one(found$se.k0), k = one(as.integer(found$k)), beta = one(c(found$beta)), se = one(found$se),
    pval = one(found$pval), ci_lb = one(found$ci.lb), ci_ub = one(found$ci.ub), tau2 = one(found$tau2),
    I2 = one(found$I2), QE = one(found$QE), QEp = one(found$QEp))
  if (estimator == "R0") out$p_k0 <- one(found$p.k0)
  if (found$k0 > 0) {
    out$filled_yi <- c(found$yi.f)[found$fill]; out$filled_vi <- found$vi.f[found$fill]
  }
  out
})
tests_of_excess <- function(res, grid) lapply(seq_len(nrow(grid)), function(i) {
  g <- grid[i, ]
  found <- suppressWarnings(tes(res, test = g$test, tes.alternative = g$tes, alternative = g$studies,
    alpha = g$alpha, progbar = FALSE, find.lim = FALSE, rel.tol = 1e-10, subdivisions = 1000))
  out <- list(test = one(g$test), alternative = one(g$tes), studies = one(g$studies), alpha = one(g$alpha),
    O = one(as.integer(found$O)), E = one(found$E), OE_ratio = one(found$OEratio), pval = one(found$pval),
    power = found$power)
  if (g$test == "chi2") out$X2 <- one(found$X2)
  out
})
model <- function(res) list(beta = one(c(res$beta)[1]), se = one(res$se[1]), tau2 = one(res$tau2))

bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
columns <- data.frame(slab = paste(bcg$author, bcg$year), ai = bcg$tpos, bi = bcg$tneg, ci = bcg$cpos,
                      di = bcg$cneg, ablat = bcg$ablat, relevance = rep(c(3, 1, 2), length.out = 13))
grid <- expand.grid(test = c("chi2", "binom", "exact"), tes = c("greater", "less", "two.sided"),
                    studies = c("two.sided", "less"), alpha = c(0.05, 0.01), stringsAsFactors = FALSE)
predictors <- c("sei", "vi", "ninv", "ni", "sqrtni", "sqrtninv")

res <- rma(yi, vi, mods = ~ ablat, data = bcg, test = "knha", level = 90, control = tight)
case("more-bcg-moderator", "dat.bcg", columns,
     list(measure = "RR", method = "REML", test = "knha", level = 90, mods = "~ ablat"),
     list(regtest = regtests(res, c("rma", "lm"), predictors), ranktest = rank(res),
          tes = tests_of_excess(res, grid[grid$alpha == 0.05, ])),
     "rma(yi, vi, mods = ~ ablat, data = dat, test = 'knha', level = 90); see bias.R")

res <- rma(yi, vi, data = bcg, method = "ML", test = "t", level = 90, control = tight)
case("more-bcg-ml-t", "dat.bcg", columns, list(measure = "RR", method = "ML", test = "t", level = 90),
     list(model = model(res), regtest = regtests(res, c("rma", "lm"), predictors), ranktest = rank(res),
          tes = tests_of_excess(res, grid)),
     "rma(yi, vi, data = dat, method = 'ML', test = 't', level = 90); see bias.R")

res <- rma(yi, vi, data = bcg, tau2 = 0.2, control = tight)
case("more-bcg-tau2", "dat.bcg", columns,
     list(measure = "RR", method = "REML", test = "z", level = 95, tau2 = 0.2),
     list(model = model(res), regtest = regtests(res, "rma", predictors)),
     "rma(yi, vi, data = dat, tau2 = 0.2); see bias.R")

res <- rma(yi, vi, data = bcg, weights = columns$relevance, control = tight)
case("more-bcg-weights", "dat.bcg", columns,
     list(measure = "RR", method = "REML", test = "z", level = 95, weights = "relevance"),
     list(model = model(res), regtest = regtests(res, "rma", predictors),
          trimfill = trims(res, c("L0", "R0", "Q0"), "right")),
     "rma(yi, vi, weights = relevance, data = dat); see bias.R")

smoke <- data.frame(slab = dat.hackshaw1998$author, yi = dat.hackshaw1998$yi, vi = dat.hackshaw1998$vi)
for (method in c("ML", "DL", "PM")) {
  res <- rma(yi, vi, data = smoke, method = method, control = tight)
  case(paste0("more-hackshaw1998-", tolower(method)), "dat.hackshaw1998", smoke,
       list(measure = "GEN", method = method, test = "z", level = 95),
       list(model = model(res), trimfill = trims(res, c("L0", "R0", "Q0")),
            tes = tests_of_excess(res, grid[grid$test != "exact" & grid$alpha == 0.05, ]),
            fsn = lapply(c(0.1, 0.01, 0.001), function(alpha) list(type = one("Rosenthal"), alpha = one(alpha),
              fsnum = one(as.integer(fsn(yi, vi, data = smoke, alpha = alpha)$fsnum)),
              pval = one(fsn(yi, vi, data = smoke, alpha = alpha)$pval)))),
       sprintf("rma(yi, vi, data = dat, method = '%s'); see bias.R", method))
}

set.seed(20261122)
many <- data.frame(slab = as.character(1:60), vi = round(rchisq(60, 3) / 20 + 0.01, 6))
many$yi <- round(rnorm(60, 0.2 + many$vi, sqrt(many$vi + 0.02)), 6)
res <- rma(yi, vi, data = many, control = tight)
case("more-many-studies", "syn-60", many, list(measure = "GEN", method = "REML", test = "z", level = 95),
     list(model = model(res), regtest = regtests(res, c("rma", "lm"), c("sei", "vi")), ranktest = rank(res),
          trimfill = trims(res, c("L0", "R0", "Q0"), "left"),
          radial = list(x = 1 / sqrt(many$vi + res$tau2), z = many$yi / sqrt(many$vi + res$tau2))),
     "rma(yi, vi, data = dat); see bias.R")

tied <- data.frame(slab = as.character(1:14), yi = c(.1, .1, .3, .4, .4, .2, .6, .8, .1, .3, .5, .5, .9, .7),
                   vi = c(.01, .01, .02, .03, .03, .02, .08, .09, .01, .02, .03, .03, .09, .08))
res <- rma(yi, vi, data = tied, method = "FE")
case("more-ties", "syn-14", tied, list(measure = "GEN", method = "FE", test = "z", level = 95),
     list(model = model(res), ranktest = rank(res), trimfill = trims(res, c("L0", "R0"), "left")),
     "rma(yi, vi, data = dat, method = 'FE'); see bias.R")

# by lm, from the papers' formulas: what metafor does not have
line <- function(yi, x, w) {
  fit <- lm(yi ~ x, weights = w)
  b <- coef(summary(fit))
  list(stat = one(b[2, 3]), pval = one(b[2, 4]), df = one(as.integer(fit$df.residual)), slope = one(b[2, 1]),
       slope_se = one(b[2, 2]), intercept = one(b[1, 1]), intercept_se = one(b[1, 2]))
}
named <- function(t) with(lapply(t[c("ai", "bi", "ci", "di")], as.numeric), {
  d <- ai + ci; h <- bi + di; n <- d + h; n1 <- ai + bi; n2 <- ci + di
  or <- escalc(measure = "OR", ai = ai, bi = bi, ci = ci, di = di)
  as <- escalc(measure = "AS", ai = ai, bi = bi, ci = ci, di = di)
  z <- ai - n1 * d / n; v <- n1 * n2 * d * h / (n^2 * (n - 1))
  list(peters = line(or$yi, 1 / n, d * h / n), macaskill = line(or$yi, n, d * h / n),
       harbord = line(z / v, 1 / sqrt(v), v), arcsine = line(as$yi, sqrt(as$vi), 1 / as$vi))
})
linde <- with(subset(dat.linde2005, !is.na(ai + n1i + ci + n2i)),
              data.frame(slab = paste(study, id), ai = ai, bi = n1i - ai, ci = ci, di = n2i - ci))
for (set in list(list("more-bcg-named", "dat.bcg", columns[1:5]),
                 list("more-linde2005-named", "dat.linde2005", linde)))
  case(set[[1]], set[[2]], set[[3]], list(measure = "OR", method = "FE", test = "z", level = 95),
       list(named = named(set[[3]])), "lm(yi ~ x, weights = w); see bias.R")
smd <- with(dat.normand1999, data.frame(slab = source, m1i, sd1i, n1i, m2i, sd2i, n2i))
es <- escalc(measure = "SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = smd)
case("more-normand1999-named", "dat.normand1999", smd, list(measure = "SMD", method = "FE", test = "z", level = 95),
     list(named = list(pustejovsky_rodgers = line(es$yi, sqrt(1 / smd$n1i + 1 / smd$n2i), 1 / es$vi))),
     "lm(yi ~ x, weights = 1 / vi); see bias.R")
