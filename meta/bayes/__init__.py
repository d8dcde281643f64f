"""Bayesian random effects: priors, posterior by quadrature, results."""
