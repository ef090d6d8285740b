"""The whole of level 1, lesson by lesson, on a phone: the author's full answers arrive and earn what they are worth.

Every folder of ``level1`` is taken, however many there are. Answers of rules must have all their points at once; open
ones wait for the night's judge, or are marked, and lose nothing.
"""

from __future__ import annotations

import pytest

from autograder.results import Result, result_of
from courses.lessons import lesson_folders, load_lesson
from courses.lessons.model import Lesson
from courses.school.db import open_engine, session
from courses.school.submissions import find_submission
from courses.site import REPOSITORY, Site, database_url
from tests.courses.player.hand import Hand
from tests.courses.player.pages import shown
from tests.courses.player.taking import answer_all, full_sample, hand_in
from tests.e2e.conftest import Visitor, school

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
FOLDERS = lesson_folders(REPOSITORY)
LEVEL_ONE = [folder for folder in FOLDERS if folder.parent.name == "level1"]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def hub(tmp_path_factory, provider):
    """A school of its own: in the shared one the learner of another file would find these lessons handed in."""
    with school(tmp_path_factory.mktemp("level-one"), provider) as hub:
        yield hub


@pytest.fixture(scope="module")
def learner(chromium, hub):
    """The demo learner, signed in once, on one phone."""
    visitor = Visitor(chromium, hub, PHONE, None)
    visitor.sign_in("learner")
    yield visitor
    visitor.context.close()
    assert visitor.hosts <= {"127.0.0.1", "", None}


@pytest.fixture
def arrived(hub):
    """Return a function that finds what the school holds for a receipt: (who, setting, result)."""
    engine = open_engine(database_url(Site(data=hub.data)))

    def find(lesson: Lesson, receipt: str) -> tuple[str, str, Result]:
        with session(engine) as opened:
            own = find_submission(opened, receipt)
            return own.person.username, own.case, result_of(opened, lesson, own)

    yield find
    engine.dispose()


@pytest.mark.parametrize("folder", LEVEL_ONE, ids=lambda folder: folder.name)
def test_the_authors_full_answers_arrive_and_rules_give_all_their_points(folder, learner, arrived, hub):
    lesson = load_lesson(folder)
    sample = full_sample(lesson)
    learner.page.goto(f"{hub.address}/hub/user-redirect/voila/render/{lesson.key}/{lesson.slug}.ipynb")
    hand = Hand(shown(learner.page), folder)
    answer_all(hand, lesson, sample)
    assert learner.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    username, case, result = arrived(lesson, hand_in(hand))
    assert (username, case) == (hub.accounts["learner"][0], sample.case)
    marks = {own.exercise: own for own in result.exercises}
    assert set(marks) == {slot.id for slot in lesson.slots}
    for slot in lesson.slots:
        own = marks[slot.id]
        if not slot.variant(sample.case).rubric_marked:
            assert (own.status, own.score) == ("right", slot.points), slot.id
        else:
            assert own.status in {"waiting", "right"}, (slot.id, own)
