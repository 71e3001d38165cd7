"""Puts the one library that the browser side uses into the assets: `python -m tools.vendor`.

It comes from npm, pinned by version and integrity, and stays readable: the file is the package's own ES module with a
notice on top. tests/test_bank.py compares what is committed with `SHA256`.
"""

import base64
import hashlib
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

NAME, VERSION = "ts-fsrs", "5.4.2"
INTEGRITY = "z4qop4pzTcyTzuJ566d9EaX/4bZZzhYfeaPImfVr+xcYT65c5oBgFDijUhCE/D+C78eaolHIhKRZ04/RwF+v2g=="
SHA256 = "7dbe0b192f756fcc34784055567856d0f96f3eeae3ea58a65d3783a404e0481e"
FOLDER = Path(__file__).parent.parent / "quiz_plugin" / "assets" / "vendor"
NOTICE = f"/*! {NAME} {VERSION}, FSRS-6. MIT licence, see {NAME}.LICENSE. Unchanged; put here by tools/vendor.py. */\n"


def package() -> bytes:
    """Return the package as npm has it; raise SystemExit where it is not the pinned one."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{NAME}@{VERSION}"]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        data = next(Path(folder).glob("*.tgz")).read_bytes()
    if base64.b64encode(hashlib.sha512(data).digest()).decode() != INTEGRITY:
        raise SystemExit(f"vendor: {NAME} {VERSION} is not the package that is pinned; nothing was changed")
    return data


def module(data: bytes) -> tuple[str, str]:
    """Return the module with its notice, and the licence, out of the package."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        texts = []
        for name in ("package/dist/index.mjs", "package/LICENSE"):
            member = archive.extractfile(name)
            if member is None:
                raise SystemExit(f"vendor: the package has no {name}")
            texts.append(member.read().decode())
    # Its source map is not served.
    lines = [line for line in texts[0].splitlines() if not line.startswith("//# sourceMappingURL=")]
    return NOTICE + "\n".join(lines) + "\n", texts[1]


def main() -> int:
    """Write both files."""
    script, licence = module(package())
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{NAME}.js").write_text(script, encoding="utf-8")
    (FOLDER / f"{NAME}.LICENSE").write_text(licence, encoding="utf-8")
    print(f"{NAME} {VERSION}: sha256 {hashlib.sha256(script.encode()).hexdigest()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
