#include "server/journal/sqlite/database.hpp"

#include "server/journal/sqlite/files.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace admit::journal {
namespace {

sql_error::kind kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_ERROR:  // a table that is not there: the statements are right
        case SQLITE_SCHEMA:
        case SQLITE_MISMATCH:
        case SQLITE_CONSTRAINT:
            return sql_error::kind::damaged;
        case SQLITE_NOTADB:
            return sql_error::kind::not_a_database;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return sql_error::kind::busy;
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return sql_error::kind::refused;
        default:
            return sql_error::kind::failed;
    }
}

std::error_code errno_of(int code, int system) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return std::make_error_code(std::errc::no_space_on_device);
        case SQLITE_NOMEM:
            return std::make_error_code(std::errc::not_enough_memory);
        case SQLITE_READONLY:
            return std::make_error_code(std::errc::read_only_file_system);
        default:
            break;
    }
    return system != 0 ? std::error_code(system, std::generic_category())
                       : std::make_error_code(std::errc::io_error);
}

/// A file's name as SQLite takes it with parameters: what could mean something there is escaped.
std::string as_uri(const std::string& file) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = file.starts_with('/') ? "file://" : "file:";
    for (const char c : file) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain.find(c) != plain.npos)
            uri += c;
        else
            (uri += '%').append({digits[byte / 16], digits[byte % 16]});
    }
    return uri;
}

}  // namespace

sql_error::sql_error(kind k, std::error_code c, const std::string& what)
    : std::runtime_error(what), is(k), code(c) {}

// --- Statements

void statement::finalize::operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }

statement::statement(database& in, const char* sql) : in_(in) {
    sqlite3_stmt* made = nullptr;
    in_.must(
        sqlite3_prepare_v3(in_.handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr));
    handle_.reset(made);
}

statement& statement::bind(int parameter, std::int64_t n) {
    in_.must(sqlite3_bind_int64(handle_.get(), parameter + 1, n));
    return *this;
}

statement& statement::bind(int parameter, std::string_view blob) {
    in_.must(
        sqlite3_bind_blob64(handle_.get(), parameter + 1, blob.data(), blob.size(), SQLITE_STATIC));
    return *this;
}

bool statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    // Before the reset, which forgets the cause.
    if (code != SQLITE_DONE) {
        try {
            in_.fail(code);
        } catch (...) {
            reset();
            throw;
        }
    }
    reset();
    return false;
}

void statement::run() {
    while (step()) {}
}

void statement::reset() noexcept { sqlite3_reset(handle_.get()); }

std::int64_t statement::number(int column) {
    if (sqlite3_column_type(handle_.get(), column) != SQLITE_INTEGER) in_.fail(SQLITE_CORRUPT);
    return sqlite3_column_int64(handle_.get(), column);
}

std::string_view statement::blob(int column) {
    if (sqlite3_column_type(handle_.get(), column) != SQLITE_BLOB) in_.fail(SQLITE_CORRUPT);
    const void* const bytes = sqlite3_column_blob(handle_.get(), column);
    const int size = sqlite3_column_bytes(handle_.get(), column);
    if (bytes == nullptr && size > 0) in_.fail(SQLITE_NOMEM);
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::string statement::text(int column) {
    const auto* const chars = sqlite3_column_text(handle_.get(), column);
    return chars != nullptr ? reinterpret_cast<const char*>(chars) : "";
}

// --- The connection

void database::close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

database::database(const std::string& file, const std::string& vfs) : file_(file) {
    make_private(file_);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(
        file.c_str(), &opened,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        vfs.empty() ? nullptr : vfs.c_str());
    handle_.reset(opened);
    must(code);
    prepare();
}

database::database(const std::string& file, only_look) : file_(file) {
    // Where there is no log SQLite makes one, unless the file is said never to change; where there
    // is one it has to be read, and the locks that take a writable file are left out.
    const bool has_log = size_of(file_ + "-wal") > 0;
    const std::string uri = as_uri(file_) + (has_log ? "?vfs=unix-none" : "?immutable=1");
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(
        uri.c_str(), &opened,
        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr);
    handle_.reset(opened);
    must(code);
    prepare();
}

void database::prepare() {
    sqlite3* const opened = handle_.get();
    must(sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr));
    must(sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr));
    tidy_at_end(false);
    // Before the first look into the file: there is no shared memory then, and no other connection.
    run("PRAGMA locking_mode = EXCLUSIVE");
    run("PRAGMA cell_size_check = ON");
    run("PRAGMA secure_delete = OFF");  // Debian's default writes every deleted page again
    run("PRAGMA temp_store = MEMORY");
    run("PRAGMA mmap_size = 0");
    run("PRAGMA cache_size = -16384");
}

