"""Holds the tree against rules.py, and shows of each check that it can fail."""

import os
import tempfile
import unittest

import checks
import rules
import tree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class TheTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = tree.read(ROOT)

    def holds(self, findings):
        found = list(findings)
        self.assertFalse(found, "\n" + "\n".join(found))

    def test_is_read_at_all(self):
        for folder in rules.ARROWS:
            self.assertTrue(any(path.startswith(folder + "/") for path in self.tree), folder)
        self.assertGreater(sum(len(source.ours) for source in self.tree.values()), 100)

    def test_includes_follow_the_arrows(self):
        self.holds(checks.arrows(self.tree))

    def test_inner_layers_know_only_the_standard_library(self):
        self.holds(checks.std_only(self.tree))

    def test_nothing_below_the_engine_reads_a_clock_a_socket_or_randomness(self):
        self.holds(checks.pure(self.tree))

    def test_heavy_headers_stay_where_they_are(self):
        self.holds(checks.heavy(self.tree))

    def test_files_have_the_form(self):
        self.holds(checks.form(self.tree))

    def test_tools_holds_run_and_test(self):
        self.holds(checks.tools(ROOT))


class EachCheckCanFail(unittest.TestCase):
    """Feeds each check a small tree that breaks it, and one that only looks like it."""

    def finds(self, check, path, text):
        sources = {path: tree.Source(path, text)}
        for name in ("proto/values.hpp", "server/core/core.hpp", "server/engine/engine.hpp",
                     "server/journal/journal.hpp", "server/main.hpp", "client/client.hpp"):
            sources.setdefault(name, tree.Source(name, "#pragma once\n"))
        return [found for found in check(sources) if found.startswith(path + ":")]

    def assert_finds(self, *arguments):
        self.assertEqual(len(self.finds(*arguments)), 1, arguments)

    def assert_passes(self, *arguments):
        self.assertEqual(self.finds(*arguments), [], arguments)

    def test_arrows(self):
        for path, header in [
            ("proto/values.cpp", "server/core/core.hpp"),
            ("server/core/core.cpp", "server/journal/journal.hpp"),
            ("server/core/core.cpp", "server/engine/engine.hpp"),
            ("server/journal/memory.cpp", "server/engine/engine.hpp"),
            ("server/http/session.cpp", "server/journal/journal.hpp"),
            ("server/http/session.cpp", "server/main.hpp"),
            ("server/config/options.cpp", "server/main.hpp"),
            ("client/policy/retry.cpp", "server/core/core.hpp"),
            ("client/policy/retry.cpp", "client/nowhere.hpp"),
            ("server/core/core.cpp", "core.hpp"),
            ("examples/worker.cpp", "client/client.hpp"),
        ]:
            self.assert_finds(checks.arrows, path, f'#include "{header}"\n')
        self.assert_finds(checks.arrows, "proto/a.cpp", '  #  include "client/client.hpp"\n')
        self.assert_passes(checks.arrows, "server/http/session.cpp",
                           '#include "server/engine/engine.hpp"\n#include "proto/values.hpp"\n')
        self.assert_passes(checks.arrows, "tests/core/a.cpp", '#include "client/client.hpp"\n')

    def test_std_only(self):
        for header in ("boost/asio/post.hpp", "nlohmann/json.hpp", "sys/socket.h", "time.h"):
            self.assert_finds(checks.std_only, "server/core/core.cpp", f"#include <{header}>\n")
        self.assert_finds(checks.std_only, "proto/codec.cpp", "#include <nlohmann/json.hpp>\n")
        self.assert_passes(checks.std_only, "proto/json.cpp", "#include <nlohmann/json.hpp>\n")
        self.assert_passes(checks.std_only, "proto/codec.cpp", "#include <string_view>\n")
        self.assert_passes(checks.std_only, "server/engine/loop.cpp", "#include <boost/asio.hpp>\n")

    def test_pure(self):
        for code in ("auto t = std::chrono::steady_clock::now();", "auto t = std::time(nullptr);",
                     "clock_gettime(0, &t);", "auto t = clock.now();", "int i = rand();",
                     "std::random_device seed;", "#include <random>", "#include <mutex>",
                     "#include <boost/asio/post.hpp>"):
            self.assert_finds(checks.pure, "server/core/core.cpp", code + "\n")
        for path in ("server/http/connection.hpp", "server/http/route_worker.cpp"):
            self.assert_finds(checks.pure, path, "#include <sys/socket.h>\n")
        for code in ("// steady_clock::now() is the engine's", 'log("now()");', "known();",
                     "time(lease.end);", "/* rand()\n rand() */"):
            self.assert_passes(checks.pure, "server/core/core.cpp", code + "\n")
        self.assert_passes(checks.pure, "server/engine/clock.cpp", "clock_gettime(0, &t);\n")

    def test_heavy(self):
        beast = "#include <boost/beast/http.hpp>\n"
        self.assert_finds(checks.heavy, "server/engine/loop.cpp", beast)
        self.assert_passes(checks.heavy, "tests/http/a.cpp", beast)
        through = {"a.hpp": tree.Source("a.hpp", beast),
                   "b.hpp": tree.Source("b.hpp", '#include "a.hpp"\n#include "b.hpp"\n'),
                   "c.cpp": tree.Source("c.cpp", '#include "b.hpp"\n')}
        self.assertIn("c.cpp:1", "\n".join(checks.heavy(through)))

    def test_form(self):
        leftover = "TO" + "DO"
        for text in ("int a;\n" * 401, "// " + "a" * 98 + "\n", "\tint a;\n",
                     f"// {leftover}: later\n"):
            self.assert_finds(checks.form, "server/core/core.cpp", text)
        self.assert_finds(checks.form, "tests/e2e/a_test.py", "a = 1\n" * 401)
        self.assert_finds(checks.form, "proto/a.hpp", "#include <array>\n#pragma once\n")
        self.assert_finds(checks.form, "proto/a.hpp", "// What it is.\n")
        self.assert_passes(checks.form, "proto/a.hpp", "// What it is.\n#pragma once\n")

    def test_tools(self):
        with tempfile.TemporaryDirectory() as root:
            os.mkdir(os.path.join(root, "tools"))
            for name in ("run", "test"):
                open(os.path.join(root, "tools", name), "w").close()
            self.assertEqual(list(checks.tools(root)), [])
            open(os.path.join(root, "tools", "deploy"), "w").close()
            self.assertEqual(len(list(checks.tools(root))), 1)


if __name__ == "__main__":
    unittest.main()
