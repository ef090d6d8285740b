"""What went wrong with a call, and whether trying again may help."""

from __future__ import annotations

import email.utils
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import openai

from autograder.judge import Reason

_CODES: Mapping[str, Reason] = {
    "insufficient_quota": "quota",
    "quota": "quota",
    "personal_data": "personal_data",
    "no_provider": "no_provider",
    "starting": "no_provider",
}
_OVERLOADED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, 529})
_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
_OF_THE_CALL = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)


@dataclass(frozen=True)
class Fault:
    """Why a call gave nothing.

    Attributes:
        reason: for the ledger and people.
        again: another try may help.
        overload: the provider has too much to do.
        wish: seconds that the provider asked to be left alone.
        of_the_call: it says something of this call, nothing of the provider.
    """

    reason: Reason
    again: bool = False
    overload: bool = False
    wish: float | None = None
    of_the_call: bool = False


def fault_of(error: Exception) -> Fault:
    """Read an error of the SDK, of our clock, or of a body that is no JSON."""
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, (TimeoutError, openai.APITimeoutError)):
        return Fault("timeout", again=True, overload=True)
    if isinstance(error, openai.OpenAIError):
        return Fault("provider_error", again=isinstance(error, openai.APIConnectionError))
    return Fault("unparsable", of_the_call=True)


def _of_status(error: openai.APIStatusError) -> Fault:
    headers, status = error.response.headers, error.status_code
    reason = _CODES.get(str(error.code or ""))
    if reason is None:
        reason = "rate_limited" if status == HTTPStatus.TOO_MANY_REQUESTS else "provider_error"
    wish = seconds_of(headers)
    again = status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if headers.get("x-should-retry") in {"true", "false"}:
        again = headers["x-should-retry"] == "true"
    return Fault(
        reason,
        again=again and reason != "quota",
        overload=status in _OVERLOADED or wish is not None,
        wish=wish,
        of_the_call=status in _OF_THE_CALL,
    )


def seconds_of(headers: Mapping[str, str]) -> float | None:
    """Return how long a provider asks to be left alone: ``retry-after-ms``, seconds or a date; None: it doesn't say."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return _until(headers.get("retry-after", ""))


def _until(date: str) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(date)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
