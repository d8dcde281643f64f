# Writes the cases of R's metafor 3.8-1 with lme4 1.1-31 that the others lack (lme4-*.json): rates with random
# study effects, all codings, zero cells, tables without events, other numbers of nodes, the saturated models of
# UM.RS, and the most probable random effects. Run it here: Rscript glmm.R
# CM.EL of odds ratios needs numDeriv and is not among them. Python reads the files; nothing else needs R.

suppressMessages({library(metafor); library(metadat); library(lme4)})
stopifnot(packageVersion("metafor") == "3.8.1", packageVersion("lme4") == "1.1.31")

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
one <- function(x) structure(unname(x), one = TRUE)

# lme4's penalised least squares stop at tolPwrss; where 1e-11 can be reached, correlated effects need it
tight <- function(tolPwrss) list(
  glmerCtrl = list(optimizer = "bobyqa", tolPwrss = tolPwrss, optCtrl = list(rhoend = 1e-9, maxfun = 1000000)),
  glmCtrl = list(epsilon = 1e-12, maxit = 200))

case <- function(id, source, measure, columns, ..., tolPwrss = 1e-10) {
  given <- list(...)
  args <- c(list(measure = measure), columns, given, list(control = tight(tolPwrss), retfit = TRUE))
  if (!is.null(given$mods)) {
    args$mods <- as.formula(given$mods)
    args$data <- as.data.frame(c(columns, given$data))
  }
  said <- character()
  res <- withCallingHandlers(do.call(rma.glmm, args), warning = function(w) {
    said <<- c(said, conditionMessage(w))
    invokeRestart("muffleWarning")
  })
  expected <- list(k = one(res$k), p = one(res$p), beta = c(res$beta), se = c(res$se), stat = c(res$zval),
                   ci_lb = c(res$ci.lb), ci_ub = c(res$ci.ub), tau2 = one(res$tau2), I2 = one(res$I2),
                   H2 = one(res$H2))
  if (!is.na(res$sigma2)) expected$sigma2 <- one(res$sigma2)
  if (!is.na(res$rho)) expected$rho <- one(res$rho)
  expected$QE_LRT <- one(res$QE.LRT)
  expected$QE_df <- one(res$QE.df)
  # Wald's test of UM.RS rests on finite differences (25 or 313, by tolPwrss); zero cells have none
  zero <- any(unlist(columns) == 0)
  if (!zero && !identical(given$model, "UM.RS")) expected$QE_Wld <- one(res$QE.Wld)
  nodes <- if (is.null(given$nAGQ)) 7 else given$nAGQ
  if (res$method == "ML") {
    if (nodes == 1 || (!is.null(given$model) && given$model == "UM.RS"))
      expected$ll_ML <- one(c(logLik(res$res.ML)))  # otherwise lme4 leaves constants out
    modes <- ranef(res$res.ML)[[1]]
    expected$random_effects <- c(modes[[ncol(modes)]])
  }
  options <- c(list(measure = one(measure)), lapply(given[names(given) != "data"], one))
  columns <- c(columns, given$data)
  writeLines(json(list(id = one(id), dataset = one(source), kind = one("glmm"),
    made_with = one("R 4.2.2, metafor 3.8-1, lme4 1.1-31"), columns = columns, options = options,
    call = one("case() in glmm.R"), expected = expected,
    r_warnings = gsub("\n", " ", unique(said), fixed = TRUE))), paste0(id, ".json"))
}

bcg <- lapply(dat.bcg[c("tpos", "tneg", "cpos", "cneg")], as.numeric)
names(bcg) <- c("ai", "bi", "ci", "di")
lines <- with(dat.nielweise2007, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i))
days <- with(dat.nielweise2008, list(x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i))
hart <- with(dat.hart1999, list(x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i))
placebo <- with(dat.bcg, list(xi = as.numeric(cpos), ni = as.numeric(cpos + cneg)))
two <- lapply(bcg, function(x) x[c(1, 8)])
empty <- list(ai = c(0, 3, 5, 0, 9, 14), n1i = c(10, 20, 30, 40, 50, 60),
              ci = c(0, 8, 12, 0, 11, 40), n2i = c(10, 20, 30, 40, 50, 60))

case("lme4-bcg-or-umfs-coding0", "dat.bcg", "OR", bcg, model = "UM.FS", coding = 0)
case("lme4-bcg-or-umfs-coding1-t", "dat.bcg", "OR", bcg, model = "UM.FS", coding = 1, test = "t")
case("lme4-bcg-or-umfs-laplace", "dat.bcg", "OR", bcg, model = "UM.FS", nAGQ = 1)
case("lme4-bcg-or-umfs-nodes25", "dat.bcg", "OR", bcg, model = "UM.FS", nAGQ = 25)
case("lme4-bcg-or-umrs-coding0-cor", "dat.bcg", "OR", bcg, model = "UM.RS", coding = 0, cor = TRUE, nAGQ = 1,
     tolPwrss = 1e-11)
case("lme4-bcg-or-umrs-ee", "dat.bcg", "OR", bcg, model = "UM.RS", method = "EE", nAGQ = 7)
case("lme4-bcg-or-umrs-mods", "dat.bcg", "OR", bcg, model = "UM.RS", nAGQ = 1, mods = "~ ablat",
     data = list(ablat = as.numeric(dat.bcg$ablat)))
case("lme4-bcg-or-cmal-mods-t", "dat.bcg", "OR", bcg, model = "CM.AL", test = "t", mods = "~ ablat + year",
     data = list(ablat = as.numeric(dat.bcg$ablat), year = as.numeric(dat.bcg$year)))
case("lme4-two-or-umfs", "dat.bcg[c(1, 8), ]", "OR", two, model = "UM.FS")
case("lme4-nielweise2007-or-umfs", "dat.nielweise2007", "OR", lines, model = "UM.FS")
case("lme4-nielweise2007-or-umrs", "dat.nielweise2007", "OR", lines, model = "UM.RS", nAGQ = 1)
case("lme4-nielweise2007-or-cmal", "dat.nielweise2007", "OR", lines, model = "CM.AL")
case("lme4-empty-or-umrs-keep", "syn-empty", "OR", empty, model = "UM.RS", nAGQ = 1, drop00 = FALSE)
case("lme4-nielweise2008-irr-umfs", "dat.nielweise2008", "IRR", days, model = "UM.FS")
case("lme4-nielweise2008-irr-umrs", "dat.nielweise2008", "IRR", days, model = "UM.RS", nAGQ = 1)
case("lme4-nielweise2008-irr-cmel", "dat.nielweise2008", "IRR", days, model = "CM.EL")
case("lme4-hart1999-irr-umrs", "dat.hart1999", "IRR", hart, model = "UM.RS", nAGQ = 1)
case("lme4-hart1999-irr-umrs-ee", "dat.hart1999", "IRR", hart, model = "UM.RS", method = "EE", nAGQ = 7)
case("lme4-placebo-plo-mods", "dat.bcg", "PLO", placebo, mods = "~ ablat",
     data = list(ablat = as.numeric(dat.bcg$ablat)))
case("lme4-placebo-plo-laplace", "dat.bcg", "PLO", placebo, nAGQ = 1)
case("lme4-hart1999-irln-nodes15", "dat.hart1999", "IRLN",
     with(dat.hart1999, list(xi = x2i, ti = t2i)), nAGQ = 15)
