"""OpenAI's Batch API as calls: upload a file of questions, make a batch of it, look at it, fetch what came."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import openai

from autograder.asking.call import Call, Silent
from autograder.asking.client import Client
from autograder.asking.faults import fault_of
from autograder.judge import Reason

ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
WINDOW: Literal["24h"] = "24h"  # the only one that the protocol knows
MARK = "bdhai"  # key of our own id in a batch's metadata
LOOKED_BACK = 300  # batches of the account, the newest first, among which a lost one is looked for
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
SECONDS = 300.0  # for one request; files may be large
T = TypeVar("T")


@dataclass(frozen=True)
class Remote:
    """A batch as the provider tells of it."""

    id: str
    status: str
    files: tuple[str, ...] = ()  # of replies and of errors, where there are any
    input_file: str = ""

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more will come."""
        return self.status in ENDED


class Refused(Silent):
    """The provider said no: nothing was made, and nothing will be paid."""


class Wire:
    """Speaks for one client. All methods raise Silent when the provider can't be reached or talks nonsense."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def upload(self, calls: Iterable[tuple[str, Call]]) -> str:
        """Upload questions by key; return the file's id."""
        lines = b"".join(_line(key, call) for key, call in calls)
        made = await _patient(
            self._client.sdk.files.create(file=("bdhai.jsonl", lines), purpose="batch", timeout=SECONDS)
        )
        return _text(made, "id")

    async def create(self, file: str, ours: str) -> Remote:
        """Make a batch of an uploaded file, with our own id as its mark.

        Raises:
            Refused: it was surely not made; any other Silent leaves that open.
        """
        batches = self._client.sdk.batches
        return _remote(
            await _patient(
                batches.create(
                    input_file_id=file, endpoint=ENDPOINT, completion_window=WINDOW, metadata={MARK: ours}
                )
            )
        )

    async def find(self, ours: str) -> Remote | None:
        """Return the batch that bears our id, or None."""
        return await _patient(self._find(ours))

    async def _find(self, ours: str) -> Remote | None:
        seen = 0
        async for one in self._client.sdk.batches.list(limit=100):
            if (getattr(one, "metadata", None) or {}).get(MARK) == ours:
                return _remote(one)
            seen += 1
            if seen >= LOOKED_BACK:
                break
        return None

    async def look(self, remote: str) -> Remote | None:
        """Return how a batch is; None when the provider knows none of that name."""
        try:
            return _remote(await _patient(self._client.sdk.batches.retrieve(remote)))
        except Refused as refused:
            if isinstance(refused.__cause__, openai.NotFoundError):
                return None
            raise

    async def fetch(self, file: str) -> Iterator[tuple[str, dict[str, Any] | Reason]]:
        """Return each line of a result file: the key, and the completion or why there is none."""
        content = await _patient(self._client.sdk.files.content(file, timeout=SECONDS))
        return _lines(content.content)

    async def forget(self, files: Iterable[str]) -> None:
        """Delete files at the provider; that it fails is no harm."""
        for file in files:
            with suppress(Silent):
                await _patient(self._client.sdk.files.delete(file))


async def _patient(asked: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(SECONDS):
            return await asked
    except (openai.OpenAIError, TimeoutError, ValueError, RecursionError) as error:
        fault = fault_of(error)
        said_no = isinstance(error, openai.APIStatusError) and not fault.again
        raise (Refused if said_no else Silent)(fault.reason) from error


def _line(key: str, call: Call) -> bytes:
    line = {"custom_id": key, "method": "POST", "url": ENDPOINT, "body": call.body}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _text(made: object, name: str) -> str:
    found = getattr(made, name, None)
    if not isinstance(found, str) or not found:
        raise Silent("unparsable")
    return found


def _remote(made: object) -> Remote:
    """Read a batch. The SDK builds objects without validation: trust no field."""
    files = (getattr(made, name, None) for name in ("output_file_id", "error_file_id"))
    given = getattr(made, "input_file_id", None)
    return Remote(
        id=_text(made, "id"),
        status=_text(made, "status"),
        files=tuple(file for file in files if isinstance(file, str) and file),
        input_file=given if isinstance(given, str) else "",
    )


def _lines(content: bytes) -> Iterator[tuple[str, dict[str, Any] | Reason]]:
    for line in content.splitlines():
        try:
            said = json.loads(line)
            key = said["custom_id"]
        except (ValueError, LookupError, TypeError, RecursionError):
            continue
        if isinstance(key, str) and isinstance(said, dict):
            yield key, _said(said)


def _said(line: Mapping[str, Any]) -> dict[str, Any] | Reason:
    response = line.get("response")
    if not isinstance(response, dict):
        return "provider_error"
    body, status = response.get("body"), response.get("status_code")
    if status == 200 and isinstance(body, dict):  # noqa: PLR2004 - HTTP's OK
        return body
    return "rate_limited" if status == 429 else "provider_error"  # noqa: PLR2004 - HTTP's Too Many Requests
