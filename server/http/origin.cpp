#include "server/http/origin.hpp"

#include "server/http/framing.hpp"

#include <boost/url/ipv4_address.hpp>

namespace admit::http {
namespace {

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

bool is_loopback_ipv4(std::string_view text) noexcept {
    if (text == "127.0.0.1") return true;  // almost always, and at a tenth of the price
    const auto parsed = boost::urls::parse_ipv4_address(text);
    return parsed && parsed->is_loopback();
}

}  // namespace

bool is_loopback_host(std::string_view host) noexcept {
    const std::string_view name = without_port(host);
    return equals_ignoring_case(name, "localhost") || name == "[::1]" || is_loopback_ipv4(name);
}

std::optional<admit::problem> refuse_cross_origin(const request& what) {
    const auto refuse = [](const char* detail, field which) {
        return admit::problem{errc::cross_origin, detail, std::string(name(which)), {}, 0};
    };
    // HTTP/1.0 need not name a host, and no browser speaks it.
    if (what.host && !is_loopback_host(*what.host))
        return refuse("this server listens on loopback and is called by another name", field::host);
    if (what.origin) {
        constexpr std::string_view scheme = "http://";
        const bool own = what.host && what.origin->starts_with(scheme) &&
                         equals_ignoring_case(what.origin->substr(scheme.size()), *what.host);
        if (!own) return refuse("a page of another origin may not call this server", field::origin);
    }
    if (what.sec_fetch_site && equals_ignoring_case(*what.sec_fetch_site, "cross-site"))
        return refuse("a page of another site may not call this server", field::sec_fetch_site);
    return std::nullopt;
}

}  // namespace admit::http
