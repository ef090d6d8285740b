"""What every handler of the portal needs, made once at start."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jupyterhub.services.auth import HubOAuth
from sqlalchemy import Engine

from autograder.judge import Judge
from courses.site import Site, layout
from hub_config.files.store import Store
from hub_config.portal.judging_page.remarker import Remarker
from hub_config.portal.limits import Limiter
from hub_config.portal.pupil.judging import PATIENCE, PupilJudge
from hub_config.portal.pupil.wording import React, reacting
from hub_config.portal.shelf import Shelf

STATIC = Path(__file__).parent / "static"
LOOK = Path(__file__).resolve().parents[2] / "courses" / "look"

CHECKS_A_MINUTE = 30
SUBMISSIONS_IN_TEN_MINUTES = 30
TALKS_IN_TWO_MINUTES = 20  # turns to the pupil, and looks at where a conversation stands
OPINIONS_A_DAY = 100  # of the judge on one person's pupils; further ones wait for the night
UPLOADS_IN_TEN_MINUTES = 40
READERS = 2  # processes that read files at once


@dataclass(frozen=True)
class Desk:
    """Settings, database, lessons and the hub's authenticator.

    Database work runs in ``threads``, so that a slow disk never stops the event loop.
    """

    site: Site
    engine: Engine
    shelf: Shelf
    auth: HubOAuth
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "portal-db"))
    checks: Limiter = field(default_factory=lambda: Limiter(CHECKS_A_MINUTE, 60))
    submissions: Limiter = field(default_factory=lambda: Limiter(SUBMISSIONS_IN_TEN_MINUTES, 600))

    uploads: Limiter = field(default_factory=lambda: Limiter(UPLOADS_IN_TEN_MINUTES, 600))
    readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READERS))

    @cached_property
    def files(self) -> Store:
        """Where learners' files lie."""
        return Store(layout(self.site).files)

    talks: Limiter = field(default_factory=lambda: Limiter(TALKS_IN_TWO_MINUTES, 120))
    opinions: Limiter = field(default_factory=lambda: Limiter(OPINIONS_A_DAY, 86400))
    make_judge: Callable[[], Judge | None] = lambda: None
    patience: float = PATIENCE  # seconds that a learner waits for the judge
    react: React = field(default_factory=reacting)

    @cached_property
    def pupil(self) -> PupilJudge:
        """Who decides what Bé Chè has understood."""
        return PupilJudge(self.engine, self.threads, self.make_judge, self.patience)

    @cached_property
    def remarks(self) -> Remarker:
        """Who asks the judge about scores that an edit outdates."""
        return Remarker(self.engine, self.threads, self.make_judge, self.site)

    @property
    def prefix(self) -> str:
        """Path of the portal, with a slash at the end."""
        return str(self.auth.base_url)

    @property
    def base(self) -> str:
        """Path of the whole hub, with a slash at the end."""
        return str(self.auth.hub_prefix).removesuffix("hub/")

    def asset(self, name: str) -> str:
        """Return the address of a static file; it changes with the content, so caches may keep it."""
        folder = LOOK if name == "bdhai.css" else STATIC
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]
        return f"{self.prefix}static/{name}?v={digest}"
