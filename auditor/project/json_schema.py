"""JSON Schemas of the rule files, for editors: `python -m auditor.project.json_schema DIR`.

Draft-07, since editors' YAML support stops there; generated, so a test can say they are current.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from auditor.project.documents import CatalogDocument, CostsDocument, Document, ReportDocument

SCHEMAS: dict[str, type[Document]] = {
    "rules/capabilities.schema.json": CatalogDocument,
    "rules/costs.schema.json": CostsDocument,
    "reports/weekly.schema.json": ReportDocument,
}


def texts() -> dict[str, str]:
    """The text of every schema file, by its path below the project's root."""
    return {name: _text(model) for name, model in SCHEMAS.items()}


def _text(model: type[Document]) -> str:
    schema: dict[str, Any] = _draft_07(model.model_json_schema())
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
    return json.dumps(schema, indent=2) + "\n"


def _draft_07(node: Any) -> Any:
    """Pydantic writes 2020-12: definitions move, and the titles it makes up say nothing."""
    if isinstance(node, list):
        return [_draft_07(item) for item in node]
    if isinstance(node, str):
        return node.replace("#/$defs/", "#/definitions/")
    if not isinstance(node, dict):
        return node
    made_up = isinstance(node.get("title"), str)
    return {
        "definitions" if key == "$defs" else key: _draft_07(value)
        for key, value in node.items()
        if not (key == "title" and made_up)
    }


if __name__ == "__main__":
    for name, text in texts().items():
        (Path(sys.argv[1]) / name).write_text(text, encoding="utf-8")
