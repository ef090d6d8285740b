"""Vietnamese names: sorted as a class register sorts them, and made safe for user names and paths."""

from __future__ import annotations

import unicodedata

NameKey = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]

_LETTERS = {letter: rank for rank, letter in enumerate(" 0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng
_SHAPES = {"\u0306", "\u0302", "\u031b"}  # the marks of ă, â ê ô, ơ ư: they make another letter
_SIGNS_OF_A_NAME = " '’.-()0123456789"  # besides letters and their marks
_OTHER = len(_LETTERS)  # signs of other alphabets come last, in code point order


def sort_key(name: str) -> tuple[NameKey, str]:
    """Return the key that sorts full names by given name (last word), then middle, then family name.

    Words compare by letters (a ă â b … đ e ê …), then by tone (ngang huyền hỏi ngã sắc nặng); where the
    tone mark is written does not matter (hòa = hoà). The name itself breaks ties.
    """
    words = name.casefold().split()
    order = words[-1:] + words[1:-1] + words[:1] if len(words) > 1 else words
    return tuple(_word_key(word) for word in order), unicodedata.normalize("NFC", name)


def text_key(text: str) -> tuple[NameKey, str]:
    """Return the key that sorts a Vietnamese text in reading order; numbers count as numbers (Tổ 2 < Tổ 10)."""
    words = (word.zfill(9) if word.isdecimal() else word for word in text.casefold().split())
    return tuple(_word_key(word) for word in words), unicodedata.normalize("NFC", text)


def _word_key(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[str] = []
    tones: list[int] = []
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tones.append(_TONES[sign])
        elif sign in _SHAPES and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + sign)
        elif not unicodedata.combining(sign):
            letters.append(sign)
    return tuple(_LETTERS.get(letter, _OTHER + ord(letter[0])) for letter in letters), tuple(tones)


def slug(text: str) -> str:
    """Return a text in ``[a-z0-9-]`` without Vietnamese marks: ``Tổ dân phố 7`` → ``to-dan-pho-7``."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("đ", "d")
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return "-".join("".join(sign if _is_plain(sign) else " " for sign in kept).split())


def _is_plain(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def tidy(text: str) -> str:
    """Return a text in NFC with single spaces and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fits_a_name(sign: str) -> bool:
    """Letters, their combining marks, and a few signs; nothing that a page, a sheet or a terminal obeys."""
    return sign in _SIGNS_OF_A_NAME or sign == "\u00a0" or unicodedata.category(sign)[0] in "LM"


def printable(text: str, longest: int = 60) -> str:
    """Return somebody's text fit for a terminal and a message: no control or bidi signs, not endless."""
    shown = "".join(
        "\ufffd" if unicodedata.category(sign)[0] == "C" else sign for sign in text[: longest + 1]
    )
    return shown if len(text) <= longest else shown[:longest] + "…"
