// How a command says which words and options it has. The parser behind it stays in arguments.cpp.
#pragma once

#include <functional>
#include <string>

namespace admit::client {

/// A wrong use, with what would be right. Thrown by readers, caught by `parse_arguments`.
struct misuse {
    std::string text;
};

/// The words and options of one command. All texts outlive it.
class declarations {
public:
    /// Called with what was written, after the line as a whole was understood and in the order of
    /// declaration. Throws `misuse`.
    using reader = std::function<void(const std::string&)>;

    virtual ~declarations() = default;

    virtual void word(const char* name, const char* about, reader) = 0;
    virtual void optional_word(const char* name, const char* about, reader) = 0;
    /// One or more of them.
    virtual void words(const char* name, const char* about, reader) = 0;

    /// `names` as in `-w,--wait`; `value` is what --help calls the value.
    virtual void option(const char* names, const char* value, const char* about, reader) = 0;
    virtual void repeated_option(const char* names, const char* value, const char* about,
                                 reader) = 0;
    virtual void flag(const char* names, const char* about, bool& given) = 0;
    /// The environment variable that stands in for an option.
    virtual void environment(const char* option, const char* variable) = 0;
    virtual void exclude(const char* one, const char* other) = 0;

    /// Called when everything was read: checks what no single value tells. Throws `misuse`.
    virtual void check(std::function<void()>) = 0;
};

}  // namespace admit::client
