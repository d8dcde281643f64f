# Writes what R's metafor 3.8-1 gives for selection models beyond the cases of this folder that are of the kind
# "selection": published examples (published-*.json), and random data sets with one step and with the beta function
# (random-*.json). Run it here: Rscript selection.R
# Python reads the files; nothing but this script needs R. numDeriv gives the Hessians.

suppressMessages({library(metafor); library(metadat)})
stopifnot(packageVersion("metafor") == "3.8.1", requireNamespace("numDeriv", quietly = TRUE))

number <- function(x) vapply(x, function(one) {
  if (is.na(one)) return("null")
  for (digits in 15:17) if (as.numeric(text <- format(one, digits = digits)) == one) break
  text
}, "")
json <- function(x) {
  if (is.list(x)) {
    if (is.null(names(x))) return(sprintf("[%s]", paste(vapply(x, json, ""), collapse = ",\n")))
    parts <- mapply(function(name, value) sprintf('"%s": %s', name, json(value)), names(x), x)
    return(sprintf("{%s}", paste(parts, collapse = ", ")))
  }
  text <- if (is.character(x)) sprintf('"%s"', gsub('"', '\\\\"', x))
          else if (is.logical(x) && !anyNA(x)) tolower(x) else number(x)
  if (!is.null(attr(x, "one"))) text else sprintf("[%s]", paste(text, collapse = ", "))
}
one <- function(x) structure(unname(x), one = TRUE)
made_with <- one("R 4.2.2, metafor 3.8-1, numDeriv 2016.8-1.1")

tight <- list(stepfun = list(optimizer = "BFGS", reltol = 1e-15, maxit = 10000),
              beta = list(intCtrl = list(rel.tol = 1e-8)),
              smooth = list(optimizer = "BFGS", reltol = 1e-14, maxit = 1000,
                            intCtrl = list(rel.tol = 1e-9, subdivisions = 2000)))

published <- function(id, dataset, data, call, mods = FALSE, ...) {
  method <- if (grepl('method="EE"', call)) "EE" else "ML"
  args <- c(list(data$yi, data$vi, method = method), if (mods) list(mods = data$x))
  res <- suppressWarnings(do.call(rma, args))
  sel <- selmodel(res, ...)
  columns <- list(yi = c(res$yi), vi = res$vi)
  if (mods) columns$x <- unname(res$X[, 2])
  expected <- list(k = one(sel$k), beta = c(sel$beta), se = sel$se, tau2 = one(sel$tau2),
    se_tau2 = one(if (is.null(sel$se.tau2)) NA else sel$se.tau2), delta = sel$delta, se_delta = sel$se.delta,
    LRT = one(sel$LRT), LRT_df = one(sel$LRTdf), ll_ML = one(sel$ll))
  writeLines(json(list(id = one(id), dataset = one(dataset), kind = one("selection-published"),
    made_with = made_with, columns = columns, call = one(call), expected = expected)), paste0(id, ".json"))
}

dat <- dat.baskerville2012
dat$yi <- dat$smd; dat$vi <- dat$se^2
published("published-citkowicz2017-beta", "dat.baskerville2012", dat,
  'selmodel(rma(yi, vi, method="ML"), type="beta")', type = "beta")
dat$x <- dat$blind
published("published-citkowicz2017-beta-blind", "dat.baskerville2012", dat,
  'selmodel(rma(yi, vi, mods = ~ x, method="ML"), type="beta")', mods = TRUE, type = "beta")
dat <- suppressWarnings(escalc(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.hahn2001,
                               drop00 = TRUE))
