"""The gate's evidence: what people decided, beside the signals that the ledger keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from autograder import ledger
from autograder.audit.fitting import fit_of, newest_fit, refit
from autograder.gate import Aim
from autograder.human_verdicts import MARKS, decide
from autograder.judge import Signals
from autograder.models import AuditItem, AutoMark, Decision, GateFit, HumanMark
from autograder.signals import Gate

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DEFAULT = Gate()
AIM = Aim(pairs=4)
ALL, NOTHING = {"vai": True, "lo": True}, {"vai": False, "lo": False}


@dataclass(frozen=True)
class Named:
    """As much of a judge as the ledger knows."""

    name: str = "m"
    prompt_hash: str = "p"


JUDGE = Named()


@pytest.fixture
def lessons(lesson):
    return {lesson.key: lesson}


@pytest.fixture
def judged(session, lesson, submit):
    """Return a function that stores an answer, what the judge heard about it, and its machine mark."""
    exercise = lesson.slot("lenh").variant("citizen")

    def store(username, text, signals, *, source="ai", judge=JUDGE):
        own = submit(username, {"lenh": {"text": text}})
        key = ledger.question(exercise, text)
        outcome = "judged" if source == "ai" else "abstained"
        entry = ledger.Judged(outcome=outcome, signals=signals.model_dump() if signals else {})
        if not ledger.Recall(session).tried(key, judge.name, judge.prompt_hash):
            ledger.append(session, key, judge.name, judge.prompt_hash, entry)
        session.add(
            AutoMark(
                submission_id=own.id, exercise="lenh", score=None, max_score=3, status="waiting",
                source=source, comment="", verdicts=[], reason="",
            )
        )  # fmt: skip
        session.flush()
        return own

    return store


def audited(session, own, given, at=AT):
    session.add(
        AuditItem(
            submission_id=own.id, exercise="lenh", verdicts=[], drawn_on=date(2026, 11, 20), status="done",
            given=given, by="thay", at=at,
        )
    )  # fmt: skip
    session.flush()


def marked(session, own, score, at=AT, decision=None):
    session.add(
        HumanMark(
            submission_id=own.id, exercise="lenh", score=score, comment="", by="thay", at=at,
            decision_id=decision,
        )
    )  # fmt: skip
    session.flush()


def at(fit, tolerance):
    return next(point for point in fit.curve if point.tolerance == tolerance)


def fitted(session, lessons, when=AT, default=DEFAULT):
    return fit_of(refit(session, lessons, JUDGE, default, AIM, when))


def test_audited_answers_and_those_left_to_people_are_evidence(session, lessons, judged):
    audited(session, judged("lan", "Bạn là tổ trưởng một.", Signals(checked=1, band=1)), ALL)
    audited(session, judged("mai", "Bạn là tổ trưởng hai.", Signals(checked=1, band=0.8)), NOTHING)
    left = judged("tam", "Bạn là tổ trưởng ba.", Signals(checked=1, band=0.4), source="nobody")
    marked(session, left, 3)
    found = fitted(session, lessons)
    assert [(at(found, t).pairs, at(found, t).exact) for t in (0.0, 0.2, 0.6)] == [
        (1, 1),
        (2, 0.5),
        (3, 2 / 3),
    ]
    assert [at(found, t).coverage for t in (0.0, 0.2, 0.6)] == pytest.approx([1 / 3, 2 / 3, 1])


def test_a_persons_verdicts_tell_more_than_their_points(session, lessons, judged):
    left = judged("tam", "Bạn là tổ trưởng ba.", Signals(checked=1 / 3, band=0.3), source="nobody")
    marked(session, left, 3)
    for name, met in {"vai": True, "lo": False}.items():
        decide(session, left.id, "lenh", MARKS, name, met=met, by="thay")
    assert at(fitted(session, lessons), 0.25).exact == 1  # one point of three, whatever was typed


def test_answers_that_were_corrected_undone_or_judged_by_others_are_no_evidence(session, lessons, judged):
    corrected = judged("lan", "Bạn là tổ trưởng một.", Signals(checked=1, band=1))
    marked(session, corrected, 0)
    other = judged("mai", "Bạn là tổ trưởng hai.", Signals(checked=1, band=1), judge=Named("other"))
    audited(session, other, ALL)
    undone = judged("tam", "Bạn là tổ trưởng ba.", Signals(checked=1, band=1), source="nobody")
    decision = Decision(
        kind="queue", submission_id=undone.id, exercise="lenh", by="thay", at=AT, undone_at=AT
    )
    session.add(decision)
    session.flush()
    marked(session, undone, 3, decision=decision.id)
    assert at(fitted(session, lessons), 1.0).pairs == 0


def test_an_answer_without_all_signals_is_decided_at_no_tolerance(session, lessons, judged):
    left = judged("tam", "Bạn là tổ trưởng ba.", None, source="nobody")
    marked(session, left, 3)
    found = at(fitted(session, lessons), 1.0)
    assert (found.pairs, found.coverage) == (0, 0)


def test_identical_answers_count_once_as_they_were_decided_last(session, lessons, judged):
    for number, username in enumerate(("lan", "mai", "tam")):
        own = judged(
            username, "Bạn là  tổ trưởng." if number else "Bạn là tổ trưởng.", Signals(checked=1, band=1)
        )
        audited(session, own, ALL if number == 2 else NOTHING, at=AT + timedelta(hours=number))
    found = at(fitted(session, lessons), 0.0)
    assert (found.pairs, found.exact) == (1, 1)


def test_a_fit_is_kept_and_made_anew_only_when_people_marked_something(session, lessons, judged):
    first = refit(session, lessons, JUDGE, DEFAULT, AIM, AT)
    assert (first.how, first.tolerance) == ("default", 0.25)
    assert refit(session, lessons, JUDGE, DEFAULT, AIM, AT + timedelta(days=1)) is first
    own = judged("lan", "Bạn là tổ trưởng một.", Signals(checked=1, band=1))
    audited(session, own, ALL, at=AT + timedelta(days=1))
    second = refit(session, lessons, JUDGE, DEFAULT, AIM, AT + timedelta(days=2))
    assert at(fit_of(second), 0.0).pairs == 1
    assert newest_fit(session, JUDGE, DEFAULT) is second
    assert refit(session, lessons, JUDGE, DEFAULT, AIM, AT + timedelta(days=3)) is second
    assert session.query(GateFit).count() == 2


def test_each_model_and_each_default_has_a_fit_of_its_own(session, lessons):
    refit(session, lessons, JUDGE, DEFAULT, AIM, AT)
    assert newest_fit(session, Named("other"), DEFAULT) is None
    assert newest_fit(session, Named("m", "other"), DEFAULT) is None
    assert newest_fit(session, JUDGE, Gate(band=0.3)) is None
    assert refit(session, lessons, JUDGE, Gate(band=0.3), AIM, AT).tolerance == 0.3


def test_people_who_disagree_close_the_gate(session, lessons, judged):
    for number in range(6):
        checked, given = (1, NOTHING) if number % 2 else (0, ALL)
        own = judged(f"n{number}", f"Bạn là tổ trưởng số {number}.", Signals(checked=checked, band=checked))
        audited(session, own, given)
    found = fitted(session, lessons)
    assert (found.how, found.tolerance) == ("narrowest", 0)
    assert found.gate(DEFAULT) == Gate(band=0, words=0)
