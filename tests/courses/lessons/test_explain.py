"""bdhai lint --explain: every message is explained by lines that bring it about, and lines that mend it."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from courses.catalog.facts import load_facts
from courses.catalog.glossary import load_glossary
from courses.cli import app
from courses.exercises.registry import kinds
from courses.lessons.lint import CATALOG, known_codes, lint
from courses.lessons.lint.dictionary import dictionary_file, known_words
from courses.lessons.lint.explain import COMMON, ExplanationError, Told, _told, codes, explanation
from courses.lessons.new import new_lesson
from courses.site import REPOSITORY
from courses.yaml_errors import YamlError
from tests.courses.lessons.told import ONLY_FROM_A_PAGE, answer_errors, messages

TODAY = date(2026, 11, 22)
ADD = "add {0}.md (a kind: its folder's explained.md): what, why, a right example, every message with how to mend it"
FILLER = "\n:::{choice} cau-dem\nBạn uống chè chưa?\n\n- [x] Uống rồi\n- [ ] Chưa uống\n:::\n"
KIND_PREFIX = re.compile(r"^(…: ?)+")
EVERY = [(code, told) for code in codes() for told in explanation(code).told]

Found = list[tuple[str, str]]  # code and message


def found(root: Path, examples: dict[str, str], right: dict[str, str]) -> Found:
    """Return what lint finds in a lesson that holds these examples at their places, in place of the right ones."""
    folder = new_lesson(root, 1, "thu")
    try:
        facts, words = put(folder, examples, right)
    except YamlError as error:
        return [(CATALOG, line.partition(": ")[2]) for line in str(error).splitlines()]
    return [(one.code, one.message) for one in lint(root, [folder], facts=facts, today=TODAY, words=words)]


def put(folder: Path, examples: dict[str, str], right: dict[str, str]):
    lesson = folder / "lesson.md"
    text = lesson.read_text(encoding="utf-8")
    head, facts, glossary = text[: text.index("\n---\n") + 5], None, load_glossary()
    body = text[len(head) :]
    if not {"lesson.md head", "samples.yaml"} & set(examples):
        (folder / "samples.yaml").unlink()
    for place, example in examples.items():
        if place == "lesson.md head":
            head = _with_keys(head, example, re.findall(r"^\w+(?=:)", right[place], re.MULTILINE))
        elif place == "lesson.md":
            body = example + ("" if ":::" in right[place] else FILLER)
        elif place == "facts.yaml":
            (folder / place).write_text(example, encoding="utf-8")
            facts = load_facts(folder / place)
            body = "".join(f"Nhớ rằng {{fact:{name}}}.\n" for name in facts) + FILLER
        elif place == "glossary.yaml":
            (folder / place).write_text(example, encoding="utf-8")
            glossary = load_glossary(folder / place)
        else:
            (folder / place).write_text(example, encoding="utf-8")
            body += f"\n![Ảnh thử]({place})\n" if place.startswith("assets/") else ""
    lesson.write_text(head + body, encoding="utf-8")
    return facts, known_words(glossary, dictionary_file())


def _with_keys(head: str, example: str, keys: list[str]) -> str:
    for key in keys:
        head = re.sub(rf"^{key}:.*\n(?:[ ]+.*\n)*", "", head, count=1, flags=re.MULTILINE)
    return head.replace("---\n", f"---\n{example}", 1)


def examples_of(told: Told) -> tuple[dict[str, str], dict[str, str]]:
    """Return the right examples, and the same with the lines that bring the message about."""
    right = {example.place: example.text for example in told.examples}
    (place,) = [
        place
        for place, text in right.items()
        if text.count(f"\n{told.right}\n") + text.startswith(f"{told.right}\n")
    ]
    before, mark, after = f"\n{right[place]}".partition(f"\n{told.right}\n")
    assert mark
    return right, right | {place: f"{before}\n{told.wrong}\n{after}".removeprefix("\n")}


def carries(code: str, finding_code: str) -> bool:
    """A page that kinds share is told under the kind's own code."""
    return finding_code == code or (code in COMMON and finding_code in kinds())


def test_every_code_is_explained_and_nothing_else_is():
    assert [ADD.format(code) for code in known_codes() if code not in codes()] == []
    assert set(codes()) == {*known_codes(), *COMMON}


def is_explained(message: str) -> bool:
    """A message may be a piece of what is told: kinds put their name before it."""
    words = map(re.escape, re.split("…+", KIND_PREFIX.sub("", message)))
    pattern = re.compile(".+".join(words))
    return any(pattern.search(told.message) for _, told in EVERY)


