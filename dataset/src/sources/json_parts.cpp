#include "json_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kChunk = 1 << 20;
constexpr int kDeepestNesting = 1024, kNothing = -1;

bool is_json_blank(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool has_wide_mark(std::string_view head) {
  return head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff");
}

/// How many of eight bytes, in order, can be neither bracket nor quote nor the like.
std::size_t plain_bytes(const char* bytes) {
  if constexpr (std::endian::native != std::endian::little) return 0;
  constexpr std::uint64_t kOnes = 0x0101010101010101, kTops = 0x80 * kOnes;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const std::uint64_t unquoted = word ^ ('"' * kOnes);
  // From '@' on, brackets are; bits above the first that is set may be wrong.
  const std::uint64_t other = (word & kTops) | (word << 1 & kTops) | ((unquoted - kOnes) & ~unquoted & kTops);
  return static_cast<std::size_t>(std::countr_zero(other)) / 8;
}

}  // namespace

JsonParts::JsonParts(const std::filesystem::path& file) : path_(file) {
  file_.emplace(file);
  if (is_file(file)) bytes_ = size_of_file(file);
  read_on();
  const std::string_view head(buffer_.data(), size_);
  if (has_wide_mark(head)) {
    const std::string text = read_text(file);
    file_.reset();
    buffer_.assign(text.begin(), text.end());
    buffer_.resize(text.size() + kRoom);
    size_ = bytes_ = text.size();
  }
  at_ = size_ - without_mark({buffer_.data(), size_}).size();
}

bool JsonParts::read_on() {
  if (!file_) return false;
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(start_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(size_), buffer_.begin());
  dropped_ += start_;
  at_ -= start_;
  size_ -= start_;
  start_ = 0;
  if (buffer_.size() < size_ + kChunk + kRoom) buffer_.resize(2 * size_ + kChunk + kRoom);
  const std::size_t more = file_->read({reinterpret_cast<unsigned char*>(buffer_.data()) + size_, kChunk});
  size_ += more;
  if (more == 0) file_.reset();
  return more > 0;
}

std::size_t JsonParts::line() const {
  const std::size_t before = dropped_ + start_;
  const auto ends = [](const auto* text, std::size_t size) { return std::count(text, text + size, '\n'); };
  std::ptrdiff_t lines = 1;
  if (dropped_ == 0) return static_cast<std::size_t>(lines + ends(buffer_.data(), start_));
  FileStream again(path_);
  std::vector<unsigned char> chunk(std::min(before, kChunk));
  for (std::size_t left = before, read = 1; left > 0 && read > 0; left -= read) {
    read = again.read(std::span(chunk).first(std::min(left, chunk.size())));
    lines += ends(chunk.data(), read);
  }
  return static_cast<std::size_t>(lines);
}

void JsonParts::fail(std::string_view what) const { throw Error(fmt::format("line {}: {}", line(), what)); }

int JsonParts::peek() {
  if (at_ == size_ && !read_on()) return kNothing;
  return static_cast<unsigned char>(buffer_[at_]);
}

int JsonParts::peek_word() {
  while (is_json_blank(peek())) ++at_;
  return peek();
}

void JsonParts::pass_string() {
  for (++at_;; ++at_) {
    int c = peek();
    if (c == '"') break;
    if (c == '\\') ++at_, c = peek();
    if (c == kNothing) fail("the file ends within a text");
  }
  ++at_;
}

void JsonParts::pass_plain() {
  while (at_ + 8 <= size_) {
    const std::size_t plain = plain_bytes(buffer_.data() + at_);
    at_ += plain;
    if (plain < 8) return;
  }
}

void JsonParts::pass_value() {
  begin_part();
  for (int depth = 0;;) {
    const int c = peek();
    if (c == '"') {
      pass_string();
      if (depth == 0) return;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepestNesting) fail("lists and objects within each other, more than 1,024 deep");
      ++at_;
    } else if (depth > 0) {
      if (c == kNothing) fail("the file ends within what begins here");
      ++at_;
      if ((c == '}' || c == ']') && --depth == 0) return;
      pass_plain();
    } else if (c == kNothing || c == ',' || c == '}' || c == ']' || is_json_blank(c)) {
      if (at_ == start_) fail(c == kNothing ? "the file ends where a value should be" : "a value is missing");
      return;
    } else {
      ++at_;
    }
  }
}

std::optional<JsonPart> JsonParts::member(bool first) {
  int c = peek_word();
  if (c == kNothing) fail("the file ends before its object does");
  if (c == '}') {
    ++at_;
    begin_part();
    if (peek_word() != kNothing) fail("something follows the object");
    state_ = State::End;
    return {};
  }
  if (!first && c != ',') fail("a comma, or the object's end, is missing");
  if (!first) ++at_, c = peek_word();
  if (c != '"') fail("a member's name is missing");
  begin_part();
  pass_string();
  key_ = part().substr(1, at_ - start_ - 2);
  if (peek_word() != ':') fail(fmt::format("a colon after \"{}\" is missing", key_));
  ++at_;
  if (peek_word() == '[') {
    begin_part();
    ++at_;
    state_ = State::FirstElement;
    place_ = 0;
    return JsonPart{JsonPart::Kind::List, key_, 0, {}};
  }
  pass_value();
  state_ = State::Member;
  return JsonPart{JsonPart::Kind::Value, key_, 0, part()};
}

std::optional<JsonPart> JsonParts::next() {
  if (state_ == State::End) return {};
  begin_part();
  if (state_ == State::Start) {
    const int c = peek_word();
    if (c == kNothing) throw Error("an empty file");
    if (c != '{')
      fail(fmt::format("not a JSON object, which begins with '{{'{}", c == '[' ? ", but a list" : ""));
    ++at_;
    return member(true);
  }
  if (state_ == State::Member) return member(false);
  const int c = peek_word();
  if (c == ']') {
    ++at_;
    begin_part();
    return member(false);
  }
  if (state_ == State::Element) {
    if (c != ',')
      fail(c == kNothing ? "the file ends within a list" : "a comma, or the list's end, is missing");
    ++at_;
    peek_word();
  }
  pass_value();
  state_ = State::Element;
  return JsonPart{JsonPart::Kind::Element, key_, place_++, part()};
}

}  // namespace doppel::dataset
