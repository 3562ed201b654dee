// An SQLite database, as far as the journal needs one. Errors are thrown: what is to be done about
// one depends on where it comes up, never on the statement.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

struct sqlite3;
struct sqlite3_stmt;

namespace admit::journal {

class sql_error : public std::runtime_error {
public:
    enum class kind : std::uint8_t {
        damaged,  ///< what is in the file contradicts itself
        not_a_database,
        busy,     ///< another process uses it
        refused,  ///< no permission, read-only, cannot be opened
        failed,   ///< everything else
    };
    sql_error(kind, std::error_code, const std::string& what);

    const kind is;
    const std::error_code code;
};

class database;

/// A prepared statement. Parameters and columns count from 0.
class statement {
public:
    statement(database&, const char* sql);

    statement& bind(int parameter, std::int64_t);
    /// The bytes stay where they are until the statement has run.
    statement& bind(int parameter, std::string_view blob);

    /// One step; whether there is a row. After the last one the statement is ready for another run.
    bool step();
    /// Runs to the end.
    void run();
    /// Ends a run before its last row.
    void reset() noexcept;

    /// Of the row; the bytes until the next step. A column of another type is damage.
    std::int64_t number(int column);
    std::string_view blob(int column);
    std::string text(int column);

private:
    struct finalize {
        void operator()(sqlite3_stmt*) const noexcept;
    };
    database& in_;
    std::unique_ptr<sqlite3_stmt, finalize> handle_;
};

/// Ends a run where a scope ends.
class run_end {
public:
    explicit run_end(statement& s) : s_(s) {}
    ~run_end() { s_.reset(); }
    run_end(const run_end&) = delete;
    run_end& operator=(const run_end&) = delete;

private:
    statement& s_;
};

/// Says that a file is not to be changed.
enum class only_look { yes };

/// The one connection to a file. For one thread at a time.
class database {
public:
    /// Opens, and makes the file where it is missing. `vfs` may be empty. The file's lock is held
    /// from the first look into it until the end.
    database(const std::string& file, const std::string& vfs);
    /// Opens what is there only to look at it: nothing is written beside it either, and no lock is
    /// taken. For a file that nobody writes meanwhile.
    database(const std::string& file, only_look);
    ~database();
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    void run(const char* sql);
    /// The first column of the first row of a query that has one.
    std::int64_t number(const char* sql);
    std::string text(const char* sql);

    /// From now on commits go to a write-ahead log, which is copied into the file by `checkpoint`
    /// alone.
    void use_log();
    /// Whether commits are synced.
    void sync_commits(bool on);
    /// Since the log is used.
    std::uint64_t syncs() const noexcept { return syncs_; }
    /// Pages in the log, as of the newest commit.
    int log_pages() const noexcept { return log_pages_; }
    /// Copies the log into the file, syncs both, and lets the log begin anew. A failed sync is
    /// never tried again: throws, as everything does.
    void checkpoint();
    /// Likewise, and empties the log's file.
    void empty_log();

    /// Whether the log, emptied before, goes when the connection ends. Without this nothing is
    /// written then: what could not be used stays what it was.
    void tidy_at_end(bool on) noexcept;

    const std::string& file() const noexcept { return file_; }

private:
    friend class statement;
    friend class page_copy;
    void prepare();
    struct close {
        void operator()(sqlite3*) const noexcept;
    };
    [[noreturn]] void fail(int code) const;
    void must(int code) const;
    void copy_log(int how);
    void committed(int log_pages) noexcept;
    int system_error() const noexcept;

    const std::string file_;
    std::unique_ptr<sqlite3, close> handle_;
    int log_pages_ = 0;
    int synced_ = -1;  ///< unknown
    bool log_begins_ = false;  ///< with the next commit
    std::uint64_t syncs_ = 0;
};

}  // namespace admit::journal