database::~database() = default;

void database::run(const char* sql) {
    must(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr));
}

std::int64_t database::number(const char* sql) {
    statement query(*this, sql);
    const std::int64_t n = query.step() ? query.number(0) : 0;
    query.reset();
    return n;
}

std::string database::text(const char* sql) {
    statement query(*this, sql);
    std::string t = query.step() ? query.text(0) : "";
    query.reset();
    return t;
}

void database::use_log() {
    if (text("PRAGMA journal_mode = WAL") != "wal") fail(SQLITE_CANTOPEN);
    run("PRAGMA wal_autocheckpoint = 0");
    log_begins_ = size_of(file_ + "-wal") == 0;
    sqlite3_wal_hook(
        handle_.get(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<database*>(self)->committed(pages);
            return SQLITE_OK;
        },
        this);
}

void database::committed(int log_pages) noexcept {
    log_pages_ = log_pages;
    // SQLite tells nobody of its syncs. The head of a log that begins has one of its own.
    if (std::exchange(log_begins_, false)) ++syncs_;
    if (synced_ == 1) ++syncs_;
}

void database::sync_commits(bool on) {
    if (synced_ == (on ? 1 : 0)) return;
    run(on ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    synced_ = on ? 1 : 0;
}

void database::copy_log(int how) {
    int pages = 0;
    int copied = 0;
    must(sqlite3_wal_checkpoint_v2(handle_.get(), "main", how, &pages, &copied));
    if (pages != copied) fail(SQLITE_BUSY);  // nobody else may look at it
    // The log before it is copied, the file after that.
    if (log_pages_ > 0) syncs_ += 2;
    log_pages_ = 0;
    log_begins_ = true;
}

void database::checkpoint() { copy_log(SQLITE_CHECKPOINT_PASSIVE); }
void database::empty_log() { copy_log(SQLITE_CHECKPOINT_TRUNCATE); }

void database::tidy_at_end(bool on) noexcept {
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
    int keep = on ? 0 : 1;
    sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}

void database::fail(int code) const {
    sqlite3* const h = handle_.get();
    // What the connection remembers is about this failure only where the codes agree.
    const bool knows = h != nullptr && (sqlite3_errcode(h) & 0xff) == (code & 0xff);
    const int full = knows ? sqlite3_extended_errcode(h) : code;
    const bool asks =
        kind_of(full) == sql_error::kind::failed || kind_of(full) == sql_error::kind::refused;
    const int system = asks ? system_error() : 0;
    const auto error = errno_of(full, system);
    std::string what = file_ + ": " + (knows ? sqlite3_errmsg(h) : sqlite3_errstr(code));
    if (asks)
        what += " (" + std::string(sqlite3_errstr(full)) + " " + std::to_string(full) +
                (system != 0 ? ", " + std::generic_category().message(system) : "") + ")";
    throw sql_error(kind_of(full), error, what);
}

/// What the system said of the file or its log.
int database::system_error() const noexcept {
    sqlite3* const h = handle_.get();
    if (h == nullptr) return 0;
    if (const int known = sqlite3_system_errno(h); known != 0) return known;
    int error = 0;
    for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
        sqlite3_file* f = nullptr;
        // A journal in memory has no such method.
        if (sqlite3_file_control(h, "main", which, &f) != SQLITE_OK || f == nullptr ||
            f->pMethods == nullptr || f->pMethods->xFileControl == nullptr)
            continue;
        if (f->pMethods->xFileControl(f, SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK &&
            error != 0)
            return error;
    }
    return 0;
}

void database::must(int code) const {
    if (code != SQLITE_OK) fail(code);
}

}  // namespace admit::journal
