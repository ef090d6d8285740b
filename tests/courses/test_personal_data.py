"""Personal data and secret marks are found by their shape; ordinary numbers and words are left alone."""

from __future__ import annotations

import pytest

from courses.personal_data import explain, find, mask


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CCCD 001204000123", "cccd"),
        ("số 001 204 000 123 cấp năm ngoái", "cccd"),
        ("gọi 0912 345 678 nhé", "phone"),
        ("gọi 0912345678", "phone"),
        ("+84 912.345.678", "phone"),
        ("máy bàn 024 3825 1234", "phone"),
        ("0 9 1 2 3 4 5 6 7 8", "phone"),
        ("STK 1903 2222 1111 Techcombank", "account"),
        ("số tài khoản của tôi là 12345678", "account"),
        ("thẻ 4111 1111 1111 1111", "account"),
        ("thư cho ba.tam@vidu.vn nhé", "email"),
        ("MẬT\nCông văn số 5", "secret"),
        ("Độ mật: Tối mật", "secret"),
        ("văn bản TUYỆT MẬT", "secret"),
        ("đóng dấu “MẬT”", "secret"),
        ("TÀI LIỆU MẬT", "secret"),
        ("CMND 168123456", "cccd"),
        ("căn cước 001.085.012.345", "cccd"),
        ("sđt ０９１２３４５６７８", "phone"),  # full-width digits
        ("gọi 0912\u200b345\u00a0678", "phone"),  # hidden and unbreakable blanks between
        ("0912 – 345 – 678", "phone"),
        ("máy bàn (024) 3825 1234", "phone"),
        ("chuyển VCB 0071001234567 nhé", "account"),
        ("an.nguyen (at) vidu.vn", "email"),
        ("a.nguyen @ vidu . vn", "email"),
    ],
)
def test_what_must_not_go_to_an_ai_is_found(text, kind):
    assert [finding.kind for finding in find(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Giá 100.000.000.000 đồng, tăng 12,5% so với 2025",
        "Nghị định 30/2020/NĐ-CP ngày 05/03/2020",
        "MẬT ONG RỪNG nguyên chất 500 g",
        "BÍ MẬT KINH DOANH là gì?",
        "giữ bí mật giúp tôi",
        "họp 19 giờ 30 ngày 28/6, phòng 2, tầng 1",
        "gọi 113, 114 hoặc 1900 1234",
        "tài khoản của lớp học",
        "nạp vào tài khoản 10.000.000 đồng",
        "tài khoản lớp còn 200000 đồng",
        "Vietcombank cho vay 50 000 000 đồng",
        "các năm 2019 2020 2021 2022 đều được mùa",
        "tỉ lệ 0.5 0.6 0.7 0.8 0.9",
        "học viết (at) nhà. Hôm nay nghỉ",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert find(text) == ()
    assert mask(text) == text


def test_a_masked_text_tells_what_stood_there():
    assert mask("Nhắn ông Tư 0912345678, a@b.vn") == "Nhắn ông Tư [số điện thoại], [địa chỉ thư điện tử]"


def test_a_masked_text_holds_nothing_more_to_mask():
    text = "CCCD 001204000123, STK 19032222111, máy 0912345678, a@b.vn"
    assert find(mask(text)) == ()


def test_the_explanation_is_kind_and_names_the_lesson():
    message = explain(find("0912345678 và a@b.vn"))
    assert "số điện thoại, địa chỉ thư điện tử" in message
    assert "bài 1.4" in message
