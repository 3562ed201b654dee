"""The real curl does the whole job, from a shell script and call by call."""

import json
import os
import subprocess
import tempfile
import unittest

from support.case import Case
from support.contract import contract
from support.message import Request
from support.wire import Wire

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "curl_test.sh")


class Curl(Case):
    args = ()

    def test_a_shell_script_does_the_whole_job(self):
        host = f"{self.server.address[0]}:{self.server.address[1]}"
        with tempfile.NamedTemporaryFile() as second:
            ran = subprocess.run(
                ["sh", SCRIPT, host, second.name], capture_output=True, text=True, timeout=50
            )
        self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran.stdout)
        wanted = ["put: 201", "acquire: 200", "refused: 429", "renew: 200", "release: released"]
        wanted += ["waited: report", "second: released", "again: already_released", "active: 0"]
        self.assertEqual(ran.stdout.splitlines(), wanted)

    def curl(self, method, target, value, *options):
        """One call by curl, held against the contract like all others."""
        body = json.dumps(value)
        command = ["curl", "-sS", "-i", "-X", method, self.server.url + target, "-d", body]
        ran = subprocess.run([*command, *options], capture_output=True, timeout=30, check=True)
        reader = Wire.__new__(Wire)
        reader.buffer, reader.seconds = ran.stdout, 0
        response = reader.read(method)
        contract().check(Request(method, target, body.encode()), response)
        return response

    def test_the_lines_of_the_contract_page(self):
        self.assertEqual(self.curl("PUT", "/v1/pools/db", {"limit": 2}).status, 201)
        asked = {"pool": "db", "worker": "backup", "wait_ms": 30000}
        lease = self.curl("POST", "/v1/acquire", asked)
        self.assertEqual(lease.status, 200)
        released = self.curl("POST", "/v1/release", {"handle": lease.json["handle"]})
        self.assertEqual(released.json["status"], "released")

    def test_content_types_do_not_matter(self):
        for media in ("text/plain", "application/json", "application/x-nonsense", ""):
            with self.subTest(media):
                header = ("-H", f"Content-Type: {media}" if media else "Content-Type:")
                got = self.curl("POST", "/v1/acquire", {"worker": "w", "ttl_ms": 1000}, *header)
                self.assertEqual(got.status, 200)
                self.curl("POST", "/v1/release", {"handle": got.json["handle"]})

    def test_curl_may_expect_100_continue(self):
        got = self.curl("POST", "/v1/acquire", {"worker": "w"}, "-H", "Expect: 100-continue")
        self.assertEqual((got.status, [i.status for i in got.interim]), (200, [100]))


if __name__ == "__main__":
    unittest.main()
