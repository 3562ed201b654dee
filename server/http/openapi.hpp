// proto/openapi.yaml as JSON, made by the build.
#pragma once

#include <string_view>

namespace admit::http {

std::string_view openapi_json() noexcept;

}  // namespace admit::http
