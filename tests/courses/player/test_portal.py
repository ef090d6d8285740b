from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from courses.player import http
from courses.player.ai import Gateway, Written
from courses.player.lesson import PlayerError
from courses.player.portal import Portal
from tests.courses.player.services import Stream


@pytest.fixture
def portal(services):
    return Portal(f"{services.url}/services/portal", "ma-rieng")


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_check_asks_the_portal_with_the_servers_own_token(portal, services):
    services.answers["check"] = (200, {"status": "right", "why": "Vì thế.", "tries": 1})
    reply = portal.check("level1/x", "mot", "citizen", {"chosen": ["o2"]})
    assert reply == {"status": "right", "why": "Vì thế.", "tries": 1}
    assert services.bodies("check") == [
        {"lesson": "level1/x", "exercise": "mot", "case": "citizen", "answer": {"chosen": ["o2"]}}
    ]
    assert services.asked[-1][1] == "/services/portal/api/check"
    assert services.tokens == {"token ma-rieng"}


def test_a_submission_gives_the_receipt_and_the_way_to_the_result(portal):
    receipt = portal.submit("level1/x", "citizen", {"mot": {"chosen": ["o2"]}})
    assert receipt["receipt"] == "BD-2026-7K3Q"
    assert portal.result_path("BD-1") == "/services/portal/ket-qua/BD-1"


@pytest.mark.parametrize("status", [401, 403, 404, 413, 422, 500, 503])
def test_each_refusal_says_what_is_safe_and_what_to_do(portal, services, status):
    services.answers["check"] = (status, b"<html>")
    with pytest.raises(PlayerError) as refusal:
        portal.check("level1/x", "mot", "citizen", {})
    assert "Bài của bạn vẫn được giữ." in str(refusal.value)
    assert "Bạn" in str(refusal.value).split("giữ.")[1]


def test_the_portals_own_words_come_first(portal, services):
    services.answers["submissions"] = (422, {"error": "Câu “mot” có lựa chọn lạ."})
    with pytest.raises(PlayerError, match="Câu “mot” có lựa chọn lạ"):
        portal.submit("level1/x", "citizen", {})


def test_a_closed_portal_is_told_calmly_and_a_visit_stays_silent(closed_port):
    portal = Portal(f"http://127.0.0.1:{closed_port}/services/portal", "x")
    with pytest.raises(PlayerError, match="Chưa nối được với trang lớp học"):
        portal.check("level1/x", "mot", "citizen", {})
    portal.visit("level1/x")


def test_a_lesson_outside_the_class_says_so():
    with pytest.raises(PlayerError, match="ngoài lớp học"):
        Portal("", "").submit("level1/x", "citizen", {})


def test_a_slow_service_is_given_up(services):
    services.delay = 1
    with pytest.raises(http.Unreachable):
        http.post(f"{services.url}/api/check", "x", {}, timeout=0.2)


def test_only_http_addresses_are_called(tmp_path):
    with pytest.raises(http.Unreachable):
        http.post(f"file://{tmp_path}/x", "x", {})


def test_a_proxy_of_the_outside_world_does_not_see_the_token(services, closed_port):
    code = f"from courses.player.http import post; print(post('{services.url}/api/check', 'x', {{}}).status)"
    env = {**os.environ, "http_proxy": f"http://127.0.0.1:{closed_port}", "no_proxy": "", "NO_PROXY": ""}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.stdout == "200\n"


def ask(services, told=None, text="Viết lời mời"):
    asking = Gateway(f"{services.url}/services/ai/v1", "ma-rieng").ask(text)
    return asking.write((told if told is not None else []).append)


def test_the_ai_writes_piece_by_piece(services):
    services.answers["completions"] = (200, Stream(("Mời bác", " thử chè.")))
    told = []
    assert ask(services, told) == Written("Mời bác thử chè.", "whole")
    assert told == ["Mời bác", " thử chè."]
    body = services.bodies("completions")[0]
    assert body["messages"] == [{"role": "user", "content": "Viết lời mời"}]
    assert body["stream"] is True
    assert "token ma-rieng" in services.tokens


@pytest.mark.parametrize(
    "end", ["", '{"error": {"code": "provider_error", "message": "x"}}', "{", '{"choices": 3}']
)
def test_what_came_before_a_cut_is_kept(services, end):
    services.answers["completions"] = (200, Stream(("Mời bác",), end=end))
    assert ask(services) == Written("Mời bác", "cut")


def test_a_stopped_ai_writes_no_further_and_its_words_stay(services):
    stream = Stream(tuple("abcdefghij" * 100), pause=0.05)
    services.answers["completions"] = (200, stream)
    asking = Gateway(f"{services.url}/services/ai/v1", "x").ask("Viết")
    told = []
    written = asking.write(lambda piece: told.append(piece) or (len(told) == 3 and asking.stop()))
    assert written == Written("abc", "stopped")
    assert stream.left.wait(5), "the other end hears of it"


def test_an_ai_that_has_written_nothing_yet_is_stopped_at_once(services):
    services.answers["completions"] = (200, Stream(("muộn",), pause=20))
    asking = Gateway(f"{services.url}/services/ai/v1", "x").ask("Viết")
    threading.Timer(0.3, asking.stop).start()
    began = time.monotonic()
    assert asking.write(lambda _: None) == Written("", "stopped")
    assert time.monotonic() - began < 5


def test_a_reply_without_end_is_cut_at_the_length_that_an_answer_may_have(services):
    services.answers["completions"] = (200, Stream(("dài " * 1000,) * 3))
    assert len(ask(services).text) == 8000


def test_no_provider_is_not_an_error(services):
    assert ask(services) is None
    assert Gateway("", "").ask("Viết") is None


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (422, "personal_data", "Lệnh có số điện thoại."),
        (429, "quota", "Bạn đã hỏi nhiều lần."),
        (503, "starting", "AI đang khởi động."),
    ],
)
def test_the_gateways_own_words_are_passed_on(services, status, code, message):
    error = {"code": code, "message": message, "link": "/bai-1-4"}
    services.answers["completions"] = (status, {"error": error})
    with pytest.raises(PlayerError) as refusal:
        ask(services)
    assert str(refusal.value) == f"{message} Chữ bạn viết vẫn còn."
    assert refusal.value.link == "/bai-1-4"


@pytest.mark.parametrize("link", ["https://xau.example/", "//xau.example/", "javascript:alert(1)"])
def test_a_link_to_another_place_is_not_passed_on(services, link):
    services.answers["completions"] = (
        422,
        {"error": {"code": "personal_data", "message": "x", "link": link}},
    )
    with pytest.raises(PlayerError) as refusal:
        ask(services)
    assert not refusal.value.link


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {}),
        (200, Stream(())),
        (200, Stream((" ",))),
        (200, Stream((), end="")),
        (500, b"x"),
        (429, {}),
    ],
)
def test_an_ai_that_cannot_answer_is_told_calmly(services, status, body):
    services.answers["completions"] = (status, body)
    with pytest.raises(PlayerError, match="Chữ bạn viết vẫn còn"):
        ask(services)
