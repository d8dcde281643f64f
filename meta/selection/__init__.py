"""Selection models: what the estimate would be, had all studies been published.

A weight function says how likely a study is to be seen, given its p-value; the likelihood of effects and
weights together is maximised. Weight functions, the probability that a study is seen, the search, the rules
that say when no such model should be fitted, and sets of weights chosen beforehand.
"""
