"""From a model's raw claims to verdicts that may count: quotes checked, complete, agreed with.

Nothing here talks to a model; it is where trust is decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from pydantic import BaseModel, ConfigDict

from autograder.judge import NO_ATTEMPT, Judgement, Reason, Usage, Verdict, abstain
from autograder.quotes import is_found, is_own
from courses.exercises.base import Criterion, RubricExercise
from courses.exercises.pasting import fold

LOST_LIMIT = 0.5
"""Share of claims with a quote that was not found above which a whole judgement is not trusted."""
LONGEST_QUOTE = 40
"""Words of a quote that still shows something; the prompt asks for 25 at most.

The local model likes to quote the whole answer for every criterion, which proves none of them.
"""
MANY = 3  # criteria
_NOT_EVIDENCE = frozenset({"quote_not_found", "quote_too_long"})


class Claim(BaseModel):
    """What the model says of one criterion; strict, so that "true" is not True."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    criterion: str
    quote: str
    met: bool


def check_claims(  # noqa: PLR0913 - what a reply is held against
    exercise: RubricExercise,
    answer: str,
    claims: Sequence[Claim],
    usage: Usage,
    *,
    lost_limit: float = LOST_LIMIT,
    known: Sequence[Verdict] = (),
) -> Judgement:
    """Return the judgement that the claims support, before the second signal is heard.

    Args:
        exercise: the exercise.
        answer: the text that the model saw.
        claims: one per criterion that is not known, in any order.
        usage: what the call cost.
        lost_limit: share of claims with a lost quote above which the whole judgement is not trusted.
        known: verdicts that an earlier judgement holds.
    """
    held = {verdict.criterion: verdict for verdict in known}
    fault = _fault(exercise, claims, held)
    if fault is not None:
        return abstain(fault, usage)
    by_id = {claim.criterion: claim for claim in claims}
    verdicts = [
        held[c.id] if c.id in held else _must(c, by_id[c.id], exercise, answer)
        for c in exercise.rubric
        if c.polarity == "must"
    ]
    attempted = any(verdict.met for verdict in verdicts)
    doubts: list[Reason] = []
    for criterion in exercise.rubric:
        if criterion.polarity == "must_not":
            said = held.get(criterion.id) or by_id[criterion.id]
            verdict = _must_not(criterion, said, answer, attempted=attempted)
            if not isinstance(verdict, Verdict):
                doubts.append(verdict)
                verdict = Verdict(criterion=criterion.id, met=False)
            verdicts.append(verdict)
    if _is_one_quote_for_all(verdicts, answer):
        doubts.append("same_quote")
    if doubts:
        return abstain(doubts[0], usage).model_copy(update={"leanings": _ordered(exercise, verdicts)})
    return _trusted(exercise, verdicts, claims, usage, lost_limit)


def _ordered(exercise: RubricExercise, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    order = [criterion.id for criterion in exercise.rubric]
    return tuple(sorted(verdicts, key=lambda verdict: order.index(verdict.criterion)))


def _is_one_quote_for_all(verdicts: Sequence[Verdict], answer: str) -> bool:
    """Tell whether three or more criteria rest on one quote, and that is most of the answer."""
    quotes = [tuple(fold(verdict.quote)) for verdict in verdicts if verdict.met and verdict.quote]
    return len(quotes) >= MANY and len(set(quotes)) == 1 and len(quotes[0]) * 2 > len(fold(answer))


def _fault(exercise: RubricExercise, claims: Sequence[Claim], held: Collection[str]) -> Reason | None:
    asked = {criterion.id for criterion in exercise.rubric if criterion.id not in held}
    given = Counter(claim.criterion for claim in claims)
    if not set(given) <= asked:
        return "unknown_criterion"
    if any(count > 1 for count in given.values()):
        return "unparsable"
    return None if set(given) == asked else "missing_criterion"


def _must(criterion: Criterion, claim: Claim, exercise: RubricExercise, answer: str) -> Verdict:
    """A claim that a criterion is met counts only with the learner's own words as evidence."""
    if not claim.met:
        return Verdict(criterion=criterion.id, met=False)
    if len(fold(claim.quote)) > LONGEST_QUOTE:
        return Verdict(criterion=criterion.id, met=False, quote=claim.quote, reason="quote_too_long")
    if not is_found(claim.quote, answer):
        return Verdict(criterion=criterion.id, met=False, quote=claim.quote, reason="quote_not_found")
    texts = [text for c in exercise.rubric for text in (c.text, c.guidance)]
    if not is_own(claim.quote, answer, texts, exercise.shown_texts()):
        return Verdict(criterion=criterion.id, met=False, quote=claim.quote, reason="quote_copied")
    return Verdict(criterion=criterion.id, met=True, quote=claim.quote)


def _must_not(
    criterion: Criterion, claim: Claim | Verdict, answer: str, *, attempted: bool
) -> Verdict | Reason:
    """A violation must be shown; a criterion kept is earned only by a real attempt.

    A real attempt is one that met at least one ``must`` criterion with evidence. Where the model says that
    the answer is one, but shows nothing, a person decides. An older verdict was shown then; whether the answer is
    a real attempt is asked anew.
    """
    if isinstance(claim, Verdict) and not claim.met:
        return claim
    if claim.met:
        return Verdict(criterion=criterion.id, met=True) if attempted else "attempt_unsure"
    if is_found(claim.quote, answer):
        return Verdict(criterion=criterion.id, met=False, quote=claim.quote, reason="violated")
    if attempted or claim.quote.strip():
        return "violation_not_shown"
    return Verdict(criterion=criterion.id, met=False, reason=NO_ATTEMPT)


def _trusted(
    exercise: RubricExercise,
    verdicts: list[Verdict],
    claims: Sequence[Claim],
    usage: Usage,
    lost_limit: float,
) -> Judgement:
    asked = {claim.criterion for claim in claims}
    lost = sum(verdict.reason in _NOT_EVIDENCE for verdict in verdicts if verdict.criterion in asked)
    needed = sum(claim.met for claim in claims if _is_must(exercise, claim.criterion))
    ordered = _ordered(exercise, verdicts)
    if needed and lost / needed > lost_limit:
        silent = abstain("too_many_lost_quotes", usage)
        meter = {"lost_quotes": lost, "claims": needed, "leanings": ordered}
        return silent.model_copy(update=meter)
    return Judgement(outcome="judged", verdicts=ordered, usage=usage, lost_quotes=lost, claims=needed)


def _is_must(exercise: RubricExercise, criterion_id: str) -> bool:
    return any(c.id == criterion_id and c.polarity == "must" for c in exercise.rubric)


def share_of(exercise: RubricExercise, judgement: Judgement) -> float:
    """Return the checked verdicts' share of the points, 0 to 1."""
    return (judgement.score(exercise) or 0) / exercise.rubric_points


def nothing_earned(exercise: RubricExercise, reason: str) -> Judgement:
    """Return the judgement of an answer that earns nothing by rule: no model was asked."""
    verdicts = tuple(Verdict(criterion=c.id, met=False, reason=reason) for c in exercise.rubric)
    return Judgement(outcome="judged", verdicts=verdicts)
