from __future__ import annotations

import re
import stat
import unicodedata

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from courses.school import accounts
from courses.school.cli import app
from courses.school.db import session
from courses.school.models import Account, Base, Group, Person
from courses.school.roster import Slip
from courses.school.sheet import write_sheet

ROSTER = """mã,họ tên,tổ,nhóm,vai trò
HV1,Nguyễn Thị Hường,Tổ 1,người dân,học viên
HV2,Đặng Văn Ổn,Tổ 1,kinh doanh,học viên
HV3,Lường Thị Ngọc Ánh,Tổ 2,công chức,học viên
"""


@pytest.fixture
def bdhai(engine, tmp_path, monkeypatch):
    """Run ``roster`` commands against the test's database; hand back (exit code, output)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BDHAI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BDHAI_DATABASE", engine.url.render_as_string(hide_password=False))
    (tmp_path / "ds.csv").write_text(ROSTER, encoding="utf-8")

    def run(*arguments):
        result = CliRunner().invoke(app, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return run


def count(engine, table):
    with session(engine) as db:
        return db.scalar(select(func.count()).select_from(table))


def text_of(path):
    return unicodedata.normalize("NFC", "\n".join(page.extract_text() for page in PdfReader(path).pages))


def test_an_import_prints_slips_whose_codes_work(bdhai, engine, tmp_path, now):
    code, said = bdhai("import", "ds.csv", "--sheet", "phieu.pdf")
    assert code == 0
    assert "Thêm 3 người, đổi 0, giữ nguyên 0." in said
    printed = text_of(tmp_path / "phieu.pdf")
    for expected in ("Nguyễn Thị Hường", "Đặng Văn Ổn", "Lường Thị Ngọc Ánh", "hv1", "Tổ 2", "Mã kích hoạt"):
        assert expected in printed
    codes = re.findall(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b", printed)
    assert len(codes) == 3
    with session(engine) as db:
        assert accounts.activate(db, "hv1", codes[0], "chè xanh 99", now)


def test_only_the_owner_may_read_the_sheet(bdhai, tmp_path):
    bdhai("import", "ds.csv", "--sheet", "phieu.pdf")
    assert stat.S_IMODE((tmp_path / "phieu.pdf").stat().st_mode) == 0o600


def test_without_a_name_the_sheet_lies_among_the_secrets(bdhai, tmp_path):
    _, said = bdhai("import", "ds.csv")
    (sheet,) = (tmp_path / "data" / "secrets").glob("phieu-kich-hoat-*.pdf")
    assert str(sheet) in said


def test_a_sheet_is_never_overwritten(bdhai, engine, tmp_path):
    (tmp_path / "phieu.pdf").write_bytes(b"old codes")
    code, said = bdhai("import", "ds.csv", "--sheet", "phieu.pdf")
    assert code == 1
    assert "đã có tệp này" in said
    assert (tmp_path / "phieu.pdf").read_bytes() == b"old codes"
    assert count(engine, Person) == 0


def test_a_sheet_that_cannot_be_written_leaves_nobody_behind(bdhai, engine, tmp_path):
    (tmp_path / "closed").write_text("a file, no folder")
    code, said = bdhai("import", "ds.csv", "--sheet", "closed/phieu.pdf")
    assert code == 1
    assert "closed/phieu.pdf: không ghi được phiếu kích hoạt" in said
    assert count(engine, Person) == 0


@pytest.mark.usefixtures("bdhai")
def test_a_sheet_of_an_import_that_failed_is_taken_away(engine, tmp_path):
    """The accounts cannot be written, as on a full disk."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE account RENAME TO account_old"))
        connection.execute(text("CREATE TABLE account (person_id INTEGER, password_hash VARCHAR(9))"))
    result = CliRunner().invoke(app, ["import", "ds.csv", "--sheet", "phieu.pdf"])
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE account"))
        connection.execute(text("ALTER TABLE account_old RENAME TO account"))
    assert result.exit_code == 1
    assert "3 phiếu kích hoạt" in result.output
    assert not (tmp_path / "phieu.pdf").exists()
    assert count(engine, Person) == 0


