"""The money: what a month of case work costs, who bills it to whom, and how given and taken balance (FIN-01 to FIN-08).

``months`` counts one month of one case, ``tariff`` knows the rates, ``walk`` goes through all cases of an office,
``accounts`` previews and issues; ``bill``, ``letter`` and ``files`` are how an invoice looks, ``balance`` and
``controlling`` what the coordination office reads.
"""
