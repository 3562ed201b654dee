"""A test case for requests that must change nothing."""

from .case import Case


class Guarded(Case):
    """A server with a lease and a waiter standing in it, and a picture of its state."""

    args = ("--pool", "db=1")

    def setUp(self):
        super().setUp()
        self.lease = self.api.admitted("holder", ttl_ms=3_600_000)
        self.waiter = self.waiting("waiter")
        self.before = self.picture()

    def picture(self):
        """All pools without what counts or ages by itself, and who holds and waits where."""
        pools = self.api.call("GET", "/v1/pools").json["pools"]
        for pool in pools:
            pool.pop("stats")
        rows = self.api.listed("leases") + self.api.listed("waiters")
        return pools, [(row["worker"], row.get("token"), row.get("ticket")) for row in rows]

    def assert_unchanged(self):
        self.assertEqual(self.picture(), self.before)
        self.assertTrue(self.waiter.is_silent(0.01))
