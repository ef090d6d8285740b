from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from courses.site import REPOSITORY, Site, database_url, gradebook_url, layout, load_site
from courses.yaml_errors import YamlError


@pytest.fixture
def site_file(tmp_path):
    """Write a site.yaml; hand back the environment that names it."""

    def write(text):
        path = tmp_path / "site.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return {"BDHAI_SITE": str(path)}

    return write


def fault(env):
    with pytest.raises(YamlError) as caught:
        load_site(env)
    return str(caught.value).splitlines()


def test_without_a_file_the_demo_site_opens(tmp_path):
    site = load_site({"BDHAI_SITE": str(tmp_path / "none.yaml")})
    assert (site.demo, site.auth) == (True, ("demo",))


def test_a_file_makes_a_real_ward(site_file):
    site = load_site(site_file("programme:\n  ward: Phường Đồi Chè\nopening:\n  daily: 21:30\n"))
    assert (site.demo, site.auth, site.programme.ward) == (False, ("native",), "Phường Đồi Chè")
    assert site.opening.daily == time(21, 30)


def test_an_empty_file_is_a_real_ward_too(site_file):
    assert load_site(site_file("# chưa viết gì\n")).demo is False


def test_a_byte_order_mark_does_no_harm(site_file):
    assert load_site(site_file("\ufeffauth: native\n")).auth == ("native",)


def test_the_environment_overrides_data_and_database(site_file, tmp_path):
    env = site_file("data: elsewhere\n") | {"BDHAI_DATA": str(tmp_path), "BDHAI_DATABASE": "sqlite:///x.db"}
    site = load_site(env)
    assert (site.data, site.database) == (tmp_path, "sqlite:///x.db")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "programme:\n  name: X\n  yer: 3\n",
            "site.yaml:3: programme.yer: không có mục này; xem lại chính tả",
        ),
        (
            "\n\nauth: mật khẩu\n",
            "site.yaml:3: auth: không có cách vào lớp “mật khẩu”; chỉ được là native, oidc hoặc lti",
        ),
        ("programme:\n  year: hai nghìn\n", "site.yaml:2: programme.year: phải là số nguyên"),
        ("opening:\n  daily: tối\n", "site.yaml:2: opening.daily: phải là giờ dạng 22:00"),
        ("units: Trạm Y tế\n", "site.yaml:1: units: phải là một danh sách"),
        ("units:\n  - Trạm Y tế\n  - 3\n", "site.yaml:3: units.1: phải là chữ; đặt trong dấu ngoặc kép"),
        (
            "address: hoc.phuong.vn\n",
            "site.yaml:1: address: phải là địa chỉ trang web, ví dụ https://hoc.phuong.vn",
        ),
        (
            "database: mysql://x/y\n",
            "site.yaml:1: database: phải là địa chỉ SQLite hoặc PostgreSQL, ví dụ postgresql+psycopg://bdhai@/bdhai",
        ),
        (
            "database: nơi khác\n",
            "site.yaml:1: database: phải là địa chỉ SQLite hoặc PostgreSQL, ví dụ postgresql+psycopg://bdhai@/bdhai",
        ),
        (
            "auth: native\ndemo: true\n",
            "site.yaml:2: demo: không có mục này; lớp mẫu chạy khi không có tệp này",
        ),
        ("ai:\n  per_minute: 5\n  per_day: 0\n", "site.yaml:3: ai.per_day: phải từ 1 trở lên"),
        (
            "ai:\n  prices:\n    m: {prompt: 1, completion: đắt}\n",
            "site.yaml:3: ai.prices.m.completion: phải là số",
        ),
        ("ai:\n  prices:\n    m: {prompt: 1}\n", "site.yaml:3: ai.prices.m.completion: thiếu mục này"),
        ("auth: native\nauth: oidc\n", "site.yaml:2: mục này viết hai lần; hãy xóa bớt một"),
        ("- a\n- b\n", "site.yaml:1: phải gồm các dòng “khóa: giá trị”"),
        (b"# \xff\nauth: native\n", "site.yaml:1: tệp không phải UTF-8; hãy lưu lại thành UTF-8"),
    ],
)
def test_each_fault_names_its_line_and_the_mend(site_file, text, said):
    assert fault(site_file(text)) == [said]


@pytest.mark.parametrize("text", ["programme:\n\tname: X\n", "programme: {name: X\n", "a: b: c\n"])
def test_broken_yaml_is_told_with_its_line(site_file, text):
    (said,) = fault(site_file(text))
    assert said.split(":")[1].isdecimal()
    assert "không đọc được" in said


