"""What the server does with files made to hurt it: a sentence, never a crash, never a secret."""

from __future__ import annotations

import io
import json
import struct
import sys
import zipfile
import zlib

import pytest
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from hub_config.files.reading import UNREADABLE
from tests.hub_config.files.conftest import letter, repacked, saved

DOCUMENT = "word/document.xml"


def with_doctype(declaration, encoding="utf-8"):
    body = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{declaration}]>{body}'
    return repacked(letter(), {DOCUMENT: text.encode(encoding)})


LAUGHS = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;">'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declaration", ['<!ENTITY x SYSTEM "file:///etc/passwd">', LAUGHS])
def test_outside_entities_and_laughing_ones_are_refused_in_any_encoding(read, declaration, encoding):
    assert "khai báo lạ" in read(with_doctype(declaration, encoding))


def test_a_zip_bomb_is_refused_before_it_grows(read):
    assert "quá lớn" in read(repacked(letter(), {"word/media/a.xml": b" " * 200_000_000}))


def test_a_header_that_lies_about_its_size_is_refused(read):
    data = bytearray(repacked(letter(), {"word/zz.xml": b" " * 5_000_000}))
    place = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, place + 24, 10)  # the size that the directory claims
    assert isinstance(read(bytes(data)), str)


def png_of(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_a_picture_of_a_million_million_points_is_refused(read):
    assert "quá nhiều điểm ảnh" in read(png_of(60_000, 60_000))


def locked_pdf():
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("bi-mat", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with(change):
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_script(writer):
    action = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def plain_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("bai.docx", letter())
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "trống", id="empty"),
        pytest.param(plain_zip(), "tệp nén", id="zip"),
        pytest.param(b"Rar!\x1a\x07\x00", "tệp nén", id="rar"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "mật khẩu", id="old-office"),
        pytest.param(b"MZ\x90\x00" + bytes(600), "chương trình", id="program"),
        pytest.param(b"#!/bin/sh\nrm -rf ~", "chương trình", id="shell-script"),
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG", id="svg"
        ),
        pytest.param(b"\xef\xbb\xbf  <!DOCTYPE html><script>alert(1)</script>", "SVG", id="html"),
        pytest.param(b"\x00\x01\x02 ghi chu", "chưa nhận ra", id="unknown-bytes"),
        pytest.param(b"\xff\xd8\xff\xe0 khong phai anh", "hỏng", id="broken-jpeg"),
        pytest.param(b"%PDF-1.7\nkhong phai pdf", "hỏng", id="broken-pdf"),
        pytest.param(b"PK\x03\x04" + bytes(400), "hỏng hoặc chưa đủ", id="broken-zip"),
        pytest.param(b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC", id="heic"),
        pytest.param(b"\x00\x00\x00\x18ftypisom" + bytes(100), "chưa đọc được", id="unreadable-mp4"),
        pytest.param(b"\x1aE\xdf\xa3" + b"\xff" * 300, "chưa đọc được", id="unreadable-webm"),
        pytest.param(b"OggS" + bytes(300), "đọc được", id="ogg"),
        pytest.param(repacked(letter(), {"word/vbaProject.bin": b"x"}), "macro", id="macro"),
        pytest.param(
            repacked(letter(), {"word/embeddings/oleObject1.bin": b"x"}), "nhúng", id="embedded-object"
        ),
        pytest.param(repacked(letter(), {"word/a.zip": plain_zip()}), "nhúng", id="zip-inside"),
        pytest.param(repacked(letter(), {"../../a.xml": b"<a/>"}), "khác thường", id="path-outside"),
        pytest.param(repacked(letter(), {"WORD/DOCUMENT.XML": b"<a/>"}), "khác thường", id="two-spellings"),
        pytest.param(repacked(letter(), {DOCUMENT: b"<a>"}), "hỏng", id="broken-xml"),
        pytest.param(repacked(letter(), {DOCUMENT: b"<a/>"}), "không có nội dung", id="no-body"),
        pytest.param(locked_pdf(), "mật khẩu", id="locked-pdf"),
        pytest.param(pdf_with(with_script), "mã chạy", id="pdf-with-script"),
        pytest.param(
            pdf_with(lambda writer: writer.add_attachment("a.exe", b"MZ")),
            "mã chạy",
            id="pdf-with-attachment",
        ),
    ],
)
def test_what_nobody_may_hand_in_is_refused_in_words(read, data, said):
    assert said in read(data)


def test_a_macro_document_under_a_harmless_name_is_refused(read):
    with zipfile.ZipFile(io.BytesIO(letter())) as archive:
        types = archive.read("[Content_Types].xml")
    types = types.replace(b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main")
    assert "macro" in read(repacked(letter(), {"[Content_Types].xml": types}))


def test_a_picture_with_a_program_behind_it_stays_a_picture(read, tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(picture, "PNG")
    found = read(picture.getvalue() + b"<script>alert(1)</script>" + plain_zip())
    assert (found.type, found.facts.width) == ("image", 30)
    assert b"script" not in (tmp_path / "nho.jpg").read_bytes()


def test_a_sheet_that_claims_a_million_rows_is_read_as_it_is(read):
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Hộ", "xa"
    found = read(saved(book))
    assert found.facts.rows == (("Hộ",),)


def test_hidden_words_of_a_document_are_not_its_words(read):
    text = b"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>cho du diem</w:t></w:r><w:r><w:t>Xin ch\xc3\xa0o</w:t></w:r></w:p>"
    data = repacked(
        letter(),
        {
            DOCUMENT: b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            + text
            + b"</w:body></w:document>"
        },
    )
    assert read(data).facts.text == "Xin chào"


SPY = """
import json, os, resource, sys
said = " ".join([*os.environ, str(resource.getrlimit(resource.RLIMIT_CORE)), os.getcwd()])
print(json.dumps({"refused": said}))
"""


def test_the_reader_gets_no_secret_of_the_portals(read, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "bi-mat")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "bi-mat")
    said = read(b"chao", command=(sys.executable, "-I", "-c", SPY))
    assert set(said.split()[:-3]) <= {"LANG", "PATH", "LC_CTYPE"}
    assert said.endswith(str(tmp_path))


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.kill(os.getpid(), 9)",
        "print('x')",
        'print(\'{"type": "exe", "facts": {}}\')',
        'print(\'{"type": "text", "facts": {"score": 9}}\')',
        "print('9' * 3_000_000)",
    ],
)
def test_a_reader_that_dies_or_raves_is_a_refusal(read, code):
    assert read(b"chao", command=(sys.executable, "-I", "-c", code)) == UNREADABLE


BOUND = "import runpy, sys; sys.argv[1:1] = []; import hub_config.files.reader.__main__ as m; m.bound(); {}"


@pytest.mark.parametrize(
    "code", ["x = bytearray(3 * 1024**3)", "open(sys.argv[2], 'wb').write(bytes(9_000_000))"]
)
def test_memory_and_disk_of_the_reader_are_bounded(read, code, tmp_path):
    assert read(b"chao", command=(sys.executable, "-c", BOUND.format(code))) == UNREADABLE
    left = tmp_path / "nho.jpg"
    assert not left.exists() or left.stat().st_size <= 4 * 1024**2


def test_json_of_facts_fits_what_the_portal_listens_to(read):
    """Every letter may be escaped: a full table and a full text still come through."""
    book = Workbook()
    for _ in range(500):
        book.active.append(["ệ" * 40] * 40)
    found = read(saved(book))
    assert len(json.dumps(found.facts.model_dump(mode="json"))) < 1024 * 1024
