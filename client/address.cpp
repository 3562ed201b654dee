#include "client/address.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace admit::client {

std::optional<server_address> parse_address(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    const std::string whole = text.find("://") == std::string_view::npos
                                  ? std::string{scheme} + std::string{text}
                                  : std::string{text};
    const auto parsed = boost::urls::parse_uri(whole);
    if (!parsed) return std::nullopt;
    const boost::urls::url_view& u = *parsed;
    const bool bare_path = u.encoded_path().empty() || u.encoded_path() == "/";
    if (u.scheme_id() != boost::urls::scheme::http || !bare_path || u.has_userinfo() ||
        u.has_query() || u.has_fragment() || u.encoded_host().empty())
        return std::nullopt;

    server_address out;
    out.host = u.host_address();
    if (out.host.empty() || u.host_type() == boost::urls::host_type::ipvfuture) return std::nullopt;
    if (u.has_port() && !u.port().empty()) {
        if (u.port_number() == 0) return std::nullopt;
        out.port = u.port_number();
    }
    for (const char c : out.host)
        if (c <= ' ' || c == 0x7f) return std::nullopt;
    return out;
}

std::string authority(const server_address& a) {
    const bool six = a.host.find(':') != std::string::npos;
    return (six ? "[" + a.host + "]" : a.host) + ":" + std::to_string(a.port);
}

std::string url(const server_address& a) { return "http://" + authority(a); }

std::optional<std::vector<server_address>> parse_addresses(std::string_view text) {
    std::vector<server_address> out;
    for (;;) {
        const std::size_t comma = text.find(',');
        const auto one = parse_address(text.substr(0, comma));
        if (!one) return std::nullopt;
        out.push_back(*one);
        if (comma == std::string_view::npos) return out;
        text.remove_prefix(comma + 1);
    }
}

std::string urls(const std::vector<server_address>& all) {
    std::string out;
    for (const server_address& each : all)
        out += (out.empty() ? "" : ",") + url(each);
    return out;
}

}  // namespace admit::client
