# SPDX-License-Identifier: BSD-3-Clause
"""measure.py SIDE PROGRAMS: generates the source of one side and compiles it as the build compiles its own.

Prints the seconds of processor time and the peak memory. The source stays beside the programs.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

import sources

# The file of the build whose compiler, flags and include directories are taken.
LIKE = {"troupe": "tests/bench/actor_local.cpp", "caf": "tests/bench/caf/actor_local.cpp"}


def command_of(build, like, source):
    """The build's command for that file, for another one, and not through the cache."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].endswith(like):
            words = shlex.split(entry["command"])
            words = words[next(i for i, word in enumerate(words) if word.endswith("++")):]
            output = words.index("-o")
            return [*words[:output], "-o", os.devnull, "-c", str(source)]
    raise RuntimeError(f"{build} does not compile {like}")


def main():
    side, programs = sys.argv[1], pathlib.Path(sys.argv[2])
    build = programs.parent.parent
    folder = programs / "compile"
    folder.mkdir(exist_ok=True)
    source = folder / f"{side}.cpp"
    source.write_text(getattr(sources, side)())

    start = time.perf_counter()
    compiler = subprocess.Popen(command_of(build, LIKE[side], source))
    _, status, used = os.wait4(compiler.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        raise RuntimeError(f"{source} does not compile")
    print(json.dumps({"row": "compile_time", "unit": "s", "value": used.ru_utime + used.ru_stime,
                      "wall": wall, "megabytes": used.ru_maxrss * 1024 / 1e6, "checked": True}))


if __name__ == "__main__":
    main()
