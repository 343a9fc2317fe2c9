#include "doppel/base/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace doppel {
namespace {

constexpr const char* kNothing = "nothing";

const SettingText* find(std::span<const SettingText> settings, const std::string& name) {
  const auto found = std::ranges::find(settings, name, &SettingText::name);
  return found == settings.end() ? nullptr : &*found;
}

std::uint64_t whole(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool fits(const SettingText& now, const std::string& before) {
  return now.value == before || now.may_differ == MayDiffer::Yes ||
         (now.may_differ == MayDiffer::InLength && whole(now.value) > whole(before));
}

}  // namespace

void SettingLister::visit(const FieldInfo& info, const FieldValue& value) {
  settings.push_back({std::string(info.name), field_text(value), info.may_differ});
  if (auto* const* kinds = std::get_if<Kinds*>(&value)) (*kinds)->fields(*this);
}

std::optional<SettingDifference> first_difference(std::span<const SettingText> before,
                                                  std::span<const SettingText> now) {
  for (const SettingText& setting : now) {
    const SettingText* old = find(before, setting.name);
    if (!fits(setting, old ? old->value : kNothing))
      return SettingDifference{setting.name, old ? old->value : kNothing, setting.value};
  }
  for (const SettingText& setting : before)
    if (!find(now, setting.name)) return SettingDifference{setting.name, setting.value, kNothing};
  return {};
}

}  // namespace doppel
