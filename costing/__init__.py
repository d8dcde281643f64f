"""What an effect is worth: cases of people, months and unit amounts, and what they come to.

The room reads estimates as exported documents (``evidens export``) and imports nothing but `meta`. A case
is a file: `costing.case` is its form, `costing.rules` what must hold inside it. `costing.quantities` works
out its numbers, `costing.cashflow` its flows of money, `costing.prices` what money of another year is
worth, and `costing.results` holds what comes out. What its numbers are cited from is found at the edge, in
`evidens.cases`.

What is uncertain comes as draws. `costing.probabilistic_analysis` holds them with the net result of each;
the value of information, break-even and contracts with payment by results begin there.
"""
