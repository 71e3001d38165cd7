"""Quizproof: questions in plain Markdown whose answer keys are proved by code."""

__version__ = "0.1.0"
