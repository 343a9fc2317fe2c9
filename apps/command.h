// What the subcommands share: options, errors, results as JSON.
#pragma once

#include <boost/program_options.hpp>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

namespace doppel::apps {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

/// Parses a subcommand's words. `positional` names the options that bare words fill, the last one as often as
/// there are words. Prints help and returns false for --help. Throws UsageError for unknown, missing or
/// malformed options.
class CommandLine {
 public:
  CommandLine(std::string usage, std::string about);
  po::options_description_easy_init add() { return options_.add_options(); }
  void positional(const char* name, int count) { positional_.add(name, count); }
  bool parse(const Words& words);
  bool has(const char* name) const { return values_.count(name) > 0 && !values_[name].defaulted(); }
  template <class T>
  T get(const char* name) const {
    return values_[name].as<T>();
  }
  /// Throws UsageError where a needed word is missing.
  std::string need(const char* name) const;

 private:
  std::string usage_, about_;
  po::options_description options_;
  po::positional_options_description positional_;
  po::variables_map values_;
};

/// Writes a result where --json asks for it.
void write_json(const CommandLine& line, const nlohmann::json& result);

// One per file; each returns the exit code.
int run_transforms(const Words& words);
int run_inspect(const Words& words);
int run_preview(const Words& words);
int run_gallery(const Words& words);
int run_train(const Words& words);
int run_eval(const Words& words);
int run_predict(const Words& words);
int run_export(const Words& words);
int run_pack(const Words& words);
int run_verify(const Words& words);
int run_bench(const Words& words);
int run_gan(const Words& words);
int run_generate(const Words& words);
int run_study(const Words& words);

}  // namespace doppel::apps
