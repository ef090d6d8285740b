"""Files from a learner's page through their own server, the real portal and the real reader, to check and result."""

from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Page, expect

from courses.lessons.build import build_all
from courses.site import REPOSITORY, Site
from hub_config.portal.shelf import Shelf
from tests.courses.player.learner_server import LearnerServer, running
from tests.courses.player.pages import card, looks_well, open_lesson, saved
from tests.hub_config.portal.conftest import filled, serving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

TABLE = "26-table-so-thu-chi"
SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desk": {"viewport": {"width": 1280, "height": 800}},
}
HEAD = ["Ngày", "Mặt hàng", "Số tiền (đồng)"]
SOLD = [
    ["2/11/2026", "Chè búp", "360.000"],
    ["3/11/2026", "Gạo nếp", "140.000"],
    ["5/11/2026", "Mật ong", "240.000"],
]


def csv(*rows, sign=";", encoding="utf-8-sig"):
    return "\r\n".join(sign.join(row) for row in rows).encode(encoding)


def xlsx(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def picture():
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def learner(tmp_path_factory, hub, empty_database):
    """Lan's server and the portal that it talks to."""
    root = tmp_path_factory.mktemp("tep-that")
    shutil.copytree(REPOSITORY / "tests" / "lessons" / "level1" / TABLE, root / "bai" / "level1" / TABLE)
    build_all(root / "bai", root / "out")
    shutil.copytree(root / "out" / "level1" / "release" / TABLE, root / "home" / "level1" / TABLE)
    site = Site(data=root / "data", lessons=root / "bai", auth="demo")
    filled(site, empty_database).dispose()
    who = {"JUPYTERHUB_USER": "lan", "JUPYTERHUB_API_TOKEN": hub.token("lan")}
    with (
        serving(site, hub, shelf=Shelf(root / "bai", every=3600)) as portal,
        running(root, TABLE, SimpleNamespace(url=portal.url), **who) as server,
    ):
        yield server


@dataclass
class Grid:
    """The first table of the lesson on one screen."""

    page: Page
    server: LearnerServer
    name: str
    shots: str

    @property
    def part(self):
        return card(self.page, 1)

    def take(self, name, data):
        with self.page.expect_file_chooser() as choosing:
            self.part.get_by_role("button", name="Lấy từ tệp Excel, CSV").click()
        choosing.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})

    def rows(self):
        cells = self.part.locator("tbody [data-row]")
        values = cells.evaluate_all("all => all.map(it => [it.dataset.row, it.value])")
        found = {}
        for row, value in values:
            found.setdefault(row, []).append(value)
        return list(found.values())

    def stored(self):
        path = self.server.folder / "answers.json"
        return json.loads(path.read_text())["answers"].get("so-cho") if path.exists() else None

    def check(self):
        self.part.get_by_role("button", name="Kiểm tra").click()
        verdict = self.part.locator(".bdh-verdict")
        expect(verdict).to_be_visible()
        return verdict.inner_text()

    def looks_well(self, what):
        picture = Path(self.shots, f"bang-{what}-{self.name}.png") if self.shots else None
        looks_well(self.part, ".table-tools", picture)


@pytest.fixture
def open_grid(chromium, learner, request):
    contexts = []

    def start(screen):
        for left in learner.folder.glob("*answers.json*"):
            left.unlink()
        context = chromium.new_context(locale="vi-VN", **SCREENS[screen])
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = open_lesson(context.new_page(), learner)
        return Grid(page, learner, screen, request.config.getoption("--shots"))

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def grid(open_grid):
    return open_grid("phone")


