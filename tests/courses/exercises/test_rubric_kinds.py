"""prompt and teach: what a rule can decide, what waits, and which hashes the ledger keys on."""

import pytest

from courses.exercises.base import DeclarationError
from courses.exercises.registry import kinds
from tests.courses.exercises.conftest import BLOCKS, MISCONCEPTIONS, RUBRIC, WRITTEN

KINDS = ("prompt", "teach")


def mark(exercise, text):
    return exercise.mark(exercise.parse_answer({"text": text}))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "   \n", "…!?", "**"])
def test_blank_earns_nothing_at_once(make, kind, text):
    assert (mark(make(kind), text).score, mark(make(kind), text).status) == (0, "blank")


@pytest.mark.parametrize("kind", KINDS)
def test_the_task_copied_back_earns_nothing_at_once(make, kind):
    exercise = make(kind)
    assert mark(exercise, exercise.statement).score == 0
    assert mark(exercise, f"  {exercise.statement.upper()}!!\n").score == 0
    assert mark(exercise, exercise.statement).status == "wrong"


@pytest.mark.parametrize("kind", KINDS)
def test_anything_else_waits_and_is_never_wrong(make, kind):
    result = mark(make(kind), "Bạn là cán bộ, hãy soạn giấy mời họp.")
    assert (result.score, result.status, result.max_score) == (None, "waiting", 4)


def test_a_few_words_of_the_task_are_the_learners_own_words(make):
    assert mark(make("prompt"), "giấy mời").status == "waiting"


def test_a_long_passage_or_a_whole_paragraph_of_the_task_is_a_copy():
    body = "Sửa lệnh sau cho đủ bốn phần vai việc bối cảnh định dạng nhé.\n\n> Viết bài về chè"
    prompt = kinds()["prompt"].read("bai", BLOCKS["prompt"][0], body)
    assert mark(prompt, "viết bài về chè").status == "wrong"
    assert mark(prompt, "cho đủ bốn phần vai việc bối cảnh định dạng").status == "wrong"
    assert mark(prompt, "đủ bốn phần").status == "waiting"


def test_words_for_a_picture_are_no_part_of_the_task_so_a_picture_may_be_copied_out():
    alt = "Giấy báo tổ 4 sửa ngõ 9 từ thứ bảy rào 12 mét"
    body = f"Chép lại tờ giấy này cho đúng.\n\n![{alt}](assets/giay.svg)"
    prompt = kinds()["prompt"].read("bai", BLOCKS["prompt"][0], body)
    assert mark(prompt, alt).status == "waiting"
    assert mark(prompt, "Chép lại tờ giấy này cho đúng.").status == "wrong"
    assert alt not in " ".join(prompt.shown_texts())


def test_a_document_that_goes_along_with_a_prompt_is_seen_and_is_no_prompt_by_itself():
    document = "Trang 1: dọn 4 đoạn kênh. Trang 3: làm từ ngày 5 đến ngày 20 tháng 3."
    options = {**BLOCKS["prompt"][0], "attached": document}
    prompt = kinds()["prompt"].read("bai", options, "Viết lệnh tóm tắt bản kế hoạch.")
    assert prompt.public()["attached"] == document
    assert mark(prompt, document).status == "wrong"
    assert mark(prompt, f"Tóm tắt thành năm ý, ghi trang.\n{document}").status == "waiting"


def test_learners_see_criteria_as_id_and_text_only(make):
    public = make("prompt").public()
    assert public["criteria"] == [{"id": item["id"], "text": item["text"]} for item in RUBRIC]


def test_secrets_name_everything_that_markers_alone_may_read(make):
    secrets = make("teach", why="Vì sao là thế").secrets()
    own = [text for one in MISCONCEPTIONS for name, text in one.items() if name != "id"]
    for text in ("Có cụm đóng vai.", WRITTEN["reference"], "Vì sao là thế", *own):
        assert text in secrets


def test_only_prompt_keeps_an_ai_reply(make):
    raw = {"text": "a", "reply": "b"}
    assert make("prompt").parse_answer(raw).reply == "b"
    with pytest.raises(ValueError, match="không có"):
        make("teach").parse_answer(raw)


def test_texts_are_limited_and_cleaned(make):
    teach = make("teach")
    assert teach.parse_answer({"text": "a" * 8000}).text == "a" * 8000
    with pytest.raises(ValueError, match=r"8\.000"):
        teach.parse_answer({"text": "a" * 8001})
    with pytest.raises(ValueError, match="ký tự hỏng"):
        teach.parse_answer({"text": "\ud800"})
    assert teach.parse_answer({"text": "a\r\nb\x00c\td"}).text == "a\nbc\td"


def test_the_task_hash_follows_the_task_and_not_the_rubric(make):
    base = make("prompt").task_hash()
    assert len(base) == 64
    assert make("prompt", hint="khác", why="khác", reference="khác").task_hash() == base
    assert make("prompt", sample_reply="khác").task_hash() == base
    assert make("prompt", max_words=5).task_hash() != base


def test_the_rubric_hash_follows_what_a_judge_is_told_and_not_the_points(make):
    base = make("prompt").rubric_hash()
    easier = [{**RUBRIC[0], "points": 2}, {**RUBRIC[1], "points": 2}]
    stricter = [{**RUBRIC[0], "guidance": "khác"}, RUBRIC[1]]
    assert make("prompt", rubric=easier).rubric_hash() == base
    assert make("prompt", rubric=stricter).rubric_hash() != base
    assert make("prompt", reference="khác").rubric_hash() != base


def test_a_choice_with_another_key_is_another_task():
    read = kinds()["choice"].read
    one, other = read("bai", {}, "Câu?\n\n- [x] a\n- [ ] b"), read("bai", {}, "Câu?\n\n- [ ] a\n- [x] b")
    assert one.task_hash() != other.task_hash()


@pytest.mark.parametrize(
    ("changes", "where", "message"),
    [
        ({"points": 5}, ("rubric",), "cộng lại là 4, nhưng points là 5"),
        ({"rubric": []}, ("rubric",), "cần ít nhất 1 mục"),
        ({"rubric": [RUBRIC[1], {**RUBRIC[0], "id": "lo"}]}, ("rubric", 1), "“lo” có hai lần"),
        ({"rubric": [RUBRIC[1], {**RUBRIC[0], "id": "Vai"}]}, ("rubric", 1), "chữ thường không dấu"),
        ({"rubric": [RUBRIC[1], {**RUBRIC[0], "text": " "}]}, ("rubric", 1), "chưa có text"),
        ({"rubric": [RUBRIC[1], {**RUBRIC[0], "polarity": "never"}]}, ("rubric", 1, "polarity"), "must"),
        ({"rubric": [RUBRIC[1], {**RUBRIC[0], "weight": 1}]}, ("rubric", 1, "weight"), "không có mục này"),
        ({"min_words": 9, "max_words": 3}, ("min_words",), "lớn hơn max_words"),
        ({"reference": ""}, ("reference",), "đang bỏ trống"),
    ],
)
def test_a_broken_header_is_named(make, changes, where, message):
    with pytest.raises(DeclarationError) as caught:
        make("prompt", **changes)
    assert caught.value.option == where
    assert message in str(caught.value)
