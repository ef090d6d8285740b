"""A client's patience with a server that behaves and with one that does not."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from autograder.asking import Pace, Silent
from autograder.asking.call import estimate
from autograder.asking.faults import seconds_of
from autograder.asking.pace import SIGNS
from courses.site import Price
from tests.fake_openai import BROKEN, QUOTA, RATE_LIMITED, FakeOpenAI, Fault

SOON = Fault(status=429, body="{}", headers={"Retry-After": "0"})


def test_a_reply_comes_with_what_it_took_and_costs(client, call, ask_all):
    price = Price(prompt=1_000_000, completion=2_000_000)
    (said,) = ask_all(client(price=price), [call()])
    assert said.text.startswith("Chào bạn!")
    used = said.usage
    assert (used.calls, used.prompt_tokens, used.completion_tokens) == (1, 5, 9)
    assert used.money == 5 * 1 + 9 * 2


def test_what_the_provider_had_in_its_cache_is_told(server, client, call, ask_all):
    counts = '{"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 8}}'
    server.always = Fault(body=f'{{"choices": [{{"message": {{"content": "x"}}}}], "usage": {counts}}}')
    (said,) = ask_all(client(), [call()])
    assert said.usage.cached_tokens == 8


@pytest.mark.parametrize("usage", ["null", "{}", '{"prompt_tokens": -5, "completion_tokens": 1}', '"many"'])
def test_a_provider_that_tells_no_counts_is_estimated_and_never_free(server, client, call, ask_all, usage):
    server.always = Fault(
        body=f'{{"choices": [{{"message": {{"content": "ba chữ đó"}}}}], "usage": {usage}}}'
    )
    (said,) = ask_all(client(), [call()])
    assert (said.usage.prompt_tokens, said.usage.completion_tokens) == (estimate("Chỉ trả lời.Chào AI"), 3)


def test_a_call_that_is_told_to_slow_down_comes_back_and_counts_each_try(server, client, call, ask_all):
    server.faults.extend([SOON, SOON])
    (said,) = ask_all(client(retries=1), [call()])
    assert said.usage.calls == server.calls == 3


def test_a_broken_connection_is_tried_again_and_told_in_the_end(server, client, call, ask_all):
    server.faults.extend([Fault(cut=20), Fault(cut=20)])
    (said,) = ask_all(client(retries=2), [call()])
    assert said.usage.calls == 3
    server.always = Fault(cut=20)
    (silent,) = ask_all(client(), [call()])
    assert silent.reason == "provider_error"


def test_a_server_that_drips_bytes_is_not_waited_for(server, client, call, ask_all):
    server.always = Fault(drip=0.1)
    started = time.monotonic()
    (silent,) = ask_all(client(timeout=0.3), [call()])
    assert silent.reason == "timeout"
    assert time.monotonic() - started < 0.8


def test_a_time_out_is_tried_once_more_only_for_it_may_have_been_paid(server, client, call, ask_all):
    server.always = Fault(latency=2.0)
    (silent,) = ask_all(client(timeout=0.5, retries=5), [call()])
    assert (silent.reason, server.calls) == ("timeout", 2)
    assert silent.usage.prompt_tokens == 2 * estimate("Chỉ trả lời.Chào AI")


def test_a_spent_account_is_asked_no_more(server, client, call, ask_all):
    server.always = QUOTA
    silent = ask_all(client(most=1, retries=3), [call(), call("Hai"), call("Ba")])
    assert [each.reason for each in silent] == ["quota"] * 3
    assert server.calls == 1


def test_a_provider_that_says_not_to_try_again_is_believed(server, client, call, ask_all):
    server.always = Fault(status=500, body="{}", headers={"x-should-retry": "false"})
    ask_all(client(retries=3), [call()])
    assert server.calls == 1


def test_a_provider_that_is_down_is_not_asked_a_thousand_times(server, client, call, ask_all):
    server.always = BROKEN
    silent = ask_all(client(most=2), [call(str(n)) for n in range(1000)])
    assert {each.reason for each in silent} == {"provider_error"}
    assert server.calls < 10


def test_a_fault_of_one_call_says_nothing_of_the_provider(server, client, call, ask_all):
    server.faults.extend([Fault(status=400, body="{}")] * 20)
    said = ask_all(client(most=1), [call(str(n)) for n in range(21)])
    assert [isinstance(each, Silent) for each in said] == [True] * 20 + [False]


def test_endless_429_without_a_wish_end_the_asking(server, client, call, ask_all):
    server.always = RATE_LIMITED
    pace = Pace(1, chance=lambda: -1.0)  # no pause at all: 0.5 + -1 / 2
    silent = ask_all(client(retries=3, pace=pace), [call(str(n)) for n in range(50)])
    assert {each.reason for each in silent} == {"rate_limited"}
    assert server.calls == SIGNS


def test_a_server_that_bears_three_calls_answers_all_of_sixty(call, ask_all, client):
    refused = Fault(status=429, body="{}", headers={"Retry-After": "0"})
    with FakeOpenAI(bears=3, too_many=refused, latency=0.01) as server:
        pace = Pace(12)
        tight = client(retries=3, pace=pace)
        tight._base_url = server.base_url  # noqa: SLF001 - another server than the fixture's
        said = ask_all(tight, [call(str(n)) for n in range(60)])
    assert not [each for each in said if isinstance(each, Silent)]
    assert server.calls == 60
    assert server.refused < 60  # it learned; with 12 at once throughout it would be hundreds
    assert pace.limit < 12


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-1"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_retry_after_is_read_in_all_its_spellings(headers, seconds):
    assert seconds_of(headers) == seconds


def test_a_date_in_the_future_is_waited_for():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 28 < seconds_of({"retry-after": date}) <= 30
