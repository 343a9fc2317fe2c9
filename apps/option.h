// What a command can be told: kinds of options as values, and how each reads its text.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace doppel::apps {

using Words = std::vector<std::string>;

/// Off unless it is named; --NAME=false takes back what a file says.
struct Flag {};

/// A whole number, both ends included.
struct Whole {
  std::string placeholder = "N";
  std::optional<std::int64_t> initial = {};
  std::int64_t least = 0, most = std::numeric_limits<int>::max();
};

/// A whole number of 64 bits, all of them as good.
struct Seed {
  std::uint64_t initial = 1;
};

/// A finite number; `least` and `most` are included, `above` and `below` aren't.
struct Real {
  std::string placeholder = "NUMBER";
  std::optional<double> initial = {};
  std::optional<double> least = {}, above = {}, most = {}, below = {};
};

/// One of several words, each with what there is to say of it.
struct Choice {
  struct Word {
    std::string name, note;
  };
  std::vector<Word> words;
  std::string initial;
};

/// Any text; `known` are words that it may be among others, which completion offers.
struct Text {
  enum class Files { None, Any, Folders };
  std::string placeholder;
  std::string initial = {};  ///< empty: none
  Words known = {};
  Files files = Files::None;
};

using Kind = std::variant<Flag, Whole, Seed, Real, Choice, Text>;

enum class Presence {
  Optional,
  Needed,
  Repeated  ///< a bare word that comes once or more often
};

struct Option {
  std::string name;  ///< without dashes
  Kind kind;
  std::string help;
  Presence presence = Presence::Optional;
  std::string letter = {};  ///< with one dash: "n"
};

/// Options that belong together, under a heading.
struct OptionGroup {
  std::string name;
  std::vector<Option> options;
};

/// Of a Flag, a Whole, a Seed, a Real, a Choice or Text, and Words that were Repeated; nothing where nothing
/// was said.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Words>;

/// Throws UsageError, naming the option, the text, and what would be right.
Value read_value(const Option& option, const std::string& text);
Value initial_value(const Kind& kind);
/// "N", "FILE"; empty for a flag.
std::string placeholder_of(const Kind& kind);
/// Words that completion offers.
Words known_words(const Kind& kind);
/// What help says of it: also a choice's words, and what it is unless it is told.
std::string described(const Option& option);

/// The whole text as a number; nothing where it isn't one, or none that fits.
std::optional<std::int64_t> parse_whole(std::string_view text);
/// The same for finite numbers.
std::optional<double> parse_real(std::string_view text);

}  // namespace doppel::apps
