"""A JSON document for scripts, which stays readable where it lands on a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.render.names import visible_json


def document(content: Mapping[str, Any]) -> str:
    """Two spaces of indent, keys in the order given; NaN and infinity are refused."""
    return visible_json(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)) + "\n"
