// What tables say besides what is read of them, packed: millions of rows take their letters and little more.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

/// What all texts of one name are: a table's columns say it with all their rows.
enum class FieldKind : unsigned char { Text, Real, Whole };

class KeptFields {
 public:
  /// A row's values, packed; valid for as long as this lives.
  std::string_view keep(const std::vector<augment::NamedValue>& fields);
  /// Texts of this name become numbers when they are asked for.
  void set_kind(std::string_view name, FieldKind kind);
  /// Forgets what is kept by this name, and what will be.
  void leave_out(std::string_view name);
  /// The values of a row again.
  std::vector<augment::NamedValue> fields(std::string_view kept) const;

 private:
  struct Name {
    std::string text;
    FieldKind kind = FieldKind::Text;
    bool is_left_out = false;
  };
  std::uint16_t number_of(std::string_view name);

  std::vector<Name> names_;
  std::unordered_map<std::string, std::uint16_t> numbers_;
  KeptTexts texts_;
};

}  // namespace doppel::dataset
