# Writes the cases of R's metafor 3.8-1 that the others lack: structures of correlated random effects (mv-*.json
# here), estimates aggregated within studies (../aggregate) and the wild bootstrap of clusters, fitted one sign
# vector at a time (../wild-bootstrap). Run it here: Rscript dependence.R
# Python reads the files; nothing but this script needs R.

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
write_case <- function(folder, id, dataset, kind, data, options, call, expected)
  writeLines(json(list(id = one(id), dataset = one(dataset), kind = one(kind),
    made_with = one("R 4.2.2, metafor 3.8-1"), columns = plain(data), options = options,
    call = one(call), expected = expected)), file.path(folder, paste0(id, ".json")))

tight <- list(optimizer = "BFGS", reltol = 1e-16, maxit = 10000)

fitted_case <- function(id, dataset, data, random, V, v_option, struct, mods = NULL, method = "REML",
                        test = "z", newlevels = NULL) {
  args <- list(yi = data$yi, V = V, random = as.formula(random), struct = struct, data = data,
               method = method, test = test, control = tight)
  if (!is.null(mods)) args$mods <- as.formula(mods)
  res <- do.call(rma.mv, args)
  statistic <- if (test == "z") "zval" else "tval"
  expected <- list(k = one(res$k), p = one(res$p), coef_names = rownames(res$beta), beta = c(res$beta),
                   se = res$se)
  expected[[statistic]] <- res$zval
  if (test == "t") expected$df <- as.integer(res$ddf)
  expected <- c(expected, list(pval = res$pval, ci_lb = res$ci.lb, ci_ub = res$ci.ub,
    vcov = lapply(seq_len(res$p), function(i) unname(res$vb[i, ])),
    QM = one(res$QM), QM_df = one(as.integer(res$QMdf[1])), QMp = one(res$QMp),
    QM_test = one(if (test == "z") "chi2" else "F"), btt = res$btt,
    sigma2 = if (res$withS) res$sigma2 else NULL, tau2 = res$tau2,
    rho = if (struct %in% c("ID", "DIAG")) NULL else res$rho,
    inner_levels = as.character(res$g.levels.f[[1]]), outer_nlevels = one(res$g.nlevels[2]),
    QE = one(res$QE), QE_df = one(res$k - res$p), QEp = one(res$QEp)))
  if (test == "t") expected$QM_df2 <- one(as.integer(res$QMdf[2]))
  for (kind in c("ML", "REML")) for (stat in rownames(res$fit.stats))
    if (!(kind == "REML" && stat == "dev"))
      expected[[paste0(stat, "_", kind)]] <- one(res$fit.stats[stat, kind])
  expected$parms <- one(res$parms)
  # the likelihood and what rests on it, for the components that are printed here
  expected <- expected[!vapply(expected, is.null, TRUE)]
  options <- list(measure = one("GEN"), method = one(method), test = one(test), level = one(95),
                  random = random, V = v_option, struct = struct)
  if (!is.null(mods)) options$mods <- one(mods)
  call <- sprintf("rma.mv(yi, V, %srandom=%s, struct=\"%s\", method=\"%s\", test=\"%s\", control=list(optimizer=\"BFGS\", reltol=1e-16, maxit=10000))",
                  if (is.null(mods)) "" else paste0("mods=", mods, ", "), random, struct, method, test)
  write_case(".", id, dataset, "multilevel", data, options, call, expected)
}

berkey <- data.frame(slab = as.character(seq_len(10)), dat.berkey1998[c("yi", "vi", "trial", "outcome", "year", "v1i", "v2i")])
V <- bldiag(lapply(split(berkey[c("v1i", "v2i")], berkey$trial), as.matrix))
columns <- list(type = one("block_columns"), cluster = one("trial"), columns = c("v1i", "v2i"))
for (struct in c("UN", "HCS", "DIAG", "ID", "CS"))
  fitted_case(paste0("mv-berkey1998-", tolower(struct)), "dat.berkey1998", berkey, "~ outcome | trial", V,
              columns, struct, mods = "~ 0 + outcome")
fitted_case("mv-berkey1998-un-ml", "dat.berkey1998", berkey, "~ outcome | trial", V, columns, "UN",
            mods = "~ 0 + outcome + outcome:I(year - 1983)", method = "ML", test = "t")

wide <- dat.ishak2007
ishak <- do.call(rbind, lapply(1:4, function(t) data.frame(study = wide$study, time = t,
  yi = c(wide[[paste0("y", t, "i")]]), vi = c(wide[[paste0("v", t, "i")]]))))
