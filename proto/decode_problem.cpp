// Problems, as clients read them: whatever stands in front of a server may answer in its place.
#include "proto/answer_fields.hpp"
#include "proto/codec.hpp"

#include <array>

namespace admit {

namespace {

using namespace fields;

/// A problem as it travels: the code may be one that we do not know.
struct raw_problem : problem {
    std::string word;
};

constexpr std::array<field<raw_problem>, 5> problem_fields{{
    {"code", with<&raw_problem::word, read_string>, true},
    {"detail", with<&raw_problem::detail, read_string>},
    {"field", with<&raw_problem::field, read_string>},
    {"pools", rows<&raw_problem::pools, read_share>},
    {"retry_after_ms", count<&raw_problem::retry_after_ms>},
}};

/// What to take an unknown code for: the one of that status that promises least, so that a client
/// retries, or gives up, as the status asks. 502 and 504 are a proxy's: it may or may not have
/// reached the server.
errc nearest(int status) {
    switch (status) {
        case 401:
            return errc::unauthenticated;
        case 403:
            return errc::forbidden;
        case 404:
            return errc::not_found;
        case 405:
            return errc::method_not_allowed;
        case 408:
            return errc::request_timeout;
        case 409:
            return errc::request_ended;
        case 410:
            return errc::lease_ended;
        case 412:
            return errc::precondition_failed;
        case 413:
            return errc::payload_too_large;
        case 414:
            return errc::uri_too_long;
        case 415:
            return errc::unsupported_media_type;
        case 417:
            return errc::expectation_failed;
        case 422:
            return errc::settings_conflict;
        case 429:
            return errc::pool_full;
        case 431:
            return errc::header_fields_too_large;
        case 501:
            return errc::not_implemented;
        case 503:
            return errc::overloaded;
        case 502:
        case 504:
            return errc::outcome_unknown;
        case 505:
            return errc::http_version_not_supported;
        default:
            break;
    }
    return status >= 400 && status < 500 ? errc::bad_request : errc::internal;
}

}  // namespace

problem decode_problem(int status, std::string_view body) {
    auto read = read_answer<raw_problem>(body, problem_fields);
    auto* made = std::get_if<raw_problem>(&read);
    if (made == nullptr) {
        return {.code = nearest(status),
                .detail = "the server answered with status " + std::to_string(status) +
                          " and no problem that explains it"};
    }
    made->code = errc_of(made->word).value_or(nearest(status));
    if (made->detail.empty()) { made->detail = title(made->code); }
    return static_cast<problem&&>(*made);
}

}  // namespace admit
