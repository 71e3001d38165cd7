"""The real `mkdocs serve`: what an author saves is shown, first the page alone, then the whole site."""

import re
import urllib.request
from collections.abc import Iterator

import pytest
from rendering import Site, question

from tools.serving import ALONE, WHOLE, Serving


class Preview:
    """A site under `mkdocs serve`, as a browser and a terminal see it."""

    def __init__(self, site: Site, serving: Serving) -> None:
        self.site, self.serving, self.end = site, serving, 0

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.serving.address + path) as answer:
            return str(answer.read().decode())

    def version(self, path: str) -> int:
        """The number by which a page asks whether there is a newer one."""
        return int(re.findall(r"livereload\((\d+),", self.get(path))[0])

    def newest(self) -> int:
        """What the server answers to a page that is very old."""
        return int(self.get("livereload/0/0"))

    def save(self, name: str, text: str | bytes) -> None:
        self.serving.settle()
        self.end = len(self.serving.said)
        self.site.write(name, text)

    @property
    def said(self) -> str:
        """What came on the terminal after the last save."""
        return self.serving.said[self.end :]

    def wait(self, text: str, path: str) -> str:
        """The page, as soon as it has this text."""
        self.serving.wait(f"{text!r} is in {path}", lambda: text in self.get(path))
        return self.get(path)


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    site = Site(tmp_path_factory.mktemp("served"))
    (site.root / "parts").mkdir()
    (site.root / "parts" / "one.txt").write_text("From a part.", encoding="utf-8")
    site.extensions = "[attr_list, {pymdownx.snippets: {base_path: [parts]}}]"
    site.more = "watch: [parts]"
    site.write("index.md", '# Home\n\n--8<-- "one.txt"\n')
    site.write("quiz.md", "# Quiz\n\n" + question())
    _ = site.config
    serving = Serving(site.root)
    yield Preview(site, serving)
    serving.stop()


def test_a_saved_mistake_is_shown_in_place_before_the_site_is_built(preview: Preview) -> None:
    before = preview.version("quiz/")
    preview.save("quiz.md", "# Quiz\n\n" + question(choice=""))
    html = preview.wait("quiz-problem", "quiz/")
    assert "docs/quiz.md:10:3" in html
    assert "data-key" not in html
    first = preview.said.partition(WHOLE)[0]
    assert "docs/quiz.md:10:3: error[empty-choice] choice C is empty" in first
    assert "quiz.md: made alone in " in first
    alone = preview.version("quiz/")
    assert alone > before
    preview.serving.settle()
    assert preview.said.count("error[empty-choice]") == 2
    assert (preview.newest(), preview.version("quiz/")) == (alone, alone)
    preview.save("quiz.md", "# Quiz\n\n" + question())
    assert "quiz-problem" not in preview.wait("quiz-question", "quiz/")


def test_who_looks_at_another_page_in_between_gets_it_anew(preview: Preview) -> None:
    # On a busy machine the whole site may be built before the test has looked: then once more.
    for title in ("Is it one?", "Is it two?", "Is it three?", "Is it four?"):
        preview.save("quiz.md", "# Quiz\n\n" + question(title=title))
        preview.wait(title, "quiz/")
        alone = preview.version("")
        if WHOLE not in preview.said:
            break
    preview.serving.settle()
    assert preview.newest() > alone


def test_problems_that_stand_in_no_questions_place_are_above_the_page(preview: Preview) -> None:
    unproved = question().partition("### Source")[0]
    preview.save("quiz.md", "# Quiz\n\n" + unproved)
    html = preview.wait("Problems of this page", "quiz/")
    assert 'no-proof: question "q" does not say how its key is known' in html
    assert "<quiz-question" in html
    assert html.count("no-proof") == 1


def test_what_reaches_beyond_the_page_waits_for_the_whole_site(preview: Preview) -> None:
    preview.save("quiz.md", "# Another name\n\n" + question())
    preview.wait("Another name", "")
    assert (ALONE in preview.said, WHOLE in preview.said) == (False, True)
    preview.save("quiz.md", "---\ntitle: A third name\n---\n# Quiz\n\n" + question())
    preview.wait("A third name", "")
    preview.save("quiz.md", '# Quiz\n\n```python run="python" id="one"\nprint(1)\n```\n\n' + question())
    assert "code.css" in preview.wait("missing-record", "quiz/")


def test_pages_and_parts_that_come_and_go(preview: Preview) -> None:
    preview.save("new.md", "# A new page\n")
    preview.wait("A new page", "")
    preview.save("index.md", '# Home\n\n--8<-- "one.txt"\n\nMore.\n')
    preview.wait("More.", "")
    (preview.site.root / "parts" / "one.txt").write_text("A part made anew.", encoding="utf-8")
    preview.wait("A part made anew.", "")
    (preview.site.root / "docs" / "new.md").unlink()
    preview.serving.wait("the page is gone", lambda: "A new page" not in preview.get(""))


def test_a_page_that_is_no_text_says_so_until_it_is_one(preview: Preview) -> None:
    preview.save("quiz.md", b"# Quiz\n\n\xff\xfe\n")
    html = preview.wait("unreadable-file", "quiz/")
    assert "the file is not UTF-8 text (byte 8)" in html
    preview.serving.settle()
    assert "docs/quiz.md:1:1: error[unreadable-file] the file is not UTF-8 text (byte 8)" in preview.said
    assert "An error happened during the rebuild" not in preview.said
    preview.save("quiz.md", "# Quiz\n\n" + question(title="Can it be read?"))
    preview.wait("Can it be read?", "quiz/")
