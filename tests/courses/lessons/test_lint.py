"""bdhai lint: each rule is seen to speak, and a good lesson is left in peace."""

from datetime import date

import pytest

from courses.catalog.facts import load_facts
from courses.lessons import load_lesson
from courses.lessons.lint import WHOLE, lint
from courses.lessons.lint.time_budget import doing_minutes, reading_minutes

TODAY = date(2026, 11, 22)


@pytest.fixture
def found(root, facts):
    """Return a function that lints the lesson and gives the findings as text; it is too small to be a whole one."""

    def run(today: date = TODAY) -> list[str]:
        return [str(one) for one in lint(root, facts=facts, today=today) if one.code not in WHOLE]

    return run


def test_a_good_lesson_has_nothing_to_mend(found):
    assert found() == []


# what stands in the lesson, what is put there, the line that must be named ("" = the change itself), the message
LESSON = [
    ("assets/bon-phan.svg)", "assets/khong-co.svg)", "", "không có tệp assets/khong-co.svg"),
    ("![Bốn ô của một lệnh]", "![]", "", "ảnh assets/bon-phan.svg thiếu lời tả"),
    ("(assets/bon-phan.svg)", "(../khac/anh.svg)", "", "ảnh ../khac/anh.svg phải nằm trong assets/"),
    (
        "tới lượt bạn.",
        "xem [ở đây](https://vi.example).",
        "",
        "không dùng liên kết ra ngoài: https://vi.example",
    ),
    ("tới lượt bạn.", "xem www.example.vn nhé.", "", "không dùng địa chỉ ngoài “www.”"),
    ("- [ ] Hỏi một người khác", "- [ ] Hỏi http://x.vn", "", "không dùng địa chỉ ngoài “http://”"),
    ("tới lượt bạn.", "một <b>chữ</b> đậm.", "", "không dùng thẻ HTML “<b>”"),
    ("Bây giờ tới lượt bạn.", "<script>alert(1)</script>", "", "không dùng thẻ HTML “<script>"),
    ("Chạm vào chỗ AI bịa.", "Chạm <i>vào</i> chỗ AI bịa.", ":::{spot}", "không dùng thẻ HTML “<i>”"),
    ("ailit: [Create]", "ailit: [Creat]", "", "alignment.ailit: “Creat” không có; dùng Engage, Create"),
    (
        "tới lượt bạn.",
        "AI đoán chữ hợp nhất đứng ngay sau.",
        ":::{choice}",
        "choice: phần giữ kín “AI đoán chữ",
    ),
]


@pytest.mark.parametrize("case", LESSON, ids=[case[3] for case in LESSON])
def test_an_error_in_the_lesson_is_found_at_its_line(found, edit, folder, case):
    old, new, at, message = case
    edit(old, new)
    text = (folder / "lesson.md").read_text(encoding="utf-8")
    line = text[: text.index(at or new)].count("\n") + 1
    assert any(one.startswith(f"level1/02-lenh-thu/lesson.md:{line}: {message}") for one in found()), found()


WARNINGS = [
    ('digcomp: ["3.1"]', "digcomp: []", "alignment.digcomp còn trống"),
    ("- [ ] Hỏi một người khác", "- [ ] Hỏi **một** người", "hiện nguyên dấu Markdown"),
    ("Bây giờ tới lượt bạn.", "Theo Nghị định 30/2020/NĐ-CP.", "số hiệu 30/2020/NĐ-CP viết thẳng vào bài"),
    ("minutes: 12", "minutes: 3", "nhưng minutes ghi 3"),
]  # fmt: skip


@pytest.mark.parametrize("case", WARNINGS, ids=[case[2] for case in WARNINGS])
def test_a_warning_is_told_as_one(found, edit, case):
    old, new, message = case
    edit(old, new)
    assert [("cảnh báo: " in text, message in text) for text in found()] == [(True, True)]


def test_a_law_of_a_year_to_come_is_an_example(found, edit):
    edit("Bây giờ tới lượt bạn.", "Theo Nghị định 999/2099/NĐ-CP (bịa).")
    assert found() == []


