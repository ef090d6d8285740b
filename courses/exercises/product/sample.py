"""An author's sample of a ``product``: facts stand for a file, so that samples stay text."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from courses.exercises.base import DeclarationError, canonical_hash
from courses.exercises.files import Facts, HandedFile
from courses.exercises.text import words

_FORM = "product dùng: text: “bài viết”, hoặc file: {type: docx, text: “…”, …}"
_ENDINGS = {"text": "txt", "image": "png", "audio": "m4a", "video": "mp4"}


def sample_file(form: dict[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """Return the raw answer that a sample stands for.

    Raises:
        DeclarationError: for a form that is no text and no file.
    """
    file, text = form.get("file"), form.get("text", "")
    if set(form) - allowed or not isinstance(text, str) or not isinstance(file, dict | None):
        raise DeclarationError(_FORM)
    raw: dict[str, Any] = {"text": text} if text else {}
    return raw if file is None else {**raw, "file": _attested(file)}


def _attested(file: dict[str, Any]) -> dict[str, Any]:
    """Return the file as the server would know it: what the author wrote beside type and name are its facts."""
    facts = {key: value for key, value in file.items() if key not in {"type", "name", "size"}}
    kind = str(file.get("type", ""))
    try:
        read = Facts.model_validate({"words": len(words(str(facts.get("text", "")))), **facts})
        handed = HandedFile(
            id=canonical_hash(file),
            name=str(file.get("name") or f"bai-mau.{_ENDINGS.get(kind, kind)}"),
            type=kind,
            size=int(file.get("size", 1000)),
            facts=read,
        )
    except (ValidationError, ValueError, TypeError) as error:
        raise DeclarationError(_FORM) from error
    return handed.model_dump(mode="json", exclude_defaults=True)
