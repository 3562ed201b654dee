// A page of metrics in the making: families of prometheus-cpp, filled a sample at a time and
// written as Prometheus text by its serializer, which does the escaping.
#pragma once

#include "server/telemetry/histogram.hpp"

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace admit::telemetry {

/// Label names and values; values are any text.
using series_labels = std::vector<std::pair<std::string, std::string>>;

class exposition {
public:
    /// Begins a family; the samples that follow belong to it. `help`: one line for people.
    void gauge(std::string name, std::string help);
    void counter(std::string name, std::string help);
    void histograms(std::string name, std::string help);

    /// A sample of the current family.
    void add(double value, const series_labels& labels = {});
    void add(const histogram& values, const series_labels& labels = {});

    /// The text; families without a sample are left out.
    std::string text() &&;

private:
    void begin(std::string name, std::string help, prometheus::MetricType type);

    std::vector<prometheus::MetricFamily> families_;
};

}  // namespace admit::telemetry
