"""Answers that a judge decided or left to people, an audit, and a lesson before and after its author's edit."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from autograder import ledger
from autograder.judge import Verdict
from autograder.marking import mark_submission
from autograder.models import AuditItem
from courses.clock import now
from courses.school.db import session
from courses.school.people import find_person
from courses.school.submissions import find_submission, store_submission
from courses.site import REPOSITORY
from hub_config.portal.shelf import Shelf
from tests.hub_config.portal.conftest import PREFIX, STARTED, serving

KEY, NAME, CASE = "level1/02-lenh-bon-phan", "lenh", "citizen"
PAGE = f"quan-tri/cham/{KEY}/{NAME}"
EDIT = f"quan-tri/sua-tieu-chi/{KEY}"
OLD = "Lệnh nói AI phải viết dài ngắn, giọng điệu hoặc trình bày thế nào."
NEW = "Lệnh nói AI phải viết dài ngắn thế nào, tính bằng chữ hoặc câu."
TEXT = (
    "Bạn đóng vai phụ huynh giúp tôi, viết tin nhắn xin cô giáo cho cháu nghỉ học. Cháu sốt, nghỉ hai hôm, nhờ cô "
    "gửi bài về nhà để cháu học. Giọng lễ phép."
)


@pytest.fixture
def exercise(lessons):
    return lessons[KEY].slot(NAME).variant(CASE)


@pytest.fixture
def judged(engine, lessons, exercise):
    """Store an answer, put what the judge said into the ledger, mark it; return the receipt.

    ``unmet``: criteria that the judge found not met. ``reason``: why it abstained.
    """

    def store(user, text=TEXT, *, unmet=(), reason="", claims=4, lost=0):
        verdicts = tuple(
            {
                **Verdict(criterion=one.id, met=one.id not in unmet).model_dump(),
                "criterion_hash": ledger.criterion_hash(one),
            }
            for one in exercise.rubric
        )
        said = {"reason": reason} if reason else {"verdicts": verdicts}
        outcome = "abstained" if reason else "judged"
        entry = ledger.Judged(outcome=outcome, claims=claims, lost_quotes=lost, **said)
        with session(engine) as opened:
            key = ledger.question(exercise, text)
            if not ledger.Recall(opened).tried(key, "m", "p"):
                ledger.append(opened, key, "m", "p", entry)
            person = find_person(opened, user)
            own = store_submission(opened, person, lessons[KEY], CASE, {NAME: {"text": text}}, STARTED)
            mark_submission(opened, lessons[KEY], own)
            return own.receipt

    return store


@pytest.fixture
def audited(engine, judged, exercise):
    """Let somebody mark judged answers again, blind: ``given`` True finds every criterion met, False none."""

    def go(user, number, *, given, unmet=()):
        receipt = judged(user, f"{TEXT} Lần {number}.", unmet=unmet)
        with session(engine) as opened:
            own = find_submission(opened, receipt)
            verdicts = [
                {
                    "criterion": one.id,
                    "met": one.id not in unmet,
                    "criterion_hash": ledger.criterion_hash(one),
                }
                for one in exercise.rubric
            ]
            item = AuditItem(submission_id=own.id, exercise=NAME, verdicts=verdicts, status="done", by="hung")
            item.drawn_on, item.at = now().date(), now()
            item.given = {one.id: given for one in exercise.rubric}
            opened.add(item)
        return receipt

    return go


@pytest.fixture
def edited_shelf(tmp_path) -> Shelf:
    """The same lesson after its author changed one criterion."""
    folder = tmp_path / "lessons"
    shutil.copytree(REPOSITORY / KEY, folder / KEY)
    path = folder / KEY / "lesson.md"
    path.write_text(path.read_text("utf-8").replace(OLD, NEW), "utf-8")
    return Shelf(folder, every=3600)


@pytest.fixture
def open_portal(site, engine, hub) -> Iterator[Callable[..., Callable[[str], httpx.Client]]]:
    """Return a function that runs a portal with changes to its desk and returns what signs people in there."""
    del engine
    with ExitStack() as stack:

        def run(**desk):
            server = stack.enter_context(serving(site, hub, **desk))

            def sign_in(user):
                client = stack.enter_context(
                    httpx.Client(
                        base_url=f"{server.url}{PREFIX}", follow_redirects=True, trust_env=False, timeout=60
                    )
                )
                client.get(f"{hub.url}/login/{user}")
                client.get("")
                return client

            return sign_in

        yield run


def value_of(page, name):
    """Return a hidden field of a page."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def send(client, path, **fields):
    """Send a form as a browser does; the token of another page is as good, where this one has no form."""
    page = client.get(path).text
    token = value_of(page, "_xsrf") or value_of(client.get("tai-khoan").text, "_xsrf")
    return client.post(path, data={"_xsrf": token, "seen": value_of(page, "seen")} | fields)