def test_more_than_fifteen_minutes_is_refused(found, edit):
    edit("Bây giờ tới lượt bạn.", "chữ có dấu. " * 500)
    assert len(found()) == 1
    assert "quá 15 phút" in found()[0]


def test_the_time_of_a_lesson_is_its_words_and_its_exercises(folder, facts):
    lesson = load_lesson(folder, facts)
    assert doing_minutes(lesson) == pytest.approx(0.5 + 0.75 + 0.4 + 1.0 + 3 + 3)
    assert 150 < reading_minutes(lesson) * 150 < 200


def test_a_longer_setting_counts_and_the_others_do_not_add_up(folder, facts, edit):
    before = reading_minutes(load_lesson(folder, facts))
    edit("Bạn bán chè ở chợ.", "Bạn bán chè ở chợ. " + "chữ " * 150)
    longer = reading_minutes(load_lesson(folder, facts))
    edit("Bạn trồng rau ở nhà.", "Bạn trồng rau ở nhà. " + "chữ " * 100)
    assert longer > before + 0.9
    assert reading_minutes(load_lesson(folder, facts)) == longer


def test_a_fact_grows_stale_after_180_days(found):
    assert found(date(2027, 5, 19)) == []
    stale = found(date(2027, 5, 20))
    assert len(stale) == 1
    assert "lesson.md:14: fact “luat-thu” kiểm tra từ 20/11/2026, quá 180 ngày" in stale[0]


def test_a_fact_checked_tomorrow_or_unsure_is_refused(root, tmp_path):
    text = (root / "facts.yaml").read_text(encoding="utf-8")
    file = tmp_path / "facts.yaml"
    for old, new, message in (
        ("2026-11-20", "2026-11-23", "ngày kiểm tra 23/11/2026 còn chưa tới"),
        ("sure: high", "sure: low", "chưa chắc (sure: low)"),
    ):
        file.write_text(text.replace(old, new), encoding="utf-8")
        told = [one for one in lint(root, facts=load_facts(file), today=TODAY) if one.code not in WHOLE]
        assert [(one.severity, message in one.message) for one in told] == [("error", True)]


def test_settings_that_are_nearly_the_same_are_refused(found, folder):
    path = folder / "lesson.md"
    text = path.read_text(encoding="utf-8")
    official = text[text.index("::::{case} official") : text.index("::::{case} trader")]
    trader = text[text.index("::::{case} trader") : text.index("::::{case} citizen")]
    copied = official.replace("{case} official", "{case} trader").replace("một cửa", "hai cửa")
    path.write_text(text.replace(trader, copied), encoding="utf-8")
    alike = [one for one in found() if "gần như giống hệt" in one]
    assert alike == [
        "level1/02-lenh-thu/lesson.md:67: case: official và trader gần như giống hệt nhau: viết hai bối cảnh khác nhau [cases]"
    ]


def test_a_lesson_without_settings_is_refused(root, facts, folder):
    path = folder / "lesson.md"
    text = path.read_text(encoding="utf-8")
    cases = text[text.index("::::{case} official") : text.index(":::{teach}")]
    path.write_text(text.replace(cases, ""), encoding="utf-8")
    (folder / "samples.yaml").unlink()
    told = lint(root, facts=facts, today=TODAY)
    assert [one.severity for one in told if "bài chưa có ba trường hợp" in one.message] == ["error"]


def test_pictures_may_not_run_or_fetch_anything(found, folder):
    picture = folder / "assets/bon-phan.svg"
    safe = picture.read_text(encoding="utf-8")
    for bad in ("<script>1</script>", '<a href="https://x.vn"/>', '<rect onload="x()"/>'):
        picture.write_text(safe.replace("</svg>", f"{bad}</svg>"), encoding="utf-8")
        assert ["assets/bon-phan.svg:1: ảnh SVG không được chứa" in one for one in found()] == [True], bad


