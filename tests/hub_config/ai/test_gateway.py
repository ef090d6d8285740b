"""The gateway: one door, one key, limits, manners."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import httpx2
import openai
import pytest

from courses.exercises.registry import kinds
from courses.site import Site
from hub_config.ai.limits import Limits
from hub_config.ai.provider import judge_for
from tests.autograder.judge.conftest import FULL, KEYWORDS, RUBRIC, SAMPLES, STATEMENT
from tests.fake_openai import BROKEN, NOT_JSON, QUOTA, RATE_LIMITED, Fault, by_keyword


def _error(response):
    return response.status_code, response.json()["error"]["code"]


def test_the_openai_package_works_with_a_hub_token_as_key(open_gateway, provider):
    with openai.OpenAI(base_url=open_gateway(provider), api_key="an-token") as client:
        assert [model.id for model in client.models.list()] == ["fake-1"]
        reply = client.chat.completions.create(model="x", messages=[{"role": "user", "content": "Chào"}])
        assert reply.choices[0].message.content.startswith("Chào bạn!")


def test_a_reply_is_streamed_piece_by_piece(open_gateway, provider):
    with openai.OpenAI(base_url=open_gateway(provider), api_key="an-token") as client:
        stream = client.chat.completions.create(
            model="x", messages=[{"role": "user", "content": "Chào"}], stream=True
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
    assert len(pieces) > 5
    assert "".join(pieces) == "Chào bạn! Mình là AI mẫu. Bạn cần gì?"


def test_the_provider_gets_its_own_key_and_model_and_never_the_hubs(open_gateway, provider, fake, ask):
    assert ask(open_gateway(provider), model="gpt-huge", user="an", tools=[{"x": 1}]).status_code == 200
    (asked,) = fake.asked
    assert asked.authorization == "Bearer the-secret-key"
    assert asked.model == "fake-1"
    assert set(asked.body) == {"model", "messages", "stream", "max_tokens"}


@pytest.mark.parametrize(("wanted", "sent"), [(None, 1024), (50, 50), (99_999, 1024)])
def test_a_learners_reply_has_a_bounded_length(open_gateway, provider, fake, ask, wanted, sent):
    ask(open_gateway(provider), max_tokens=wanted)
    assert fake.asked[0].body["max_tokens"] == sent


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("nobody", (401, "unauthorized")),
        ("x" * 600, (401, "unauthorized")),
        ("stranger-token", (403, "forbidden")),
    ],
)
def test_only_people_whom_the_hub_allows_get_in(open_gateway, provider, fake, ask, token, expected):
    address = open_gateway(provider)
    assert _error(ask(address, token=token)) == expected
    assert _error(httpx2.get(f"{address}/models", headers={"Authorization": f"token {token}"})) == expected
    assert fake.calls == 0


def test_a_cookie_opens_nothing(open_gateway, provider):
    response = httpx2.get(f"{open_gateway(provider)}/models", headers={"Cookie": "jupyterhub=an-token"})
    assert _error(response) == (401, "unauthorized")


@pytest.mark.parametrize(
    "text", ["Gọi 0912345678", "CCCD 001204000123", "a@b.vn", "STK 19032222111", "Độ mật: MẬT"]
)
def test_personal_data_are_caught_before_they_leave(open_gateway, provider, fake, ask, text):
    response = ask(open_gateway(provider), text=text)
    assert _error(response) == (422, "personal_data")
    assert "bài 1.4" in response.json()["error"]["message"]
    assert fake.calls == 0


def test_personal_data_are_caught_anywhere_in_the_conversation(open_gateway, provider, fake, ask):
    parts = [{"type": "text", "text": "Số 0912345678"}]
    earlier = [{"role": "system", "content": "Em chào"}, {"role": "user", "content": parts}]
    assert _error(ask(open_gateway(provider), messages=earlier)) == (422, "personal_data")
    assert fake.calls == 0


@pytest.mark.parametrize(
    "body",
    [
        {"messages": []},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        {"messages": "x"},
        {"temperature": 99},
        {"messages": [{"role": "user", "content": "x"}] * 61},
    ],
)
def test_what_is_no_plain_conversation_is_refused_in_vietnamese(open_gateway, provider, fake, ask, body):
    response = ask(open_gateway(provider), **body)
    assert _error(response) == (422, "bad_request")
    assert "chưa đúng khuôn" in response.json()["error"]["message"]
    assert fake.calls == 0


def test_what_is_no_json_is_refused(open_gateway, provider):
    headers = {"Authorization": "Bearer an-token"}
    response = httpx2.post(f"{open_gateway(provider)}/chat/completions", content=b"{", headers=headers)
    assert _error(response) == (422, "bad_request")


def test_a_question_has_a_size(open_gateway, provider, fake, ask):
    address = open_gateway(provider)
    assert _error(ask(address, text="á" * 40_000)) == (413, "too_long")
    assert fake.calls == 0
    assert ask(address, text="á" * 40_000, token="daily-token").status_code == 200


def test_without_a_provider_the_answer_says_so(open_gateway, ask):
    response = ask(open_gateway(None))
    assert _error(response) == (503, "no_provider")
    assert response.headers["x-should-retry"] == "false"


def test_a_learner_has_a_rate_and_others_do_not_suffer(open_gateway, provider, ask):
    address = open_gateway(provider, Limits(per_minute=2))
    assert [ask(address).status_code for _ in range(3)] == [200, 200, 429]
    response = ask(address)
    assert response.json()["error"]["code"] == "rate_limited"
    assert 0 < int(response.headers["Retry-After"]) <= 61
    assert ask(address, token="binh-token").status_code == 200


def test_a_learner_has_a_quota_and_the_grader_has_not(open_gateway, provider, ask):
    address = open_gateway(provider, Limits(per_day=1))
    assert ask(address).status_code == 200
    assert _error(ask(address)) == (429, "quota")
    assert [ask(address, token="daily-token").status_code for _ in range(3)] == [200] * 3


def test_a_learner_asks_so_many_at_once(open_gateway, provider, fake, ask):
    fake.latency = 1.0
    address = open_gateway(provider, Limits(at_once=1))
    codes: list[int] = []
    first = threading.Thread(target=lambda: codes.append(ask(address).status_code))
    first.start()
    while fake.in_flight == 0:
        time.sleep(0.01)
    assert ask(address).status_code == 429
    first.join()
    assert codes == [200]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(status=401, body="key sk-123 is wrong"), (502, "provider_error")),
        (Fault(status=404, body="no model"), (502, "provider_error")),
        (Fault(status=400, body="bad schema"), (400, "bad_request")),
        (BROKEN, (502, "provider_error")),
        (NOT_JSON, (502, "provider_error")),
        (RATE_LIMITED, (429, "rate_limited")),
        (QUOTA, (503, "quota")),
        (Fault(latency=4), (504, "timeout")),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_of_the_provider_is_told_in_our_words(
    open_gateway, provider, fake, ask, fault, expected, stream
):
    fake.always = fault
    impatient = provider.model_copy(update={"timeout": 1.0})
    response = ask(open_gateway(impatient), stream=stream)
    assert _error(response) == expected
    assert "sk-123" not in response.text
    assert len(response.json()["error"]["message"]) > 20


def test_the_providers_wish_to_wait_is_passed_on(open_gateway, provider, fake, ask):
    fake.always = Fault(status=429, body="{}", headers={"Retry-After": "7"})
    assert ask(open_gateway(provider)).headers["Retry-After"] == "7"


def test_a_stream_that_is_cut_never_looks_whole(open_gateway, provider, fake):
    fake.always = Fault(cut=3)
    with openai.OpenAI(base_url=open_gateway(provider), api_key="an-token", max_retries=0) as client:
        stream = client.chat.completions.create(
            model="x", messages=[{"role": "user", "content": "Chào"}], stream=True
        )
        with pytest.raises(openai.APIError, match=r"dở dang|trục trặc"):
            list(stream)


def test_a_stream_that_ends_early_but_politely_never_looks_whole(open_gateway, provider, fake, ask):
    headers = {"Content-Type": "text/event-stream"}
    fake.always = Fault(body='data: {"choices": [{"delta": {"content": "Chào"}}]}\n\n', headers=headers)
    text = ask(open_gateway(provider), stream=True).text
    assert "Chào" in text
    assert '"code": "provider_error"' in text
    assert "[DONE]" not in text


def test_a_provider_that_is_gone_is_told(open_gateway, provider, ask):
    gone = provider.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
    assert _error(ask(open_gateway(gone))) == (503, "provider_error")


def test_unknown_addresses_and_methods_have_the_same_shape(open_gateway, provider):
    address = open_gateway(provider)
    assert _error(httpx2.get(f"{address}/embeddings")) == (404, "not_found")
    response = httpx2.get(f"{address}/chat/completions", headers={"Authorization": "token an-token"})
    assert response.status_code == 405
    assert "error" in response.json()


def test_a_caller_who_leaves_frees_the_provider(open_gateway, provider, fake):
    fake.chat = lambda _: "chữ " * 50_000
    address = open_gateway(provider)
    body = {"messages": [{"role": "user", "content": "Chào"}], "stream": True}
    headers = {"Authorization": "Bearer an-token"}
    with httpx2.stream("POST", f"{address}/chat/completions", json=body, headers=headers) as response:
        next(response.iter_bytes())
    deadline = time.monotonic() + 10
    while fake.in_flight and time.monotonic() < deadline:
        time.sleep(0.05)
    assert fake.in_flight == 0


def test_the_grader_judges_through_the_gateway(open_gateway, provider, fake, tmp_path):
    fake.rule = by_keyword(KEYWORDS)
    options = {"points": 4, "rubric": RUBRIC, "reference": "Bạn là ai đó khác hẳn.", "max_words": 80}
    exercise = kinds()["prompt"].read("lenh", options, STATEMENT)
    env = {"BDHAI_AI_URL": open_gateway(provider), "JUPYTERHUB_API_TOKEN": "daily-token"}
    judge = judge_for(Site(data=tmp_path), env)
    assert judge is not None
    assert judge.name == "fake-1"

    async def go():
        judgement = await judge.judge(exercise, FULL, SAMPLES)
        await judge.aclose()
        return judgement

    assert asyncio.run(go()).score(exercise) == 4
    assert json.loads((tmp_path / "ai" / "calibration.json").read_text())


def test_the_grader_may_name_the_second_model_and_nobody_else_may(open_gateway, provider, fake, ask):
    address = open_gateway(provider, second_model="fake-2")
    ask(address, model="fake-2", user="an")
    ask(address, model="fake-2", token="daily-token")
    ask(address, model="gpt-huge", token="daily-token")
    assert [asked.model for asked in fake.asked] == ["fake-1", "fake-2", "fake-1"]