def test_a_dry_run_tells_all_and_changes_nothing(bdhai, engine, tmp_path):
    code, said = bdhai("import", "ds.csv", "--dry-run", "--sheet", "phieu.pdf")
    assert code == 0
    assert "Thêm: Đặng Văn Ổn (học viên), tên đăng nhập hv2" in said
    assert "Tổ mới: Tổ 2" in said
    assert "Xem thử: chưa ghi gì." in said
    assert [count(engine, table) for table in (Person, Group, Account)] == [0, 0, 0]
    assert not (tmp_path / "phieu.pdf").exists()


def test_one_bad_line_keeps_all_out(bdhai, engine, tmp_path):
    (tmp_path / "ds.csv").write_text(ROSTER + "HV4,<b>x</b>,Tổ 1,người dân,\n", encoding="utf-8")
    code, said = bdhai("import", "ds.csv")
    assert code == 1
    assert said.startswith("ds.csv:5: họ tên: có ký tự không dùng trong tên")
    assert [count(engine, table) for table in (Person, Group)] == [0, 0]


def test_a_second_import_tells_that_there_is_nothing_to_do(bdhai):
    bdhai("import", "ds.csv")
    _, said = bdhai("import", "ds.csv")
    assert said.splitlines() == ["Thêm 0 người, đổi 0, giữ nguyên 3.", "Không có mã mới để in."]


def test_a_changed_line_is_told(bdhai, tmp_path):
    bdhai("import", "ds.csv")
    (tmp_path / "ds.csv").write_text(ROSTER.replace("Đặng Văn Ổn", "Đặng Văn Ốn"), encoding="utf-8")
    _, said = bdhai("import", "ds.csv")
    assert "Đổi: hv2: họ tên: Đặng Văn Ổn → Đặng Văn Ốn" in said


def test_numbers_of_adults_and_their_dry_run(bdhai, engine, tmp_path):
    bdhai("import", "ds.csv")
    (tmp_path / "to.csv").write_text("tổ;số người\nTổ dân phố 1;320\n", encoding="utf-8")
    assert "chưa ghi gì" in bdhai("groups", "to.csv", "--dry-run")[1]
    with session(engine) as db:
        assert {group.working_age for group in db.scalars(select(Group))} == {0}
    assert bdhai("groups", "to.csv")[1].splitlines() == [
        "đổi Tổ 1: chưa có → 320 người",
        "Đã ghi 1 thay đổi.",
    ]
    with session(engine) as db:
        assert {group.working_age for group in db.scalars(select(Group))} == {0, 320}


def test_a_new_code_for_one_person(bdhai, engine, now):
    bdhai("import", "ds.csv")
    code, said = bdhai("code", "hv1")
    assert code == 0
    found = re.search(r"mã (\S+), đến \d\d/\d\d/\d{4}\.", said).group(1)
    with session(engine) as db:
        assert accounts.activate(db, "hv1", found, "chè xanh 99", now)
    assert bdhai("code", "ai-do") == (
        1,
        "Không có ai đang học với tên đăng nhập này; hãy xem lại từng chữ.\n",
    )


def test_an_empty_database_is_told_calmly(bdhai, engine):
    Base.metadata.drop_all(engine)
    code, said = bdhai("import", "ds.csv")
    Base.metadata.create_all(engine)
    assert code == 1
    assert said.startswith("Cơ sở dữ liệu còn trống")


def test_a_wrong_site_file_is_told_with_its_line(bdhai, tmp_path):
    (tmp_path / "site.yaml").write_text("units: [a]\nfarbe: rot\n", encoding="utf-8")
    assert bdhai("import", "ds.csv") == (1, "site.yaml:2: farbe: không có mục này; xem lại chính tả\n")


def test_ten_slips_fill_a_page_and_long_texts_stay_in_their_slip(tmp_path, now):
    slips = [
        Slip(f"{'Nguyễn Phước ' * 15}{number}", f"{'u' * 31}{number % 10}", "AAAA-BBBB", "Tổ " * 60)
        for number in range(21)
    ]
    write_sheet(
        tmp_path / "s.pdf", slips, "Bình dân học AI – Phường mẫu", "https://hoc.phuong.example/", now.date()
    )
    pages = PdfReader(tmp_path / "s.pdf").pages
    assert [page.extract_text().count("AAAA-BBBB") for page in pages] == [10, 10, 1]
    assert "https://hoc.phuong.example/hub/kich-hoat" in pages[0].extract_text().replace("\n", "")
