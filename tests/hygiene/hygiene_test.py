#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Plants each violation in a clean tree and sees that its rule, and only that one, finds it."""

import tempfile
import unittest
from pathlib import Path

import hygiene

SPDX = "// SPDX-License-Identifier: BSD-3-Clause\n"
HASH_SPDX = "# SPDX-License-Identifier: BSD-3-Clause\n"
HEADER = SPDX + "#pragma once\n"

CLEAN = {
    "CMakeLists.txt": HASH_SPDX,
    "framework/CMakeLists.txt": HASH_SPDX + "include/troupe/runtime.hpp\nsrc/link/ring.cpp\nsrc/caf/seam.cpp\n",
    "framework/include/troupe/runtime.hpp": HEADER + "#include <vector>\n",
    "framework/src/link/ring.hpp": HEADER,
    "framework/src/link/ring.cpp": SPDX + '#include "link/ring.hpp"\n#include "caf/seam.hpp"\n',
    "framework/src/caf/seam.hpp": HEADER,
    "framework/src/caf/shows_caf.hpp": HEADER + "#include <caf/actor.hpp>\n",
    "framework/src/caf/seam.cpp": SPDX + '#include "caf/seam.hpp"\n#include "caf/shows_caf.hpp"\n',
    "actors/CMakeLists.txt": HASH_SPDX + "include/troupe/pool.hpp src/pool/pool.cpp\n",
    "actors/include/troupe/pool.hpp": HEADER + "#include <troupe/runtime.hpp>\n",
    "actors/src/pool/chunk.hpp": HEADER,
    "actors/src/pool/pool.cpp": SPDX + '#include <troupe/pool.hpp>\n#include "pool/chunk.hpp"\n',
    "examples/CMakeLists.txt": HASH_SPDX + "troupe_example(squares CHECK --check)\n",
    "examples/squares.cpp": SPDX + "#include <sys/types.h>\n#include <troupe/pool.hpp>\n",
    "tests/CMakeLists.txt": HASH_SPDX + "main.cpp bench/ask.cpp bench/caf/ask.cpp\n",
    "tests/bench/ask.cpp": SPDX + "#include <troupe/pool.hpp>\n",
    "tests/bench/caf/ask.cpp": SPDX + "#include <caf/actor.hpp>\n",
    "tests/main.cpp": SPDX + '#include "link/ring.hpp"\nnap.sleep_for(1s);  // sleep: it is the thing tested\n',
    ".ci/tsan.supp": "# harmless because it is one word\nrace:caf::x\n",
}

# rule -> (file, its whole content, or a line to add when it begins with "+")
PLANTED = [
    ("top_level", "helpers/x.txt", "text\n"),
    ("licence_line", "examples/squares.cpp", "#include <vector>\n"),
    ("licence_line", "tests/run", "#!/bin/sh\n"),
    ("pragma_once", "framework/src/link/ring.hpp", SPDX),
    ("length", "tests/main.cpp", SPDX + "int x;\n" * 400),
    ("unfinished", "tests/main.cpp", "+// FIX" "ME later\n"),
    ("sleeps", "tests/main.cpp", "+std::this_thread::sleep_for(1s);\n"),
    ("parent_includes", "tests/main.cpp", '+#include "../framework/src/link/ring.hpp"\n'),
    ("caf_stays_inside", "framework/src/link/ring.cpp", "+#include <caf/actor.hpp>\n"),
    ("caf_stays_inside", "framework/src/link/ring.cpp", '+#include "caf/shows_caf.hpp"\n'),
    ("caf_stays_inside", "framework/include/troupe/runtime.hpp", "+#include <caf/actor.hpp>\n"),
    ("caf_stays_inside", "tests/main.cpp", '+#include "caf/actor.hpp"\n'),
    ("caf_stays_inside", "tests/bench/ask.cpp", "+#include <caf/actor.hpp>\n"),
    ("arrows", "framework/include/troupe/runtime.hpp", "+#include <troupe/pool.hpp>\n"),
    ("arrows", "framework/src/link/ring.cpp", "+#include <troupe/pool.hpp>\n"),
    ("arrows", "framework/include/troupe/runtime.hpp", '+#include "link/ring.hpp"\n'),
    ("arrows", "actors/src/pool/pool.cpp", '+#include "link/ring.hpp"\n'),
    ("arrows", "framework/src/link/ring.cpp", '+#include "troupe/pool.hpp"\n'),
    ("arrows", "examples/squares.cpp", '+#include "pool/chunk.hpp"\n'),
    ("example_includes", "examples/squares.cpp", "+#include <cereal/cereal.hpp>\n"),
    ("listed", "framework/src/link/frame.cpp", SPDX),
    ("listed", "framework/include/troupe/codec.hpp", HEADER),
    ("listed", "examples/squares_again.cpp", SPDX),
    ("listed", "tests/framework/ring_test.cpp", SPDX),
    ("suppressions", ".ci/tsan.supp", "+race:another\n"),
    ("suppressions", "tests/main.cpp", "+const char* __tsan_default_suppressions();\n"),
]


class Planted(unittest.TestCase):
    def found_with(self, path=None, text=None):
        with tempfile.TemporaryDirectory() as root:
            files = dict(CLEAN)
            if path:
                files[path] = files[path] + text[1:] if text.startswith("+") else text
            for name, content in files.items():
                place = Path(root, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(content, encoding="utf-8")
            return hygiene.violations(root)

    def test_a_clean_tree_has_no_violation(self):
        self.assertEqual(self.found_with(), [])

    def test_each_planted_violation_is_found_by_its_rule(self):
        for rule, path, text in PLANTED:
            with self.subTest(rule=rule, path=path, text=text[:60]):
                found = self.found_with(path, text)
                self.assertEqual([(f[0], f[1].split("/")[0]) for f in found], [(rule, path.split("/")[0])], found)

    def test_two_headers_of_one_name_are_found(self):
        found = self.found_with("actors/include/troupe/runtime.hpp", HEADER)
        self.assertIn("one_home_per_header", [f[0] for f in found])

    def test_a_name_taken_from_caf_is_found(self):
        found = self.found_with("framework/src/caf/config.hpp", HEADER)
        self.assertEqual([f[0] for f in found], ["caf_is_not_shadowed"])

    def test_every_rule_is_tested(self):
        tested = {rule for rule, _, _ in PLANTED} | {"one_home_per_header", "caf_is_not_shadowed"}
        self.assertEqual(tested, {rule.__name__ for rule in hygiene.RULES})


if __name__ == "__main__":
    unittest.main()
