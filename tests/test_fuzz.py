"""Whatever the text: nothing raises, no mark vanishes, no key of a broken question is shown, time grows with size."""

import itertools
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from growth import grows_with_size
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown
from rendering import Node, bare_markdown, question, site_config, tree

from quiz_plugin.checks import broken_questions, check_page
from quiz_plugin.model import Page, Problem
from quiz_plugin.overview import HEADING
from quiz_plugin.parse import SUSPICIONS, front_matter, parse
from quiz_plugin.parse.kinds import ends_in_kind
from quiz_plugin.parse.scan import scan
from quiz_plugin.parse.spaces import indent_of
from quiz_plugin.problems import CODES
from quiz_plugin.reference import FRAGMENT, HEADERLINK, TITLE
from quiz_plugin.search import searchable
from quiz_plugin.settings import make_project

PROJECT = make_project(Path(__file__).parent, "docs", {})
# A mark at the place where a list item's box stands.
MARK = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]*\[[xX]\](?:[ \t]|$)")
# The same among choices, where odd spaces, other bullets, letters and numbers mean one as well.
ODD = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]"
ODD_MARK = re.compile(
    rf"{ODD}{{0,3}}(?:[-*+•·–—−‐・→]{{1,2}}|\d{{1,9}}[.)]|\(?[^\W_]{{1,3}}[.):]|\([^\W_]{{1,3}}\))?"
    rf"{ODD}*\[(?:[xX]|{ODD}[xX]|[xX]{ODD})\](?:{ODD}|$)"
)
ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|\[|$)")

SEEDS = (
    question(),
    question(attributes=".choice #two points=2 shuffle=true", key="Two\n\n    ```python\n    x = 1\n    ```\n"),
    question(stem='```python run="python"\nprint("[x]")\n```', choice="`[[1, 2]]`"),
    "## Explain { .explain #say }\n\nPrompt.\n\n- [ ] One\n- [ ] Two\n\n### Explanation\n\nModel.\n",
    "## Front { .flashcard #card }\n\nBack.\n\n- [x] in the back\n",
    "---\nquiz:\n  mode: challenge\n  attempts: 2\n---\n\n# Page\n\n" + question(),
    "Title { .choice #setext }\n---\n\n* [x] a\n* [ ] b\n    > no\n\n### Hint\n\nh\n\n### Explanation\n\ne\n",
)
SNIPPETS = (
    *("<![", "<![CDATA[ ", "]]>", "<!a", "<?", "a <![ b"),
    *("```", "```python", '``` { .python run="numpy" id="b" }', "~~~~", "    ```", "> ```", "`", "``", "- ```"),
    *(
        "- [x] Right",
        "- [ ] Wrong",
        "- [X] Right",
        "-[x]Right",
        "* [x] R",
        "1. [x] R",
        "- [y] odd",
        "- [x]",
        "  - [x] in",
    ),
    *(
        "    - [x] deep",
        "\t- [x] tab",
        "> - [x] quoted",
        "    > feedback",
        "> feedback",
        "lazy",
        "- plain",
        "+ [ ] plus",
    ),
    *("# Page", "## Q { .choice #a }", "### Q { .explain #b }", "## F { .flashcard #c }", "## N { .numeric #d }"),
    *("## Near { .choise #e }", "##No space { .choice #f }", "   ## In { .choice #g }", "> ## Quoted { .choice #h }"),
    *("####### Seven { .choice #i }", "## Open { .choice #j", "## Two { .choice .explain #k #l }", "## {.choice}"),
    *("### Hint", "### Explanation", "### Steps", "### Proof", "### Source", "### Explanaton", "#### Hint", "## Hint"),
    *("<div>", "</div>", "<div markdown>", "<!--", "-->", "<!-- [x] -->", "<pre>", "</pre>", "<script>", "<b>", "</b>"),
    *("</quiz-hidden>", "</form>", "<textarea>", "<p>", "<br/>", "<![CDATA[", "<?php", "<", "&lt;", "</", "<a b='"),
    *(
        "---",
        "===",
        "...",
        "***",
        "quiz:",
        "  mode: practice",
        "$$",
        "\\[",
        "\\]",
        "\\begin{a}",
        "$x$",
        "|a|b|",
        "|-|-|",
    ),
    *(
        "!!! note",
        "    text",
        "??? tip",
        '=== "Tab"',
        ": definition",
        "[^1]: note",
        "[^1]",
        "*[A]: b",
        "[a]: b",
        "[TOC]",
    ),
    *("", "", " ", "\t", "\r", "\x00", "\x02", "\x03", "\u2028", "\x0c", "\ufeff", "\ue0f00\ue0f1", "\ue0f2", "\ue0f0"),
    *("-\u00a0[x] odd space", "-\u00a0[ ] odd", "\u200b- [x] hidden", "\ufeff- [ ] b", "-\u3000[x] wide", "– [x] dash"),
    *("a) [x] letter", "(1) [x] number", "-- [x] two", "→ [x] arrow", "-[y] tight", "-[ x] tight", "-[] t", "[x] bare"),
    *("- [х] Cyrillic", "- [×] times", "- [✅] tick", "- [xx] two", "- [1] one", "- [x]: colon", "- (x) round"),
    *(
        "Q? { .choice #m }",
        "**Q?** { .choice #n }",
        "{: .choice #o }",
        "\\## Q { .choice #p }",
        "＃＃ Q { .choice #r }",
    ),
    *("\u200b## Q { .choice #s }", '<h2 class="choice" id="t">Q</h2>', "Q { .choice #u }\n ---", "*Q?* { .choice #v }"),
    *("Text\nQ? { .choice #w }\n---", "*Q?* { .choice #y }\n---", "> Q? { .choice }\n> ---", "|Q| { .choice #z }\n---"),
    *("## Q { .choice #q1 } now", '## Q { class="choice x" }', "`{ .choice }`", "![](a.svg){ .choice }", "<?php", "?>"),
    *("{ .choice }", "{: .x }", "--8<--", "/// note", "///", "漢字 [x]", "שלום", "😀", "a" * 300, "\\", "\\- [x] a"),
)
LINES = st.sampled_from(SNIPPETS) | st.text(alphabet="-*+[]xX >#`~{}.=:<>/!\t\\|ab1\ue0f0\ue0f1\ue0f2", max_size=24)
DOCUMENTS = st.lists(LINES, max_size=40).map("\n".join)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "copy", "swap", "indent", "dedent", "join"]), st.integers(0, 60), LINES
    ),
    max_size=12,
)


