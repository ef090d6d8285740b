"""How many tokens an answer took: the provider's own counts, else an estimate that says so."""

from __future__ import annotations

import json
import re
from typing import Any

from courses.exercises.base import Frozen

CHARACTERS_A_TOKEN = 3  # Vietnamese, by today's tokenizers: 2.5 to 3.5


class Tokens(Frozen):
    """What one answer took; ``estimated`` when the provider did not tell."""

    prompt: int
    completion: int
    estimated: bool = False


def tokens_of(usage: object, question: str, reply: str) -> Tokens:
    """Return the tokens that a provider told in ``usage``, or an estimate from the lengths of the texts."""
    if isinstance(usage, dict):
        prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
        if _count(prompt) and _count(completion):
            return Tokens(prompt=prompt, completion=completion)
    return Tokens(prompt=_estimate(question), completion=_estimate(reply), estimated=True)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _estimate(text: str) -> int:
    return -(-len(text) // CHARACTERS_A_TOKEN)


def read_reply(raw: bytes) -> tuple[str, object]:
    """Return text and ``usage`` of a whole answer or of a stream's events; what can't be read counts as empty."""
    texts: list[str] = []
    usage: object = None
    for data in _json_parts(raw):
        try:
            body: Any = json.loads(data)
            usage = body.get("usage") or usage
            choice = (body.get("choices") or [{}])[0]
            texts.append((choice.get("delta") or choice.get("message") or {}).get("content") or "")
        except (ValueError, AttributeError, TypeError, IndexError, KeyError):
            continue
    return "".join(text for text in texts if isinstance(text, str)), usage


def _json_parts(raw: bytes) -> list[bytes]:
    return [raw] if raw.lstrip()[:1] == b"{" else re.findall(rb"^data: ?(\{.*)$", raw, re.MULTILINE)
