#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the rules of the house: hygiene.py ROOT prints each violation and exits with 1 if there is one.

A rule is a function that takes the tree and yields (path, line number, what is wrong and what to do).
"""

import re
import subprocess
import sys
from pathlib import Path

TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md",
             "framework", "actors", "examples", "tests", "docs"}
LONGEST_FILE = 400
CPP = {".cpp", ".hpp"}


class Tree:
    """The files of the project: what git would commit, or everything if this is no git repository."""

    def __init__(self, root):
        self.root = Path(root)
        self.paths = sorted(p for p in self._names() if (self.root / p).is_file())

    def _names(self):
        git = ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        if (self.root / ".git").exists():
            listed = subprocess.run(git, capture_output=True, text=True, check=False)
            if listed.returncode == 0:
                return [name for name in listed.stdout.split("\0") if name]
        return [path.relative_to(self.root).as_posix() for path in self.root.rglob("*")
                if path.relative_to(self.root).parts[0] not in (".git", "build")]

    def lines(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace").splitlines()

    def exists(self, path):
        return (self.root / path).is_file()

    def cpp(self, *folders):
        return [p for p in self.paths if Path(p).suffix in CPP and p.startswith(folders or "")]

    def includes(self, path):
        """Yields (line number, bracket, included name)."""
        for number, line in enumerate(self.lines(path), 1):
            found = re.match(r'\s*#\s*include\s*([<"])([^">]+)[">]', line)
            if found:
                yield number, found[1], found[2]


def top_level(tree):
    for entry in sorted({path.split("/")[0] for path in tree.paths}):
        if entry not in TOP_LEVEL and not entry.startswith("."):
            yield entry, 0, "not an entry of the fixed top level; put it into one of the folders"


def licence_line(tree):
    for path in tree.paths:
        name = Path(path)
        first = tree.lines(path)[:3]
        script = bool(first) and first[0].startswith("#!")
        source = (name.suffix in CPP | {".py", ".sh", ".cmake"} or path.endswith(".cmake.in")
                  or name.name == "CMakeLists.txt")
        if (script or source) and not any("SPDX-License-Identifier: BSD-3-Clause" in l for l in first):
            yield path, 1, "begins without its SPDX-License-Identifier line"


def pragma_once(tree):
    for path in tree.cpp():
        if path.endswith(".hpp") and "#pragma once" not in tree.lines(path):
            yield path, 1, "a header without #pragma once"


def length(tree):
    for path in tree.cpp():
        count = len(tree.lines(path))
        if count > LONGEST_FILE:
            yield path, count, f"longer than {LONGEST_FILE} lines; split it by responsibility"


def unfinished(tree):
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    for path in tree.paths:
        for number, line in enumerate(tree.lines(path), 1):
            if marks.search(line):
                yield path, number, "a mark of unfinished work"


def sleeps(tree):
    """A sleep in a test hides an event that should be waited for."""
    nap = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b")
    for path in tree.cpp("tests/"):
        for number, line in enumerate(tree.lines(path), 1):
            if nap.search(line) and "// sleep:" not in line:
                yield path, number, "a sleep in a test; wait for the event, or end the line with '// sleep: reason'"


def parent_includes(tree):
    for path in tree.cpp():
        for number, _, name in tree.includes(path):
            if ".." in name.split("/"):
                yield path, number, f"includes {name}; name it from the include directory"


def caf_stays_inside(tree):
    """Only framework/src/caf sees CAF, and its headers that show CAF stay inside as well. (And CAF as a peer.)"""
    inside = "framework/src/caf/"
    may = (inside, "tests/framework/caf/", "tests/bench/caf/", "tests/bench/basp/")
    shows_caf = {p for p in tree.cpp(inside) if p.endswith(".hpp")
                 and any(b == "<" and n.startswith("caf/") for _, b, n in tree.includes(p))}
    grown = True
    while grown:
        more = {p for p in tree.cpp(inside) if p.endswith(".hpp") and p not in shows_caf
                and any(f"framework/src/{n}" in shows_caf for _, b, n in tree.includes(p) if b == '"')}
        shows_caf |= more
        grown = bool(more)
    for path in tree.cpp():
        if path.startswith(may):
            continue
        for number, bracket, name in tree.includes(path):
            if name.startswith("caf/") and (bracket == "<" or not tree.exists(f"framework/src/{name}")):
                yield path, number, f"includes CAF's <{name}>; only {inside} may"
            elif f"framework/src/{name}" in shows_caf:
                yield path, number, f'includes "{name}", which shows CAF; only {inside} may'


def caf_is_not_shadowed(tree):
    """framework/src is searched before CAF's own directory."""
    for path in tree.cpp("framework/src/caf/"):
        if Path("/usr/include/caf", Path(path).name).is_file():
            yield path, 1, "has the name of a header of CAF and would be found in its place; rename it"


