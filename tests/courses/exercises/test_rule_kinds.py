"""choice, sort and spot: what an author writes, what a learner sees, what an answer earns."""

import json

import pytest

from courses.exercises.base import AnswerError, DeclarationError
from courses.exercises.registry import kinds


def score(exercise, raw):
    mark = exercise.mark(exercise.parse_answer(raw))
    return mark.score, mark.status


def many():
    body = "Chọn các việc.\n\n- [x] a1\n- [x] a2\n- [ ] b1\n- [ ] b2"
    return kinds()["choice"].read("bai", {"points": 3}, body)


def test_one_choice_is_all_or_nothing(make):
    choice = make("choice")
    assert score(choice, {"chosen": ["o2"]}) == (2, "right")
    assert score(choice, {"chosen": ["o1"]}) == (0, "wrong")
    assert score(choice, {"chosen": []}) == (0, "blank")
    assert score(choice, {}) == (0, "blank")


def test_choosing_two_of_a_single_choice_is_malformed_not_wrong(make):
    with pytest.raises(AnswerError, match="chỉ chọn một"):
        make("choice").parse_answer({"chosen": ["o1", "o2"]})


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (["o1", "o2"], (3, "right")),
        (["o1"], (1.5, "partly")),
        (["o1", "o3"], (0, "wrong")),
        (["o1", "o2", "o3"], (1.5, "partly")),
        (["o3", "o4"], (0, "wrong")),
        (["o1", "o2", "o3", "o4"], (0, "wrong")),
    ],
)
def test_choosing_many_earns_right_minus_wrong(chosen, expected):
    assert score(many(), {"chosen": chosen}) == expected


def test_many_true_makes_one_right_option_a_choice_of_many(make):
    choice = make("choice", many="true")
    assert choice.public()["many"] is True
    assert score(choice, {"chosen": ["o1", "o2"]}) == (0, "wrong")


def test_the_order_of_chosen_ids_does_not_matter():
    assert many().parse_answer({"chosen": ["o2", "o1"]}) == many().parse_answer({"chosen": ["o1", "o2"]})


def test_sort_earns_the_share_that_is_right(make):
    sort = make("sort")
    ids = {item.text: item.id for item in sort.items}
    right = {ids["Ảnh căn cước"]: "g1", ids["Bản nháp"]: "g2", ids["Giờ mở cửa"]: "g3"}
    assert score(sort, {"placed": right}) == (6, "right")
    assert score(sort, {"placed": {**right, ids["Bản nháp"]: "g1"}}) == (4, "partly")
    assert score(sort, {"placed": {ids["Bản nháp"]: "g2"}}) == (2, "partly")
    assert score(sort, {"placed": {ids["Bản nháp"]: "g3"}}) == (0, "wrong")
    assert score(sort, {"placed": {}}) == (0, "blank")


def test_scores_have_at_most_two_decimals():
    body = "Xếp.\n\n" + "\n".join(f"- A: mẩu {n}" for n in range(3)) + "\n- B: mẩu 9"
    sort = kinds()["sort"].read("bai", {"points": 1, "groups": "A | B"}, body)
    seven = kinds()["sort"].read("bai", {"points": 1, "groups": "A | B"}, body + "\n- B: mẩu 8\n- B: mẩu 7")
    one = sort.items[0].id
    assert score(sort, {"placed": {one: sort.key[one]}})[0] == 0.25
    one = seven.items[0].id
    assert score(seven, {"placed": {one: seven.key[one]}})[0] == 0.17


def test_the_author_may_reorder_and_regroup_without_changing_what_the_learner_sees():
    lines = ["- Đỏ: Ảnh căn cước", "- Vàng: Bản nháp", "- Xanh: Giờ mở cửa"]
    options = {"groups": "Đỏ | Vàng | Xanh"}
    read = kinds()["sort"].read
    one = read("bai", options, "Xếp.\n\n" + "\n".join(lines))
    turned = read("bai", options, "Xếp.\n\n" + "\n".join(reversed(lines)))
    regrouped = read("bai", options, "Xếp.\n\n- Xanh: Ảnh căn cước\n- Đỏ: Bản nháp\n- Vàng: Giờ mở cửa")
    assert one.public() == turned.public() == regrouped.public()


