from __future__ import annotations

import pytest

from autograder.human.snippets import MOST, drop_snippet, save_snippet, snippet_text, snippets_of


def texts(session, by="thay"):
    return [own.text for own in snippets_of(session, by)]


def test_comments_are_ones_own_kept_once_and_the_newest_first(session):
    for text in ("Rõ ý.", "Thiếu ví dụ.", " Rõ ý. "):
        save_snippet(session, "thay", text)
    save_snippet(session, "cô", "Của cô.")
    assert texts(session) == ["Thiếu ví dụ.", "Rõ ý."]
    assert texts(session, "cô") == ["Của cô."]


def test_another_persons_comment_can_neither_be_read_nor_deleted(session):
    save_snippet(session, "cô", "Của cô.")
    (own,) = snippets_of(session, "cô")
    drop_snippet(session, "thay", own.id)
    assert snippet_text(session, "thay", own.id) == ""
    assert snippet_text(session, "cô", own.id) == "Của cô."
    drop_snippet(session, "cô", own.id)
    assert texts(session, "cô") == []


@pytest.mark.parametrize(("text", "said"), [("  ", "viết góp ý trước"), ("a" * 501, "dài quá")])
def test_nothing_and_too_much_are_not_kept(session, text, said):
    with pytest.raises(ValueError, match=said):
        save_snippet(session, "thay", text)


def test_there_is_an_end_to_what_is_kept(session):
    for number in range(MOST):
        save_snippet(session, "thay", f"Câu {number}.")
    with pytest.raises(ValueError, match="50 câu"):
        save_snippet(session, "thay", "Một câu nữa.")
    save_snippet(session, "thay", "Câu 3.")
