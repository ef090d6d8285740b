"""Standings of made-up wards, through the real functions of courses.progress."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from courses.progress import GroupFacts, PersonFacts, standings, to_json_bytes

DAY = date(2026, 11, 22)
LONG = "Rất dài " * 1250  # 10,000 characters
HOSTILE = (
    "<script>document.title='bị phá'</script>",
    '=HYPERLINK("http://127.0.0.1/","bấm")',
    LONG,
    "x" * 10_000,
    "</style></svg></title><img src=x onerror=alert(1)>",
    "\u202e ngược \u2066 chiều",
    "a" + "\u0301\u0316" * 400,
    "\ufdfd" * 60,
    "<!--board-failed X: Y-->",
    "{{ 7 * 7 }}{% raise %}",
    "&lt;b&gt; & \"'`",
    "\x00\x07\n\t",
)


def ward(
    groups: int = 12, active: int = 14, *, day: date = DAY, sample: bool = True, on_board: bool = True
) -> bytes:
    """Return standings.json of a ward; every fifth group has too few learners."""
    facts = [GroupFacts(f"to-{n}", f"Tổ dân phố {n}", 180 + 15 * n) for n in range(1, groups + 1)]
    people, earned = [], {}
    for n, group in enumerate(facts, start=1):
        for k in range(active if n % 5 else 3):
            name = f"{group.code}-{k}"
            people.append(PersonFacts(name, f"Búp Chè {n:02d}{k:02d}", group.code, on_board and k % 2 == 0))
            total = 10 * (n % 4) + 15 * (k % 3)
            earned[name] = total
    return to_json_bytes(standings(facts, people, earned, day, sample=sample))


def hostile() -> bytes:
    """Return standings.json in which every name wants to break the page."""
    facts = [GroupFacts(f"h-{n}", name, 100 + n) for n, name in enumerate(HOSTILE)]
    facts += [GroupFacts(f"few-{n}", name, 0) for n, name in enumerate(HOSTILE)]
    people, earned = [], {}
    for n, name in enumerate(HOSTILE):
        for k in range(10):
            person = f"p{n}-{k}"
            people.append(PersonFacts(person, f"{name}{k}" if k else name, f"h-{n}", on_board=k < 3))
            earned[person] = 999_999 if k == 0 else 10
    return to_json_bytes(standings(facts, people, earned, DAY))


def put(folder: Path, content: bytes) -> None:
    """Write standings.json into a boards folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "standings.json").write_bytes(content)
