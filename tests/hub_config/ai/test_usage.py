"""What is used is counted, survives a restart, and content is kept by consent only."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import openai
import pytest
from sqlalchemy import select

from courses.clock import now, programme_day
from courses.school.db import open_engine, session
from courses.school.models import Consent, Person
from courses.site import Ai, Price
from hub_config.ai.breaker import Breaker, BreakerRule
from hub_config.ai.consent import has_consent, set_consent
from hub_config.ai.limits import Limits, Meter
from hub_config.ai.models import AiExchange, AiUsage
from hub_config.ai.stream import BrokenStream, Events
from hub_config.ai.tokens import read_reply, tokens_of
from hub_config.ai.upstream import Retries, Upstream
from hub_config.ai.usage import Answer, Caller, Usage, asked_today
from hub_config.database import migrate
from tests.fake_openai import BROKEN, RATE_LIMITED, Fault

SETTINGS = Ai(prices={"fake-1": Price(prompt=1_000_000, completion=2_000_000)})
AN, DAILY = Caller(name="an", is_service=False), Caller(name="daily", is_service=True)


@pytest.fixture
def engine(tmp_path):
    url = f"sqlite:///{tmp_path / 'school.sqlite'}"
    migrate(url)
    engine = open_engine(url)
    with session(engine) as db:
        for name in ("an", "binh"):
            db.add(
                Person(
                    external_id=name,
                    username=name,
                    display_name=name,
                    pseudonym=name,
                    role="learner",
                    target="citizen",
                    created_at=now(),
                )
            )
    yield engine
    engine.dispose()


@pytest.fixture
def counted(engine, running, open_gateway, provider):
    """Open a gateway that counts into the database; ``rows()`` writes first and returns the rows."""
    usage = Usage(engine, SETTINGS)
    address = open_gateway(provider, usage=usage, settings=SETTINGS)

    def rows(model=AiUsage):
        running.do(usage.flush())
        with session(engine) as db:
            return list(db.scalars(select(model)))

    return address, rows


def agree(engine, name, *, agree):
    with session(engine) as db:
        set_consent(db, db.query(Person).filter_by(username=name).one(), agree=agree)


def answer(text="Chào", reply="Xin chào", caller=AN, usage='{"prompt_tokens": 3, "completion_tokens": 4}'):
    raw = f'{{"choices": [{{"message": {{"content": "{reply}"}}}}], "usage": {usage}}}'.encode()
    messages = ({"role": "user", "content": text},)
    return Answer(caller=caller, model="fake-1", at=now(), messages=messages, raw=raw)


def write(usage):
    asyncio.run(usage.close())


@pytest.mark.parametrize("stream", [False, True])
def test_an_answers_tokens_and_cost_are_the_providers_own(counted, ask, fake, stream):
    address, rows = counted
    text = ask(address, "một hai ba", stream=stream).text
    (row,) = rows()
    assert (row.caller, row.service, row.model, row.questions) == ("an", False, "fake-1", 1)
    assert (row.prompt_tokens, row.completion_tokens, row.estimated) == (3, 9, 0)
    assert row.cost == 3 + 18
    assert row.day == programme_day(now())
    if stream:
        assert fake.asked[0].body["stream_options"] == {"include_usage": True}
        assert "usage" not in text


def test_a_caller_who_wants_the_counts_gets_them(counted):
    with openai.OpenAI(base_url=counted[0], api_key="an-token") as client:
        stream = client.chat.completions.create(
            model="x",
            messages=[{"role": "user", "content": "Chào"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        assert list(stream)[-1].usage.completion_tokens == 9


def test_a_provider_that_tells_nothing_is_estimated_and_that_is_said(counted, ask, fake):
    address, rows = counted
    fake.always = Fault(body='{"choices": [{"message": {"content": "Sáu chữ."}}]}')
    ask(address, "Chín chữ cái")
    (row,) = rows()
    assert (row.prompt_tokens, row.completion_tokens, row.estimated) == (4, 3, 1)


def test_refusals_and_errors_are_counted_by_code_and_apart(counted, ask, fake):
    address, rows = counted
    ask(address, "Gọi 0912345678")
    ask(address, messages=[])
    fake.always = BROKEN
    ask(address)
    ask(address, token="daily-token")
    an, daily = sorted(rows(), key=lambda row: row.caller)
    assert (an.refused, an.errors) == ({"personal_data": 1, "bad_request": 1}, {"provider_error": 1})
    assert (daily.service, daily.questions, daily.errors) == (True, 1, {"provider_error": 1})


def test_what_a_stopped_stream_has_cost_is_counted(counted, ask, fake):
    address, rows = counted
    fake.always = Fault(cut=3)
    ask(address, stream=True)
    (row,) = rows()
    assert row.completion_tokens > 0
    assert (row.estimated, row.errors) == (1, {"provider_error": 1})


def test_a_days_quota_survives_a_restart(counted, engine, open_gateway, provider, ask):
    address, rows = counted
    assert [ask(address).status_code for _ in range(2)] == [200, 200]
    rows()
    meter = Meter(Limits(per_day=2))
    meter.remember(programme_day(now()), asked_today(engine, programme_day(now())))
    again = open_gateway(provider, meter=meter)
    response = ask(again)
    assert (response.status_code, response.json()["error"]["code"]) == (429, "quota")
    assert ask(again, token="binh-token").status_code == 200


def test_what_the_ai_did_not_answer_costs_no_share_of_the_day(
    counted, engine, open_gateway, provider, ask, fake
):
    address = open_gateway(provider, Limits(per_day=1))
    fake.always = BROKEN
    assert ask(address).status_code == 502
    ask(counted[0])
    counted[1]()
    assert asked_today(engine, programme_day(now())) == {"an": 0}
    fake.always = None
    assert [ask(address).status_code for _ in range(2)] == [200, 429]


def test_sums_add_up_over_writes_and_a_clean_stop_loses_nothing(engine):
    usage = Usage(engine, SETTINGS)
    for _ in range(3):
        usage.asked(AN, "fake-1")
        usage.answered(answer())
        usage.refused(AN, "fake-1", "quota")
        asyncio.run(usage.flush())
    usage.asked(AN, "fake-1")
    write(usage)
    with session(engine) as db:
        (row,) = db.scalars(select(AiUsage))
    assert (row.questions, row.prompt_tokens, row.completion_tokens) == (4, 9, 12)
    assert row.refused == {"quota": 3}


def test_while_the_database_fails_the_numbers_wait(tmp_path, caplog):
    broken = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")  # no tables
    usage = Usage(broken, SETTINGS)
    usage.asked(AN, "fake-1")
    usage.answered(answer())
    asyncio.run(usage.flush())
    assert "kept in memory" in caplog.text
    migrate(broken)
    write(usage)
    with session(broken) as db:
        (row,) = db.scalars(select(AiUsage))
    assert (row.questions, row.completion_tokens) == (1, 4)
    broken.dispose()


def test_no_question_waits_for_the_database(engine, running, open_gateway, provider, ask):
    usage = Usage(engine, SETTINGS, every=0.05)
    address = open_gateway(provider, usage=usage)

    async def start():
        usage.start()

    running.do(start())
    locked, free = threading.Event(), threading.Event()

    def hold():
        with engine.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            locked.set()
            free.wait(20)
            other.rollback()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(10)
    ask(address)
    time.sleep(0.2)  # a write has begun, and waits
    assert ask(address).status_code == 200
    assert holder.is_alive()
    free.set()
    holder.join()


def test_content_is_kept_only_of_those_who_agree(counted, engine, ask):
    address, rows = counted
    agree(engine, "binh", agree=True)
    ask(address, "của An")
    ask(address, "của Bình", token="binh-token", stream=True)
    ask(address, "của máy chấm", token="daily-token")
    ask(address, "Gọi 0912345678", token="binh-token")
    (kept,) = rows(AiExchange)
    assert kept.messages == [{"role": "user", "content": "của Bình"}]
    assert kept.reply == "Chào bạn! Mình là AI mẫu. Bạn cần gì?"


def test_a_withdrawal_deletes_what_was_kept_and_keeps_its_time(counted, engine, ask):
    address, rows = counted
    for name in ("an", "binh"):
        agree(engine, name, agree=True)
        ask(address, token=f"{name}-token")
    assert len(rows(AiExchange)) == 2
    ask(address, "đang chờ ghi")
    agree(engine, "an", agree=False)
    assert [kept.person_id for kept in rows(AiExchange)] == [2]
    with session(engine) as db:
        an = db.query(Person).filter_by(username="an").one()
        assert not has_consent(db, an)
        (given,) = db.scalars(select(Consent).where(Consent.person_id == an.id))
        assert given.withdrawn_at is not None


def test_conversations_are_forgotten_after_so_many_days(engine):
    agree(engine, "an", agree=True)
    present = datetime(2026, 3, 2, 5, tzinfo=UTC)
    usage = Usage(engine, Ai(keep_days=7), present=lambda: present)
    old, young = (answer().model_copy(update={"at": present - timedelta(days=days)}) for days in (8, 6))
    usage.answered(old)
    usage.answered(young)
    write(usage)
    with session(engine) as db:
        assert [kept.at for kept in db.scalars(select(AiExchange))] == [young.at]


@pytest.mark.parametrize(
    "fault", [BROKEN, RATE_LIMITED, Fault(status=429, body="{}", headers={"Retry-After": "0"})]
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_may_pass_by_itself_is_tried_again_before_the_first_byte(
    open_gateway, provider, fake, ask, fault, stream
):
    fake.faults.extend([fault, fault])
    assert ask(open_gateway(provider), stream=stream).status_code == 200
    assert fake.calls == 3


@pytest.mark.parametrize(
    "fault",
    [
        Fault(cut=2),
        Fault(status=400, body="{}"),
        Fault(status=401, body="{}"),
        Fault(status=429, body="{}", headers={"Retry-After": "60"}),
    ],
)
def test_what_began_or_would_not_help_is_not_tried_again(open_gateway, provider, fake, ask, fault):
    fake.always = fault
    ask(open_gateway(provider), stream=True)
    assert fake.calls == 1


def test_a_failing_provider_is_left_alone_and_then_tried_with_one_question(open_gateway, provider, fake, ask):
    clock = [0.0]
    breaker = Breaker(BreakerRule(failures=2, rest=30), lambda: clock[0])
    address = open_gateway(provider, upstream=Upstream(Retries(tries=1), breaker))
    fake.always = BROKEN
    assert [ask(address).status_code for _ in range(2)] == [502, 502]
    response = ask(address)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "provider_error")
    assert response.headers["Retry-After"] == "30"
    assert response.headers["x-should-retry"] == "false"
    assert "nghỉ một chút" in response.json()["error"]["message"]
    assert fake.calls == 2
    fake.always = None
    clock[0] = 30
    assert [ask(address).status_code for _ in range(2)] == [200, 200]
    assert breaker.state == "closed"


def test_refusals_of_the_provider_do_not_open_it(open_gateway, provider, fake, ask):
    fake.always = Fault(status=400, body="{}")
    address = open_gateway(provider, upstream=Upstream(Retries(tries=1), Breaker(BreakerRule(failures=1))))
    assert [ask(address).status_code for _ in range(3)] == [400] * 3


def test_the_refusal_of_personal_data_links_the_lesson(open_gateway, provider, ask):
    address = open_gateway(provider, data_lesson="/hub/bai")
    assert ask(address, "Gọi 0912345678").json()["error"]["link"] == "/hub/bai"
    assert "link" not in ask(address, messages=[]).json()["error"]


async def _pieces(*pieces):
    for piece in pieces:
        yield piece


def _read(*pieces, keep_usage=False):
    async def go():
        return [piece async for piece in Events(keep_usage).read(_pieces(*pieces))]

    return asyncio.run(go())


USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}\n\n'


def test_events_cut_anywhere_come_out_whole_and_without_the_counts():
    whole = (
        b'data: {"choices": [{"delta": {"content": "a"}}], "usage": null}\n\n' + USAGE + b"data: [DONE]\n\n"
    )
    for at in range(len(whole)):
        assert b"".join(_read(whole[:at], whole[at:])) == whole.replace(USAGE, b"")
    assert b"".join(_read(whole, keep_usage=True)) == whole


@pytest.mark.parametrize("tail", [b"", b"data: [DO", b'data: "[DONE]"\n\n', b'data: {"x": "[DONE]"}\n\n'])
def test_a_stream_without_the_protocols_end_is_broken(tail):
    with pytest.raises(BrokenStream):
        _read(b'data: {"choices": []}\n\n' + tail)


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": "1", "completion_tokens": 2}, {"prompt_tokens": -1}, []]
)
def test_counts_that_are_none_are_estimated(usage):
    assert tokens_of(usage, "abcd", "").model_dump() == {"prompt": 2, "completion": 0, "estimated": True}


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"choices": [3]}', b"data: {\ndata: {}\n", b"\xff"])
def test_an_answer_that_cannot_be_read_counts_as_empty(raw):
    assert read_reply(raw)[0] == ""
