#include "doppel/codec/npy_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "doppel/base/error.h"

namespace doppel {
namespace {

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
class NpyDictionary {
 public:
  explicit NpyDictionary(std::string_view text) : text_(text) {}

  void read(NpyHeader& header, std::string& type) {
    expect('{');
    std::array<bool, 3> met{};
    while (!take('}')) {
      const std::string key = quoted();
      expect(':');
      const auto found = std::ranges::find(kKeys, key);
      if (found == kKeys.end()) fail(fmt::format("has the key '{}', which isn't NumPy's", key));
      bool& is_met = met[static_cast<std::size_t>(found - kKeys.begin())];
      if (is_met) fail(fmt::format("says '{}' twice", key));
      is_met = true;
      if (key == "descr")
        type = text_at() == '\'' || text_at() == '"' ? quoted() : structure();
      else if (key == "shape")
        header.shape = shape();
      else
        header.fortran_order = truth();
      if (!take(',') && text_at() != '}') fail("is damaged");
    }
    if (text_at() != '\0') fail("goes on behind its dictionary");
    for (std::size_t k = 0; k < kKeys.size(); ++k)
      if (!met[k]) fail(fmt::format("lacks '{}'", kKeys[k]));
  }

 private:
  static constexpr std::array<std::string_view, 3> kKeys{"descr", "fortran_order", "shape"};

  [[noreturn]] static void fail(const std::string& what) { throw Error("its .npy header " + what); }
  /// The next letter that isn't blank; 0 at the end.
  char text_at() {
    const std::size_t at = text_.find_first_not_of(" \t\r\n\f\v");
    text_.remove_prefix(std::min(at, text_.size()));
    return text_.empty() ? '\0' : text_[0];
  }
  bool take(char c) {
    if (text_at() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail("is damaged");
  }
  std::string quoted() {
    const char quote = text_at();
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, 1) : text_.npos;
    if (end == text_.npos) fail("is damaged");
    std::string inside(text_.substr(1, end - 1));
    if (inside.find('\\') != inside.npos) fail("is damaged");
    text_.remove_prefix(end + 1);
    return inside;
  }
  bool truth() {
    text_at();
    for (const bool value : {true, false})
      if (const std::string_view word = value ? "True" : "False"; text_.starts_with(word)) {
        text_.remove_prefix(word.size());
        return value;
      }
    fail("is damaged");
  }
  std::vector<std::uint64_t> shape() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!take(')')) {
      if (sizes.size() == 32) fail("has more than 32 dimensions");
      text_at();
      std::uint64_t size = 0;
      const auto [end, problem] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (problem != std::errc()) fail("has a shape that isn't one");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      take('L');  // Python 2
      sizes.push_back(size);
      if (!take(',') && text_at() != ')') fail("has a shape that isn't one");
    }
    return sizes;
  }
  /// A list of fields, or a tuple with a shape, up to its end.
  std::string structure() {
    int depth = 0;
    for (char c = text_at(); c != '\0'; c = text_at()) {
      if (c == '\'' || c == '"') {
        (void)quoted();
        continue;
      }
      depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
      text_.remove_prefix(1);
      if (depth == 0) return "structure";
    }
    fail("is damaged");
  }

  std::string_view text_;
};

/// Of "<f4", what follows the letter.
std::uint64_t size_in(std::string_view type) {
  std::uint64_t size = 0;
  const auto [end, problem] = std::from_chars(type.data() + 2, type.data() + type.size(), size);
  if (problem != std::errc() || end != type.data() + type.size() || size > (1U << 20))
    throw Error(fmt::format("its .npy header has the type '{}', which isn't NumPy's", type));
  return size;
}

std::string problem_of(std::string_view type) {
  if (type == "structure") return "it has fields of several types";
  if (type.find('O') != type.npos)
    return "it holds objects, which NumPy pickles: to read them would be to run what the file says; save an "
           "array of one type";
  return fmt::format("its type is {}; numbers of up to 8 bytes and texts are read", type);
}

void set_type(NpyHeader& header, const std::string& type) {
  using Kind = NpyHeader::Kind;
  using Number = NumberType::Kind;
  header.kind = Kind::Unread;
  header.problem = problem_of(type);
  if (type == "structure" || type.find('O') != type.npos) return;
  if (type.size() < 3 || std::string_view("<>|=").find(type[0]) == std::string_view::npos)
    throw Error(fmt::format("its .npy header has the type '{}', which isn't NumPy's", type));
  const char letter = type[1];
  if (letter == 'M' || letter == 'm') return;  // dates, as <M8[ns]
  const std::uint64_t size = size_in(type);
  const bool big = type[0] == '>', power = size == 1 || size == 2 || size == 4 || size == 8;
  const auto number = [&](Number kind) {
    header.kind = Kind::Numbers;
    header.type = {kind, static_cast<int>(size), big && size > 1};
    header.item_bytes = size;
  };
  if (letter == 'S' || letter == 'a' || letter == 'U') {
    if (size == 0) {
      header.problem = "it holds texts without letters";
      return;
    }
    header.kind = letter == 'U' ? Kind::Letters : Kind::Bytes;
    header.item_bytes = letter == 'U' ? 4 * size : size;
    header.big_endian_letters = big;
  } else if (letter == 'b' && size == 1) {
    number(Number::Bool);
  } else if (letter == 'i' && power) {
    number(Number::Signed);
  } else if (letter == 'u' && power) {
    number(Number::Unsigned);
  } else if (letter == 'f' && power && size > 1) {
    number(Number::Float);
  }
  if (header.kind != Kind::Unread) header.problem.clear();
}

}  // namespace

NpyHeader NpyHeader::read(std::span<const unsigned char> bytes) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  const auto text = std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic)) throw Error("isn't a .npy file: it doesn't begin with \\x93NUMPY");
  constexpr std::size_t kVersion = 6;
  if (bytes.size() < 10) throw Error("ends inside its .npy header");
  const unsigned version = bytes[kVersion];
  if (version < 1 || version > 3)
    throw Error(fmt::format("is .npy of version {}.{}; 1 to 3 are read", version, bytes[kVersion + 1]));
  const std::size_t begin = version == 1 ? 10 : 12;
  if (bytes.size() < begin) throw Error("ends inside its .npy header");
  const std::size_t length = version == 1 ? stored_number<std::uint16_t>(bytes.data() + 8, false)
                                          : stored_number<std::uint32_t>(bytes.data() + 8, false);
  if (length > kMost - begin)
    throw Error(fmt::format("has a .npy header of {} bytes; up to {} are read", length, kMost - begin));
  if (bytes.size() < begin + length) throw Error("ends inside its .npy header");
  NpyHeader header;
  header.data_offset = begin + length;
  std::string type;
  NpyDictionary(text.substr(begin, length)).read(header, type);
  set_type(header, type);
  return header;
}

}  // namespace doppel