def test_moving_the_right_option_changes_nothing_that_the_learner_sees():
    read = kinds()["choice"].read
    assert (
        read("bai", {}, "Câu?\n\n- [x] a\n- [ ] b").public()
        == read("bai", {}, "Câu?\n\n- [ ] a\n- [x] b").public()
    )


def test_turning_a_right_passage_into_a_wrong_one_changes_nothing_that_the_learner_sees():
    read = kinds()["spot"].read
    one = read("bai", {}, "Tìm.\n\n> [[x A A | vì a]] và [[o B B]].")
    other = read("bai", {}, "Tìm.\n\n> [[o A A]] và [[x B B | vì b]].")
    assert one.public() == other.public()


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (["p1", "p3"], (4, "right")),
        (["p1"], (2, "partly")),
        (["p1", "p2"], (0, "wrong")),
        (["p1", "p2", "p3"], (2, "partly")),
        (["p2"], (0, "wrong")),
        ([], (0, "blank")),
    ],
)
def test_spot_earns_hits_minus_false_alarms(make, marked, expected):
    assert score(make("spot"), {"marked": marked}) == expected


def test_spot_keeps_the_text_whole(make):
    spot = make("spot")
    text = "".join(segment["text"] for segment in spot.public()["segments"])
    assert text == "Theo Nghị định 99, phường ta có 300 vạn dân và một nhà văn hóa."


def test_a_line_of_a_passage_ends_where_its_author_says_so_and_not_where_the_file_wraps():
    body = "Chạm.\n\n> Thứ ba [[o 18 suất]]\n> như cũ;\\\n> Thứ năm [[x 3 suất | 25 suất.]].\n>\n> Hết."
    spot = kinds()["spot"].read("bai", {}, body)
    text = "".join(segment["text"] for segment in spot.public()["segments"])
    assert text == "Thứ ba 18 suất như cũ;\nThứ năm 3 suất.\n\nHết."


def test_comments_say_what_was_good_and_what_to_look_at_again(make):
    spot = make("spot")
    comment = spot.mark(spot.parse_answer({"marked": ["p1", "p2"]})).comment
    assert "1/2" in comment
    assert "“Nghị định 99”: Chưa tới năm ấy." in comment
    assert "“phường ta”" in comment
    assert "300 vạn dân" not in comment
    sort = make("sort")
    item = sort.items[0]
    wrong = next(group.id for group in sort.groups if group.id != sort.key[item.id])
    comment = sort.mark(sort.parse_answer({"placed": {item.id: wrong}})).comment
    assert item.text in comment
    assert not any(group.label in comment for group in sort.groups)
    assert "2 mẩu chưa xếp" in comment


def test_answers_are_rendered_as_plain_text(make):
    assert make("choice").render_answer(make("choice").parse_answer({"chosen": ["o2"]})) == "• Đoán chữ"
    assert "→ Đỏ" in make("sort").render_answer(make("sort").parse_answer({"placed": {"i1": "g1"}}))
    assert make("spot").render_answer(make("spot").parse_answer({"marked": ["p3"]})) == "• 300 vạn dân"
    assert make("spot").render_answer(make("spot").parse_answer({})) == "(để trống)"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("choice", None),
        ("choice", []),
        ("choice", {"chosen": "o1"}),
        ("choice", {"chosen": ["o9"]}),
        ("choice", {"chosen": ["o1", "o1"]}),
        ("choice", {"chosen": [1]}),
        ("choice", {"chosen": ["o1"], "score": 5}),
        ("sort", {"placed": ["i1"]}),
        ("sort", {"placed": {"i9": "g1"}}),
        ("sort", {"placed": {"i1": "g9"}}),
        ("sort", {"placed": {"i1": ["g1"]}}),
        ("spot", {"marked": {"p1": True}}),
        ("spot", {"marked": ["p9"]}),
    ],
)
def test_malformed_answers_are_refused_in_vietnamese(make, kind, raw):
    with pytest.raises(AnswerError, match=r"^(Câu|Danh|Phần)"):
        make(kind).parse_answer(raw)


