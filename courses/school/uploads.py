"""Files that people sent: whose they are, how much one person may keep, what may be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from courses.school.models import Person, Upload

_SHA256 = re.compile(r"[0-9a-f]{64}")
UNUSED_AFTER = timedelta(hours=24)
"""A file that no submission names makes room for new ones after this time."""


class QuotaExceeded(ValueError):  # noqa: N818 - reads as what happened; the portal answers 413
    """The person keeps as many files, or bytes, as allowed. The message is Vietnamese."""


@dataclass(frozen=True)
class Quota:
    """What one person may keep."""

    files: int
    size: int  # bytes


@dataclass(frozen=True)
class Sent:
    """A file that has arrived and was read."""

    sha256: str
    name: str
    size: int
    type: str
    facts: dict[str, Any]


def store_upload(
    session: Session, person: Person, sent: Sent, quota: Quota, now: datetime
) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Remember a file; the same content sent again only gets the new name and facts.

    Returns:
        The file as ``find_upload`` gives it, and the hashes whose bytes nobody needs any more.

    Raises:
        QuotaExceeded: there is no room, also not after forgetting old files that were never submitted.
    """
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    own = _own(session, person, sent.sha256)
    freed = frozenset[str]()
    if own is None:
        freed = _make_room(session, person, sent.size, quota, now)
        own = Upload(person_id=person.id, sha256=sent.sha256, size=sent.size)
        session.add(own)
    own.name, own.type, own.facts, own.at = sent.name, sent.type, sent.facts, now
    session.flush()
    return _known(own), freed


def find_upload(session: Session, person: Person, sha256: str) -> Mapping[str, Any] | None:
    """Return ``{id, name, type, size, facts}`` of a person's own file, or None."""
    if not _SHA256.fullmatch(sha256):
        return None
    own = _own(session, person, sha256)
    return None if own is None else _known(own)


def keep_uploads(session: Session, person: Person, answers: Iterable[object]) -> None:
    """Mark the files of answers as submitted, so that they are never forgotten."""
    files = (answer.get("file") for answer in answers if isinstance(answer, dict))
    ids = [file["id"] for file in files if isinstance(file, Mapping) and isinstance(file.get("id"), str)]
    if ids:
        mine = (Upload.person_id == person.id, Upload.sha256.in_(ids))
        session.execute(update(Upload).where(*mine).values(submitted=True))


def _own(session: Session, person: Person, sha256: str) -> Upload | None:
    query = select(Upload).where(Upload.person_id == person.id, Upload.sha256 == sha256)
    return session.scalars(query).one_or_none()


def _known(own: Upload) -> dict[str, Any]:
    return {"id": own.sha256, "name": own.name, "type": own.type, "size": own.size, "facts": own.facts}


def _make_room(session: Session, person: Person, size: int, quota: Quota, now: datetime) -> frozenset[str]:
    if _fits(session, person, size, quota):
        return frozenset()
    old = (Upload.person_id == person.id, ~Upload.submitted, Upload.at < now - UNUSED_AFTER)
    gone = frozenset(session.scalars(select(Upload.sha256).where(*old)))
    session.execute(delete(Upload).where(*old))
    if not _fits(session, person, size, quota):
        raise QuotaExceeded(
            f"Bạn đã gửi gần hết chỗ cho phép ({quota.files} tệp, {quota.size // 1024 // 1024} MB). "
            "Các tệp đã gửi vẫn được giữ. Bạn nhờ huấn luyện viên giúp, hoặc dùng lại một tệp đã gửi."
        )
    needed = frozenset(session.scalars(select(Upload.sha256).where(Upload.sha256.in_(gone))))
    return gone - needed


def _fits(session: Session, person: Person, size: int, quota: Quota) -> bool:
    query = select(func.count(), func.coalesce(func.sum(Upload.size), 0)).where(Upload.person_id == person.id)
    files, used = session.execute(query).one()
    return bool(files < quota.files and used + size <= quota.size)
