"""Import of historical cases: read a sheet, judge every row, write all of them or none.

``sheet`` turns CSV and XLSX into the same rows, ``cells`` reads single values, ``optima`` knows the columns and
rules of its service, ``run`` holds it together. Services that can be imported are listed in ``IMPORTERS``.
"""

from .problems import Problem, Refused
from .run import IMPORTERS, Outcome, run

__all__ = ["IMPORTERS", "Outcome", "Problem", "Refused", "run"]
