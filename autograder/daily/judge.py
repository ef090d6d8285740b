"""Judge: ask the judge what the ledger doesn't know, each different answer once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace

from autograder import ledger
from autograder.daily.context import Context
from autograder.daily.report import Event
from autograder.daily.waiting import WaitingAnswer, waiting_answers, waiting_pupils
from autograder.judge import Judge, Judgement
from autograder.partial import judge_rest, verdicts_of
from autograder.remember import is_lasting, remember
from courses.school.db import session as open_session

log = logging.getLogger(__name__)

BROKEN = "judge_broken"
"""Reason of an answer on which the judge's own code failed: the other marks of the night must not wait for it."""
AT_ONCE = 4
"""Judgements under way together."""


@dataclass
class Asked:
    """What the judge said in this run. ``passing`` holds abstentions that the ledger doesn't keep."""

    judged: int = 0
    asked: int = 0
    hits: int = 0
    passing: dict[ledger.Question, str] = field(default_factory=dict)


def ask(context: Context, judge: Judge | None) -> Asked:
    """Append to the ledger what the judge decides; without a judge nothing is written."""
    asked = Asked()
    todo = _unknown(context, judge, asked)
    if judge is not None and todo:
        context.tell(Event(step="judge", done=0, total=len(todo)))
        asyncio.run(_ask_all(context, judge, todo, asked))
    return asked


def _unknown(context: Context, judge: Judge | None, asked: Asked) -> list[WaitingAnswer]:
    """Return one answer per question that this judge has not seen; count those that need no judge."""
    todo: dict[ledger.Question, WaitingAnswer] = {}
    with open_session(context.engine) as session:
        recall = ledger.Recall(session)
        for own in (*waiting_answers(context), *waiting_pupils(context)):
            if own.key in context.silent:
                continue
            known = recall.find(own.exercise, own.text)
            is_judged = known is not None and known.outcome == "judged"
            if is_judged or own.question in todo or _is_tried(recall, own, judge):
                asked.hits += judge is not None or is_judged
            else:
                held = verdicts_of(recall.held(own.exercise, own.text))
                todo[own.question] = replace(own, known=held)
    return list(todo.values())


def _is_tried(recall: ledger.Recall, own: WaitingAnswer, judge: Judge | None) -> bool:
    return judge is not None and recall.tried(own.question, judge.name, judge.prompt_hash)


async def _ask_all(context: Context, judge: Judge, todo: list[WaitingAnswer], asked: Asked) -> None:
    free = asyncio.Semaphore(AT_ONCE)

    async def one(own: WaitingAnswer) -> None:
        async with free:
            try:
                judgement = await judge_rest(judge, own.exercise, own.text, own.known, own.samples)
            except Exception:
                log.exception("The judge broke on %s of %s", own.exercise.id, own.lesson.key)
                judgement = None
        _remember(context, judge, own, judgement, asked)
        context.tell(Event(step="judge", done=asked.asked, total=len(todo)))

    try:
        async with asyncio.TaskGroup() as group:
            for own in todo:
                group.create_task(one(own))
    finally:
        await judge.aclose()


def _remember(
    context: Context, judge: Judge, own: WaitingAnswer, judgement: Judgement | None, asked: Asked
) -> None:
    """Keep a judgement in its own transaction, so that a killed run loses at most what was under way."""
    asked.asked += 1
    if judgement is None:
        asked.passing[own.question] = BROKEN
        return
    asked.judged += judgement.outcome == "judged"
    if not is_lasting(judgement):
        asked.passing[own.question] = judgement.reason
        return
    with open_session(context.engine) as session:
        remember(session, own.exercise, own.text, judge, judgement)
