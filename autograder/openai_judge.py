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

from autograder.asking import Asker, Call, Direct, Pace, Silent, Talk, Terms
from autograder.asking.client import Client
from autograder.checks import hard_check
from autograder.hashes import hashes
from autograder.judge import CalibrationSample, Judgement, Signals, Usage, Verdict, abstain
from autograder.partial import rest_of
from autograder.prompts import Prompt, load_prompt, prompts_hash, render_user
from autograder.signals import Gate, expected_share
from autograder.thresholds import Thresholds
from autograder.verdicts import Claim, check_claims, nothing_earned, share_of
from courses import personal_data
from courses.exercises.base import RubricExercise
from courses.site import Price

CHECKS_VERSION = 5
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
        thresholds: how far its signals may be apart, and how many quotes may be lost.
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
        thresholds: Thresholds | None = None,
        price: Price | None = None,
    ) -> None:
        self.name, self.at_once = model, concurrency
        self._thresholds = thresholds or Thresholds()
        self._verdicts, self._band = load_prompt("verdicts"), load_prompt("band")
        self._prompt_hash = self._hash()
        pace = Pace(concurrency)
        self._client = Client(
            base_url, api_key, model, timeout=timeout, retries=retries, pace=pace, price=price
        )
        self._asker: Asker = Direct(self._client)

    def under(self, terms: Terms) -> OpenAIJudge:
        """See `autograder.asking.Paid.under`."""
        own = copy.copy(self)
        own._asker = terms.asker(self._client)  # noqa: SLF001 - our own copy
        return own

    @property
    def prompt_hash(self) -> str:
        """See `autograder.judge.Judge`."""
        return self._prompt_hash

    def _hash(self) -> str:
        """Cover both prompts, both schemas and the checks of our own that decide with them, but for the gate.

        The gate is fitted on what people say of this judge: were it part of the identity, each fit would make another
        judge of whom nothing is known. What it let through or not stands in the ledger with the signals.
        """
        schemas = (verdict_schema(("criterion",)), band_schema(1.0))
        checks = {"checks": CHECKS_VERSION, "lost": self._thresholds.lost}
        return prompts_hash((self._verdicts, self._band), *schemas, checks)

    @property
    def gate(self) -> Gate:
        """See `autograder.signals.Gated`."""
        return self._thresholds.gate

    def gated(self, gate: Gate) -> OpenAIJudge:
        """See `autograder.signals.Gated`."""
        own = copy.copy(self)
        own._thresholds = self._thresholds.model_copy(update={"gate": gate})  # noqa: SLF001 - our own copy
        return own

    async def judge(
        self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample] = ()
    ) -> Judgement:
        """See `autograder.judge.Judge.judge`. Samples tell what an answer's vocabulary lets expect."""
        return await self.judge_rest(exercise, answer, (), samples)

    async def judge_rest(
        self,
        exercise: RubricExercise,
        answer: str,
        known: Sequence[Verdict],
        samples: Sequence[CalibrationSample] = (),
    ) -> Judgement:
        """See `autograder.partial.RestJudge.judge_rest`."""
        caught = hard_check(exercise, answer)
        if caught == "blank":
            return nothing_earned(exercise, "blank")
        if caught is not None:
            return abstain(caught)
        return await self.ask(exercise, answer, samples, known)

    async def ask(
        self,
        exercise: RubricExercise,
        answer: str,
        samples: Sequence[CalibrationSample] = (),
        known: Sequence[Verdict] = (),
    ) -> Judgement:
        """Judge an answer that passed the hard checks."""
        sent = personal_data.mask(answer)
        if any(finding.kind == "secret" for finding in personal_data.find(answer)):
            return abstain("personal_data")
        verdicts, band = self._calls(exercise, sent, known)
        try:
            async with self._asker.answer((verdicts, band)) as talk:
                judgement = await self._claims(talk, verdicts, exercise, sent, known)
                if judgement.outcome == "abstained":
                    return judgement
                expected = expected_share(exercise, answer, samples)
                return await self._confirmed(talk, band, exercise, judgement, expected)
        except Silent as silent:
            return abstain(silent.reason, silent.usage)

    def _calls(self, exercise: RubricExercise, sent: str, known: Sequence[Verdict]) -> tuple[Call, Call]:
        """Return what is asked of an answer: verdicts on the criteria that are not known, and the band of all."""
        asked = rest_of(exercise, known)
        criteria = tuple(criterion.id for criterion in asked.rubric)
        return (
            self._call(self._verdicts, asked, sent, verdict_schema(criteria), 1 + len(criteria)),
            self._call(self._band, exercise, sent, band_schema(exercise.rubric_points), 1),
        )

    def _call(
        self, prompt: Prompt, exercise: RubricExercise, sent: str, schema: Mapping[str, Any], parts: int
    ) -> Call:
        return Call(
            model=self.name,
            system=prompt.text,
            user=render_user(exercise, sent),
            response_format=schema,
            tokens=REPLY_TOKENS * parts,
            cache_key=hashes(exercise).task[:32],
        )

    async def _claims(
        self, talk: Talk, call: Call, exercise: RubricExercise, sent: str, known: Sequence[Verdict]
    ) -> Judgement:
        said = await talk.ask(call)
        claims = _parse(said.text, _Verdicts, said.usage).verdicts
        limit = self._thresholds.lost
        return check_claims(exercise, sent, claims, said.usage, lost_limit=limit, known=known)

    async def _confirmed(
        self,
        talk: Talk,
        call: Call,
        exercise: RubricExercise,
        judgement: Judgement,
        expected: float | None,
    ) -> Judgement:
        """Hear the second call; where it, the vocabulary and the verdicts part, abstain."""
        points = exercise.rubric_points
        try:
            said = await talk.ask(call)
        except Silent as silent:
            raise Silent(silent.reason, judgement.usage + silent.usage) from silent
        total = judgement.usage + said.usage
        band = _parse(said.text, _Band, total).points
        if band > points:
            return abstain("unparsable", total)
        signals = Signals(checked=share_of(exercise, judgement), band=band / points, expected=expected)
        if self._thresholds.gate.passes(signals):
            return judgement.model_copy(update={"usage": total, "signals": signals})
        heard: dict[str, object] = {
            "lost_quotes": judgement.lost_quotes,
            "claims": judgement.claims,
            "signals": signals,
            "leanings": judgement.verdicts,
        }
        return abstain("signals_disagree", total).model_copy(update=heard)

    async def aclose(self) -> None:
        """See `autograder.judge.Judge.aclose`."""
        await self._client.aclose()


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
