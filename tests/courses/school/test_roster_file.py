from __future__ import annotations

import pytest

from courses.school.csv_file import RosterError
from courses.school.roster_file import Entry, read_groups, read_roster

HEADER = "mã,họ tên,tổ,nhóm,vai trò"
LAN = Entry(
    line=2, external_id="HV1", name="Nguyễn Thị Lan", groups=("Tổ 1",), target="citizen", role="learner"
)


@pytest.fixture
def file(tmp_path):
    def write(*lines, encoding="utf-8", end="\n"):
        path = tmp_path / "ds.csv"
        path.write_bytes(end.join(lines).encode(encoding))
        return path

    return write


def faults(path, read=read_roster):
    with pytest.raises(RosterError) as caught:
        read(path)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_as_excel_and_others_save_them(file, encoding, sign, end):
    lines = (HEADER, "HV1,Nguyễn Thị Lan,Tổ 1,người dân,học viên", "")
    path = file(*(line.replace(",", sign) for line in lines), encoding=encoding, end=end)
    assert read_roster(path) == (LAN,)


def test_english_headings_and_words_in_any_order_with_columns_that_nobody_needs(file):
    path = file("note,role,target group,group,name,external id", "x,Learner,citizen,Tổ 1,Nguyễn Thị Lan,HV1")
    assert read_roster(path) == (LAN,)


def test_headings_and_words_without_marks_or_in_capitals(file):
    path = file("MA,HO TEN,TO,NHOM,VAI TRO", "HV1,Nguyễn Thị Lan,Tổ 1,NGUOI DAN,")
    assert read_roster(path) == (LAN,)


def test_decomposed_letters_and_spare_spaces_are_mended(file):
    path = file(HEADER, "HV1 ,  Nguye\u0302\u0303n \u00a0 Thi\u0323  Lan ,Tổ 1,người dân,học viên")
    assert read_roster(path) == (LAN,)


def test_lines_are_counted_as_an_editor_counts_them(file):
    path = file(HEADER, "", 'HV1,"Nguyễn', 'Thị Lan",Tổ 1,người dân,', ",,,,", "HV2,,Tổ 1,người dân,")
    assert faults(path) == [
        "ds.csv:3: họ tên: có ký tự không dùng trong tên: (U+000A)",
        "ds.csv:6: họ tên: đang để trống",
    ]


def test_a_trainer_may_look_after_several_groups(file):
    path = file(HEADER, "T1,Lê Hạnh,Tổ 1 | Tổ 2,,huấn luyện viên")
    (trainer,) = read_roster(path)
    assert (trainer.groups, trainer.role, trainer.target) == (("Tổ 1", "Tổ 2"), "trainer", "official")


def test_officials_and_administrators_need_no_group(file):
    path = file(HEADER, "C1,Lê Việt,,,cán bộ", "Q1,Lê Giang,,công chức,quản trị")
    assert [entry.role for entry in read_roster(path)] == ["official", "administrator"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",Lan,Tổ 1,người dân,", "mã: chưa có mã"),
        ("../../etc,Lan,Tổ 1,người dân,", None),
        ("!!,Lan,Tổ 1,người dân,", "mã: mã chỉ gồm chữ, số, dấu - _ . /; đang là “!!”"),
        ("=1+1,Lan,Tổ 1,người dân,", "mã: mã chỉ gồm chữ, số, dấu - _ . /; đang là “=1+1”"),
        (
            "012345678901,Lan,Tổ 1,người dân,",
            "mã: mã này giống số căn cước; hãy dùng mã riêng của lớp, ví dụ HV001",
        ),
        (f"{'9' * 81},Lan,Tổ 1,người dân,", "mã: mã dài quá 80 ký tự"),
        (
            "1,<script>alert(1)</script>,Tổ 1,người dân,",
            "họ tên: có ký tự không dùng trong tên: /(U+002F) <(U+003C) >(U+003E)",
        ),
        (
            '1,"=HYPERLINK(""x"")",Tổ 1,người dân,',
            'họ tên: có ký tự không dùng trong tên: "(U+0022) =(U+003D)',
        ),
        ("1,Lan\u202e,Tổ 1,người dân,", "họ tên: có ký tự không dùng trong tên: (U+202E)"),
        ("1,La\u200bn,Tổ 1,người dân,", "họ tên: có ký tự không dùng trong tên: (U+200B)"),
        ("1,La\x1b[2Jn,Tổ 1,người dân,", "họ tên: có ký tự không dùng trong tên: (U+001B) [(U+005B)"),
        (f"1,{'N' * 10_000},Tổ 1,người dân,", "họ tên: dài 10000 ký tự, nhiều nhất 200"),
        ("1,12345,Tổ 1,người dân,", "họ tên: cần có chữ cái, đang là “12345”"),
        ("1,Lan,,người dân,", "tổ: chưa có tổ"),
        ("1,Lan,Tổ 1|Tổ 2,người dân,", "tổ: học viên thuộc đúng một tổ"),
        ("1,Lan,…,người dân,", "tổ: có ký tự không dùng trong tên: …(U+2026)"),
        ("1,Lan,组,người dân,", "tổ: tên tổ cần có chữ hoặc số tiếng Việt"),
        (
            "1,Lan,,,huấn luyện viên",
            "tổ: huấn luyện viên cần ít nhất một tổ (nhiều tổ thì cách nhau bằng dấu |)",
        ),
        ("1,Lan,Tổ 1,,", "nhóm: chưa hiểu “”; hãy ghi một trong: công chức, kinh doanh, người dân"),
        (
            "1,Lan,Tổ 1,ngừơi dânn,",
            "nhóm: chưa hiểu “ngừơi dânn”; hãy ghi một trong: công chức, kinh doanh, người dân",
        ),
        (
            "1,Lan,Tổ 1,người dân,sếp",
            "vai trò: chưa hiểu “sếp”; hãy ghi một trong: học viên, huấn luyện viên, cán bộ, quản trị",
        ),
        ("1,Lan,Tổ 1,người dân,,thừa", "có 6 ô nhưng dòng tiêu đề chỉ có 5 cột"),
    ],
)
def test_each_fault_names_line_column_and_mend(file, row, fault):
    path = file(HEADER, "HV0,Trần Ổn,Tổ 1,công chức,học viên", row)
    if fault is None:
        assert len(read_roster(path)) == 2
    else:
        assert faults(path) == [f"ds.csv:3: {fault}"]


