// What JSON says that isn't read, as a sample's field.
#pragma once

#include <simdjson.h>

#include <string>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset {

/// Text, numbers, and lists of numbers as they are; true is 1; all else as JSON.
decltype(augment::NamedValue::value) json_field(const simdjson::dom::element& value);

}  // namespace doppel::dataset
