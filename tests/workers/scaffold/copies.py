"""A copy of the source tree that a test may write into, and programs run in it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.command import ROOT

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".souk", ".*_cache", "__pycache__", "*.egg-info", "build", "images"
)


@dataclass(frozen=True)
class Ran:
    """What a program said."""

    code: int
    out: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n{self.out[-6000:]}"


@dataclass(frozen=True)
class Copy:
    """A source tree under version control of its own."""

    root: Path

    def run(self, *words: str) -> Ran:
        """Runs a module of this Python, with the copy's sources before all others."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SOUK_")}
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env={**clean, "PYTHONPATH": str(self.root), "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Ran(done.returncode, done.stdout)

    def tool(self, name: str, *words: str) -> Ran:
        """Runs a program that stands beside this Python."""
        done = subprocess.run(
            [Path(sys.executable).with_name(name), *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Ran(done.returncode, done.stdout)

    def changed(self) -> dict[str, str]:
        """What `git status` says of each file: `??` for a new one, `M` for a changed one."""
        said = self._git("status", "--porcelain", "--untracked-files=all")
        return {line[3:]: line[:2].strip() for line in said.splitlines()}

    def added_lines(self, path: str) -> list[str]:
        """Lines that a tracked file has got since; every removed one is an error."""
        lines = self._git("diff", "--unified=0", "--", path).splitlines()
        assert not [x for x in lines if x.startswith("-") and not x.startswith("---")], lines
        return [x[1:] for x in lines if x.startswith("+") and not x.startswith("+++")]

    def _git(self, *words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout


def copied(place: Path) -> Copy:
    """Copies the tree as it is on disk, and commits it."""
    shutil.copytree(ROOT, place, ignore=LEFT_OUT)
    copy = Copy(place)
    copy._git("init", "--quiet")
    copy._git("add", "--all", "--force")
    copy._git(
        "-c", "user.name=walk", "-c", "user.email=walk@example.invalid",
        "commit", "--quiet", "--message", "as it is",
    )  # fmt: skip
    return copy
