"""Builds the wheel and tries it in environments of its own, as its users install it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BASE_IMPORTS = """
import sys
before = set(sys.modules)
import auditor, auditor.sdk.attributes
names = {name.split(".")[0] for name in set(sys.modules) - before}
extra = {n for n in names if n not in sys.stdlib_module_names} - {"auditor", "opentelemetry"}
assert not extra, f"import auditor brought {extra}"
"""


def run(*command: object, expect: int = 0) -> str:
    """Run a command, fail unless its exit code is as expected, and return what it printed."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    if done.returncode != expect:
        sys.exit(f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def environment(python: str, folder: Path, *install: object) -> Path:
    """A new environment with what is to be installed; the folder of its commands."""
    run(python, "-m", "venv", folder)
    run(folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *install)
    return folder / "bin"


def main(python: str, work: Path) -> None:
    """Try base, [check], [audit] and the lowest versions that the metadata allows."""
    run(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", work / "dist", ".")
    (wheel,) = (work / "dist").glob("*.whl")
    pins = ("-c", "constraints.txt")

    base = environment(python, work / "base", *pins, wheel)
    run(base / "python", "-c", BASE_IMPORTS)
    said = run(base / "auditor", "check", expect=2)
    assert "capability-auditor[check]" in said, said
    print("base: imports OpenTelemetry alone; `auditor check` names the extra it needs")

    check = environment(python, work / "check", *pins, f"{wheel}[check]")
    run(check / "auditor", "init", work / "project")
    run(check / "auditor", "--project", work / "project", "check")
    said = run(check / "auditor", "--project", work / "project", "status", expect=2)
    assert "capability-auditor[audit]" in said, said
    print("[check]: init and check work from the wheel; `auditor status` names the extra")

    audit = environment(python, work / "audit", *pins, f"{wheel}[audit]")
    traffic = work / "chat.jsonl"
    traffic.write_text(
        '{"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}],'
        ' "created": 1770000000}\n',
        encoding="utf-8",
    )
    for verb in (("import", traffic), ("report",), ("audit",), ("status",)):
        run(audit / "auditor", "--project", work / "project", *verb)
    run(audit / "pip", "check")
    print("[audit]: import, report, audit and status work from the wheel; pip check is clean")

    run(audit / "pip", "install", "-q", "--disable-pip-version-check", "uv")
    floor = ("--resolution", "lowest-direct", "--extra", "audit", "--python-version", "3.11")
    run(audit / "uv", "pip", "compile", "-q", "pyproject.toml", *floor, "-o", work / "lowest.txt")
    lowest = environment(python, work / "lowest", "-r", work / "lowest.txt", wheel)
    project = work / "lowest-project"
    run(lowest / "auditor", "init", project)
    for verb in (("import", traffic), ("report",), ("audit",), ("check",)):
        run(lowest / "auditor", "--project", project, *verb)
    print("lowest versions: init, import, report, audit and check work")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
