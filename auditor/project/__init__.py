"""What a team writes, read with file and line: settings, catalog, costs, report definitions."""

from auditor.project.findings import CHECKS, Finding, Severity
from auditor.project.load import Project, check, find_root, load
from auditor.project.reports import ReportDefinition
from auditor.project.settings import Setting, Settings

__all__ = [
    "CHECKS",
    "Finding",
    "Project",
    "ReportDefinition",
    "Setting",
    "Settings",
    "Severity",
    "check",
    "find_root",
    "load",
]
