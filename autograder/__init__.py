"""Marks answers: rules, rubric judge, ledger, the daily run, the nbgrader plug-in."""
