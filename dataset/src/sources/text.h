// Annotations as people write them: byte-order marks, any line end, blanks, numbers in any usual form.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doppel::dataset {

/// A whole file as text, without a byte-order mark; UTF-16 with one becomes UTF-8. Throws Error with the
/// path, and with the line of a zero byte.
std::string read_text(const std::filesystem::path& file);
/// The same of a file's bytes.
std::string text_in(const std::vector<unsigned char>& bytes);
/// Without a byte-order mark.
std::string_view without_mark(std::string_view text);
/// Lines, ended by "\n", "\r\n" or "\r"; an empty last one is none.
std::vector<std::string_view> lines_of(std::string_view text);
/// Lines of a text that is gone would lead nowhere.
template <std::same_as<std::string> Text>
std::vector<std::string_view> lines_of(Text&& text) = delete;
/// Lines that aren't blank, trimmed.
std::vector<std::string> filled_lines(std::string_view text);
/// Words between blanks.
std::vector<std::string_view> words_of(std::string_view line);
template <std::same_as<std::string> Text>
std::vector<std::string_view> words_of(Text&& line) = delete;  ///< as lines_of()
/// Without blanks, tabs, line ends, zero bytes and no-break spaces around it.
std::string_view trimmed(std::string_view text);
/// Lower case, of ASCII's letters.
std::string lower(std::string_view text);

/// Runs of ASCII's letters, in lower case, and digits: of "BBox_x-2" "bbox", "x", "2".
std::vector<std::string> alphanumeric_words(std::string_view text);

/// A finite number, with blanks around it and a plus before it allowed; nothing for half a number.
std::optional<double> real_number(std::string_view text);
/// The same where it is whole: "3", "+3", "3.0", "3e0".
std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace doppel::dataset
