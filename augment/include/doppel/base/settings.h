// Settings as text: what files record, and what is compared where a run goes on or several processes work as
// one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel {

/// One setting by its field's name; numbers read back to the same bits.
struct SettingText {
  std::string name;                      ///< its field's
  std::string value;                     ///< as field_text() writes it
  MayDiffer may_differ = MayDiffer::No;  ///< as its field says
  /// What it was before there was such a setting, where it has a default: it counts where a record of an
  /// earlier doppel lacks it.
  std::optional<std::string> initial = {};
};

/// Every field, in their order: a kind by its name, then its own fields.
class SettingLister final : public FieldVisitor {
 public:
  std::vector<SettingText> settings;  ///< those visited so far

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
};

/// Gives each of `settings` the value that one of its name has among `initial`.
void add_initial(std::vector<SettingText>& settings, std::span<const SettingText> initial);

/// Of a struct with fields.
template <HasFields T>
std::vector<SettingText> settings_of(T options) {
  SettingLister lister;
  options.fields(lister);
  if constexpr (std::is_default_constructible_v<T>) {
    SettingLister initial;
    T unset{};
    unset.fields(initial);
    add_initial(lister.settings, initial.settings);
  }
  return std::move(lister.settings);
}

/// A setting that differs though it must not.
struct SettingDifference {
  std::string name;    ///< its field's
  std::string before;  ///< "nothing" for a setting that isn't there
  std::string now;     ///< "nothing" for a setting that isn't there
};
/// The first that differs though it must not, as `now` says of each. Of what may differ in length, `now` may
/// have more. What `before` lacks had the setting's initial value.
std::optional<SettingDifference> first_difference(std::span<const SettingText> before,
                                                  std::span<const SettingText> now);

}  // namespace doppel
