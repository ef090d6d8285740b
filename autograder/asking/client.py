"""One pool of connections to one provider, asked patiently but not for ever."""

from __future__ import annotations

import asyncio
import itertools
import random
from typing import Any

import httpx2
import openai

from autograder.asking.call import Call, Said, Silent, estimate, read_reply
from autograder.asking.faults import Fault, fault_of
from autograder.asking.pace import Pace
from autograder.judge import Usage
from courses.site import Price

FIRST_PAUSE = 0.5  # seconds before the second try of a call; then twice that, up to
LONGEST_PAUSE = 8.0
THROTTLED = 3  # tries of a call that was only told to slow down, for each try of another one
MILLION = 1_000_000


class Client:
    """Asks one model's server. Connections can't outlive their event loop, so each loop gets its own.

    Args:
        base_url: of the server, ends in ``/v1``.
        api_key: the key, or a hub token for our own gateway.
        model: the model's id.
        timeout: seconds that one call may take, whole.
        retries: how often a call is tried again after a passing fault. A time-out once at most: the provider
            may well have worked on it, and be paid for it.
        pace: how many calls may be under way.
        price: of a million tokens; None costs nothing.
    """

    def __init__(  # noqa: PLR0913 - one named option each
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        timeout: float,
        retries: int,
        pace: Pace,
        price: Price | None = None,
    ) -> None:
        self._base_url, self._api_key, self.model = base_url, api_key, model
        self._timeout, self._retries = timeout, retries
        self.pace, self._price = pace, price
        self._sdk: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, call: Call) -> Said:
        """Return the reply, with all that it took.

        Raises:
            Silent: there is none.
        """
        used = Usage()
        for number in itertools.count(1):
            said = await self._try(call, used)
            if isinstance(said, Said):
                return Said(said.text, used + said.usage)
            used += self.priced(_taken(call, said))
            if not self._again(said, number):
                self._give_up(said)
                raise Silent(said.reason, used)
            if not said.overload:
                await asyncio.sleep(_pause(number))
        raise AssertionError  # the loop has no end

    def _again(self, fault: Fault, number: int) -> bool:
        if fault.reason == "timeout":
            return number <= min(1, self._retries)
        return fault.again and number <= self._retries * (THROTTLED if fault.overload else 1)

    def _give_up(self, fault: Fault) -> None:
        if fault.reason == "quota":
            self.pace.stop("quota")
        elif not fault.of_the_call:
            self.pace.lost(fault.reason)

    async def _try(self, call: Call, used: Usage) -> Said | Fault:
        """Ask once, when it is our turn."""
        try:
            async with self.pace.turn() as began:
                body = await self._send(call)
        except Silent as silent:  # it is nobody's turn
            raise Silent(silent.reason, used) from silent
        except (
            openai.OpenAIError,
            TimeoutError,
            ValueError,
            RecursionError,
        ) as error:  # the last two: no JSON
            fault = fault_of(error)
            if fault.overload:
                self.pace.overloaded(began, fault.reason, fault.wish)
            return fault
        self.pace.answered()
        return self.read(call, body, used)

    def read(self, call: Call, body: object, used: Usage | None = None) -> Said:
        """Return what a completion says, priced; ``used`` before is added to a silence.

        Raises:
            Silent: see `read_reply`.
        """
        try:
            said = read_reply(call, body)
        except Silent as silent:
            raise Silent(silent.reason, (used or Usage()) + self.priced(silent.usage)) from silent
        return Said(said.text, self.priced(said.usage))

    async def _send(self, call: Call) -> object:
        async with asyncio.timeout(self._timeout):  # a server that drips bytes never falls silent
            reply = await self.sdk.post("/chat/completions", body=call.body, cast_to=httpx2.Response)
        return reply.json()

    def priced(self, usage: Usage, share: float = 1.0) -> Usage:
        """Return a usage with what it costs, by the price list."""
        if self._price is None:
            return usage
        prompt, completion = self._price.prompt, self._price.completion
        money = (usage.prompt_tokens * prompt + usage.completion_tokens * completion) / MILLION
        return usage.model_copy(update={"money": money * share})

    @property
    def sdk(self) -> openai.AsyncOpenAI:
        """The SDK's client of the running loop."""
        loop = asyncio.get_running_loop()
        if self._sdk is None or self._loop is not loop:
            self._loop = loop
            wait: dict[str, Any] = {"timeout": self._timeout, "max_retries": 0}
            self._sdk = openai.AsyncOpenAI(base_url=self._base_url, api_key=self._api_key, **wait)
        return self._sdk

    async def aclose(self) -> None:
        """Let the running loop's connections go."""
        if self._sdk is not None and self._loop is asyncio.get_running_loop():
            await self._sdk.close()
        self._sdk = None


def _taken(call: Call, fault: Fault) -> Usage:
    """Return what a failed try took: a time-out may have been paid, a refusal at the door is not."""
    prompt = estimate(call.system + call.user) if fault.reason == "timeout" else 0
    return Usage(calls=1, prompt_tokens=prompt)


def _pause(number: int) -> float:
    doubled = FIRST_PAUSE * float(2 ** (number - 1))
    return min(LONGEST_PAUSE, doubled) * (0.5 + random.random() / 2)  # noqa: S311 - spreads retries, hides nothing
