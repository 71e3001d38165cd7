"""A lab's fence: the element that it becomes, what its page loads, and what a wrong one does to a build."""

import json
from pathlib import Path

import pytest
from rendering import Site, bare_markdown, site_markdown, tree

LAB = """
```yaml lab="demo"
call: lab_demo.show
files: [lab_demo.py, data/digits.u8]
seconds: 5
controls:
  level: {label: "Weights <pruned>", range: [90, 100, 0.5], unit: "%", value: 95}
  kind: {label: Which, choices: {a: First, b: Second}, value: b}
  loud: {label: Loud, value: true}
```
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, theme="material", plugins="[search, {quizproof: {runtime: 'off'}}]")
    made.write("index.md", "# Home\n\nNo lab here.\n")
    made.write("labs/lab_demo.py", "def show(): ...\n")
    made.write("labs/data/digits.u8", b"\0\1")
    return made


@pytest.mark.parametrize("make", [bare_markdown, site_markdown])
def test_a_fence_becomes_an_element(make) -> None:
    html = tree(make().convert(f"Before.\n{LAB}\nAfter."))
    lab = html.one("quiz-lab", id="demo")
    assert [child.tag for child in html.children if not isinstance(child, str)] == ["p", "quiz-lab", "p"]
    assert (lab.get("data-call"), lab.get("data-packages")) == ("lab_demo.show", "numpy")
    assert (lab.get("data-seconds"), lab.get("data-state")) == ("5", "idle")
    assert json.loads(lab.get("data-controls") or "") == [
        {
            "name": "level",
            "label": "Weights <pruned>",
            "kind": "range",
            "value": 95,
            "unit": "%",
            "range": [90, 100, 0.5],
        },
        {
            "name": "kind",
            "label": "Which",
            "kind": "choices",
            "value": "b",
            "choices": [["a", "First"], ["b", "Second"]],
        },
        {"name": "loud", "label": "Loud", "kind": "switch", "value": True},
    ]
    assert lab.one("p", data_part="note").text.startswith("This lab needs JavaScript")
    assert [(a.get("href"), a.text) for a in lab.all("a")] == [
        ("lab_demo.py", "lab_demo.py"),
        ("data/digits.u8", "digits.u8"),
    ]
    assert lab.all("button") == lab.all("input") == []


def test_a_wrong_lab_is_not_shown() -> None:
    html = tree(bare_markdown().convert(LAB.replace("value: b", "value: c")))
    assert html.all("quiz-lab") == []
    assert "This lab cannot be shown: demo" in html.text
    assert '<text>:8:56 bad-lab: lab "demo": control "kind" has the value "c"' in html.text


def test_between_questions_it_stands_by_itself() -> None:
    from rendering import question

    text = f"{question()}\n## Next\n{LAB}\n{question(attributes='.choice #r skill=concept level=beginner')}"
    html = tree(site_markdown().convert(text))
    assert [n.get("id") for n in html.iter() if n.tag in ("quiz-question", "quiz-lab")] == ["q", "demo", "r"]
    assert all(not q.all("quiz-lab") for q in html.all("quiz-question"))


def test_only_its_page_loads_what_it_needs(site: Site) -> None:
    site.write("labs/demo.md", f"# Demo\n{LAB}")
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")
    html = built.tree("labs/demo/index.html")
    ours = [n.get("href") or n.get("src") or "" for n in html.iter() if n.tag in ("link", "script")]
    # Without Python for the browser there is nothing to start.
    assert [Path(link).name for link in ours if "quizproof-" in link] == ["lab.css"]
    assert [a.get("href") for a in html.one("quiz-lab").all("a")] == ["../lab_demo.py", "../data/digits.u8"]
    assert (built.site / "labs" / "data" / "digits.u8").read_bytes() == b"\0\1"
    assert "quizproof-" not in built.read("index.html")


def test_a_file_that_is_not_there_fails_the_build(site: Site) -> None:
    site.write("labs/demo.md", f"# Demo\n{LAB.replace('digits', 'letters')}")
    built = site.build()
    assert built.code == 1
    assert "docs/labs/demo.md:5:" in built.output
    assert 'error[bad-lab] lab "demo": there is no file data/letters.u8 in docs/labs' in built.output


def test_an_id_that_a_question_has_is_a_duplicate(site: Site) -> None:
    from rendering import question

    site.write("labs/demo.md", f"# Demo\n{LAB}")
    site.write("quiz.md", question(attributes='.choice #demo skill=concept level=beginner topics="pruning"'))
    built = site.build()
    assert built.code == 1
    assert 'error[duplicate-id] the id "demo" stands twice, first in' in built.output
