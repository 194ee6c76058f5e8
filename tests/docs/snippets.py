#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks that a page shows code that is compiled: snippets.py PAGE SOURCE...

Each ```cpp block of PAGE comes right after the line <!-- snippet: NAME --> and equals what stands in a SOURCE
between the lines // [NAME] and // [/NAME], but for the indentation that all its lines have in common. Each such
piece is shown, and no two have one name. Prints each violation and exits with 1 if there is one.
"""

import re
import sys
import textwrap
from pathlib import Path


def pieces(lines):
    """Gives ({name: text}, [(line number, what is wrong)])."""
    found, wrong, name, inside = {}, [], None, []
    for number, line in enumerate(lines, 1):
        mark = re.fullmatch(r"\s*// \[(/?)([\w-]+)\]", line)
        if not mark:
            inside.append(line)
            continue
        closes, marked = mark.groups()
        if closes and marked == name:
            found[name] = textwrap.dedent("\n".join(inside)).strip("\n")
            name = None
        elif closes or name is not None:
            wrong.append((number, f"{line.strip()} does not fit: pieces begin and end one after the other"))
        else:
            if marked in found:
                wrong.append((number, f"a second piece called {marked}"))
            name, inside = marked, []
    if name is not None:
        wrong.append((len(lines), f"{name} does not end"))
    return found, wrong


def blocks(lines):
    """Yields (line number, name or None, text) of each ```cpp block."""
    start, name, inside = 0, None, []
    before = ""
    for number, line in enumerate(lines, 1):
        if start and line.strip() == "```":
            yield start, name, "\n".join(inside)
            start = 0
        elif start:
            inside.append(line)
        elif re.match(r"\s*```\s*(cpp|c\+\+)", line, re.IGNORECASE):
            marked = re.fullmatch(r"<!-- snippet: ([\w-]+) -->", before.strip())
            start, name, inside = number, marked and marked[1], []
        before = line
    if start:
        yield start, name, "\n".join(inside)


def violations(page, sources):
    page, found, compiled, home, shown = Path(page), [], {}, {}, set()
    for source in map(Path, sources):
        of_source, wrong = pieces(source.read_text(encoding="utf-8").splitlines())
        found += [f"{source}:{number}: {text}" for number, text in wrong]
        found += [f"{source}: {name} is in {home[name]} as well" for name in of_source if name in home]
        compiled |= of_source
        home |= dict.fromkeys(of_source, source)
    for number, name, text in blocks(page.read_text(encoding="utf-8").splitlines()):
        shown.add(name)
        if name is None:
            found.append(f"{page}:{number}: code without a line <!-- snippet: NAME --> just before it")
        elif name not in compiled:
            found.append(f"{page}:{number}: no source has a piece called {name}")
        elif text.strip("\n") != compiled[name]:
            found.append(f"{page}:{number}: differs from {name} in {home[name]}, which is:\n{compiled[name]}")
    found += [f"{home[name]}: {name} is not shown in {page}" for name in compiled if name not in shown]
    return found, len(shown)


def main():
    found, shown = violations(sys.argv[1], sys.argv[2:])
    for line in found:
        print(line)
    print(f"snippets: {len(found)} violations, {shown} pieces shown")
    return 1 if found or shown == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
