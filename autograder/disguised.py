"""Words that hide from a reader's eye or from a search: invisible, look-alike, spelled apart, or encoded.

A model reads most of these as plain text; a person who looks at the answer may not see them at all. So whatever is
written in such a way goes to a person, and what it says in plain letters (`readings`) is looked through, too.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import itertools
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

FEW = 4
"""Letters of a disguise that may stand in an honest text: a formula, a fancy name."""
SPELLED = 8
"""Letters one by one, with something between them, from which on a text is spelled apart."""
FEWEST_DECODED = 12  # characters of a message worth hiding

_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180e")
"""Letters and signs that look like nothing."""
_BASE_VARIANTS, _MORE_VARIANTS = range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)
_HARMLESS_FORMAT = frozenset("\u200d\ufeff\u00ad")  # emoji, Vietnamese keyboards and copied pages leave these
_STRUCK = frozenset(map(chr, (*range(0x0334, 0x0339), 0x0488, 0x0489, 0x20D0, 0x20D2)))
_MARKS_OF_A_LETTER = 2  # ặ has two

_FOREIGN_LETTERS = "асеіорхуӏһԁԛѕјвкмнтгАВСЕНІЈКМОРЅТХУ" + "αοινυρτκχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # Cyrillic, Greek
_LOOKALIKE = str.maketrans(
    _FOREIGN_LETTERS, "aceiopxylhdqsjbkmhtrABCEHIJKMOPSTXY" + "aoivuptkxyABEZHIKMNOPTYX"
)
_LETTERS_AMONG, _FOREIGN_AMONG = re.compile(r"[A-Za-zÀ-ỹ]"), re.compile(f"[{_FOREIGN_LETTERS}]")
_WORD = re.compile(r"\w{3,}")
_PHONETIC = re.compile(r"[ɐ-ʯᴀ-ᵿ]")
_LIGATURES = range(0xFB00, 0xFB07)
_APART = re.compile(rf"(?<!\w)(?:[^\W\d_](?:[ \t]|[ \t]?[.\-_*·|/~+][ \t]?)){{{SPELLED - 1},}}[^\W\d_](?!\w)")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_LEET_WORD = re.compile(r"(?<![\w@$!])(?=[\w@$!]*[a-z])(?=[\w@$!]*[0134578@$])[\w@$!]{2,}", re.IGNORECASE)
_CODE64 = re.compile(
    r"[A-Za-z0-9+/_-]{8,}={0,2}(?:\s+[A-Za-z0-9+/_-]{8,}={0,2})*(?:\s+[A-Za-z0-9+/_-]{1,7}={0,2})?"
)
_LONG_CODE = re.compile(r"[A-Za-z0-9+/]{40,}")  # whatever it says
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-f]{2}[ ,:]?){12,}", re.IGNORECASE)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(r"&#x?[0-9a-fA-F]{2,6};|&[a-z]{2,6};")


def is_disguised(text: str) -> bool:
    """Tell whether a text has words that are hidden, spelled apart, in look-alike letters, or in code."""
    return (
        _is_invisible(text)
        or _is_struck(text)
        or _is_styled(text)
        or any(map(_is_mixed, _WORD.findall(text)))
        or _APART.search(text) is not None
        or _LONG_CODE.search(text) is not None
        or any(_decoded(text))
    )


def _is_mixed(word: str) -> bool:
    """Tell whether a word of Latin letters has look-alikes of another alphabet in it."""
    return _FOREIGN_AMONG.search(word) is not None and len(_LETTERS_AMONG.findall(word)) > 1


def _is_invisible(text: str) -> bool:
    """Format characters, blanks that count as letters, selectors that carry bytes, joiners inside words."""
    if any(sign in _BLANKS or ord(sign) in _MORE_VARIANTS or _is_hidden_format(sign) for sign in text):
        return True
    if sum(ord(sign) in _BASE_VARIANTS for sign in text) > len(text) / 2 + 1:
        return True
    return len(re.findall(r"(?<=[^\W\d_])[\u200d\ufeff\u00ad](?=[^\W\d_])", text)) >= FEW


def _is_hidden_format(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" and sign not in _HARMLESS_FORMAT


def _is_struck(text: str) -> bool:
    """Letters struck out or under more marks than any language writes."""
    run = most = 0
    for sign in unicodedata.normalize("NFD", text):
        run = run + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        most += run == _MARKS_OF_A_LETTER + 1
    return most >= FEW or sum(sign in _STRUCK for sign in text) >= FEW


def _is_styled(text: str) -> bool:
    """Letters of mathematical, circled, full-width or phonetic alphabets instead of plain ones."""
    if len(_PHONETIC.findall(text)) >= FEW:
        return True
    return sum(_is_styled_letter(sign) for sign in text) >= FEW


def _is_styled_letter(sign: str) -> bool:
    if sign.isascii() or ord(sign) in _LIGATURES or unicodedata.category(sign) in {"No", "Nd"}:
        return False
    plain = unicodedata.normalize("NFKC", sign)
    return plain != sign and len(plain) == 1 and plain.isascii() and plain.isalpha()


def readings(text: str) -> Iterator[str]:
    """Yield what a text says where it isn't plain: look-alikes and digits for letters, backwards, shifted, decoded."""
    yield text.translate(_LOOKALIKE)
    if len(_LEET_WORD.findall(text)) > 1:
        yield _LEET_WORD.sub(lambda match: match.group().lower().translate(_LEET), text)
    yield text[::-1]
    yield codecs.encode(text, "rot13")
    yield from _decoded(text)


def _decoded(text: str) -> Iterator[str]:
    """Yield messages found in base64, hexadecimal, percent and entity codes."""
    for match in _CODE64.finditer(text):
        for code in _from_base64(match.group()):
            yield from _message(code)
    for match in _HEX.finditer(text):
        for digits in (match.group(), max(match.group().split(), key=len)):  # a number may stand before it
            yield from _message(_from_hex(digits))
    if len(_PERCENT.findall(text)) >= FEW:
        yield unquote(text)
    if len(_ENTITY.findall(text)) >= FEW:
        yield html.unescape(text)


def _from_base64(code: str) -> Iterator[bytes]:
    """Decode runs of words that look like base64; a plain word or two may have got into a run's beginning."""
    words = code.replace("-", "+").replace("_", "/").split()
    for coded, run in itertools.groupby(words, _looks_coded):
        own = list(run)
        for start in range(min(len(own), 3) if coded else 0):
            joined = "".join(own[start:]).rstrip("=")
            if len(joined) >= FEWEST_DECODED:
                with suppress(binascii.Error):
                    yield base64.b64decode(joined + "=" * (-len(joined) % 4), validate=True)


def _looks_coded(word: str) -> bool:
    """Tell code from words: capitals or digits among small letters, not only at the beginning."""
    signs = sum(sign.isupper() or sign.isdigit() or sign in "+/=" for sign in word[1:])
    return signs * 8 > len(word) or (len(word) < 8 and word.endswith("="))  # noqa: PLR2004 - one in eight; a last piece


def _from_hex(code: str) -> bytes:
    digits = re.sub(r"0x|\\x|[ ,:]", "", code, flags=re.IGNORECASE)
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _message(code: bytes) -> Iterator[str]:
    """Yield decoded bytes if they are a text and not chance."""
    try:
        text = code.decode()
    except UnicodeDecodeError:
        return
    letters = sum(sign.isalpha() or sign.isspace() for sign in text)
    if len(text) >= FEWEST_DECODED and text.isprintable() and letters >= len(text) * 0.8:
        yield text
