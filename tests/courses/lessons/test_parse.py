"""lesson.md becomes a Lesson; what cannot be read is named with its line and mend."""

import itertools
import re
import shutil
import unicodedata

import pytest

from courses.lessons import LessonError, load_lesson, load_lessons
from courses.lessons.model import CASES, ExerciseSlot, Prose

NAME = "level1/02-lenh-thu/lesson.md"


@pytest.fixture
def lesson(folder, facts):
    return load_lesson(folder, facts)


def faults(folder, facts):
    with pytest.raises(LessonError) as caught:
        load_lesson(folder, facts)
    return str(caught.value).splitlines()


def test_the_folder_gives_key_course_slug_and_number(lesson):
    assert (lesson.key, lesson.course, lesson.slug) == ("level1/02-lenh-thu", "level1", "02-lenh-thu")
    assert lesson.number == "1.2"


def test_a_starter_is_numbered_from_zero(folder, facts):
    starter = folder.rename(folder.with_name("00-3-dang-nhap"))
    assert load_lesson(starter, facts).number == "0.3"


def test_blocks_stand_in_reading_order_with_their_lines(lesson, folder):
    source = (folder / "lesson.md").read_text(encoding="utf-8").splitlines()
    assert [slot.id for slot in lesson.slots] == ["doan-chu", "viec-tot", "den", "bia", "lenh", "day-be-che"]
    for block in lesson.blocks:
        line = source[block.line - 1]
        if isinstance(block, ExerciseSlot):
            assert line == f":::{{{block.kind}}} {block.id}"
        else:
            assert block.text.startswith(line)


def test_each_setting_has_its_prose_before_the_shared_slot(lesson):
    shown = [block.case if isinstance(block, Prose) else block.id for block in lesson.blocks]
    assert shown[6:10] == ["official", "trader", "citizen", "lenh"]
    slot = lesson.slot("lenh")
    assert set(slot.variants) == set(CASES)
    assert "một cửa" not in slot.variant("trader").statement
    assert len({slot.variant(case).statement for case in CASES}) == 3


