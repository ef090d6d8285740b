"""product as a whole: what its checks and its rubric earn, what waits for people, what a judge reads."""

from __future__ import annotations

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.registry import kinds
from tests.courses.exercises.works import raw_file

RUBRIC = [
    {"id": "viec", "text": "Nêu rõ việc.", "points": 2},
    {"id": "han", "text": "Nêu rõ hạn.", "points": 1},
]
CHECKS = [
    {"parts": ["Kính gửi", "Nơi nhận"], "points": 2},
    {"words": {"max": 12}, "points": 1},
    {"no_personal_data": True, "gate": True},
]
GOOD = "Kính gửi các tổ. Mời họp thứ bảy. Nơi nhận: như trên."


def product(rubric=RUBRIC, checks=CHECKS, **options):
    total = sum(one["points"] for one in rubric) + sum(one.get("points", 0) for one in checks)
    header = {"points": total, "accept": "text | docx | image | audio", "checks": checks}
    more = {"rubric": rubric, "reference": "Mời họp."} if rubric else {}
    return kinds()["product"].read(
        "bai", {**header, **more, **options}, "Soạn giấy mời họp gửi các tổ dân phố."
    )


def mark(exercise, raw):
    made = exercise.mark(exercise.parse_answer(raw))
    return made.score, made.status


def judged(exercise, raw, **met):
    made = exercise.judged_mark(exercise.parse_answer(raw), met)
    return made.score, made.status


def docx(text, **facts):
    return {"file": raw_file("docx", text=text, words=len(text.split()), **facts)}


@pytest.mark.parametrize("raw", [{"text": GOOD}, docx(GOOD)])
def test_checks_and_rubric_earn_together(raw):
    exercise = product()
    assert mark(exercise, raw) == (None, "waiting")
    assert judged(exercise, raw, viec=True, han=True) == (6, "right")
    assert judged(exercise, raw, viec=True) == (5, "partly")
    assert judged(exercise, raw) == (3, "partly")


@pytest.mark.parametrize("raw", [{"text": "Mời họp. Nơi nhận"}, docx("Mời họp. Nơi nhận")])
def test_a_check_that_fails_in_part_earns_its_share_beside_the_rubric(raw):
    assert judged(product(), raw, viec=True, han=True) == (5, "partly")
    assert judged(product(credit="all"), raw, viec=True, han=True) == (4, "partly")


@pytest.mark.parametrize(
    "raw",
    [
        {"text": f"{GOOD} Gọi 0912 345 678"},
        docx(f"{GOOD} Gọi 0912 345 678"),
        {"text": "Gọi 0912 345 678", "file": raw_file("image", width=9, height=9)},
    ],
)
def test_a_gate_that_fails_earns_nothing_whatever_else_is_right(raw):
    assert mark(product(), raw) == (0, "wrong")
    answer = product().parse_answer(raw)
    line = product().mark(answer).comment.splitlines()[2]
    assert line.startswith("✗ Không có thông tin cá nhân: hình như có số điện thoại")
    assert line.endswith(" – điều này bắt buộc, sửa xong bài mới có điểm")


def test_without_a_rubric_the_checks_mark_at_once():
    exercise = product(rubric=[])
    assert mark(exercise, {"text": GOOD}) == (3, "right")
    assert mark(exercise, {"text": "Kính gửi các tổ"}) == (2, "partly")


def test_what_the_machine_cannot_measure_waits_for_a_person_and_is_no_fault():
    exercise = product(rubric=[], checks=[{"duration": {"max_seconds": 90}, "points": 2}])
    raw = {"file": raw_file("audio")}
    assert mark(exercise, raw) == (None, "waiting")
    assert mark(exercise, {"file": raw_file("audio", seconds=91)}) == (0, "wrong")
    assert exercise.judged_text(exercise.parse_answer(raw)) == ""
    told = exercise.check(exercise.parse_answer(raw))
    assert (told.status, told.told[0]) == ("right", "?")


def test_a_gate_that_cannot_be_measured_closes_nothing():
    exercise = product(checks=[{"duration": {"max_seconds": 90}, "gate": True}])
    assert mark(exercise, {"file": raw_file("audio")}) == (None, "waiting")


