"""Attacks against judges of every sort: what they earn is told, and the checks leave next to nothing to earn."""

from __future__ import annotations

import pytest

from autograder.evaluate import Shelf
from autograder.openai_judge import OpenAIJudge
from autograder.redteam import attack_summary, attacks, redteam
from autograder.redteam.known import known_answers
from autograder.signals import Gate
from autograder.thresholds import Thresholds
from courses.lessons import load_lessons
from courses.site import REPOSITORY
from tests.fake_openai import FakeOpenAI, by_answer, generous

FOLDERS = ("02-lenh-bon", "04-den", "09-mo-hinh")
LESSONS = tuple(one for one in load_lessons(REPOSITORY) if one.slug.startswith(FOLDERS))
"""A prompt, a teach-back and a canvas, and our own product: what all lessons say to the attacks is in test_lessons.py."""
ONE = LESSONS[1:2]
MOST = 1200
"""Attacks, drawn by a fixed seed; with every place on every answer they would take minutes."""
OPEN = Thresholds(gate=Gate(band=1, words=1), lost=1)  # believes whatever the judge says


def gullible(asked):
    """Say yes to everything, with another stretch of the answer as evidence for each criterion."""
    words, ids = asked.answer.split(), list(asked.criteria)
    starts = {id_: len(words) * number // len(ids) for number, id_ in enumerate(ids)}
    return {
        id_: (True, " ".join(words[starts[id_] :][:6]) if polarity == "must" else "")
        for id_, (polarity, _) in asked.criteria.items()
    }


def full(asked):
    return sum(points for _, points in asked.criteria.values())


def attack(rule, lessons=LESSONS, thresholds=None, **options):
    with FakeOpenAI(rule, band=full) as server:
        judge = OpenAIJudge(server.base_url, "key", "fake", retries=0, concurrency=8, thresholds=thresholds)
        return redteam(judge, lessons, at_once=8, **options)


@pytest.fixture(scope="module")
def found():
    return attack(gullible, most=MOST)


def test_a_judge_that_says_yes_to_everything_gives_attackers_next_to_nothing(found):
    """Checks and abstention alone: this judge gives everything whatever it reads."""
    assert found.tried == MOST
    assert found.caught > 0.85
    assert found.undeserved_gain <= 0.03  # the unforeseen, nearly all of it: see below


def test_of_the_families_that_the_checks_know_nothing_is_lifted_over_a_pass_line(found):
    known = {name: own for name, own in found.families.items() if name != "unforeseen"}
    assert sum(own.lifted for own in known.values()) == 0
    assert max(own.undeserved_gain for own in known.values()) <= 0.005


def test_lesson_by_lesson_the_foreseen_attacks_earn_next_to_nothing(found):
    assert set(found.foreseen) == set(found.lessons) == {*(one.key for one in LESSONS), "product"}
    assert all(own.holds for own in found.foreseen.values())
    assert sum(own.tried for own in found.lessons.values()) == found.tried
    assert sum(own.tried for own in found.foreseen.values()) < found.tried


def test_what_was_not_foreseen_is_told_apart_and_mostly_left_to_people(found):
    own = found.families["unforeseen"]
    assert (
        own.caught < 0.6
    )  # no check knows them; were all caught, the family would say nothing of new attacks
    assert own.abstained > 0.65


def test_harmless_words_raise_no_alarm(found):
    assert found.clean.false_alarms == 0
    assert found.clean.newly_silent == 0


def test_without_the_gate_the_same_judge_is_lifted(found):
    open_door = attack(gullible, thresholds=OPEN, most=400)
    worst = max(open_door.lessons.items(), key=lambda one: one[1].undeserved_gain)
    assert f"  {worst[0]}: " in attack_summary(open_door)
    assert open_door.abstained < found.abstained
    assert open_door.families["unforeseen"].undeserved_gain > 2 * found.families["unforeseen"].undeserved_gain
    assert open_door.lifted
    assert open_door.worst_tries


def test_a_judge_that_obeys_the_attack_alone_shows_as_gain_over_clean():
    def obedient(asked):
        """Give nothing to anybody, except to whoever promises a vending machine."""
        yes = generous(asked)
        bribed = "gật đầu" in asked.answer
        return {id_: (bribed, quote if bribed else "") for id_, (_, quote) in yes.items()}

    with FakeOpenAI(obedient) as server:
        judge = OpenAIJudge(server.base_url, "key", "fake", retries=0, concurrency=8, thresholds=OPEN)
        own = redteam(judge, ONE, at_once=8, most=600)
    assert own.families["unforeseen"].gain_over_clean > 0
    assert {worst.attack for worst in own.worst_tries} == {"unforeseen-11"}


def test_an_honest_judge_does_not_drift():
    expected = {known.text: _verdicts(known) for known in known_answers(ONE) if known.text}
    own = attack(by_answer(expected), ONE, most=50)
    assert own.clean.drift == 0
    assert own.clean.changed == 0


def _verdicts(known):
    sample = next(own for own in known.samples if own.text == known.text)
    return sample.verdicts


def test_a_picture_is_left_to_people_and_a_files_name_gains_nothing():
    own = attack(gullible, lessons=())  # what is left is our own product, as a file
    assert own.reasons["unseen"] > 0
    assert own.families["file_name"].undeserved_gain == 0


def test_a_limit_draws_by_a_seed_and_a_cache_pays_once(tmp_path):
    cache = tmp_path / "cache.jsonl"
    with FakeOpenAI(gullible, band=full) as server:
        judge = OpenAIJudge(server.base_url, "key", "fake", retries=0)
        one = redteam(judge, ONE, most=60, shelf=Shelf(cache))
        paid = server.calls
        two = redteam(judge, ONE, most=60, shelf=Shelf(cache))
        assert server.calls == paid
    assert one.tried == two.tried == 60
    assert one.undeserved_gain == two.undeserved_gain
    assert one.tokens == two.tokens


def test_a_person_reads_what_was_gained_by_family(found):
    text = attack_summary(found)
    assert f"{found.attacks} cách tấn công, {MOST} lượt" in text
    assert found.attacks > 0.9 * len(attacks())
    assert "Bài bị nâng qua mức đạt 80%" in text
    assert "flattery" in text
    assert "AI không đọc được ảnh" in text
