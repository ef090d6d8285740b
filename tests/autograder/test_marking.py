from __future__ import annotations

from sqlalchemy import select

from autograder import ledger
from autograder.judge import samples_of
from autograder.marking import UNREADABLE, mark_answers, mark_submission
from autograder.models import AutoMark, Marked
from courses.exercises.base import SampleExpectation
from courses.exercises.prompt.kind import Prompt
from courses.lessons.model import ExerciseSlot, Sample

RIGHT = {
    "doan": {"chosen": ["o2"]},
    "bia": {"marked": ["p1"]},
    "lenh": {"text": "Bạn là cán bộ, viết thư mời."},
}


def marks_of(session, submission):
    rows = session.scalars(select(AutoMark).where(AutoMark.submission_id == submission.id))
    return {row.exercise: row for row in rows}


def judged(exercise, *met):
    return ledger.Judged(
        outcome="judged",
        verdicts=tuple(
            {
                "criterion": criterion.id,
                "criterion_hash": ledger.criterion_hash(criterion),
                "met": criterion.id in met,
                "quote": "",
                "reason": "",
            }
            for criterion in exercise.rubric
        ),
    )


def record(session, exercise, text, found, judge="judge-a"):
    ledger.append(session, ledger.question(exercise, text), judge, "p", found)


def test_rules_mark_at_once_and_a_rubric_answer_waits(session, lesson, submit):
    submission = submit("lan", RIGHT)
    mark_submission(session, lesson, submission)
    marks = marks_of(session, submission)
    assert (marks["doan"].score, marks["doan"].source) == (2, "rule")
    assert (marks["bia"].score, marks["bia"].status) == (4, "right")
    assert (marks["lenh"].score, marks["lenh"].status, marks["lenh"].source) == (None, "waiting", "nobody")


def test_what_was_left_blank_scores_nothing_whatever_its_kind(session, lesson, submit):
    submission = submit("lan", {"lenh": {"text": "   "}})
    mark_submission(session, lesson, submission)
    marks = marks_of(session, submission)
    assert {name: (mark.score, mark.status) for name, mark in marks.items()} == {
        "doan": (0, "blank"),
        "bia": (0, "blank"),
        "lenh": (0, "blank"),
    }


def test_an_answer_that_no_longer_fits_the_exercise_waits_for_a_person(lesson):
    by_id = {own.exercise: own for own in mark_answers(lesson, "citizen", {"doan": {"chosen": ["o9"]}})}
    assert (by_id["doan"].mark.score, by_id["doan"].reason) == (None, UNREADABLE)


def test_a_judged_answer_is_marked_from_the_ledger_by_adding_points(session, lesson, submit):
    exercise = lesson.slot("lenh").variant("citizen")
    record(session, exercise, "Bạn là cán bộ,  viết thư mời. ", judged(exercise, "lo"))
    submission = submit("lan", RIGHT)
    mark_submission(session, lesson, submission)
    mark = marks_of(session, submission)["lenh"]
    assert (mark.score, mark.status, mark.source) == (2, "partly", "ai")
    assert mark.comment == "✗ Lệnh nói rõ AI đóng vai ai.\n✓ Lệnh không chứa thông tin cá nhân."


def test_another_setting_is_another_question(session, lesson, submit):
    exercise = lesson.slot("lenh").variant("official")
    record(session, exercise, RIGHT["lenh"]["text"], judged(exercise, "lo"))
    submission = submit("lan", RIGHT)
    mark_submission(session, lesson, submission)
    assert marks_of(session, submission)["lenh"].score is None


def test_a_rubric_edit_keeps_verdicts_of_criteria_that_read_the_same(session, make_lesson):
    old = make_lesson().slot("lenh").variant("citizen")
    record(session, old, "Bạn là cán bộ", judged(old, "vai"))
    dearer = make_lesson(
        rubric=[{"id": "vai", "text": old.rubric[0].text, "points": 3, "guidance": old.rubric[0].guidance}]
    )
    edited = make_lesson(rubric=[{"id": "vai", "text": "Lệnh khác.", "points": 3}])
    recall = ledger.Recall(session)
    assert recall.find(dearer.slot("lenh").variant("citizen"), "Bạn là cán bộ").outcome == "judged"
    assert recall.find(edited.slot("lenh").variant("citizen"), "Bạn là cán bộ") is None


def test_an_abstention_never_hides_a_judgement(session, lesson):
    exercise = lesson.slot("lenh").variant("citizen")
    record(session, exercise, "a b c", judged(exercise, "vai"))
    record(session, exercise, "a b c", ledger.Judged(outcome="abstained", reason="unsure"), judge="judge-b")
    assert ledger.Recall(session).find(exercise, "a b c").outcome == "judged"


def test_marking_again_replaces_marks_and_notes_the_lesson(session, lesson, make_lesson, submit):
    submission = submit("lan", RIGHT)
    mark_submission(session, lesson, submission)
    first = session.get(Marked, submission.id).content_hash
    swapped = make_lesson(choice="AI viết thế nào?\n\n- [x] Tra sổ\n- [ ] Đoán chữ\n")
    mark_submission(session, swapped, submission)
    session.expire_all()
    assert marks_of(session, submission)["doan"].score == 0
    assert session.get(Marked, submission.id).lesson_hash == swapped.hash
    assert session.get(Marked, submission.id).content_hash != first


class _Shouted(Prompt):
    """A kind that says itself what is judged."""

    def judged_text(self, answer):
        return super().judged_text(answer).upper()


def _shouting(lesson):
    """Return the lesson with its prompt as a kind that judges another text than the one typed."""
    prompt = _Shouted(**lesson.slot("lenh").variant("citizen").model_dump())
    expected = SampleExpectation(answer={"text": "Bạn là thợ."}, score=3, verdicts={"vai": True, "lo": True})
    sample = Sample(name="mau", role="full", case="citizen", expect={"lenh": expected})
    slot = ExerciseSlot(id="lenh", line=1, variants={"": prompt})
    return lesson.model_copy(update={"blocks": (slot,), "samples": (sample,)})


def test_the_kind_says_what_is_judged_of_answers_and_of_samples_alike(session, lesson, submit):
    shouting = _shouting(lesson)
    prompt = shouting.slot("lenh").variant("citizen")
    record(session, prompt, "BẠN LÀ THỢ.", judged(prompt, "vai"))
    submission = submit("lan", {"lenh": {"text": "Bạn là thợ."}})
    mark_submission(session, shouting, submission)
    assert (marks_of(session, submission)["lenh"].score, marks_of(session, submission)["lenh"].source) == (
        1,
        "ai",
    )
    assert [sample.text for sample in samples_of(shouting, "lenh", "citizen")] == ["BẠN LÀ THỢ."]
