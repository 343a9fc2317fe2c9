#include "mask_colors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "csv.h"
#include "doppel/base/error.h"
#include "listed_images.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kTableNames{"class_dict.csv",   "class_dict_seg.csv",
                                                      "labelmap.txt",     "label_map.txt",
                                                      "label_colors.txt", "labelcolors.txt"};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  return parts;
}

std::string color_text(std::uint32_t color) {
  return fmt::format("{}, {}, {}", color >> 16, color >> 8 & 255, color & 255);
}

/// Columns of name, r, g and b by a table's first line.
std::array<std::size_t, 4> columns_of(const std::vector<std::string>& header) {
  constexpr std::array<std::array<std::string_view, 3>, 4> kNames{
      {{"name", "class", "label"}, {"r", "red", "r"}, {"g", "green", "g"}, {"b", "blue", "b"}}};
  std::array<std::size_t, 4> columns{};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto found = std::ranges::find_if(header, [&](const std::string& title) {
      return std::ranges::find(kNames[c], lower(title)) != kNames[c].end();
    });
    if (found == header.end())
      throw Error(fmt::format("1: a table of colours has the columns name, r, g and b; {} isn't there",
                              kNames[c][0]));
    columns[c] = static_cast<std::size_t>(found - header.begin());
  }
  return columns;
}

}  // namespace

fs::path MaskColors::in(const fs::path& folder) {
  for (const Entry& entry : listing_of(folder)) {
    const std::string name = lower(entry.path.filename().string());
    if (!entry.is_folder && std::ranges::find(kTableNames, name) != kTableNames.end()) return entry.path;
  }
  return {};
}

MaskColors::MaskColors(const fs::path& file) {
  const std::string text = read_text(file);
  try {
    if (lower(file.extension().string()) == ".csv")
      read_csv(text);
    else
      read_lines(text);
    if (names_.empty()) throw Error("1: a table of colours without a row");
  } catch (const Error& error) { throw Error(fmt::format("{}:{}", file.string(), error.what())); }
}

void MaskColors::read_csv(const std::string& text) {
  CsvReader reader(text, separator_of(text));
  std::vector<std::string> fields;
  if (!reader.next(fields)) return;
  const auto columns = columns_of(fields);
  while (reader.next(fields)) {
    if (fields.size() == 1 && fields[0].empty()) continue;
    try {
      if (fields.size() <= *std::ranges::max_element(columns)) throw Error("fewer fields than columns");
      add(fields[columns[0]], {fields[columns[1]], fields[columns[2]], fields[columns[3]]});
    } catch (const Error& error) { throw Error(fmt::format("{}: {}", reader.line(), error.what())); }
  }
}

void MaskColors::read_lines(const std::string& text) {
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    const std::string_view one = trimmed(line);
    if (one.empty() || one.starts_with('#')) continue;
    try {
      if (const std::vector<std::string> parts = split(one, ':'); parts.size() > 1) {
        add(parts[0], split(parts[1], ','));
        continue;
      }
      const std::vector<std::string_view> words = words_of(one);
      if (words.size() < 4) throw Error("neither `name:r,g,b` nor `r g b name`");
      const std::size_t at = static_cast<std::size_t>(words[3].data() - one.data());
      add(std::string(one.substr(at)), {std::string(words[0]), std::string(words[1]), std::string(words[2])});
    } catch (const Error& error) { throw Error(fmt::format("{}: {}", number, error.what())); }
  }
}

void MaskColors::add(std::string name, const std::vector<std::string>& rgb) {
  if (name.empty() || rgb.size() != 3) throw Error("a row has a name and three numbers");
  std::uint32_t color = 0;
  for (const std::string& text : rgb) {
    const auto value = whole_number(text);
    if (!value || *value < 0 || *value > 255)
      throw Error(fmt::format("'{}' is no part of a colour, 0 to 255", text));
    color = color << 8 | static_cast<std::uint32_t>(*value);
  }
  const auto [known, is_new] = number_of_.emplace(color, static_cast<int>(names_.size()));
  if (!is_new)
    throw Error(fmt::format("{} and {} have the same colour, {}",
                            names_[static_cast<std::size_t>(known->second)], name, color_text(color)));
  names_.push_back(std::move(name));
}

cv::Mat MaskColors::numbers(const cv::Mat& image) const {
  cv::Mat mask(image.size(), names_.size() > 256 ? CV_32S : CV_8U);
  const bool grey = image.channels() == 1;
  std::uint32_t last = ~std::uint32_t{0};
  int number = 0;
  for (int y = 0; y < image.rows; ++y) {
    const unsigned char* row = image.ptr(y);
    for (int x = 0; x < image.cols; ++x) {
      const unsigned char* p = row + (grey ? x : 3 * x);
      const std::uint32_t color =
          grey ? *p * 0x010101U : static_cast<std::uint32_t>(p[0] << 16 | p[1] << 8 | p[2]);
      if (color != last) {
        const auto found = number_of_.find(color);
        if (found == number_of_.end())
          throw Error(fmt::format("the mask's colour {} at {}, {} (x, y) isn't in the table of colours",
                                  color_text(color), x, y));
        last = color;
        number = found->second;
      }
      if (mask.depth() == CV_8U)
        mask.at<unsigned char>(y, x) = static_cast<unsigned char>(number);
      else
        mask.at<int>(y, x) = number;
    }
  }
  return mask;
}

}  // namespace doppel::dataset
