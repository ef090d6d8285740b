"""Whatever an author writes in place of any value: the kind reads it or says in Vietnamese what to mend, and never breaks."""

import copy
import re
from datetime import date

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.registry import kinds
from tests.courses.exercises.conftest import BLOCKS, make

ODD = [
    None, 1, -1, 0, 1.5, float("inf"), float("nan"), True, "x", "", "2/3", "/(/", "a" * 5000, 10**30,
    date(2026, 1, 1), [], {}, ["a"], [1], [[]], [None], [{}], {"a": 1}, {1: 2}, {"a": {}},
]  # fmt: skip
OPTIONS = ["credit", "why", "hint", "points", "rubric", "areas", "drawn", "fields", "method", "units", "tolerance",
           "unit", "answer", "signed", "label", "min_words", "max_words", "sample_reply", "most_rows", "many", "groups",
           "mode", "forgive", "field_words", "accept", "reference", "columns", "checks", "scenes", "misconceptions"]  # fmt: skip
FORMS = ["chosen", "placed", "order", "marked", "filled", "values", "value", "rows", "text", "reply", "turns",
         "fields", "paths", "file"]  # fmt: skip
_ENGLISH = re.compile(r"\b(?:should|must be|valid|input|expected|got|instance|keys)\b", re.IGNORECASE)


def places(value, way=()):
    """Yield the way to every value inside a declaration."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, own in inside:
        yield (*way, key)
        yield from places(own, (*way, key))


def put(value, way, odd):
    changed = copy.deepcopy(value)
    inner = changed
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = odd
    return changed


def told(read, *arguments) -> list[str]:
    """Return what is said of a declaration or a sample; nothing when it can be read."""
    try:
        read(*arguments)
    except DeclarationError as error:
        return [str(fault) for fault in error.faults]
    except AnswerError as error:
        return [str(error)]
    return []


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_every_odd_value_in_a_declaration_is_read_or_told_in_vietnamese(name):
    options, body = BLOCKS[name]
    kind = kinds()[name.partition("-")[0]]
    ways = [*places(options), *((option,) for option in OPTIONS)]
    said = [
        text for way in ways for odd in ODD for text in told(kind.read, "bai", put(options, way, odd), body)
    ]
    assert len(said) > 100
    assert [text for text in dict.fromkeys(said) if _ENGLISH.search(text)] == []


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_every_odd_sample_is_read_or_told_in_vietnamese(name):
    exercise, kind = make(name), kinds()[name.partition("-")[0]]

    def read(form):
        exercise.parse_answer(kind.read_sample(exercise, form))

    forms = [{field: odd} for field in FORMS for own in ODD for odd in (own, [own], [[own]], {"a": own})]
    said = [text for form in forms for text in told(read, form)]
    assert len(said) > 100
    assert [text for text in dict.fromkeys(said) if _ENGLISH.search(text)] == []
