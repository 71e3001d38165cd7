"""The cheat sheet: each of its ten topics is whole, its symbols are named, and its numbers are those of the records."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quiz_plugin.load import load_pages
from quiz_plugin.settings import find_project

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "cheat-sheet.md"
TOPICS = (
    "Pruning and quantization",
    "Hyperparameter tuning",
    "Search methods",
    "Overfitting and underfitting",
    "Regularization",
    "Hardware acceleration",
    "Toolkits",
    "Latency and throughput",
    "Optimizers",
    "Accuracy against efficiency",
)
NAMES = "Current names"
PARTS = {"idea": "Idea", "symbols": "Symbols", "not": "When not to", "sources": "Sources", "try": "Try yourself"}
FIGURE = re.compile(r'^--8<-- "(precompute/figures/[\w-]+\.html)"$', re.MULTILINE)
BLOCK = re.compile(r'^```python run="(\w+)" id="(cheat-[\w-]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"^\$\$\n(.*?)^\$\$$", re.MULTILINE | re.DOTALL)
QUESTION = re.compile(r"\]\((?:quizzes|flashcards)/[\w-]+\.md#([a-z0-9-]+)\)")
OUTSIDE = re.compile(r"\]\(https://[^)\s]+\)")
# How a symbol's unit is named. Weights and the loss have a unit of their own, in which others are given.
UNITS = re.compile(
    r"\b(?:units?|counts?|share|pure numbers|probability|per cent|percentage points|seconds?|per (?:second|byte)"
    r"|operations per byte|code|weights?|loss)\b"
)
LONGEST_LINE = 47  # of a block, so that it fits a column on paper
# What stands in a formula and is no symbol of ours.
TEX = re.compile(
    r"\\(?:begin|end)\{\w+\}|\\(?:text|operatorname)\{(?!se)\w+\}"
    r"|\\(?:frac|sum|prod|sqrt|min|max|left|right|leftarrow|hat|tilde|le|qquad|quad|operatorname)(?![a-zA-Z])|\\[,;\\]"
)


@cache
def sections() -> dict[str, str]:
    """The text below each heading of the second level."""
    _, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title: text for title, _, text in (part.partition("\n") for part in parts)}


def paragraphs(text: str, part: str) -> list[str]:
    """The paragraphs of one kind, without their opening word and their class."""
    found = re.findall(rf"^\*{PARTS[part]}:\* (.*?)\n\{{ \.cheat-{part} \}}$", text, re.MULTILINE | re.DOTALL)
    assert len(found) == text.count(f"*{PARTS[part]}:*")
    return found


def symbols(formula: str) -> set[str]:
    """The letters of a formula, Greek ones by their names; a sum's index is none."""
    rest = TEX.sub(" ", formula)
    rest = re.sub(r"_(?:\{[^}]*\}|\w)|\^\{?[\w']+\}?", " ", rest)
    return set(re.findall(r"\\?[a-zA-Z]+", rest)) - {"i"}


def without_unit(paragraph: str) -> list[str]:
    """The clauses that name symbols and say no unit. What is computed from named ones, as in `$x = y$`, needs none."""
    named, *_ = re.split(r"\.\s+(?=[A-Z*])", " ".join(paragraph.split()))
    return [clause for clause in named.split(";") if not UNITS.search(clause) and not re.match(r" \$[^$]+ = ", clause)]


