"""Which way learners' servers start, by the site's wish and the machine."""

import pytest

from courses.site import load_site
from hub_config.fork.choice import choose


def test_by_itself_a_hub_that_is_root_on_linux_forks_and_says_nothing():
    assert choose("auto", "linux", 0).forks
    assert choose("auto", "linux", 0).said == ""


@pytest.mark.parametrize(
    ("system", "uid", "why"), [("linux", 1000, "tài khoản root"), ("darwin", 0, "chỉ chạy trên Linux")]
)
def test_elsewhere_it_starts_plainly_and_says_why(system, uid, why):
    choice = choose("auto", system, uid)
    assert not choice.forks
    assert "mở theo cách thường" in choice.said
    assert why in choice.said


def test_a_site_that_wants_plain_starts_gets_them_and_no_word():
    assert choose("plain", "linux", 0) == choose("plain", "linux", 1000)
    assert not choose("plain", "linux", 0).forks


def test_a_site_may_fork_without_root_when_it_says_so():
    assert choose("fork", "linux", 1000).forks


@pytest.mark.parametrize(
    ("text", "wish"), [("spawner: plain\n", "plain"), ("spawner: fork\n", "fork"), ("", "auto")]
)
def test_the_site_file_says_the_wish(tmp_path, text, wish):
    (tmp_path / "site.yaml").write_text(f"units: []\n{text}", encoding="utf-8")
    assert load_site({"BDHAI_SITE": str(tmp_path / "site.yaml")}).spawner == wish
