from __future__ import annotations

import json
import re
from pathlib import Path

from traitlets.config import Config

from courses.player import configure_view, learner_env, voila_config
from courses.player.page import current_case, page_data, prose


def test_raw_html_of_a_notebook_comes_out_as_text():
    assert "<script>" not in prose("<script>alert(1)</script> và <img src=x onerror=y>", "/f/")


def test_pictures_come_straight_from_the_lessons_folder():
    html = prose("![Lá](assets/la.svg) ![Xa](/co-san.png)", "/user/nam/voila/files/level1/x/")
    assert 'src="/user/nam/voila/files/level1/x/assets/la.svg"' in html
    assert 'src="/co-san.png"' in html


def test_the_page_knows_its_ways(folder):
    env = {"BDHAI_PORTAL_URL": "http://127.0.0.1:8000/hoc/services/portal", "BDHAI_SAMPLE": "1"}
    data = page_data(folder, "level1/09-du-nam-kieu", "/user/nam/", "dau", env)
    assert data.title == "Đủ năm kiểu"
    assert data.home == "/hoc/services/portal/"
    assert data.lab == "/user/nam/lab/tree/level1/09-du-nam-kieu/09-du-nam-kieu.ipynb"
    assert (data.case, data.has_cases, data.sample, data.exercises) == ("citizen", True, True, 6)
    assert data.js.startswith("/user/nam/bdhai/player-")


def test_a_lesson_that_cannot_be_read_still_opens(tmp_path):
    data = page_data(tmp_path, "level1/x", "/", "", {})
    assert (data.title, data.exercises, data.has_cases) == ("x", 0, False)


def test_the_setting_is_the_learners_last_choice(tmp_path):
    assert current_case(tmp_path, "trader") == "trader"
    (tmp_path / "answers.json").write_text(json.dumps({"case": "official"}))
    assert current_case(tmp_path, "trader") == "official"
    (tmp_path / "answers.json").write_text("hỏng")
    assert current_case(tmp_path, "ai-do") == "citizen"


def test_the_views_settings_leave_the_hubs_own_in_place():
    c = Config()
    c.ServerApp.jpserver_extensions = {"jupyterlab": True}
    c.ServerApp.tornado_settings = {"headers": {"X": "1"}}
    configure_view(c)
    assert c.ServerApp.jpserver_extensions == {
        "jupyterlab": True,
        "voila.server_extension": True,
        "courses.player.server": True,
    }
    assert c.ServerApp.tornado_settings["headers"] == {"X": "1"}
    assert c.ServerApp.tornado_settings["compress_response"] is True
    assert c.VoilaConfiguration.template == "bdhai"


def test_learners_answers_are_no_files_of_the_view():
    allowed = voila_config()["VoilaConfiguration"]["file_allowlist"]
    assert not any(re.fullmatch(rule, "level1/x/answers.json") for rule in allowed)
    assert any(re.fullmatch(rule, "level1/x/assets/la.svg") for rule in allowed)


def test_the_template_is_where_the_environment_says():
    root = Path(learner_env()["JUPYTER_PATH"])
    assert (root / "voila" / "templates" / "bdhai" / "index.html.j2").is_file()
