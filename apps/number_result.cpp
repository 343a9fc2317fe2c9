#include "number_result.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace doppel::apps {

std::string number_errors_text(const nn::NumberErrors& errors) {
  return fmt::format("MAE {:.4g}, R2 {:.4f}", errors.mean_absolute_error(), errors.r2());
}

nlohmann::json number_errors_json(const nn::NumberErrors& errors, const std::vector<std::string>& names) {
  nlohmann::json by_name = nlohmann::json::object();
  for (std::size_t k = 0; k < errors.count(); ++k)
    by_name[names[k]] = {{"mae", errors.mean_absolute_error(k)},
                         {"rmse", errors.root_mean_square_error(k)},
                         {"r2", errors.r2(k)}};
  return {{"mae", errors.mean_absolute_error()},
          {"r2", errors.r2()},
          {"samples", errors.total()},
          {"numbers", by_name}};
}

std::string number_errors_table(const nn::NumberErrors& errors, const std::vector<std::string>& names) {
  std::string text = fmt::format("{:<20} {:>12} {:>12} {:>8}\n", "number", "MAE", "RMSE", "R2");
  for (std::size_t k = 0; k < errors.count(); ++k)
    text += fmt::format("{:<20} {:>12.4g} {:>12.4g} {:>8.4f}\n", names[k], errors.mean_absolute_error(k),
                        errors.root_mean_square_error(k), errors.r2(k));
  return text;
}

}  // namespace doppel::apps
