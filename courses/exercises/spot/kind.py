"""``spot``: tap the wrong passages of a text; points × max(0, found − false alarms) / wrong passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from courses.exercises.answers import blank, credited, fields_of, known_ids, narrow
from courses.exercises.authoring import Kind, Options, common, read_options, statement_of
from courses.exercises.base import DeclarationError, Exercise, Frozen, Mark, Parts
from courses.exercises.spot.examples import examples
from courses.exercises.spot.passages import Passage, Segment, found, read_passages
from courses.exercises.text import nfc


class SpotAnswer(Frozen):
    """Ids of the tapped pieces, in the order of the text."""

    marked: tuple[str, ...] = ()


class Spot(Exercise):
    """Pieces p1, p2 … in the order of the text; ``passages`` is the key. How taps count: see ``passages.py``."""

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"segments"}

    segments: tuple[Segment, ...]
    passages: tuple[Passage, ...]

    @property
    def pieces(self) -> dict[str, str]:
        """Text by id of everything that can be tapped."""
        return {segment.id: segment.text for segment in self.segments if segment.id}

    @property
    def wrong(self) -> tuple[Passage, ...]:
        """The passages to find."""
        return tuple(passage for passage in self.passages if passage.reason is not None)

    def parse_answer(self, raw: object) -> SpotAnswer:
        """See ``Exercise.parse_answer``."""
        marked = fields_of(raw, frozenset({"marked"})).get("marked", [])
        return SpotAnswer(marked=known_ids(marked, tuple(self.pieces)))

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, SpotAnswer).marked

    def mark(self, answer: BaseModel) -> Mark:
        """Points × max(0, found − false alarms) / wrong passages."""
        marked = narrow(answer, SpotAnswer).marked
        if not marked:
            return blank(self)
        hits, alarms = self._found(marked), self._alarms(marked)
        parts = Parts(right=len(hits), wrong=len(alarms), total=len(self.wrong))
        return credited(self, parts, self._comment(hits, alarms))

    def _found(self, marked: tuple[str, ...]) -> tuple[Passage, ...]:
        return found(self.wrong, marked)

    def _alarms(self, marked: tuple[str, ...]) -> tuple[Passage, ...]:
        inside = {piece for passage in self.wrong for piece in passage.pieces}
        right = [passage for passage in self.passages if passage.reason is None]
        return found(right, set(marked) - inside)

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``."""
        marked = narrow(answer, SpotAnswer).marked
        alarms = len(self._alarms(marked))
        extra = f" Có {alarms} chỗ chạm nhầm." if alarms else ""
        return f"Bạn tìm được {len(self._found(marked))}/{len(self.wrong)} chỗ sai.{extra}"

    def _comment(self, hits: tuple[Passage, ...], alarms: tuple[Passage, ...]) -> str:
        parts = [f"Bạn tìm được {len(hits)}/{len(self.wrong)} chỗ sai."]
        parts += [f"“{hit.text}”: {hit.reason}" for hit in hits]
        if alarms:
            named = "; ".join(f"“{alarm.text}”" for alarm in alarms)
            parts.append(f"Chạm nhầm {len(alarms)} chỗ đúng, nên bị trừ bớt: {named}.")
        if len(hits) < len(self.wrong):
            parts.append("Vẫn còn chỗ sai: bạn kiểm lại từng con số, ngày tháng, tên và số hiệu.")
        return "\n".join(parts)

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        pieces = self.pieces
        return "\n".join(f"• {pieces[one]}" for one in narrow(answer, SpotAnswer).marked) or "(để trống)"

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        return f"{self.statement}\n{''.join(segment.text for segment in self.segments)}"

    def minutes(self) -> float:
        """A quarter of a minute to think about each passage."""
        return len(self.passages) / 4

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return "\n".join(
            f"- “{one.text}” → {'đúng' if one.reason is None else f'sai – {one.reason}'}"
            for one in self.passages
        )

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        reasons = (one.reason for one in self.wrong)
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme(), *reasons) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``marked`` lists passages, or single pieces, word by word."""
        marked = form.get("marked", [])
        if not isinstance(marked, list) or set(form) - {"marked"}:
            raise DeclarationError('spot dùng: marked: ["đoạn chữ", …]')
        known: dict[str, tuple[str, ...]] = {text: (piece,) for piece, text in self.pieces.items()}
        known |= {passage.text: passage.pieces for passage in self.passages}
        texts = [" ".join(nfc(str(text)).split()) for text in marked]
        unknown = [text for text in texts if text not in known]
        if unknown:
            raise DeclarationError(f"bài không có đoạn “{unknown[0]}”; chép đúng từng chữ từ lesson.md")
        tapped = {piece for text in texts for piece in known[text]}
        return {"marked": [piece for piece in self.pieces if piece in tapped]}


def _read(id_: str, options: Mapping[str, object], body: str) -> Spot:
    wanted = read_options(Options, options)
    lines = body.split("\n")
    start, end = _quote(lines)
    rows = [(n, lines[n].strip()) for n in range(end, len(lines)) if lines[n].strip()]
    quote = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines[start:end])
    segments, passages = read_passages(quote, start, rows)
    return Spot(
        id=id_,
        kind="spot",
        statement=statement_of(lines[:start]),
        **common(wanted, "net"),
        segments=segments,
        passages=passages,
    )


def _quote(lines: list[str]) -> tuple[int, int]:
    """Return the first line of the quote block that holds passages, and the line after its end."""
    quoted = [n for n, line in enumerate(lines) if line.startswith(">")]
    if not quoted:
        raise DeclarationError("chưa có đoạn văn: đặt đoạn văn sau dấu “> ” ở đầu mỗi dòng", 0)
    end = quoted[-1] + 1
    start = quoted[-1]
    while start and (lines[start - 1].startswith(">") or not lines[start - 1].strip()):
        start -= 1
    start = next(n for n in quoted if n >= start)
    after = next((n for n in range(end, len(lines)) if lines[n].strip()), None)
    if after is not None and not lines[after].startswith(("-", "*", "+")):
        message = "sau đoạn văn chỉ được có danh sách đoạn: chuyển chữ lên trước, hoặc thêm dấu “> ”"
        raise DeclarationError(message, after)
    return start, end


KIND = Kind(name="spot", reader=_read, examples=examples)
