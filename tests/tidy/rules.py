"""What the architecture says about the tree, as tables: a change here is a change of the design."""

# Who may include whom: a folder, and the folders besides itself that its files may name. A file
# belongs to the longest folder that holds it, as sender and as target of an arrow.
ARROWS = {
    "proto": [],
    "server/core": ["proto"],
    "server/journal": ["server/core", "proto"],
    "server/engine": ["server/journal", "server/core", "proto"],
    "server/telemetry": ["server/engine", "server/core", "proto"],
    "server/http": ["server/telemetry", "server/engine", "server/core", "proto"],
    "server/config": ["server/http", "server/telemetry", "server/engine", "server/journal",
                      "server/core", "proto"],
    # main.cpp, which nothing includes.
    "server": ["server/config", "server/http", "server/telemetry", "server/engine",
               "server/journal", "server/core", "proto"],
    "client": ["client/policy", "client/async", "proto"],
    "client/policy": ["client", "proto"],
    "client/async": ["client/policy", "client", "proto"],
    "client/run": ["client/policy", "client/async", "client", "proto"],
    "client/cli": ["client/run", "client/policy", "client/async", "client", "proto"],
    # The load generator knows the wire and nothing of the server's code.
    "bench/support": [],
    "bench/load": ["bench/support"],
    "bench/parked": ["bench/load", "bench/support"],
    "bench": ["bench/load", "bench/parked", "bench/support", "server/config", "server/http",
              "server/core", "proto"],
    # Only what is installed, as <admit/client/client.hpp>.
    "examples": [],
}

# The layers that know the C++ standard library and nothing else, with the exceptions by file.
STD_ONLY = ["proto", "server/core", "client/policy"]
STD_ONLY_EXCEPT = {"proto/json.cpp": "nlohmann/json.hpp"}

# What is below the engine, and the sans-IO parts on both sides of the wire: time, bytes and random
# numbers are arguments there. A name stands for a folder, or for the files that begin with it.
PURE = ["proto", "server/core", "client/policy"] + [
    "server/journal/" + name for name in ("archive", "bytes", "codec", "frame_codec", "image_codec",
                                          "journal", "memory", "open", "trouble")] + [
    "server/http/" + name for name in ("connection", "framing", "input_buffer", "message", "origin",
                                       "parameters", "plain_header", "preconditions",
                                       "reply_queue", "request", "respond", "route")]
PURE_REFUSES_HEADERS = [
    "random", "ctime", "time.h", "sys/time.h", "thread", "iostream",
    "unistd.h", "sys/socket.h", "sys/random.h", "boost/asio", "sodium.h",
]
PURE_REFUSES_CODE = (
    r"\b(steady|system|high_resolution|utc|file)_clock\b|\bnow\s*\(|\bclock(_gettime)?\s*\("
    r"|\bgettimeofday\s*\(|\bgetenv\s*\(|(?<![\w>.])(std)?::time\s*\("
    r"|\bs?rand(om)?\s*\(|\brandom_device\b"
)
# The core is deterministic as well: no lock, no thread, no log.
CORE_REFUSES_HEADERS = ["mutex", "shared_mutex", "atomic", "condition_variable", "future",
                        "fstream", "filesystem"]

# Headers that cost seconds to compile, and the only files that may reach them, directly or through
# a header of ours. The tests may reach what they like.
HEAVY = {
    "boost/beast/": ["bench/beast_server.cpp", "client/async/connection.cpp",
                     "server/http/message.cpp", "server/http/message_parser.cpp"],
    "nlohmann/": ["proto/json.cpp"],
    "prometheus/": ["server/telemetry/exposition.cpp", "server/telemetry/histogram.cpp",
                    "server/telemetry/http_metrics.cpp", "server/telemetry/metrics.cpp",
                    "server/telemetry/pool_metrics.cpp"],
    "spdlog/": ["server/telemetry/log.cpp", "server/telemetry/log_text.cpp"],
    "CLI/": ["bench/load.cpp", "bench/parked.cpp", "client/cli/arguments.cpp",
             "server/config/options.cpp"],
    "sqlite3.h": ["server/journal/sqlite/database.cpp", "server/journal/sqlite/page_copy.cpp"],
}

FILE_LINES_MAX = 400
LINE_COLUMNS_MAX = 100
# Split, so that this line is not its own finding.
LEFTOVERS = r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b"
TOOLS = ["run", "test"]
