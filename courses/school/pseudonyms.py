"""Friendly names for boards: drawn by chance, so that nothing of the person is in them."""

from __future__ import annotations

import random
from collections.abc import Container

_WORDS = (
    "Búp Chè",
    "Suối Xanh",
    "Nắng Sớm",
    "Mây Trắng",
    "Đồi Chè",
    "Hương Lúa",
    "Gió Đồng",
    "Sương Mai",
    "Lá Non",
    "Hoa Mận",
    "Hoa Ban",
    "Hoa Sim",
    "Hoa Cải",
    "Hoa Bưởi",
    "Sen Hồng",
    "Cúc Vàng",
    "Tre Xanh",
    "Trúc Xinh",
    "Bến Nước",
    "Cầu Vồng",
    "Trăng Rằm",
    "Sao Mai",
    "Chim Sâu",
    "Chim Én",
    "Ong Thợ",
    "Chuồn Chuồn",
    "Cá Chép",
    "Diều Giấy",
    "Đèn Sao",
    "Thuyền Nan",
    "Nón Lá",
    "Khăn Thêu",
    "Quả Mơ",
    "Hạt Gạo",
    "Ngô Non",
    "Mầm Xanh",
    "Rừng Thông",
    "Thác Bạc",
    "Đá Cuội",
    "Sông Quê",
)
_FEW, _MANY = 99, 9999  # two digits read best; a big ward needs four


def new_pseudonym(taken: Container[str], chance: random.Random | None = None) -> str:
    """Return a free pseudonym, e.g. ``Búp Chè 27``.

    Args:
        taken: pseudonyms in use.
        chance: source of chance; the operating system's when not given. A name or username is never an
            input, so a pseudonym cannot be worked out from them.
    """
    source = chance or random.SystemRandom()
    for highest in (*[_FEW] * 20, *[_MANY] * 200):
        pseudonym = f"{source.choice(_WORDS)} {source.randint(1, highest):02d}"
        if pseudonym not in taken:
            return pseudonym
    raise RuntimeError("no free pseudonym: the ward has more people than names")
