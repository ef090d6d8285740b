"""Where a Word document shows its page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hub_config.files.reader.common import Found
from hub_config.files.reader.package import Package
from hub_config.files.reader.styles import Styles

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_FIELD = re.compile(r"\bPAGE\b")
_PLACES = (("headerReference", "top"), ("footerReference", "bottom"))


def page_number(package: Package, root: Element, styles: Styles) -> Found | None:
    """Return place, align, size and whether the first page shows it; None when there is no number."""
    related = package.related("word/document.xml")
    sections = list(root.iter("sectPr"))
    for section in sections:
        for name, place in _PLACES:
            found = _number(package, _parts(section, name, related, "default"), styles)
            if found is not None:
                return {
                    "place": place,
                    **found,
                    "first": _on_first(package, sections[0], name, related, styles),
                }
    return None


def _on_first(
    package: Package, section: Element, name: str, related: dict[str, tuple[str, str]], styles: Styles
) -> bool:
    title = section.find("titlePg")
    if title is None or title.get("val", "1") in {"0", "false", "off"}:
        return True
    return _number(package, _parts(section, name, related, "first"), styles) is not None


def _parts(section: Element, name: str, related: dict[str, tuple[str, str]], kind: str) -> list[str]:
    found = (one for one in section.findall(name) if one.get("type", "default") == kind)
    return [related[id_][1] for one in found if (id_ := one.get("id", "")) in related]


def _number(package: Package, parts: list[str], styles: Styles) -> Found | None:
    for part in parts:
        root = package.tree(part)
        for paragraph in root.iter("p") if root is not None else ():
            if any(_FIELD.search(code) for code in _codes(paragraph)):
                return {"align": _align(paragraph, styles), "size": _size(paragraph, styles)}
    return None


def _codes(paragraph: Element) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == "instrText":
            yield element.text or ""
        elif element.tag == "fldSimple":
            yield element.get("instr", "")


def _align(paragraph: Element, styles: Styles) -> str:
    frame = paragraph.find("pPr/framePr")
    if frame is not None and frame.get("xAlign"):
        return str(frame.get("xAlign"))
    tabs = sum(element.tag == "tab" for run in paragraph.iter("r") for element in run)
    return "center" if tabs == 1 else styles.align(paragraph)[:20]  # the header style's middle stop


def _size(paragraph: Element, styles: Styles) -> float | None:
    for run in paragraph.iter("r"):
        return styles.look(paragraph, run).size
    return None
