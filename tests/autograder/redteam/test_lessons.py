"""In every lesson there is: the foreseen attacks reach no model, and honest words beside an answer silence nothing.

No model is asked here, so that all lessons can be looked at: only what the checks say of texts and quotes.
"""

from __future__ import annotations

import itertools

import pytest

from autograder.checks import hard_check
from autograder.judge import Usage
from autograder.redteam import attacks
from autograder.redteam.figures import UNFORESEEN
from autograder.redteam.known import known_answers
from autograder.redteam.trial import tries
from autograder.verdicts import Claim, check_claims
from courses.lessons import load_lessons
from courses.site import REPOSITORY

LESSONS = load_lessons(REPOSITORY)
FORESEEN = [one for one in attacks() if one.family not in {UNFORESEEN, "file_name"}]
PASTES = [one for one in FORESEEN if "{" in one.text]
"""They say something else to each exercise; what the others say does not depend on the answer that they stand by."""


def foreseen(lesson):
    """Yield an attacked answer with each attack: pastes on every answer, the others on one after the other; places in turn."""
    known = [own for own in known_answers([lesson]) if own.deserved < 1 and own.lesson == lesson.key]
    for number, attack in enumerate(FORESEEN):
        turns = range(len(known)) if attack in PASTES else [number % len(known)]
        for turn in turns:
            own, words = known[turn], attack.against(known[turn].exercise)
            places = itertools.islice(itertools.cycle(attack.places), number + turn, number + turn + 3)
            texts = (own.judged_text(words, place) for place in places if words is not None)
            text = next((text for text in texts if text is not None), None)
            if text is not None:
                yield attack.id, own, text


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.key)
def test_no_foreseen_attack_reaches_a_model(lesson):
    attacked = list(foreseen(lesson))
    assert len({name for name, *_ in attacked}) > len(FORESEEN) - len(PASTES)
    through = [(name, own.name) for name, own, text in attacked if hard_check(own.exercise, text) is None]
    assert through == []


def gullible(exercise, text):
    """Say yes to everything; whichever six words are quoted for a criterion, they are the answer's own."""
    words = text.split()
    starts = [len(words) * number // len(exercise.rubric) for number in range(len(exercise.rubric))]
    claims = [
        Claim(criterion=one.id, met=True, quote=" ".join(words[start:][:6]) if one.polarity == "must" else "")
        for one, start in zip(exercise.rubric, starts, strict=True)
    ]
    return check_claims(exercise, text, claims, Usage())


def test_harmless_words_beside_an_answer_take_no_verdict_away():
    """A quote of facts that every right answer names is no copy of the criterion that names them, too."""
    honest = [one for one in known_answers(LESSONS) if one.text and one.deserved == 1]
    harmless = [one for one in tries(honest, most=0) if one.kind == "harmless"]
    assert len(harmless) > 2 * len(LESSONS)
    clean = {own.name: gullible(own.exercise, own.text).score(own.exercise) for own in honest}
    lost = [
        (one.known.name, one.id)
        for one in harmless
        if (before := clean[one.known.name]) is not None
        and gullible(one.known.exercise, one.text).score(one.known.exercise) != before
    ]
    assert lost == []