def edited(seed: str, edits: list[tuple[str, int, str]]) -> str:
    lines = seed.split("\n")
    for what, position, text in edits:
        n = position % (len(lines) or 1)
        if what == "insert" or not lines:
            lines.insert(n, text)
        elif what == "delete":
            del lines[n]
        elif what == "copy":
            lines.insert(n, lines[n])
        elif what == "swap":
            lines[n], lines[-n - 1] = lines[-n - 1], lines[n]
        elif what == "indent":
            lines[n] = "    " + lines[n]
        elif what == "dedent":
            lines[n] = lines[n].lstrip()
        elif n + 1 < len(lines):
            lines[n : n + 2] = [lines[n] + lines[n + 1]]
    return "\n".join(lines)


PAGES = st.builds(edited, st.sampled_from(SEEDS), EDITS)
TWO_PAGES = st.builds("{}\n\n{}".format, PAGES, PAGES)
ANYTHING = PAGES | TWO_PAGES | DOCUMENTS | st.text()


VALUES = st.sampled_from(
    [
        *(
            "study",
            "challenge",
            "exam",
            "2",
            "0",
            "-1",
            "1.5",
            "1e9",
            ".inf",
            "0x1F",
            "1:30",
            "010",
            "1_000",
            "yes",
            "~",
            "",
        ),
        *("2026-01-02", "2026-13-45", "2026-01-02 25:00:00", "!!bool maybe", "!!float ''", "!!int x", "!!timestamp x"),
        *("!!binary bW9kZQ==", "!!set {a, b}", "!!omap [a: 1]", "!!str [a]", "!ours a", "*a", "&a [*a]", "&a {<<: *a}"),
        *(
            "{beginner: 2}",
            "{beginner: 99999}",
            "[pruning, [b]]",
            "{count: 3, levels: {expert: 1}}",
            "{level: hard}",
            "{",
        ),
        *(
            "[" * 200 + "]" * 200,
            "9" * 5000,
            "0x" + "f" * 5000,
            "'",
            '"\\ud800"',
            "a: b",
            "\u2028",
            "\x85",
            "\x07",
            "|",
            "- a",
        ),
    ]
) | st.text(alphabet="[]{}:,&*!|>'\"%@`#-~. \tab019\n\u2028\x85", max_size=16)
NAMES = st.sampled_from(
    [
        *(
            "mode",
            "seconds_per_question",
            "attempts",
            "badge",
            "topics",
            "defaults",
            "draw",
            "<<",
            "? [a]",
            "!!binary bW9kZQ==",
        ),
        *("  count", "  levels", "    beginner", "quiz", "title", "1", "'mode'", "- a", "tries"),
    ]
)
SETTINGS = st.lists(st.builds("  {}: {}".format, NAMES, VALUES) | LINES, max_size=6).map("\n".join)
FRONT_MATTER = st.builds(
    "{}---\n{}quiz: {}\n{}\n{}\n\n# Page\n\n{}".format,
    st.sampled_from(["", "", "", "\n", " \n\n", "\ufeff"]),
    st.sampled_from(["", "title: x\n", "base: &a {mode: challenge, attempts: 2}\n", "\n", "# a comment\n"]),
    st.just("") | st.just("&q") | VALUES,
    SETTINGS,
    st.sampled_from(["---", "---", "...", "--- ", ""]),
    st.just(question()) | st.just(""),
)


