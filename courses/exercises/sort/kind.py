"""``sort``: items into groups, steps into order, or pairs; each mode has its own list in the block."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from courses.exercises.authoring import Kind, Names, Options, common, read_options, statement_of
from courses.exercises.base import DeclarationError, Exercise, raise_faults
from courses.exercises.sort.examples import examples
from courses.exercises.sort.order import Order
from courses.exercises.sort.placing import Group, Item, Sort

_ITEM = re.compile(r"^[-*+]\s+(?P<rest>.*)$")
_STEP = re.compile(r"^\d{1,2}[.)]\s+(?P<rest>.*)$")
_PAIR = re.compile(r"^(?P<left>.*?)(?:^|\s)=\s+(?P<right>.+)$")
_MIN = 2  # groups, and items
_MIN_STEPS = 3  # two steps are a coin toss


class SortOptions(Options):
    """``groups`` belongs to classify: ``Đỏ | Vàng | Xanh``."""

    mode: Literal["classify", "order", "match"] = "classify"
    groups: Names = ()


def _read(id_: str, options: Mapping[str, object], body: str) -> Exercise:
    wanted = read_options(SortOptions, options)
    if wanted.mode != "classify" and wanted.groups:
        raise DeclarationError(f"mode {wanted.mode} không có groups: bỏ dòng này", option=("groups",))
    return _READERS[wanted.mode](id_, wanted, body.split("\n"))


def _place(text: str) -> str:
    """Order texts by a hash of each alone: neither order nor id tells the author's grouping."""
    return hashlib.sha256(text.encode()).hexdigest()


def _named_items(texts: Iterable[str]) -> tuple[Item, ...]:
    return tuple(Item(id=f"i{n}", text=text) for n, text in enumerate(sorted(texts, key=_place), 1))


def _classify(id_: str, wanted: SortOptions, lines: list[str]) -> Sort:
    groups = _groups(wanted.groups)
    statement, keyed = _items(lines, {group.label: group.id for group in groups})
    items = _named_items(keyed)
    return Sort(
        id=id_,
        kind="sort",
        mode="classify",
        statement=statement,
        **common(wanted),
        groups=groups,
        items=items,
        key={item.id: keyed[item.text] for item in items},
    )


def _groups(labels: tuple[str, ...]) -> tuple[Group, ...]:
    if len(labels) < _MIN or len(set(labels)) < len(labels) or not all(labels):
        message = "groups: cần ít nhất hai nhóm khác tên nhau, cách nhau bằng dấu |"
        raise DeclarationError(message, option=("groups",))
    return tuple(Group(id=f"g{n}", label=label) for n, label in enumerate(labels, 1))


