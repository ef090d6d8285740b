import json
import random
import subprocess
import sys
import time

WRITER = """
from itertools import count
from pathlib import Path
from courses.player.store import AnswerStore
store = AnswerStore(Path.cwd(), "level1/x", "citizen")
print("go", flush=True)
for number in count():
    store.put("viet", {"text": "chè " * 500 + str(number)}, None, "citizen", force=True)
"""


def test_a_kernel_killed_in_the_middle_of_a_write_leaves_a_whole_file(tmp_path):
    chance = random.Random(7)
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", WRITER], cwd=tmp_path, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"go\n"
        time.sleep(0.03 + chance.random() * 0.1)
        process.kill()
        process.wait()
        process.stdout.close()
        saved = json.loads((tmp_path / "answers.json").read_text())
        assert saved["answers"]["viet"]["text"].startswith("chè chè")
    assert not list(tmp_path.glob("*.hong-*"))
