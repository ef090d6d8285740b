"""Alembic history of the one database (school and grader tables)."""
