#pragma once

#include <exception>
#include <string>

namespace doppel {

/// What the error that `act` throws says; empty where it throws none.
std::string error_of(const auto& act) {
  try {
    act();
  } catch (const std::exception& error) { return error.what(); }
  return {};
}

}  // namespace doppel
