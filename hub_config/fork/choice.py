"""Decide how learners' servers start on this machine: forked where that can be, plainly where not, and say why."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from typing import Literal

Wish = Literal["auto", "fork", "plain"]
_PLAIN = "Bàn học của người học mở theo cách thường (chậm hơn, mọi người chung một tài khoản của máy)"
log = logging.getLogger("jupyterhub")


@dataclass(frozen=True)
class Choice:
    """Whether to fork, and what the log says about it (empty: nothing to say)."""

    forks: bool
    said: str = ""


def choose(wish: Wish, system: str, uid: int) -> Choice:
    """Return the way to start.

    Args:
        wish: ``spawner`` of the site.
        system: ``sys.platform``.
        uid: whose account the hub has; forking without root is done only where the site asks for it by name.
    """
    if wish == "plain":
        return Choice(forks=False)
    if system != "linux":
        return Choice(forks=False, said=f"{_PLAIN}: cách mở nhanh (spawner: fork) chỉ chạy trên Linux.")
    if wish == "auto" and uid != 0:
        return Choice(forks=False, said=f"{_PLAIN}: cách mở nhanh cần chạy lớp bằng tài khoản root.")
    return Choice(forks=True)


def is_forking(wish: Wish) -> bool:
    """Tell what is decided for this machine."""
    return choose(wish, sys.platform, os.getuid()).forks


def forks_here(wish: Wish) -> bool:
    """Decide for this machine and say in the log why it is a plain start, if it is one."""
    choice = choose(wish, sys.platform, os.getuid())
    if choice.said:
        log.warning(choice.said)
    return choice.forks
