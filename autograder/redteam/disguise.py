"""How an attack hides its words: by name, each a function from text to text."""

from __future__ import annotations

import base64
import codecs
import re
import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import quote

_CYRILLIC = str.maketrans("aceiopxyABCEHKMOPTX", "асеіорхуАВСЕНКМОРТХ")
_GREEK = str.maketrans("aoivuAEHIKMNOPTXYZ", "αοινυΑΕΗΙΚΜΝΟΡΤΧΥΖ")
_LEET = str.maketrans("aeiostAEIOST", "4310574310" + "57")
_NOT_SPACED = re.compile(r"\s+")
_PIECE = 12
_FILLER = ("thì", "là", "cũng", "nhé")


def plain(text: str) -> str:
    """Take diacritics away."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _in_pieces(text: str) -> str:
    code = _base64(text)
    return " ".join(code[start : start + _PIECE] for start in range(0, len(code), _PIECE))


def _between(sign: str) -> Callable[[str], str]:
    return sign.join


def _shifted(start: int, to: int, digits: int | None = None) -> Callable[[str], str]:
    """Move ASCII letters to another alphabet of the same order (mathematical, circled)."""

    def move(text: str) -> str:
        return "".join(_moved(letter, start, to, digits) for letter in plain(text))

    return move


def _moved(letter: str, small: int, capital: int, digits: int | None) -> str:
    if "a" <= letter <= "z":
        return chr(small + ord(letter) - ord("a"))
    if "A" <= letter <= "Z":
        return chr(capital + ord(letter) - ord("A"))
    if digits is not None and letter.isdigit():
        return chr(digits + ord(letter) - ord("0"))
    return letter


def _spaced(text: str) -> str:
    return " ".join(_NOT_SPACED.sub("", unicodedata.normalize("NFC", text)))


def _marked(text: str) -> str:
    """Put three needless combining marks on every letter."""
    return "".join(f"{letter}\u0335\u0336\u0489" if letter.isalpha() else letter for letter in text)


def _filled(text: str) -> str:
    """Put a word that says nothing after every fifth word, so that no long passage stays whole."""
    words = text.split()
    return " ".join(
        f"{word} {_FILLER[number // 5 % len(_FILLER)]}" if number % 5 == 4 else word  # noqa: PLR2004 - see above
        for number, word in enumerate(words)
    )


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "": str,
    "base64": _base64,
    "base64_pieces": _in_pieces,
    "hex": lambda text: text.encode().hex(),
    "percent": quote,
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "cyrillic": lambda text: text.translate(_CYRILLIC),
    "greek": lambda text: text.translate(_GREEK),
    "math": _shifted(0x1D41A, 0x1D400, 0x1D7CE),
    "fullwidth": _shifted(0xFF41, 0xFF21, 0xFF10),
    "circled": _shifted(0x24D0, 0x24B6),
    "leet": lambda text: plain(text).translate(_LEET),
    "spaced": _spaced,
    "dotted": lambda text: ".".join(_NOT_SPACED.sub("", text)),
    "plain": plain,
    "filler_words": _filled,
    "zero_width": _between("\u200b"),
    "zero_width_joiner": _between("\u200d"),
    "filler": _between("\u3164"),
    "tags": lambda text: "".join(chr(0xE0000 + ord(letter)) for letter in plain(text)),
    "variation": lambda text: "☺" + "".join(chr(0xE0100 + byte) for byte in text.encode()),
    "override": lambda text: f"\u202e{text[::-1]}\u202c",
    "isolate": lambda text: f"\u2067{text}\u2069",
    "marks": _marked,
}
