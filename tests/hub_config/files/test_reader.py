"""What the server reads from honest files."""

from __future__ import annotations

import io
import struct
import wave
from datetime import date

import pytest
from fpdf import FPDF
from openpyxl import Workbook
from PIL import Image
from pptx import Presentation

from courses.exercises.files import HandedFile
from courses.exercises.product.form30 import look_at_form
from courses.exercises.product.work import Work
from hub_config.files.names import disposition, tidy_name
from tests.hub_config.files.conftest import letter, saved


def work(read):
    file = HandedFile(id="0" * 64, name="a.docx", type=read.type, size=1, facts=read.facts)
    return Work(text="", file=file)


def test_a_letter_in_the_form_of_decree_30_has_no_fault(read):
    found = look_at_form(work(read(letter())))
    assert found.details == ()
    assert found.right == found.total


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"font": "Arial"}, "phông chữ cần là Times New Roman, tệp đang có Arial"),
        ({"left": 20}, "lề trái cần 30–35 mm, tệp đang là 20 mm"),
        ({"state": 16}, "quốc hiệu cần cỡ 12–13, đậm, tệp đang cỡ 16"),
        ({"colour": "C00000"}, "chữ cần màu đen"),
        ({"number": 10}, "số trang cần canh giữa ở lề trên, cỡ 13–14"),
        ({"first": True}, "trang thứ nhất không hiện số trang"),
    ],
)
def test_each_fault_of_form_is_named(read, change, told):
    assert look_at_form(work(read(letter(**change)))).details == (told,)


def test_a_workbook_is_read_as_rows_of_text(read):
    book = Workbook()
    book.active.append(["Hộ", "Sản lượng", "Ngày"])
    book.active.append(["Bà A", 12.5, date(2026, 11, 24)])
    book.active.append(["Ông B", 40, None])
    book.create_sheet("Phụ")
    found = read(saved(book))
    assert (found.type, found.facts.sheets) == ("xlsx", 2)
    assert found.facts.rows == (
        ("Hộ", "Sản lượng", "Ngày"),
        ("Bà A", "12,5", "24/11/2026"),
        ("Ông B", "40", ""),
    )


def test_a_workbooks_numbers_have_the_vietnamese_comma_and_its_texts_stay_as_they_are(read):
    book = Workbook()
    book.active.append([1.234, "1.500", 360000.0, 1e-7, -0.5])
    assert read(saved(book)).facts.rows == (("1,234", "1.500", "360000", "0,0000001", "-0,5"),)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_as_text_is_read_whatever_separates_it(read, separator, encoding):
    lines = ["Hộ", "Số"], ["Bà A", "1"], ["Ông B", "2"]
    found = read("\r\n".join(separator.join(line) for line in lines).encode(encoding))
    assert found.type == "csv"
    assert found.facts.rows == tuple(tuple(line) for line in lines)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('Hộ,Tiền\nBà A,"360,000"\nÔng B,"1,250,000"', ("Bà A", "360,000")),
        ('Hộ;Việc\n"A; B";trồng chè\nC;hái', ("A; B", "trồng chè")),
        ('Hộ,Lời\n"Bà ""A""",Dạ\nB,Vâng', ('Bà "A"', "Dạ")),
    ],
)
def test_a_sign_in_quotes_separates_nothing(read, text, cells):
    found = read(text.encode())
    assert found.type == "csv"
    assert found.facts.rows[1] == cells


def test_lines_of_different_lengths_are_a_text_and_no_table(read):
    assert read(b"a,b,c\n1\n1,2\n1,2,3,4").type == "text"


def test_a_text_of_very_long_lines_is_no_table_and_no_fault(read):
    assert read(("chè, " * 40_000 + "\n").encode() * 2).type == "csv"
    assert read(("chè " * 40_000 + "\n").encode() * 2).type == "text"


def test_slides_are_counted_with_titles_and_notes(read):
    show = Presentation()
    for title in ("Giữ bưởi tươi", "Năm bước"):
        slide = show.slides.add_slide(show.slide_layouts[0])
        slide.shapes.title.text = title
    slide.notes_slide.notes_text_frame.text = "Nói chậm."
    found = read(saved(show))
    assert (found.type, found.facts.slides, found.facts.notes) == ("pptx", 2, 1)
    assert found.facts.titles == ("Giữ bưởi tươi", "Năm bước")


