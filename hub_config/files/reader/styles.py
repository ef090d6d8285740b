"""What a run of a Word document looks like in the end: its own setting, its styles', the document's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub_config.files.reader.package import Package

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_OFF = frozenset({"0", "false", "off", "none"})
_ALIGN = {"start": "left", "end": "right", "both": "justify", "distribute": "justify"}
_MOST_PARENTS = 20


@dataclass(frozen=True)
class Look:
    """How a run looks. ``colour`` is RRGGBB; ``size`` in points."""

    font: str
    size: float | None
    colour: str
    bold: bool
    italic: bool
    upper: bool
    hidden: bool


class Styles:
    """The style table of one document."""

    def __init__(self, package: Package) -> None:
        """Read ``styles.xml`` and the theme's fonts; both may be missing."""
        root = package.tree("word/styles.xml")
        styles = list(root.iter("style")) if root is not None else []
        self._by_id = {one.get("styleId", ""): one for one in styles}
        self._normal = next((one.get("styleId", "") for one in styles if _is_normal(one)), "")
        self._default_run = root.find("docDefaults/rPrDefault/rPr") if root is not None else None
        self._default_paragraph = root.find("docDefaults/pPrDefault/pPr") if root is not None else None
        self._themes = _theme_fonts(package)

    def name(self, paragraph: Element) -> str:
        """Return the name of a paragraph's style, in small letters."""
        for style in self._chain(_style_of(paragraph, "pPr/pStyle") or self._normal):
            name = style.find("name")
            return name.get("val", "").casefold() if name is not None else ""
        return ""

    def align(self, paragraph: Element) -> str:
        """Return ``left``, ``center``, ``right`` or ``justify``."""
        styles = self._chain(_style_of(paragraph, "pPr/pStyle") or self._normal)
        places = [paragraph.find("pPr"), *(style.find("pPr") for style in styles), self._default_paragraph]
        for place in places:
            found = place.find("jc") if place is not None else None
            if found is not None:
                value = found.get("val", "left")
                return _ALIGN.get(value, value)
        return "left"

    def look(self, paragraph: Element, run: Element) -> Look:
        """Return what a run looks like."""
        places = list(self._places(paragraph, run))
        size, colour = _value(places, "sz"), _value(places, "color") or "auto"
        return Look(
            font=self._font(places),
            size=_points(size),
            colour="000000" if colour == "auto" else colour.upper()[:6],
            bold=_is_on(places, "b"),
            italic=_is_on(places, "i"),
            upper=_is_on(places, "caps"),
            hidden=_is_on(places, "vanish"),
        )

    def _places(self, paragraph: Element, run: Element) -> Iterator[Element]:
        own = run.find("rPr")
        styles = [*self._chain(_style_of(run, "rPr/rStyle"))]
        styles += self._chain(_style_of(paragraph, "pPr/pStyle") or self._normal)
        for place in (own, *(style.find("rPr") for style in styles), self._default_run):
            if place is not None:
                yield place

    def _chain(self, id_: str) -> Iterator[Element]:
        for _ in range(_MOST_PARENTS):
            style = self._by_id.get(id_)
            if style is None:
                return
            yield style
            id_ = _style_of(style, "basedOn")

    def _font(self, places: list[Element]) -> str:
        for place in places:
            fonts = place.find("rFonts")
            if fonts is None:
                continue
            themed = self._themes.get((fonts.get("asciiTheme") or fonts.get("hAnsiTheme") or "")[:5])
            found = themed or fonts.get("ascii") or fonts.get("hAnsi")
            if found:
                return found.strip()[:60]
        return ""


def _is_normal(style: Element) -> bool:
    return style.get("type") == "paragraph" and style.get("default") in {"1", "true", "on"}


def _style_of(element: Element, path: str) -> str:
    found = element.find(path)
    return found.get("val", "") if found is not None else ""


def _value(places: list[Element], name: str) -> str | None:
    for place in places:
        found = place.find(name)
        if found is not None:
            return found.get("val")
    return None


def _is_on(places: list[Element], name: str) -> bool:
    for place in places:
        found = place.find(name)
        if found is not None:
            return found.get("val", "1") not in _OFF
    return False


def _points(half: str | None) -> float | None:
    try:
        return float(half) / 2 if half else None
    except ValueError:
        return None


def _theme_fonts(package: Package) -> dict[str, str]:
    """Return ``minor`` and ``major`` typefaces."""
    name = next((name for name in sorted(package.names) if name.startswith("word/theme/")), "")
    root = package.tree(name)
    if root is None:
        return {}
    found = {kind: root.find(f".//fontScheme/{kind}Font/latin") for kind in ("minor", "major")}
    return {kind: latin.get("typeface", "") for kind, latin in found.items() if latin is not None}
