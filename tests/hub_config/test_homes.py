"""Learners' homes: lessons arrive, answers stay, and nothing a learner plants leads the hub astray."""

import os

import pytest

from hub_config.homes import HomeError, deliver, home_of


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    (folder / "01-bai" / "assets").mkdir(parents=True)
    (folder / "01-bai" / "01-bai.ipynb").write_text("trang", encoding="utf-8")
    (folder / "01-bai" / "lesson.json").write_text("{}", encoding="utf-8")
    (folder / "01-bai" / "assets" / "a.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "01-bai" / "answers.json").write_text("của bài, không bao giờ phát", encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path):
    return tmp_path / "homes" / "an"


def test_lessons_arrive_in_a_private_home(release, home):
    assert deliver(release, home, "level1") == 3
    assert (home / "level1" / "01-bai" / "01-bai.ipynb").read_text(encoding="utf-8") == "trang"
    assert (home / "level1" / "01-bai" / "assets" / "a.svg").exists()
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_second_delivery_writes_nothing(release, home):
    deliver(release, home, "level1")
    assert deliver(release, home, "level1") == 0


def test_a_changed_lesson_is_laid_anew(release, home):
    deliver(release, home, "level1")
    (release / "01-bai" / "01-bai.ipynb").write_text("trang mới", encoding="utf-8")
    assert deliver(release, home, "level1") == 1
    assert (home / "level1" / "01-bai" / "01-bai.ipynb").read_text(encoding="utf-8") == "trang mới"


def test_answers_are_never_touched(release, home):
    deliver(release, home, "level1")
    answers = home / "level1" / "01-bai" / "answers.json"
    assert not answers.exists()
    answers.write_text("bài làm", encoding="utf-8")
    deliver(release, home, "level1")
    assert answers.read_text(encoding="utf-8") == "bài làm"


def test_a_symlink_for_a_file_is_replaced_and_its_target_spared(release, home, tmp_path):
    victim = tmp_path / "cookie_secret"
    victim.write_text("bí mật", encoding="utf-8")
    folder = home / "level1" / "01-bai"
    folder.mkdir(parents=True)
    (folder / "lesson.json").symlink_to(victim)
    deliver(release, home, "level1")
    assert victim.read_text(encoding="utf-8") == "bí mật"
    assert not (folder / "lesson.json").is_symlink()


@pytest.mark.parametrize("planted", ["level1", "level1/01-bai", "level1/01-bai/assets"])
def test_a_symlink_for_a_folder_is_put_aside(release, home, tmp_path, planted):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (home / planted).parent.mkdir(parents=True)
    (home / planted).symlink_to(elsewhere, target_is_directory=True)
    deliver(release, home, "level1")
    assert list(elsewhere.iterdir()) == []
    assert (home / "level1" / "01-bai" / "lesson.json").is_file()


def test_a_home_that_is_a_symlink_is_refused(release, home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home.parent.mkdir(parents=True)
    home.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        deliver(release, home, "level1")
    assert list(elsewhere.iterdir()) == []


def test_a_pipe_in_place_of_a_file_does_not_block(release, home):
    folder = home / "level1" / "01-bai"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "lesson.json")
    deliver(release, home, "level1")
    assert (folder / "lesson.json").read_text(encoding="utf-8") == "{}"


def test_a_folder_in_place_of_a_file_is_kept_aside(release, home):
    (home / "level1" / "01-bai" / "lesson.json" / "ghi-chú").mkdir(parents=True)
    deliver(release, home, "level1")
    assert (home / "level1" / "01-bai" / "lesson.json").is_file()
    assert [each.name for each in (home / "level1" / "01-bai").glob("lesson.json.cu-*/*")] == ["ghi-chú"]


def test_without_a_release_the_home_is_still_there(tmp_path, home):
    assert deliver(tmp_path / "none", home, "level1") == 0
    assert home.is_dir()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "An", "a..b", "-a", "a" * 65, "a\nb"])
def test_a_name_that_could_leave_the_homes_is_refused(tmp_path, name):
    with pytest.raises(HomeError):
        home_of(tmp_path, name)


def test_a_usual_name_gets_a_home(tmp_path):
    assert home_of(tmp_path, "to1.an-01") == tmp_path / "to1.an-01"
