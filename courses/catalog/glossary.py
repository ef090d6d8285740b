"""Words that a beginner may not know, each explained once; lessons refer to them as ``{term:id}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from courses.catalog.entries import load_entries
from courses.exercises.base import Frozen

GLOSSARY = Path(__file__).with_name("glossary.yaml")
SENTENCES = 2
LETTERS = 220
_END = re.compile(r"[.?!…](?=\s|$)")


def _short(text: str) -> str:
    if len(_END.findall(text)) > SENTENCES:
        raise ValueError(f"dài quá {SENTENCES} câu: viết gọn lại")
    if not _END.search(text[-1:]):
        raise ValueError("câu cuối thiếu dấu chấm")
    return text


class Term(Frozen):
    """One word and what it means, in at most two plain sentences.

    ``technical``: a word that looks easy and is not; a lesson that uses it explains it where it first does.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    word: str = Field(min_length=1, max_length=60)
    means: Annotated[str, Field(min_length=1, max_length=LETTERS), AfterValidator(_short)]

    technical: bool = False

    @property
    def bracketed(self) -> str:
        """The explanation in brackets, for places without pop-ups."""
        return f"({self.means.rstrip('.')})"


Glossary = Mapping[str, Term]


def load_glossary(path: Path = GLOSSARY) -> Glossary:
    """Return the terms by id.

    Raises:
        YamlError: ``glossary.yaml:LINE: …`` in Vietnamese, one line per fault.
    """
    return load_entries(path, Term)
