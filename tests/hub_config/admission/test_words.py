"""Times and places in people's words."""

import pytest

from hub_config.admission.words import about, before_you


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ""),
        (0.4, "chừng 5 giây"),
        (5, "chừng 5 giây"),
        (11, "chừng 15 giây"),
        (55, "chừng 55 giây"),
        (56, "chừng 1 phút"),
        (61, "chừng 2 phút"),
    ],
)
def test_a_time_is_rounded_up_to_what_people_say(seconds, words):
    assert about(seconds) == words


def test_the_next_in_turn_is_told_so():
    assert before_you(3) == "3 bạn"
    assert before_you(0) == "không còn ai"
