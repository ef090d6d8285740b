"""The guide of CONTRIBUTING.md: its examples are lessons that lint and build accept, its answers are marked as it says."""

import importlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel, TypeAdapter
from ruamel.yaml import YAML
from typer.main import get_command

from courses.exercises.authoring import Options
from courses.exercises.base import SampleExpectation
from courses.exercises.registry import kinds
from courses.lessons import load_lesson
from courses.lessons.build import build_all
from courses.lessons.lint import WHOLE, known_codes, lint
from courses.lessons.lint.samples import sample_faults
from courses.lessons.lint.time_budget import WORDS_A_MINUTE
from courses.lessons.samples import load_samples
from courses.lessons.yaml_text import plain
from courses.site import REPOSITORY
from hub_config.cli import app

GUIDE = REPOSITORY / "CONTRIBUTING.md"
TEXT = GUIDE.read_text(encoding="utf-8")
REFERENCE = TEXT[TEXT.index("## Bảng tra cho người viết bài") : TEXT.index("## For developers")]
TODAY = date(2026, 11, 22)  # facts grow stale, and this guide stays true
SECRET = {"hint", "why", "forgive", "reference", "misconceptions"}
PARTS = ["Người học thấy", "Bạn viết", "Chấm", "Bài mẫu"]
OWN = "riêng"  # examples of one kind's section that are no part of the whole lesson
VIETNAMESE = re.compile(r"[À-ỹĐđ]")


