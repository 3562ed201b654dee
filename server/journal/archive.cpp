#include "server/journal/archive.hpp"

#include <utility>

namespace admit::journal {
namespace {

template <class Archive, class Admission>
void fields_of_admission(Archive& a, Admission& who) {
    a(who.pool);
    a(who.slots);
    a(who.worker);
    a(who.request_id);
    a(who.by_client);
    a(who.ttl_ms);
    a(who.ttl_given);
    a(who.start);
    a(who.labels);
}

template <class Archive, class Settings>
void fields_of_settings(Archive& a, Settings& s) {
    a(s.limit);
    a(s.mode);
    a(s.note);
    a(s.default_ttl_ms);
    a(s.max_ttl_ms);
    a(s.max_waiters);
    a(s.max_wait_ms);
    a(s.claim_ms);
    a(s.start_within_ms);
    a(s.labels);
}

}  // namespace

void field_writer::operator()(const admit::labels& all) {
    out_.number(all.size());
    for (const auto& [key, value] : all) {
        out_.text(key);
        out_.text(value);
    }
}

void field_writer::operator()(const core::admission_ref& who) {
    const std::size_t begun = out_.begin_block();
    if (who != nullptr) fields_of_admission(*this, *who);
    out_.end_block(begun);
}

void field_writer::operator()(const pool_settings& s) {
    const std::size_t begun = out_.begin_block();
    fields_of_settings(*this, s);
    out_.end_block(begun);
}

void field_reader::operator()(bool& b) {
    if (in_.at_end()) return;
    const std::uint8_t byte = in_.byte();
    if (byte > 1) in_.fail();
    b = byte == 1;
}

void field_reader::operator()(admit::labels& all) {
    if (in_.at_end()) return;
    const std::uint64_t count = in_.number();
    if (count > in_.left()) return in_.fail();
    all.clear();
    all.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string key(in_.text());
        all.emplace_back(std::move(key), in_.text());
    }
}

void field_reader::operator()(core::admission_ref& who) {
    if (in_.at_end()) return;
    const std::string_view block = in_.text();
    if (block.empty()) return;
    byte_reader in(block);
    field_reader inner(in);
    auto read = std::make_shared<core::admission>();
    fields_of_admission(inner, *read);
    if (in.failed() || !in.at_end()) return in_.fail();
    who = std::move(read);
}

void field_reader::operator()(pool_settings& s) {
    if (in_.at_end()) return;
    byte_reader in(in_.text());
    field_reader inner(in);
    fields_of_settings(inner, s);
    if (in.failed() || !in.at_end()) in_.fail();
}

}  // namespace admit::journal
