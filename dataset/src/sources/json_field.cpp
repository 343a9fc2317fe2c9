#include "json_field.h"

#include <vector>

namespace doppel::dataset {

decltype(augment::NamedValue::value) json_field(const simdjson::dom::element& value) {
  if (value.is_string()) return std::string(std::string_view(value.get_string()));
  if (value.is_bool()) return static_cast<std::int64_t>(bool(value));
  if (value.is_int64()) return std::int64_t(value);
  if (value.is_double()) return double(value);
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return std::string(simdjson::minify(value));
  std::vector<double> numbers;
  for (const simdjson::dom::element one : list) {
    double number = 0;
    if (one.get(number) != simdjson::SUCCESS) return std::string(simdjson::minify(value));
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace doppel::dataset
