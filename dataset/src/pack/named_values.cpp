#include "named_values.h"

#include <cmath>

namespace doppel::dataset {

nlohmann::json json_of(const augment::NamedValue& field) {
  return std::visit([](const auto& value) { return nlohmann::json(value); }, field.value);
}

augment::NamedValue field_of(const std::string& name, const nlohmann::json& value) {
  augment::NamedValue field{name};
  if (value.is_string())
    field.value = value.get<std::string>();
  else if (value.is_number_integer())
    field.value = value.get<std::int64_t>();
  else if (value.is_number())
    field.value = value.get<double>();
  else
    field.value = value.get<std::vector<double>>();
  return field;
}

nlohmann::json json_of_float(float number) {
  if (std::isfinite(number)) return number;
  return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
}

std::vector<std::pair<std::string, nlohmann::json>> named_values(
    const augment::Sample& sample, const std::vector<std::string>& number_names) {
  std::vector<std::pair<std::string, nlohmann::json>> all;
  for (std::size_t k = 0; k < sample.numbers.size(); ++k)
    all.emplace_back(k < number_names.size() ? number_names[k] : std::to_string(k), sample.numbers[k]);
  if (sample.weight != 1) all.emplace_back("weight", sample.weight);
  for (const augment::NamedValue& field : sample.fields) all.emplace_back(field.name, json_of(field));
  return all;
}

}  // namespace doppel::dataset
