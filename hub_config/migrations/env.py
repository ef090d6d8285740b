"""Alembic's entry: run the history on the connection that ``hub_config.database`` hands over."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import autograder.models  # noqa: F401 - its tables join the shared metadata
import hub_config.ai.models  # noqa: F401 - as above
from courses.school.models import Base, UtcDateTime


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our time type as the plain column that it is: old revisions must not import today's code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=_render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
