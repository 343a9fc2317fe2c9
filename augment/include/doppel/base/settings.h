// Settings as text: what files record, and what is compared where a run goes on or several processes work as
// one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel {

/// One setting by its field's name; numbers read back to the same bits.
struct SettingText {
  std::string name;                      ///< its field's
  std::string value;                     ///< as field_text() writes it
  MayDiffer may_differ = MayDiffer::No;  ///< as its field says
};

/// Every field, in their order: a kind by its name, then its own fields.
class SettingLister final : public FieldVisitor {
 public:
  std::vector<SettingText> settings;  ///< those visited so far

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
};

/// Of a struct with fields.
template <HasFields T>
std::vector<SettingText> settings_of(T options) {
  SettingLister lister;
  options.fields(lister);
  return std::move(lister.settings);
}

/// A setting that differs though it must not.
struct SettingDifference {
  std::string name;    ///< its field's
  std::string before;  ///< "nothing" for a setting that isn't there
  std::string now;     ///< "nothing" for a setting that isn't there
};
/// The first that differs though it must not, as `now` says of each. Of what may differ in length, `now` may
/// have more.
std::optional<SettingDifference> first_difference(std::span<const SettingText> before,
                                                  std::span<const SettingText> now);

}  // namespace doppel
