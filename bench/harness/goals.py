"""What was to be reached, beside what was."""

from .tables import table


def goals_of_columns(found):
    rows = {(row["load"], row["column"]): row for row in found["rows"]}

    def ratio(key, upper, lower):
        if upper in rows and lower in rows:
            return rows[upper][key] / rows[lower][key]
        return None

    for other, least in (("a", 0.80), ("b", 1.8), ("c", 1.5)):
        yield (f"requests/s, e ÷ {other}, 32 connections", "≥", least,
               ratio("per_second", ("32", "e"), ("32", other)))
    yield ("p99, e ÷ c, 32 connections", "≤", 1, ratio("p99_us", ("32", "e"), ("32", "c")))
    yield ("requests/s of e, pipelined ÷ not", "≥", 2.5,
           ratio("per_second", ("32x16", "e"), ("32", "e")))
    yield ("CPU per request, f ÷ e, 32 connections", "≤", 1.10,
           ratio("cpu_us", ("32", "f"), ("32", "e")))
    yield ("share of the thread of f that does less, 32 connections", "≥", 0.40,
           rows.get(("32", "f"), {}).get("smaller_share"))


def goals_of_generator(found):
    yield "requests/s on a, bench/load ÷ wrk", "≥", 0.95, found["ratio"]


def goals_of_parked(found):
    for row in found["rows"]:
        if row["column"] != "e":
            continue
        who = f"{row['waiters']} waiters of e"
        yield f"KiB resident, each of {who}", "≤", 8, row["bytes_each"] / 1024
        most = 1 if row["wanted"] <= 10_000 else 2
        yield f"ms to wake the right one at p99, {who}", "≤", most, row["wake_p99_us"] / 1000
        yield f"% CPU idle, {who}", "≤", 0.5, row["idle_percent"]


def goals_of_core(found):
    times, counted = found["times"], found["instructions"]

    def time(name):
        return times[name]["cpu_time"]

    yield "ns a pair, 1 000 pools and leases", "≤", 1_000, time("pair_by_leases/1000")
    yield ("time of a pair, 1 000 000 leases ÷ 1", "≤", 4,
           time("pair_by_leases/1000000") / time("pair_by_leases/1"))
    for name in ("1 000 000 leases", "100 000 leases in 100 000 pools"):
        yield (f"instructions of a pair, {name} ÷ 1 lease", "≤", 1.1,
               counted[name] / counted["1 lease"])
    yield ("instructions of a pair, 100 000 waiters ÷ 1", "≤", 1.1,
           counted["1 000 leases, 100 000 waiters"] / counted["1 000 leases, 1 waiter"])
    for name, row in times.items():
        if "expiry_longest_ms" in row:
            yield "ms, longest step of 1 000 000 expiries", "≤", 5, row["expiry_longest_ms"]


OF = {"core": goals_of_core, "columns": goals_of_columns, "generator": goals_of_generator,
      "parked": goals_of_parked}


def table_rows(found):
    for part, goals in OF.items():
        if part not in found:
            continue
        for what, sign, bound, value in goals(found[part]):
            if value is None:
                continue
            reached = value >= bound if sign == "≥" else value <= bound
            yield [what, f"{sign} {bound:g}", f"{value:.3g}", "yes" if reached else "**no**"]


def of(found):
    return table([":goal", "bound", "found", "reached"], table_rows(found))
