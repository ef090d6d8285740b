"""Names that try to be a script, a formula or a wall of text: harmless on every page that shows them."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from courses.school.db import open_engine, session
from courses.school.models import Group, Person, Submission
from tests.e2e.test_day import daily  # noqa: F401 - a fixture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
HOSTILE = [
    '<script>document.title="hong"</script><img src=x onerror=document.title="hong">',
    '=HYPERLINK("http://x.invalid","bấm")',
    "Dài" * 3400,
]


@pytest.fixture
def hostile_people(hub):
    """Give three learners of the demo trainer's group hostile names and pseudonyms; take them back afterwards."""
    engine = open_engine(f"sqlite:///{hub.data / 'bdhai.sqlite'}")
    with session(engine) as db:
        me = db.scalars(select(Person).where(Person.username == hub.accounts["learner"][0])).one()
        own = (
            select(Person)
            .join(Submission)
            .where(Person.group_id == me.group_id, Person.id != me.id)
            .distinct()
        )
        people = list(db.scalars(own.order_by(Person.id)).unique())[:3]
        before = [(p.id, p.display_name, p.pseudonym, p.on_board) for p in people]
        group = db.get_one(Group, me.group_id)
        group_name = group.name
        group.name = HOSTILE[0]
        for person, name in zip(people, HOSTILE, strict=True):
            person.display_name = person.pseudonym = name
            person.on_board = True
        newest = select(Submission.receipt).where(Submission.person_id == people[0].id)
        receipt = db.scalars(newest.order_by(Submission.id.desc())).first()
        usernames = [person.username for person in people]
    yield usernames, receipt
    with session(engine) as db:
        db.get_one(Group, me.group_id).name = group_name
        for id_, name, pseudonym, on_board in before:
            person = db.get_one(Person, id_)
            person.display_name, person.pseudonym, person.on_board = name, pseudonym, on_board


def test_hostile_names_do_no_harm_anywhere(visit, hub, hostile_people, daily):  # noqa: F811 - the fixture
    usernames, receipt = hostile_people
    daily()
    trainer = visit()
    trainer.sign_in("trainer")
    portal = f"{hub.address}/services/portal"
    pages = [f"{portal}/lop", f"{portal}/bai-nop/{receipt}", f"{portal}/ket-qua/{receipt}",
             *(f"{portal}/lop/{username}" for username in usernames), f"{hub.address}/services/boards/"]  # fmt: skip
    for number, url in enumerate(pages):
        trainer.page.goto(url)
        expect(trainer.page.locator("h1").first).to_be_visible()
        assert "hong" not in trainer.page.title()
        assert trainer.page.locator("img[src=x]").count() == 0
        trainer.check_page(f"ten-la-{number}")
    expect(trainer.page.locator("body")).to_contain_text("<script>")
