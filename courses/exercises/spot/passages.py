"""The text of a ``spot``: passages that may overlap, cut into pieces that can be tapped.

Passages stand in the text between ``[[`` and ``]]``, or below it as a list that repeats their words; only the list
can say passages that overlap. The text is cut wherever a passage begins or ends. A learner taps pieces.

One tap finds one passage. Where wrong passages overlap, a tap in the overlap counts for one of them, the shortest that
no other tap finds; to find both, the learner taps one more piece of either. So many passages are found as can be given
a tapped piece each (a maximum matching, by augmenting paths: H. W. Kuhn, 1955). False alarms are counted the same
way among the right passages, from taps outside every wrong passage: one tap never costs twice.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from courses.exercises.base import DeclarationError, Frozen, raise_faults

_PASSAGE = re.compile(r"\[\[(?P<inner>.*?)\]\]", re.DOTALL)
_INNER = re.compile(r"^(?P<sign>[xo])\s+(?P<text>[^|]+?)\s*(?:\|\s*(?P<reason>.*?)\s*)?$", re.DOTALL)
_LINE_END = re.compile(r"(?P<hard>\\| {2,})?[ \t]*\n(?P<empty>\s*\n)?[ \t]*")
_ROW = re.compile(r"^[-*+]\s+\[(?P<box>[ xX])\]\s+(?P<text>[^|]+?)\s*(?:\|\s*(?P<reason>.*?)\s*)?$")
_REASON = {
    False: "đoạn đúng [[o …]] không có lý do: bỏ phần sau dấu |",
    True: "đoạn sai thiếu lý do: viết [[x đoạn sai | vì sao sai]]",
}


class Segment(Frozen):
    """A piece of the text; with an ``id`` it can be tapped."""

    text: str
    id: str | None = None


class Passage(Frozen):
    """What an author marked, and the pieces that it is cut into; ``reason`` (wrong passages only) is why."""

    text: str
    pieces: tuple[str, ...]
    reason: str | None = None


def found(passages: Sequence[Passage], tapped: Collection[str]) -> tuple[Passage, ...]:
    """Return the passages that taps find, each by a tap of its own, in their order."""
    by_piece: dict[str, int] = {}  # tapped piece → the passage that it finds

    def take(number: int, seen: set[str]) -> bool:
        for piece in passages[number].pieces:
            if piece in tapped and piece not in seen:
                seen.add(piece)
                if piece not in by_piece or take(by_piece[piece], seen):
                    by_piece[piece] = number
                    return True
        return False

    for number in sorted(range(len(passages)), key=lambda one: len(passages[one].pieces)):
        take(number, set())
    hit = set(by_piece.values())
    return tuple(passage for number, passage in enumerate(passages) if number in hit)


@dataclass(frozen=True)
class _Span:
    """One passage in the plain text: characters ``start`` to ``end``."""

    start: int
    end: int
    reason: str | None
    line: int


@dataclass
class _Text:
    """The plain text and its passages, as they are read."""

    plain: str = ""
    spans: list[_Span] = field(default_factory=list)
    faults: list[DeclarationError] = field(default_factory=list)

    def fault(self, message: str, line: int) -> None:
        """Note one fault."""
        self.faults.append(DeclarationError(message, line))

    def bracket(self, inner: str, line: int) -> None:
        """Take what stands between ``[[`` and ``]]``, or note why it cannot be read."""
        read = _INNER.match(inner)
        if read is None:
            self.fault(f"không hiểu “[[{inner}]]”: viết [[x đoạn sai | vì sao]] hoặc [[o đoạn đúng]]", line)
            return
        start = len(self.plain)
        self.plain += " ".join(read["text"].split())
        self.span(start, len(self.plain), read["sign"] == "x", read["reason"], line)

    def row(self, text: str, line: int) -> None:
        """Take a passage of the list below the text, or note why it cannot be read."""
        read = _ROW.match(text)
        if read is None:
            self.fault(
                "dòng này không phải một đoạn: viết “- [x] đoạn sai | vì sao” hoặc “- [ ] đoạn đúng”", line
            )
            return
        words = r"\s+".join(re.escape(word) for word in read["text"].split())
        places = [(place.start(), place.end()) for place in re.finditer(rf"(?<!\w){words}(?!\w)", self.plain)]
        if len(places) != 1:
            mend = "chép đúng từng chữ" if not places else "chép thêm chữ bên cạnh để chỉ còn một chỗ"
            self.fault(f"“{read['text']}” có {len(places)} chỗ trong đoạn văn: {mend}", line)
            return
        self.span(*places[0], read["box"] in "xX", read["reason"], line)

    def span(self, start: int, end: int, is_wrong: bool, reason: str | None, line: int) -> None:  # noqa: FBT001 - internal
        """Note one passage; a wrong one has a reason, a right one has none."""
        why = " ".join((reason or "").split())
        if bool(why) != is_wrong:
            self.fault(_REASON[is_wrong], line)
        self.spans.append(_Span(start, end, why if is_wrong else None, line))


def read_passages(
    quote: str, first: int, rows: Iterable[tuple[int, str]]
) -> tuple[tuple[Segment, ...], tuple[Passage, ...]]:
    """Return the text's pieces and its passages.

    Args:
        quote: the text with its ``[[…]]``.
        first: the body line where it starts.
        rows: body lines below it, with their numbers.

    Raises:
        DeclarationError: with every fault.
    """
    text = _Text()
    place = 0
    for bracket in _PASSAGE.finditer(quote):
        text.plain += _flowing(quote[place : bracket.start()])
        text.bracket(bracket["inner"].strip(), first + quote.count("\n", 0, bracket.start()))
        place = bracket.end()
    text.plain += _flowing(quote[place:])
    for line, row in rows:
        text.row(row, line)
    segments = _cut(text.plain, text.spans)
    passages = _passages(text.plain, text.spans, segments)
    raise_faults(text.faults or _whole(text.plain, passages, first))
    return tuple(segment for segment, _, _ in segments), passages


def _flowing(text: str) -> str:
    """Return a text without its file's line ends: a backslash keeps one, an empty line a paragraph's."""
    return _LINE_END.sub(lambda end: "\n\n" if end["empty"] else "\n" if end["hard"] else " ", text)


_Placed = tuple[Segment, int, int]  # a segment with its characters' start and end


def _cut(plain: str, spans: Sequence[_Span]) -> list[_Placed]:
    """Cut the text where a passage begins or ends; spaces at the ends of a piece stay outside it."""
    cuts = sorted({0, len(plain), *(span.start for span in spans), *(span.end for span in spans)})
    made: list[_Placed] = []
    for start, end in itertools.pairwise(cuts):
        inside = any(span.start <= start and end <= span.end for span in spans)
        whole = plain[start:end]
        lead = len(whole) - len(whole.lstrip()) if inside else len(whole)
        tail = len(whole.rstrip()) if inside else len(whole)
        name = f"p{sum(segment.id is not None for segment, _, _ in made) + 1}"
        parts = ((whole[:lead], None), (whole[lead:tail], name), (whole[max(lead, tail) :], None))
        at = start
        for text, id_ in parts:
            made += [(Segment(text=text, id=id_), at, at + len(text))] if text else []
            at += len(text)
    return made


def _passages(plain: str, spans: Sequence[_Span], segments: Sequence[_Placed]) -> tuple[Passage, ...]:
    made = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        inside = (segment.id for segment, start, end in segments if span.start <= start and end <= span.end)
        text = " ".join(plain[span.start : span.end].split())
        made.append(Passage(text=text, pieces=tuple(name for name in inside if name), reason=span.reason))
    return tuple(made)


def _whole(plain: str, passages: Sequence[Passage], line: int) -> list[DeclarationError]:
    """Return what is wrong with the text as a whole."""
    wrong = [passage for passage in passages if passage.reason is not None]
    pieces = {piece for passage in wrong for piece in passage.pieces}
    texts = [passage.text for passage in passages]
    messages = []
    if not wrong:
        messages.append("chưa có đoạn sai nào: đánh dấu [[x đoạn sai | vì sao]]")
    if len(set(texts)) < len(texts):
        messages.append("có hai đoạn giống hệt nhau: viết cho khác đi")
    elif passages and all(set(passage.pieces) <= pieces for passage in passages):
        messages.append("đoạn nào chạm được cũng sai: thêm vài đoạn đúng [[o …]]")
    elif len(found(wrong, pieces)) < len(wrong):
        messages.append("các đoạn sai chồng lên nhau nhiều hơn số mẩu chạm được: bỏ bớt đoạn bao ngoài")
    if "[[" in plain or "]]" in plain:
        messages.append("dấu [[ hoặc ]] chưa đủ đôi")
    return [DeclarationError(message, line) for message in messages]
