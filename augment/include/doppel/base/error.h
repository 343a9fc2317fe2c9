// What every module throws. A message is one line that says what was given, where, and what would be right.
#pragma once

#include <stdexcept>
#include <string>

namespace doppel {

/// Something failed that a correct call may meet: a missing file, a corrupt image, a full disk (exit code 1).
class Error : public std::runtime_error {
 public:
  /// A file's own text may be in `what`: it becomes printable (see doppel/base/utf8.h).
  explicit Error(const std::string& what);
};

/// The request itself is wrong: a misspelt field, a range upside down, a network whose shapes can't fit
/// (exit code 2).
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace doppel
