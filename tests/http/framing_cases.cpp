#include "tests/http/framing_cases.hpp"

#include "tests/http/wire.hpp"

namespace admit::http::testing {
namespace {

using cases = std::vector<framing_case>;

const std::string host = "Host: localhost\r\n";
const std::string chunked = "Transfer-Encoding: chunked\r\n";
const std::string bad = "400 bad_request";

std::string line(const std::string& request_line, const std::string& fields = host) {
    return request_line + "\r\n" + fields + "\r\n";
}

std::string posted(const std::string& fields, const std::string& body) {
    return line("POST /x HTTP/1.1", host + fields) + body;
}

std::string zero(std::string text) {
    text[text.find('0')] = '\0';
    return text;
}

void add_request_lines(cases& out) {
    const std::string unknown_version = "505 http_version_not_supported";
    out.push_back({"no version", line("GET /x"), bad});
    out.push_back({"nothing but a method", line("GET"), bad});
    out.push_back({"two spaces before the target", line("GET  /x HTTP/1.1"), bad});
    out.push_back({"two spaces before the version", line("GET /x  HTTP/1.1"), bad});
    out.push_back({"a space in the target", line("GET /x y HTTP/1.1"), bad});
    out.push_back({"a space after the version", line("GET /x HTTP/1.1 "), bad});
    out.push_back({"tabs", line("GET\t/x\tHTTP/1.1"), bad});
    out.push_back({"a form feed", line("GET /x\fHTTP/1.1"), bad});
    out.push_back({"a space before the method", " " + get("/x"), bad});
    out.push_back({"a tab before the method", "\t" + get("/x"), bad});
    out.push_back({"two empty lines before", "\r\n\r\n" + get("/x"), bad});
    out.push_back({"a bare line feed before", "\n" + get("/x"), bad});
    out.push_back({"a bare carriage return before", "\rGET /x HTTP/1.1\r\n", bad});
    out.push_back({"NUL before", std::string(1, '\0') + get("/x"), bad});
    out.push_back({"a colon in the method", line("GE:T /x HTTP/1.1"), bad});
    out.push_back({"brackets in the method", line("GET[] /x HTTP/1.1"), bad});
    out.push_back({"lower-case http", line("GET /x http/1.1"), bad});
    out.push_back({"HTTPS/1.1", line("GET /x HTTPS/1.1"), bad});
    out.push_back({"HTTP/1", line("GET /x HTTP/1"), bad});
    out.push_back({"HTTP/1.10", line("GET /x HTTP/1.10"), bad});
    out.push_back({"HTTP/01.1", line("GET /x HTTP/01.1"), bad});
    out.push_back({"HTTP/1,1", line("GET /x HTTP/1,1"), bad});
    out.push_back({"HTTP /1.1", line("GET /x HTTP /1.1"), bad});
    out.push_back({"HTTP/0.9", line("GET /x HTTP/0.9"), unknown_version});
    out.push_back({"HTTP/1.2", line("GET /x HTTP/1.2"), unknown_version});
    out.push_back({"HTTP/2.0", line("GET /x HTTP/2.0"), unknown_version});
    out.push_back({"HTTP/3.0", line("GET /x HTTP/3.0"), unknown_version});
    out.push_back({"HTTP/9.9", line("GET /x HTTP/9.9"), unknown_version});
    out.push_back({"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", unknown_version});
    out.push_back({"a TLS hello",
                   zero("\x16\x03\x01"
                        "0"
                        "\x05\x01\r\n\r\n"),
                   bad});
    out.push_back({"an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n\r\n", bad});
    out.push_back({"JSON", "{\"worker\":\"w\"}\r\n\r\n", bad});
    for (const char* target :
         {"https://localhost/x", "ftp://localhost/x", "http:/x", "http:x", "http:///x", "http://",
          "http://?x", "http://localhost?x", "http://localhost:x/", "http://localhost:123456/",
          "http://u@localhost/x", "http://[::1/x", "http://a|b/x"})
        out.push_back({"target " + std::string(target),
                       line("GET " + std::string(target) + " HTTP/1.1"), bad});
    const std::string absolute = "GET http://localhost/x HTTP/1.1";
    out.push_back({"an absolute target without Host", line(absolute, ""), bad});
    out.push_back({"an absolute target, a bad Host", line(absolute, "Host: a/b\r\n"), bad});
    out.push_back({"a tunnel", line("CONNECT localhost:80 HTTP/1.1"), bad});
    out.push_back({"a tunnel to a path", line("CONNECT x HTTP/1.1"), bad});
    out.push_back({"an asterisk to GET", line("GET * HTTP/1.1"), bad});
    out.push_back({"a relative target", line("GET x HTTP/1.1"), bad});
    out.push_back({"a query alone", line("GET ?x HTTP/1.1"), bad});
    out.push_back({"DEL in the target", line("GET /\x7f HTTP/1.1"), bad});
    out.push_back({"NUL in the target", zero(line("GET /0 HTTP/1.1")), bad});
    const std::string too_long = "414 uri_too_long";
    out.push_back({"a target of 2 049 bytes", get("/" + std::string(2048, 'x')), too_long});
    out.push_back({"a target of 7 000 bytes", get("/" + std::string(7000, 'x')), too_long});
    out.push_back({"a target without end", "GET /" + std::string(9000, 'x'), too_long});
    out.push_back({"a method without end", std::string(3000, 'G'), too_long});
}

void add_fields(cases& out) {
    const std::string too_large = "431 header_fields_too_large";
    const auto with = [](const std::string& fields) { return line("GET /x HTTP/1.1", fields); };
    out.push_back({"no Host", with("X: y\r\n"), bad});
    out.push_back({"no field at all", with(""), bad});
    out.push_back({"two Hosts", with(host + host), bad});
    out.push_back({"two Hosts, 1.0", line("GET /x HTTP/1.0", host + host), bad});
    out.push_back({"an empty Host", with("Host:\r\n"), bad});
    out.push_back({"a Host of blanks", with("Host:  \t\r\n"), bad});
    out.push_back({"a Host with a space", with("Host: a b\r\n"), bad});
    out.push_back({"a Host with a slash", with("Host: a/b\r\n"), bad});
    out.push_back({"a Host with a user", with("Host: u@a\r\n"), bad});
    out.push_back({"a Host with a scheme", with("Host: http://a\r\n"), bad});
    out.push_back({"a Host that is a list", with("Host: a, b/c\r\n"), bad});
    out.push_back({"a Host with a bad port", with("Host: a:b\r\n"), bad});
    out.push_back({"a Host with two ports", with("Host: a:1:2\r\n"), bad});
    out.push_back({"a Host with a long port", with("Host: a:123456\r\n"), bad});
    out.push_back({"a port without host", with("Host: :80\r\n"), bad});
    out.push_back({"an open bracket", with("Host: [::1\r\n"), bad});
    out.push_back({"empty brackets", with("Host: []\r\n"), bad});
    out.push_back({"brackets around a name", with("Host: [ghost]\r\n"), bad});
    out.push_back({"text after brackets", with("Host: [::1]x\r\n"), bad});
    out.push_back({"a field without colon", with(host + "nonsense\r\n"), bad});
    out.push_back({"a field without name", with(host + ": x\r\n"), bad});
    out.push_back({"a space before a colon", with("Host : localhost\r\n"), bad});
    out.push_back({"a space in a name", with(host + "a b: c\r\n"), bad});
    out.push_back({"a bracket in a name", with(host + "a(b): c\r\n"), bad});
    out.push_back({"a high byte in a name", with(host + "\xc3\xa4: c\r\n"), bad});
    out.push_back({"NUL in a name", zero(with(host + "a0b: c\r\n")), bad});
    out.push_back({"NUL in a value", zero(with("Host: localhost\r\nX: a0b\r\n")), bad});
    out.push_back({"BEL in a value", with(host + "X: a\ab\r\n"), bad});
    out.push_back({"DEL in a value", with(host + "X: a\x7f\r\n"), bad});
    out.push_back({"a bare CR in a value", with(host + "X: a\rb\r\n"), bad});
    out.push_back({"a bare LF in a value", with(host + "X: a\nb: c\r\n"), bad});
    out.push_back({"a line that ends with LF", with("Host: localhost\n"), bad});
    out.push_back({"a header that ends with LF", "GET /x HTTP/1.1\r\n" + host + "\n", bad});
    out.push_back({"a request line that ends with LF", "GET /x HTTP/1.1\n" + host + "\r\n", bad});
    out.push_back({"CR CR LF", "GET /x HTTP/1.1\r\n" + host + "\r\r\n", bad});
    out.push_back({"a folded field", with(host + "X: a\r\n b\r\n"), bad});
    out.push_back({"a field folded by a tab", with(host + "X: a\r\n\tb\r\n"), bad});
    out.push_back({"a folded Host", with("Host:\r\n localhost\r\n"), bad});
    out.push_back({"a space before the first field", with(" " + host), bad});
    out.push_back({"a line of blanks", with(host + "  \r\n"), bad});
    out.push_back({"a value of 9 000 bytes", with(host + "X: " + std::string(9000, 'x') + "\r\n"),
                   too_large});
    out.push_back(
        {"a header without end", "GET /x HTTP/1.1\r\nX: " + std::string(9000, 'x'), too_large});
    std::string many;
    for (int i = 0; i < 64; ++i)
        many += "X: y\r\n";
    out.push_back({"65 fields", with(host + many), too_large});
}

void add_lengths(cases& out) {
    for (const char* length : {"-1", "+2", "0x2", "2 2", "2, 2", "2,2", "2,3", "", "two", "2.0",
                               "2e0", "\"2\"", "2;", "1_0", ",2", "2,", "18446744073709551618",
                               "1000000000000000000", "99999999999999999999999"})
        out.push_back({"Content-Length: " + std::string(length),
                       posted("Content-Length: " + std::string(length) + "\r\n", "{}"), bad});
    const std::string two = "Content-Length: 2\r\n";
    out.push_back({"two lengths", posted(two + "Content-Length: 3\r\n", "{}x"), bad});
    out.push_back({"two equal lengths", posted(two + two, "{}"), bad});
    out.push_back({"length and chunked", posted(two + chunked, "2\r\n{}\r\n0\r\n\r\n"), bad});
    out.push_back({"chunked and length", posted(chunked + two, "2\r\n{}\r\n0\r\n\r\n"), bad});
    out.push_back({"a length to GET, and chunked",
                   line("GET /x HTTP/1.1", host + chunked + "Content-Length: 0\r\n"), bad});
    const std::string too_large = "413 payload_too_large";
    out.push_back({"one byte too many", posted("Content-Length: 65537\r\n", ""), too_large});
    out.push_back({"a large body too large",
                   "POST /large HTTP/1.1\r\n" + host + "Content-Length: 1048577\r\n\r\n",
                   too_large});
    out.push_back(
        {"a body of an exabyte", posted("Content-Length: 999999999999999999\r\n", ""), too_large});
    out.push_back({"too large, to GET", line("GET /x HTTP/1.1", host + "Content-Length: 65537\r\n"),
                   too_large});
}

void add_codings(cases& out) {
    const std::string body = "2\r\n{}\r\n0\r\n\r\n";
    const std::string unknown = "501 not_implemented";
    for (const char* coding :
         {"gzip", "identity", "xchunked", "chunkedx", "gzip, chunked", "chunked, gzip",
          "\"chunked\"", "chunked;a=b", "chunked,", ",chunked", "chun ked", "*"})
        out.push_back({"Transfer-Encoding: " + std::string(coding),
                       posted("Transfer-Encoding: " + std::string(coding) + "\r\n", body),
                       unknown});
    out.push_back({"an empty coding", posted("Transfer-Encoding:\r\n", body), unknown});
    out.push_back({"a coding and a length",
                   posted("Transfer-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"), bad});
    out.push_back({"a length and a coding",
                   posted("Content-Length: 2\r\nTransfer-Encoding: gzip\r\n", "{}"), bad});
    out.push_back({"chunked twice", posted(chunked + chunked, body), bad});
    out.push_back(
        {"chunked and another field", posted(chunked + "Transfer-Encoding: gzip\r\n", body), bad});
    out.push_back({"chunked after another field",
                   posted("Transfer-Encoding: gzip\r\n" + chunked, body), bad});
    out.push_back({"a vertical tab", posted("Transfer-Encoding: \vchunked\r\n", body), bad});
    out.push_back(
        {"a space before the colon", posted("Transfer-Encoding : chunked\r\n", body), bad});
    out.push_back({"chunked on 1.0", line("POST /x HTTP/1.0", host + chunked) + body, bad});
    out.push_back(
        {"gzip on 1.0", line("POST /x HTTP/1.0", host + "Transfer-Encoding: gzip\r\n"), bad});
    out.push_back(
        {"a coding on GET", line("GET /x HTTP/1.1", host + "Transfer-Encoding: x\r\n"), unknown});
}

void add_chunks(cases& out) {
    const auto with = [](const std::string& body) { return posted(chunked, body); };
    for (const char* size : {"zz", "-1", "+2", "0x2", " 2", "2 x", "", "g", "\t2", "2\t\t;", ";a=b",
                             "10000000000000002", "2;", "2;;", "2;a=\x01", "2;=b"})
        out.push_back({"chunk size '" + std::string(size) + "'",
                       with(std::string(size) + "\r\n{}\r\n0\r\n\r\n"), bad});
    out.push_back({"chunk size 'zz' and nothing behind it", with("zz\r\n"), bad});
    const std::string too_large = "413 payload_too_large";
    out.push_back({"a chunk of 2^64-1", with("ffffffffffffffff\r\n{}\r\n0\r\n\r\n"), too_large});
    out.push_back({"a chunk of 64 KiB and one", with("10001\r\n{}\r\n0\r\n\r\n"), too_large});
    out.push_back({"a chunk longer than it says", with("1\r\n{}\r\n0\r\n\r\n"), bad});
    out.push_back({"a chunk without its end", with("2\r\n{}0\r\n\r\n"), bad});
    out.push_back({"a chunk that ends with LF", with("2\r\n{}\n0\r\n\r\n.."), bad});
    out.push_back({"a size that ends with LF", with("2\n{}\r\n0\r\n\r\n"), bad});
    out.push_back({"a size that ends with CR", with("2\r{}\r\n0\r\n\r\n"), bad});
    out.push_back({"a bare LF in an extension", with("2;a\nb\r\n{}\r\n0\r\n\r\n"), bad});
    std::string tiny;
    for (int i = 0; i < 100; ++i)
        tiny += "1;" + std::string(50, 'e') + "\r\nx\r\n";
    const std::string trailers = "431 header_fields_too_large";
    out.push_back({"5 000 bytes of extensions", with(tiny), trailers});
    out.push_back({"an extension of 5 000 bytes",
                   with("1;" + std::string(5000, 'e') + "\r\nx\r\n0\r\n\r\n"), trailers});
    out.push_back({"an extension of 9 000 bytes",
                   with("1;" + std::string(9000, 'e') + "\r\nx\r\n0\r\n\r\n"), trailers});
    out.push_back({"an endless trailer", with("0\r\nX: " + std::string(9000, 'e')), trailers});
    out.push_back({"trailers of 9 000 bytes",
                   with("0\r\nX: " + std::string(9000, 'e') + "\r\n\r\n"), trailers});
    out.push_back({"a trailer without colon", with("0\r\nnonsense\r\n\r\n"), bad});
    out.push_back({"a length among trailers", with("0\r\nContent-Length: 5\r\n\r\n"), bad});
    out.push_back({"a coding among trailers", with("0\r\n" + chunked + "\r\n"), bad});
}

}  // namespace

cases closing_cases() {
    cases out;
    add_request_lines(out);
    add_fields(out);
    add_lengths(out);
    add_codings(out);
    add_chunks(out);
    const std::string refused = "417 expectation_failed";
    out.push_back({"an expectation before a body",
                   posted("Expect: x\r\nContent-Length: 2\r\n", "{}"), refused});
    return out;
}

cases going_on_cases() {
    cases out;
    const auto add = [&out](std::string name, std::string bytes, std::string line) {
        out.push_back({std::move(name), std::move(bytes), std::move(line), false});
    };
    const auto with = [](const std::string& fields) { return line("GET /x HTTP/1.1", fields); };
    add("GET", get("/x"), "GET /x");
    add("POST", post("/x", "{}"), "POST /x {}");
    add("an empty line before", "\r\n" + get("/x"), "GET /x");
    add("an empty body", post("/x", ""), "POST /x");
    add("no length", posted("", ""), "POST /x");
    add("leading zeros", posted("Content-Length: 0002\r\n", "{}"), "POST /x {}");
    add("blanks around a length", posted("Content-Length: \t2 \r\n", "{}"), "POST /x {}");
    add("a body that looks like a request", post("/x", get("/y")), "POST /x " + get("/y"));
    add("a body to GET", with(host + "Content-Length: 2\r\n") + "{}", "GET /x {}");
    add("a body to DELETE", line("DELETE /x HTTP/1.1", host + "Content-Length: 2\r\n") + "{}",
        "DELETE /x {}");
    for (const char* each : {"HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})
        add(each, line(std::string(each) + " /x HTTP/1.1"), std::string(each) + " /x");
    add("OPTIONS *", line("OPTIONS * HTTP/1.1"), "OPTIONS *");
    for (const char* each : {"TRACE", "get", "BREW", "M-SEARCH", "!#$%&'*+-.^_`|~"})
        add(each, line(std::string(each) + " /x HTTP/1.1"), "OTHER /x");
    for (const char* each : {"a", "a:8080", "a:", "LOCALHOST", "127.0.0.1:1", "[::1]", "[::1]:80",
                             "my_server", "a.b-c~d", "%41", "[::ffff:127.0.0.1]"})
        add("Host: " + std::string(each), with("Host: " + std::string(each) + "\r\n"), "GET /x");
    add("no blank before a value", with("Host:localhost\r\n"), "GET /x");
    add("blanks around a value", with("Host: \t localhost \t\r\n"), "GET /x");
    add("an empty value", with(host + "X:\r\n"), "GET /x");
    add("high bytes in a value", with(host + "X: \xc3\xa4\xff\r\n"), "GET /x");
    add("an upgrade", with(host + "Connection: Upgrade\r\nUpgrade: h2c\r\n"), "GET /x");
    add("keep-alive", with(host + "Connection: keep-alive\r\n"), "GET /x");
    std::string many;
    for (int i = 0; i < 63; ++i)
        many += "X: y\r\n";
    add("64 fields", with(host + many), "GET /x");
    const std::string longest = "/" + std::string(2047, 'x');
    add("a target of 2 KiB", get(longest), "GET " + longest);
    add("a query", get("/x?a=b&c=%20"), "GET /x?a=b&c=%20");
    // For a proxy, but a server has to understand it (RFC 9112, 3.2.2).
    for (const char* begin : {"http://localhost", "HTTP://other.example:8080", "http://[::1]:1"}) {
        const std::string absolute = begin;
        add(absolute + "/x?y", line("GET " + absolute + "/x?y HTTP/1.1"), "GET /x?y");
        add(absolute, line("GET " + absolute + " HTTP/1.1"), "GET /");
    }
    add("OPTIONS to a host", line("OPTIONS http://localhost HTTP/1.1"), "OPTIONS *");
    add("a body to an absolute target",
        line("POST http://localhost/x HTTP/1.1", host + "Content-Length: 2\r\n") + "{}",
        "POST /x {}");
    for (const char* target :
         {"/\xc3\xa4", "/\"", "/<x>", "/a|b", "/{x}", "/a\\b", "/^", "/`", "/#x"})
        add("target " + std::string(target), get(target), bad);

    const auto chunks = [](const std::string& body) { return posted(chunked, body); };
    add("chunked", chunks("2\r\n{}\r\n0\r\n\r\n"), "POST /x {}");
    add("CHUNKED", posted("Transfer-Encoding: CHUNKED\r\n", "2\r\n{}\r\n0\r\n\r\n"), "POST /x {}");
    add("no chunk", chunks("0\r\n\r\n"), "POST /x");
    add("zeros", chunks("00002\r\n{}\r\n0000\r\n\r\n"), "POST /x {}");
    add("hexadecimal sizes", chunks("A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n"),
        "POST /x 01234567890123456789a");
    add("chunks of one byte", chunks("1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), "POST /x {}");
    add("extensions", chunks("2;a=b;c;d=\"e f\"\r\n{}\r\n0;z\r\n\r\n"), "POST /x {}");
    add("trailers", chunks("2\r\n{}\r\n0\r\nX: y\r\nHost: evil\r\nConnection: close\r\n\r\n"),
        "POST /x {}");
    const std::string long_field = "X: " + std::string(7000, 'y') + "\r\n";
    add("long trailers after a long header",
        posted(long_field + chunked, "2\r\n{}\r\n0\r\n" + long_field + "\r\n"), "POST /x {}");
    add("a chunk that looks like the last", chunks("5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
        "POST /x 0\r\n\r\n");
    add("chunked, to GET", line("GET /x HTTP/1.1", host + chunked) + "0\r\n\r\n", "GET /x");

    add("two Origins", with(host + "Origin: a\r\nOrigin: a\r\n"), bad);
    add("two If-Match", with(host + "If-Match: *\r\nIf-Match: *\r\n"), bad);
    add("two Idempotency-Keys", with(host + "Idempotency-Key: a\r\nidempotency-key: a\r\n"), bad);
    add("an expectation without body", with(host + "Expect: x\r\n"), "417 expectation_failed");
    add("100-continue without body", with(host + "Expect: 100-continue\r\n"), "GET /x");
    return out;
}

}  // namespace admit::http::testing
