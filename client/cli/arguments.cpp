#include "client/cli/arguments.hpp"

#include "client/cli/declarations.hpp"
#include "client/cli/help.hpp"
#include "client/cli/readers.hpp"
#include "client/run/exit_status.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>

namespace admit::client {
namespace {

/// The words and options of one command, with a parser's behind them.
class declared final : public declarations {
public:
    explicit declared(CLI::App& app) : app_(app) {}

    CLI::App& app() const noexcept { return app_; }

    void word(const char* name, const char* about, reader read) override {
        single(name, about, std::move(read))->required();
    }
    void optional_word(const char* name, const char* about, reader read) override {
        single(name, about, std::move(read));
    }
    void words(const char* name, const char* about, reader read) override {
        several(name, about, std::move(read))->required();
    }
    void option(const char* names, const char* value, const char* about, reader read) override {
        single(names, about, std::move(read))->type_name(value);
    }
    void repeated_option(const char* names, const char* value, const char* about,
                         reader read) override {
        several(names, about, std::move(read))->type_name(value)->allow_extra_args(false);
    }
    void flag(const char* names, const char* about, bool& given) override {
        app_.add_flag(names, given, about);
    }
    void environment(const char* name, const char* variable) override {
        app_.get_option(name)->envname(variable);
    }
    void exclude(const char* one, const char* other) override {
        app_.get_option(one)->excludes(other);
    }
    void check(std::function<void()> what) override { checks_.push_back(std::move(what)); }

    /// Hands on what was written.
    void read() const {
        for (const written& each : written_) {
            if (each.parsed->empty()) continue;
            for (const std::string& text : each.texts)
                each.read(text);
        }
        for (const auto& each : checks_)
            each();
    }

private:
    struct written {
        CLI::Option* parsed = nullptr;
        std::vector<std::string> texts;
        reader read;
    };

    CLI::Option* single(const char* names, const char* about, reader read) {
        written_.push_back({nullptr, {std::string{}}, std::move(read)});
        written& at = written_.back();
        return at.parsed = app_.add_option(names, at.texts.front(), about);
    }
    CLI::Option* several(const char* names, const char* about, reader read) {
        written_.push_back({nullptr, {}, std::move(read)});
        written& at = written_.back();
        return at.parsed = app_.add_option(names, at.texts, about);
    }

    CLI::App& app_;
    std::deque<written> written_;  // the parser keeps references to its elements
    std::vector<std::function<void()>> checks_;
};

/// The parser of the whole line.
class parser {
public:
    explicit parser(arguments& into);

    void parse(std::vector<std::string> words);
    /// Of the whole, or of the command that was named before --help.
    std::string help() const;
    /// What is wrong with the line, and what would be right where the error itself does not know.
    std::string correction(const CLI::ParseError&) const;

private:
    void add(const command&);
    CLI::App& chosen() const;
    std::string path() const;
    std::string no_such_command() const;
    std::string no_such_option(const std::string& written) const;
    bool is_run() const { return chosen().get_name() == "run"; }

    arguments& into_;
    CLI::App app_{help::about, "admit"};
    declared common_{app_};
    CLI::App* group_ = &app_;  ///< what the next command of two words belongs to
    std::deque<std::pair<const command*, declared>> commands_;
};

parser::parser(arguments& into) : into_(into) {
    app_.footer("\n" + help::footer());
    app_.set_version_flag("--version", "admit " ADMIT_VERSION);
    common_.option("--url", "URL",
                   "where the server is, or several with commas [http://127.0.0.1:8080]",
                   [&into](const std::string& text) {
                       auto servers = parse_addresses(text);
                       if (!servers)
                           throw misuse{"'" + text + "' is no server; write http://host:port"};
                       into.servers = std::move(*servers);
                   });
    common_.environment("--url", "ADMIT_URL");
    app_.require_subcommand(1);
    for (const command& each : commands())
        add(each);
}

void parser::add(const command& what) {
    const std::size_t space = what.name.find(' ');
    const bool inner = space != std::string_view::npos;
    CLI::App* const parent = inner ? group_ : &app_;
    CLI::App* const sub = parent->add_subcommand(
        std::string{inner ? what.name.substr(space + 1) : what.name}, std::string{what.about});
    sub->fallthrough();  // --url is everywhere
    sub->footer("\n" + std::string{what.help});
    if (what.run == nullptr) {
        sub->require_subcommand(1);
        group_ = sub;
        return;
    }
    what.declare(commands_.emplace_back(&what, *sub).second, into_);
}

void parser::parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());
    app_.parse(words);
    common_.read();
    for (const auto& [what, declared] : commands_) {
        if (!declared.app().parsed()) continue;
        into_.what = what;
        declared.read();
    }
}

