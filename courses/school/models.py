"""Tables of the school: units, groups, people, accounts, consent, and what learners did.

One declarative base serves every room that stores something, so that one Alembic history and one
database URL (SQLite or PostgreSQL) hold it all. Times are stored as naive UTC, see ``UtcDateTime``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

ROLES = ("learner", "trainer", "official", "administrator")
TARGETS = ("official", "trader", "citizen")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes in Python, naive UTC in the database (SQLite keeps no zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive datetime"
            raise ValueError(msg)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The one base; constraint names are fixed so that Alembic can alter them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own protocol


class Unit(Base):
    """An office, school or cooperative with staff (cơ quan, đơn vị)."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Group(Base):
    """A residents' group (tổ dân phố); ``working_age`` is n of the group league's score."""

    __tablename__ = "residents_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    working_age: Mapped[int]


class Person(Base):
    """Somebody of the ward. ``username`` is the hub's user name and nbgrader's student id: drawn by chance."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(String(80), unique=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    pseudonym: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(20))  # one of ROLES
    target: Mapped[str] = mapped_column(String(20))  # one of TARGETS
    group_id: Mapped[int | None] = mapped_column(ForeignKey("residents_group.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    on_board: Mapped[bool] = mapped_column(default=False)  # opted in to the learners' board
    sample: Mapped[bool] = mapped_column(default=False)  # demo data
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    group: Mapped[Group | None] = relationship(lazy="joined")


class TrainerGroup(Base):
    """Which groups a trainer looks after."""

    __tablename__ = "trainer_group"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("residents_group.id"), primary_key=True)


class Account(Base):
    """How a person signs in. Only hashes (argon2) are kept; a used activation code is erased."""

    __tablename__ = "account"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    activation_hash: Mapped[str | None] = mapped_column(String(200))
    activation_expires: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class Login(Base):
    """One way to be recognised at the door, and whom it means; see ``courses.school.logins``.

    ``value`` is a user name as typed, or ``phone:``, ``oidc:``, ``lti:`` with a keyed hash: a phone number and a
    provider's own id can't be read from the database. A person without any row signs in by ``Person.username``.
    """

    __tablename__ = "login"
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class SignUp(Base):
    """Somebody who asked to join and waits for a person's answer; the row goes when it is answered."""

    __tablename__ = "sign_up"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)  # the future ``Login.value``
    display_name: Mapped[str] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(20))  # one of TARGETS
    group_id: Mapped[int | None] = mapped_column(ForeignKey("residents_group.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))  # None: a provider vouches for the person
    asked_at: Mapped[datetime]
    group: Mapped[Group | None] = relationship(lazy="joined")


class ClassCode(Base):
    """The code with which learners join a group without waiting; its trainers read it out in class."""

    __tablename__ = "class_code"
    group_id: Mapped[int] = mapped_column(ForeignKey("residents_group.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(9), unique=True)
    expires: Mapped[datetime]


class Consent(Base):
    """One consent for one purpose, with the text's version; withdrawn, never deleted."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Visit(Base):
    """A learner opened a lesson (state *đang học* on the home page)."""

    __tablename__ = "visit"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(120), primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class Attempt(Base):
    """Checks ("Kiểm tra") of one exercise by one learner, counted at the server."""

    __tablename__ = "attempt"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(120), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(60), primary_key=True)
    tries: Mapped[int]
    first_right: Mapped[bool]  # was the very first try right?
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class Submission(Base):
    """What a learner handed in: data, never code. Never changed after it is stored."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("person_id", "lesson", "number", name="uq_submission_number"),
        Index("ix_submission_latest", "lesson", "person_id", "id"),
        Index("ix_submission_counting", "person_id", "lesson", "id", "submitted_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(20), unique=True)  # e.g. "7K3M-9QXD"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    lesson: Mapped[str] = mapped_column(String(120))  # Lesson.key
    lesson_hash: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]  # 1 for the person's first submission of this lesson
    case: Mapped[str] = mapped_column(String(20))
    answers: Mapped[dict[str, Any]]  # exercise id → raw answer, as accepted by parse_answer
    submitted_at: Mapped[datetime] = mapped_column(index=True)
    person: Mapped[Person] = relationship(lazy="joined")


class Upload(Base):
    """A file that a person sent. The bytes lie under the data folder by their hash; the name is only text."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("person_id", "sha256", name="uq_upload_content"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]  # bytes
    type: Mapped[str] = mapped_column(String(10))  # one of courses.exercises.files.FileType, by content
    facts: Mapped[dict[str, Any]]  # courses.exercises.files.Facts, made by the server
    at: Mapped[datetime]
    submitted: Mapped[bool] = mapped_column(default=False)  # some submission names it: kept for good


class CardReview(Base):
    """One look at a review card, never changed: at most one a programme day counts."""

    __tablename__ = "card_review"
    __table_args__ = (UniqueConstraint("person_id", "lesson", "card", "day", name="uq_card_review_day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    lesson: Mapped[str] = mapped_column(String(120))  # Lesson.key
    card: Mapped[int]  # 1 for the lesson's first card
    grade: Mapped[str] = mapped_column(String(10))  # again, good
    day: Mapped[date]  # the programme's day of ``at``
    at: Mapped[datetime]


class Setting(Base):
    """Small facts of this installation, e.g. the sample-data flag."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