def test_all_faults_are_told_at_once_in_the_order_of_lines(file):
    path = file(HEADER, "1,Lan,Tổ 1,người dân,", "2,,Tổ 1,dân,", "1,Mai,Tổ 1,người dân,")
    told = faults(path)
    assert [line.split(": ")[0] for line in told] == ["ds.csv:3", "ds.csv:3", "ds.csv:4"]
    assert told[-1] == "ds.csv:4: mã: “1” đã có ở dòng 2"


def test_a_thousand_faults_do_not_flood_the_screen(file):
    told = faults(file(HEADER, *(f"{number},,Tổ 1,người dân," for number in range(1000))))
    assert len(told) == 31
    assert told[-1] == "… và 970 lỗi nữa"


def test_a_missing_and_a_double_column(file):
    assert faults(file("mã,họ tên,tên,nhóm,vai trò", "1,Lan,x,người dân,")) == [
        "ds.csv:1: họ tên: có hai cột này; dòng đầu đang là: mã, họ tên, tên, nhóm, vai trò",
        "ds.csv:1: tổ: thiếu cột này; dòng đầu đang là: mã, họ tên, tên, nhóm, vai trò",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1258"])
def test_another_encoding_is_told_with_the_way_out(file, encoding):
    path = file("ma,ho ten,to,nhom,vai tro", "1,Lân,To 1,nguoi dan,", encoding=encoding)
    assert "CSV UTF-8" in faults(path)[0]


def test_files_that_are_no_roster(file, tmp_path):
    assert "thiếu cột này" in faults(file(""))[0]
    assert faults(file(HEADER)) == ["ds.csv:1: tệp chưa có dòng dữ liệu nào"]
    assert "không mở được tệp" in faults(tmp_path / "missing.csv")[0]
    assert "không mở được tệp" in faults(tmp_path)[0]
    assert faults(file(HEADER, '1,"Lan,Tổ 1'))[0].startswith("ds.csv:2: dấu ngoặc kép")
    assert "ký tự rỗng" in faults(file(HEADER, "1,La\0n,,,"))[0]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "ds.csv"
    with path.open("wb") as stream:
        stream.truncate(11 * 1024 * 1024)
    assert "lớn quá 10 MiB" in faults(path)[0]


def test_numbers_of_adults(file):
    (group,) = read_groups(file("Tổ dân phố,Số người", "Tổ 1,1.250"))
    assert (group.name, group.working_age) == ("Tổ 1", 1250)
    for wrong in ("0", "-3", "ba trăm", "9999999999", "²", ""):
        told = faults(file("tổ,số người", f"Tổ 1,{wrong}"), read_groups)
        assert told == [f"ds.csv:2: số người: cần một số nguyên lớn hơn 0, đang là “{wrong}”"]
