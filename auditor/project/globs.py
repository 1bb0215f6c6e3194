"""What a pattern covers. Patterns are those of `fnmatch`, letter case counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

_TOKEN = re.compile(r"\*+|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
_OTHER = "\U0010fffd"
"""Stands for every character that no pattern names."""


def is_literal(pattern: str) -> bool:
    """Whether a pattern matches itself and nothing else."""
    return not any(char in pattern for char in "*?[")


def any_match(patterns: Iterable[str], name: str) -> bool:
    """Whether one of the patterns matches the whole name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def covers(wide: str, narrow: str) -> bool:
    """Whether every name that `narrow` matches is matched by `wide`.

    Walks both patterns as automata over the letters that tell them apart.
    """
    if wide == "*" or wide == narrow:
        return True
    if is_literal(narrow):
        return fnmatchcase(narrow, wide)
    here, there = _prefix(wide), _prefix(narrow)
    if not here.startswith(there) and not there.startswith(here):
        return False
    left, right = _TOKEN.findall(wide), _TOKEN.findall(narrow)
    letters = _letters(wide + narrow)
    start = (_reach(left, {0}), _reach(right, {0}))
    seen, todo = {start}, [start]
    while todo:
        in_wide, in_narrow = todo.pop()
        if len(right) in in_narrow and len(left) not in in_wide:
            return False
        for letter in letters:
            after = _step(right, in_narrow, letter)
            if after:
                state = (_step(left, in_wide, letter), after)
                if state not in seen:
                    seen.add(state)
                    todo.append(state)
    return True


@lru_cache(maxsize=4096)
def _prefix(pattern: str) -> str:
    """What every name that the pattern matches begins with."""
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0]


def _letters(patterns: str) -> list[str]:
    steps = (-1, 0, 1) if "[" in patterns else (0,)
    near = {ord(char) + step for char in patterns for step in steps}
    return [chr(code) for code in sorted(near) if code >= 0] + [_OTHER]


def _reach(tokens: list[str], positions: set[int]) -> frozenset[int]:
    """Adds what is reached without a letter: a star may match nothing."""
    found = set(positions)
    for position in positions:
        while position < len(tokens) and tokens[position][0] == "*":
            position += 1
            found.add(position)
    return frozenset(found)


def _step(tokens: list[str], positions: frozenset[int], letter: str) -> frozenset[int]:
    found = set()
    for position in positions:
        if position < len(tokens):
            token = tokens[position]
            if token[0] == "*":
                found.add(position)
            elif fnmatchcase(letter, token):
                found.add(position + 1)
    return _reach(tokens, found)
