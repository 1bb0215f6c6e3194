"""What one pattern covers of another, against trying every short name."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.project.globs import covers

NAMES = ["".join(letters) for size in range(6) for letters in product("abz", repeat=size)]
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "?", "[ab]", "[!a]"]), max_size=4).map("".join)


@given(wide=PATTERNS, narrow=PATTERNS)
@example(wide="*a*", narrow="a")
@example(wide="?*", narrow="*?")
def test_cover_agrees_with_trying_every_short_name(wide: str, narrow: str) -> None:
    counterexamples = [n for n in NAMES if fnmatchcase(n, narrow) and not fnmatchcase(n, wide)]
    assert covers(wide, narrow) == (not counterexamples)


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ("tool.*", "tool.send_*", True),
        ("tool.send_*", "tool.*", False),
        ("*_mail", "tool.*_mail", True),
        ("tool.?", "tool.[a-z]", True),
        ("tool.[a-m]", "tool.[a-z]", False),
        ("Tool.*", "tool.*", False),
    ],
)
def test_cover_of_capability_patterns(wide: str, narrow: str, covered: bool) -> None:
    assert covers(wide, narrow) is covered
