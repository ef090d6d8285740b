"""Who gets the board, in which bytes, and what stands there before the first daily run."""

import gzip
import os

import httpx
import psutil
import pytest
from bs4 import BeautifulSoup

from hub_config.boards import render
from hub_config.boards.app import takes_gzip
from tests.hub_config.boards import wards

PREFIX = "/services/boards/"


def test_nobody_sees_the_board_without_signing_in(boards, stranger):
    answer = stranger.get("")
    assert answer.status_code == 302
    assert "/hub/api/oauth2/authorize" in answer.headers["Location"]
    assert "Tổ dân phố" not in answer.text
    assert boards.exists()


@pytest.mark.parametrize("token", ["token sai", "token service-x", "Basic x", "bearer " + "x" * 5000])
def test_a_wrong_token_sees_nothing(boards, stranger, token):
    answer = stranger.get("", headers={"Authorization": token})
    assert answer.status_code == 302
    assert boards.exists()


def test_a_service_is_no_person(boards, stranger, hub):
    answer = stranger.get("", headers={"Authorization": f"token {hub.token('service-x')}"})
    assert answer.status_code == 302
    assert boards.exists()


def test_a_browser_signs_in_through_the_hub_and_reads_the_board(boards, service, hub):
    with httpx.Client(base_url=service.url, follow_redirects=True, trust_env=False) as browser:
        browser.get(f"{hub.url}/login/lan")
        answer = browser.get(PREFIX)
    assert answer.status_code == 200
    assert "Tính đến ngày 22/11/2026" in answer.text
    assert boards.exists()


def test_the_page_comes_whole_in_plain_and_in_gzip(boards, lan):
    page = (boards / "bang-xep-hang.html").read_bytes()
    plain = lan.get("")
    assert plain.content == page
    assert "Content-Encoding" not in plain.headers
    with lan.stream("GET", "", headers={"Accept-Encoding": "br, gzip"}) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == page
    assert body == (boards / "bang-xep-hang.html.gz").read_bytes()
    assert len(body) < len(page) / 3
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("GZIP, deflate", True),
        ("deflate;q=1, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("br", False),
        ("", False),
        ("gzipped", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(header, wanted):
    assert takes_gzip(header) is wanted


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_unchanged_page_is_not_sent_again(boards, lan, encoding):
    headers = {"Accept-Encoding": encoding}
    tag = lan.get("", headers=headers).headers["ETag"]
    again = lan.get("", headers={**headers, "If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == tag
    assert lan.get("", headers={**headers, "If-None-Match": '"khac"'}).status_code == 200
    assert boards.exists()


def test_a_tag_opens_nothing_to_strangers(boards, lan, stranger):
    tag = lan.get("").headers["ETag"]
    assert stranger.get("", headers={"If-None-Match": tag}).status_code == 302
    assert boards.exists()


def test_caches_must_ask_and_no_shared_cache_may_keep_it(boards, lan):
    assert lan.get("").headers["Cache-Control"] == "private, no-cache"
    assert boards.exists()


def test_only_the_pages_own_style_may_work(boards, lan):
    answer = lan.get("")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy
    assert "style-src 'sha256-" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers
    assert boards.exists()


def test_a_new_daily_run_shows_at_once(boards, lan, site):
    old = lan.get("")
    wards.put(boards, wards.ward(day=wards.DAY.replace(day=23)))
    render(site)
    new = lan.get("", headers={"If-None-Match": old.headers["ETag"]})
    assert new.status_code == 200
    assert "Tính đến ngày 23/11/2026" in new.text


def test_a_gz_of_another_page_is_never_sent(boards, lan):
    (boards / "bang-xep-hang.html.gz").write_bytes(gzip.compress(b"bang cu"))
    assert (
        lan.get("", headers={"Accept-Encoding": "gzip"}).content
        == (boards / "bang-xep-hang.html").read_bytes()
    )
    (boards / "bang-xep-hang.html.gz").unlink()
    os.utime(boards / "bang-xep-hang.html")
    assert (
        lan.get("", headers={"Accept-Encoding": "gzip"}).content
        == (boards / "bang-xep-hang.html").read_bytes()
    )


def test_head_tells_the_same_without_the_page(boards, lan):
    head, get = lan.head(""), lan.get("")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert boards.exists()


def test_before_the_first_run_the_page_says_when_the_board_comes(lan):
    answer = lan.get("")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Chưa có bảng xếp hạng" in page.text
    assert page.find("a", class_="btn-main")["href"] == "../portal/"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["standings.json", "bang-xep-hang.html", "../../etc/passwd", "x/y"])
def test_nothing_but_the_board_is_served(boards, lan, path):
    answer = lan.get(path)
    assert answer.status_code == 404
    assert "<h1>Không có trang này</h1>" in answer.text or "/services/boards" not in str(answer.url)
    assert boards.exists()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_board_is_read_only(boards, lan, stranger, method):
    assert lan.request(method, "").status_code == 405
    assert stranger.request(method, "").status_code == 405
    assert boards.exists()


def test_while_the_hub_is_away_the_page_says_so_calmly(boards, service, hub):
    hub.down = True
    try:
        answer = httpx.get(
            f"{service.url}{PREFIX}", headers={"Authorization": f"token {hub.token('lan')}"}, trust_env=False
        )
    finally:
        hub.down = False
    assert answer.status_code == 503
    assert "Điểm và bài làm của bạn vẫn được giữ" in answer.text
    assert boards.exists()


def test_views_start_no_process(boards, lan):
    before = {each.pid for each in psutil.Process().children(recursive=True)}
    for _ in range(20):
        assert lan.get("").status_code == 200
    assert {each.pid for each in psutil.Process().children(recursive=True)} <= before
    assert boards.exists()
