"""What a choice says without its markup: outputs are compared with it, and so are choices with each other."""

import pytest
from growth import grows_with_size

from quiz_plugin.plain import folded, folded_output, plain


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("`[9, -12]`", "[9, -12]"),
        ("``a ` b``", "a ` b"),
        ("`` ` ``", "`"),
        ("**`[9]`**", "[9]"),
        ("[`a`](https://example.org/)", "a"),
        ("**bold** *it* ***both*** __bold__ _it_", "bold it both bold it"),
        ("**nested *emphasis* in it**", "nested emphasis in it"),
        ("snake_case_name and a_b_c", "snake_case_name and a_b_c"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("`a*b*c` and `_x_`", "a*b*c and _x_"),
        (r"\*not emphasis\*", "*not emphasis*"),
        (r"C:\new", r"C:\new"),
        ("[text](address) ![picture](a.svg) [text][ref]", "text picture text"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("`&lt;`", "&lt;"),
        ("<b>bold</b><br>next <!-- not this -->", "boldnext"),
        ("a < b > c", "a < b > c"),
        ("<https://example.org/>", "<https://example.org/>"),
        ("```python\nprint( 1 )\n    x\n```", "print( 1 )\nx"),
        ("text\n\n~~~\na `b\n~~~\nafter `c`", "text\na `b\nafter c"),
        ("```\nnever closed", "never closed"),
        ("one `tick", "one `tick"),
        ("  many   spaces \n\n and lines ", "many spaces\nand lines"),
        ("", ""),
    ],
)
def test_plain(source: str, says: str) -> None:
    assert plain(source) == says


@pytest.mark.parametrize(
    ("one", "other"),
    [("The **Smallest**", "the  smallest"), ("`a`", "a"), ("a\nb", "a b"), ("[x](u)", "x"), ("`x`\n", "  `x`")],
)
def test_two_that_say_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("`None`", "`none`"), ("![p](a.svg)", "![p](b.svg)"), ("a_b", "ab"), ("`a`", "`b`"), ("1", "-1")]
)
def test_two_that_differ(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_output_is_folded_line_by_line() -> None:
    assert folded_output("[9,  -12]\r\n\n  end \n") == "[9, -12]\nend"


@pytest.mark.parametrize(
    "text",
    [
        *("`a " * 200_000, "".join("`" * n + " " for n in range(1, 1000)), "*a " * 200_000, "**a" * 200_000),
        *("_a " * 200_000, "[a" * 200_000, "<a " * 200_000, "<!--" * 150_000, "-->" + "<!--" * 150_000),
        *("![a](" * 100_000, "\\`" * 200_000, "```\n" * 100_000),
    ],
    ids=lambda text: text[:8].strip(),
)
def test_time_grows_with_size(text: str) -> None:
    def job(size: int) -> None:
        plain.cache_clear()
        folded(text[:size])
        plain(text[:size])

    assert grows_with_size(job, len(text) // 8, len(text))
