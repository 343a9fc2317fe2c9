// What is wrong with JSON, in words.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace doppel::dataset {

/// As part of a sentence: "a text without its second quote".
std::string_view json_fault(simdjson::error_code code);

}  // namespace doppel::dataset
