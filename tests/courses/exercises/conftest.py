"""One declared exercise of each kind, read through the registry as lessons do."""

import pytest

from courses.exercises.base import Exercise
from courses.exercises.registry import kinds

RUBRIC = [
    {"id": "vai", "text": "Lệnh nói rõ AI đóng vai ai.", "points": 1, "guidance": "Có cụm đóng vai."},
    {
        "id": "lo",
        "text": "Lệnh không chứa thông tin cá nhân.",
        "polarity": "must_not",
        "points": 3,
        "guidance": "Tên thật là vi phạm.",
    },
]
WRITTEN = {
    "points": 4,
    "rubric": RUBRIC,
    "reference": "Bạn là cán bộ văn thư, hãy soạn giấy mời.",
    "hint": "Mở đầu bằng hai chữ quen.",
}
MISCONCEPTIONS = [
    {
        "id": "cang-ngan",
        "belief": "Con tưởng lệnh càng ngắn càng hay.",
        "ask": "Sao phải nói dài thế ạ?",
        "again": "Nói thiếu thì nó làm sao ạ?",
        "correction": "Nói thiếu thì AI phải đoán.",
        "question": "Lệnh hai chữ đã đủ chưa?",
        "right": "Lệnh hai chữ thì thiếu, AI phải đoán ạ.",
        "wrong": "Đủ rồi ạ, ngắn là hay.",
    },
    {
        "id": "tu-biet",
        "belief": "Con tưởng AI tự biết mình muốn gì.",
        "ask": "Nó giỏi thế thì cần gì phải dặn ạ?",
        "again": "Vậy phải dặn những gì ạ?",
        "correction": "AI không biết điều mình không dặn.",
        "question": "Con chưa dặn, AI có biết không?",
        "right": "Con chưa dặn thì AI không biết ạ, con phải dặn.",
        "wrong": "Có ạ, nó tự biết.",
    },
]
SPOT = """Chạm vào chỗ bịa.

> Theo [[x Nghị định 99 | Chưa tới năm ấy.]], [[o phường ta]] có
> [[x 300 vạn dân | Đông quá.]] và [[o một nhà văn hóa]].
"""
OVERLAP = """Chạm vào chỗ bịa.

> Hội được giải vàng năm 2031 nhờ trị hết bệnh, ở sân đình làng, mở cửa tự do.

- [x] được giải vàng năm 2031 | Chưa tới năm ấy.
- [x] giải vàng năm 2031 nhờ trị hết bệnh | Chè không là thuốc.
- [x] năm 2031 | Năm ấy còn xa.
- [ ] ở sân đình
- [ ] sân đình làng
- [ ] mở cửa tự do
"""
BLANKS = """Điền.

> Hội ở {{Vạn Xuân | nhà văn hóa}}, giá {{number: 1.500 đồng}}, nặng {{number: 2,5}},
> ngày {{date: 28/6/2026}}, rằm {{date: 15/7}}.
"""
BLOCKS = {
    "choice": ({"points": "2"}, "Câu hỏi?\n\n- [ ] Tra sổ\n- [x] Đoán chữ\n- [ ] Hỏi bạn"),
    "sort": (
        {"points": "6", "groups": "Đỏ | Vàng | Xanh"},
        "Xếp từng mẩu.\n\n- Đỏ: Ảnh căn cước\n- Vàng: Bản nháp\n- Xanh: Giờ mở cửa",
    ),
    "choice-many": ({"points": "3"}, "Chọn các việc.\n\n- [x] a1\n- [x] a2\n- [ ] b1\n- [ ] b2"),
    "choice-pictures": (
        {},
        "Hình nào?\n\n- [x] ![Lá chè](assets/la.svg) Lá\n- [ ] ![Búp chè](assets/bup.svg)\n- [ ] Cả hai",
    ),
    "sort-order": (
        {"points": "6", "mode": "order"},
        "Xếp các bước.\n\n1. Nhìn đèn\n2. Viết lệnh\n3. Đọc chậm\n4. Kiểm lại",
    ),
    "sort-match": (
        {"points": "3", "mode": "match"},
        "Ghép.\n\n- Vai = Bạn là ai\n- Việc = Làm gì\n- Định dạng = Viết kiểu nào\n- = Bao giờ xong",
    ),
    "spot": (
        {"points": "4"},
        SPOT,
    ),
    "spot-overlap": ({"points": "4"}, OVERLAP),
    "fill": (
        {"points": "5", "forgive": "case diacritics spaces punctuation"},
        BLANKS,
    ),
    "fill-strict": (
        {"forgive": "none", "credit": "all"},
        "Điền.\n\n> {{Hà Nội}} và {{Huế}} năm {{date: 6/2026}}.",
    ),
    "product": (
        {
            **WRITTEN,
            "points": 7,
            "accept": ["text", "docx", "image"],
            "checks": [
                {"words": {"min": 12, "max": 200}},
                {"parts": ["Kính gửi", {"name": "Nơi nhận", "find": "/nơi nhận/"}]},
                {"numbers_kept": "15 hộ; 8,5 tấn"},
                {"no_personal_data": True, "gate": True},
            ],
        },
        "Soạn công văn gửi các tổ dân phố.",
    ),
    "prompt": ({**WRITTEN, "sample_reply": "Kính mời các bác."}, "Phòng cần giấy mời. Hãy viết lệnh."),
    "teach": (
        {**WRITTEN, "misconceptions": MISCONCEPTIONS},
        "Bé Chè hỏi vì sao. Hãy giảng cho Bé Chè.",
    ),
    "number": (
        {
            "points": 3,
            "numbers": [
                {"id": "tien", "label": "Tổng tiền", "answer": 1500000, "unit": "đồng"},
                {"id": "ty-le", "label": "Tỷ lệ", "answer": "12,5", "unit": "%", "tolerance": "2%"},
                {
                    "id": "ruong",
                    "label": "Diện tích",
                    "answer": "0,5",
                    "unit": "ha",
                    "units": {"m²": "0,0001", "sào": "0,036"},
                    "tolerance": "0,01",
                },
            ],
        },
        "Tính ba số.",
    ),
    "table": (
        {
            "points": 4,
            "grow": True,
            "columns": [
                {"id": "ngay", "name": "Ngày", "type": "date"},
                {"id": "hang", "name": "Mặt hàng", "type": "choice", "choices": ["Chè", "Gạo"]},
                {"id": "tien", "name": "Số tiền", "type": "number", "unit": "đồng"},
            ],
            "rows": [["1/11/2026", "Chè", ""], ["", "", ""]],
            "checks": [
                {"name": "Ngày và tiền viết đúng kiểu", "types": ["ngay", "tien"]},
                {"name": "Không bỏ trống", "required": ["ngay", "hang", "tien"]},
                {"name": "Lần bán chè", "match": [{"ngay": "1/11/2026", "hang": "Chè", "tien": "120.000"}]},
                {"name": "Lần bán gạo", "match": [{"ngay": "2/11/2026", "hang": "Gạo", "tien": "80.000"}]},
            ],
        },
        "Chép hai lần bán vào bảng.",
    ),
    "canvas": (
        {**WRITTEN, "method": "swot"},
        "Phân tích quầy chè của nhà bạn bằng bốn ô SWOT.",
    ),
    "chat": (
        {
            "points": 4,
            "scenes": [
                {
                    "id": "cong-an",
                    "title": "Cuộc gọi lạ",
                    "who": "Người gọi",
                    "states": {
                        "goi": {
                            "say": "Tôi là công an đây.",
                            "replies": [
                                {
                                    "text": "Tôi sẽ gọi lại số của phường.",
                                    "to": "het",
                                    "worth": "good",
                                    "why": "Gọi lại.",
                                },
                                {
                                    "text": "Dạ, tôi phải làm gì?",
                                    "to": "tien",
                                    "worth": "bad",
                                    "why": "Nghe tiếp là mắc.",
                                },
                            ],
                        },
                        "tien": {
                            "say": "Anh chuyển tiền vào đây.",
                            "replies": [
                                {
                                    "text": "Tôi cúp máy.",
                                    "to": "het",
                                    "worth": "good",
                                    "why": "Dừng lúc nào cũng kịp.",
                                },
                                {"text": "Vâng, tôi chuyển.", "to": "mat", "worth": "bad"},
                            ],
                        },
                        "mat": {"say": "Máy báo bận."},
                        "het": {"say": "Người gọi cúp máy."},
                    },
                },
                {
                    "id": "khach",
                    "title": "Khách hỏi mua",
                    "who": "Khách",
                    "states": {
                        "hoi": {
                            "say": "Chè này có ngon không?",
                            "replies": [
                                {"text": "Mời bác thử một chén.", "to": "mua", "worth": "good"},
                                {"text": "Bác không mua thì thôi.", "to": "di", "worth": "bad"},
                                {"text": "Cũng được ạ.", "to": "di"},
                            ],
                        },
                        "mua": {"say": "Gói cho tôi một lạng."},
                        "di": {"say": "Thôi, để khi khác."},
                    },
                },
            ],
        },
        "Trả lời hai cuộc trò chuyện.",
    ),
}


def make(kind: str, **changes: object) -> Exercise:
    """Return an exercise of a block's name: a kind, or one of its variants (kind-variant)."""
    options, body = BLOCKS[kind]
    return kinds()[kind.partition("-")[0]].read("bai", {**options, **changes}, body)


@pytest.fixture(name="make")
def _make():
    return make


@pytest.fixture(params=sorted(BLOCKS))
def exercise(request) -> Exercise:
    return make(request.param)
