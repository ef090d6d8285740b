"""Ledger, second half: what the judge says of conversations with the pupil becomes the pupil's results."""

from __future__ import annotations

from autograder import ledger
from autograder.daily.context import CHUNK, Context
from autograder.daily.judge import Asked
from autograder.pupil import read
from autograder.pupil_results import decide, note_asked
from courses.school.db import session as open_session


def project_pupils(context: Context, asked: Asked) -> int:
    """Write the results that the ledger decides; return how many. The others go on waiting."""
    decided = 0
    for start in range(0, len(asked.pupils), CHUNK):
        part = asked.pupils[start : start + CHUNK]
        with open_session(context.engine) as session:
            recall = ledger.Recall(session, (own.question.answer_hash for own in part))
            for own in (each for each in part if each.key not in context.silent):
                understood = read(recall.find(own.exercise, own.text))
                if understood is not None:
                    decide(session, own.submission_id, own.exercise.id, understood)
                    decided += 1
                elif asked.was_asked(recall, own.question):
                    note_asked(session, own.submission_id, own.exercise.id, asked.judge_key)
    return decided