def test_every_message_that_the_code_can_tell_an_author_is_explained():
    told = messages()
    assert len(told) > 200
    assert [(message, where) for message, where in told.items() if not is_explained(message)] == []


def test_what_is_said_of_a_sample_that_is_no_answer_is_explained_too():
    known = answer_errors()
    assert set(known) >= ONLY_FROM_A_PAGE
    missing = [(text, file) for text, file in known.items() if not is_explained(text)]
    assert [one for one in missing if one[0] not in ONLY_FROM_A_PAGE] == []


@pytest.mark.parametrize(
    ("code", "told"),
    [(code, told) for code, told in EVERY if told.right],
    ids=[f"{code}: {told.message[:40]}" for code, told in EVERY if told.right],
)
def test_the_wrong_lines_bring_the_message_about_and_the_right_ones_do_not(tmp_path, code, told):
    right, wrong = examples_of(told)
    at_fault = found(tmp_path / "wrong", wrong, right)
    assert any(carries(code, own) and told.pattern.search(message) for own, message in at_fault), at_fault
    mended = found(tmp_path / "right", right, right)
    assert not any(told.pattern.search(message) for _, message in mended), mended


# ---- messages that no exchange of lines shows


def _lesson(root: Path) -> Path:
    return new_lesson(root, 1, "thu")


def _without_lesson(root: Path) -> None:
    (_lesson(root) / "lesson.md").rename(root / "level1/01-thu/bai.md")


def _in_another_encoding(root: Path) -> None:
    file = _lesson(root) / "lesson.md"
    file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16"))


def _in_a_folder_of_another_name(root: Path) -> None:
    _lesson(root).rename(root / "level1/Bài thử")


def _of_another_level(root: Path) -> None:
    folder = _lesson(root)
    folder.parent.rename(root / "level2")


def _twice_the_same_number(root: Path) -> None:
    _lesson(root)
    new_lesson(root, 1, "khac").rename(root / "level1/01-khac")


def _change(root: Path, old: str, new: str, file: str = "lesson.md") -> None:
    path = _lesson(root) / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _with_an_open_head(root: Path) -> None:
    file = new_lesson(root, 1, "thu", ["choice"]) / "lesson.md"
    file.write_text(file.read_text(encoding="utf-8").replace("\n---\n", "\n", 1), encoding="utf-8")


def _asset(name: str, size: int, *, shown: bool) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        _change(root, "## Ghi nhớ", f"![Ảnh thử](assets/{name})\n\n## Ghi nhớ" if shown else "## Ghi nhớ")
        (root / "level1/01-thu/assets" / name).write_bytes(b"0" * size)

    return make


def _sample(kind: str, answer: str) -> Callable[[Path], None]:
    """Answer a kind's own exercise of ``bdhai new`` so."""

    def make(root: Path) -> None:
        file = new_lesson(root, 1, "thu", [kind]) / "samples.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"answer: \{.*\}", f"answer: {answer}", text, count=1), encoding="utf-8")

    return make


def _long_talk(turns: int, by: str) -> str:
    return f"{{turns: [{', '.join([f'{{by: {by}, text: Bạn nghe nhé}}'] * turns)}]}}"


def _level(text: str) -> Callable[[Path], None]:
    """Give level 1 the repository's file with a change."""

    def make(root: Path) -> None:
        _lesson(root)
        own = (REPOSITORY / "level1/level.yaml").read_text(encoding="utf-8")
        old, _, new = text.partition(" > ")
        assert old in own
        (root / "level1/level.yaml").write_text(own.replace(old, new, 1), encoding="utf-8")

    return make


