"""Backups and restores that cannot be: refused in time, clearly, and without a trace."""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import unittest

import backup_test
from backup_test import command, contents
from data_directory_test import admitd
from support.case import Case, eventually, slower
from support.message import Request, json_body
from support.server import binary


class Wrong(backup_test.Backups):
    def test_no_server(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ran = command("backup", self.file, "--listen", "127.0.0.1:%d" % free.getsockname()[1])
        self.assertEqual(ran.returncode, 69)
        self.assertIn("refused", ran.stderr)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_file_that_is_there(self):
        self.begin()
        with open(self.file, "w", encoding="ascii") as file:
            file.write("precious")
        ran = self.back_up(status=73)
        self.assertIn("--overwrite", ran.stderr)
        with open(self.file, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")
        self.back_up("--overwrite")
        self.assertGreater(os.path.getsize(self.file), 4096)
        ran = command("backup", "/dev/null", "--overwrite", "--listen", self.at())
        self.assertEqual(ran.returncode, 73)
        missing = os.path.join(self.folder, "missing", "backup")
        ran = command("backup", missing, "--listen", self.at())
        self.assertEqual((ran.returncode, ran.stdout), (73, ""))
        self.assertIn(missing, ran.stderr)

    def test_to_stdout(self):
        self.begin()
        ran = subprocess.run([binary("admitd"), "backup", "-", "--server", self.server.url],
                             capture_output=True, timeout=slower(60), check=True,
                             env=os.environ | {"TMPDIR": self.folder})
        with open(self.file, "wb") as file:
            file.write(ran.stdout)
        self.assertEqual(sorted(os.listdir(self.folder)), ["backup", "data"])
        self.restore()

    def test_what_is_not_whole_gets_no_name(self):
        """A server that breaks off, and one that sends something else."""
        for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 5000,
                       b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000,
                       b"HTTP/1.1 200 OK\r\n\r\n", b"220 mail.example\r\n\r\n"):
            with socket.create_server(("127.0.0.1", 0)) as server:
                def serve(server=server, answer=answer):
                    peer, _ = server.accept()
                    with peer:
                        peer.recv(1000)
                        peer.sendall(answer)
                thread = threading.Thread(target=serve, daemon=True)
                thread.start()
                ran = command("backup", self.file, "--listen",
                              "127.0.0.1:%d" % server.getsockname()[1])
                thread.join(slower(10))
            self.assertIn(ran.returncode, (69, 70), ran.stderr)
            self.assertEqual((ran.stdout, os.listdir(self.folder)), ("", []))

    def test_interrupted_it_leaves_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            process = subprocess.Popen(
                [binary("admitd"), "backup", self.file, "--listen",
                 "127.0.0.1:%d" % server.getsockname()[1]],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for last in (process.stdout.close, process.stderr.close, process.wait, process.kill):
                self.addCleanup(last)
            peer, _ = server.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 100)
                eventually(lambda: os.listdir(self.folder), what="a beginning")
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(slower(20)), 130)
        self.assertEqual(os.listdir(self.folder), [])

    def test_interrupted_while_it_checks_it_leaves_nothing(self):
        self.begin("--pool", "db=1000000")
        labels = {f"l{k}": "x" * 250 for k in range(16)}
        for i in range(1_000):
            value = {"pool": "db", "worker": f"w{i}", "labels": labels, "ttl_ms": 600_000}
            got = self.api.exchange(Request("POST", "/v1/acquire", json_body(value)))
            self.assertEqual(got.status, 200, got)
        self.back_up()
        size = os.path.getsize(self.file)
        os.remove(self.file)
        folder = os.path.join(self.folder, "there")
        os.mkdir(folder)

        def whole():
            return [n for n in os.listdir(folder) if n != "backup"
                    and os.path.getsize(os.path.join(folder, n)) == size]

        def interrupted(number, to):
            """Whether the signal came while there was something to interrupt."""
            with subprocess.Popen([binary("admitd"), "backup", to, "--overwrite", "--listen",
                                   self.at()], env=os.environ | {"TMPDIR": folder},
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                self.addCleanup(process.kill)
                while process.poll() is None and not whole():
                    pass
                process.send_signal(number)
                _, why = process.communicate(timeout=slower(20))
            # It may have come too late.
            if process.returncode == 0:
                return False
            self.assertEqual((process.returncode, why), (128 + number, b"admitd: interrupted\n"))
            return True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for to in (os.path.join(folder, "backup"), "-"):
                with self.subTest(number=number, to=to):
                    self.assertTrue(any(interrupted(number, to) for _ in range(20)))
                    for name in os.listdir(folder):
                        self.assertEqual(name, "backup")
                        os.remove(os.path.join(folder, name))

    def test_no_room(self):
        self.begin("--min-free", "1000000G")
        self.assert_problem(self.api.call("GET", "/v1/backup"), 503, "overloaded", "--min-free")
        self.assertIn("--min-free", self.back_up(status=69).stderr)
        self.assertEqual(self.api.call("GET", "/healthz").status, 200)

    def test_restore_into_a_directory_in_use(self):
        self.begin()
        self.back_up()
        self.copy = self.data
        self.assertIn("another server", self.restore(status=75).stderr)
        self.end(kill=False)
        before = contents(self.data)
        self.assertIn("journal.db", self.restore(status=78).stderr)
        after = contents(self.data)
        self.assertEqual({n: before[n] for n in before if n != "lock"},
                         {n: after[n] for n in after if n != "lock"})
        self.begin()

    def test_restore_beside_what_another_database_has_left(self):
        self.begin()
        self.back_up()
        os.mkdir(self.copy, 0o700)
        stray = os.path.join(self.copy, "journal.db-journal")
        with open(stray, "wb") as file:
            file.write(b"something")
        self.assertIn(stray, self.restore(status=78).stderr)
        os.remove(stray)
        self.restore()

    def test_restore_of_what_is_no_backup(self):
        self.begin()
        self.back_up()
        self.end(kill=False)
        with open(self.file, "rb") as file:
            good = file.read()

        def spoil(change):
            with open(self.file, "wb") as file:
                file.write(good)
            with sqlite3.connect(self.file) as db:
                db.execute(change)
            db.close()

        with open(self.file, "wb") as file:
            file.write(good[:len(good) // 2])
        self.restore(status=78)
        spoil("UPDATE journal SET body = zeroblob(length(body)) WHERE seq = 1")
        self.assertIn("batch 1", self.restore(status=78).stderr)
        self.assertEqual(command("inspect", self.file).returncode, 78)
        spoil("PRAGMA user_version = 1000000")
        self.assertIn("later version", self.restore(status=78).stderr)
        spoil("DELETE FROM seal")
        self.assertIn("seal", self.restore(status=78).stderr)
        os.remove(self.file)
        self.assertIn("no such file", self.restore(status=78).stderr)
        self.assertFalse(os.path.exists(self.copy))

    def test_a_restore_that_was_killed_does_not_start(self):
        self.begin()
        self.back_up()
        os.mkdir(self.copy, 0o700)
        with open(os.path.join(self.copy, "journal.restoring"), "wb"):
            pass
        ran = admitd("--data", self.copy)
        self.assertEqual(ran.returncode, 78)
        self.assertIn("repeat it", ran.stderr)
        self.assertIn("repeat it", command("inspect", self.copy).stderr)
        # It had made a key: no handle was made with that.
        for name in ("handle.key", "handle.key.restoring"):
            with open(os.path.join(self.copy, name), "wb",
                      opener=lambda p, f: os.open(p, f, 0o600)) as key:
                key.write(b"k" * 32)
        self.assertIn("no longer work", self.restore().stdout)
        self.assertEqual(sorted(os.listdir(self.copy)),
                         ["handle.key", "journal.db", "journal.mark", "lock"])
        self.data = self.copy
        self.begin()


class Ephemeral(Case):
    def test_there_is_nothing_to_back_up(self):
        self.assert_problem(self.api.call("GET", "/v1/backup"), 501, "not_implemented",
                            "--ephemeral")
        self.assertEqual(self.api.call("HEAD", "/v1/backup").status, 501)
        ran = command("backup", "/nonexistent/backup", "--server", self.server.url)
        self.assertEqual(ran.returncode, 69)
        self.assertIn("--ephemeral", ran.stderr)


class Usage(unittest.TestCase):
    def test_wrong_use_is_64_and_one_line(self):
        for args in (["backup"], ["restore"], ["inspect"], ["backup", "a", "b"], ["backup", ""],
                     ["restore", "a", "--token-above", "x"], ["inspect", "a", "--pool", "db=1"],
                     ["backup", "a", "--data", "b"], ["restore", "a", "--ephemeral"],
                     ["backup", "a", "restore", "b"], ["backup", "a", "--server", "x"],
                     ["restore", "a", "--token-above", str(1 << 53)]):
            ran = command(*args)
            self.assertEqual((ran.returncode, ran.stdout), (64, ""), args)
            self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
            self.assertTrue(ran.stderr.startswith("admitd: "), ran.stderr)

    def test_help(self):
        listed = command("--help").stdout
        for name in ("backup", "restore", "inspect"):
            self.assertRegex(listed, rf"\n +{name} ")
            ran = command(name, "--help")
            self.assertEqual(ran.returncode, 0)
            self.assertIn(name, ran.stdout)


if __name__ == "__main__":
    unittest.main()