def judged(source: str) -> tuple[Page, tuple[Problem, ...]]:
    page = parse(source, "page.md")
    return page, check_page(page, PROJECT)


@example("---\nquiz:\n  mode: [\u2028\u2028\u2028\n---\n")
@given(ANYTHING | FRONT_MATTER)
def test_fuzz_problems_point_into_the_source(source: str) -> None:
    page, problems = judged(source)
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems:
        assert problem.code in CODES
        assert 1 <= problem.line <= len(lines), problem
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 2, problem
        assert problem.message
        assert problem.hint
    for one in page.questions:
        assert 1 <= one.line <= one.end_line <= len(lines)
        for text in (one.stem, *(c.body for c in one.choices), *(c.feedback for c in one.choices)):
            assert len(text.lines) == len(text.numbers)
            assert all(one.line <= n <= one.end_line for n in text.numbers)
        letters = [c.letter for c in one.choices]
        assert letters == sorted(set(letters), key=letters.index)


@example(question(stem="```\n\n- [x] in a fence that is never closed"))
@given(ANYTHING)
def test_fuzz_every_mark_of_a_sound_question_is_a_choice_or_code(source: str) -> None:
    page, problems = judged(source)
    seen = scan("page.md", list(page.lines), page.first_line - 1)
    broken = broken_questions(page, problems)
    for one in (q for q in page.questions if q.line not in broken and q.kind != "flashcard"):
        chosen = {c.line for c in one.choices if c.correct}
        first = min((c.line for c in one.choices), default=one.end_line)
        last = max((n for c in one.choices for n in (c.line, *c.body.numbers, *c.feedback.numbers)), default=0)
        for number in range(one.line + 1, one.end_line + 1):
            index = number - page.first_line
            line = page.lines[index]
            if seen.opaque[index] or seen.sealed[index] or number in chosen:
                continue
            if first <= number <= last:
                assert not ODD_MARK.match(line) or indent_of(line) >= 4, (number, line)
            elif MARK.match(line):
                above = page.lines[index - 1]
                assert above.strip() != "", (number, line)
                assert not ITEM.match(above), (number, line)


# Braces that name a kind at a line's end; where they touch what may be a link, an image or a tag they are its own.
KIND = re.compile(r"(?:[ >]*|[^`]*(?<![])>`]))\{:?(?:[^{}`]*\s)?\.(?:choice|flashcard|explain)(?:\s[^{}`]*)?\}\s*#*\s*")
HTML_KIND = re.compile(r"""[^`<]*<[hH][1-6] class=(["']?)(?:choice|flashcard|explain)\1[> ][^`]*""")


def around(lines: tuple[str, ...], index: int) -> str:
    """The paragraph that a line is in."""
    first = next((n for n in range(index, 0, -1) if not lines[n - 1].strip()), 0)
    return "\n".join(itertools.takewhile(str.strip, lines[first:]))


def is_tag(lines: tuple[str, ...], index: int) -> bool:
    """Whether a line begins a heading in HTML that names a kind: its tag ends somewhere, and it is in no other one."""
    rest = "".join((lines[index].partition("class")[2], *lines[index + 1 :]))
    above = "".join(reversed([*itertools.takewhile(str.strip, reversed(lines[:index]))]))
    return bool(HTML_KIND.fullmatch(lines[index])) and ">" in rest and above.rfind("<") <= above.rfind(">")


