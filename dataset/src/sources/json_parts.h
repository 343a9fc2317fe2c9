// A JSON object whose members are long lists, as annotation files are, read part by part: memory is that of
// one element, however long the file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/files.h"

namespace doppel::dataset {

/// What stands next in the object.
struct JsonPart {
  enum class Kind {
    List,     ///< a member that is a list begins; its elements follow
    Element,  ///< of that list
    Value     ///< a member that is no list
  };
  Kind kind = Kind::Value;
  std::string_view key;   ///< the member's, as it is written
  std::size_t place = 0;  ///< an element's, from 0
  std::string_view text;  ///< an element's or value's JSON; JsonParts::kRoom bytes behind it may be read
};

/// Finds where parts begin and end; what they are made of is for who reads them. A byte-order mark is
/// dropped, UTF-16 with one is read.
class JsonParts {
 public:
  static constexpr std::size_t kRoom = 64;
  /// Throws Error where the file can't be read, with the reason and, as next(), without the path.
  explicit JsonParts(const std::filesystem::path& file);
  /// Valid until the next call; nothing at the end. Throws Error, without the path but with the line, where
  /// the file ends early, isn't one object, or nests deeper than 1,024.
  std::optional<JsonPart> next();
  std::size_t bytes_read() const { return dropped_ + size_; }  ///< so far
  std::size_t bytes() const { return bytes_; }                 ///< of the whole file; 0: nobody knows
  /// On which the last part begins, from 1. Looks through the file for it.
  std::size_t line() const;

 private:
  enum class State { Start, Member, FirstElement, Element, End };
  [[noreturn]] void fail(std::string_view what) const;
  bool read_on();
  int peek();
  int peek_word();
  void begin_part() { start_ = at_; }
  std::string_view part() const { return {buffer_.data() + start_, at_ - start_}; }
  std::optional<JsonPart> member(bool first);
  void pass_string();
  void pass_value();
  void pass_plain();

  std::filesystem::path path_;
  std::optional<FileStream> file_;  ///< nothing: all of it was read
  std::vector<char> buffer_;
  std::size_t start_ = 0, at_ = 0, size_ = 0;  ///< in the buffer: of the part in hand, next byte, end
  std::size_t dropped_ = 0, bytes_ = 0;
  State state_ = State::Start;
  std::string key_;
  std::size_t place_ = 0;
};

}  // namespace doppel::dataset
