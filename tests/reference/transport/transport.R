# Writes the cases of this folder: Rscript transport.R (metafor 3.8-1, jsonlite), in this folder.
suppressMessages({
  library(metafor)
  library(jsonlite)
})
options(digits = 17)
dat <- metadat::dat.bcg
call <- paste(
  "dat <- escalc(measure='RR', ai=tpos, bi=tneg, ci=cpos, di=cneg, data=dat)",
  "control <- if (METHOD %in% c('REML', 'ML')) list(threshold=1e-12, maxiter=10000) else list(tol=1e-12)",
  "plain <- rma(yi, vi, data=dat, method=METHOD, test=TEST, control=control)",
  "relevance <- exp(-abs(dat$ablat - 40) / 15) * ifelse(dat$alloc == 'random', 1, 0.5)",
  "by_relevance <- rma(yi, vi, weights=relevance / (dat$vi + plain$tau2), data=dat, method=METHOD, test=TEST, control=control)",
  "regression <- rma(yi, vi, mods = ~ ablat + alloc, data=dat, method=METHOD, test=TEST, control=control)",
  "at_target <- predict(regression, newmods=c(40, 1, 0))",
  sep = "\n"
)
found_by <- function(fit, at) {
  bounds <- list(estimate = at$pred, se = at$se, ci_low = at$ci.lb, ci_high = at$ci.ub)
  if (fit$method == "EE") return(bounds)
  far <- (at$pred - log(0.5)) / sqrt(at$se^2 + fit$tau2)
  above <- if (fit$test == "z") pnorm(far) else pt(far, fit$k - fit$p)
  c(bounds, list(pi_low = at$pi.lb, pi_high = at$pi.ub, above = above))
}
for (one in list(c("REML", "knha"), c("DL", "z"), c("PM", "adhoc"), c("ML", "t"), c("EE", "z"))) {
  steps <- gsub("TEST", shQuote(one[2]), gsub("METHOD", shQuote(one[1]), call))
  eval(parse(text = steps))
  found <- list(
    relevance = relevance,
    effective = sum(relevance)^2 / sum(relevance^2),
    weight_percent = as.numeric(weights(by_relevance)),
    untransported = found_by(plain, predict(plain)),
    by_relevance = found_by(by_relevance, predict(by_relevance)),
    regression = found_by(regression, at_target)
  )
  id <- paste0("bcg-transport-", tolower(one[1]), "-", one[2])
  case <- list(
    id = id, kind = "transport", dataset = "dat.bcg",
    columns = list(
      slab = paste(dat$author, dat$year), ai = dat$tpos, bi = dat$tneg, ci = dat$cpos, di = dat$cneg,
      ablat = dat$ablat, alloc = as.character(dat$alloc)
    ),
    options = list(measure = "RR", method = one[1], test = one[2], threshold = log(0.5)),
    call = steps,
    expected = lapply(found, function(x) if (is.list(x)) lapply(x, as.numeric) else x)
  )
  dat <- metadat::dat.bcg
  writeLines(toJSON(case, auto_unbox = TRUE, digits = I(17), pretty = TRUE), paste0(id, ".json"))
}
