"""People's verdicts: appended, the newest wins, over the judge's and beside it; on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from autograder.human_verdicts import MARKS, PUPIL, decide, decided, met_of
from autograder.marking import mark_submission
from autograder.models import HumanVerdict, PupilResult
from autograder.pupil import teach_of
from autograder.pupil_results import decide as judge_decides
from autograder.pupil_results import open_pupils, overrule_pupil, passed_ids, understood_of
from courses.lessons import load_lessons
from courses.school.db import open_engine
from courses.school.models import Base
from courses.site import REPOSITORY
from tests.fixtures_postgres import postgres_server, postgres_url  # noqa: F401 - fixtures

LESSON = next(one for one in load_lessons(REPOSITORY) if one.number == "1.1")
(TEACH,) = teach_of(LESSON, "citizen")
IDS = [one.id for one in TEACH.misconceptions]
TALK = {
    "day-lai": {"turns": [{"by": "you", "text": "Nó đoán từng chữ thôi con ạ, có tra sổ đâu."}], "text": ""}
}
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path / 'school.sqlite'}"
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def talk(session, submit):
    """A submission in which somebody talked with the pupil, marked while nobody judged it."""
    submission = submit("lan", TALK, lesson=LESSON.key)
    mark_submission(session, LESSON, submission)
    return submission


def overrule(session, submission, **understood):
    chosen = {name.replace("_", "-"): met for name, met in understood.items()}
    overrule_pupil(session, submission, TEACH, chosen, "hung")


def test_verdicts_are_appended_and_the_newest_on_each_criterion_counts(session, submit):
    one, other = submit("lan", {}).id, submit("mai", {}).id
    for met, by in ((True, "hung"), (False, "binh")):
        decide(session, one, "lenh", MARKS, "vai", met=met, by=by, quote="bạn là", at=AT)
    decide(session, one, "lenh", PUPIL, "vai", met=True, by="hung")
    decide(session, other, "lenh", MARKS, "lo", met=True, by="hung")
    found = decided(session, MARKS, [one])
    assert {key: met_of(own) for key, own in found.items()} == {(one, "lenh"): {"vai": False}}
    newest = found[one, "lenh"]["vai"]
    assert (newest.by, newest.quote, newest.at) == ("binh", "bạn là", AT)
    assert met_of(decided(session, PUPIL)[one, "lenh"]) == {"vai": True}
    assert set(decided(session, MARKS)) == {(one, "lenh"), (other, "lenh")}
    assert len(session.scalars(select(HumanVerdict)).all()) == 4


def test_a_pupil_that_nobody_judged_passes_once_a_person_says_so_of_everything(session, talk):
    assert (understood_of(session, talk.id), passed_ids(session)) == ({"day-lai": {}}, frozenset())
    overrule(session, talk, tra_so=True, troi_chay=True)
    assert understood_of(session, talk.id) == {"day-lai": {"tra-so": True, "troi-chay": True}}
    assert (passed_ids(session), open_pupils(session)) == (frozenset(), {(talk.id, "day-lai")})
    overrule(session, talk, biet_het=True)
    assert passed_ids(session) == passed_ids(session, [talk.id]) == {talk.id}
    assert (passed_ids(session, [talk.id + 1]), open_pupils(session)) == (frozenset(), frozenset())


def test_a_person_wins_over_the_judge_whose_verdict_is_kept_beside(session, talk):
    judge_decides(session, talk.id, "day-lai", dict.fromkeys(IDS, True))
    assert passed_ids(session) == {talk.id}
    overrule(session, talk, biet_het=False)
    assert passed_ids(session) == frozenset()
    assert understood_of(session, talk.id)["day-lai"]["biet-het"] is False
    session.expire_all()
    row = session.get(PupilResult, (talk.id, "day-lai"))
    assert (row.status, row.understood) == ("passed", dict.fromkeys(IDS, True))


def test_a_person_may_change_their_mind_and_saying_the_same_again_writes_nothing(session, talk):
    for met in (True, True, False, True):
        overrule(session, talk, tra_so=met)
    assert [row.met for row in session.scalars(select(HumanVerdict).order_by(HumanVerdict.id))] == [
        True, False, True,
    ]  # fmt: skip


def test_marking_again_leaves_a_persons_decision_in_force(session, talk):
    overrule(session, talk, **dict.fromkeys(["tra_so", "troi_chay", "biet_het"], True))
    mark_submission(session, LESSON, talk)
    assert passed_ids(session) == {talk.id}
    assert set(understood_of(session, talk.id)["day-lai"].values()) == {True}


def test_a_misconception_that_the_lesson_no_longer_has_decides_nothing(session, talk):
    decide(session, talk.id, "day-lai", PUPIL, "da-bo", met=False, by="hung")
    judge_decides(session, talk.id, "day-lai", dict.fromkeys(IDS, True))
    assert passed_ids(session) == {talk.id}
    assert set(understood_of(session, talk.id)["day-lai"]) == set(IDS)


def test_a_row_that_does_not_know_its_misconceptions_never_passes(session, talk):
    session.get(PupilResult, (talk.id, "day-lai")).understood = {}  # as releases before this table wrote it
    overrule(session, talk, tra_so=True)
    assert (passed_ids(session), open_pupils(session)) == (frozenset(), {(talk.id, "day-lai")})


@pytest.mark.parametrize(
    ("answers", "understood", "fault"),
    [
        (TALK, {"vi-du": True}, "không có điều hiểu sai này"),
        ({"day-lai": {"text": "Nó đoán chữ."}}, {"tra-so": True}, "không có lời giảng"),
    ],
)
def test_what_is_no_decision_about_this_pupil_is_refused(session, submit, answers, understood, fault):
    submission = submit("mai", answers, lesson=LESSON.key)
    mark_submission(session, LESSON, submission)
    with pytest.raises(ValueError, match=fault):
        overrule_pupil(session, submission, TEACH, understood, "hung")
    assert session.scalars(select(HumanVerdict)).all() == []
