"""The package unpacked, and beside it only what Lambda's runtime itself has."""

import importlib.metadata
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[3]
IN_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")
RUNTIME_CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")


def built(folder: Path) -> tuple[Path, int]:
    """Builds for this interpreter and unpacks; gives the folder and the zip's bytes."""
    package = folder / "lambda.zip"
    subprocess.run(
        [sys.executable, "deploy/aws/package.py", "--here", "--out", str(package)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    unpacked = folder / "task"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(unpacked)
    return unpacked, package.stat().st_size


def runtime(folder: Path) -> Path:
    """A folder with links to what the runtime has, and nothing else of this environment."""
    at = folder / "runtime"
    at.mkdir()
    for name in (*IN_RUNTIME, *RUNTIME_CLIENT):
        distribution = importlib.metadata.distribution(name)
        tops = {Path(str(f)).parts[0] for f in distribution.files or () if ".." not in str(f)}
        for top in tops - {"__pycache__"}:
            there = Path(str(distribution.locate_file(top)))
            if there.exists() and not (at / top).exists():
                (at / top).symlink_to(there)
    return at
