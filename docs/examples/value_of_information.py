import numpy as np

import evidens

rng = np.random.default_rng(2026)
n = 20_000
draws = {
    "effect": rng.normal(0.10, 0.05, n),  # more people in work, as a share
    "cost": rng.normal(21_000, 2_000, n),  # of the programme, kroner a person
    "saved": rng.gamma(25, 9_000, n),  # kroner for each one more in work
}


def net(one):
    return one["effect"] * one["saved"] - one["cost"]


case = evidens.against_doing_nothing(net, draws, option="ips", instead="usual")
print(evidens.net_distribution(case, "ips", quantiles=[0.05, 0.5, 0.95]), end="\n\n")

at = evidens.mean_net_at(net, draws, "effect")
print(evidens.break_even(at, draws["effect"], name="effect"), end="\n\n")

people = evidens.Population(people=(500,) * 5, discount="danish-2023", first_year=2)
print(evidens.information_values(case, population=people), end="\n\n")

base = rng.beta(60, 140, n)  # in work without it
trial = evidens.binomial_trial(base, base + draws["effect"])
cost = evidens.TrialCost(fixed=500_000, per_person=2_000)
print(
    evidens.new_trial(case, trial, [200, 400, 800], seed=1, population=people, cost=cost),
    end="\n\n",
)

contract = evidens.PaymentTerms(
    tiers=(evidens.Tier(beyond=0, price=150_000),),
    baseline=0.30,
    target=evidens.Target(value=0.05, of="difference"),
    cap=3_000_000,
)
inwork = evidens.outcome_counts(base + draws["effect"], 180, seed=2)
print(evidens.payment_by_results(contract, inwork, 180, quantiles=[0.05, 0.5, 0.95]), end="\n\n")
