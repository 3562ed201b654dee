"""What was found, as Markdown."""

from .columns import NAMES
from .journal import NAMES as JOURNALS


def table(head, rows):
    """The first columns are text as long as `head` says so by a colon."""
    line = "| " + " | ".join(name.lstrip(":") for name in head) + " |"
    rule = "|" + "|".join("---" if name.startswith(":") else "---:" for name in head) + "|"
    return "\n".join([line, rule, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def number(value, digits=0):
    """With spaces between thousands."""
    return f"{value:,.{digits}f}".replace(",", " ")


def spell_load(text):
    text, _, awake = text.partition(" ")
    if awake:
        return spell_load(text) + ", cores awake"
    connections, _, depth = text.partition("x")
    if depth:
        return f"{connections} × {depth} pipelined"
    return connections + (" connection" if connections == "1" else " connections")


def of_machine(it):
    return (f"{it['cores']} cores of {it['cpu']}, {it['memory_gib']} GiB, Linux {it['kernel']}, "
            f"{it['open_files']} open files for each process; load average "
            f"{it['load_average']:.1f}\n")


def of_others(found):
    text = f"Everybody else used {found['others_percent']:.0f} % of a core meanwhile.\n"
    if "stolen_percent" in found:
        text += (f"{found['measured_again']} measurements were made again because the hypervisor "
                 f"took the cores; it had {found['stolen_percent']:.1f} % of their time at most in "
                 "those that count.\n")
    return text


def of_columns(found):
    rates = {(row["load"], row["column"]): row["per_second"] for row in found["rows"]}
    rows = []
    for row in found["rows"]:
        own = rates.get((row["load"], "e"))
        rows.append([
            spell_load(row["load"]), f"{row['column']}: {NAMES[row['column']]}",
            number(row["per_second"]), number(row["cpu_us"], 1), number(row["p50_us"]),
            number(row["p99_us"]), number(row["p999_us"]),
            f"{own / row['per_second']:.2f}" if own else ""])
    text = table([":load", ":server", "requests/s", "CPU µs per request", "p50 µs", "p99 µs",
                  "p99.9 µs", "e ÷ it"], rows)
    text += (f"\nMedians of {found['runs']} alternating runs of {found['seconds']:g} s. "
             + of_others(found))
    for row in found["rows"]:
        if "smaller_share" in row:
            text += (f"Of f with {spell_load(row['load'])}, the thread that did less had "
                     f"{100 * row['smaller_share']:.0f} % of the CPU of both.\n")
    return text


def of_journal(found):
    head = [":load", ":server", "requests/s", "CPU µs per request", "p50 µs", "p99 µs",
            "p99.9 µs", "syncs per request", "p50 µs of a sync", "mean µs of an append",
            "records in one"]
    rows = []
    for row in found["rows"]:
        more = [number(row[key], digits) if key in row else ""
                for key, digits in (("syncs_each", 3), ("sync_us", 0), ("append_us", 0),
                                    ("records_each", 1))]
        rows.append([spell_load(row["load"]), JOURNALS[row["column"]],
                     number(row["per_second"]), number(row["cpu_us"], 1), number(row["p50_us"]),
                     number(row["p99_us"]), number(row["p999_us"]), *more])
    idle = [[spell_load(load), number(it["sync_p50_us"]), number(it["sync_p99_us"]),
             number(it["p50_us"]), number(it["wake_p50_us"])]
            for load, it in found["idle"].items()]
    return (table(head, rows) +
            f"\nMedians of {found['runs']} alternating runs of {found['seconds']:g} s. "
            + of_others(found) + "\n" +
            table([":nothing around it, in turn with", "p50 µs of a sync", "p99 µs of a sync",
                   "p50 µs of an append", "p50 µs to wake a thread on another core"], idle))


def of_recovery(found):
    rows = [["leases that live", number(found["leases"])],
            ["MiB on the disk, after they were given", number(found["file_mib"])],
            ["s until admitd is ready, after a kill", number(found["seconds_after_kill"], 2)],
            ["s until it is ready, after a snapshot and an end in order",
             number(found["seconds_after_end"], 2)],
            ["requests/s meanwhile and after, 64 connections", number(found["per_second"])],
            ["p50 ms, all of it", number(found["p50_us"] / 1000, 2)],
            ["p99 ms, median of the seconds", number(found["p99_us"] / 1000, 2)],
            ["p99 ms, worst second", number(found["worst_p99_us"] / 1000, 2)],
            ["snapshots, checkpoints in that time",
             f"{found['snapshots']:.0f}, {found['checkpoints']:.0f}"]]
    return table([":recovery", "found"], rows) + "\n" + of_others(found)


def of_generator(found):
    return table([":on a, " + spell_load(found["load"]), "requests/s"],
                 [["bench/load", number(found["ours"])], ["wrk", number(found["wrk"])],
                  ["bench/load ÷ wrk", f"{found['ratio']:.3f}"]])


def of_memory(found):
    return table([":allocations of a request, 32 connections", "found"],
                 [["while what is remembered grows", f"{found['growing']:.3f}"],
                  [f"once {number(found['remembered'])} leases have ended",
                   f"{found['steady']:.3f}"]])


def of_parked(found):
    rows = []
    for row in found["rows"]:
        rows.append([
            f"{row['column']}: {NAMES[row['column']]}", number(row["waiters"]),
            number(row["bytes_each"]), number(row["wake_p50_us"]), number(row["wake_p99_us"]),
            f"{row['idle_percent']:.2f}"])
    text = table([":server", "waiters", "bytes resident each", "wake p50 µs", "wake p99 µs",
                  "CPU % idle"], rows)
    text += "\n" + of_others(found)
    for row in found["rows"]:
        if row["stopped_by"]:
            text += (f"{row['column']}: {number(row['waiters'])} of {number(row['wanted'])}: "
                     f"{row['stopped_by']}.\n")
    return text


def of_core(found):
    times = []
    for name, row in found["times"].items():
        longest = [f"{row[key]:.1f} ms" for key in ("expiry_longest_ms", "forgetting_longest_ms")
                   if key in row]
        unit = {"ns": 1, "us": 1e3, "ms": 1e6}[row["time_unit"]]
        times.append([name, number(row["cpu_time"] * unit), ", ".join(longest)])
    counted = [[name, number(each)] for name, each in found["instructions"].items()]
    return (table([":core alone", "ns", "longest step of expiry, of forgetting"], times) + "\n" +
            table([":a pair of acquire and release with", "instructions"], counted))
