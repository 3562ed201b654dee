#include "client/cli/table.hpp"

#include "client/run/printable.hpp"

#include <algorithm>

namespace admit::client {
namespace {

struct column {
    std::size_t width = 0;
    bool empty = true;
    bool numeric = true;
};

bool is_number(const std::string& text) {
    return text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

table::table(std::vector<std::string> heading) : heading_(std::move(heading)) {}

std::vector<line> table::lines() const {
    std::vector<column> columns(heading_.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i].width = width(heading_[i]);
        for (const line& row : rows_) {
            const std::string text = printable(row[i].text);
            columns[i].width = std::max(columns[i].width, width(text));
            columns[i].numeric = columns[i].numeric && is_number(text);
            columns[i].empty = columns[i].empty && text.empty();
        }
    }
    const auto aligned = [&columns](const line& row) {
        line out;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (columns[i].empty) continue;
            const std::string text = printable(row[i].text);
            const std::string gap(columns[i].width - width(text), ' ');
            if (!out.empty()) out.push_back({"  "});
            if (columns[i].numeric) out.push_back({gap});
            out.push_back({text, row[i].how});
            if (!columns[i].numeric) out.push_back({gap});
        }
        return out;
    };
    std::vector<line> out;
    line heading;
    for (const std::string& text : heading_)
        heading.push_back({text, colour::bold});
    // Without a row no column has anything.
    if (rows_.empty())
        for (column& each : columns)
            each.empty = false;
    out.push_back(aligned(heading));
    for (const line& row : rows_)
        out.push_back(aligned(row));
    return out;
}

std::string text_of(const std::vector<line>& lines, bool colours) {
    std::string out;
    for (const line& each : lines)
        out += shown(each, colours) + "\n";
    return out;
}

}  // namespace admit::client
