// What the operating system says about this process, under the names that Prometheus clients agree
// on.
#pragma once

namespace admit::telemetry {

struct process_figures {
    double cpu_seconds = 0;
    double resident_bytes = 0;
    double start_time_seconds = 0;  ///< Unix time; 0 where it cannot be told
    double open_fds = 0;
    double max_fds = 0;
};

/// Any thread. Costs a few system calls; what cannot be read is 0.
process_figures read_process_figures();

}  // namespace admit::telemetry
