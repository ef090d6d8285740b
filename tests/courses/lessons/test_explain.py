"""bdhai lint --explain: every check is explained by an example that it finds, and one that it leaves in peace."""

import re
from datetime import date

import pytest
from typer.testing import CliRunner

from courses.catalog.facts import load_facts
from courses.cli import app
from courses.lessons.lint import CATALOG, known_codes, lint
from courses.lessons.lint.explain import codes, explanation
from courses.lessons.new import new_lesson
from courses.yaml_errors import YamlError

TODAY = date(2026, 11, 22)
ADD = "add courses/lessons/lint/explained/{0}.md: what, why, a wrong and a right example, how to mend"
FILLER = "\n:::{choice} cau-dem\nBạn uống chè chưa?\n\n- [x] Uống rồi\n- [ ] Chưa uống\n:::\n"


def found(root, example) -> set[str]:
    """Return the codes of what lint finds in a lesson that holds the example at its place."""
    folder = new_lesson(root, 1, "thu")
    try:
        facts = put(folder, example)
    except YamlError:
        return {CATALOG}
    return {finding.code for finding in lint(root, [folder], facts=facts, today=TODAY)}


def put(folder, example):
    lesson = folder / "lesson.md"
    text = lesson.read_text(encoding="utf-8")
    head = text[: text.index("\n---\n") + 5]
    facts = None
    if example.place == "lesson.md head":
        for key in re.findall(r"^\w+(?=:)", example.text, re.MULTILINE):
            text = re.sub(rf"^{key}:.*\n(?:[ ]+.*\n)*", "", text, count=1, flags=re.MULTILINE)
        text = text.replace("---\n", f"---\n{example.text}", 1)
    elif example.place == "lesson.md":
        text = head + example.text + ("" if ":::{" in example.text else FILLER)
        (folder / "samples.yaml").unlink()
    elif example.place == "samples.yaml":
        samples = folder / "samples.yaml"
        samples.write_text(samples.read_text(encoding="utf-8") + example.text, encoding="utf-8")
    elif example.place == "facts.yaml":
        (folder / "samples.yaml").unlink()
        (folder / "facts.yaml").write_text(example.text, encoding="utf-8")
        facts = load_facts(folder / "facts.yaml")
        text = head + "".join(f"Nhớ rằng {{fact:{name}}}.\n" for name in facts) + FILLER
    else:
        (folder / example.place).write_text(example.text, encoding="utf-8")
        text += f"\n![Ảnh thử]({example.place})\n"
    lesson.write_text(text, encoding="utf-8")
    return facts


def test_every_check_is_explained_and_nothing_else_is():
    assert [ADD.format(code) for code in known_codes() if code not in codes()] == []
    assert set(codes()) == set(known_codes())


@pytest.mark.parametrize("code", known_codes())
def test_the_wrong_example_is_found_and_the_right_one_is_not(tmp_path, code):
    told = explanation(code)
    assert code in found(tmp_path / "wrong", told.wrong)
    assert code not in found(tmp_path / "right", told.right)


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, ["lint", "--explain", *arguments])


def test_all_codes_are_listed_with_their_titles(run):
    done = run()
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == sorted(known_codes())
    assert "time         Bài vừa mười lăm phút" in done.stdout


def test_one_code_is_told_without_signs_of_markdown(run):
    done = run("time", "cards")
    assert done.exit_code == 0
    assert done.stdout.startswith("Bài vừa mười lăm phút [time]\n")
    assert "    minutes: 2\n" in done.stdout
    assert "Cách sửa: " in done.stdout
    assert "Đủ ba thẻ ôn [cards]" in done.stdout
    assert "```" not in done.stdout


def test_an_unknown_code_names_the_known_ones(run):
    done = run("thoi-gian")
    assert done.exit_code == 1
    assert "Không có mã “thoi-gian”. Các mã: alignment, " in done.stderr