def test_odd_heavy_and_unused_files_are_told(found, folder):
    (folder / "assets/Ảnh.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "assets/thua.png").write_bytes(b"0" * 150_001)
    told = "\n".join(found())
    for message in (
        "chỉ nhận ảnh svg",
        "nặng quá 150 kB",
        "assets/thua.png:1: cảnh báo: không có chỗ nào dùng",
    ):
        assert message in told


SAMPLES = [
    ("viec-tot: {answer: {chosen: [1]}, score: 1.5}", "viec-tot: {answer: {chosen: [1]}, score: 2}",
     "mot-phan: viec-tot: chấm ra 1,5 điểm, nhưng score ghi 2"),
    ("verdicts: {vai: false, lo: true}", "verdicts: {vai: true, lo: true}",
     "mot-phan: lenh: chấm ra 2 điểm, nhưng score ghi 1"),
    ("verdicts: {vai: false, lo: true}", "verdicts: {vai: false}",
     "mot-phan: lenh: verdicts phải có đủ và chỉ có các tiêu chí của bài; xem lại: lo"),
    ('lệnh."}, score: 0}', 'lệnh."}, score: 1, verdicts: {vai: false, lo: true}}',
     "sai-het: lenh: bài để trống hoặc chép đề thì không tiêu chí nào đạt"),
    ("doan-chu: {answer: {chosen: [3]}, score: 0}", "doan-chu: {answer: {chosen: [3]}, score: 0, verdicts: {a: true}}",
     "sai-het: doan-chu: loại bài này không có tiêu chí"),
]  # fmt: skip


@pytest.mark.parametrize("case", SAMPLES, ids=[case[2] for case in SAMPLES])
def test_a_sample_that_is_marked_otherwise_is_found_at_its_line(found, edit, case):
    old, new, message = case
    line = edit(old, new, "samples.yaml")
    if old.startswith("verdicts"):
        line -= 3  # the exercise's own line
    assert any(one.startswith(f"level1/02-lenh-thu/samples.yaml:{line}: {message}") for one in found()), (
        found()
    )


ROLES = [
    ("score: 1\n      verdicts: {vi-du: true}", "score: 0\n      verdicts: {vi-du: false}", "role full nhưng chỉ được 13/14"),
    ("  role: blank", "  role: wrong", "role wrong phải có làm bài"),
    ("  role: wrong", "  role: blank", "role blank nhưng có câu đã làm"),
    ("  role: wrong", "  role: partial", "role partial phải được một phần điểm"),
    ("  role: blank", "  role: other", "thiếu bài mẫu có role: blank"),
]  # fmt: skip


@pytest.mark.parametrize("case", ROLES, ids=[case[2] for case in ROLES])
def test_each_role_is_an_example_of_itself(found, edit, case):
    old, new, message = case
    edit(old, new, "samples.yaml")
    assert any(message in one for one in found()), found()


def test_a_lesson_without_samples_is_refused(found, folder):
    (folder / "samples.yaml").unlink()
    assert found() == [
        "level1/02-lenh-thu/samples.yaml:1: thiếu tệp này: cần ít nhất bốn bài mẫu full, partial, blank, wrong [samples]"
    ]


def test_what_cannot_be_read_is_a_finding_too(found, edit):
    edit("- [x] Đoán chữ hợp", "- [ ] Đoán chữ hợp")
    assert found() == [
        "level1/02-lenh-thu/lesson.md:25: choice: chưa có lựa chọn đúng: đánh dấu [x] [choice]"
    ]


def test_choices_whose_key_is_always_at_the_same_place_are_warned_of(found, folder):
    path = folder / "lesson.md"
    block = "\n\n:::{{choice}} cau-{}\nCâu hỏi {}?\n\n- [ ] không\n- [x] có\n:::\n"
    text = path.read_text(encoding="utf-8").replace("[x] Gợi ý", "[ ] Gợi ý")
    path.write_text(text + "".join(block.format(n, n) for n in (1, 2)), encoding="utf-8")
    (folder / "samples.yaml").unlink()
    assert any("đáp án đúng của mọi câu ở cùng một vị trí" in one for one in found())
