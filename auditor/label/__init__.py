"""Spans to hits: which capabilities each call used, and what said so."""

from __future__ import annotations

from auditor.label.labelling import label
from auditor.label.plan import LabelPlan

__all__ = ["LabelPlan", "label"]
