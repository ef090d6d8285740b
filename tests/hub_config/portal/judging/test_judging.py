"""The page on whether the AI can be believed: who reads what, who decides, and what they are told."""

from __future__ import annotations

import json
import re

import pytest

from autograder.audit import silence
from autograder.calibration import Calibration, FileStore, calibration_key
from autograder.gate import Fit, curve
from autograder.judge import samples_of
from autograder.models import GateFit, Silence
from autograder.results import overrule
from autograder.signals import Gate
from courses.clock import now
from courses.school.db import session
from courses.school.submissions import find_submission
from courses.site import layout
from hub_config.ai.provider import CALIBRATIONS
from tests.autograder.test_gate import made
from tests.hub_config.portal.judging.conftest import KEY, NAME, PAGE, send

LIST = "quan-tri/cham"


def words(page):
    """Return a page's text without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


@pytest.mark.parametrize("user", ["lan", "le", "chu"])
def test_learners_and_officials_find_no_such_page(browser_of, judged, engine, user):
    judged("lan")
    client = browser_of(user)
    assert [client.get(path).status_code for path in (LIST, PAGE)] == [404, 404]
    assert LIST not in client.get("").text
    assert send(client, PAGE, action="nghi").status_code == 404
    with session(engine) as opened:
        assert silence.reasons(opened) == {}


def test_an_administrator_reads_what_was_judged_and_why_the_rest_was_not(browser_of, judged):
    judged("lan")
    judged("hoa", "Một câu trả lời khác hẳn, dài hơn một chút cho đủ chữ.", reason="signals_disagree")
    page = words(browser_of("quan").get(PAGE).text)
    assert "AI chấm 1" in page
    assert "Để lại cho người 1" in page
    assert "Các cách xét của máy cho kết quả khác nhau. 1 bài" in page
    overview = words(browser_of("quan").get(LIST).text)
    assert "AI chấm 1 bài, để lại cho người 1 bài." in overview
    assert "Chưa có bài nào được chấm lại." in overview


def test_a_trainer_reads_the_numbers_of_their_groups_without_names_and_decides_nothing(
    browser_of, judged, audited, engine
):
    judged("lan")
    judged("hoa")
    audited("an", 1, given=True)
    hung, binh = browser_of("hung"), browser_of("binh")
    assert "AI chấm 2 bài" in words(hung.get(LIST).text)
    assert "AI chấm 1 bài" in words(binh.get(LIST).text)
    assert "tính trên 1 bài chấm lại" in words(hung.get(LIST).text)
    assert "Chưa có bài nào được chấm lại" in words(binh.get(LIST).text)
    page = hung.get(PAGE).text
    assert not any(name in page for name in ("Nguyễn Thị Lan", "Chè lan", "Trần Văn An", "button"))
    assert send(hung, PAGE, action="nghi").status_code == 404
    with session(engine) as opened:
        assert silence.reasons(opened) == {}


def test_an_exercise_that_no_group_of_a_trainer_answered_is_not_theirs(browser_of, judged):
    judged("lan")
    assert browser_of("binh").get(PAGE).status_code == 404
    assert "Chưa có bài nào của tổ bạn" in browser_of("binh").get(LIST).text


@pytest.mark.parametrize(
    "path",
    [
        "quan-tri/cham/level1/99-khong-co/lenh",
        f"quan-tri/cham/{KEY}/khong-co",
        f"quan-tri/cham/{KEY}/thieu-phan",
    ],
)
def test_only_exercises_that_a_rubric_marks_have_a_page(browser_of, path):
    assert browser_of("quan").get(path).status_code == 404


def test_agreement_is_told_with_intervals_per_exercise_and_criterion(browser_of, audited):
    for number in range(6):
        audited("lan", number, given=True)
    audited("lan", 6, given=False)
    page = words(browser_of("quan").get(PAGE).text)
    assert "Số bài có cả điểm AI và điểm người 7" in page
    assert re.search(r"Cùng điểm 86 % 57–100 %", page)
    assert re.search(r"Độ giống người \(kappa có trọng số\) 0 ", page)
    assert "Lệnh nói AI đóng vai ai. Giống nhau 86 % (57 đến 100 %); kappa 0 (0 đến 0); 7 bài." in page


def test_marks_beside_the_judges_stand_apart(browser_of, judged, engine):
    receipt = judged("lan")
    with session(engine) as opened:
        overrule(opened, find_submission(opened, receipt), NAME, 2, "", "hung")
    page = words(browser_of("quan").get(PAGE).text)
    assert "Chưa có bài nào được chấm lại." in page
    assert page.count("Số bài có cả điểm AI và điểm người 1") == 1
    assert "Cùng điểm 0 % Độ giống người" in page  # one answer has no interval


def test_an_administrator_silences_and_lifts_signed_and_dated(browser_of, judged, engine):
    judged("lan")
    quan = browser_of("quan")
    done = send(quan, PAGE, action="nghi", note="Tiêu chí 4 chưa rõ.")
    assert "Đã cho AI nghỉ chấm bài tập này." in done.text
    assert "Người quản trị cho nghỉ." in done.text
    assert "AI đang nghỉ" in quan.get(LIST).text
    hung = browser_of("hung").get(PAGE).text
    assert "Tiêu chí 4 chưa rõ." in hung
    assert "do quan" not in hung
    with session(engine) as opened:
        row = opened.query(Silence).one()
        assert (row.by, row.cause, row.note) == ("quan", "hand", "Tiêu chí 4 chưa rõ.")
    again = send(quan, PAGE, action="nghi")
    assert (again.status_code, "AI đang nghỉ chấm bài tập này rồi." in again.text) == (422, True)
    lifted = send(quan, PAGE, action="cham-lai", note="Đã sửa.")
    assert "Đã cho AI chấm lại bài tập này." in lifted.text
    assert "do quan" in words(lifted.text)
    with session(engine) as opened:
        assert silence.reasons(opened) == {}
        assert opened.query(Silence).one().lifted_by == "quan"


def test_too_long_a_note_and_an_unknown_action_change_nothing(browser_of, judged, engine):
    judged("lan")
    quan = browser_of("quan")
    long = send(quan, PAGE, action="nghi", note="x" * 501)
    assert (long.status_code, "x" * 501 in long.text, "500 ký tự" in long.text) == (422, True, True)
    assert send(quan, PAGE, action="xoa").status_code == 422
    with session(engine) as opened:
        assert silence.reasons(opened) == {}


def test_why_it_is_silent_by_itself_is_told_in_numbers(browser_of, judged, engine):
    judged("lan")
    with session(engine) as opened:
        opened.add(
            Silence(
                lesson=KEY, exercise=NAME, cause="audit", at=now(),
                facts={"pairs": 12, "qwk": 0.413, "exact": 0.5, "silent": True},
            )
        )  # fmt: skip
    assert "Tự nghỉ: trong 12 bài chấm lại, độ giống người chỉ 0,41." in browser_of("quan").get(PAGE).text


@pytest.mark.parametrize(
    ("cause", "facts", "said"),
    [
        (
            "audit",
            {"pairs": 5, "qwk": None, "exact": 0.2},
            "trong 5 bài chấm lại, chỉ 20 % cùng điểm với người",
        ),
        (
            "trust",
            {"claims": 30, "lost": 15, "judge": "m"},
            "trong 30 chỗ AI dẫn gần đây, 15 chỗ không có trong bài",
        ),
    ],
)
def test_other_reasons_of_its_own_are_told_too(browser_of, judged, engine, cause, facts, said):
    judged("lan")
    with session(engine) as opened:
        opened.add(Silence(lesson=KEY, exercise=NAME, cause=cause, at=now(), facts=facts))
    assert said in browser_of("quan").get(PAGE).text


def test_the_trust_meter_tells_the_share_of_lost_quotes(browser_of, judged):
    for number in range(6):
        judged("lan", f"Bạn là cán bộ một cửa, viết giúp mình thông báo số {number}.", claims=4, lost=1)
    page = words(browser_of("quan").get(PAGE).text)
    assert (
        "Trong 24 chỗ AI dẫn gần đây, 6 chỗ không có trong bài (25 %). Quá 40 % thì AI tự nghỉ"
        in page.replace(" ,", ",").replace(" (", " (")
    )


def test_failed_calibration_is_told_in_words(browser_of, site, lessons, exercise, judged):
    judged("lan")
    samples = samples_of(lessons[KEY], NAME, "citizen")
    key = calibration_key(exercise, samples, "m", "p", Gate())
    store = FileStore(layout(site).ai / CALIBRATIONS)
    failures = ("“Viết giúp tôi thông báo”: vai, dinh-dang", "AI bỏ qua quá nửa số bài mẫu")
    kept = {"exercise": NAME, "prompt_hash": "p", "decided": 3, "asked": 9, "at": now().isoformat()}
    store.put(key, Calibration(model="m", passed=False, failures=failures, **kept))
    store.put("another-exercise", Calibration(model="other", passed=True, **kept))
    page = words(browser_of("quan").get(PAGE).text)
    assert "Chưa đạt m, " in page
    assert "tự chấm 3/9 bài mẫu" in page
    assert (
        "Bài mẫu “Viết giúp tôi thông báo…”: AI chấm khác người soạn ở tiêu chí Lệnh nói AI đóng vai ai; "
        in page
    )
    assert "AI bỏ qua quá nửa số bài mẫu." in page
    assert "other" not in page


def test_the_gates_curve_is_a_picture_and_a_table_that_say_the_same(browser_of, engine):
    assert "Chưa có số liệu." in browser_of("quan").get(LIST).text
    evidence = made((0, 0.25, 60, 1), (0.3, 0.9, 60, 0.2))
    points = curve(evidence, [own.distance for own in evidence], Gate())
    fit = Fit(tolerance=0.25, how="kept", curve=points)
    with session(engine) as opened:
        opened.add(
            GateFit(
                judge="m", prompt_hash="p", start=0.25, tolerance=fit.tolerance, how=fit.how, at=now(),
                curve=[json.loads(point.model_dump_json()) for point in points],
            )
        )  # fmt: skip
    page = browser_of("quan").get(LIST).text
    assert page.count("<svg") == 1
    assert page.count('class="chosen"') == 1
    at = {point.tolerance: point for point in points}
    shown = words(page)
    assert f"25 % (đang dùng) {100 * at[0.25].coverage:.0f} % 60 1 1–1" in shown
    assert "Ở mức đang dùng, AI tự chấm 50 % số câu và giống người 1 (1 đến 1)." in shown
    assert "Ở mức đặt sẵn, AI và người đủ giống nhau, nên giữ nguyên." in shown
    xs = [float(x) for x in re.findall(r'<(?:circle|rect)[^>]* (?:cx|x)="([\d.]+)"', page)]
    assert xs == sorted(xs)
    assert all(46 - 7 <= x <= 344 for x in xs)
