"""One sentence on the AI, from what its parts last said."""

import json

import pytest

from hub_config.ai.status import NO_AI, tell, told, words


def stopped(folder, part):
    """Make a part's file as an ended process left it."""
    path = folder / f"{part}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "pid": 2**22 + 1}))


def test_nobody_has_said_anything(tmp_path):
    assert "chưa chạy" in words(tmp_path)
    assert told(tmp_path, "gateway") is None


@pytest.mark.parametrize(
    ("gateway", "model", "expected"),
    [
        (("none", ""), None, NO_AI),
        (("ready", "openai"), None, "Lớp đang nối với AI ở máy chủ ngoài."),
        (("starting", "local"), None, "AI chạy trên máy đang khởi động."),
        (("starting", "local"), ("joining", {"percent": 43}), "Đang ghép tệp AI: 43 %."),
        (("starting", "local"), ("loading", {}), "Đang nạp AI vào bộ nhớ, mất chừng một phút."),
        (
            ("failed", "local"),
            ("failed", {"why": "Tệp AI không đúng mã kiểm."}),
            "Tệp AI không đúng mã kiểm.",
        ),
        (("ready", "local"), ("ready", {}), "AI chạy trên máy đã sẵn sàng."),
    ],
)
def test_the_sentence_tells_what_happens_now(tmp_path, gateway, model, expected):
    tell(tmp_path, "gateway", gateway[0], kind=gateway[1])
    if model:
        tell(tmp_path, "model", model[0], **model[1])
    assert words(tmp_path) == expected


def test_what_an_ended_process_said_is_not_believed(tmp_path):
    tell(tmp_path, "gateway", "ready", kind="openai")
    stopped(tmp_path, "gateway")
    tell(tmp_path, "install", "installing", percent=10)
    stopped(tmp_path, "install")
    assert "chưa chạy" in words(tmp_path)


def test_a_failed_installation_says_why(tmp_path):
    tell(tmp_path, "install", "failed", why="Hết chỗ trên đĩa.")
    tell(tmp_path, "gateway", "none")
    assert words(tmp_path) == "Hết chỗ trên đĩa."


def test_a_broken_file_is_nothing_said(tmp_path):
    (tmp_path / "gateway.json").write_text('{"stage": "ready"')
    assert told(tmp_path, "gateway") is None
