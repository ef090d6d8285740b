"""Whatever arrives as an answer: a value or AnswerError; marking always ends, always the same."""

import unicodedata
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from courses.exercises.base import AnswerError
from courses.exercises.registry import kinds
from tests.courses.exercises.conftest import BLOCKS, make

EXERCISES = {kind: make(kind) for kind in BLOCKS}
IDS = st.sampled_from(["o1", "o2", "o3", "i1", "i2", "i3", "g1", "g2", "g3", "p1", "p2", "p3", "p4", "x"])
WORDS = st.one_of(
    IDS,
    st.text(max_size=30),
    st.text(alphabet=st.characters(), max_size=30),  # lone surrogates too
    st.sampled_from(["Phường", unicodedata.normalize("NFD", "Phường ế"), "\x00"]),
)
FIGURES = st.text(alphabet="0123456789.,- đồngha%/²", max_size=14)
STEPS = st.lists(
    st.sampled_from(["s1r1", "s1r2", "s1r3", "s2r1", "s3r1", "s3r2", "s4r1", "s4r2"]), max_size=3
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=20,
)
SHAPED = st.one_of(
    st.fixed_dictionaries({"chosen": st.lists(IDS, max_size=4)}),
    st.fixed_dictionaries({"placed": st.dictionaries(IDS, IDS, max_size=4)}),
    st.fixed_dictionaries({"marked": st.lists(IDS, max_size=5)}),
    st.fixed_dictionaries({"order": st.permutations(["i1", "i2", "i3", "i4"])}),
    st.fixed_dictionaries(
        {
            "filled": st.dictionaries(
                st.sampled_from(["b1", "b2", "b3", "b4", "b5", "b6"]), st.one_of(FIGURES, WORDS)
            )
        }
    ),
    st.fixed_dictionaries({"text": WORDS}, optional={"reply": WORDS}),
    st.fixed_dictionaries({"values": st.dictionaries(st.sampled_from(["tien", "ty-le", "x"]), FIGURES)}),
    st.fixed_dictionaries(
        {"rows": st.lists(st.lists(st.one_of(FIGURES, WORDS), min_size=3, max_size=3), max_size=4)}
    ),
    st.fixed_dictionaries({"fields": st.dictionaries(st.sampled_from(["strengths", "threats", "x"]), WORDS)}),
    st.fixed_dictionaries({"paths": st.dictionaries(st.sampled_from(["cong-an", "khach", "x"]), STEPS)}),
)
ANSWERS = st.one_of(JSON, SHAPED)


def parsed(exercise, raw):
    try:
        return exercise.parse_answer(raw)
    except AnswerError:
        return None


@given(st.sampled_from(sorted(EXERCISES)), ANSWERS)
def test_parsing_and_marking_are_total_and_repeatable(kind, raw):
    exercise = EXERCISES[kind]
    answer = parsed(exercise, raw)
    if answer is None:
        return
    mark = exercise.mark(answer)
    assert mark == exercise.mark(exercise.parse_answer(raw))
    assert mark.max_score == exercise.points
    assert mark.score is None or 0 <= mark.score <= exercise.points
    assert (mark.status == "blank") == exercise.is_blank(answer)
    assert (mark.status == "waiting") == (mark.score is None)
    assert exercise.render_answer(answer).encode()
    assert mark.comment.encode()


@given(st.sampled_from(sorted(EXERCISES)), ANSWERS)
def test_a_parsed_answer_parses_to_itself(kind, raw):
    exercise = EXERCISES[kind]
    answer = parsed(exercise, raw)
    if answer is None:
        return
    stored = answer.model_dump(mode="json")
    if "placed" in stored:
        stored["placed"] = dict(stored["placed"])
    if kind == "teach":
        stored.pop("reply")
    assert exercise.parse_answer(stored) == answer


def normal(form, value):
    if isinstance(value, str):
        return unicodedata.normalize(form, value)
    if isinstance(value, list):
        return [normal(form, item) for item in value]
    if isinstance(value, dict):
        return {normal(form, name): normal(form, item) for name, item in value.items()}
    return value


@given(st.sampled_from(sorted(EXERCISES)), SHAPED)
def test_composed_and_decomposed_vietnamese_are_the_same_answer(kind, raw):
    exercise = EXERCISES[kind]
    assert parsed(exercise, normal("NFC", raw)) == parsed(exercise, normal("NFD", raw))


@given(st.text(alphabet="àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệ ơờởỡớợưừửữứựA", max_size=60))
def test_vietnamese_declared_in_either_form_is_the_same_exercise(text):
    nfd = unicodedata.normalize("NFD", text)
    prompt = EXERCISES["prompt"]
    one, other = (prompt.parse_answer({"text": form}) for form in (unicodedata.normalize("NFC", text), nfd))
    assert one == other
    assert prompt.mark(one) == prompt.mark(other)


@given(st.sampled_from(sorted(EXERCISES)), st.randoms(use_true_random=False))
def test_each_kinds_own_examples_are_marked_as_they_say(kind, random):
    exercise = EXERCISES[kind]
    for example in kinds()[exercise.kind].examples(exercise, random):
        answer = parsed(exercise, example.raw)
        said = "malformed" if answer is None else exercise.mark(answer).status
        assert said == example.expect, example


def test_examples_of_every_kind_tell_good_from_bad():
    for kind, exercise in EXERCISES.items():
        expected = {example.expect for example in kinds()[exercise.kind].examples(exercise, Random(1))}
        assert {
            "blank",
            "malformed",
            "wrong",
            "waiting" if exercise.rubric_marked else "right",
        } <= expected, kind