BROKEN = [
    ("choice", {}, "Câu?\n\n- [ ] a\n- [ ] b", 2, "chưa có lựa chọn đúng: đánh dấu [x]"),
    ("choice", {}, "Câu?", 0, "chưa có phương án nào"),
    ("choice", {}, "Câu?\n\n- [x] a", 2, "ít nhất hai phương án"),
    ("choice", {}, "Câu?\n\n- [x] a\n- [] b", 3, "ô vuông viết sai"),
    ("choice", {}, "Câu?\n\n- [x] a\n- b", 3, "thiếu ô vuông"),
    ("choice", {}, "Câu?\n\n- [x] a\n- [ ]", 3, "còn trống"),
    ("choice", {}, "Câu?\n\n- [x] a\n- [ ] a", 2, "giống hệt nhau"),
    ("choice", {}, "Câu?\n\n- [x] a\n- [ ] b\n\nthêm", 5, "không thuộc phương án nào"),
    ("choice", {}, "\n- [x] a\n- [ ] b", 0, "chưa có lời đề bài"),
    ("sort", {"groups": "A | B"}, "Xếp.\n\n- A: a\n- C: b", 3, "nhóm “C” không có trong groups: A | B"),
    ("sort", {"groups": "A | B"}, "Xếp.\n\n- C: a\n- A: b", 2, "nhóm “C”"),
    ("sort", {"groups": "A | B"}, "Xếp.\n\n- A: a\n- B: a", 3, "hai lần"),
    ("sort", {"groups": "A | B"}, "Xếp.\n\n- A: a\n- B:", 3, "còn trống"),
    ("sort", {"groups": "A | B"}, "Xếp.\n\n- A: a\nb", 3, "không phải một mẩu"),
    ("sort", {"groups": "A | B"}, "Xếp.\n\n- A: a", 2, "ít nhất hai mẩu"),
    ("sort", {"groups": "A | B"}, "Xếp.", 0, "chưa có mẩu nào"),
    ("spot", {}, "Tìm.", 0, "chưa có đoạn văn"),
    ("spot", {}, "Tìm.\n\n> a [[o b]]", 2, "chưa có đoạn sai"),
    ("spot", {}, "Tìm.\n\n> a\n> [[x b | c]]", 2, "thêm vài đoạn đúng"),
    ("spot", {}, "Tìm.\n\n> a [[o c]]\n> [[x b]]", 3, "thiếu lý do"),
    ("spot", {}, "Tìm.\n\n> [[o b | c]]", 2, "không có lý do"),
    ("spot", {}, "Tìm.\n\n> [[b | c]]", 2, "không hiểu “[[b | c]]”"),
    ("spot", {}, "Tìm.\n\n> [[x b | c]] [[o b]]", 2, "giống hệt nhau"),
    ("spot", {}, "Tìm.\n\n> [[x b | c]] [[o d]] [[o e", 2, "chưa đủ đôi"),
    ("spot", {}, "Tìm.\n\n> [[x b | c]] [[o d]]\n\nthêm", 4, "chỉ được có danh sách đoạn"),
]


@pytest.mark.parametrize(("kind", "options", "body", "line", "message"), BROKEN)
def test_a_broken_declaration_names_line_and_mend(kind, options, body, line, message):
    with pytest.raises(DeclarationError) as caught:
        kinds()[kind].read("bai", options, body)
    assert (caught.value.line, message in str(caught.value)) == (line, True), str(caught.value)


