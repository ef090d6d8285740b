"""The drivers of the kinds, for tests that answer every kind in a browser.

One file ``drivers/<kind>.py`` a kind: ``LESSON`` (a folder of tests/lessons/level1), ``ANSWERS`` (what answers.json must
hold afterwards, by exercise id), and ``touch``, ``mouse``, ``keyboard``, ``back``, each given a ``Hand``. ``back`` looks
whether the page shows those answers again. The sample lesson uses all modes of its kind. The same drivers work on the
lesson view and on the notebook in JupyterLab: they measure places only through the ``Hand``.

``give`` answers any exercise of the kind, given its card's number, its declaration and a stored answer: so that a test can
take a whole lesson with its author's samples (``taking.py``).

``nudge`` makes one small change of one exercise, another at each call, that is none of ``ANSWERS``. A kind that asks the
server for more than saving has ``in_cut`` (what is done while nothing answers), ``CALM`` (what its first card says in a
long cut), perhaps ``IN_CUT`` (what is saved by itself afterwards) and ``after_cut`` (the rest, up to ``ANSWERS``).
"""

from __future__ import annotations

import importlib
from pathlib import Path

from courses.site import REPOSITORY

LESSONS = REPOSITORY / "tests" / "lessons" / "level1"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
DRIVERS = {
    path.stem: importlib.import_module(f"tests.courses.player.drivers.{path.stem}")
    for path in sorted((Path(__file__).parent / "drivers").glob("*.py"))
}
