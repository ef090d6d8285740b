"""As many learners of a hub's demo ward as a test wants, each with a password."""

from sqlalchemy import select

from courses.school import accounts
from courses.school.db import open_engine, session
from courses.school.models import Person

PASSWORD = "mười hai con giáp"


def give_passwords(hub, count):
    """Give the first ``count`` learners (at most 66) the password; return their user names."""
    engine = open_engine(f"sqlite:///{hub.data / 'bdhai.sqlite'}")
    with session(engine) as db:
        query = select(Person).where(Person.role == "learner").order_by(Person.username).limit(count)
        people = list(db.scalars(query))
        for person in people:
            accounts.set_password(db, person, PASSWORD)
        names = [person.username for person in people]
    engine.dispose()
    return names
