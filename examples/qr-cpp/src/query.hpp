// Parameters of a query string (application/x-www-form-urlencoded).
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The first parameter of a name, decoded.
std::optional<std::string> parameter(std::string_view query, std::string_view name);