def test_a_pdf_gives_its_pages_and_words(read):
    document = FPDF()
    document.set_font("helvetica")
    for line in ("Bao cao thang", "Trang hai"):
        document.add_page()
        document.cell(text=line)
    found = read(bytes(document.output()))
    assert (found.type, found.facts.pages) == ("pdf", 2)
    assert "Bao cao thang" in found.facts.text


def test_a_picture_is_drawn_anew_without_its_hidden_data(read, tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "Nhà bà A, số 12"
    exif[0x0112] = 6  # lies on its side
    picture = io.BytesIO()
    Image.new("RGB", (2000, 1000), "green").save(picture, "JPEG", exif=exif)
    found = read(picture.getvalue())
    assert (found.type, found.facts.format, found.facts.width, found.facts.height) == (
        "image",
        "JPEG",
        1000,
        2000,
    )
    with Image.open(tmp_path / "nho.jpg") as small:
        assert small.size == (640, 1280)
        assert not small.getexif()


def sound():
    out = io.BytesIO()
    with wave.open(out, "wb") as recording:
        recording.setparams((1, 2, 8000, 0, "NONE", ""))
        recording.writeframes(b"\0\0" * 12000)
    return out.getvalue()


def box(kind, *inside):
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film(handler=b"vide", seconds=42):
    header = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000), bytes(80))
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13))))
    return box(b"ftyp", b"isom", bytes(8)) + box(b"mdat", bytes(100)) + box(b"moov", header, track)


def element(id_, body, size=None):
    raw = bytes.fromhex(id_)
    return raw + (size if size is not None else bytes([0x80 | len(body)])) + body


def live(*info, track=b"\x02"):
    """A recording of a browser: the segment's size is unknown, its length may be missing."""
    tracks = element("1654ae6b", element("ae", element("83", track)))
    inside = element("1549a966", b"".join(info)) + tracks + element("1f43b675", b"\x00" * 8)
    return element("1a45dfa3", element("4282", b"webm")) + element("18538067", inside, b"\x01" + b"\xff" * 7)


@pytest.mark.parametrize(
    ("data", "kind", "form", "seconds"),
    [
        (sound(), "audio", "WAVE", 1.5),
        (film(), "video", "MP4", 42),
        (film(b"soun", 7), "audio", "MP4", 7),
        (live(), "audio", "WEBM", None),
        (live(element("4489", struct.pack(">d", 9500.0)), track=b"\x01"), "video", "WEBM", 9.5),
    ],
)
def test_recordings_tell_what_they_are_and_how_long(read, data, kind, form, seconds):
    found = read(data)
    assert (found.type, found.facts.format, found.facts.seconds) == (kind, form, seconds)


def test_a_long_text_is_cut_and_says_so(read):
    found = read(("chè " * 9000).encode())
    assert found.facts.cut
    assert (len(found.facts.text), found.facts.words) == (20_000, 9000)


@pytest.mark.parametrize(
    ("given", "kind", "form", "name"),
    [
        ("Báo cáo tháng.docx", "docx", "", "Báo cáo tháng.docx"),
        ("../../etc/passwd", "text", "", "-..-etc-passwd.txt"),
        ("C:\\may\\tinh.exe", "pdf", "", "C--may-tinh.exe.pdf"),
        ("hoa\u202efdp.docx", "docx", "", "hoa fdp.docx"),
        ("x.hta", "text", "", "x.hta.txt"),
        ("", "image", "PNG", "tep.png"),
        ("<script>alert(1)</script>", "video", "MP4", "-script-alert(1)--script-.mp4"),
        ("ảnh.JPG", "image", "JPEG", "ảnh.jpg"),
        ("a" * 10_000, "csv", "", "a" * 120 + ".csv"),
    ],
)
def test_names_are_text_with_the_ending_of_the_content(given, kind, form, name):
    assert tidy_name(given, kind, form) == name


def test_a_name_in_a_header_is_only_letters_that_belong_there():
    header = disposition('a"b\r\nX: y; Báo.pdf')
    assert (
        header == "attachment; filename=\"tep.pdf\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y%3B%20B%C3%A1o.pdf"
    )
