"""Judge: ask the judge what the ledger doesn't know, each different answer once."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace

from autograder import ledger
from autograder.asking import Batches, Paid, spent, under
from autograder.audit.silence import Key
from autograder.calibration import Calibrated
from autograder.daily import spending
from autograder.daily.context import Context
from autograder.daily.report import Event
from autograder.daily.waiting import WaitingAnswer, waiting_answers, waiting_pupils
from autograder.human.kept import Kept
from autograder.judge import Judge, Judgement, Usage, samples_of
from autograder.partial import judge_rest, verdicts_of
from autograder.pupil import samples_of_pupil, understanding
from autograder.remember import is_lasting, remember
from courses.exercises.base import RubricExercise
from courses.exercises.teach.kind import Teach
from courses.lessons.model import CASES
from courses.school.db import session as open_session

log = logging.getLogger(__name__)

BROKEN = "judge_broken"
"""Reason of an answer on which the judge's own code failed: the other marks of the night must not wait for it."""


@dataclass
class Asked:
    """What the judge was asked in this run, and what it said.

    Attributes:
        answers: the written answers that this judge had not been asked about.
        pupils: the conversations, likewise.
        judge: the judge, or None.
        asked: questions that the judge was given.
        judged: of these, those that it decided.
        hits: answers that needed no judge, for the ledger knew them.
        identical: answers that needed no judge, for another one of this run says the same.
        used: what all calls took, calibration included.
        passing: abstentions that the ledger doesn't keep.
    """

    answers: list[WaitingAnswer] = field(default_factory=list)
    pupils: list[WaitingAnswer] = field(default_factory=list)
    judge: Judge | None = None
    asked: int = 0
    judged: int = 0
    hits: int = 0
    identical: int = 0
    used: Usage = field(default_factory=Usage)
    passing: dict[ledger.Question, str] = field(default_factory=dict)

    @property
    def judge_key(self) -> str:
        """The judge's identity; empty without one."""
        return ledger.judge_key(self.judge.name, self.judge.prompt_hash) if self.judge is not None else ""

    def hear(self, question: ledger.Question, judgement: Judgement) -> None:
        """Count a judgement; one that waits for its batch is not there yet."""
        self.asked += judgement.reason != "batch"
        self.judged += judgement.outcome == "judged"
        self.used += judgement.usage
        self.passing.pop(question, None)
        if not is_lasting(judgement):
            self.passing[question] = judgement.reason

    def was_asked(self, recall: ledger.Recall, question: ledger.Question) -> bool:
        """Tell whether this run's judge has an entry for a question, from whatever run."""
        judge = self.judge
        return judge is not None and recall.tried(question, judge.name, judge.prompt_hash)


def ask(context: Context, judge: Judge | None) -> Asked:
    """Append to the ledger what the judge decides; without a judge nothing is written."""
    asked, refused = Asked(judge=judge), _refused(context, judge)
    asked.answers = waiting_answers(context, asked.judge_key, {**refused.answers, **context.silent})
    asked.pupils = waiting_pupils(context, asked.judge_key, refused.pupils | set(context.silent))
    todo = _unknown(context, asked)
    if judge is not None and todo:
        context.tell(Event(step="judge", done=0, total=len(todo)))
        asyncio.run(_ask_all(context, judge, todo, asked))
    return asked


@dataclass
class _Refused:
    """Exercises that the judge failed to judge as people do, as long as nothing about them changes."""

    answers: dict[Key, str] = field(default_factory=dict)
    pupils: set[Key] = field(default_factory=set)


def _refused(context: Context, judge: Judge | None) -> _Refused:
    found = _Refused()
    if not isinstance(judge, Calibrated):
        return found
    with open_session(context.engine) as session:
        kept = Kept(session)
    for lesson in context.lessons.values():
        for slot in lesson.slots:
            case, exercise = next(iter(slot.variants.items()))
            key, case = (lesson.key, slot.id), case or CASES[0]
            if isinstance(exercise, RubricExercise):
                reason = judge.refuses(exercise, samples_of(lesson, slot.id, case, kept.of(lesson, slot.id)))
                found.answers |= {key: reason} if reason else {}
            if isinstance(exercise, Teach) and judge.refuses(
                understanding(exercise), samples_of_pupil(lesson, slot.id, case)
            ):
                found.pupils.add(key)
    return found


