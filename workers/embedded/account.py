"""PostgreSQL refuses to run as root: the account that it runs as then, and its way to the files."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

CANDIDATES = ("postgres", "nobody")
_READ = stat.S_IRGRP | stat.S_IROTH
_PASS = stat.S_IXGRP | stat.S_IXOTH


@dataclass(frozen=True)
class Account:
    """Whom a child process runs as."""

    uid: int
    gid: int

    @classmethod
    def to_run_as(cls) -> "Account | None":
        """None where this process may run the server itself.

        Raises:
            LookupError: We are root and the system has no account to step down to.
        """
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        for name in CANDIDATES:
            if name in known:
                return cls(uid=known[name].pw_uid, gid=known[name].pw_gid)
        raise LookupError(
            f"PostgreSQL does not run as root, and there is none of the accounts"
            f" {', '.join(CANDIDATES)}: create one (`useradd postgres`) or run as another user."
        )

    def own(self, path: Path) -> None:
        """Gives a file or folder to the account."""
        os.chown(path, self.uid, self.gid)

    def open_way_to(self, path: Path) -> None:
        """Lets the account pass through the folders above `path`; it may not list them."""
        for folder in path.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)

    def open_tree(self, root: Path) -> None:
        """Lets the account read a tree that was installed under a strict umask."""
        for path in (root, *root.rglob("*")):
            mode = path.stat().st_mode
            wanted = mode | _READ
            if path.is_dir() or mode & stat.S_IXUSR:
                wanted |= _PASS
            if wanted != mode:
                path.chmod(wanted)