def record(name: str) -> Any:
    return json.loads((ROOT / "precompute" / "records" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def known() -> frozenset[str]:
    project = find_project(ROOT)
    return frozenset(question.id for page in load_pages((ROOT / "docs",), project) for question in page.questions)


def test_the_ten_topics_in_their_order_and_then_the_names():
    assert tuple(sections()) == (*TOPICS, NAMES)


@pytest.mark.parametrize("topic", TOPICS)
class TestTopic:
    def test_has_an_idea_of_one_sentence(self, topic):
        (idea,) = paragraphs(sections()[topic], "idea")
        assert len(re.findall(r"\.(?:\s|$)", idea.replace("*", ""))) == 1
        assert len(idea) < 250

    def test_says_when_not_to(self, topic):
        (when,) = paragraphs(sections()[topic], "not")
        assert re.search(r"\b(not?|never)\b", when, re.IGNORECASE)

    def test_has_a_formula_whose_symbols_are_named(self, topic):
        text = sections()[topic]
        formulas = FORMULA.findall(text)
        named = "".join(re.findall(r"\$[^$]+\$", " ".join(paragraphs(text, "symbols"))))
        assert formulas
        assert symbols(" ".join(formulas)) - symbols(named) == set()

    def test_says_the_unit_of_each_symbol(self, topic):
        found = paragraphs(sections()[topic], "symbols")
        assert found
        assert [clause for paragraph in found for clause in without_unit(paragraph)] == []

    def test_has_a_figure_with_reading_drawing_and_table(self, topic):
        paths = FIGURE.findall(sections()[topic])
        assert paths
        for path in paths:
            figure = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(r"<figcaption>[^<]{20,200}</figcaption>", figure)
            assert re.search(r"<svg [^>]*role=\"img\".*<title>.*<desc>", figure, re.DOTALL)
            assert "<table>\n<caption>" in figure

    def test_has_lines_to_run_that_are_recorded_and_fit_a_column(self, topic):
        blocks = BLOCK.findall(sections()[topic])
        assert blocks
        for engine, name, code in blocks:
            assert engine == "numpy"
            assert record(name)["stdout"]
            assert len(code.splitlines()) <= 12
            assert max(map(len, code.splitlines())) <= LONGEST_LINE

    def test_has_sources_elsewhere(self, topic):
        (sources,) = paragraphs(sections()[topic], "sources")
        assert OUTSIDE.search(sources)

    def test_leads_to_questions_that_exist(self, topic):
        (links,) = paragraphs(sections()[topic], "try")
        asked = QUESTION.findall(links)
        assert len(asked) == len(set(asked)) == links.count("](") >= 3
        assert set(asked) <= known()


class TestNames:
    ROWS = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in sections()[NAMES].splitlines()
        if line.startswith("| ")
    ][1:]

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
    def test_each_row_has_old_and_new_and_evidence(self, row):
        old, new, evidence = row
        assert old != new
        assert OUTSIDE.search(evidence) or "2.13 warns" in evidence

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
    def test_the_evidence_has_a_version_or_a_date(self, row):
        assert re.search(r"\d", re.sub(r"\]\([^)]+\)", "]", row[2]))

    def test_what_torch_says_is_recorded(self):
        said = record("cheat-old-names")["stdout"].splitlines()
        warned = {name for row in self.ROWS if "2.13" in row[2] for name in re.findall(r"`(torch\.[\w.]+)", row[0])}
        assert said[0].startswith("torch 2.13.")
        assert all(re.match(r"torch\.[\w.]+: (Future|Deprecation)Warning: ", line) for line in said[1:])
        # torch.quantization is the older name of torch.ao.quantization, the same module.
        assert warned - {line.partition(": ")[0] for line in said} == {"torch.quantization"}

    def test_names_say_when_they_were_checked(self):
        assert re.search(r"Checked on \d{1,2} \w+ 20\d\d\.", sections()[NAMES])


class TestNumbers:
    def test_of_the_savings(self):
        sizes = record("prune-then-quantize")["data"]["bytes"]
        dense = sizes["float32"]["0"]["mean"]

        def smaller(form, level):
            return dense / sizes[form][level]["mean"]

        text = " ".join(sections()["Pruning and quantization"].split())
        assert f"a dense int8 file is {smaller('int8', '90'):.1f} times smaller than dense float32" in text
        assert round(smaller("int8", "90"), 1) == round(smaller("int8", "0"), 1)
        alone = smaller("float32_zipped", "90"), smaller("int8_zipped", "0")
        assert f"pruning alone makes it {alone[0]:.1f} times smaller and int8 alone {alone[1]:.1f} times" in text
        together = f"both together {smaller('int8_zipped', '90'):.1f} times, not {alone[0] * alone[1]:.1f}."
        assert together in text

    def test_of_the_layers_with_a_tenth_of_their_weights(self):
        ratios = record("latency-ratios")["data"]["ratios"]
        text = " ".join(sections()["Accuracy against efficiency"].split())
        csr, smaller = (ratios[kind]["median"] for kind in ("layers_sparse", "layers_smaller"))
        # No digits: each machine has its own, and each record anew.
        said = "took, on one CPU, about half of the dense time as CSR, and about a tenth with whole units taken out"
        assert said in text
        assert (round(csr * 4) / 4, round(smaller, 1)) == (0.5, 0.1)

    def test_of_the_front(self):
        measured = record("prune-then-quantize")["data"]
        forms = (
            ("float32", "0"),
            ("int8", "0"),
            ("float32_zipped", "90"),
            ("int8_zipped", "90"),
            ("int4_zipped", "90"),
        )
        sizes = [measured["bytes"][form][level]["mean"] / 1000 for form, level in forms]
        accuracies = [measured["accuracy"][form.partition("_")[0]][level]["mean"] for form, level in forms]
        text = sections()["Accuracy against efficiency"]
        assert f"kB = np.array([{', '.join(f'{size:.{0 if size > 10 else 1}f}' for size in sizes)}])" in text
        assert f"a = np.array([{', '.join(f'{accuracy:.1f}' for accuracy in accuracies)}])" in text

    def test_of_a_group_of_four_bit_weights(self):
        assert 4 + 16 / 32 == 4.5
        assert "4 bits in groups of 32 with 16-bit scales are 4.5 bits" in sections()["Pruning and quantization"]


def test_the_symbols_of_a_formula_are_found():
    found = symbols(r"\hat{w} = s\,(q - z), \quad x_{\min} \leftarrow \beta_1^t \frac{m}{\sqrt{v}}")
    assert found == {*"wsqzxmv", r"\beta"}


@pytest.mark.parametrize(
    ("paragraph", "without"),
    [
        ("$R$ mean latency, seconds; $X$ throughput", [" $X$ throughput"]),
        ("$k$ weights left of $n$, counts; $p$ sparsity. A share counts.", [" $p$ sparsity"]),
        (r"$g$ gradient, in loss per unit of weight; $\hat{m} = m / 2$, corrected; $t$ step, a count. More.", []),
    ],
)
def test_a_symbol_without_unit_is_found(paragraph, without):
    assert without_unit(paragraph) == without


def test_the_glossary_has_the_sheet_s_words():
    terms = re.findall(
        r"^([^\s:#>].*)\n:   ", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    for term in (
        "Accumulator",
        "Activation sparsity",
        "Amdahl's law",
        "Bayesian search",
        "Dropout",
        "Entropy calibration",
        "Grid search",
        "Group",
        "Iterative pruning",
        "Little's law",
        "Local pruning",
        "Low-rank factorization",
        "Momentum",
        "One-shot pruning",
        "Outlier",
        "Patience",
        "Proximal step",
        "Q/DQ nodes",
        "Random search",
        "Regularization",
        "RMSprop",
        "SGD",
        "Standard error",
        "Temperature",
        "Weight-only quantization",
    ):
        assert term in terms