def test_a_wrong_address_in_the_environment_is_told_too(tmp_path):
    env = {"BDHAI_SITE": str(tmp_path / "none.yaml"), "BDHAI_DATABASE": "mysql://x/y"}
    assert fault(env)[0].startswith("BDHAI_DATABASE: phải là địa chỉ SQLite hoặc PostgreSQL")


def test_all_faults_are_told_at_once(site_file):
    assert len(fault(site_file("auth: x\nfarbe: rot\nunits: 3\n"))) == 3


def test_the_example_is_a_valid_site():
    site = load_site({"BDHAI_SITE": str(REPOSITORY / "site.example.yaml")})
    assert (site.demo, site.opening.daily, site.database) == (False, time(22, 0), "")
    assert len(site.units) == 2


def test_the_example_shows_every_setting_that_a_ward_may_write():
    text = (REPOSITORY / "site.example.yaml").read_text(encoding="utf-8")
    for name in set(Site.model_fields) - {"demo", "lessons"}:
        assert f"\n{name}:" in text


def test_where_data_lies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = layout(Site(data=Path("data")))
    assert place.data == tmp_path / "data"
    assert place.course("level1") == tmp_path / "data" / "courses" / "level1"
    assert database_url(Site(data=Path("data"))) == f"sqlite:///{tmp_path}/data/bdhai.sqlite"


@pytest.mark.parametrize(
    ("database", "book"),
    [
        ("postgresql+psycopg://u:p@h/ward", "postgresql+psycopg://u:p@h/ward_level1"),
        ("postgresql+psycopg://u@/ward?host=/run/pg", "postgresql+psycopg://u@/ward_level1?host=%2Frun%2Fpg"),
    ],
)
def test_a_gradebook_is_a_database_beside_the_first(database, book):
    assert gradebook_url(Site(database=database), "level1") == book


@pytest.mark.parametrize("database", ["", "sqlite:////srv/ward.sqlite"])
def test_with_sqlite_a_gradebook_lies_in_its_course(tmp_path, database):
    site = Site(data=tmp_path, database=database)
    assert gradebook_url(site, "level1") == f"sqlite:///{tmp_path}/courses/level1/gradebook.db"


OIDC = "oidc:\n  issuer: https://id.phuong.vn\n  client_id: bdhai\n"
LTI = (
    "lti:\n  issuer: https://moodle.vn\n  client_id: x1\n  authorize_url: https://moodle.vn/mod/lti/auth.php\n"
    "  jwks_url: https://moodle.vn/mod/lti/certs.php\n"
)


def test_several_doors_may_be_open_at_once(site_file):
    site = load_site(site_file(f"auth: [native, oidc, lti]\n{OIDC}{LTI}"))
    assert site.auth == ("native", "oidc", "lti")
    assert (site.oidc.admit, site.lti.admit) == ("approval", "open")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "data: x\nauth: moodle\n",
            "site.yaml:2: auth: không có cách vào lớp “moodle”; chỉ được là native, oidc hoặc lti",
        ),
        (
            "auth: []\n",
            "site.yaml:1: auth: phải là native, oidc hoặc lti; nhiều cách thì viết [native, oidc]",
        ),
        ("auth: [native, native]\n", "site.yaml:1: auth: một cách vào lớp viết hai lần; hãy xóa bớt một"),
        (
            "auth: [demo, native]\n",
            "site.yaml:1: auth: demo là lớp mẫu, không đi cùng cách khác; hãy bỏ demo",
        ),
        (
            "\nauth: oidc\n",
            "site.yaml:2: auth: đã chọn oidc thì cần thêm mục “oidc:” với issuer và client_id",
        ),
        (
            f"auth: [native, lti]\n{OIDC}",
            "site.yaml:1: auth: đã chọn lti thì cần thêm mục “lti:” với issuer, client_id, authorize_url và jwks_url",
        ),
        (
            "auth: oidc\noidc:\n  issuer: id.phuong.vn\n  client_id: b\n",
            "site.yaml:3: oidc.issuer: phải là địa chỉ trang web, ví dụ https://dangnhap.phuong.vn",
        ),
        (
            f"auth: oidc\n{OIDC}  secret: abc\n",
            "site.yaml:5: oidc.secret: không có mục này; xem lại chính tả",
        ),
        (f"{OIDC}  admit: all\n", "site.yaml:4: oidc.admit: chỉ được là một trong: 'open' hoặc 'approval'"),
        (f"auth: lti\n{LTI}  deployment_id: 1\n", "site.yaml:7: lti.deployment_id: phải là một danh sách"),
    ],
)
def test_a_fault_about_doors_names_place_and_mend(site_file, text, said):
    assert fault(site_file(text)) == [said]
