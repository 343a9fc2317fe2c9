// Pieces of a page: text, images and charts.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace doppel::apps {

/// Text as HTML shows it.
std::string escaped(const std::string& text);
/// A PNG within the page.
std::string png_uri(std::span<const unsigned char> png);

/// Names and values, in cards.
std::string facts(const std::vector<std::pair<std::string, std::string>>& all);
/// A whole page that needs nothing else, in the one style of all reports. `body` is HTML.
std::string page(const std::string& title, const std::string& body);

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
