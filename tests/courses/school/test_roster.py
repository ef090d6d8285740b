from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from courses.school import accounts
from courses.school.csv_file import RosterError
from courses.school.groups import GroupBook, group_key, set_working_age
from courses.school.models import Group, Person
from courses.school.people import groups_of_trainer
from courses.school.roster import apply, draw_codes, free_login, make_plan
from courses.school.roster_file import Entry, GroupEntry


def entry(external_id, name="Nguyễn Thị Lan", groups=("Tổ 1",), target="citizen", role="learner"):
    return Entry(line=7, external_id=external_id, name=name, groups=groups, target=target, role=role)


ROSTER = (
    entry("HV1"),
    entry("HV2", "Trần Văn Ổn", target="trader"),
    entry("T1", "Lê Thị Huấn", ("TDP 01", "Tổ 2"), "official", "trainer"),
    entry("Q1", "Ma Văn Quản", (), "official", "administrator"),
)


@pytest.fixture
def take_over(db, now):
    def run(entries, *, create_groups=False, all_codes=False):
        plan = make_plan(db, entries, "ds.csv", create_groups=create_groups, all_codes=all_codes)
        slips = draw_codes(plan)
        apply(db, plan, slips, now)
        return plan, slips

    return run


def person(db, external_id):
    return db.scalars(select(Person).where(Person.external_id == external_id)).one()


def test_a_first_import_makes_people_groups_and_codes(db, take_over, now):
    plan, slips = take_over(ROSTER)
    assert (len(plan.new), len(plan.changed), plan.unchanged) == (4, 0, 0)
    assert [(slip.name, slip.login) for slip in slips] == [
        ("Nguyễn Thị Lan", "hv1"),
        ("Trần Văn Ổn", "hv2"),
        ("Lê Thị Huấn", "hv-t1"),
        ("Ma Văn Quản", "hv-q1"),
    ]
    lan, trainer = person(db, "HV1"), person(db, "T1")
    assert (lan.group.name, lan.target, lan.role, lan.on_board, lan.sample) == (
        "Tổ 1",
        "citizen",
        "learner",
        False,
        False,
    )
    assert trainer.group is None
    assert [group.name for group in groups_of_trainer(db, trainer)] == ["Tổ 1", "Tổ 2"]
    assert accounts.activate(db, "hv1", slips[0].code, "chè xanh 99", now) is lan
    assert lan.username.startswith("bd-"), "the hub's name is drawn by chance"


def test_the_same_file_again_changes_nothing(db, take_over):
    take_over(ROSTER)
    before = [(p.id, p.pseudonym, p.username) for p in db.scalars(select(Person).order_by(Person.id))]
    plan, slips = take_over(ROSTER)
    assert (plan.new, plan.changed, plan.unchanged, slips) == ((), (), 4, ())
    assert [(p.id, p.pseudonym, p.username) for p in db.scalars(select(Person).order_by(Person.id))] == before


def test_changes_keep_who_the_person_is(db, take_over, now):
    _, slips = take_over(ROSTER)
    accounts.activate(db, "hv1", slips[0].code, "chè xanh 99", now)
    old = person(db, "HV1")
    pseudonym, username = old.pseudonym, old.username
    changed = entry("HV1", "Nguyễn Thị Lan Anh", ("Tổ 2",), "official", "learner")
    plan, slips = take_over((changed,))
    assert plan.changed[0].fields == (
        "họ tên: Nguyễn Thị Lan → Nguyễn Thị Lan Anh",
        "nhóm: người dân → công chức",
        "tổ: Tổ 1 → Tổ 2",
    )
    assert slips == ()
    db.refresh(old)
    assert (old.display_name, old.group.name, old.username, old.pseudonym) == (
        "Nguyễn Thị Lan Anh",
        "Tổ 2",
        username,
        pseudonym,
    )
    assert accounts.authenticate(db, "hv1", "chè xanh 99", now) is old


def test_people_who_are_missing_from_the_file_stay(db, take_over):
    take_over(ROSTER)
    take_over(ROSTER[:1])
    assert person(db, "HV2").active