def test_kiem_tra_tells_each_check_and_what_mends_it_but_nothing_of_the_rubric():
    told = product().check(product().parse_answer({"text": "Kính gửi các tổ"}))
    assert told.status == "partly"
    assert told.told.splitlines() == [
        "✗ Đủ các phần: Kính gửi, Nơi nhận: chưa thấy phần: Nơi nhận; bạn viết thêm, hoặc ghi rõ tên phần",
        "✓ Nhiều nhất 12 chữ",
        "✓ Không có thông tin cá nhân",
    ]
    assert product().check(product().parse_answer({"text": GOOD})).status == "right"
    long = {"text": "chè " * 20 + "0912 345 678"}
    assert product().check(product().parse_answer(long)).status == "wrong"


def test_each_check_says_for_the_result_page_what_it_found_and_earned():
    exercise = product()

    def looked(raw):
        return [(one.met, one.earned, one.worth) for one in exercise.looked(exercise.parse_answer(raw))]

    assert looked({"text": "Mời họp. Nơi nhận"}) == [(False, 1, 2), (True, 1, 1), (True, 0, 0)]
    assert looked({"text": f"{GOOD} Gọi 0912 345 678"})[0] == (True, 0, 2), "a gate that fails earns nothing"
    assert looked({}) == looked({"text": exercise.statement}) == []
    unknown = product(rubric=[], checks=[{"pages": 1, "points": 1}])
    assert unknown.looked(unknown.parse_answer(docx(GOOD)))[0].met is None


def test_an_empty_answer_and_the_task_copied_back_tell_nothing_of_the_checks():
    exercise = product()
    for raw, status in (({}, "blank"), ({"text": "Soạn giấy mời họp gửi các tổ dân phố."}, "wrong")):
        told = exercise.check(exercise.parse_answer(raw))
        assert told.status == status
        assert "✗" not in told.told


def test_a_judge_reads_the_words_of_the_work_or_leaves_it_to_a_person():
    exercise = product()

    def read(raw):
        return exercise.judged_text(exercise.parse_answer(raw))

    assert read({"text": GOOD}) == GOOD
    assert read({"text": "kèm lời", **docx(GOOD)}) == GOOD
    assert read(docx(GOOD, cut=True)) == "", "the end of it would not be read"
    assert read(docx(GOOD)), "without its number of pages, too"
    counted = product(checks=[{"pages": 1, "points": 1}])
    assert counted.judged_text(counted.parse_answer(docx(GOOD))) == "", "a person has to count first"
    assert read({"text": GOOD, "file": raw_file("image", width=9, height=9)}) == "", "a judge sees no picture"


def test_a_marker_reads_name_type_and_size_of_the_file_and_all_words():
    exercise = product()
    answer = exercise.parse_answer({"text": "Em gửi cô.", **docx(GOOD)})
    assert exercise.render_answer(answer) == f"Tệp: bai.docx · Word (.docx) · 1 KB\n\nEm gửi cô.\n\n{GOOD}"


@pytest.mark.parametrize(
    ("kind", "said"), [("pdf", "PDF"), ("csv", "bảng CSV"), ("video", "video"), ("xlsx", "Excel (.xlsx)")]
)
def test_a_file_that_is_not_asked_for_is_refused_by_name(kind, said):
    with pytest.raises(AnswerError) as refused:
        product().parse_answer({"file": raw_file(kind)})
    assert str(refused.value) == (
        f"Bài này nhận chữ viết ngay ở đây, Word (.docx), ảnh, âm thanh. Tệp của bạn là {said}."
    )


def test_what_a_learner_sees_is_what_each_check_asks_and_never_how_it_looks():
    exercise = product(
        checks=[
            {"numbers_kept": "245; 231", "points": 1},
            {"parts": [{"name": "a", "find": "bí-mật"}], "points": 1},
        ]
    )
    public = exercise.public()
    assert public["checks"] == ["Giữ đủ các con số của bản gốc", "Đủ các phần: a"]
    assert "231" not in str(public)
    assert "bí-mật" not in str(public)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rubric": [], "checks": [], "points": 1}, "cần rubric .* hoặc checks"),
        ({"reference": ""}, "cần reference"),
        ({"accept": "text", "checks": [{"slides": 3, "points": 1}]}, "chỉ xem pptx"),
        ({"accept": "image", "checks": [{"words": 3, "points": 1}]}, "không có chữ để kiểm"),
        ({"accept": "exe"}, "accept"),
        ({"points": 9}, "cộng lại"),
    ],
)
def test_a_header_that_cannot_work_is_named(options, message):
    with pytest.raises(DeclarationError, match=message):
        product(**options)


def test_a_picture_may_be_looked_through_for_personal_data_written_beside_it():
    exercise = product(accept="image", checks=[{"no_personal_data": True, "gate": True}])
    assert mark(exercise, {"file": raw_file("image"), "text": "0912 345 678"}) == (0, "wrong")