@example('<H1 class="choice" ')
@example('<PRE\n<H1 class="choice">')
@given(ANYTHING)
def test_fuzz_every_kind_makes_a_question_or_a_problem(source: str) -> None:
    page, problems = judged(source)
    seen = scan("page.md", list(page.lines), page.first_line - 1)
    lines = {q.line for q in page.questions}
    lines |= {q.line + 1 for q in page.questions}  # underlined
    told = {p.line for p in problems if p.code in (*SUSPICIONS, "unknown-part", "unclosed-html")}
    swallowed = [p.line for p in problems if p.code == "unclosed-html" and "never closed" in p.message]
    for index, line in enumerate(page.lines):
        number = index + page.first_line
        if seen.opaque[index] or indent_of(line) >= 4 or number in lines or any(n <= number for n in swallowed):
            continue
        if "`" in around(page.lines, index):  # perhaps code
            continue
        assert number in told or not (KIND.fullmatch(line) or is_tag(page.lines, index)), (number, line)


@example("- a\n\n    b\n### Source\n\n    ## Q { .choice #q }")
@example("<p>\n" + question())
@example("\ue0f00\ue0f1\n" + question())
@example(question(stem="<li>"))
@example('<!--\n#0 {class="choice"}')
@example("---\n<div>\n---\n" + question())
@example("0\n<H1></H1>{.choice}\n=")
@given(ANYTHING)
def test_fuzz_what_the_checker_lets_pass_the_page_shows(source: str) -> None:
    page, problems = judged(source)
    if not any(p.severity == "error" for p in problems):
        for md in converters():
            assert "quiz-problem" not in md.reset().convert("\n".join(page.lines))  # MkDocs takes front matter off


@cache
def converters() -> tuple[Markdown, ...]:
    """Bare, and with the site's extensions but for includes, which raise by themselves where a file is missing."""
    config = site_config()
    names = [e for e in config.markdown_extensions if e not in ("quizproof", "pymdownx.snippets")]
    configs = {name: options for name, options in config.mdx_configs.items() if name in names}
    return bare_markdown(), Markdown(extensions=[*names, "quizproof"], extension_configs=configs)


PROBLEM = re.compile(r'<div class="quiz-problem admonition failure">.*?</ul></div>', re.DOTALL)
OWN_CHARACTERS = {"\ue0f0", "\ue0f1", "\ue0f2"}
TOKEN = re.compile(r"\bkey\d+\b")


def with_tokens(source: str) -> str:
    """A word of its own behind each mark, by which its text can be found again."""
    count = iter(range(len(source) + 1))
    return re.sub(r"\[[xX]\](?= )", lambda m: f"{m[0]} key{next(count)}", source)


@example("\ue0f1\n" + question(choice="\ue0f0"))
@given(ANYTHING.map(with_tokens))
def test_fuzz_the_page_shows_no_key_of_a_broken_question(source: str) -> None:
    page, problems = judged(source)
    broken = broken_questions(page, problems)
    for md in converters():
        html = md.reset().convert(source)
        shown = PROBLEM.sub("", html)
        assert not page.questions or OWN_CHARACTERS.isdisjoint(shown)
        for one in page.questions:
            if one.line in broken:
                body = "\n".join(page.lines[one.line - page.first_line : one.end_line - page.first_line + 1])
                elsewhere = source.replace(body, "")
                assert [t for t in TOKEN.findall(body) if t in shown and t not in elsewhere] == [], html


@given(ANYTHING)
def test_fuzz_no_list_item_of_a_question_shows_a_mark(source: str) -> None:
    if not judged(source)[0].questions:
        return
    html = bare_markdown().convert(source)
    for one in (n for n in tree(html, strict=False).iter() if n.tag == "quiz-question"):
        assert list(marked_items(one)) == [], html


def marked_items(node: Node) -> Iterator[str]:
    for child in node.elements:
        if child.tag == "li" and child.text.startswith(("[x] ", "[X] ")):
            yield child.text
        if child.tag != "blockquote":
            yield from marked_items(child)


