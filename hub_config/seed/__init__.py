"""The demo ward: synthetic people with three plausible weeks, marked as sample data everywhere."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import clock
from courses.lessons.model import Lesson
from courses.school import accounts
from courses.school.codes import new_code
from courses.school.db import open_engine, session
from courses.school.models import ROLES, Person, Setting
from courses.site import Site, database_url, layout
from hub_config.seed.history import live_through
from hub_config.seed.ward import DEMO_USERNAMES, settle

_CHANCE = 20260901  # fixed: every installation shows the same demo ward; only passwords differ


def seed_demo(site: Site, lessons: Sequence[Lesson], now: datetime | None = None) -> bool:
    """Fill an empty, migrated database with the demo ward.

    Writes the four demo accounts to ``secrets/demo.json`` (mode 0600). When the ward is there already, only
    a lost ``demo.json`` is made again, with new passwords. A database with real people is never touched.

    Args:
        site: whose database and data folder.
        lessons: what the people may have studied, in order.
        now: end of the three weeks; the present by default.

    Returns:
        Whether the ward was made now.
    """
    engine = open_engine(database_url(site))
    moment = now or clock.now()
    try:
        with session(engine) as db:
            fresh = db.scalar(select(Person.id).limit(1)) is None
            if fresh:
                _make_ward(db, lessons, moment)
            if fresh or (_is_demo(db) and not _file(site).exists()):
                _hand_out_passwords(db, _file(site))
    finally:
        engine.dispose()
    return fresh


def demo_lines(site: Site) -> tuple[str, ...]:
    """Return ``demo <role> <username> <password>`` for each demo account; nothing on a real site."""
    try:
        known = json.loads(_file(site).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(f"demo {role} {known[role]['username']} {known[role]['password']}" for role in ROLES)


def _make_ward(db: Session, lessons: Sequence[Lesson], now: datetime) -> None:
    chance = random.Random(_CHANCE)  # noqa: S311 - the same ward every time is the point
    ward = settle(db, chance, now)
    live_through(db, ward, lessons, chance, now)
    db.add(Setting(key="sample", value="1"))


def _is_demo(db: Session) -> bool:
    flag = db.get(Setting, "sample")
    return flag is not None and flag.value == "1"


def _hand_out_passwords(db: Session, path: Path) -> None:
    """Set a random password for each demo account and keep it in a file before anything is committed."""
    known = {}
    for role, username in DEMO_USERNAMES.items():
        person = db.scalars(select(Person).where(Person.username == username, Person.sample)).one()
        password = new_code().lower()
        accounts.set_password(db, person, password)
        known[role] = {"username": username, "password": password}
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(known, file, indent=1)
    part.replace(path)


def _file(site: Site) -> Path:
    return layout(site).secrets / "demo.json"
