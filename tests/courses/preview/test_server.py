"""Nobody but this computer's owner reads a preview, and nobody reads more than the lesson."""

import subprocess
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.courses.preview.conftest import COMMAND

pytestmark = pytest.mark.timeout(120)


def ask(url, host=None, **headers) -> tuple[int, str]:
    request = urllib.request.Request(url, headers={**({"Host": host} if host else {}), **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_only_the_token_and_this_computers_own_name_open_it(start):
    url = start()
    token, port = urlsplit(url).path.strip("/"), urlsplit(url).port
    assert len(token) >= 20
    assert ask(url)[0] == 200
    assert ask(f"http://localhost:{port}/{token}/bai")[0] == 200
    refused = [
        ask(f"{url}bai", host="vi-du.example"),
        ask(f"{url}bai", host=f"vi-du.example:{port}"),
        ask(f"{url}bai", Origin="http://vi-du.example"),
        ask(f"http://127.0.0.1:{port}/{token[:-1]}/bai"),
        ask(f"http://127.0.0.1:{port}/{token[:-1]}/"),
        ask(f"http://127.0.0.1:{port}/"),
        ask(f"http://127.0.0.1:{port}/bdhai/desk.js"),
    ]
    assert [status for status, _ in refused] == [421, 421, 403, 404, 404, 404, 404]
    assert not [body for _, body in refused if token in body]


@pytest.mark.parametrize(
    "name",
    [
        "..%2flesson.md",
        "../lesson.md",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "bi-mat.txt",
        "lien-ket.svg",
        ".an.svg",
    ],
)
def test_only_pictures_of_the_lesson_itself_are_served(start, folder, tmp_path, name):
    (tmp_path / "ngoai.svg").write_text("<svg>kín</svg>", encoding="utf-8")
    (folder / "assets/lien-ket.svg").symlink_to(tmp_path / "ngoai.svg")
    (folder / "assets/bi-mat.txt").write_text("kín", encoding="utf-8")
    (folder / "assets/.an.svg").write_text("<svg>kín</svg>", encoding="utf-8")
    assets = f"{start()}voila/files/level1/{folder.name}/assets/"
    assert ask(f"{assets}minh-hoa.svg")[0] == 200
    assert ask(assets + name)[0] == 404


def test_a_lesson_that_was_never_right_is_told_in_place_of_the_page(start, folder):
    (folder / "lesson.md").write_text("chưa có gì", encoding="utf-8")
    url = start()
    assert "Chưa có trang để xem" in ask(f"{url}bai")[1]
    assert "thiếu phần đầu: dòng thứ nhất phải là ---" in ask(f"{url}ben-canh")[1]


def test_samples_that_cannot_be_read_do_not_hide_the_page(start, folder):
    (folder / "samples.yaml").write_text("- name: mot\n", encoding="utf-8")
    url = start()
    assert "Chuyện nhờ mua rau" in ask(f"{url}bai")[1]
    assert "samples.yaml, dòng 1" in ask(f"{url}ben-canh")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["level1/09-khong-co"], "Không thấy level1/09-khong-co/lesson.md. Tạo bài mới: bdhai new 1 ten-bai"),
        (["{folder}", "--port", "{taken}"], "đang có chương trình khác dùng"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(start, folder, arguments, message):
    taken = urlsplit(start()).port
    given = [text.format(folder=folder, taken=taken) for text in arguments]
    done = subprocess.run(
        [*COMMAND, *given, "--no-browser"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