def _items(lines: list[str], groups: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the statement and item text → group id. The list at the end of the body holds the items."""
    start = next((n for n, line in enumerate(lines) if _label(line) in groups), None)
    if start is None:
        raise DeclarationError("chưa có mẩu nào: mỗi mẩu một dòng “- Tên nhóm: nội dung”", 0)
    while start and _ITEM.match(lines[start - 1]):  # an item with a misspelt group above the first good one
        start -= 1
    keyed: dict[str, str] = {}
    faults = [_take(lines[n], n, groups, keyed) for n in range(start, len(lines)) if lines[n].strip()]
    found = [fault for fault in faults if fault]
    if not found and len(keyed) < _MIN:
        found.append(DeclarationError("cần ít nhất hai mẩu để xếp", start))
    raise_faults(found)
    return statement_of(lines[:start]), keyed


def _label(line: str) -> str:
    found = _ITEM.match(line)
    return found["rest"].partition(":")[0].strip() if found else ""


def _take(line: str, number: int, groups: dict[str, str], keyed: dict[str, str]) -> DeclarationError | None:
    """Put one item line into ``keyed``, or return what is wrong with it."""
    found = _ITEM.match(line)
    if found is None:
        return DeclarationError(
            "dòng này không phải một mẩu: viết “- Tên nhóm: nội dung” trên một dòng", number
        )
    label, _, text = (part.strip() for part in found["rest"].partition(":"))
    if label not in groups:
        return DeclarationError(f"nhóm “{label}” không có trong groups: {' | '.join(groups)}", number)
    if not text:
        return DeclarationError("mẩu còn trống: viết nội dung sau dấu hai chấm", number)
    if text in keyed:
        return DeclarationError(f"mẩu “{text}” có hai lần: bỏ một", number)
    keyed[text] = groups[label]
    return None


def _order(id_: str, wanted: SortOptions, lines: list[str]) -> Order:
    start = _first(lines, _STEP, "chưa có bước nào: mỗi bước một dòng “1. …”, theo thứ tự đúng")
    steps = _listed(lines, start, _STEP, "dòng này không phải một bước: viết “1. …” trên một dòng")
    if len(steps) < _MIN_STEPS:
        raise DeclarationError("cần ít nhất ba bước để xếp thứ tự", start)
    items = _named_items(steps)
    if [item.text for item in items] == steps:
        items = tuple(Item(id=f"i{n}", text=item.text) for n, item in enumerate(reversed(items), 1))
    ids = {item.text: item.id for item in items}
    return Order(
        id=id_,
        kind="sort",
        statement=statement_of(lines[:start]),
        **common(wanted, "net"),
        items=items,
        right=tuple(ids[step] for step in steps),
    )


def _match(id_: str, wanted: SortOptions, lines: list[str]) -> Sort:
    start = _first(lines, _ITEM, "chưa có cặp nào: mỗi cặp một dòng “- vế trái = vế phải”")
    rows = _listed(lines, start, _ITEM, "dòng này không phải một cặp: viết “- vế trái = vế phải”")
    pairs = _pairs(rows, start)
    items = _named_items(left for left, _ in pairs if left)
    labels = sorted((right for _, right in pairs), key=_place)
    groups = tuple(Group(id=f"g{n}", label=label) for n, label in enumerate(labels, 1))
    ids, partner = {group.label: group.id for group in groups}, dict(pairs)
    return Sort(
        id=id_,
        kind="sort",
        mode="match",
        statement=statement_of(lines[:start]),
        **common(wanted),
        groups=groups,
        items=items,
        key={item.id: ids[partner[item.text]] for item in items},
    )


def _first(lines: list[str], sign: re.Pattern[str], message: str) -> int:
    start = next((n for n, line in enumerate(lines) if sign.match(line)), None)
    if start is None:
        raise DeclarationError(message, 0)
    return start


def _listed(lines: list[str], start: int, sign: re.Pattern[str], message: str) -> list[str]:
    """Return the texts of the list that ends the body. Raises DeclarationError for every other line."""
    faults: list[DeclarationError] = []
    texts: list[str] = []
    for number in range(start, len(lines)):
        found = sign.match(lines[number])
        text = found["rest"].strip() if found else ""
        if lines[number].strip() and found is None:
            faults.append(DeclarationError(message, number))
        elif text in texts:
            faults.append(DeclarationError(f"“{text}” có hai lần: bỏ một", number))
        elif text:
            texts.append(text)
    raise_faults(faults)
    return texts


def _pairs(rows: list[str], start: int) -> list[tuple[str, str]]:
    """Return (left, right); an empty left is a partner too many. Raises DeclarationError."""
    found = [_PAIR.match(row) for row in rows]
    faults = [
        DeclarationError(f"cặp “{row}” thiếu dấu = giữa hai vế: viết “vế trái = vế phải”", start)
        for row, pair in zip(rows, found, strict=True)
        if pair is None
    ]
    raise_faults(faults)
    pairs = [(pair["left"].strip(), pair["right"].strip()) for pair in found if pair]
    lefts, rights = [left for left, _ in pairs if left], [right for _, right in pairs]
    if len(lefts) < _MIN:
        faults.append(DeclarationError("cần ít nhất hai cặp để ghép", start))
    if len(set(lefts)) < len(lefts) or len(set(rights)) < len(rights):
        faults.append(DeclarationError("có hai vế giống hệt nhau: sửa một", start))
    raise_faults(faults)
    return pairs


_READERS: dict[str, Callable[[str, SortOptions, list[str]], Exercise]] = {
    "classify": _classify,
    "order": _order,
    "match": _match,
}
KIND = Kind(name="sort", reader=_read, examples=examples)
