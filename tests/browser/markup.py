"""HTML as the contract has it, for fixture pages."""

from html import escape

# Notes in `window.said` what live regions say, from the page's beginning: of each its text, when it changed.
LISTEN = """
window.said = [];
const heard = records => {
  const places = records.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement));
  const lines = new Set(places.map(node => node?.closest('[role=status]')));
  for (const line of lines)
    if (line?.isConnected && line.ariaLive !== 'off' && line.textContent) said.push(line.textContent);
};
new MutationObserver(heard).observe(document, { subtree: true, childList: true, characterData: true });
"""


def hints(texts: tuple[str, ...]) -> str:
    return "".join(
        f'<details data-part="hint"><summary>Hint {at} of {len(texts)}</summary><p>{text}</p></details>'
        for at, text in enumerate(texts, 1)
    )


def proof(id_: str) -> str:
    return f'<details data-part="proof"><summary>Proof: computed by code</summary><p>proof of {id_}</p></details>'


def question(
    id_: str = "first",
    key: str = "B",
    *,
    count: int = 4,
    hint: tuple[str, ...] = ("Think small.", "Smaller."),
    stem: str = "",
    answer: str = "",
    title: str = "",
    hash_: str = "1a2b3c4d5e6f",
    **data: str,
) -> str:
    """A choice question; choice A … has text "choice A …" and feedback "feedback A …"."""
    letters = "ABCDEFGH"[:count]
    kind = "checkbox" if len(key.split()) > 1 else "radio"
    several = '<p class="quiz-instruction">Choose all that apply.</p>' if kind == "checkbox" else ""
    choices = "".join(
        f'<div class="quiz-choice" data-letter="{x}"><label><input type="{kind}" name="{id_}" value="{x}">'
        f'<span class="quiz-letter">{x}</span><span class="quiz-text">choice {x}</span></label></div>'
        for x in letters
    )
    feedback = "".join(
        f'<div data-part="feedback" data-letter="{x}"><p class="quiz-feedback-letter">{x}</p><p>feedback {x}</p></div>'
        for x in letters
    )
    extra = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    return f"""
<quiz-question id="{id_}" data-kind="choice" data-state="unanswered" data-hash="{hash_}" data-level="beginner"{extra}>
<form><fieldset>
<legend><h2 class="quiz-title" data-quiz-id="{id_}">{title or "Title of " + id_}</h2></legend>
{f'<div data-part="stem">{stem}</div>' if stem else ""}{several}
<div class="quiz-choices">{choices}</div>
</fieldset>
<quiz-hidden data-search-exclude>{hints(hint)}
<details data-part="answer" data-key="{key}"><summary>Answer</summary>
<p class="quiz-key">Correct answer: <strong>{key.replace(" ", ", ")}</strong></p>{feedback}
<div data-part="explanation"><p>explanation of {id_}</p></div>
<details data-part="steps"><summary>Worked steps</summary><p>steps</p></details>
<details data-part="mistakes"><summary>Common mistakes</summary><p>mistakes</p></details>
{proof(id_)}<div data-part="source"><p>source of {id_}</p></div>{answer}</details></quiz-hidden>
<p class="quiz-status" role="status"></p></form></quiz-question>"""


def explain(id_: str = "why", *, concepts: int = 3, hash_: str = "aaaabbbbcccc") -> str:
    ticks = "".join(
        f'<div class="quiz-choice" data-letter="{x}"><label><input type="checkbox" value="{x}">'
        f'<span class="quiz-text">concept {x}</span></label></div>'
        for x in "ABCDEF"[:concepts]
    )
    return f"""
<quiz-question id="{id_}" data-kind="explain" data-state="unanswered" data-hash="{hash_}" data-level="beginner">
<form><fieldset><legend><h2 class="quiz-title" data-quiz-id="{id_}">Explain {id_}</h2></legend>
<textarea class="quiz-draft" rows="5" aria-label="Your explanation"></textarea></fieldset>
<quiz-hidden data-search-exclude><details data-part="answer"><summary>Model answer</summary>
<div data-part="explanation"><p>the model answer</p></div>
<fieldset class="quiz-concepts"><legend>Tick what your answer says</legend>{ticks}</fieldset></details></quiz-hidden>
<p class="quiz-status" role="status"></p></form></quiz-question>"""


def card(id_: str = "card", *, hash_: str = "ccccddddeeee") -> str:
    return f"""
<quiz-card id="{id_}" data-kind="flashcard" data-state="front" data-hash="{hash_}" data-level="beginner">
<h2 class="quiz-title" data-quiz-id="{id_}">Front of {id_}</h2>
<quiz-hidden data-search-exclude><details data-part="answer"><summary>Show the answer</summary>
<div data-part="back"><p>back of {id_}</p></div></details></quiz-hidden>
<p class="quiz-status" role="status"></p></quiz-card>"""


def quiz_set(*items: str, mode: str = "challenge", **data: str) -> str:
    given = {"name": "Challenge page", "set": "quizzes/challenge", "seconds": "120", "attempts": "2", **data}
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in given.items())
    return f'<quiz-set data-mode="{mode}" data-state="ready"{attributes}>{"".join(items)}</quiz-set>'
