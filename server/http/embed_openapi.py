"""Writes proto/openapi.yaml as JSON into a C++ source: embed_openapi.py FROM.yaml TO.cpp"""

import json
import sys

import yaml

SOURCE = """// Made from proto/openapi.yaml by the build.
#include "server/http/openapi.hpp"

namespace admit::http {{

std::string_view openapi_json() noexcept {{
    static constexpr char text[] = {{{bytes}}};
    return {{text, sizeof text}};
}}

}}  // namespace admit::http
"""


def main(source, target):
    with open(source, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    # As numbers: a string literal has a limit, and what the YAML says is nobody's code.
    text = json.dumps(document, separators=(",", ":"))  # ASCII
    with open(target, "w", encoding="utf-8") as file:
        file.write(SOURCE.format(bytes=",".join(str(ord(c)) for c in text)))


main(*sys.argv[1:])
