"""Hard checks of an answer that need no model; what they catch never reaches one.

A blank earns nothing, by rule. Everything else that is caught goes to a person: a copy may still hold
a learner's work, and a learner may write about grading without meaning to trick anybody.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from autograder.judge import Reason
from autograder.quotes import allowed_edits, contains, fold
from courses.exercises.base import RubricExercise

COPY_SHARE = 0.8
"""Share of an answer's passages (five words in a row) that may come from texts it was shown."""
PASSAGE = 5
CRITERION_WORDS = 4  # a shorter criterion may well be said by chance

_RAW_MARKS = (
    r"<\|[^|]{0,40}\|>",  # chat template tokens
    r"</?\s*bai_lam",  # our own delimiter
    r"\[/?INST\]|<<SYS>>",
    r"(?:^|[.!?…]\s)\s*(?:#+\s*)?(?:system|assistant|developer|hệ thống|trợ lý chấm)\s*[:：]",
    r"[\"'“”]?\b(?:met|criterion|verdicts?)\b[\"'“”]?\s*[:=]\s*(?:true|1|\[|[\"'“])",
    r"[A-Za-z0-9+/]{40,}={0,2}",  # base64
    r"(?:\\u[0-9a-f]{4}|&#x?[0-9a-f]+;){4,}",
)
_FOLDED_MARKS = (  # without diacritics, single spaces
    r"(?:bo qua|quen|phot lo|khong can theo) (?:\w+ ){0,4}(?:huong dan|chi dan|quy tac|chi thi|tieu chi|rubric)",
    r"(?:bo qua|quen) (?:moi|tat ca|cac|nhung|het) (?:\w+ ){0,2}(?:lenh|yeu cau) (?:\w+ ){0,2}(?:tren|truoc)",
    r"(?:cho|cham|tang|ghi|chinh|nang) (?:\w+ ){0,5}(?:diem toi da|du diem|diem cao nhat|tron diem|10 diem|muoi diem|full diem)",
    r"(?:diem toi da|du diem|tron diem) (?:cho|nhe|nha|giup|di|bai)",
    r"(?:tat ca|moi|cac|ca \w+) tieu chi (?:\w+ ){0,5}(?:dat|dung|true|met|hoan thanh)",
    r"(?:danh dau|coi nhu|ghi|xac nhan|ket luan) (?:\w+ ){0,5}(?:la )?(?:da dat|dat het|dat ca|dat yeu cau|true|met)\b",
    r"(?:nguoi|giam khao|may|ai|ban|he thong|thay|co) (?:dang )?cham (?:bai|diem|thi)",
    r"\bgiam khao\b",
    r"(?:ignore|disregard|forget|override) (?:\w+ ){0,4}(?:instructions?|prompts?|rules?|rubric|criteria|above|previous)",
    r"(?:full|maximum|max|perfect|all|top) (?:marks?|points?|score|credit|grade)",
    r"(?:all|every) (?:the )?criteri(?:a|on) (?:\w+ ){0,3}(?:met|satisfied|passed|fulfilled|true)",
    r"(?:mark|grade|score|rate) (?:this|my|the|it|me) (?:\w+ ){0,4}(?:as|with|correct|full|true|met|pass)",
    r"(?:as|dear|you are|hey|hello) (?:\w+ ){0,3}(?:grader|examiner|evaluator|judge)\b",
    r"\b(?:system prompt|jailbreak|developer mode|prompt injection|new instructions?)\b",
)
_RAW = re.compile("|".join(f"(?:{mark})" for mark in _RAW_MARKS), re.IGNORECASE | re.MULTILINE)
_FOLDED = re.compile("|".join(_FOLDED_MARKS))


def hard_check(
    exercise: RubricExercise, answer: str, *, compare_reference: bool = True
) -> Reason | Literal["blank"] | None:
    """Return what is wrong with an answer, or None when a model may look at it.

    Args:
        exercise: the exercise answered.
        answer: the learner's text.
        compare_reference: False for the author's own samples, which may be the model answer.
    """
    given = fold(answer)
    if not given:
        return "blank"
    if has_instructions(answer):
        return "instructions"
    if copies_criterion(exercise, given):
        return "criteria_copied"
    if copies_texts(exercise, given, compare_reference=compare_reference):
        return "copied"
    return _length(exercise, len(given))


def has_instructions(answer: str) -> bool:
    """Tell whether a text speaks to the grader, or hides something (invisible or bidi characters)."""
    if any(_is_hidden(character) for character in answer):
        return True
    return bool(_RAW.search(answer) or _FOLDED.search(" ".join(fold(answer))))


def _is_hidden(character: str) -> bool:
    """Format characters other than those that emoji and Vietnamese keyboards leave (ZWJ, BOM, soft hyphen)."""
    return unicodedata.category(character) == "Cf" and character not in "\u200d\ufeff\u00ad"


def copies_criterion(exercise: RubricExercise, given: list[str]) -> bool:
    """Tell whether an answer holds a criterion's text, near verbatim."""
    for criterion in exercise.rubric:
        text = fold(criterion.text)
        if len(text) >= CRITERION_WORDS and contains(given, text, allowed_edits(text)):
            return True
    return False


def copies_texts(exercise: RubricExercise, given: list[str], *, compare_reference: bool = True) -> bool:
    """Tell whether an answer is little more than passages of texts that lay before the learner."""
    sources = [fold(text) for text in exercise.shown_texts()]
    if compare_reference:
        sources.append(fold(exercise.reference))
    if len(given) < PASSAGE:
        return any(contains(source, given) for source in sources)
    known = {passage for source in sources for passage in passages(source)}
    own = passages(given)
    return sum(passage in known for passage in own) >= COPY_SHARE * len(own)


def passages(words: list[str]) -> list[tuple[str, ...]]:
    """Return all stretches of five words."""
    return [tuple(words[i : i + PASSAGE]) for i in range(len(words) - PASSAGE + 1)]


def _length(exercise: RubricExercise, count: int) -> Reason | None:
    least, most = exercise.judged_words
    if count < least:
        return "too_short"
    return "too_long" if count > most else None