for (type in c("halfnorm", "negexp", "logistic", "power")) {
  published(paste0("published-preston2004-", type), "dat.hahn2001", dat,
    sprintf('selmodel(rma(yi, vi, method="EE"), type="%s", alternative="less")', type), type = type,
    alternative = "less", control = tight$smooth)
  published(paste0("published-preston2004-", type, "-sei"), "dat.hahn2001", dat,
    sprintf('selmodel(rma(yi, vi, method="EE"), type="%s", prec="sei", alternative="less")', type),
    type = type, prec = "sei", alternative = "less", control = tight$smooth)
  published(paste0("published-preston2004-", type, "-step"), "dat.hahn2001", dat,
    sprintf('selmodel(rma(yi, vi, method="EE"), type="%s", alternative="less", prec="sei", steps=0.05)', type),
    type = type, alternative = "less", prec = "sei", steps = 0.05, control = tight$smooth)
}
published("published-hackshaw1998-steps", "dat.hackshaw1998", dat.hackshaw1998,
  'selmodel(rma(yi, vi, method="ML"), type="stepfun", steps=c(.05, .10, .50, 1))', type = "stepfun",
  steps = c(0.05, 0.10, 0.50, 1), control = tight$stepfun)
dat <- escalc(measure = "ZCOR", ri = ri, ni = ni, data = dat.cohen1981)
steps <- c(0.005, 0.01, 0.05, 0.10, 0.25, 0.35, 0.50, 0.65, 0.75, 0.90, 0.95, 0.99, 0.995, 1)
sets <- list(
  "moderate-one-tailed" = c(1, 0.99, 0.95, 0.80, 0.75, 0.65, 0.60, 0.55, 0.50, 0.50, 0.50, 0.50, 0.50, 0.50),
  "severe-one-tailed" = c(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.40, 0.35, 0.30, 0.25, 0.10, 0.10, 0.10, 0.10),
  "moderate-two-tailed" = c(1, 0.99, 0.95, 0.90, 0.80, 0.75, 0.60, 0.60, 0.75, 0.80, 0.90, 0.95, 0.99, 1.00),
  "severe-two-tailed" = c(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.25, 0.25, 0.50, 0.60, 0.75, 0.90, 0.99, 1.00))
for (name in names(sets))
  published(paste0("published-veveawoods2005-", name), "dat.cohen1981", dat,
    sprintf('selmodel(rma(yi, vi, method="ML"), type="stepfun", delta="%s")', name), type = "stepfun",
    steps = steps, delta = sets[[name]], defmap = TRUE, control = tight$stepfun)

# Studies are drawn until k have been seen; those above 0.025 are seen with the probability w.
seen <- function(k, mu, tau, w) {
  yi <- vi <- numeric(0)
  while (length(yi) < k) {
    v <- exp(runif(1, log(0.01), log(0.3)))
    y <- rnorm(1, mu, sqrt(tau^2 + v))
    if (runif(1) < if (pnorm(y / sqrt(v), lower.tail = FALSE) <= 0.025) 1 else w) {
      yi <- c(yi, y); vi <- c(vi, v)
    }
  }
  data.frame(yi = signif(yi, 8), vi = signif(vi, 8))
}
random <- function(type, sets, most, ...) {
  set.seed(if (type == "beta") 2017 else 1995)
  found <- list()
  while (length(found) < sets) {
    dat <- seen(sample(12:most, 1), runif(1, 0, 0.5), runif(1, 0, 0.4), runif(1, 0.1, 1))
    res <- try(rma(yi, vi, data = dat, method = "ML", control = list(maxiter = 10000)), silent = TRUE)
    if (inherits(res, "try-error")) next
    sel <- try(suppressWarnings(selmodel(res, type = type, skiphes = TRUE, control = tight[[type]], ...)),
               silent = TRUE)
    if (inherits(sel, "try-error")) next
    found[[length(found) + 1]] <- list(yi = dat$yi, vi = dat$vi, beta = one(c(sel$beta)), tau2 = one(sel$tau2),
      delta = sel$delta, ll_ML = one(sel$ll))
  }
  call <- sprintf('selmodel(rma(yi, vi, method="ML"), type="%s"%s)', type,
                  if (type == "beta") "" else ", steps=0.025")
  writeLines(json(list(kind = one("selection-random"), made_with = made_with, call = one(call),
    sets = found)), sprintf("random-%s.json", type))
}
random("stepfun", 50, 60, steps = 0.025)
random("beta", 50, 25)
