#!/usr/bin/env python3
"""Makes the package: every file but these tools and what begins with a dot, in a fixed order with fixed times, so that the same files give the same bytes."""
import json
import pathlib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
LEFT_OUT = {"run-tests.py", "pack.py", "__pycache__"}

manifest = json.loads((HERE / "plugin.json").read_text("utf-8"))
target = HERE / f"{manifest['id']}-{manifest['version']}.zip"
paths = sorted(p.relative_to(HERE).as_posix() for p in HERE.rglob("*") if p.is_file())
paths = [p for p in paths if p.endswith(".zip") is False and not any(part in LEFT_OUT or part.startswith(".") for part in p.split("/"))]
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
    for path in paths:
        entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o100644 << 16, 3
        package.writestr(entry, (HERE / path).read_bytes())
print(f"{target.name}: {len(paths)} files, {target.stat().st_size:,} bytes")