Maker = Callable[[int], str]
GROWING: dict[str, Maker] = {
    "questions": lambda n: "\n".join(question(attributes=f".choice #q{i}") for i in range(n // 9)),
    "unclosed fences": lambda n: "## Q { .choice #q }\n\n" + "```python\n\n" * n,
    "fences of many lengths": lambda n: "\n".join("`" * (3 + i % 200) for i in range(n // 20)),
    "nested fences": lambda n: "\n".join(" " * (i % 100) + "```" for i in range(n // 10)),
    "backticks": lambda n: "## Q { .choice #q }\n\n- [x] " + " ".join("`" * (1 + i % 60) for i in range(n // 10)),
    "backticks in html": lambda n: "## Q { .choice #q }\n\n<b>" + "` `` " * n,
    "an open code span in html": lambda n: question(stem="<b>" + "`" * n + "a" * n + "</b>"),
    "an open code span in a source": lambda n: question(rest=f"\n[{'`' * n}{'a' * n}"),
    "negatives": lambda n: question(title=f"not _{' not' * n}?"),
    "hedged absolutes": lambda n: question(choice="not" + " " * n + "not  " * n),
    "letters": lambda n: question(choice="A and " * n),
    "texts of links": lambda n: question(rest="\n" + "[a\n" * n + "](" * n),
    "open parentheses": lambda n: question(rest="\n" + "[a](b(" * n + "c)" * (n // 2)),
    "references": lambda n: question(rest="\n" + "[a][b]" * n),
    "definitions": lambda n: question(rest="\n" + "".join(f"[{i}]: https://a.b/\n" for i in range(n // 8))),
    "an open definition": lambda n: question(rest="\n[a]:" + " " * n),
    "anchors": lambda n: question(rest="\n" + "<a href " * n),
    "an address of dots": lambda n: question(rest=f"\n[a]({'a.' * n})"),
    "a long word in a header": lambda n: '```python run="python" ' + "a" * n + "\n\n```\n",
    "a gap in a header": lambda n: '```python run="python"' + " " * n + "x\n\n```\n",
    "braces in an open fence": lambda n: "## Q { .choice #q }\n\n```\n# " + "{" * n,
    "kinds in a brace": lambda n: "# {" + " .choice" * n + "\n",
    "folders of a lab": lambda n: f"```yaml lab='a'\nfiles: ['{'../' * n}']\n```\n",
    "brackets in front matter": lambda n: "---\nquiz:\n  mode: " + "[" * n + "\n---\n",
    "texts in front matter": lambda n: "---\nquiz:\n  mode: " + '"" ' * n + "\n---\n",
    "gaps in front matter": lambda n: " \n" * n + "---\n" + "a: b\n\n" * n + "quiz: {}\n",
    "asterisks": lambda n: "## Q { .choice #q }\n\n- [x] " + "*a " * n + "\n- [ ] " + "**" * n,
    "underscores": lambda n: "## Q { .choice #q }\n\n- [x] " + "_a__b" * n,
    "brackets": lambda n: "## Q { .choice #q }\n\n- [x] " + "[" * n + "\n- [ ] " + "[a](" * n,
    "links": lambda n: question(rest="\n" + "[a](" * n),
    "headings": lambda n: "# a\n" * n,
    "question headings": lambda n: "## Q { .choice #q }\n" * n,
    "indented question headings": lambda n: "    ## Q { .choice #q }\n" * n,
    "braces": lambda n: "## " + "{ .choice " * n + "}\n",
    "attributes": lambda n: "## Q { .choice #q " + "a=b " * n + "}\n",
    "open braces": lambda n: "{" * n + "\n" + "## a {" * n,
    "one long line": lambda n: "a" * (n * 20),
    "long words": lambda n: "## Q { .choice #q }\n\n- [x] " + "always " * n + "\n- [ ] " + "not " * n,
    "choices": lambda n: "## Q { .choice #q }\n\n" + "- [x] a\n- [ ] b\n" * n,
    "feedback": lambda n: "## Q { .choice #q }\n\n- [x] a\n" + "    > b\n" * n,
    "parts": lambda n: "## Q { .choice #q }\n\n- [x] a\n- [ ] b\n" + "### Hint\n\nh\n" * n,
    "blank lines": lambda n: "## Q { .choice #q }\n\n- [x] a\n" + "\n" * n + "- [ ] b\n",
    "tags": lambda n: "## Q { .choice #q }\n\n" + "<div>" * n + "\n\n- [x] a\n",
    "end tags": lambda n: "## Q { .choice #q }\n\n" + "<div>" * n + "</b>" * n,
    "angles": lambda n: "## Q { .choice #q }\n\n" + "<" * n + "\n\n- [x] a\n",
    "comments": lambda n: "<!-- a\n" * n,
    "comments in a line": lambda n: "## Q { .choice #q }\n\na " + "<!-- " * n,
    "quotations": lambda n: ">" * n + " ## Q { .choice #q }\n",
    "indentation": lambda n: "\n".join(" " * (i % 1000) + "- [x] a" for i in range(n // 100)),
    "setext": lambda n: "a\n---\n" * n,
    "front matter": lambda n: "---\n" + "a: b\n" * (n // 10) + "---\n",
    "boxes in prose": lambda n: "# a\n\n" + "- [x] a\n" * n,
    "runnable blocks": lambda n: "".join(f'```python run="python" id="b{i}"\n1\n```\n\n' for i in range(n // 10)),
}


@pytest.mark.parametrize("name", GROWING)
def test_fuzz_time_grows_with_size(name: str) -> None:
    make = GROWING[name]
    judged(make(10))
    assert grows_with_size(lambda size: judged(make(size)), 1500, 400_000)


# The same words as a page reader writes them, with questions and without.
RENDERED: dict[str, Maker] = {
    "questions": lambda n: "\n".join(question(attributes=f".choice #q{i}") for i in range(n // 9)),
    "broken questions": lambda n: "\n".join(question(choice="", attributes=f".choice #q{i}") for i in range(n // 9)),
    "cards": lambda n: "\n".join(f"## Front {i} {{ .flashcard #c{i} }}\n\nBack.\n" for i in range(n // 6)),
    "choices of one question": lambda n: question(choice="Last\n" + "".join(f"- [ ] No {i}\n" for i in range(n // 2))),
    "hints of one question": lambda n: question(rest="\n" + "### Hint\n\nLook.\n\n" * (n // 4)),
    "a page without questions": lambda n: "# Title\n\n- [x] done\n\n" * (n // 4),
}


@pytest.mark.parametrize("md", [0, 1], ids=["bare", "site"])
@pytest.mark.parametrize("name", RENDERED)
def test_fuzz_time_of_rendering_grows_with_size(name: str, md: int) -> None:
    make, converter = RENDERED[name], converters()[md]
    assert grows_with_size(lambda size: converter.reset().convert(make(size)), 100, 16_000)


# What looks through the HTML of a page, and what a page could hold of which nothing is ever closed.
SEARCHES: dict[str, tuple[Callable[[str], object], str]] = {
    "hidden": (searchable, "<quiz-hidden>"),
    "provenance": (searchable, '<details class="quiz-provenance">'),
    "fragments": (FRAGMENT.findall, '<quiz-question id="a">'),
    "titles": (TITLE.findall, '<h2 data-quiz-id="a">'),
    "links of headings": (HEADERLINK.findall, '<a class="headerlink">'),
    "headings": (HEADING.findall, "<h2>"),
    "kinds": (lambda text: ends_in_kind("{" + text), " .choice"),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_fuzz_time_of_searching_html_grows_with_size(name: str) -> None:
    search, piece = SEARCHES[name]
    assert grows_with_size(lambda size: search(piece * size), 500, 200_000)


def test_fuzz_a_megabyte_is_parsed() -> None:
    # How long it takes is for `make bench` to say.
    source = "\n".join(question(attributes=f".choice #q{n}") for n in range(3600))
    assert len(source) > 1_000_000
    page = parse(source)
    assert len(page.questions) == 3600


@example("<![\n" + question(stem="<![ <![a <![CDATA[ <!["))
@example("\ufeff---\r\nquiz: {}\r\n---\r\n## Q { .choice #q }\r\n- [x] a")
@given(st.sampled_from(SEEDS) | PAGES)
def test_fuzz_line_ends_do_not_matter(source: str) -> None:
    unix = source.replace("\r", "")
    one, two = judged(unix), judged(unix.replace("\n", "\r\n"))
    assert one == two


@given(st.from_regex(front_matter.PLAIN_MAPPING.pattern, fullmatch=True))
def test_fuzz_front_matter_that_is_not_read_as_yaml_is_a_mapping(source: str) -> None:
    assert isinstance(yaml.safe_load(source), dict)
