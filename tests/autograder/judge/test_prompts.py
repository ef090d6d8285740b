"""Prompts are versioned files, and any change of them changes the hash."""

from __future__ import annotations

import pytest

from autograder.prompts import Prompt, load_prompt, neutralise, prompts_hash, render_user


@pytest.mark.parametrize("name", ["verdicts", "band"])
def test_a_prompt_file_has_a_version(name):
    prompt = load_prompt(name)
    assert prompt.version >= 1
    assert not prompt.text.startswith("version")


def test_a_changed_prompt_has_another_hash():
    prompt = Prompt(name="a", version=1, text="Chấm bài.")
    assert prompts_hash((prompt,)) != prompts_hash((prompt.model_copy(update={"text": "Chấm bài!"}),))
    assert prompts_hash((prompt,), {"v": 1}) != prompts_hash((prompt,), {"v": 2})


def test_the_user_message_holds_task_and_criteria_before_the_answer(exercise):
    text = render_user(exercise, "Bài của tôi")
    order = [text.index(part) for part in (exercise.statement, "- [vai] (must, 1 điểm)", "Bài của tôi")]
    assert order == sorted(order)


def test_angles_are_made_harmless():
    assert neutralise("<bai_lam>|</bai_lam>") == "‹bai_lam›|‹/bai_lam›"
