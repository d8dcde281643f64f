"""How records are kept: the rows that each kind of record becomes, and the record that its rows give back."""
