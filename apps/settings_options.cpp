#include "settings_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common_options.h"
#include "doppel/augment/plan/custom_op.h"
#include "doppel/base/error.h"
#include "doppel/base/remote.h"
#include "doppel/base/settings.h"

namespace doppel::apps {
namespace {

std::string option_name(std::string_view field) {
  std::string name(field);
  std::ranges::replace(name, '_', '-');
  return name;
}

Real real_of(const FieldInfo& info, double initial) {
  Real real{.placeholder = std::string(info.unit), .initial = initial};
  const Bounds& b = info.bounds;
  if (std::isfinite(b.low)) (b.above_low ? real.above : real.least) = b.low;
  if (std::isfinite(b.high) && b.high < 1e9) (b.below_high ? real.below : real.most) = b.high;
  return real;
}

Whole whole_of(const FieldInfo& info, std::int64_t initial) {
  Whole whole{.placeholder = std::string(info.unit), .initial = initial};
  if (std::isfinite(info.bounds.low)) whole.least = static_cast<std::int64_t>(info.bounds.low);
  if (std::isfinite(info.bounds.high)) whole.most = static_cast<std::int64_t>(info.bounds.high);
  return whole;
}

/// The kind of option that a field is asked for by.
struct KindOf {
  const FieldInfo& info;
  Kind operator()(const bool*) const { return Flag{}; }
  Kind operator()(const double* v) const { return real_of(info, *v); }
  Kind operator()(const int* v) const { return whole_of(info, *v); }
  Kind operator()(const std::uint64_t* v) const {
    if (!std::isfinite(info.bounds.low)) return Seed{*v};
    return whole_of(info, static_cast<std::int64_t>(*v));
  }
  Kind operator()(const std::string* v) const {
    return Text{.placeholder = std::string(info.unit), .initial = *v};
  }
  Kind operator()(const doppel::Choice& choice) const {
    apps::Choice words{.words = {},
                       .initial = std::string(choice.names[static_cast<std::size_t>(*choice.position)])};
    for (const std::string_view name : choice.names) words.words.push_back({std::string(name), ""});
    return words;
  }
  Kind operator()(const Kinds* kinds) const {
    apps::Choice words{.words = {}, .initial = std::string(kinds->name())};
    for (const std::string_view name : kinds->names())
      words.words.push_back({std::string(name), std::string(kinds->help_of(name))});
    return words;
  }
  Kind operator()(const auto*) const {
    throw std::logic_error(fmt::format("no option can say {}", info.name));
  }
};

Kind without_initial(Kind kind) {
  if (auto* real = std::get_if<Real>(&kind)) real->initial.reset();
  if (auto* whole = std::get_if<Whole>(&kind)) whole->initial.reset();
  if (auto* text = std::get_if<Text>(&kind)) text->initial.clear();
  if (auto* choice = std::get_if<apps::Choice>(&kind)) choice->initial.clear();
  return kind;
}

/// Each of a kind's fields.
class FieldCollector final : public FieldVisitor {
 public:
  struct Found {
    std::string name, help, text;
    Kind kind;
  };
  std::vector<Found> found;

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (info.follows) return;
    found.push_back({std::string(info.name), std::string(info.help), field_text(value),
                     without_initial(std::visit(KindOf{info}, value))});
  }
};

std::vector<FieldCollector::Found> fields_of(const Kinds& kinds, std::string_view name) {
  FieldCollector collector;
  kinds.fields_of(name, collector);
  return std::move(collector.found);
}

/// Sets fields from the command line.
class OptionReader final : public FieldVisitor {
 public:
  explicit OptionReader(const CommandLine& line) : line_(line) {}

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (info.follows) return;
    const std::string name = option_name(info.name);
    if (line_.mentions(name)) std::visit([&](const auto& v) { set(name, v); }, value);
    if (auto* const* kinds = std::get_if<Kinds*>(&value)) read_kind(info, **kinds);
  }
  void set(const std::string& name, bool* value) const { *value = line_.has(name); }
  void set(const std::string& name, Kinds* kinds) const { kinds->choose(line_.get<std::string>(name)); }
  void set(const std::string& name, const doppel::Choice& choice) const {
    const auto found = std::ranges::find(choice.names, std::string_view(line_.get<std::string>(name)));
    *choice.position = static_cast<int>(found - choice.names.begin());
  }
  template <class T>
  void set(const std::string& name, T* value) const {
    if constexpr (std::is_same_v<T, double> || std::is_same_v<T, int> || std::is_same_v<T, std::uint64_t> ||
                  std::is_same_v<T, std::string>)
      *value = line_.get<T>(name);
  }
  void read_kind(const FieldInfo& info, Kinds& kinds) {
    kinds.fields(*this);
    SettingLister own;
    kinds.fields(own);
    for (const std::string_view other : kinds.names())
      for (const FieldCollector::Found& field : fields_of(kinds, other))
        if (line_.has(option_name(field.name)) &&
            std::ranges::find(own.settings, field.name, &SettingText::name) == own.settings.end())
          throw UsageError(fmt::format("--{} is said, but the {} is {}, which has none; {} has",
                                       option_name(field.name), info.name, kinds.name(), other));
  }
  const CommandLine& line_;
};

