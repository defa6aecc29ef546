"""XBRL and other XML as readable lines, one fact a line. Reader processes only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from backfin.documents.extract import Extract, Limits, single_page
from backfin.documents.html import visible_text
from backfin.documents.markup import Tree, local_name, parse_html, parse_xml, squeeze


def extract(data: bytes, limits: Limits) -> Extract:
    """The facts of an XBRL instance, or the texts of any other XML file, as one page.

    A fact is ``Name: value (context, unit)``, where the context is its period and the members it is about.
    """
    tree = parse_xml(data)
    lines = _facts(tree) if local_name(tree.root) == "xbrl" else _texts(tree)
    return single_page("\n".join(_up_to(lines, limits.max_chars)), limits, tree.flags)


def _up_to(lines: Iterable[str], max_chars: int) -> Iterator[str]:
    """The lines until they hold more than ``max_chars``: a file can make each of them very long."""
    for line in lines:
        yield line
        max_chars -= len(line) + 1
        if max_chars < 0:
            break


def _facts(tree: Tree) -> Iterator[str]:
    contexts = {node.root.get("id"): _context(node.root) for node in _by_name(tree, "context")}
    units = {node.root.get("id"): _unit(node.root) for node in _by_name(tree, "unit")}
    for node in tree.selector.xpath("//*[@contextRef]"):
        fact = node.root
        context, unit = fact.get("contextRef"), fact.get("unitRef")
        about = [contexts.get(context, context)]
        if unit is not None:
            about.append(units.get(unit, unit))
        yield f"{local_name(fact)}: {_value(fact)} ({', '.join(about)})"


def _texts(tree: Tree) -> Iterator[str]:
    for node in tree.selector.xpath("//*"):
        element = node.root
        words = squeeze(_own_text(element))
        if words:
            yield f"{local_name(element)}: {words}"
        for name, value in element.attrib.items():
            if value.strip():
                yield f"{local_name(element)}.{name.rpartition('}')[2]}: {squeeze(value)}"


def _value(fact: Any) -> str:
    if any(name.rpartition("}")[2] == "nil" and value == "true" for name, value in fact.attrib.items()):
        return "nil"
    words = squeeze("".join(fact.itertext(tag=None)) if len(fact) else fact.text or "")
    if "<" in words and ">" in words:
        # Notes are HTML, escaped into the fact.
        return squeeze(visible_text(parse_html(words.encode()).root))
    return words


def _own_text(element: Any) -> str:
    return " ".join([element.text or "", *(child.tail or "" for child in element)])


def _context(context: Any) -> str:
    dates = {local_name(part): squeeze(part.text or "") for part in context.iter("{*}*")}
    if "startDate" in dates:
        period = f"{dates['startDate']} to {dates.get('endDate', '?')}"
    else:
        period = dates.get("instant", "for ever")
    return ", ".join([period, *_members(context)])


def _members(context: Any) -> Iterator[str]:
    for part in context.iter("{*}explicitMember", "{*}typedMember"):
        axis = part.get("dimension", "").rpartition(":")[2]
        yield f"{axis}={squeeze(''.join(part.itertext())).rpartition(':')[2]}"


def _unit(unit: Any) -> str:
    above = " ".join(_measures(unit, "unitNumerator") or _measures(unit, None))
    below = " ".join(_measures(unit, "unitDenominator"))
    return f"{above}/{below}" if below else above


def _measures(unit: Any, part: str | None) -> list[str]:
    path = f"{{*}}divide/{{*}}{part}/{{*}}measure" if part else "{*}measure"
    return [squeeze(measure.text or "").rpartition(":")[2] for measure in unit.findall(path)]


def _by_name(tree: Tree, name: str) -> Any:
    return tree.selector.xpath("//*[local-name()=$name]", name=name)
