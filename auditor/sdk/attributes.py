"""The span attributes that are this project's own; apps write them, the receiver reads them."""

from __future__ import annotations

CAPABILITIES = "auditor.capabilities"
"""String array: the capabilities that this span, and every call below it, uses."""

CAPABILITY = "auditor.capability"
"""A hand-written tag: a string or a string array, read like `CAPABILITIES`."""

OFFERED = "auditor.offered"
"""String array: names of the tools offered to this call, when no definitions are recorded."""

ORIGIN = "auditor.origin"
"""`production`, `test`, `eval` or `shadow`: where this call comes from; beats the environment."""