def test_prose_between_exercises_of_a_case_stays_between_them(folder, facts):
    number = itertools.count(1)
    more = "\n\nGiữa chừng {}.\n\n:::{{choice}} them\nCâu?\n\n- [x] a\n- [ ] b\n:::\n::::"
    path = folder / "lesson.md"
    text = re.sub(
        r"^:::\n::::$",
        lambda _: ":::" + more.format(next(number)),
        path.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    path.write_text(text, encoding="utf-8")
    shown = [b.text if isinstance(b, Prose) else b.id for b in load_lesson(folder, facts).blocks]
    assert shown[9:14] == ["lenh", "Giữa chừng 1.", "Giữa chừng 2.", "Giữa chừng 3.", "them"]


def test_facts_are_put_in_with_the_day_they_were_checked(lesson):
    first = lesson.blocks[0]
    assert "Luật thử có hiệu lực từ 1/1/2026 (kiểm tra ngày 20/11/2026)" in first.text
    assert "{fact:luat-thu}" in lesson.source


def test_facts_are_put_into_statements_and_options_too(folder, facts, edit):
    edit("AI viết câu trả lời bằng cách nào?", "Biết rằng {fact:luat-thu}, chọn gì?")
    edit(":why: AI đoán", ":why: {fact:luat-thu}. AI đoán")
    choice = load_lesson(folder, facts).slot("doan-chu").variant("citizen")
    assert (
        choice.statement == "Biết rằng Luật thử có hiệu lực từ 1/1/2026 (kiểm tra ngày 20/11/2026), chọn gì?"
    )
    assert choice.why.startswith("Luật thử có hiệu lực")


def test_decomposed_text_reads_as_composed(folder, facts, lesson):
    path = folder / "lesson.md"
    path.write_text(unicodedata.normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")
    samples = folder / "samples.yaml"
    samples.write_text(unicodedata.normalize("NFD", samples.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_lesson(folder, facts) == lesson


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(folder, facts, lesson):
    path = folder / "lesson.md"
    text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_lesson(folder, facts) == lesson


def test_a_code_block_may_show_the_syntax(folder, facts, edit):
    edit("Bây giờ tới lượt bạn.", "```\n:::{choice} khong-phai-bai\n:::\n```")
    assert len(load_lesson(folder, facts).slots) == 6


# what stands in the lesson, what is put there, the line that must be named ("" = the change itself), the message
BROKEN = [
    ("- [x] Đoán chữ hợp", "- [ ] Đoán chữ hợp", "- [ ] Tra một", "choice: chưa có lựa chọn đúng: đánh dấu [x]"),
    ("title: Lệnh thử\n", "", "minutes: 12", "title: thiếu mục này"),
    ("minutes: 12", "minutes: 20", "", "minutes: không được quá 15"),
    ("minutes: 12", "minutes: mười", "", "minutes: phải là số nguyên"),
    ("safety: false", "safty: false", "", "safty: không có mục này; xem lại chính tả"),
    ("skills: [lenh-bon-phan]", "skills: []", "", "skills: còn thiếu: cần ít nhất 1 mục"),
    ("skills: [lenh-bon-phan]", "skills: [lenh-bon-phan", "goals:", "không đọc được YAML"),
    ("level: 1", "level: 2", "---", "level là 2 nhưng thư mục là level1"),
    (":points: 3", ":points: ba", "", "choice: points: phải là số"),
    (":points: 3", ":point: 3", "", "choice: không có tùy chọn “point”"),
    (":points: 3", ":why: a\n:why: b", ":why: b", "choice: tùy chọn “why” có hai lần"),
    (":points: 3\n", "\nCâu:\n:điểm: 3\n", ":điểm: 3", "choice: dòng tùy chọn “:điểm: 3” phải đứng liền dưới"),
    (":::{choice} viec-tot", ":::{choice} doan-chu\n:why: hai", "", "choice: id “doan-chu” đã dùng ở dòng 18: đổi id"),
    (":::{choice} viec-tot", ":::{choice}", ":::{choice}\n", "choice: thiếu id"),
    (":::{choice} viec-tot", ":::{choice} Việc_tốt", "", "choice: id “Việc_tốt” chỉ dùng chữ thường không dấu"),
    (":::{choice} viec-tot", ":::{choise} viec-tot", "", "không có loại bài “choise”; các loại: c"),
    (":::{choice} viec-tot", ":::choice viec-tot", "", "không hiểu dòng “:::choice viec-tot”"),
    (":::{choice} viec-tot", "- :::{choice} viec-tot", "", "khối phải bắt đầu ở đầu dòng"),
    ("- [ ] Ký thay bạn\n:::", "- [ ] Ký thay bạn", ":::{choice} viec-tot", "choice: khối này chưa đóng trước khi"),
    ("Hãy giảng cho Bé Chè.\n:::", "Hãy giảng cho Bé Chè.", ":::{teach}", "teach: khối này chưa đóng: thêm dòng :::"),
    ("Bây giờ tới lượt bạn.", "::::", "::::", "dấu ::: này thừa"),
    ("- Xanh: Lịch đổ", "- Tím: Lịch đổ", "", "sort: nhóm “Tím” không có trong groups: Đỏ | Xanh"),
    (":groups: Đỏ | Xanh\n", "", ":::{sort}", "sort: groups: cần ít nhất hai nhóm"),
    (" | Năm 2031 còn chưa tới.]]", "]]", "> Theo [[x", "spot: đoạn sai thiếu lý do"),
    ("[[x 300 vạn dân |", "[[300 vạn dân |", "", "spot: không hiểu “[[300 vạn dân"),
    ("polarity: must_not", "polarity: khong", "polarity: khong", "prompt: rubric.1.polarity: chỉ được là một trong"),
    ("points: 2\nmin_words", "points: 3\nmin_words", "rubric:", "prompt: điểm các tiêu chí cộng lại là 2, nhưng"),
    ("min_words: 5\n", "min_words: 5\nmin_words: 6\n", "min_words: 6", "prompt: YAML: khóa “min_words” có hai lần"),
    ("reference: |\n  Bạn là cán", "referense: |\n  Bạn là cán", "", "prompt: không có tùy chọn “referense”"),
    ("hơn hẳn.\n---\n", "hơn hẳn.\n", ":::{prompt}", "prompt: phần đầu YAML chưa đóng: thêm dòng ---"),
    ("::::{case} trader", "::::{case} nong-dan", "", "case: “nong-dan” không phải một trong: official, trader, citizen"),
    ("::::{case} citizen", "Xen\n\n::::{case} citizen", "::::{case} official", "case: thiếu citizen: ba trường hợp"),
    ("::::{case} official", ":::{case} official", "", "case: mở và đóng case bằng nhiều dấu hai chấm hơn"),
    ("{fact:luat-thu}", "{fact:khong-co}", "{fact:khong-co}", "fact “khong-co” chưa có trong courses/catalog/facts"),
    ("Gợi ý ý tưởng", "=== BEGIN MARK SCHEME ===", "- [x] ===", "trùng dấu hiệu riêng của nbgrader"),
]  # fmt: skip


@pytest.mark.parametrize("case", BROKEN, ids=[case[3] for case in BROKEN])
def test_a_fault_is_named_with_its_line_and_mend(folder, facts, edit, case):
    old, new, at, message = case
    edit(old, new)
    text = (folder / "lesson.md").read_text(encoding="utf-8")
    line = text[: text.index(at or new)].count("\n") + 1
    if at == ":::{prompt}":
        line += 1  # the header's own first line
    told = faults(folder, facts)
    assert any(fault.startswith(f"{NAME}:{line}: ") and message in fault for fault in told), (line, told)


def test_the_three_settings_give_the_same_points(folder, facts):
    path = folder / "lesson.md"
    head, tail = path.read_text(encoding="utf-8").split("::::{case} trader")
    tail = tail.replace("points: 2", "points: 3", 1).replace("text: ", "points: 1.5, text: ", 2)
    path.write_text(f"{head}::::{{case}} trader{tail}", encoding="utf-8")
    assert faults(folder, facts) == [
        f"{NAME}:89: prompt: points là 3, trong official là 2: sửa cho bằng nhau"
    ]


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (":::{prompt} lenh-khac", "bài “lenh-khac” phải là “lenh” như trong official"),
        (":::{teach} lenh", "teach: bài “lenh” là prompt trong official"),
    ],
)
def test_an_exercise_of_another_id_or_kind_in_one_setting_is_named(folder, facts, new, message):
    path = folder / "lesson.md"
    head, tail = path.read_text(encoding="utf-8").split("::::{case} trader")
    own = tail[tail.index("misconceptions:") : tail.index("---\nBé Chè hỏi")] if "teach" in new else ""
    tail = tail.replace(":::{prompt} lenh", new, 1).replace(
        "sample_reply: |\n  Chè móc câu thơm mùi cốm.\n", own
    )
    path.write_text(f"{head}::::{{case}} trader{tail}", encoding="utf-8")
    told = faults(folder, facts)
    assert len(told) == 1
    assert told[0].startswith(f"{NAME}:89: ")
    assert message in told[0]


def test_several_faults_of_one_file_are_told_in_order(folder, facts, edit):
    edit("- [x] Đoán chữ hợp", "- [ ] Đoán chữ hợp")
    edit(":points: 3", ":points: ba")
    edit("- Xanh: Lịch đổ", "- Tím: Lịch đổ")
    told = faults(folder, facts)
    lines = [int(fault.split(":")[1]) for fault in told]
    assert len(told) == 3
    assert lines == sorted(lines)


def test_the_faults_of_all_lessons_are_told_together(root, folder, facts, edit):
    shutil.copytree(folder, folder.with_name("03-khac"))
    edit("- [x] Đoán chữ hợp", "- [ ] Đoán chữ hợp")
    edit("title: Lệnh thử\n", "")
    (folder.with_name("03-khac") / "lesson.md").write_text("không có đầu", encoding="utf-8")
    with pytest.raises(LessonError) as caught:
        load_lessons(root, facts)
    assert {fault.path for fault in caught.value.faults} == {NAME, "level1/03-khac/lesson.md"}


def test_a_lesson_is_parsed_again_only_when_it_its_samples_or_the_facts_changed(folder, facts, edit):
    first = load_lesson(folder, facts)
    assert load_lesson(folder, facts) is first
    assert load_lesson(folder, facts, with_samples=False).samples == ()
    assert load_lesson(folder, dict(facts)) is not first
    edit("title: Lệnh thử", "title: Lệnh hay")
    assert load_lesson(folder, facts).title == "Lệnh hay"
    (folder / "samples.yaml").unlink(missing_ok=True)
    assert load_lesson(folder, facts).samples == ()


def test_two_lessons_may_not_share_a_number(root, folder, facts):
    shutil.copytree(folder, folder.with_name("02-lenh-khac"))
    with pytest.raises(LessonError, match=r"số 1\.2 đã là của level1/02-lenh-khac"):
        load_lessons(root, facts)


@pytest.mark.parametrize("name", ["2-lenh", "02_lenh", "00-lenh", "02-Lệnh", "lenh"])
def test_a_folder_with_a_bad_name_is_refused(folder, facts, name):
    moved = folder.rename(folder.with_name(name))
    assert "tên thư mục phải như level1/02-ten-bai" in faults(moved, facts)[0]


def test_a_file_that_is_not_utf8_is_refused(folder, facts):
    (folder / "lesson.md").write_bytes(b"---\n\xff\xfe")
    assert faults(folder, facts) == [f"{NAME}:1: tệp không phải UTF-8: lưu lại với bảng mã UTF-8"]


def test_a_lesson_without_front_matter_or_exercises_is_refused(folder, facts):
    path = folder / "lesson.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(":::{choice}")], encoding="utf-8")
    (folder / "samples.yaml").unlink()
    assert faults(folder, facts) == [f"{NAME}:1: bài học chưa có bài tập nào"]
    path.write_text(text[4:], encoding="utf-8")
    assert "thiếu phần đầu" in faults(folder, facts)[0]
