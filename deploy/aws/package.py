"""`make lambda`: the functions' package, as small as it works, with pinned and hashed wheels.

What goes in is what the handlers import, asked of an interpreter of their own: a list kept by hand
would be too long or too short. boto3 stays out, since Lambda's runtime has it.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HANDLERS = ("bridge.aws.notifications", "bridge.aws.objects")
IN_RUNTIME = frozenset({"boto3", "botocore", "s3transfer", "python-dateutil", "six", "jmespath"})
NOT_NEEDED = frozenset(
    {
        *("rich", "pygments", "greenlet", "simplejson", "souk", "markdown-it-py", "setuptools"),
        # The functions speak OpenTelemetry's API alone; a layer brings SDK and exporter.
        *("attrs", "opentelemetry-sdk", "opentelemetry-semantic-conventions"),
    }
)
"""Imported where they happen to be installed, by others that do without them."""
NEEDED = frozenset({"jmespath"})
"""Of those that the runtime has: Powertools declares it, and wants its own."""
DROPPED = (
    *("**/__pycache__", "**/*.pyi", "bin", "**/tests", "**/RECORD", "**/INSTALLER"),
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
)
PLATFORMS = {"arm64": "aarch64", "x86_64": "x86_64"}
STAMP = (2020, 1, 1, 0, 0, 0)
"""Of all files, so that equal contents make an equal package."""
ASK = """
import importlib, importlib.metadata as m, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
of = m.packages_distributions()
tops = {name.partition(".")[0] for name in sys.modules}
files = [x.__file__ for x in sys.modules.values() if getattr(x, "__file__", None)]
azure = [d for d in m.distributions() if d.metadata["Name"] in ("azure-core", "azure-servicebus")]
print(json.dumps({"files": files, "distributions": sorted(
    {d.lower() for top in tops - {"azure"} for d in of.get(top, ())}
    | {d.metadata["Name"] for d in azure if "azure" in tops})}))
"""


def main() -> None:
    """Builds the package and says how large it is."""
    parser = argparse.ArgumentParser(prog="deploy.aws.package", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "lambda.zip")
    parser.add_argument("--arch", choices=sorted(PLATFORMS), default="arm64")
    parser.add_argument("--python", default="3.13", help="version of Lambda's runtime")
    parser.add_argument("--compile-with", default="", help="an interpreter of that version")
    parser.add_argument("--here", action="store_true", help="for this machine and interpreter")
    options = parser.parse_args()
    readers = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted(ROOT.glob("channels/*/ingress.py"))
    ]
    asked = asked_of((*HANDLERS, *readers))
    imported = {re.sub(r"[-_.]+", "-", name).lower() for name in asked["distributions"]}
    wanted = (imported - IN_RUNTIME - NOT_NEEDED) | NEEDED
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = _copy_ours(asked["files"], folder)
        _install(wanted, folder, [] if options.here else _platform(options.arch, options.python))
        _drop(folder)
        named = options.compile_with or f"python{options.python}"
        compiled = _compile(folder, sys.executable if options.here else named)
        _zip(folder, options.out)
        unpacked = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    what = "this machine" if options.here else f"python{options.python} {options.arch}"
    print(  # noqa: T201 - what the target is for
        f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB for {what}"
        f" ({unpacked / 1e6:.1f} MB unpacked), {ours} files of ours,"
        f" {len(wanted)} distributions: {', '.join(sorted(wanted))}"
    )
    if not compiled:
        print(  # noqa: T201
            f"Without bytecode, as {named} does not run here; with it a cold start takes a third"
            " of the time. Name one: make lambda LAMBDA_PYTHON=/path/to/python3.13"
        )


def asked_of(modules: tuple[str, ...]) -> dict[str, list[str]]:
    """What these modules import: files, and distributions."""
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", ASK, *modules], check=True, capture_output=True, text=True, cwd=ROOT
    )
    said: dict[str, list[str]] = json.loads(done.stdout)
    return said


def _copy_ours(files: list[str], folder: Path) -> int:
    """Files of the checkout, and the `__init__` of each package they are in."""
    venv = ROOT / ".venv"
    paths = {Path(file).resolve() for file in files}
    ours = {p for p in paths if p.is_relative_to(ROOT) and not p.is_relative_to(venv)}
    ours.add(ROOT / "channels" / "registry.toml")
    for path in sorted(ours):
        to = folder / path.relative_to(ROOT)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    return len(ours)


def _platform(arch: str, version: str) -> list[str]:
    machine = PLATFORMS[arch]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in (34, 28, 17)]
    tags.append(f"manylinux2014_{machine}")
    platform = [word for tag in tags for word in ("--platform", tag)]
    return [*platform, "--python-version", version, "--implementation", "cp"]


def _install(wanted: set[str], folder: Path, platform: list[str]) -> None:
    """By pip, of the versions and with the hashes of `requirements.lock`."""
    locked = dict(_locked((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    missing = sorted(wanted - set(locked))
    if missing:
        raise SystemExit(f"Not in requirements.lock: {', '.join(missing)}. Run `make lock`.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(locked[name] for name in sorted(wanted)))
        file.flush()
        subprocess.run(  # noqa: S603 - pip of this interpreter
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
                *("--disable-pip-version-check", "--no-compile", "--only-binary", ":all:"),
                *("--require-hashes", "--requirement", file.name, "--target", str(folder)),
                *platform,
            ],
            check=True,
        )


def _locked(text: str) -> list[tuple[str, str]]:
    """Each distribution with its pin and hashes, without the marker: here it is wanted."""
    found = []
    for block in re.split(r"\n(?=\S)", text):
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", block):
            hashes = re.findall(r"--hash=\S+", block)
            found.append((match[1].lower(), f"{match[1]}=={match[2]} {' '.join(hashes)}"))
    return found


def _drop(folder: Path) -> None:
    for pattern in DROPPED:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _compile(folder: Path, interpreter: str) -> bool:
    """Bytecode beside the sources: a function cannot write it, and would compile at each start."""
    found = shutil.which(interpreter)
    probe = [found, "-c", "pass"] if found else []
    # What is on the path may be a shim for versions that are not switched on.
    if not found or subprocess.run(probe, check=False, capture_output=True).returncode:  # noqa: S603
        return False
    words = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder)]
    subprocess.run([found, *words], check=True)  # noqa: S603 - Python
    return True


def _zip(folder: Path, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), STAMP)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    main()
