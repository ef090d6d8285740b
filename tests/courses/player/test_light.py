import json
import subprocess
import sys

HEAVY = [
    "pydantic",
    "sqlalchemy",
    "nbgrader",
    "openai",
    "ipywidgets",
    "anywidget",
    "traitlets",
    "markdown_it",
]


def test_importing_the_player_loads_no_heavy_package():
    code = "import courses.player, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert not loaded.intersection(HEAVY)


def test_a_card_loads_widgets_but_never_the_graders_half(folder):
    code = "import sys; from courses.player import exercise; exercise('mot'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, cwd=folder
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "anywidget" in loaded
    assert not loaded.intersection({"pydantic", "sqlalchemy", "nbgrader", "openai", "markdown_it"})