HAPPEN: dict[str, Callable[[Path], object]] = {
    "không có tệp này": _without_lesson,
    "tệp không phải UTF-8": _in_another_encoding,
    "tên thư mục phải như": _in_a_folder_of_another_name,
    "level là … nhưng thư mục là": _of_another_level,
    "số … đã là của …": _twice_the_same_number,
    "thiếu phần đầu": lambda root: _change(root, "---\n", "\n---\n"),
    "phần đầu chưa đóng": _with_an_open_head,
    "thiếu tệp này: cần ít nhất bốn bài mẫu": lambda root: (_lesson(root) / "samples.yaml").unlink(),
    "bài chưa có ba trường hợp": lambda root: new_lesson(root, 1, "thu", ["choice"]),
    "bài chưa có câu máy chấm được": lambda root: new_lesson(root, 1, "thu", ["prompt"]),
    "bài chưa có câu viết theo tiêu chí": lambda root: new_lesson(root, 1, "thu", ["choice"]),
    "bài chưa có phần dạy lại": lambda root: new_lesson(root, 1, "thu", ["choice"]),
    "máy chưa có từ điển": _lesson,
    "kỹ năng “…” không phải của bài": _level("id: viet-lenh > id: viet-lenh-ai"),
    "kỹ năng “…” có hai lần": _level("id: viet-lenh > id: hieu-ai"),
    "kỹ năng “…”: chương trình của bậc này": _level('["1.1"] > ["1.1", "2.1"]'),
    "bài … chưa thuộc kỹ năng nào": _level('["0.4", "1.2"] > ["0.4"]'),
    "trường hợp … có … chữ để đọc, cần ít nhất": _lesson,
    "trường hợp … có … chữ để đọc, nhiều nhất": lambda root: _change(root, "## Ghi nhớ", "Chè ngon. " * 500),
    "chỉ nhận ảnh svg": _asset("ghi-chu.txt", 10, shown=False),
    "tệp nặng quá": _asset("anh.png", 200_000, shown=True),
    "không có chỗ nào dùng ảnh này": _asset("anh.png", 10, shown=False),
    "ước tính … phút (đọc …, làm bài …), quá": lambda root: _change(root, "## Ghi nhớ", "chè " * 2000),
    "Câu trả lời ở một chỗ trống dài quá": _sample("fill", f'{{filled: ["{"a" * 201}", "b", "c"]}}'),
    "prompt: Câu trả lời dài quá 8.000": _sample("prompt", f'{{text: "{"a" * 8001}"}}'),
    "canvas: Câu trả lời dài quá 8.000": _sample("canvas", f'{{fields: {{viec: "{"a " * 4001}"}}}}'),
    "Mỗi lần dạy Bé Chè có nhiều nhất": _sample("teach", _long_talk(13, "you")),
    "Cuộc trò chuyện dài quá mức cho phép": _sample("teach", _long_talk(26, "pupil")),
}  # fmt: skip
BARE = [(code, told) for code, told in EVERY if not told.right]


def _makers(code: str, told: Told) -> list[Callable[[Path], object]]:
    named = f"{code}: {told.message}"
    return [
        make for words, make in HAPPEN.items() if told.message.startswith(words) or named.startswith(words)
    ]


@pytest.mark.parametrize(("code", "told"), BARE, ids=[f"{code}: {told.message[:40]}" for code, told in BARE])
def test_the_other_messages_are_told_as_they_are_explained(tmp_path, code, told):
    (make,) = _makers(code, told)
    make(tmp_path)
    only = [] if "đã là của" in told.message else [path.parent for path in tmp_path.glob("level*/*/*.md")]
    words = known_words(load_glossary(), None) if "hunspell-vi" in told.message else None
    findings = [(one.code, one.message) for one in lint(tmp_path, only, today=TODAY, words=words)]
    assert any(own == code and told.pattern.search(message) for own, message in findings), findings


# ---- the command


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, ["lint", "--explain", *arguments])


def test_all_codes_are_listed_with_their_titles(run):
    done = run()
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == sorted({*known_codes(), *COMMON})
    assert "time         Bài vừa mười lăm phút" in done.stdout


def test_codes_are_told_without_signs_of_markdown(run):
    done = run("time", "cards")
    assert done.exit_code == 0
    assert done.stdout.startswith("Bài vừa mười lăm phút [time]\n")
    assert "    sai  | minutes: 2\n    đúng | minutes: 12\n" in done.stdout
    assert "Máy nhắc: cards: có hai thẻ cùng một câu hỏi: đổi một thẻ\n" in done.stdout
    assert "Đủ ba thẻ ôn [cards]" in done.stdout
    assert not re.search(r"^(```|#)", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_kinds_page_leads_on_to_what_all_kinds_share(run, kind):
    done = run(kind)
    assert done.exit_code == 0
    assert [code for code in COMMON if f"bdhai lint --explain {code}" in done.stdout] == list(COMMON)
    assert f"CONTRIBUTING.md, mục “{kind}”" in done.stdout


def test_an_unknown_code_names_the_known_ones(run):
    done = run("thoi-gian")
    assert done.exit_code == 1
    assert "Không có mã “thoi-gian”. Các mã: alignment, " in done.stderr


def test_a_line_that_is_neither_wrong_nor_right_is_no_explanation():
    with pytest.raises(ExplanationError, match="must begin with"):
        list(_told("### lời nhắc\n\n```sửa\n- [x] Nước sôi\n```\n"))
