"""The daily run on works with hard checks: rules and the judge earn together, in a text and in a file."""

from __future__ import annotations

import pytest

from autograder.openai_judge import OpenAIJudge
from courses.exercises.base import canonical_hash
from tests.autograder.daily.conftest import PRODUCT_LESSON as SLUG
from tests.autograder.daily.conftest import attested
from tests.fake_openai import FakeOpenAI, by_keyword
from tests.hub_config.files.conftest import letter
from tests.hub_config.files.test_reader import live

# cong-van: form 2 points (its share), words 1 point, no personal data as gate; the rubric: viec 1, han 1.
TEXT = """CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 12/UBND-VP
Phường Mẫu, ngày 12 tháng 11 năm 2026
V/v đổi lịch thu gom rác
Kính gửi: Các tổ dân phố
Mùa này xe rác tới sớm hơn, đúng năm rưỡi các ngày thứ ba và thứ năm. Phường đề nghị các tổ chép giờ mới lên bảng
tin, nhắn vào nhóm Zalo, ghé nhà người già ở một mình mà dặn. Việc này cần xong trước ngày 20 tháng 11.
TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Nơi nhận:
- Như trên."""
KEYWORDS = {"viec": "đề nghị các tổ", "han": "trước ngày"}


@pytest.fixture
def provider():
    with FakeOpenAI(by_keyword(KEYWORDS)) as fake:
        yield fake


@pytest.fixture
def judge(provider):
    return lambda: OpenAIJudge(provider.base_url, "key", "fake", retries=0)


def document(text, **facts):
    """A word document as the server attests it."""
    known = {"text": text, "words": len(text.split()), **facts}
    return {
        "id": canonical_hash(known),
        "name": "công văn.docx",
        "type": "docx",
        "size": 20_000,
        "facts": known,
    }


@pytest.fixture
def read(tmp_path):
    return lambda data, name: attested(data, name, tmp_path)


def mark_of(ward, judge, answer, username="lan"):
    """Hand in one answer to cong-van, run the day, return the mark and what the gradebook says."""
    receipt = ward.submit(username, SLUG, {"cong-van": answer}, case="official")
    ward.run(judge=judge())
    mark, grade = ward.marks(receipt)["cong-van"], ward.grade(username, "cong-van")
    assert grade["auto"] == mark.score
    return mark, grade


FORMS = {"text": lambda text: {"text": text}, "docx": lambda text: {"file": document(text)}}


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize(
    ("text", "score", "signs"),
    [
        (TEXT, 5, "✓✓✓✓✓"),
        (TEXT.replace("Nơi nhận:\n- Như trên.", "Gửi các tổ."), 4.71, "✗✓✓✓✓"),  # 2 × 6/7 + 1 + 2
        (TEXT.replace("trước ngày 20 tháng 11", "thật sớm"), 4, "✓✓✓✓✗"),
        (
            TEXT.replace("V/v đổi lịch thu gom rác", "").replace("trước ngày 20 tháng 11", "sớm"),
            3.71,
            "✗✓✓✓✗",
        ),
        (
            (
                "Nay phường đề nghị các tổ chép giờ mới lên bảng tin, nhắn vào nhóm Zalo, ghé nhà người già ở một mình mà "
                "dặn. Xe rác tới sớm hơn, đúng năm rưỡi thứ ba và thứ năm. Việc này cần xong trước ngày 20 tháng 11."
            ),
            2,
            "✗✗✓✓✓",
        ),
        ("chè " * 70, 1, "✗✓✓✗✗"),
    ],
)
def test_a_failing_check_and_judged_criteria_add_up_to_the_right_total(
    products, judge, kind, text, score, signs
):
    mark, grade = mark_of(products, judge, FORMS[kind](text))
    assert mark.score == pytest.approx(score, abs=0.005)
    assert (mark.source, mark.status) == ("ai", "right" if score == 5 else "partly")
    assert "".join(line[0] for line in mark.comment.splitlines()) == signs
    assert grade["needs"] == 0
    assert grade["comment"] == mark.comment


@pytest.mark.parametrize("kind", FORMS)
def test_a_gate_that_fails_earns_nothing_and_asks_no_judge(products, judge, provider, kind):
    mark, grade = mark_of(products, judge, FORMS[kind](f"{TEXT}\nĐiện thoại: 0912 345 678"))
    assert (mark.score, mark.source, grade["needs"]) == (0, "rule", 0)
    assert "số điện thoại" in grade["comment"]
    assert provider.calls == 0