TITLED = [["SỔ CHỢ THÁNG 11"], [], ["Số tiền", "Ghi chú", "Ngày", "Mặt hàng"]]
BOOK = [
    *TITLED,
    [360000, "sáng", date(2026, 11, 2), "Chè búp"],
    [140000.0, None, date(2026, 11, 3), "Gạo nếp"],
    ["240 000", None, "5/11/2026", "Mật ong"],
]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("name", "data", "money"),
    [
        ("sổ chợ.csv", csv(HEAD, *SOLD), ["360.000", "140.000", "240.000"]),
        ("sổ chợ.xlsx", xlsx(*BOOK), ["360000", "140000", "240 000"]),
    ],
)
def test_a_good_table_comes_in_from_a_file_and_is_right(open_grid, screen, name, data, money):
    grid = open_grid(screen)
    grid.take(name, data)
    expect(grid.part).to_contain_text("Đã điền 3 dòng.")
    assert [[goods, paid] for _, goods, paid in grid.rows()] == [
        [row[1], paid] for row, paid in zip(SOLD, money, strict=True)
    ]
    expect(grid.part.get_by_role("button", name="Lấy từ tệp Excel, CSV")).to_be_focused()
    grid.looks_well(f"lay-tu-{name[-3:]}")
    assert "Đúng rồi." in grid.check()
    saved(grid.page)
    assert grid.stored() == {"rows": grid.rows()}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", csv(*SOLD)),
        ("a.csv", csv(HEAD, *([day, goods, money.replace(".", ",") + ".00"] for day, goods, money in SOLD))),
        ("a.csv", csv(HEAD, *([day, goods, f'"{money},00"'] for day, goods, money in SOLD), sign=",")),
        ("a.csv", csv(HEAD, *SOLD, sign="\t", encoding="utf-16")),
        ("a.csv", csv([*HEAD, "Ghi chú"], *([*row, ""] for row in SOLD))),
        ("a.xlsx", xlsx(HEAD, *SOLD)),
    ],
)
def test_each_way_that_spreadsheets_write_a_table_is_understood(grid, name, data):
    grid.take(name, data)
    expect(grid.part).to_contain_text("Đã điền 3 dòng.")
    assert "Đúng rồi." in grid.check()


@pytest.mark.parametrize(
    ("data", "failed"),
    [
        (csv(HEAD, *SOLD[:2], SOLD[1]), ["Không chép trùng", "Tổng tiền khớp với lời kể"]),
        (xlsx(HEAD, *SOLD, SOLD[0]), ["Đủ số lần bán", "Không chép trùng", "Tổng tiền khớp với lời kể"]),
        (xlsx(HEAD, *SOLD[:2], ["5/11/2026", "Mật ong", 240000.5]), ["Tổng tiền khớp với lời kể"]),
        (
            csv(HEAD, *SOLD[:2], ["hôm kia", "Mật ong", "240.000"]),
            ["Ngày, mặt hàng, số tiền ô nào cũng đúng kiểu"],
        ),
        (
            csv(HEAD, *SOLD[:2], ["31/11/2026", "Mật", "240 cân"]),
            ["Ngày, mặt hàng, số tiền ô nào cũng đúng kiểu", "Tổng tiền khớp với lời kể"],
        ),
    ],
)
def test_what_a_file_brings_is_checked_as_data_types_duplicates_and_totals(grid, data, failed):
    grid.take("so.xlsx", data)
    expect(grid.part).to_contain_text(re.compile(r"Đã điền [34] dòng\."))
    told = re.search(r"Cần xem lại: (.*)\.", grid.check())
    assert told[1].split("; ") == failed


