"""`python -m quiz_plugin` is the `quizproof` command."""

from quiz_plugin.cli import main

if __name__ == "__main__":
    main(prog_name="quizproof")
