"""Every picture is shown somewhere, none is large, and tools/pictures.py can take each one anew."""

import re

from rendering import ROOT

from tools.pictures import MOST, PICTURES

IMAGES = ROOT / "docs" / "assets" / "images"
SHOWN = re.compile(r"assets/images/([\w-]+)\.webp")
PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


def test_each_is_shown_is_small_and_can_be_taken_again() -> None:
    taken = {picture.stem for picture in IMAGES.glob("*.webp")}
    shown = {name for page in PAGES for name in SHOWN.findall(page.read_text(encoding="utf-8"))}
    assert taken == shown == set(PICTURES)
    assert {name for name in taken if (IMAGES / f"{name}.webp").stat().st_size > MOST} == set()


def test_each_has_a_partner_for_the_dark() -> None:
    light = {name for name, picture in PICTURES.items() if picture.scheme == "light"}
    assert {f"{name}-dark" for name in light} == set(PICTURES) - light
