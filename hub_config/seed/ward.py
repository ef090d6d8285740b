"""Who lives in the demo ward: eleven groups, 66 learners, three trainers, an official, an administrator."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from courses.school.models import TARGETS, Group, Person, TrainerGroup
from courses.school.pseudonyms import new_pseudonym

DEMO_USERNAMES = {
    "learner": "hocvien",
    "trainer": "huanluyen",
    "official": "canbo",
    "administrator": "quantri",
}

# Registered working-age adults and learners of each group. Boards hide a group under ten active learners:
# five groups show how the ranking looks, six show how a group that has just begun looks.
_GROUPS = (
    (412, 12),
    (236, 2),
    (620, 11),
    (185, 2),
    (348, 10),
    (301, 2),
    (527, 11),
    (264, 2),
    (210, 2),
    (180, 10),
    (455, 2),
)
_TRAINERS = (
    ("huanluyen", "Lương Thị Hạnh", 0, 4),
    ("hlv-2", "Trịnh Văn Khải", 4, 8),
    ("hlv-3", "Hà Thị Xuyến", 8, 11),
)
_FAMILIES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Nông",
    "Ma",
    "Triệu",
    "Hứa",
    "Đàm",
]
_MIDDLES = {
    "nữ": ("Thị", "Thu", "Ngọc", "Thị Kim", "Thị Bích"),
    "nam": ("Văn", "Đức", "Quang", "Minh", "Hữu"),
}
_GIVEN = {
    "nữ": [
        "Hường",
        "Lan",
        "Mai",
        "Thủy",
        "Nga",
        "Yến",
        "Oanh",
        "Phượng",
        "Tuyết",
        "Vân",
        "Ánh",
        "Hiền",
        "Loan",
        "Đào",
        "Thắm",
        "Nhung",
        "Bưởi",
        "Chiên",
        "Mỵ",
        "Duyên",
    ],
    "nam": [
        "Hùng",
        "Dũng",
        "Sơn",
        "Tùng",
        "Ổn",
        "Quý",
        "Thắng",
        "Lợi",
        "Cường",
        "Đạt",
        "Bảo",
        "Khoa",
        "Nghĩa",
        "Phúc",
        "Trường",
        "Vịnh",
        "Hoạt",
        "Đường",
        "Giáp",
        "Kiên",
    ],
}


@dataclass(frozen=True)
class Ward:
    """The people that live through the demo's three weeks."""

    groups: tuple[Group, ...]
    learners: tuple[Person, ...]
    trainer_of: dict[int, Person]  # group id → the trainer who looks after it

    @property
    def demo_learner(self) -> Person:
        """The learner whose password is printed."""
        return self.learners[0]


def settle(db: Session, chance: random.Random, now: datetime) -> Ward:
    """Store groups and people, all marked as samples."""
    groups = tuple(
        Group(code=f"to-dan-pho-{number}", name=f"Tổ dân phố {number}", working_age=adults)
        for number, (adults, _) in enumerate(_GROUPS, 1)
    )
    db.add_all(groups)
    db.flush()
    settlers = _Settlers(db, chance, now - timedelta(days=22))
    learners = _learners(settlers, groups)
    trainer_of = _trainers(settlers, groups)
    settlers.add("canbo", "Nguyễn Quốc Việt", "official", "official", None)
    settlers.add("quantri", "Hoàng Thu Giang", "administrator", "official", None)
    return Ward(groups, learners, trainer_of)


class _Settlers:
    """Makes people with free pseudonyms and no two equal names."""

    def __init__(self, db: Session, chance: random.Random, since: datetime) -> None:
        self._db = db
        self._chance = chance
        self._since = since
        self._taken: set[str] = set()

    def add(self, username: str, name: str, role: str, target: str, group: Group | None) -> Person:
        person = Person(
            external_id=f"MAU-{username}",
            username=username,
            display_name=name,
            pseudonym=new_pseudonym(self._taken, self._chance),
            role=role,
            target=target,
            group_id=group.id if group else None,
            on_board=role == "learner"
            and (username == DEMO_USERNAMES["learner"] or self._chance.random() < 0.6),  # noqa: PLR2004 - share of people who opt in
            sample=True,
            created_at=self._since,
        )
        self._taken |= {person.pseudonym, name}
        self._db.add(person)
        self._db.flush()
        return person

    def look_after(self, trainer: Person, group: Group) -> None:
        self._db.add(TrainerGroup(person_id=trainer.id, group_id=group.id))

    def name(self) -> str:
        while True:
            sex = self._chance.choice(("nữ", "nam"))
            parts = (_FAMILIES, _MIDDLES[sex], _GIVEN[sex])
            name = " ".join(self._chance.choice(part) for part in parts)
            if name not in self._taken:
                return name

    def target(self) -> str:
        return self._chance.choices(TARGETS, weights=(2, 3, 5))[0]


def _learners(settlers: _Settlers, groups: tuple[Group, ...]) -> tuple[Person, ...]:
    learners = [settlers.add(DEMO_USERNAMES["learner"], "Nguyễn Thị Lan", "learner", "citizen", groups[0])]
    for group, (_, count) in zip(groups, _GROUPS, strict=True):
        for _ in range(count - (group is groups[0])):
            username = f"hv-{len(learners) + 1:03d}"
            learners.append(settlers.add(username, settlers.name(), "learner", settlers.target(), group))
    return tuple(learners)


def _trainers(settlers: _Settlers, groups: tuple[Group, ...]) -> dict[int, Person]:
    trainer_of = {}
    for username, name, first, last in _TRAINERS:
        trainer = settlers.add(username, name, "trainer", "official", None)
        for group in groups[first:last]:
            trainer_of[group.id] = trainer
            settlers.look_after(trainer, group)
    return trainer_of