def test_several_faults_are_told_at_once():
    with pytest.raises(DeclarationError) as caught:
        kinds()["choice"].read("bai", {}, "Câu?\n\n- [] a\n- b\n- [ ]")
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "options", "where", "message"),
    [
        (
            "choice",
            {"point": "2"},
            ("point",),
            "không có tùy chọn “point”; dùng được: credit, hint, many, points, why",
        ),
        ("choice", {"points": "0"}, ("points",), "phải lớn hơn 0"),
        ("choice", {"points": "nan"}, ("points",), "points: "),
        ("choice", {"many": "có"}, ("many",), "phải là true hoặc false"),
        ("sort", {}, ("groups",), "ít nhất hai nhóm"),
        ("sort", {"groups": "A"}, ("groups",), "ít nhất hai nhóm"),
        ("sort", {"groups": "A | A"}, ("groups",), "ít nhất hai nhóm khác tên"),
    ],
)
def test_a_broken_option_is_named(kind, options, where, message):
    with pytest.raises(DeclarationError) as caught:
        kinds()[kind].read("bai", options, "Câu?\n\n- [x] a\n- [ ] b")
    assert caught.value.option == where
    assert message in str(caught.value)


def test_an_option_may_go_on_in_an_indented_line():
    choice = kinds()["choice"].read("bai", {}, "Câu?\n\n- [x] một\n  hai\n- [ ] b")
    assert choice.options[0].text == "một hai"


def test_samples_are_written_with_numbers_and_words(make):
    assert make("choice").sample_answer({"chosen": [2]}) == {"chosen": ["o2"]}
    sort = make("sort")
    ids = {item.text: item.id for item in sort.items}
    assert sort.sample_answer({"placed": {"Bản nháp": "Vàng"}}) == {"placed": {ids["Bản nháp"]: "g2"}}
    assert make("spot").sample_answer({"marked": ["300 vạn dân"]}) == {"marked": ["p3"]}


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("choice", {"chosen": [0]}),
        ("choice", {"chosen": ["o1"]}),
        ("choice", {"chosen": [True]}),
        ("choice", {"text": "a"}),
        ("sort", {"placed": {"Bản nháp": "Tím"}}),
        ("sort", {"placed": {"Không có": "Đỏ"}}),
        ("sort", {"placed": []}),
        ("spot", {"marked": ["p1"]}),
        ("spot", {"marked": "Nghị định 99"}),
        ("prompt", {"texts": "a"}),
        ("teach", {"text": 5}),
    ],
)
def test_a_sample_that_names_nothing_real_is_refused(make, kind, form):
    with pytest.raises(DeclarationError):
        make(kind).sample_answer(form)


def test_public_json_holds_exactly_the_listed_fields(make):
    common = {"id", "kind", "points", "statement", "statement_html"}
    assert set(make("choice", hint="h", why="w").public()) == common | {"options", "many"}
    assert set(make("sort").public()) == common | {"mode", "groups", "items"}
    assert set(make("spot").public()) == common | {"segments"}
    written = common | {"criteria", "min_words", "max_words"}
    assert set(make("prompt").public()) == written | {"sample_reply", "attached"}
    assert set(make("teach").public()) == written
    for kind in kinds():
        json.dumps(make(kind).public())


def test_statement_html_is_rendered_with_raw_html_off():
    body = "**Đậm** <script>alert(1)</script> [x](javascript:alert(1))\n\n- [x] a\n- [ ] b"
    html = kinds()["choice"].read("bai", {}, body).public()["statement_html"]
    assert "<strong>Đậm</strong>" in html
    assert "<script" not in html
    assert "href" not in html


def test_hints_say_more_after_each_try(make):
    exercise = make("choice", hint=["Nhớ lại.", "Xem lại bức tranh."])
    assert [exercise.hint_after(tries) for tries in (1, 2, 3)] == [
        "Nhớ lại.",
        "Xem lại bức tranh.",
        "Xem lại bức tranh.",
    ]
    assert make("choice").hint_after(1) == ""


@pytest.mark.parametrize(("credit", "score"), [("all", 0), ("share", 2), ("net", 0)])
def test_credit_is_declared_and_code_only_adds(make, credit, score):
    spot = make("spot", credit=credit)
    assert spot.mark(spot.parse_answer({"marked": ["p1", "p2"]})).score == score
