"""The judge that asks any OpenAI-compatible model, and trusts it only as far as it can be checked.

Two calls per answer: verdicts with quotes, and a direct band as an independent signal. What cannot be
trusted is abstained from, with the reason; faults of the provider never become marks. How the model is
asked (patience, pace, budget, batches) is `autograder.asking`'s business.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.asking import Asker, Call, Client, Direct, Pace, Silent, Talk, Terms
from autograder.checks import hard_check
from autograder.judge import CalibrationSample, Judgement, Usage, abstain
from autograder.prompts import Prompt, load_prompt, prompts_hash, render_user
from autograder.verdicts import (
    BAND_TOLERANCE,
    LOST_LIMIT,
    Claim,
    agrees,
    check_claims,
    nothing_earned,
)
from courses import personal_data
from courses.exercises.base import RubricExercise
from courses.site import Price

CHECKS_VERSION = 2
"""Raise it when quotes, checks or verdicts decide differently: it is part of the prompt hash."""
TIMEOUT = 120.0  # seconds a call; the local model needs up to 15
RETRIES = 3
REPLY_TOKENS = 200  # tokens for the braces, and as many again per criterion


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Verdicts(_Strict):
    verdicts: tuple[Claim, ...] = Field(strict=False)  # a JSON list


class _Band(_Strict):
    points: float = Field(ge=0, allow_inf_nan=False)


M = TypeVar("M", bound=BaseModel)


class OpenAIJudge:
    """See `autograder.judge.Judge`. Uncalibrated: wrap it in `autograder.calibration.Calibrated`.

    Args:
        base_url: of the server, ends in ``/v1``.
        api_key: the key, or a hub token for our own gateway.
        model: the model's id; the judge's name in the ledger.
        timeout: seconds that one call may take.
        retries: how often a call is tried again (429, 5xx, no connection), with back-off and Retry-After.
        concurrency: calls at the same time at most; fewer where the provider complains.
        price: of a million tokens; None costs nothing.
    """

    def __init__(  # noqa: PLR0913 - one named option each
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        concurrency: int = 4,
        price: Price | None = None,
    ) -> None:
        self.name, self.at_once = model, concurrency
        self._verdicts, self._band = load_prompt("verdicts"), load_prompt("band")
        pace = Pace(concurrency)
        self._client = Client(base_url, api_key, timeout=timeout, retries=retries, pace=pace, price=price)
        self._asker: Asker = Direct(self._client)

    def under(self, terms: Terms) -> OpenAIJudge:
        """See `autograder.asking.Paid.under`."""
        own = copy.copy(self)
        own._asker = Direct(self._client, terms.budget)  # noqa: SLF001 - our own copy
        return own

    @property
    def prompt_hash(self) -> str:
        """Covers both prompts, both schemas and the checks of our own that decide with them."""
        schemas = (verdict_schema(("criterion",)), band_schema(1.0))
        gates = {"checks": CHECKS_VERSION, "band": BAND_TOLERANCE, "lost": LOST_LIMIT}
        return prompts_hash((self._verdicts, self._band), *schemas, gates)

    async def judge(
        self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample] = ()
    ) -> Judgement:
        """See `autograder.judge.Judge.judge`. Samples are a calibrated judge's concern."""
        del samples
        caught = hard_check(exercise, answer)
        if caught == "blank":
            return nothing_earned(exercise, "blank")
        if caught is not None:
            return abstain(caught)
        return await self.ask(exercise, answer)

    async def ask(self, exercise: RubricExercise, answer: str) -> Judgement:
        """Judge an answer that passed the hard checks."""
        sent = personal_data.mask(answer)
        if any(finding.kind == "secret" for finding in personal_data.find(answer)):
            return abstain("personal_data")
        verdicts, band = self._calls(exercise, sent)
        try:
            async with self._asker.answer((verdicts, band)) as talk:
                said = await talk.ask(verdicts)
                claims = _parse(said.text, _Verdicts, said.usage).verdicts
                judgement = check_claims(exercise, sent, claims, said.usage)
                if judgement.outcome == "abstained":
                    return judgement
                return await _confirmed(talk, band, exercise, judgement)
        except Silent as silent:
            return abstain(silent.reason, silent.usage)

    def _calls(self, exercise: RubricExercise, sent: str) -> tuple[Call, Call]:
        """Return what is asked of an answer: verdicts, and the band."""
        schema = verdict_schema(tuple(criterion.id for criterion in exercise.rubric))
        tokens = REPLY_TOKENS * (1 + len(exercise.rubric))
        user, key = render_user(exercise, sent), exercise.task_hash()[:32]

        def call(prompt: Prompt, response_format: Mapping[str, Any], tokens: int) -> Call:
            return Call(self.name, prompt.text, user, response_format, tokens, key)

        band = band_schema(exercise.points)
        return call(self._verdicts, schema, tokens), call(self._band, band, REPLY_TOKENS)

    async def aclose(self) -> None:
        """See `autograder.judge.Judge.aclose`."""
        await self._client.aclose()


async def _confirmed(talk: Talk, band: Call, exercise: RubricExercise, judgement: Judgement) -> Judgement:
    """Return the judgement if a direct band supports it."""
    try:
        said = await talk.ask(band)
    except Silent as silent:
        raise Silent(silent.reason, judgement.usage + silent.usage) from silent
    total = judgement.usage + said.usage
    points = _parse(said.text, _Band, total).points
    if points > exercise.points:
        return abstain("unparsable", total)
    if agrees(exercise, judgement, points):
        return judgement.model_copy(update={"usage": total})
    meter = {"lost_quotes": judgement.lost_quotes, "claims": judgement.claims}
    return abstain("signals_disagree", total).model_copy(update=meter)


def _parse(content: str, model: type[M], usage: Usage) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise Silent("unparsable", usage) from error


def verdict_schema(criteria: tuple[str, ...]) -> dict[str, Any]:
    """Return the strict schema of the verdicts: quote first, so that the model looks before it decides."""
    claim = _object(
        {
            "criterion": {"type": "string", "enum": list(criteria)},
            "quote": {"type": "string"},
            "met": {"type": "boolean"},
        }
    )
    size = {"minItems": len(criteria), "maxItems": len(criteria)}
    return _schema("verdicts", _object({"verdicts": {"type": "array", "items": claim, **size}}))


def band_schema(points: float) -> dict[str, Any]:
    """Return the strict schema of the direct band."""
    return _schema("band", _object({"points": {"type": "number", "minimum": 0, "maximum": points}}))


def _schema(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