def test_a_closed_person_who_is_named_again_is_opened(db, take_over):
    take_over(ROSTER)
    person(db, "HV1").active = False
    db.flush()
    plan, _ = take_over(ROSTER)
    assert plan.changed[0].fields == ("mở lại tài khoản",)
    assert person(db, "HV1").active


def test_a_trainers_groups_follow_the_file(db, take_over):
    take_over(ROSTER)
    plan, _ = take_over((entry("T1", "Lê Thị Huấn", ("Tổ 2",), "official", "trainer"),))
    assert plan.changed[0].fields == ("phụ trách: Tổ 2",)
    assert [group.name for group in groups_of_trainer(db, person(db, "T1"))] == ["Tổ 2"]
    take_over((entry("T1", "Lê Thị Huấn", ("Tổ 2",), "official", "learner"),))
    assert groups_of_trainer(db, person(db, "T1")) == ()


def test_new_codes_go_only_to_those_without_a_password(db, take_over, now):
    _, slips = take_over(ROSTER)
    accounts.activate(db, "hv1", slips[0].code, "chè xanh 99", now)
    _, again = take_over(ROSTER, all_codes=True)
    assert [slip.login for slip in again] == ["hv2", "hv-t1", "hv-q1"]
    assert not {slip.code for slip in again} & {slip.code for slip in slips}


def test_a_later_unknown_group_is_a_typing_mistake_unless_said_otherwise(db, take_over):
    take_over(ROSTER)
    wrong = (entry("HV3", groups=("Tổ 11",)),)
    with pytest.raises(RosterError, match=r"^ds\.csv:7: tổ: chưa có “Tổ 11”; .*--create-groups$"):
        take_over(wrong)
    take_over(wrong, create_groups=True)
    assert person(db, "HV3").group.name == "Tổ 11"


def test_making_a_plan_writes_nothing(db):
    make_plan(db, ROSTER, "ds.csv", create_groups=True)
    db.flush()
    assert db.scalars(select(Person)).all() == []
    assert db.scalars(select(Group)).all() == []


@pytest.mark.parametrize("name", ["Tổ dân phố số 07", "TDP 7", "tổ 7", "to-dan-pho-7", "Tổ  Dân Phố 7", "7"])
def test_spellings_of_one_group(name):
    assert group_key(name) == "7"


def test_other_kinds_of_groups_stay_apart():
    assert (
        len({group_key(name) for name in ("Tổ 7", "Thôn 7", "Xóm 7", "Tổ 7A", "Tổ 70", "Tổ Đồi Chè", "Tổ 0")})
        == 7
    )


def test_a_bare_number_becomes_a_readable_group(db, take_over):
    take_over((entry("HV1", groups=("3",)),))
    assert person(db, "HV1").group.name == "Tổ dân phố 3"


def test_two_long_group_names_get_codes_of_their_own(db):
    book = GroupBook(db)
    one, two = book.make("Khu " + "a" * 100), book.make("Khu " + "a" * 101)
    book.store()
    assert one.code != two.code
    assert max(len(one.code), len(two.code)) <= 40


def test_adults_are_set_and_told(db, add_group):
    add_group(db, 1, working_age=0)
    entries = (
        GroupEntry(line=2, name="Tổ 1", working_age=310),
        GroupEntry(line=3, name="Tổ 2", working_age=200),
    )
    assert set_working_age(db, entries) == (
        "đổi Tổ dân phố 1: chưa có → 310 người",
        "thêm Tổ 2: chưa có → 200 người",
    )
    assert set_working_age(db, entries) == ()


@given(st.lists(st.text(min_size=1, max_size=80), unique=True, max_size=8))
def test_user_names_are_safe_and_unique_for_any_ids(ids):
    taken: set[str] = set()
    for external_id in ids:
        username = free_login(external_id, taken)
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{2,31}", username)
        assert username not in taken
        taken.add(username)


def test_user_names_read_like_their_ids():
    assert free_login("HV/2026/001", set()) == "hv-2026-001"
    assert free_login("../../etc/passwd", set()) == "etc-passwd"
    assert free_login("7", set()) == "hv-7"
    assert free_login("formgrader", set()) == "hv-formgrader"
    assert free_login("HV_1", {"hv-1"}) == free_login("HV_1", {"hv-1"})
    assert free_login("HV_1", {"hv-1"}).startswith("hv-1-")
