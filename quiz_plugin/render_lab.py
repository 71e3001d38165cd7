"""A lab as an element: what its script needs in attributes, and what stands there without the script.

The controls are the script's to make: without it they would do nothing. The files are links, so that the site's own
check of links finds one that is not there, and so that everybody can read what the lab runs.
"""

import json
from typing import Any
from xml.etree.ElementTree import Element

from quiz_plugin.model import Control, Lab
from quiz_plugin.render import element

NOTE = (
    "This lab needs JavaScript, and a site that brings Python for the browser. What was recorded stands on this page."
)


def render_lab(lab: Lab) -> Element:
    """The element of a lab."""
    attributes = {
        "id": lab.id,
        "data-call": lab.call,
        "data-packages": " ".join(lab.packages),
        "data-seconds": str(lab.seconds),
        "data-controls": json.dumps([_control(c) for c in lab.controls], ensure_ascii=False),
        "data-state": "idle",
    }
    links = [element("li", {}, _link(file)) for file in lab.files]
    return element(
        "quiz-lab",
        attributes,
        element("p", {"data-part": "note"}, NOTE),
        element("p", {"data-part": "status", "role": "status"}),
        element(
            "details", {"data-part": "files"}, element("summary", {}, "What this lab runs"), element("ul", {}, *links)
        ),
    )


def _link(file: str) -> Element:
    return element("a", {"href": file}, file.rpartition("/")[2])


def _control(control: Control) -> dict[str, Any]:
    found = {"name": control.name, "label": control.label, "kind": control.kind, "value": control.value}
    if control.unit:
        found["unit"] = control.unit
    if control.kind == "range":
        found["range"] = control.range
    if control.kind == "choices":
        found["choices"] = control.choices
    return found