std::vector<SettingText> listed_settings(const VisitFields& fields) {
  SettingLister lister;
  fields(lister);
  return std::move(lister.settings);
}

/// What was said in words and differs from the file.
void print_differences(const std::vector<SettingText>& file, const std::vector<SettingText>& now,
                       const std::string& name) {
  std::vector<std::string> changes;
  for (const SettingText& setting : now)
    if (const auto old = std::ranges::find(file, setting.name, &SettingText::name);
        old == file.end() || old->value != setting.value)
      changes.push_back(old == file.end()
                            ? fmt::format("{} {}", setting.name, setting.value)
                            : fmt::format("{} {} instead of {}", setting.name, setting.value, old->value));
  if (!changes.empty()) std::cerr << fmt::format("{}, but with {}\n", name, fmt::join(changes, ", "));
}

/// Code is loaded by whoever starts the program; a file only says which there was.
void name_missing_plugins(const std::string& file) {
  const std::vector<std::string> loaded = augment::loaded_plugins();
  for (const std::string& plugin : recorded_list(file, "plugins"))
    if (std::ranges::find(loaded, plugin) == loaded.end())
      std::cerr << fmt::format("{}: was made with --plugin {}, which a file doesn't load by itself\n", file,
                               plugin);
}

}  // namespace

void OptionLister::heading(std::string_view text) {
  const auto found = std::ranges::find(groups, text, &OptionGroup::name);
  current_ = static_cast<std::size_t>(found - groups.begin());
  if (found == groups.end()) groups.push_back({std::string(text), {}});
}

void OptionLister::visit(const FieldInfo& info, const FieldValue& value) {
  if (info.follows) return;
  Option option{option_name(info.name), std::visit(KindOf{info}, value), std::string(info.help)};
  if (std::ranges::find(preset_, info.name) != preset_.end()) {
    option.kind = without_initial(std::move(option.kind));
    option.help += "; else the preset's";
  }
  add(std::move(option));
  if (auto* const* kinds = std::get_if<Kinds*>(&value)) add_kinds(info, **kinds);
}

/// An option for each field that any of the kinds has; several may have it.
void OptionLister::add_kinds(const FieldInfo& info, const Kinds& kinds) {
  struct Shared {
    FieldCollector::Found field;
    bool alike;  ///< all kinds that have it have one default
  };
  std::vector<Shared> all;
  for (const std::string_view name : kinds.names())
    for (const FieldCollector::Found& field : fields_of(kinds, name)) {
      const auto shared = std::ranges::find(all, field.name, [](const Shared& s) { return s.field.name; });
      if (shared == all.end())
        all.push_back({field, true});
      else
        shared->alike = shared->alike && shared->field.text == field.text;
    }
  for (const auto& [field, alike] : all) {
    const std::string initial = alike ? field.text : fmt::format("the {}'s own", info.name);
    add({option_name(field.name), field.kind, fmt::format("{} (default {})", field.help, initial)});
  }
}

Option config_option() {
  return {"config", file(),
          "settings, as an earlier run's run.yaml; what is said beside it wins, --FLAG=false too"};
}

