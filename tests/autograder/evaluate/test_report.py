"""The report for people: figures with intervals, the reasons, and the plot."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from autograder.evaluate import evaluate, read_dataset
from autograder.evaluate.confusion import as_markdown, as_svg, confusion
from autograder.evaluate.figures import Marks
from autograder.evaluate.report import summary, write_report
from autograder.openai_judge import OpenAIJudge
from tests.autograder.evaluate.conftest import ROWS


@pytest.fixture
def found(fake, write):
    fake.band = lambda asked: 0.0 if "lần hai" in asked.answer.lower() else 4.0
    return evaluate(OpenAIJudge(fake.base_url, "key", "fake", retries=0), read_dataset(write(ROWS)), reruns=2)


def test_a_person_reads_the_figures_the_reasons_and_the_cost(found):
    text = summary(found)
    for part in ("bai.jsonl: 5 bài", "QWK", "Nhường người chấm", "lệch", "token", "độ dài bài", "Hỏi lại"):
        assert part.lower() in text.lower()
    assert "Các cách xét của máy cho kết quả khác nhau." in text


def test_the_report_has_its_tables_and_its_plots_beside_it(found, tmp_path):
    path = tmp_path / "bao-cao" / "mo-hinh.md"
    write_report(found, path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# bai.jsonl, chấm bằng fake")
    for name in ("mo-hinh-gated.svg", "mo-hinh-ungated.svg"):
        assert f"]({name})" in text
        ET.parse(path.with_name(name))
    assert "| moi-hop | 5 |" in text
    assert "| 0,25 | " in text  # the curve at the default tolerance
    assert found.prompt_hash in text


MARKS = Marks(machine=(0, 1, 2, 2), people=(0, 1, 1, 2), top=(2, 2, 2, 2))


def test_few_different_marks_are_the_tables_levels():
    table = confusion(MARKS)
    assert table.levels == ("0", "1", "2")
    assert table.counts == ((1, 0, 0), (0, 1, 1), (0, 0, 1))
    assert "| **1** | 0 | 1 | 1 |" in as_markdown(table)


def test_many_different_marks_and_different_scales_are_put_to_fifths():
    table = confusion(MARKS.model_copy(update={"top": (2, 2, 2, 4)}))
    assert table.levels == ("0%", "20%", "40%", "60%", "80%", "100%")
    assert sum(map(sum, table.counts)) == 4


def test_the_plot_draws_each_count_once():
    root = ET.fromstring(as_svg(confusion(MARKS), "Người và máy <&>"))
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in texts if text and text.isdigit()].count("1") == 4 + 2  # four cells, two edges