STAYS = "Bảng ở đây vẫn như cũ."
BROKEN = xlsx(HEAD, *SOLD)[:-400]
MALFORMED = {
    "broken": (BROKEN, "Tệp này hỏng hoặc chưa đủ. Bạn mở bằng Word, Excel hay PowerPoint, lưu lại thành tệp mới rồi gửi."),
    "old": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "kiểu Office cũ (.doc, .xls, .ppt)"),
    "empty": (b"", "Tệp này trống."),
    "bytes": (bytes(range(200, 256)) * 9, "Máy chưa nhận ra kiểu tệp này."),
    "picture": (picture(), f"Đây không phải tệp Excel (.xlsx) hay CSV nên không có bảng để lấy. Bạn chọn lại tệp giúp nhé. {STAYS}"),
    "blank sheet": (xlsx(), f"Trang tính đầu tiên của tệp này còn trống. Bạn để bảng ở trang tính đầu rồi gửi lại. {STAYS}"),
    "no columns": (b"mot\nhai\nba", "Tệp này chưa phải là bảng: các dòng không có cùng số ô."),
    "ragged": (csv(["a", "b", "c"], ["1"], ["1", "2"], ["1", "2", "3", "4"]), "Tệp này chưa phải là bảng"),
    "column missing": (
        csv(["Ngày", "Mặt hàng", "Tiền"], *SOLD),
        f"Tệp chưa có cột “Số tiền”. Dòng tên cột cần đủ: Ngày, Mặt hàng, Số tiền. {STAYS}",
    ),
    "two columns": (csv(*(row[:2] for row in SOLD)), "Tệp có 2 cột, bảng này có 3 cột: Ngày, Mặt hàng, Số tiền."),
    "only names": (csv(HEAD, ["", "", ""]), f"Tệp mới có dòng tên cột, chưa có dòng nào để lấy. {STAYS}"),
    "comma in each number": (
        csv(HEAD, *([day, goods, "360,000"] for day, goods, _ in SOLD), sign=","),
        "các dòng không có cùng số ô. Nếu số có dấu phẩy, bạn đặt cả số trong ngoặc kép",
    ),
    "comma in one number": (
        csv(HEAD, *SOLD * 5, ["5/11/2026", "Mật ong", "240,000"], sign=","),
        "Dòng 17 của tệp có nhiều ô hơn dòng tên cột. Nếu số có dấu phẩy, bạn đặt cả số trong ngoặc kép",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_file_is_told_and_earns_and_changes_nothing(grid, what):
    data, told = MALFORMED[what]
    grid.take("so.xlsx", data)
    expect(grid.part.locator(".banner-warn")).to_contain_text(told)
    assert grid.rows() == [["2/11/2026", "Chè búp", ""], ["", "", ""]]
    assert grid.stored() is None
    assert "Bạn chưa trả lời câu này." in grid.check()


@pytest.mark.parametrize("screen", SCREENS)
def test_what_was_typed_stays_when_a_file_is_malformed(open_grid, screen):
    grid = open_grid(screen)
    grid.part.get_by_label("Số tiền, dòng 1").fill("360.000")
    saved(grid.page)
    before = grid.rows()
    grid.take("so.xlsx", BROKEN)
    expect(grid.part.locator(".banner-warn")).to_contain_text("Tệp này hỏng")
    grid.looks_well("tep-hong")
    assert grid.rows() == before
    assert grid.stored() == {"rows": before}
    grid.take("so.csv", csv(HEAD, *SOLD))
    expect(grid.part).to_contain_text("Đã điền 3 dòng.")
    expect(grid.part.locator(".banner-warn")).to_have_count(0)


def test_rows_that_a_file_took_the_place_of_come_back_at_a_tap(grid):
    grid.part.get_by_label("Số tiền, dòng 1").fill("360.000")
    before = grid.rows()
    grid.take("so.csv", csv(HEAD, *SOLD))
    grid.part.get_by_role("button", name="Trả lại bảng cũ").tap()
    expect(grid.part).to_contain_text("Đã trả lại bảng cũ.")
    assert grid.rows() == before
    saved(grid.page)
    assert grid.stored() == {"rows": before}


def test_more_rows_than_fit_are_counted_and_cells_stay_text(grid):
    hostile = ["<img src=x onerror=alert(1)>", '=HYPERLINK("http://x")', "1"]
    rows = [[hostile[0], "Chè búp", "1"], ["1/1/2026", hostile[1], "1"], *[["1/1/2026", "Chè búp", "1"]] * 12]
    grid.take("so.xlsx", xlsx(HEAD, *rows))
    expect(grid.part).to_contain_text("Đã điền 10 dòng; 4 dòng không đủ chỗ.")
    assert grid.rows()[0][0] == hostile[0]
    assert grid.part.locator("img").count() == 0