def fences(text: str, *languages: str) -> list[str]:
    """Return the examples in these languages, in order."""
    found = re.findall(r"^```([^\n]+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [example for language, example in found if language in languages]


def sections() -> dict[str, str]:
    """Return each kind's section by its name."""
    start = REFERENCE.index("### Từng loại bài tập")
    pieces = re.split(
        r"^#### (\w+) – .+$", REFERENCE[start : REFERENCE.index("### Bài mẫu", start)], flags=re.MULTILINE
    )
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def write(folder: Path, blocks: list[str], samples: str = "") -> Path:
    (folder / "assets").mkdir(parents=True)
    (folder / "assets/bon-phan.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "lesson.md").write_text("\n".join(blocks), encoding="utf-8")
    if samples:
        (folder / "samples.yaml").write_text(samples, encoding="utf-8")
    return folder


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """All examples without a word behind “markdown”, put together in their order."""
    folder = tmp_path / "lessons/level1/02-lenh-bon-phan"
    return write(folder, fences(REFERENCE, "markdown"), "\n".join(fences(REFERENCE, "yaml")))


@pytest.fixture(params=sorted(kinds()))
def kind(request) -> str:
    return request.param


@pytest.fixture
def section(kind: str, tmp_path: Path) -> tuple[str, Path]:
    """A kind's section, and a lesson of its examples."""
    text = sections()[kind]
    head = fences(REFERENCE, "markdown")[0]
    folder = tmp_path / "lessons/level1/03-mot-loai"
    return text, write(folder, [head, *fences(text, "markdown", f"markdown {OWN}")])


def test_the_whole_lesson_has_nothing_to_mend(whole):
    """But for its length and its samples: the guide shows how each part is written, not fifteen minutes of reading."""
    found = lint(whole.parents[1], today=TODAY)
    assert [str(finding) for finding in found if finding.code not in WHOLE] == []
    assert {finding.code for finding in found} == {"length", "sample-set"}


def test_the_whole_lesson_builds(whole, tmp_path):
    (lesson,) = build_all(whole.parents[1], tmp_path / "out")
    assert [slot.kind for slot in lesson.slots] == ["prompt", "choice", "teach"]
    assert (tmp_path / "out/level1/release/02-lenh-bon-phan/lesson.json").exists()


def test_every_kind_has_a_section_with_the_same_four_parts():
    assert set(sections()) == set(kinds())
    for name, text in sections().items():
        assert re.findall(r"^\*\*([^*]+?):?\*\*", text, flags=re.MULTILINE) == PARTS, name


def test_a_kinds_examples_are_a_lesson_without_an_error(kind, section, tmp_path):
    _, folder = section
    found = [one for one in lint(folder.parents[1], [folder], today=TODAY) if one.severity == "error"]
    assert [str(one) for one in found if one.code not in WHOLE | {"samples"}] == []
    (lesson,) = build_all(folder.parents[1], tmp_path / "out")
    assert {slot.kind for slot in lesson.slots} == {kind}


def test_a_kinds_answers_are_marked_as_the_guide_says(kind, section):
    text, folder = section
    written = [plain(YAML(typ="rt").load(example)) for example in fences(text, f"yaml {OWN}")]
    answers = {name: own for example in written for name, own in example.items()}
    lesson = load_lesson(folder)
    assert set(answers) == {slot.id for slot in lesson.slots}, kind
    TypeAdapter(dict[str, SampleExpectation]).validate_python(answers)
    file = folder / "answers.yaml"
    with file.open("w", encoding="utf-8") as opened:
        YAML().dump([{"name": "mot-bai", "role": "other", "case": "citizen", "answers": answers}], opened)
    (sample,) = load_samples(file, lesson)
    assert list(sample_faults(lesson, sample)) == []


def options_of(kind: str) -> Iterator[str]:
    """Yield every key that an author may write in a block of the kind, those of its entries included."""
    modules = [importlib.import_module(f"courses.exercises.{kind}.{name}") for name in _modules(kind)]
    own = [
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Options) and found.__module__ == module.__name__
    ]
    for model in own or [Options]:
        yield from _keys(model, set())


def _modules(kind: str) -> list[str]:
    return [
        file.stem
        for file in (REPOSITORY / "courses/exercises" / kind).glob("*.py")
        if file.stem != "__init__"
    ]


def _keys(model: type[BaseModel], seen: set[type]) -> Iterator[str]:
    seen.add(model)
    for name, field in model.model_fields.items():
        yield name
        for inner in _models(field.annotation):
            if inner not in seen:
                yield from _keys(inner, seen)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


# What ``product`` has of its parents and does not use: the check ``words`` says how long a piece may be.
UNUSED = {"product": {"min_words", "max_words"}}


def test_a_kinds_section_names_every_key_that_an_author_may_write(kind):
    told = f"{sections()[kind]}\n{REFERENCE[: REFERENCE.index('### Từng loại bài tập')]}"
    if {"rubric", "reference"} <= set(options_of(kind)):
        told += sections()["prompt"]  # its section says so
    named = {
        word for code in re.findall(r"`([^`\n]+)`", told) for word in re.findall(r"[a-z][a-z0-9_]+", code)
    }
    missing = set(options_of(kind)) - named - UNUSED.get(kind, set()) - {"source"}
    assert sorted(missing) == []


def test_the_table_names_every_key_and_tells_which_are_kept_back(whole):
    table = REFERENCE[REFERENCE.index("### Bảng mọi khóa") : REFERENCE.index("### Tính giờ")]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    assert all(len(row) == 4 for row in rows)
    secret = {key for row in rows for key in re.findall(r"`(\w+)`", row[0]) if row[-1] == "có"}
    told = {key for row in rows for key in re.findall(r"`(\w+)`", " ".join(row))}
    assert secret == SECRET
    tops = {name for kind in kinds() for model in _option_models(kind) for name in model.model_fields}
    assert tops <= told
    for slot in load_lesson(whole).slots:
        assert not SECRET & set(slot.variant("citizen").public())


def _option_models(kind: str) -> list[type[Options]]:
    modules = [importlib.import_module(f"courses.exercises.{kind}.{name}") for name in _modules(kind)]
    values = [one for module in modules for one in vars(module).values()]
    return [one for one in values if isinstance(one, type) and issubclass(one, Options)]


MINUTES = {  # what the table “Tính giờ” says of the examples in a kind's section
    "choice": [0.5, 0.75],
    "sort": [4 * 0.1, 3 * 0.2, 2 * 0.2],
    "spot": [3 / 4, 3 / 4],
    "fill": [3 / 3],
    "number": [2 * 0.75, 0.75],
    "table": [2],
    "prompt": [3],
    "product": [5],
    "canvas": [1 + 4 / 2, 1 + 2 / 2],
    "chat": [1 / 3],
    "teach": [3],
}


def test_the_guide_says_how_long_each_kind_takes(kind, section):
    _, folder = section
    minutes = [slot.variant("citizen").minutes() for slot in load_lesson(folder).slots]
    assert minutes == pytest.approx(MINUTES[kind])
    hours = REFERENCE[REFERENCE.index("### Tính giờ") :]
    assert f"/ {WORDS_A_MINUTE} chữ một phút" in hours
    assert any(kind in line.split("|")[1] for line in hours.splitlines() if line.startswith("| "))


def test_the_guide_names_every_check():
    table = REFERENCE[REFERENCE.index("### Máy soát những gì") :]
    named = {
        code
        for line in table.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z-]+)`", line.split("|")[1])
    }
    assert named == set(known_codes()) - set(kinds())


def test_the_guide_speaks_vietnamese_and_only_the_part_for_developers_english():
    guide = TEXT[: TEXT.index("## For developers")]
    paragraphs = re.split(r"\n\s*\n", re.sub(r"^```.*?^```$", "", guide, flags=re.MULTILINE | re.DOTALL))
    spoken = [one for one in paragraphs if len(re.findall(r"\w+", re.sub(r"`[^`]*`", "", one))) > 5]
    assert len(spoken) > 60
    assert [one for one in spoken if not VIETNAMESE.search(one)] == []


def test_the_steps_name_commands_that_exist_and_pictures_with_words():
    steps = TEXT[: TEXT.index("## Bảng tra cho người viết bài")]
    named = set(re.findall(r"^\.venv/bin/bdhai (\w+)", TEXT, flags=re.MULTILINE))
    assert named == {"new", "preview", "lint", "build"}
    assert named <= set(get_command(app).commands)
    pictures = re.findall(r"!\[(.*?)\]\((.*?)\)", steps)
    assert len(pictures) >= 3
    for words, file in pictures:
        assert len(words) > 40
        assert (REPOSITORY / file).stat().st_size < 100_000
    assert set(re.findall(r"`(\w+)`", steps[steps.index("| dùng loại |") : steps.index("**2.")])) == set(
        kinds()
    )
