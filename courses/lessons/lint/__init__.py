"""``bdhai lint``: everything that a lesson must hold before learners see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from courses.catalog.facts import Facts, load_facts
from courses.catalog.glossary import load_glossary
from courses.clock import now, programme_day
from courses.exercises.registry import kinds
from courses.lessons.errors import LessonError
from courses.lessons.lint.alignment import check_alignment
from courses.lessons.lint.cases import check_cases
from courses.lessons.lint.content import (
    check_assets,
    check_keys,
    check_markdown,
    check_outside,
    check_plain,
    check_secrets,
)
from courses.lessons.lint.dictionary import KnownWords, dictionary_file, known_words
from courses.lessons.lint.facts import check_facts, check_law_numbers
from courses.lessons.lint.figures import check_figures
from courses.lessons.lint.finding import Check, Common, Finding, Subject, code_of
from courses.lessons.lint.glossary import check_glossary
from courses.lessons.lint.length import check_length
from courses.lessons.lint.pasted import check_pasted
from courses.lessons.lint.readability import check_readability
from courses.lessons.lint.recall import check_cards, check_teach_back
from courses.lessons.lint.sample_set import check_sample_set
from courses.lessons.lint.samples import check_samples
from courses.lessons.lint.sentences import check_sentences
from courses.lessons.lint.skills import check_skills
from courses.lessons.lint.spelling import check_spelling
from courses.lessons.lint.technical import check_technical
from courses.lessons.lint.time_budget import check_time
from courses.lessons.lint.understood import check_understood
from courses.lessons.lint.whole import check_both_kinds, check_settings
from courses.lessons.parse import lesson_folders, load_lesson, load_lessons
from courses.yaml_errors import YamlError

__all__ = ["CHECKS", "WHOLE", "Finding", "known_codes", "lint"]

CHECKS: tuple[Check, ...] = (
    check_time,
    check_length,
    check_sentences,
    check_readability,
    check_spelling,
    check_glossary,
    check_technical,
    check_alignment,
    check_skills,
    check_markdown,
    check_outside,
    check_assets,
    check_secrets,
    check_plain,
    check_keys,
    check_facts,
    check_law_numbers,
    check_settings,
    check_cases,
    check_both_kinds,
    check_cards,
    check_teach_back,
    check_samples,
    check_sample_set,
    check_pasted,
    check_understood,
    check_figures,
)

WHOLE = frozenset({"length", "settings", "both-kinds", "sample-set"})
"""Codes of what only a whole lesson can hold: a new one, or a piece of one, has them left to do."""

UNREADABLE = ("lesson", "head")  # codes of what stops a lesson before any check
CATALOG = "catalog"


def known_codes() -> tuple[str, ...]:
    """Return every code that a finding can carry; each is explained, see ``courses.lessons.lint.explain``."""
    return (*UNREADABLE, CATALOG, *(code_of(check) for check in CHECKS), *kinds())


def lint(
    root: Path,
    only: Sequence[Path] = (),
    *,
    facts: Facts | None = None,
    today: date | None = None,
    words: KnownWords | None = None,
) -> list[Finding]:
    """Return everything to mend, sorted by file and line.

    Args:
        root: folder of ``level1`` … ``level5``.
        only: lesson folders; by default every lesson, and then also that no two share a number.
        facts: dated facts by id; by default the catalogue's.
        today: the day against which facts grow stale; by default the programme's day.
        words: what a lesson may be written with; by default the machine's dictionary and the catalogue's glossary.
    """
    try:
        written = words or known_words(load_glossary(), dictionary_file())
        known = load_facts() if facts is None else facts
    except YamlError as error:
        return [_of_yaml(line) for line in str(error).splitlines()]
    day = today or programme_day(now())
    found = [] if only else _of_tree(root, known)
    for folder in only or lesson_folders(root):
        found += _of_lesson(folder, Common(known, day, written))
    return sorted(set(found), key=lambda finding: (finding.path, finding.line, finding.message))


def _of_lesson(folder: Path, common: Common) -> list[Finding]:
    try:
        lesson = load_lesson(folder, common.facts, common.words.glossary)
    except LessonError as error:
        return _of_error(error)
    subject = Subject(lesson, folder.resolve(), common)
    return [
        finding.model_copy(update={"code": code_of(check)}) for check in CHECKS for finding in check(subject)
    ]


def _of_tree(root: Path, facts: Facts) -> list[Finding]:
    """Find what only shows in all lessons together; a lesson's own faults come with its own check."""
    try:
        load_lessons(root, facts)
    except LessonError as error:
        return _of_error(error)
    return []


def _of_error(error: LessonError) -> list[Finding]:
    return [
        Finding(path=fault.path, line=fault.line, message=fault.message, code=fault.code)
        for fault in error.faults
    ]


def _of_yaml(text: str) -> Finding:
    name, line, message = text.split(":", 2)
    return Finding(path=f"courses/catalog/{name}", line=int(line), message=message.strip(), code=CATALOG)
