"""What the queue's tests do as a trainer with a browser: read a page, fill its form, send it."""

from __future__ import annotations

import httpx
from bs4 import BeautifulSoup
from sqlalchemy import select

from autograder.models import Decision
from autograder.results import result_of
from courses.school.db import session
from courses.school.submissions import find_submission
from tests.hub_config.portal.conftest import PREFIX
from tests.hub_config.portal.queue.conftest import LESSON


def soup(reply: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(reply.text, "html.parser")


def here(address: str) -> str:
    """Return an address as the clients take it."""
    return address.removeprefix(PREFIX)


def typed(page: httpx.Response, **changes: str) -> dict[str, str]:
    """Return the form as a browser would send it, every criterion met unless said otherwise."""
    form = soup(page).select_one("#cham")
    fields = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    fields |= {one["name"]: "dat" for one in form.select("input[type=radio]")}
    return fields | {"do": "ghi", "comment": form.select_one("textarea").text} | changes


def rule(client, path="hang-cho", **changes):
    page = client.get(path)
    return client.post(here(soup(page).select_one("#cham")["action"]), data=typed(page, **changes))


def result(engine, lessons, receipt):
    with session(engine) as opened:
        return result_of(opened, lessons[LESSON], find_submission(opened, receipt)).of("day-lai")


def decisions(engine):
    with session(engine) as opened:
        return opened.scalars(select(Decision).order_by(Decision.id)).all()


def undo(client, page):
    form = soup(page).select_one("form[action*=hoan-tac]")
    return client.post(here(form["action"]), data={"_xsrf": form.input["value"]})
