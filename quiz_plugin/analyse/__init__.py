"""Which questions are weak: exported progress (`export`), statistics of answers (`items`), their report (`report`)."""

from quiz_plugin.analyse.command import analyse

__all__ = ["analyse"]
