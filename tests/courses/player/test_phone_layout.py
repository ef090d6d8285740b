"""What a phone's width does to a page, looked at with the page's own style sheet and no kernel."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from courses.exercises.markdown import render
from courses.exercises.terms import render_with_terms
from courses.player.assets import bundle

GROUPS = [
    ["Đỏ", "Vàng", "Xanh"],
    ["Máy", "Mạng", "Ứng dụng"],
    ["Cao", "Trung bình", "Thấp"],
    ["Đã chốt", "Mới bàn", "Bỏ"],
]


@pytest.fixture
def phone(chromium):
    """Return a function that shows HTML on a phone, inside a card of the lesson page."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    page = context.new_page()

    def show(html):
        head = f'<!doctype html><html lang="vi"><style>{bundle().page_css}</style>'
        page.set_content(
            f'{head}<body class="bdhai-page"><main><div class="prose bdh-card card">{html}</div></main>'
        )
        return page

    yield show
    context.close()


@pytest.mark.parametrize("groups", GROUPS, ids="-".join)
def test_three_short_groups_stand_in_one_row(phone, groups):
    picks = "".join(f'<label class="pick"><input type="radio"><span>{name}</span></label>' for name in groups)
    page = phone(f'<fieldset class="sort-item"><div class="sort-groups">{picks}</div></fieldset>')
    tops = page.locator(".pick").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    heights = page.locator(".pick").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) >= 48


def test_many_groups_stand_in_two_even_columns(phone):
    names = ["Chủ thể", "Cảnh", "Ánh sáng", "Bố cục", "Điều cấm"]
    picks = "".join(f'<label class="pick"><input type="radio"><span>{name}</span></label>' for name in names)
    page = phone(f'<div class="sort-groups sort-groups-many">{picks}</div>')
    widths = page.locator(".pick").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert max(widths) - min(widths) < 1


def test_a_step_of_an_order_is_one_row_at_360_px_with_targets_of_44(phone):
    line = '<span class="sort-line"><span class="sort-number">5.</span><span>Chức vụ người ký và nơi nhận</span></span>'
    arrows = '<span class="sort-arrows"><button class="sort-arrow">↑</button><button class="sort-arrow">↓</button></span>'
    page = phone(f'<div class="sort-step"><button class="sort-grip">⠿</button>{line}{arrows}</div>')
    page.set_viewport_size({"width": 360, "height": 740})
    boxes = [
        page.locator(f".{name}").first.bounding_box() for name in ("sort-grip", "sort-line", "sort-arrows")
    ]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert max(middles) - min(middles) < 2
    targets = page.locator("button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
    )
    assert min(targets) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_number_of_a_step_is_never_cut_from_its_full_stop(phone):
    text = "Số, ký hiệu, nơi và ngày viết của văn bản này"
    line = f'<span class="sort-line"><span class="sort-number">3.</span><span>{text}</span></span>'
    page = phone(f'<div class="sort-step"><button class="sort-grip">⠿</button>{line}</div>')
    number = page.locator(".sort-number").bounding_box()
    assert number["height"] < 40


def test_a_table_of_a_lesson_breaks_between_words_and_scrolls_in_its_own_frame(phone):
    head = "| Ý | Nguồn 1 (20/11) | Nguồn 2 (21/11) | Kết quả | Ghi chú thêm |"
    page = phone(render(f"{head}\n|---|---|---|---|---|\n| Ngày tiêm | 5/12 | 5/12 | Khớp | không |"))
    cut = page.locator("th, td").evaluate_all(
        """all => all.filter(cell => {
            const range = document.createRange();
            return cell.textContent.split(" ").some(word => {
                const at = cell.textContent.indexOf(word);
                range.setStart(cell.firstChild, at);
                range.setEnd(cell.firstChild, at + word.length);
                return range.getClientRects().length > 1;
            });
        }).map(cell => cell.textContent)"""
    )
    assert cut == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_full_stop_stays_in_the_line_of_the_word_before_it(phone):
    page = phone(
        render_with_terms("Văn bản cũng có khuôn, gọi là {term:x|thể thức}. Hết.", {"x": "Khung."}, 1)
    )
    apart = page.evaluate(
        """() => {
            const paragraph = document.querySelector(".prose p"), term = document.querySelector(".term");
            const stop = document.createRange(), found = [];
            const note = document.querySelector(".term-note");
            stop.setStart(note.nextSibling, 0);
            stop.setEnd(note.nextSibling, 1);
            for (let width = 100; width < 350; width++) { // somewhere a line is just full behind the word
                paragraph.style.width = `${width}px`;
                if (stop.getBoundingClientRect().top > term.getBoundingClientRect().bottom - 20) found.push(width);
            }
            return found;
        }"""
    )
    assert apart == []


def test_a_long_cell_is_read_whole_and_an_authors_line_end_is_one(phone):
    page = phone(
        '<div class="table-region table-wrap"><table class="table-grid"><tr><td class="table-text">'
        "<textarea rows=1>Bà Nhài 0900 000 111, số 5 ngõ 7</textarea></td></tr></table></div>"
        '<div class="spot-text"><p>Thứ ba;\nThứ năm.</p></div>'
    )
    cell = page.locator("textarea")
    assert cell.evaluate("it => it.scrollHeight <= it.clientHeight + 1 && it.scrollWidth <= it.clientWidth")
    assert page.locator(".spot-text p").bounding_box()["height"] >= 100


def test_a_long_answer_chosen_from_a_list_is_read_whole(opened):
    """A closed list on a phone shows the first half of a sentence: the whole one stands below it then, and only then."""
    hand = opened("22-sort-thu-tu", viewport={"width": 320, "height": 700}, has_touch=True, is_mobile=True)
    row = hand.card(3).locator(".sort-item").first
    whole, long = row.locator(".sort-whole"), "Chuyện sức khỏe, không đưa lên"
    expect(whole).to_be_hidden()
    row.locator("select").select_option(label=long)
    expect(whole).to_be_visible()
    expect(whole).to_have_text(long)
    hand.page.set_viewport_size({"width": 1280, "height": 800})
    expect(whole).to_be_hidden()
    row.locator("select").select_option("")
    hand.page.set_viewport_size({"width": 320, "height": 700})
    expect(whole).to_be_hidden()
