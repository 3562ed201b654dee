"""A test case that runs `admit` against its server."""

import json

from .case import Case, slower
from .command import Command
from .contract import contract


class CliCase(Case):
    def command(self, *args, env=None, url=None):
        """A running `admit`."""
        command = Command(self.server.url if url is None else url, *args, env=env)
        self.addCleanup(command.kill)
        return command

    def admit(self, *args, env=None, url=None):
        """(status, stdout, stderr) of one that has ended."""
        return self.command(*args, env=env, url=url).end(slower(30))

    def shown(self, *args):
        """What a command that must succeed prints; it complains of nothing."""
        status, out, err = self.admit(*args)
        self.assertEqual((status, err), (0, ""), args)
        self.assertNotIn("\x1b", out)
        return out

    def json(self, schema, *args):
        """The value that it prints with --json, held against the contract."""
        out = self.shown(*args, "--json")
        value = json.loads(out)
        self.assertTrue(out.endswith("\n") and out.count("\n") == 1, out)
        node = {"$ref": f"#/components/schemas/{schema}"}
        # The validators are kept by the node's identity, so the node is kept, too.
        node = SCHEMAS.setdefault(schema, node)
        self.assertIsNone(contract().errors(node, value, closed=True), out)
        return value

    def refused(self, status, *args, hint="", **options):
        """A command that must fail: one line on stderr, nothing on stdout."""
        got, out, err = self.admit(*args, **options)
        self.assertEqual((got, out), (status, ""), (args, err))
        self.assertTrue(err.startswith("admit: ") and err.endswith("\n"), err)
        self.assertIn(hint, err)
        return err


SCHEMAS = {}