def test_a_real_word_document_is_marked_by_how_it_is_set_and_by_what_it_says(products, judge, read):
    good, _ = mark_of(products, judge, {"file": read(letter(), "đúng.docx")}, "lan")
    wide, _ = mark_of(products, judge, {"file": read(letter(left=20, font="Arial"), "sai.docx")}, "mai")
    assert good.comment.splitlines()[0] == "✓ Đúng thể thức Nghị định 30/2020/NĐ-CP"
    assert wide.comment.splitlines()[0] == (
        "✗ Đúng thể thức Nghị định 30/2020/NĐ-CP: lề trái cần 30–35 mm, tệp đang là 20 mm; "
        "phông chữ cần là Times New Roman, tệp đang có Arial"
    )
    assert good.score - wide.score == pytest.approx(2 * 2 / 19, abs=0.011), (
        "two of nineteen things, of two points"
    )


def test_the_same_words_are_judged_once_though_their_documents_are_set_otherwise(products, judge, provider):
    sheet = {"width": 210, "height": 297, "top": 20, "bottom": 20, "left": 30, "right": 15}
    form = {"fonts": {"Times New Roman": 9}, "colours": {"000000": 9}}
    for username, left in (("lan", 30), ("mai", 10)):
        file = document(TEXT, pages=1, form={**form, "sheets": [{**sheet, "left": left}]})
        products.submit(username, SLUG, {"cong-van": {"file": file}}, case="official")
    products.submit("tam", SLUG, {"cong-van": {"text": TEXT}}, case="official")
    report = products.run(judge=judge())
    assert (report.judged, report.ledger_hits, report.identical) == (1, 0, 2)
    assert sum(asked.kind == "verdicts" for asked in provider.asked) == 1
    scores = {name: products.grade(name, "cong-van")["auto"] for name in ("lan", "mai", "tam")}
    assert scores == {"lan": 5, "mai": pytest.approx(3 + 2 * 14 / 15, abs=0.005), "tam": 5}


def test_a_second_run_and_a_lost_gradebook_give_the_same_totals(products, judge, provider):
    products.submit(
        "lan", SLUG, {"cong-van": {"file": document(TEXT.replace("Nơi nhận:", ""))}}, case="official"
    )
    products.run(judge=judge())
    before, calls = products.canonical(), provider.calls
    for path in products.course.glob("gradebook.db*"):
        path.unlink()
    products.run(judge=judge())
    assert products.canonical() == before
    assert provider.calls == calls


def test_an_abstention_leaves_what_the_checks_found_for_the_person_who_marks(products, judge, provider):
    provider.band = lambda _: 0  # the second signal disagrees
    mark, grade = mark_of(products, judge, {"file": document(TEXT)})
    assert (mark.score, mark.reason, grade["needs"]) == (None, "signals_disagree", 1)
    assert grade["comment"] == mark.comment
    assert mark.comment.startswith("✓ Đúng thể thức")


def test_without_a_judge_the_checks_are_told_and_the_whole_waits(products):
    receipt = products.submit("lan", SLUG, {"cong-van": {"file": document(TEXT)}}, case="official")
    report = products.run()
    mark = products.marks(receipt)["cong-van"]
    assert (mark.score, mark.status, report.waiting) == (None, "waiting", 1)
    assert mark.comment.startswith("✓ Đúng thể thức")
    assert products.grade("lan", "cong-van")["needs"] == 1


@pytest.mark.parametrize("broken", [{"cut": True}, {"type": "audio"}])
def test_work_that_a_judge_cannot_see_whole_is_for_a_person_whose_mark_counts(
    products, judge, provider, read, broken
):
    file = read(live(), "lời.webm") if "type" in broken else document(TEXT, **broken)
    file = {**file, "type": "docx"} if "type" in broken else file  # its words are nowhere
    mark, grade = mark_of(products, judge, {"file": file})
    assert (mark.score, grade["needs"], provider.calls) == (None, 1, 0)
    assert products.run(judge=judge()).waiting == 1, (
        "it is among those that the report says wait for a person"
    )
    products.mark_in_formgrader("lan", "cong-van", 3.5, "Cô đọc hết rồi.")
    assert products.run(judge=judge()).waiting == 0
    grade = products.grade("lan", "cong-van")
    assert (grade["manual"], grade["needs"]) == (3.5, 0)
    assert products.human_marks() == [("cong-van", 3.5, "Cô đọc hết rồi.", "formgrader")]
