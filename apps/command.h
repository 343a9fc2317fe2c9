// What a command is, and what it was told.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "option.h"

namespace doppel::apps {

class CommandLine;

/// Help, manual and completion are made from this.
struct Command {
  std::string name;                               ///< as it is typed: "train", "bench load"
  std::string brief;                              ///< for lists of commands
  std::string about;                              ///< sentences
  std::vector<Option> words = {};                 ///< what bare words are, in their order
  std::vector<OptionGroup> groups = {};           ///< what is named by --name
  Words examples = {};                            ///< what may follow "doppel"
  int (*run)(const CommandLine& line) = nullptr;  ///< returns the exit code
};

/// The words of a command, read.
class CommandLine {
 public:
  /// Throws UsageError for unknown, missing or malformed options.
  CommandLine(const Command& command, const Words& words);
  /// True where the command has such an option.
  bool knows(std::string_view name) const { return told_.contains(name); }
  /// True where it was said, of a flag that it is on.
  bool has(std::string_view name) const { return told(name).said && told(name).value != Value(false); }
  /// True where it was said, be it --NAME=false.
  bool mentions(std::string_view name) const { return told(name).said; }
  /// Of all options and words.
  Words names() const;
  /// What was said, or what holds unless something is. Any type of whole numbers for those.
  template <class T>
  T get(std::string_view name) const {
    static_assert(!std::is_same_v<T, bool>, "a flag is asked for by has()");
    const Value& value = told(name).value;
    if constexpr (!std::is_integral_v<T>)
      return std::get<T>(value);
    else if (const auto* bits = std::get_if<std::uint64_t>(&value))
      return static_cast<T>(*bits);
    else
      return static_cast<T>(std::get<std::int64_t>(value));
  }
  /// For what only some uses of a command need. Throws UsageError where it is missing.
  std::string need(std::string_view name) const;
  /// Of the command: "doppel train DATA [OPTIONS]".
  const std::string& usage() const { return usage_; }

 private:
  struct Told {
    Value value;
    bool said = false;
  };
  const Told& told(std::string_view name) const;
  std::string usage_;
  std::map<std::string, Told, std::less<>> told_;
};

/// Writes a result where --json asks for it.
void write_json(const CommandLine& line, const nlohmann::json& result);

/// All, in the order in which help lists them.
std::vector<Command> commands();

Command transforms_command();
Command recipe_command();
Command inspect_command();
Command preview_command();
Command serve_command();
Command gallery_command();
Command augment_command();
Command train_command();
Command launch_command();
Command eval_command();
Command predict_command();
Command export_command();
Command import_command();
Command gan_command();
Command generate_command();
Command study_command();
Command pack_command();
Command verify_command();
Command bench_load_command();
Command bench_train_command();
Command bench_predict_command();
Command bench_gan_command();
Command bench_kernels_command();
Command schema_command();
Command manual_command();
Command version_command();

}  // namespace doppel::apps
