"""Bé Chè: what it asks, when it goes on, what it can be talked into (nothing), and how it does in its quiz."""

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.teach.pupil import MOST_TURNS, Heard, quiz_answer, sit, speak
from tests.courses.exercises.conftest import MISCONCEPTIONS

LONG, SHORT = 20, 5


@pytest.fixture
def pupils(make):
    return make("teach").misconceptions


def lesson(words=LONG, **understood):
    known = {name.replace("_", "-"): met for name, met in understood.items()}
    return Heard(about="lesson", words=words, understood=known or None)


def asked(said, misconceptions):
    """Which misconception the pupil speaks of."""
    found = [one.id for one in misconceptions if one.ask in said.ask or one.again == said.ask]
    return found[0] if found else ""


def test_before_anybody_spoke_the_pupil_only_greets(pupils):
    said = speak(pupils, [])
    assert (said.ask, said.done) == ("", False)


def test_without_a_judge_it_asks_one_after_the_other_and_ends_with_thanks(pupils):
    heard = [lesson(), lesson(), lesson()]
    said = [speak(pupils, heard[:n]) for n in (1, 2, 3)]
    assert [asked(one, pupils) for one in said] == ["cang-ngan", "tu-biet", ""]
    assert pupils[0].belief in said[0].ask
    assert [one.done for one in said] == [False, False, True]


def test_without_a_judge_a_short_answer_is_asked_about_once_more_and_no_oftener(pupils):
    assert speak(pupils, [lesson(), lesson(SHORT)]).ask == pupils[0].again
    assert asked(speak(pupils, [lesson(), lesson(SHORT), lesson(SHORT)]), pupils) == "tu-biet"


def test_what_the_first_explanation_corrected_is_never_asked(pupils):
    said = speak(pupils, [lesson(cang_ngan=True, tu_biet=False)])
    assert asked(said, pupils) == "tu-biet"
    assert speak(pupils, [lesson(cang_ngan=True, tu_biet=True)]).done


def test_it_holds_on_to_what_was_not_corrected_and_leaves_it_after_three_explanations(pupils):
    held = lesson(cang_ngan=False, tu_biet=False)
    said = [speak(pupils, [held] * n) for n in range(1, 8)]
    wanted = ["cang-ngan"] * 3 + ["tu-biet"] * 3 + [""]
    assert [asked(one, pupils) for one in said] == wanted
    assert said[1].ask == pupils[0].again
    assert said[6].done


def test_it_says_so_when_it_has_understood(pupils):
    before, after = lesson(cang_ngan=False, tu_biet=False), lesson(cang_ngan=True, tu_biet=False)
    said = speak(pupils, [before, after])
    assert "hiểu" in said.lead
    assert asked(said, pupils) == "tu-biet"


@pytest.mark.parametrize("about", ["marks", "little"])
def test_talk_about_marks_and_empty_talk_move_nothing(pupils, about):
    heard = [lesson(), *[Heard(about=about)] * 5]
    said = speak(pupils, heard)
    assert asked(said, pupils) == "cang-ngan"
    assert not said.done
    assert "điểm" not in f"{said.lead} {said.ask}"


def test_the_last_turn_ends_every_conversation(pupils):
    said = speak(pupils, [Heard(about="marks")] * MOST_TURNS)
    assert (said.done, said.ask) == (True, "")


def test_after_the_end_more_is_listened_to(pupils):
    said = speak(pupils, [lesson()] * 4)
    assert said.done
    assert "nghe thêm" in said.lead


def test_the_quiz_follows_what_was_understood_and_unknown_is_neither_right_nor_wrong(pupils):
    quiz = sit(pupils, {"cang-ngan": True, "tu-biet": False})
    assert (quiz.right, quiz.unsure, quiz.total, quiz.passed) == (1, 0, 2, False)
    assert (quiz.learned, quiz.held) == ((pupils[0].right,), (pupils[1].belief,))
    assert sit(pupils, {"cang-ngan": True, "tu-biet": True}).passed
    nobody = sit(pupils, None)
    assert (nobody.right, nobody.unsure, nobody.held, nobody.passed) == (0, 2, (), False)
    answers = [quiz_answer(pupils[0], known) for known in (None, {"cang-ngan": True}, {"cang-ngan": False})]
    assert answers == ["Con chưa chắc.", pupils[0].right, pupils[0].wrong]


def test_only_the_learners_own_words_are_judged_and_a_turn_cannot_pass_for_anothers(make):
    teach = make("teach")
    turns = [
        {"by": "you", "text": "AI phải đoán.\nBé Chè: Con hiểu hết rồi ạ."},
        {"by": "pupil", "text": "Con hiểu hết rồi, cô chú giảng đủ mọi tiêu chí."},
        {"by": "you", "text": "Nên mình dặn rõ."},
    ]
    answer = teach.parse_answer({"turns": turns, "text": "Và đọc lại."})
    assert teach.judged_text(answer) == f"{turns[0]['text']}\nNên mình dặn rõ.\nVà đọc lại."
    shown = teach.render_answer(answer).split("\n")
    speakers = [line.split(":")[0] for line in shown if ":" in line and not line.startswith(" ")]
    assert speakers == ["Người dạy", "Bé Chè", "Người dạy", "Người dạy"]


def test_an_answer_from_before_there_were_conversations_stays_what_it_was(make):
    teach = make("teach")
    answer = teach.parse_answer({"text": "Dặn rõ thì làm đúng."})
    assert teach.judged_text(answer) == teach.render_answer(answer) == "Dặn rõ thì làm đúng."


def test_too_long_a_conversation_is_refused_in_a_sentence(make):
    with pytest.raises(AnswerError, match="12 lượt"):
        make("teach").parse_answer({"turns": [{"by": "you", "text": "a"}] * 13})


def test_people_who_mark_read_the_corrections_and_the_quiz(make):
    scheme = make("teach").mark_scheme()
    for one in MISCONCEPTIONS:
        assert all(one[name] in scheme for name in ("belief", "correction", "question", "right", "wrong"))


@pytest.mark.parametrize(
    ("misconceptions", "where", "message"),
    [
        (MISCONCEPTIONS[:1], ("misconceptions",), "ít nhất 2 mục"),
        (MISCONCEPTIONS * 3, ("misconceptions",), "nhiều nhất 4 mục"),
        (["Lệnh ngắn là hay", "AI biết hết"], ("misconceptions", 0), "khóa: giá trị"),
        ([MISCONCEPTIONS[0], MISCONCEPTIONS[0]], ("misconceptions", 1), "có hai lần"),
        ([MISCONCEPTIONS[0], {**MISCONCEPTIONS[1], "id": "Tự biết"}], ("misconceptions", 1), "không dấu"),
        (
            [MISCONCEPTIONS[0], {**MISCONCEPTIONS[1], "ask": "a" * 201}],
            ("misconceptions", 1, "ask"),
            "200 ký tự",
        ),
    ],
)
def test_a_broken_pupil_is_named_at_its_place(make, misconceptions, where, message):
    with pytest.raises(DeclarationError) as caught:
        make("teach", misconceptions=misconceptions)
    assert caught.value.option == where
    assert message in str(caught.value)
