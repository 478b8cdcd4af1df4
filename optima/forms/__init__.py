"""Forms of Optima: the Antrag on one page, and one small form for each decision."""
