#include "server/telemetry/exposition.hpp"

#include <prometheus/text_serializer.h>

namespace admit::telemetry {
namespace {

prometheus::ClientMetric labelled(const series_labels& labels) {
    prometheus::ClientMetric sample;
    sample.label.reserve(labels.size());
    for (const auto& [name, value] : labels) {
        prometheus::ClientMetric::Label label;
        label.name = name;
        label.value = value;
        sample.label.push_back(std::move(label));
    }
    return sample;
}

}  // namespace

void exposition::gauge(std::string name, std::string help) {
    begin(std::move(name), std::move(help), prometheus::MetricType::Gauge);
}

void exposition::counter(std::string name, std::string help) {
    begin(std::move(name), std::move(help), prometheus::MetricType::Counter);
}

void exposition::histograms(std::string name, std::string help) {
    begin(std::move(name), std::move(help), prometheus::MetricType::Histogram);
}

void exposition::add(double value, const series_labels& labels) {
    prometheus::ClientMetric sample = labelled(labels);
    if (families_.back().type == prometheus::MetricType::Counter)
        sample.counter.value = value;
    else
        sample.gauge.value = value;
    families_.back().metric.push_back(std::move(sample));
}

void exposition::add(const histogram& values, const series_labels& labels) {
    prometheus::ClientMetric sample = labelled(labels);
    values.collect(sample);
    families_.back().metric.push_back(std::move(sample));
}

std::string exposition::text() && {
    std::erase_if(families_, [](const prometheus::MetricFamily& f) { return f.metric.empty(); });
    return prometheus::TextSerializer().Serialize(families_);
}

void exposition::begin(std::string name, std::string help, prometheus::MetricType type) {
    prometheus::MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = type;
    families_.push_back(std::move(family));
}

}  // namespace admit::telemetry
