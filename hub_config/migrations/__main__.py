"""Write the next revision from the models: ``python -m hub_config.migrations "Why" [REVISION]``.

For developers, after a change of ``courses.school.models`` or ``autograder.models``. Read what came out,
run ``ruff format`` on it, and commit it with the change.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from courses.school.db import open_engine
from hub_config.database import alembic_config, migrate


def main(message: str, revision: str | None = None) -> None:
    """Compare the models with a throw-away database at the newest revision."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'empty.sqlite'}")
        migrate(engine)
        with engine.connect() as connection:
            command.revision(alembic_config(connection), message, autogenerate=True, rev_id=revision)
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
