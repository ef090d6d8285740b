"""What people keep as samples: the judge must reproduce it, as long as the rubric is the one it was decided by."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autograder.human.kept import MOST, Kept, keep, release
from autograder.judge import samples_of
from autograder.models import KeptSample

TEXT = "Bạn là cán bộ xã, hãy viết giấy mời họp."


def put(session, lesson, text=TEXT, verdicts=None, case="citizen", by="thay"):
    variant = lesson.slot("lenh").variant(case)
    given = verdicts or {"vai": True, "lo": True}
    return keep(session, lesson, variant, case=case, text=text, verdicts=given, by=by)


def of(session, lesson):
    session.flush()
    return Kept(session).of(lesson, "lenh")


def test_a_kept_answer_is_among_the_samples_that_the_judge_is_tried_on(session, lesson):
    put(session, lesson, case="trader")
    found = samples_of(lesson, "lenh", "citizen", of(session, lesson))
    assert [(one.text, one.exercise) for one in found] == [(TEXT, lesson.slot("lenh").variant("trader"))]
    assert samples_of(lesson, "lenh", "citizen") == ()


def test_a_later_decision_on_the_same_words_replaces_the_earlier_one(session, lesson):
    put(session, lesson)
    put(session, lesson, f"  {TEXT.replace(' ', '  ')} ", {"vai": False, "lo": False}, by="cô")
    (sample,) = of(session, lesson)
    assert sample.verdicts == {"vai": False, "lo": False}


def test_a_sample_serves_only_the_rubric_that_it_was_decided_by(session, lesson, make_lesson):
    put(session, lesson)
    edited = make_lesson(
        rubric=[
            {"id": "vai", "text": "Lệnh nói AI là ai và làm gì.", "points": 1},
            {"id": "lo", "text": "Không lộ.", "polarity": "must_not", "points": 2},
        ]
    )
    assert of(session, edited) == ()
    assert len(of(session, lesson)) == 1


def test_the_newest_are_used_so_that_a_calibration_stays_cheap(session, lesson):
    for number in range(MOST + 3):
        put(session, lesson, f"{TEXT} Lần thứ {number}.")
    texts = [sample.text for sample in of(session, lesson)]
    assert len(texts) == MOST
    assert texts[-1].endswith(f"Lần thứ {MOST + 2}.")


@pytest.mark.parametrize(
    ("text", "said"), [("  ", "không đọc được"), (f"{TEXT} Gọi 0912 345 678 nhé.", "thông tin riêng")]
)
def test_what_no_judge_reads_and_what_holds_personal_data_is_not_kept(session, lesson, text, said):
    with pytest.raises(ValueError, match=said):
        put(session, lesson, text)
    assert session.scalars(select(KeptSample)).all() == []


def test_who_lets_go_of_a_sample_lets_go_of_their_own_only(session, lesson):
    put(session, lesson)
    variant = lesson.slot("lenh").variant("citizen")
    release(session, lesson.key, variant, TEXT, "cô")
    assert len(of(session, lesson)) == 1
    release(session, lesson.key, variant, TEXT, "thay")
    assert of(session, lesson) == ()