void read_settings(const CommandLine& line, std::string_view command, const VisitFields& fields,
                   const SettingsReading& reading) {
  const bool has_file = line.knows("config") && line.has("config");
  if (has_file) {
    const std::string file = line.get<std::string>("config");
    doppel::read_settings(file, command, fields, line.names());
    name_missing_plugins(file);
    if (reading.resolve) reading.resolve();
  }
  const std::vector<SettingText> before = listed_settings(fields);
  if (reading.preset) reading.preset();
  OptionReader reader(line);
  fields(reader);
  FieldValidator validator(fmt::format("doppel {}", command));
  fields(validator);
  if (has_file && reading.tells)
    print_differences(before, listed_settings(fields), line.get<std::string>("config"));
}

void resolve_beside(const std::filesystem::path& config, std::string& path) {
  const std::filesystem::path beside = config.parent_path() / path;
  if (!path.empty() && std::filesystem::path(path).is_relative() && std::filesystem::exists(beside))
    path = beside.string();
}

void resolve_recipe(const std::filesystem::path& config, std::string& recipe) {
  const std::filesystem::path file = recipe;
  if (file.is_relative() && (file.has_extension() || file.has_parent_path()))
    recipe = (config.parent_path() / file).string();
}

std::string recorded_path(const std::string& path) {
  if (is_remote(path)) return without_query(path);
  if (path.empty() || !std::filesystem::exists(path)) return path;
  std::string whole = std::filesystem::absolute(path).lexically_normal().string();
  while (whole.size() > 1 && whole.back() == '/') whole.pop_back();
  return whole;
}

void check_recorded(std::string_view command, const std::filesystem::path& file, const VisitFields& fields,
                    const std::vector<SettingText>& now,
                    const std::function<std::vector<SettingText>()>& before) {
  if (!std::filesystem::exists(file)) return;
  doppel::read_settings(file, command, fields);
  if (const auto differs = first_difference(before(), now))
    throw UsageError(fmt::format("{}: was made with {} = {}, not {}; go on with the same", file.string(),
                                 differs->name, differs->before, differs->now));
}

std::string stages_of(const std::filesystem::path& file, const RunLength& length) {
  std::string stages = recorded_fact(file, "stages");
  if (length.before == length.now) return stages;
  std::cerr << fmt::format(
      "goes on after {} {} with {} in all instead of {}: what depends on how far a run is, as its "
      "learning rate, follows the new number from here on, which run.yaml alone doesn't repeat\n",
      length.done, length.unit, length.now, length.before);
  const std::string stage =
      fmt::format("after {} {} with {} instead of {}", length.done, length.unit, length.now, length.before);
  if (stages.empty()) return fmt::format("[{}]", stage);
  stages.pop_back();
  return fmt::format("{}, {}]", stages, stage);
}

void add_plugins(Facts& facts) {
  if (const std::vector<std::string> loaded = augment::loaded_plugins(); !loaded.empty())
    facts.emplace_back("plugins", nlohmann::json(loaded).dump());
}

std::string remark_on(const std::string& stages, int processes, std::string_view unit) {
  std::string remark;
  if (!stages.empty())
    remark = fmt::format("runs all {} in one; this run became longer on its way, see stages.", unit);
  if (processes > 1)
    remark += fmt::format("{}repeats this run in {} processes, each with --group RANK/{}@HOST:PORT.",
                          remark.empty() ? "" : " It ", processes, processes);
  return remark;
}

Option& option_named(std::vector<OptionGroup>& groups, std::string_view name) {
  for (OptionGroup& group : groups)
    for (Option& option : group.options)
      if (option.name == name) return option;
  throw std::logic_error(fmt::format("there is no option '{}'", name));
}

void add_options(std::vector<OptionGroup>& groups, std::string_view group, std::vector<Option> options) {
  auto found = std::ranges::find(groups, group, &OptionGroup::name);
  if (found == groups.end()) found = groups.insert(groups.end(), {std::string(group), {}});
  std::ranges::move(options, std::back_inserter(found->options));
}

Option taken(std::vector<OptionGroup>& groups, std::string_view name) {
  Option option = option_named(groups, name);
  for (OptionGroup& group : groups)
    std::erase_if(group.options, [&](const Option& other) { return other.name == name; });
  return option;
}

}  // namespace doppel::apps
