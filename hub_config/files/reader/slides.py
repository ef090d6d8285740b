"""PowerPoint: slides in their order, with titles, texts and notes; hidden slides don't count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub_config.files.reader.common import Found, listed, text_facts
from hub_config.files.reader.package import Package

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAIN = "ppt/presentation.xml"
_TITLES = frozenset({"title", "ctrTitle"})


def read_slides(package: Package) -> Found:
    """Return ``slides``, ``titles``, ``notes`` (how many slides have some) and ``text``."""
    root = package.tree(MAIN)
    related = package.related(MAIN)
    ids = [] if root is None else [one.get("id", "") for one in _rids(root)]
    parts = [related[id_][1] for id_ in ids if id_ in related]
    slides = [(part, tree) for part in parts if (tree := package.tree(part)) is not None]
    shown = [(part, tree) for part, tree in slides if tree.get("show") not in {"0", "false"}]
    return {
        "slides": len(shown),
        "titles": listed(_title(tree) for _, tree in shown),
        "notes": sum(bool(_notes(package, part)) for part, _ in shown),
        **text_facts("\n\n".join(_text(tree) for _, tree in shown)),
    }


def _rids(root: Element) -> list[Element]:
    """Return slide references, their relation id (not the number) as ``id``."""
    found = root.findall(".//sldIdLst/sldId")
    for one in found:
        relation = next((value for key, value in one.attrib.items() if key.endswith("}id")), "")
        one.set("id", relation)
    return found


def _text(root: Element) -> str:
    paragraphs = ("".join(t.text or "" for t in p.iter("t")) for p in root.iter("p"))
    return "\n".join(line for line in paragraphs if line.strip())


def _title(root: Element) -> str:
    for shape in root.iter("sp"):
        place = shape.find(".//nvPr/ph")
        if place is not None and place.get("type") in _TITLES:
            return " ".join(_text(shape).split())
    return ""


def _notes(package: Package, part: str) -> str:
    for kind, target in package.related(part).values():
        if kind == "notesSlide" and (root := package.tree(target)) is not None:
            bodies = [
                shape
                for shape in root.iter("sp")
                if (place := shape.find(".//nvPr/ph")) is not None and place.get("type") == "body"
            ]
            return "\n".join(_text(shape) for shape in bodies).strip()
    return ""
