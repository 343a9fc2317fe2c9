// Pieces of a page: text, pictures and charts.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace doppel::apps {

/// Text as HTML shows it.
std::string escaped(const std::string& text);
/// A PNG within the page.
std::string png_uri(std::span<const unsigned char> png);

/// Values over the epochs, 1, 2, …
struct Chart {
  struct Line {
    std::string name, color;  ///< color: a CSS variable
    std::vector<double> values;
  };
  std::string title;
  std::vector<Line> lines;
};
std::string svg(const Chart& chart);

}  // namespace doppel::apps
