"""Points and comments as people type them."""

from __future__ import annotations

import re

LONGEST_COMMENT = 2000
TOO_LONG = "Lời góp ý dài quá 2.000 ký tự. Bạn viết gọn lại giúp."
_SCORE = re.compile(r"\d{1,4}([.,]\d{1,2})?")


def read_score(typed: str) -> float:
    """Return a score typed with a decimal comma or point.

    Raises:
        ValueError: a Vietnamese sentence.
    """
    text = typed.strip()
    if not text.isascii() or not _SCORE.fullmatch(text):
        raise ValueError("Điểm phải là một số, ví dụ 3 hoặc 2,5.")
    return float(text.replace(",", "."))
