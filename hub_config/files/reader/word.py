"""Word documents: text, headings, tables, and how the page is set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courses.exercises.files import LINES, MAX_ROWS
from hub_config.files.reader.common import Found, Refused, listed, table, text_facts, tidy
from hub_config.files.reader.package import Package
from hub_config.files.reader.page_numbers import page_number
from hub_config.files.reader.styles import Look, Styles

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAIN = "word/document.xml"
_TWIPS_A_MM = 1440 / 25.4
_LISTED_FONTS = 20


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its runs that can be seen, and how each looks."""

    text: str
    runs: tuple[tuple[str, Look], ...]
    align: str
    style: str


def read_word(package: Package) -> Found:
    """Return text, headings, the first table and ``form``.

    Raises:
        Refused: there is no document in the package.
    """
    root = package.tree(MAIN)
    body = root.find("body") if root is not None else None
    if root is None or body is None:
        raise Refused("Tệp Word này không có nội dung. Bạn mở tệp xem lại rồi gửi.")
    styles = Styles(package)
    found = [_paragraph(one, styles) for one in body.iter("p")]
    tables = list(body.iter("tbl"))
    return {
        **text_facts("\n".join(one.text for one in found)),
        "headings": listed(one.text for one in found if one.style.startswith(("heading", "title"))),
        "rows": _rows(tables[0]) if tables else [],
        "tables": len(tables),
        "pages": _pages(package),
        "form": {
            "sheets": [_sheet(one) for one in list(root.iter("sectPr"))[:20]],
            "fonts": _counted(found, "font"),
            "colours": _counted(found, "colour"),
            "page_number": page_number(package, root, styles),
            "lines": [_line(one) for one in found if one.text.strip()][:LINES],
        },
    }


def _paragraph(element: Element, styles: Styles) -> Paragraph:
    runs = tuple(
        (text, look)
        for run in _runs(element)
        if (text := _run_text(run)) and not (look := styles.look(element, run)).hidden
    )
    text = "".join(text for text, _ in runs)
    return Paragraph(text=text, runs=runs, align=styles.align(element), style=styles.name(element))


def _runs(element: Element) -> Iterator[Element]:
    """Yield a paragraph's own runs: those of a text box in it belong to the box's paragraphs."""
    for child in element:
        if child.tag == "r":
            yield child
        elif child.tag not in {"txbxContent", "del", "p"}:
            yield from _runs(child)


def _run_text(run: Element) -> str:
    parts = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
    return "".join((child.text or "") if child.tag == "t" else parts.get(child.tag, "") for child in run)


def _line(one: Paragraph) -> Found:
    weight = Counter[Look]()
    for text, look in one.runs:
        weight[look] += len(text.strip())
    sizes = Counter[float | None]()
    for look, count in weight.items():
        sizes[look.size] += count
    seen = [look for look, count in weight.items() if count]
    text = tidy(one.text)
    return {
        "text": text,
        "bold": bool(seen) and all(look.bold for look in seen),
        "italic": bool(seen) and all(look.italic for look in seen),
        "upper": bool(seen) and (text.isupper() or all(look.upper for look in seen)),
        "size": sizes.most_common(1)[0][0] if sizes else None,
        "align": one.align[:20],
    }


def _counted(found: list[Paragraph], name: str) -> dict[str, int]:
    counts = Counter[str]()
    for one in found:
        for text, look in one.runs:
            if letters := len("".join(text.split())):
                counts[tidy(getattr(look, name), 60)] += letters
    return dict(counts.most_common(_LISTED_FONTS))


def _sheet(section: Element) -> dict[str, float]:
    size, margins = section.find("pgSz"), section.find("pgMar")
    sides = ("top", "bottom", "left", "right")
    return {
        **{side: _mm(size, name) for side, name in (("width", "w"), ("height", "h"))},
        **{side: _mm(margins, side) for side in sides},
    }


def _mm(element: Element | None, name: str) -> float:
    """Return a length of twips in millimetres; 0 when it is not said."""
    try:
        return round(abs(float(element.get(name, "0"))) / _TWIPS_A_MM, 1) if element is not None else 0.0
    except ValueError:
        return 0.0


def _rows(element: Element) -> list[list[str]]:
    rows = ([_cell(cell) for cell in row.findall("tc")] for row in element.findall("tr")[:MAX_ROWS])
    return table(rows)


def _cell(cell: Element) -> str:
    return " ".join("".join(_run_text(run) for run in _runs(one)) for one in cell.iter("p"))


def _pages(package: Package) -> int | None:
    """Return the number of pages that the writing program noted, if it did."""
    root = package.tree("docProps/app.xml")
    said = root.findtext("Pages") if root is not None else None
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 5 else None  # noqa: PLR2004 - pages
