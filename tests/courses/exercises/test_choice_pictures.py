"""Options that are pictures: what the learner sees, what an author must say."""

import pytest

from courses.exercises.base import DeclarationError
from courses.exercises.registry import kinds

LEAF = "- [x] ![Lá chè](assets/la.svg)"


def read(*rows):
    return kinds()["choice"].read("bai", {}, "\n".join(["Hình nào?", "", *rows]))


def test_an_option_may_be_a_picture_with_or_without_words(make):
    options = make("choice-pictures").public()["options"]
    assert options[0] == {"id": "o1", "text": "Lá", "image": "assets/la.svg", "alt": "Lá chè"}
    assert options[1] == {"id": "o2", "text": "", "image": "assets/bup.svg", "alt": "Búp chè"}
    assert options[2] == {"id": "o3", "text": "Cả hai"}


def test_where_no_picture_can_stand_its_words_do(make):
    choice = make("choice-pictures")
    assert choice.render_answer(choice.parse_answer({"chosen": ["o1"]})) == "• Lá (Lá chè)"
    assert "- [ ] Búp chè" in choice.mark_scheme()
    assert "Búp chè" in choice.reading()
    assert choice.pictures() == (("assets/la.svg", "Lá chè"), ("assets/bup.svg", "Búp chè"))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("- [ ] ![](assets/bup.svg) Búp", "thiếu lời tả"),
        ("- [ ] ![ ](assets/bup.svg)", "thiếu lời tả"),
        ("- [ ] ![Búp](hinh/bup.svg)", "phải nằm trong assets/"),
        ("- [ ] ![Búp](https://vi-du.vn/bup.svg)", "phải nằm trong assets/"),
        ("- [ ] Búp ![Búp](assets/bup.svg)", "ngay sau ô vuông"),
        ("- [ ] ![Lá chè](assets/khac.svg)", "giống hệt nhau"),
    ],
)
def test_a_picture_that_not_everybody_can_read_is_refused(row, message):
    with pytest.raises(DeclarationError, match=r"Hình|ảnh|phương án") as caught:
        read(LEAF, row)
    assert any(message in str(fault) for fault in caught.value.faults), caught.value.faults
