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

void add_initial(std::vector<SettingText>& settings, std::span<const SettingText> initial) {
  for (SettingText& setting : settings)
    if (const SettingText* const unset = find(initial, setting.name)) setting.initial = unset->value;
}

std::optional<SettingDifference> first_difference(std::span<const SettingText> before,
                                                  std::span<const SettingText> now) {
  for (const SettingText& setting : now) {
    const SettingText* const there = find(before, setting.name);
    const std::string old = there ? there->value : setting.initial.value_or(kNothing);
    if (!fits(setting, old)) return SettingDifference{setting.name, old, setting.value};
  }
  for (const SettingText& setting : before)
    if (!find(now, setting.name)) return SettingDifference{setting.name, setting.value, kNothing};
  return {};
}

}  // namespace doppel