CLI::App& parser::chosen() const {
    CLI::App* at = const_cast<CLI::App*>(&app_);
    while (!at->get_subcommands().empty())
        at = at->get_subcommands().front();
    return *at;
}

std::string parser::path() const {
    std::string out = "admit";
    const CLI::App* at = &app_;
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
        out += " " + at->get_name();
    }
    return out;
}

std::string parser::help() const {
    const CLI::App& at = chosen();
    const std::string above = path().substr(0, path().rfind(' '));
    std::string text = &at == &app_ ? app_.help() : at.help(above);
    if (!is_run()) return text;
    // The part after `--` is not the parser's, so it does not know of it.
    const std::string usage = "[OPTIONS] POOL";
    const std::size_t found = text.find(usage);
    if (found != std::string::npos) text.insert(found + usage.size(), " -- COMMAND ARGS...");
    return text;
}

std::string parser::no_such_command() const {
    const CLI::App& group = chosen();
    std::vector<std::string> names;
    std::string all;
    for (const CLI::App* each : group.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(each->get_name());
        all += (all.empty() ? "" : ", ") + each->get_name();
    }
    const std::vector<std::string> rest = app_.remaining(true);
    const auto word = std::find_if(rest.begin(), rest.end(),
                                   [](const std::string& each) { return !each.starts_with('-'); });
    if (word == rest.end())
        return rest.empty() ? "the command is missing: " + all : no_such_option(rest.front());
    const std::string hint = did_you_mean(*word, {names.begin(), names.end()});
    return path() + " has no command '" + *word + "'" +
           (hint.empty() ? "; there are " + all : hint);
}

std::string parser::no_such_option(const std::string& written) const {
    const std::string name = written.substr(0, written.find('='));
    std::vector<std::string> names;
    for (const CLI::App* app : {static_cast<const CLI::App*>(&chosen()), &app_})
        for (const CLI::Option* option : app->get_options())
            for (const std::string& each : option->get_lnames())
                names.push_back("--" + each);
    const std::string hint = did_you_mean(name, {names.begin(), names.end()});
    return path() + " has no option '" + name + "'" + hint;
}

std::string parser::correction(const CLI::ParseError& e) const {
    const std::vector<std::string> rest = app_.remaining(true);
    std::string text = e.what();
    const bool of_group = chosen().get_require_subcommand_min() > 0;
    if (of_group && dynamic_cast<const CLI::RequiredError*>(&e) != nullptr)
        text = no_such_command();
    // An option that is not one is the reason for whatever else is missing.
    else if (!rest.empty() && rest.front().size() > 1 && rest.front().front() == '-')
        text = no_such_option(rest.front());
    else if (is_run() && dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr)
        text += "\nWrite -- before the command: admit run [OPTIONS] POOL -- COMMAND ARGS...";
    else if (!rest.empty())
        text = path() + " has no use for '" + rest.front() + "'";
    return text + "\nTry " + path() + " --help.";
}

/// Splits `admit run … -- COMMAND ARGS…` at the first `--`: the command's words are nobody's
/// options.
std::vector<std::string> split_command(std::vector<std::string>& words) {
    const auto run = std::find(words.begin(), words.end(), "run");
    const auto mark = std::find(run, words.end(), "--");
    if (mark == words.end()) return {};
    std::vector<std::string> command{mark + 1, words.end()};
    words.erase(mark, words.end());
    return command;
}

}  // namespace

std::variant<arguments, early_end> parse_arguments(int argc, const char* const* argv) {
    arguments out;
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    out.run.command = split_command(words);
    parser line{out};
    try {
        line.parse(std::move(words));
        return out;
    } catch (const CLI::CallForHelp&) {
        return early_end{0, line.help()};
    } catch (const CLI::CallForVersion& e) {
        return early_end{0, std::string{e.what()} + "\n"};
    } catch (const CLI::ParseError& e) {
        return early_end{exit_status::usage, "admit: " + line.correction(e) + "\n"};
    } catch (const misuse& m) { return early_end{exit_status::usage, "admit: " + m.text + "\n"}; }
}

}  // namespace admit::client
