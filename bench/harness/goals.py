"""What was to be reached, beside what was."""

from .tables import spell_load, table


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


def goals_of_memory(found):
    yield "allocations of a request in the steady state", "≤", 0.01, found["steady"]


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


def goals_of_recovery(found):
    leases = found["leases"]
    yield f"s until {leases} leases are back", "≤", 3, found["seconds_after_kill"]
    yield f"ms, p99 of any second with {leases} leases", "≤", 20, found["worst_p99_us"] / 1000


def goals_of_journal(found):
    rows = {(row["load"], row["column"]): row for row in found["rows"]}
    strict, rate = rows["64", "g"], rows["64", "e"]["per_second"]
    append_s = strict["append_us"] / 1e6
    by_disk = 0.8 * 64 / (1.5 * append_s)
    least = "0.6 × ephemeral" if 0.6 * rate <= by_disk else "0.8 × 64 / (1.5 × an append)"
    yield (f"requests/s, strict, 64 connections: {least}", "≥", round(min(0.6 * rate, by_disk)),
           strict["per_second"])
    for load, idle in found["idle"].items():
        if load != "64":
            sync_us = idle["sync_p50_us"]
            yield (f"p50 µs, strict, {spell_load(load)}: a sync ({sync_us:.0f}) + 150", "≤",
                   round(sync_us + 150), rows[load, "g"]["p50_us"])
        yield (f"requests/s, strict ÷ Redis, {spell_load(load)}", "≥", 1,
               rows[load, "g"]["per_second"] / rows[load, "i"]["per_second"])


OF = {"core": goals_of_core, "columns": goals_of_columns, "generator": goals_of_generator,
      "memory": goals_of_memory, "parked": goals_of_parked, "journal": goals_of_journal,
      "recovery": goals_of_recovery}


def table_rows(found):
    for part, goals in OF.items():
        if part not in found:
            continue
        for what, sign, bound, value in goals(found[part]):
            if value is None:
                continue
            reached = value >= bound if sign == "≥" else value <= bound
            shown = f"{value:.0f}" if value >= 1_000 else f"{value:.3g}"
            yield [what, f"{sign} {bound:g}", shown, "yes" if reached else "**no**"]


def of(found):
    return table([":goal", "bound", "found", "reached"], table_rows(found))