ishak <- ishak[!is.na(ishak$yi), ]
ishak <- ishak[order(match(ishak$study, wide$study), ishak$time), ]
rownames(ishak) <- NULL
ishak$slab <- as.character(seq_len(nrow(ishak)))
V <- matrix(0, nrow(ishak), nrow(ishak))
for (i in seq_len(nrow(ishak))) for (j in seq_len(nrow(ishak))) if (ishak$study[i] == ishak$study[j])
  V[i, j] <- 0.9^abs(ishak$time[i] - ishak$time[j]) * sqrt(ishak$vi[i] * ishak$vi[j])
impute <- list(type = one("impute"), structure = one("AR"), cluster = one("study"), time = one("time"), rho = one(0.9))
for (struct in c("AR", "HCS"))
  fitted_case(paste0("mv-ishak2007-", tolower(struct)), "dat.ishak2007", ishak, "~ time | study", V, impute,
              struct, mods = "~ factor(time)")

assink <- data.frame(slab = as.character(seq_len(100)), dat.assink2016[c("yi", "vi", "study", "esid", "year")])
assink[] <- lapply(assink, function(x) { attributes(x) <- NULL; x })
whole <- escalc(measure = "GEN", yi = yi, vi = vi, data = assink)
for (rho in c(0, 0.6)) for (weighted in c(TRUE, FALSE)) {
  agg <- aggregate(whole, cluster = study, struct = "CS", rho = rho, weighted = weighted)
  write_case("../aggregate", sprintf("assink2016-agg-%s-%s", rho * 10, if (weighted) "w" else "u"), "dat.assink2016",
    "aggregate", assink, list(measure = one("GEN"), cluster = one("study"), structure = one("CS"), rho = one(rho),
    weighted = one(weighted)),
    sprintf("aggregate(dat, cluster=study, struct=\"CS\", rho=%s, weighted=%s)", rho, weighted),
    list(study = as.character(agg$study), yi = c(agg$yi), vi = c(agg$vi)))
}
time <- escalc(measure = "GEN", yi = yi, vi = vi, data = ishak)
agg <- aggregate(time, cluster = study, time = time, struct = "CAR", phi = 0.9)
write_case("../aggregate", "ishak2007-agg-car", "dat.ishak2007", "aggregate", ishak,
  list(measure = one("GEN"), cluster = one("study"), structure = one("CAR"), time = one("time"), phi = one(0.9),
       weighted = one(TRUE)),
  "aggregate(dat, cluster=study, time=time, struct=\"CAR\", phi=0.9)",
  list(study = as.character(agg$study), yi = c(agg$yi), vi = c(agg$vi)))

dat <- as.data.frame(dat.konstantopoulos2011)
dat <- data.frame(slab = as.character(seq_len(nrow(dat))), lapply(dat[c("yi", "vi", "district", "school", "year")], as.numeric))
dat$years <- dat$year - 1990
full <- rma.mv(yi, vi, mods = ~ years, random = ~ 1 | district/school, data = dat, control = tight)
boot <- function(id, null_mods, tested) {
  fixed <- full$sigma2
  fit <- function(y, mods) rma.mv(y, vi, mods = mods, random = ~ 1 | district/school, data = dat, sigma2 = fixed)
  statistic <- function(y) {
    rob <- robust(fit(y, ~ years), cluster = dat$district, adjust = FALSE)
    b <- rob$beta[tested]
    c(t(b) %*% solve(rob$vb[tested, tested]) %*% b)
  }
  mu <- if (is.null(null_mods)) rep(0, nrow(dat)) else c(fitted(fit(dat$yi, null_mods)))
  rest <- dat$yi - mu
  groups <- match(dat$district, unique(dat$district))
  signs <- as.matrix(expand.grid(rep(list(c(1, -1)), max(groups))))
  values <- apply(signs, 1, function(s) statistic(mu + s[groups] * rest))
  write_case("../wild-bootstrap", id, "dat.konstantopoulos2011", "wild-bootstrap", dat,
    list(measure = one("GEN"), method = one("REML"), random = "~ 1 | district/school", mods = one("~ years"),
         cluster = one("district"), tested = tested, V = list(type = one("diag"))),
    "all 2^11 sign vectors: rma.mv with sigma2 as fitted, robust(adjust=FALSE), Wald statistic",
    list(observed = one(statistic(dat$yi)), draws = one(length(values)), sigma2 = fixed,
         at_least = one(sum(values >= values[1] * (1 - 1e-8))), quantiles = quantile(values, c(0.5, 0.9, 0.95), type = 7, names = FALSE)))
}
boot("konstantopoulos2011-wild-slope", ~ 1, 2)
boot("konstantopoulos2011-wild-both", NULL, 1:2)
