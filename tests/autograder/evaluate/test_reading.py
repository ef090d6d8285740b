"""A data set is read whole, or its faults are told with file and line, in Vietnamese."""

from __future__ import annotations

import json

import pytest

from autograder.evaluate import DatasetError, read_dataset
from tests.autograder.evaluate.conftest import FULL, ROWS, SAMPLES, answer, exercise

SCORED = {
    "dataset": "thi",
    "question_id": "q1",
    "question": "Explain the bias variance dilemma!",
    "reference": "",
    "answer_id": "a1",
    "answer": "A small model has bias, a large one has variance.",
    "score": 1,
    "max_score": 2,
}


def fault(path):
    with pytest.raises(DatasetError) as caught:
        read_dataset(path)
    return str(caught.value)


def test_exercises_answers_and_samples_are_read_in_any_order(write):
    data = read_dataset(write([*ROWS[1:], ROWS[0]]))
    assert [own.id for own in data.answers] == ["du", "thieu-vai", "thieu-dang", "lo-so", "trong"]
    assert [own.points for own in data.answers] == [4, 3, 2, 3, 0]
    task = data.tasks["moi-hop"]
    assert (task.exercise.points, task.exercise.rubric[2].polarity) == (4, "must_not")
    assert [sample.text for sample in task.samples] == [sample["answer"] for sample in SAMPLES]


def test_fields_that_nobody_knows_empty_lines_and_a_byte_order_mark_are_no_fault(write):
    path = write([exercise(note="của người soạn"), "", answer("du", FULL, rater="A")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_dataset(path).answers) == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([exercise(), '{"type": "answer"'], "bai.jsonl:2: không phải JSON (từ cột"),
        ([exercise(), "[1]"], "bai.jsonl:2: phải là một đối tượng JSON"),
        ([exercise(), {"type": "bai"}], "bai.jsonl:2: type: phải là “exercise” hoặc “answer”"),
        ([exercise(), {"id": "a"}], "bai.jsonl:2: type: phải là"),
        ([exercise(criteria=[])], "bai.jsonl:1: criteria: "),
        (
            [exercise(criteria=[{"id": "a", "text": "b", "polarity": "maybe"}])],
            "bai.jsonl:1: criteria.0.polarity",
        ),
        ([exercise(), answer("a", "x", verdicts={"vai": "yes"})], "bai.jsonl:2: verdicts.vai: phải là true"),
        (
            [exercise(), answer("a", "x", verdicts={"vai": True})],
            "bai.jsonl:2: verdicts: thiếu tiêu chí “dang”",
        ),
        (
            [exercise(), answer("a", "x", verdicts={"vai": True, "dang": True, "lo": True, "la": True})],
            "bai.jsonl:2: verdicts: không có tiêu chí “la”",
        ),
        (
            [exercise(), answer("a", "x", exercise="khac")],
            "bai.jsonl:2: exercise: không có bài tập nào tên “khac”",
        ),
        ([exercise(), answer("a", "x"), answer("a", "y")], "bai.jsonl:3: id: có hai bài làm tên “a”"),
        ([exercise(), exercise()], "bai.jsonl:2: id: có hai bài tập tên “moi-hop”"),
        (
            [exercise(samples=[{"answer": "x", "verdicts": {"la": True}}])],
            "bai.jsonl:1: samples.0.verdicts: không có tiêu chí “la”",
        ),
        ([exercise()], "bai.jsonl: không có bài làm nào"),
        ([SCORED | {"score": "hai"}], "bai.jsonl:1: score: phải là số"),
        ([SCORED | {"max_score": 0}], "bai.jsonl:1: max_score: phải lớn hơn 0"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(write, rows, told):
    assert told in fault(write(rows))


def test_all_faults_are_told_at_once_but_not_hundreds(write):
    told = fault(write([exercise(), *(answer(str(n), "x", exercise="khac") for n in range(100))]))
    assert told.count("bai.jsonl:") == 20
    assert told.endswith("… và 80 lỗi khác")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    assert fault(tmp_path / "khong-co.jsonl").endswith("khong-co.jsonl: không có tệp này")


def test_a_limit_draws_by_a_seed_and_a_larger_one_keeps_what_a_smaller_had(write):
    data = read_dataset(write([exercise(), *(answer(str(n), f"{FULL} {n}") for n in range(30))]))
    few, more = ({own.id for own in data.limited(most).answers} for most in (5, 12))
    assert (len(few), len(more)) == (5, 12)
    assert few < more
    assert few != {own.id for own in data.answers[:5]}  # not just the file's beginning
    assert {own.id for own in data.limited(5, seed=1).answers} != few
    assert data.limited(None) is data


def test_rows_with_a_score_get_a_rubric_and_keep_their_peoples_scale(write):
    rows = [SCORED, SCORED | {"answer_id": "a2", "score": 2}]
    data = read_dataset(write(rows))
    task = data.tasks["q1"]
    assert [own.points for own in data.answers] == [1, 2]
    assert task.exercise.rubric
    assert [task.mark(share) for share in (0, 0.3, 0.7, 1)] == [0, 1, 1, 2]


def test_marks_between_whole_points_are_compared_in_tenths(write):
    rows = [SCORED | {"score": 0.409091, "max_score": 1}]
    data = read_dataset(write(rows))
    assert data.answers[0].points == 0.4
    assert data.tasks["q1"].mark(0.43) == 0.4


def test_a_reference_becomes_criteria_of_its_sentences(write):
    reference = " ".join(
        f"Sentence number {word} says a thing." for word in ["one", "two", "three", "four", "five", "six"]
    )
    rubric = read_dataset(write([SCORED | {"reference": reference}])).tasks["q1"].exercise.rubric
    assert len(rubric) == 5
    assert all(f"number {word} says" in " ".join(c.text for c in rubric) for word in ("one", "four", "six"))


def test_a_question_told_elsewhere_is_found_beside_the_file(write, tmp_path):
    told = {"q1": {"question": "What is bias?", "note": "reconstructed"}}
    (tmp_path / "thi-questions.json").write_text(json.dumps(told), encoding="utf-8")
    assert read_dataset(write([SCORED | {"question": ""}])).tasks["q1"].exercise.statement == "What is bias?"


def test_the_reference_handed_in_and_an_untouched_cell_are_left_out(write):
    rows = [
        SCORED | {"reference": "The model answer is this one."},
        SCORED | {"answer_id": "a2", "answer": "The model answer is this one. "},
        SCORED | {"answer_id": "a3", "answer": "YOUR ANSWER HERE\n", "score": 0},
        SCORED | {"answer_id": "a4", "answer": "YOUR ANSWER HERE\n\nBias is an error."},
        SCORED | {"answer_id": "a5", "answer": "", "score": 0},
    ]
    rows[1]["reference"] = rows[0]["reference"]
    data = read_dataset(write(rows))
    assert [own.id for own in data.answers] == ["a1", "a4", "a5"]
    assert data.left_out == {"reference": 1, "template": 1}
    assert "YOUR ANSWER" not in data.answers[1].text
