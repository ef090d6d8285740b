"""Text that speaks to a grader: orders, pleas, threats, finished verdicts, ends of the answer that are none.

Patterns, no understanding: they know what such texts have in common, and honest texts lack. Whoever they stop wrongly
is marked by a person. ``docs/judge.md`` says how often that happens.
"""

from __future__ import annotations

import re
from functools import lru_cache

from autograder.disguised import is_disguised, readings
from courses.exercises.pasting import fold

_RAW_MARKS = (  # as written, any case
    r"<\|[^|]{0,40}\|>",  # chat template tokens
    r"[<‹]\s*/?\s*(?:bai_lam|answer|student|submission|response|de_bai)\b",  # delimiters, ours and others'
    r"\[/?INST\]|<<SYS>>",
    r"<!--|style\s*=|font-size",
    r"(?:^|[.!?…]\s)\s*[#*\[(]*\s*(?:system|assistant|developer|admin|user|grader|hệ thống|trợ lý|trợ lý chấm|người dùng|người chấm|giám khảo)\s*[\])*]*\s*(?:[:：]|\n)",
    r"^\s*[\[(#*]+\s*(?:system|hệ thống|admin|quản trị)\b",
    r"[\"'“”]?\b(?:met|criterion|verdicts?|points|score)\b[\"'“”]\s*[:=]",
    r"\b(?:met|criterion|verdicts?)\b\s*[:=]\s*(?:true|1|\[|[\"'“]|\w)",
    r"(?:\\u[0-9a-f]{4}){4,}",
    r"(?:^|\n)\s*(?:[-=*_]{3,}|\"{3})\s*(?:hết|end|het)\b",
    r"(?:\b[\w-]+\s*[:=]\s*(?:đạt|true|met|pass(?:ed)?|yes)\b[\s,;.]*){2,}",  # vai: đạt, viec: đạt
    r":\s*(?:đạt|true|met)(?:\s*,\s*(?:đạt|true|met)){1,}",
)
_VIETNAMESE_MARKS = (  # lower case, NFC, with diacritics, single spaces
    r"(?:bài|bài làm|câu trả lời|học viên|phần|lượt) (?:này|trên|em|tôi|mình|con|cháu|của (?:em|tôi|mình)|nộp)?(?: ?\w+){0,7} (?:đạt|qua) (?:hết|cả|tất|đủ|toàn|trọn|yêu cầu|điểm|rồi|luôn|mọi|các tiêu|10|đi\b)",
    r"(?:ghi|chấm|cho|tính|coi|xem|đánh dấu|nói|trả lời|tính là|coi như)(?: (?:là|như|rằng|bài này|bài em|bài|em|tôi|hết|luôn|đều)){0,4} đạt\b(?! (?:được|tới|đến|chuẩn))",
    r"(?:bài|phần|mục|ý|tiêu chí) nào cũng (?:đạt|đúng|được điểm)",
    r"\b(?:đều|được|chắc chắn|đã)(?: tính)?(?: là)? đạt (?:hết|cả|tất|toàn|trọn|yêu cầu|đúng không|chứ)",
    r"không (?:cho|chấm|ghi|được|thì)?(?: \w+){0,3} ?đạt (?:thì|là|,)?(?: \w+){0,4} (?:tôi|em|mình|con) (?:sẽ|phải|bị)",
    r"không đạt thì (?:em|tôi|con|cháu|mình)",
    r"(?:xin|mong|hãy|làm ơn|giúp)(?: \w+){0,4} (?:cho|để) (?:em|tôi|con|cháu|mình) (?:qua|đậu|đỗ|đạt|điểm)\b(?! (?:đây|đó|bên|chỗ|nhà|phòng))",
)
_FOLDED_MARKS = (  # without diacritics, single spaces
    r"(?:bo (?:qua|wa)|quen|phot lo|khong can theo|dung theo) (?:\w+ ){0,4}(?:huong dan|hg dan|hd|chi dan|quy tac|chi thi|tieu chi|rubric|loi dan|duoc dan|da dan)",
    r"(?:bo qua|quen) (?:moi|tat ca|cac|nhung|het) (?:\w+ ){0,2}(?:lenh|yeu cau) (?:\w+ ){0,2}(?:tren|truoc)",
    r"quen (?:het|sach|di) (?:\w+ ){0,3}(?:dan|noi|lenh|quy) (?:\w+ ){0,3}(?:truoc|tren)",
    r"(?:cho|cham|tang|ghi|chinh|nang|xin|mong|them) (?:\w+ ){0,6}(?:diem toi da|diem tuyet doi|du diem|diem cao|diem so cao|tron diem|10 diem|muoi diem|full diem|diem 10|diem muoi|diem ik|diem di)\b",
    r"(?:diem toi da|du diem|tron diem|full diem|diem tuyet doi) (?:cho|nhe|nha|giup|di|ik|bai|moi|thang)",
    r"(?:nang|cong|them|xin|tang) (?:\w+ ){0,2}diem (?:giup|cho|ho|gium|nhe|di|a)\b",
    r"khong (?:ai )?(?:bi )?tru (?:\w+ ){0,2}diem",
    r"(?:cham (?:diem )?|danh )(?:truot|rot|nuong tay|nhe tay|de tay)\b|(?:truot|rot) bai nay",
    r"(?:tat ca|moi|cac|ca \w+|du|nhung) tieu chi (?:\w+ ){0,5}(?:dat|dung|true|met|hoan thanh|thoa)",
    r"(?:dat|du|thoa man|dap ung|thoa) (?:\w+ ){0,3}tieu chi\b(?! (?:nong thon|van hoa|do thi|ve\b|cua (?:xa|phuong|bo)))",
    r"(?:danh dau|coi nhu|ghi|xac nhan|ket luan) (?:\w+ ){0,5}(?:la )?(?:da dat|dat het|dat ca|dat yeu cau|true|met)\b",
    r"(?:cho|tinh) (?:\w+ ){0,3}dat (?:het|ca|tat ca|toan bo|tron ven|luon|di)\b",
    r"(?:nguoi|giam khao|may|ai|ban|he thong|thay|co|vi du|ket qua|khi|che do|cach|loi) (?:dang |se |da )?cham (?:bai|diem|thi|dat|nghiem|ma|cuoi|chung)",
    r"\b(?:giam khao|nguoi cham|nguoi ra de|ban cham)\b",
    r"ket qua cham|phan quyet|tu danh gia (?:\w+ ){0,9}dat|deu la (?:true|met|dat)",
    r"(?:tin nhan|thong bao|lenh) tu (?:quan tri|he thong|admin|giam khao)|che do (?:cho dat|cham|dev)",
    r"(?:cham|duyet|cho) (?:\w+ ){0,4}(?:10|muoi) diem|(?:giao vien|co giao|thay giao) (?:da )?(?:duyet|cham) ",
    r"(?:lam|nghe) theo loi (?:toi|tao|minh|em) (?:thoi|ghi|noi|cho)",
    r"(?:tinh|duoc) (?:\w+ ){0,2}dat (?:toan bo|het|tron ven)",
    r"(?:ket thuc|het) bai lam|bai lam (?:ket thuc|het|da het)|het bai (?:phan|sau day|tu day)",
    r"(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,4}(?:instructions?|prompts?|rules?|rubric|criteria|above|previous|guidelines?)",
    r"ignorez (?:\w+ ){0,4}(?:instructions?|consignes|regles)|note maximale|ignora (?:\w+ ){0,4}instrucciones",
    r"(?:full|perfect|top|maximum|highest|high|best|passing) (?:marks?|credit|grade|score|verdict)\b",
    r"(?:give|award|deserves?|assign|grant|get|want|earn|with|worth|receive) (?:\w+ ){0,4}(?:full|maximum|max|all|top|\d+) (?:the )?points?\b",
    r"(?:all|every|each) (?:the |of the )?(?:criteri(?:a|on)|requirements?) (?:\w+ ){0,3}(?:met|satisfied|passed|fulfilled|true)",
    r"(?:mark|grade|score|rate|count|treat) (?:it|me|(?:this|my|the) (?:answer|response|submission|work|student|text|essay|exam))\b(?: \w+){0,4} (?:as|with|correct|full|true|met|pass)",
    r"mark (?:it|everything|all|this) (?:as |is )?(?:met|correct|passed|true|right)",
    r"(?:dear|you are|hey|hello|kind|kindest|smartest|best) (?:\w+ ){0,4}(?:grader|examiner|evaluator|judge)\b|\bgrader(?:s)? (?:notes?|full|please)|for the grader",
    r"\b(?:system prompt|jailbreak|developer mode|prompt injection|new instructions?|final verdict|passing verdict)\b",
    r"(?:return|output|answer|respond|says?) (?:with |only |always ){0,2}(?:true|met)\b|false means true|never (?:return|say|give|output) false",
    r"(?:you must|please|now|just) (?:return|output|give|award|print) (?:\w+ ){0,3}(?:marks?|verdicts?|points|pass|score|true)",
    r"(?:student|learner|candidate) has (?:already )?passed|every (?:requirement|criterion)|(?:fail|failing|reward|pass) (?:this answer|me|my answer)\b",
    r"(?:you are now|pretend (?:you are|to be)|act as) (?:\w+ ){0,6}(?:dan\b|free of|grandmother|no rules)|every answer (?:wins|passes)|be generous",
    r"(?:high|good|better|great) (?:marks|grades)\b",
)
# A sentence that names the answer itself and judges it is not part of the answer.
_ITSELF = re.compile(
    r"\b(?:bai|cau tra loi|bai viet|loi giai) (?:nay|tren|do|cua (?:em|toi|minh|con|chau|chinh)|em|toi)\b|\b(?:bai lam|bai nop|bai thi)\b"
    r"|\b(?:noi dung|doan|phan|van ban|dong|truong hop) (?:\w+ )?(?:phia tren|o tren|ben tren|tren day|cua toi|cua em)\b"
    r"|\b(?:phia tren|o tren|ben tren|tren day)$|\bbai co dong nay\b|\bhoc vien\b"
)
_JUDGED = re.compile(
    r"\b(?:dat (?:yeu cau|het|tat ca|du|ca|diem|chuan)|diem|cham|danh gia|tieu chi|cong nhan|xac nhan|chap nhan|dong y|phe duyet|duyet"
    r"|xuat sac|hoan hao|hoan thanh|thoa|day du|tron ven|thieu sot|sai sot|muc cao nhat|ket qua (?:cao|tot) nhat|khong can (?:doc|kiem|xem|xet)"
    r"|truot|rot|do dau|qua mon|true|met|pass|full|hop le|dung het|chinh xac)\b"
)
_PLEAS = re.compile(  # words that stand in no answer, whatever it is about
    r"\bcham chuoc\b|\bqua mon\b|\bchieu co\b|\bthuong tinh\b|\bdung (?:co )?tru\b|\btru diem\b|\bkhoi xet\b"
    r"|\b(?:de nghi|xin|hay|cu|mong|vui long|chi can) (?:\w+ ){0,3}(?:cong nhan|xac nhan|phe duyet|chap nhan|duyet)(?: la| bai| ket qua| muc| cho (?:em|toi|minh)| hoan| nhe|$)"
    r"|\bxac nhan (?:luon|di|ngay|giup)\b|\bcong nhan (?:la|bai|ket qua|hoan)\b|\bdien uu tien\b"
    r"|\b(?:danh cho|gui|chu y|hoi|hey) (?:\w+ ){0,3}(?:mo hinh|chatbot|tri tue nhan tao|nguoi danh gia|bo phan danh gia|ban danh gia)\b"
    r"|\b(?:nguoi|toi|chinh toi) (?:da )?(?:tao|lap trinh|sinh) ra ban\b|\bbo (?:cac |het |moi )?(?:rang buoc|gioi han|quy dinh)\b"
    r"|\b(?:deu|la|bang|ghi|chon) (?:true|met|pass|passed|yes)\b|\b(?:moi|tat ca|ca) (?:cac )?(?:truong|muc|dieu kien|yeu cau) (?:\w+ ){0,5}(?:thoa|true|dung|dat|cao nhat|toi da)\b"
    r"|\bghi chu cua (?:bien tap|giao vien|ban to chuc|nguoi|quan tri|he thong)\b|\bloi dan (?:bi mat|rieng)\b"
    r"|\byeu cau moi (?:thay|cho)\b|\bkhong can (?:doc|kiem tra|xet|cham) (?:\w+ ){0,4}(?:tren|luon|nua|lai)\b"
)
_SENTENCE = re.compile(r"[.!?…\n;]+")

_RAW = re.compile("|".join(f"(?:{mark})" for mark in _RAW_MARKS), re.IGNORECASE | re.MULTILINE)
_VIETNAMESE = re.compile("|".join(f"(?:{mark})" for mark in _VIETNAMESE_MARKS))
_FOLDED = re.compile("|".join(f"(?:{mark})" for mark in _FOLDED_MARKS))


@lru_cache(maxsize=256)  # calibration and judge look at the same answer
def has_instructions(text: str) -> bool:
    """Tell whether a text speaks to the grader, or is written so that it hides something."""
    return _speaks(text) or is_disguised(text) or any(map(_speaks, readings(text)))


def _speaks(text: str) -> bool:
    lower, plain = " ".join(text.casefold().split()), " ".join(fold(text))
    if _RAW.search(text) or _VIETNAMESE.search(lower) or _FOLDED.search(plain) or _PLEAS.search(plain):
        return True
    return any(_judges_itself(" ".join(fold(sentence))) for sentence in _SENTENCE.split(text))


def _judges_itself(sentence: str) -> bool:
    return bool(_ITSELF.search(sentence) and _JUDGED.search(sentence))
