"""Comments that a person uses again: their own, and nobody else's."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from autograder.models import Snippet
from courses.clock import now

MOST = 50
LONGEST = 500


def snippets_of(session: Session, by: str) -> tuple[Snippet, ...]:
    """Return a person's comments, the newest first."""
    return tuple(session.scalars(select(Snippet).where(Snippet.by == by).order_by(Snippet.id.desc())))


def save_snippet(session: Session, by: str, text: str) -> None:
    """Keep a comment; one that is kept already is not kept twice.

    Raises:
        ValueError: a Vietnamese sentence, for an empty or long text, or when there are too many.
    """
    tidy = text.strip()
    if not tidy:
        raise ValueError("Bạn viết góp ý trước, rồi lưu lại để dùng lần sau.")
    if len(tidy) > LONGEST:
        raise ValueError("Câu góp ý dài quá 500 ký tự. Bạn rút gọn rồi lưu lại.")
    known = snippets_of(session, by)
    if any(snippet.text == tidy for snippet in known):
        return
    if len(known) >= MOST:
        raise ValueError("Bạn đã lưu 50 câu. Bạn xóa bớt câu không dùng nữa, rồi lưu lại.")
    session.add(Snippet(by=by, text=tidy, at=now()))
    session.flush()


def drop_snippet(session: Session, by: str, snippet_id: int) -> None:
    """Forget a comment of this person; an id that is not theirs changes nothing."""
    session.execute(delete(Snippet).where(Snippet.id == snippet_id, Snippet.by == by))


def snippet_text(session: Session, by: str, snippet_id: int) -> str:
    """Return the text of a person's comment; empty when it is not theirs."""
    query = select(Snippet.text).where(Snippet.id == snippet_id, Snippet.by == by)
    return session.scalar(query) or ""