def _unknown(context: Context, asked: Asked) -> list[WaitingAnswer]:
    """Return one answer per question that this judge has not seen; count those that need no judge."""
    todo: dict[ledger.Question, WaitingAnswer] = {}
    waiting = (*asked.answers, *asked.pupils)
    with open_session(context.engine) as session:
        recall = ledger.Recall(session, (own.question.answer_hash for own in waiting))
        for own in waiting:
            if own.key in context.silent:
                continue
            known = recall.find(own.exercise, own.text)
            if (known is not None and known.outcome == "judged") or asked.was_asked(recall, own.question):
                asked.hits += 1
            elif own.question in todo:
                asked.identical += asked.judge is not None
            else:
                todo[own.question] = replace(own, known=verdicts_of(recall.held(own.exercise, own.text)))
    return list(todo.values())


async def _ask_all(context: Context, judge: Judge, todo: list[WaitingAnswer], asked: Asked) -> None:
    terms = spending.terms_of(context)
    own = under(judge, terms)
    try:
        if terms.batches is None:
            await _round(context, own, todo, asked)
        else:
            await _in_batches(context, own, todo, asked, terms.batches)
    finally:
        await own.aclose()


async def _in_batches(
    context: Context, judge: Judge, todo: list[WaitingAnswer], asked: Asked, batches: Batches
) -> None:
    """Use what came, submit the rest, and use what comes as long as the run may wait."""
    ends = time.monotonic() + context.site.judge.batch_minutes * spending.MINUTE
    left = todo
    await batches.collect()
    while left:
        left = await _round(context, judge, left, asked)
        await batches.submit()
        if batches.is_closed:  # what could not be submitted waits for another reason than its batch
            left = await _round(context, judge, left, asked)
        if not left or not await batches.came(ends - time.monotonic()):
            break
    asked.asked += len(left)
    asked.used += batches.used


async def _round(
    context: Context, judge: Judge, todo: list[WaitingAnswer], asked: Asked
) -> list[WaitingAnswer]:
    """Ask about as many answers at a time as calls may be under way: a kill loses no more than these.

    Returns:
        The answers that wait for a batch.
    """
    free = asyncio.Semaphore(judge.at_once if isinstance(judge, Paid) else context.site.judge.at_once)
    left: list[WaitingAnswer] = []

    async def one(own: WaitingAnswer) -> None:
        async with free:
            judgement = await _judgement(judge, own)
        if judgement is not None and judgement.reason == "batch":
            left.append(own)
        _remember(context, judge, own, judgement, asked)
        context.tell(Event(step="judge", done=asked.asked, total=max(asked.asked, len(todo))))

    async with asyncio.TaskGroup() as group:
        for own in todo:
            group.create_task(one(own))
    return left


async def _judgement(judge: Judge, own: WaitingAnswer) -> Judgement | None:
    try:
        return await judge_rest(judge, own.exercise, own.text, own.known, own.samples)
    except Exception:
        log.exception("The judge broke on %s of %s", own.exercise.id, own.lesson.key)
        return None


def _remember(
    context: Context, judge: Judge, own: WaitingAnswer, judgement: Judgement | None, asked: Asked
) -> None:
    """Keep a judgement and what it took in one transaction: a killed run loses at most what was under way."""
    if judgement is None:
        asked.asked += 1
        asked.passing[own.question] = BROKEN
        return
    asked.hear(own.question, judgement)
    lasting = is_lasting(judgement)
    if not lasting and not judgement.usage.calls:
        return
    with open_session(context.engine) as session:
        if lasting:
            remember(session, own.exercise, own.text, judge, judgement)
        if judgement.usage.calls:
            spent.add(session, context.day, judge.name, judgement.usage)
