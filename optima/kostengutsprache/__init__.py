"""The Kostengutsprache: no measure without a signed approval (KG-01 to KG-12).

``need`` says whether one is needed and who may pay, ``words`` what it says, ``steps`` who may do what in which state,
``actions`` does it, ``gate`` is what no way around it gets past, ``waits`` and ``mails`` tell whose turn it is.
"""