def arrows(tree):
    """examples -> actors -> framework: nobody includes against the arrow, or another's private headers."""
    framework, actors = "framework/include/", "actors/include/"
    allowed = {  # where -> (public headers, private headers)
        framework: ([framework], []),
        "framework/src/": ([framework], ["framework/src/"]),
        actors: ([framework, actors], []),
        "actors/src/": ([framework, actors], ["actors/src/"]),
        "examples/": ([framework, actors], []),
        "tests/consumer/": ([framework, actors], []),
    }
    for place, (public, private) in allowed.items():
        for path in tree.cpp(place):
            for number, bracket, name in tree.includes(path):
                beside = (Path(path).parent / name).as_posix()
                if name.startswith("troupe/"):
                    if not any(tree.exists(base + name) for base in public):
                        yield path, number, f"includes <{name}>, which is in none of: {', '.join(public)}"
                elif bracket == '"' and not name.startswith("caf/"):
                    own = private if private else ([] if "include/" in place else [beside[:-len(name)]])
                    if not any(tree.exists(base + name) for base in own):
                        yield path, number, f'includes "{name}", which is not a header of its own part'


def example_includes(tree):
    """People copy examples: the public headers, std and POSIX are all they need."""
    posix = ("troupe/", "sys/", "netinet/", "arpa/", "linux/")
    for path in tree.cpp("examples/"):
        for number, bracket, name in tree.includes(path):
            if bracket == "<" and "/" in name and not name.startswith(posix):
                yield path, number, f"an example includes <{name}>; only <troupe/...>, std and POSIX"


def one_home_per_header(tree):
    framework, actors = "framework/include/", "actors/include/"
    for path in tree.cpp(actors):
        if tree.exists(framework + path.removeprefix(actors)):
            yield path, 1, "framework/ has a public header of that name too"


def listed(tree):
    """What no CMakeLists.txt names is neither built nor installed, and nobody notices."""
    for path in tree.cpp("framework/", "actors/", "examples/", "tests/"):
        if path.startswith("tests/") and not path.endswith(".cpp") or path.startswith("examples/") and path.endswith(".hpp"):
            continue
        if "/src/" in path and path.endswith(".hpp"):
            continue
        if not any(_names_it(tree, path, parent) for parent in Path(path).parents):
            yield path, 1, "no CMakeLists.txt above it lists it"


def _names_it(tree, path, folder):
    lists = (folder / "CMakeLists.txt").as_posix()
    if not tree.exists(lists):
        return False
    words = set()
    for line in tree.lines(lists):
        code = line.split("#")[0]
        words.update(re.findall(r"[\w./+-]+", code))
        words.update(name + ".cpp" for name in re.findall(r"troupe_(?:example|bench)\((\w+)", code))
    return Path(path).relative_to(folder).as_posix() in words


def suppressions(tree):
    """A sanitizer report is silenced in .ci/*.supp only, with a reason on the line before."""
    for path in tree.paths:
        if path.startswith(".ci/") and path.endswith(".supp"):
            before = ""
            for number, line in enumerate(tree.lines(path), 1):
                if line.strip() and not line.startswith("#") and not before.startswith("#"):
                    yield path, number, "a suppression without a comment just before it that says why"
                before = line
    hidden = re.compile(r"__(asan|lsan|tsan|ubsan)_default_(options|suppressions)|no_sanitize")
    for path in tree.cpp():
        for number, line in enumerate(tree.lines(path), 1):
            if hidden.search(line):
                yield path, number, "silences a sanitizer in code; use .ci/*.supp"


RULES = [top_level, licence_line, pragma_once, length, unfinished, sleeps, parent_includes, caf_stays_inside,
         caf_is_not_shadowed, arrows, example_includes, one_home_per_header, listed, suppressions]


def violations(root):
    tree = Tree(root)
    return [(rule.__name__, *found) for rule in RULES for found in rule(tree)]


def main():
    found = violations(sys.argv[1])
    for rule, path, line, text in found:
        print(f"{path}:{line}: {text} [{rule}]")
    print(f"hygiene: {len(found)} violations, {len(RULES)} rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
