"""Turns the site's formulas into MathML while it builds: no script, no font and no other host in the reader's browser.

An MkDocs hook (see `hooks` in mkdocs.yml). It follows `pymdownx.arithmatex` in generic mode, which finds the formulas.
"""

import html
import logging
import re
from xml.etree.ElementTree import Element, ParseError, fromstring

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.config.defaults import MkDocsConfig

log = logging.getLogger("mkdocs.hooks.maths")

NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
WRAPPED = re.compile(r"\s*\\[(\[](.*)\\[)\]]\s*", re.DOTALL)


def mathml(tex: str, *, block: bool) -> Element:
    """Return `tex` as a `<math>` element.

    Raises ValueError with the reason where the formula cannot be shown as it was meant.
    """
    try:
        source = convert(tex, display="block" if block else "inline")
    # The converter's errors share no class of their own, and broken input can trip it anywhere.
    except Exception as error:
        raise ValueError(f"is not complete TeX ({type(error).__name__})") from error
    try:
        element = fromstring(source.replace(NAMESPACE, ""))
    except ParseError as error:
        raise ValueError("has an & that aligns nothing (write \\&, or use the environment align*)") from error
    unknown = next((text for text in element.itertext() if text.startswith("\\") and len(text) > 1), None)
    if unknown:
        raise ValueError(f"uses {unknown}, which has no MathML here")
    element.attrib.pop("display")
    if block:
        element.set("display", "block")
    return element


class MathsTreeprocessor(Treeprocessor):
    """Fills arithmatex's elements with MathML; a formula that fails stays as text and warns (strict builds stop)."""

    def run(self, root: Element) -> None:
        """Replace each formula in place."""
        for element in root.iter():
            wrapped = WRAPPED.fullmatch(element.text or "") if element.get("class") == "arithmatex" else None
            if not wrapped:
                continue
            tex = html.unescape(wrapped[1]).strip()
            try:
                formula = mathml(tex, block=element.tag == "div")
            except ValueError as error:
                log.warning("the formula  %s  %s", tex, error)
                continue
            element.text = None
            element.append(formula)


class MathsExtension(Extension):
    """After inline patterns (20) have placed the formulas, before the tree is tidied (10)."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register the one treeprocessor."""
        md.treeprocessors.register(MathsTreeprocessor(md), "maths", 15)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the extension for all pages."""
    config.markdown_extensions.append(MathsExtension())  # type: ignore[arg-type]
    return config
