"""What the process that runs Voila is told; apart from it, so that nobody else loads Voila."""

from __future__ import annotations

from pathlib import Path

from courses.exercises.base import Frozen
from hub_config.boards.look import Frame


class Order(Frozen):
    """What to render; it travels as JSON on standard input.

    Attributes:
        notebook: the notebook's file.
        frame: what the template puts around it.
        out: file to write the page to.
    """

    notebook: Path
    frame: Frame
    out: Path
