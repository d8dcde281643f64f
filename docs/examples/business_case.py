# %% [markdown]
# # A business case in twenty lines
#
# What Individual Placement and Support (IPS) is worth to the public purse, after VIVE's calculation note on
# newly arrived refugees. `registry=None` takes the records that come with Evidens; leave it out to take your
# own registry.

# %%
import evidens

case = evidens.case("vive-ips-refugees", registry=None)
print(case)

# %% [markdown]
# The note stops here. How sure is that, at the next place that tries?

# %%
sure = case.simulate(n=100_000, seed=1)
print(sure.gains[0].distribution, end="\n\n")
even = sure.break_even()
print(f"IPS must bring {even['difference']:.1f} percentage points more into work to break even.")
print(f"It does so with a probability of {sure.gains[0].even.chance.value:.3f}.", end="\n\n")
print(sure.payback["ips"])

# %% [markdown]
# The same case with the effect of other trials, in millions of kroner.

# %%
for one in case.compare(n=100_000, seed=1):
    site = one.next_site
    print(f"{one.label} ({one.price_year}): {one.gain / 1e6:.1f} as stated, ", end="")
    print(f"{site.mean.value / 1e6:.1f} expected at the next site, P(saves) {site.saves.value:.2f}")

# %% [markdown]
# Which number is worth measuring next? A value is what it is worth to know it exactly, for a cohort of 50
# citizens; the population is the 500 citizens a year, for five years, whom the decision is for.

# %%
print(case.information(n=100_000, seed=1).values)

# %% [markdown]
# Another view of the same money: the municipality's, if nobody else finds work after IPS.

# %%
print(f"{case.gain(scenario='conservative', perspective='municipality'):,.0f} kroner")
