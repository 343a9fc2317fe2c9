#include "xml_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {

void load_xml(const std::filesystem::path& file, pugi::xml_document& document) {
  const std::vector<unsigned char> bytes = read_file(file);
  const pugi::xml_parse_result parsed = document.load_buffer(bytes.data(), bytes.size());
  if (parsed) return;
  const auto place =
      std::min(bytes.size(), static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)));
  const auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(place), '\n');
  throw Error(fmt::format("line {}: not whole XML ({})", line, parsed.description()));
}

bool xml_begins_with(const std::filesystem::path& file, std::string_view element) {
  const std::vector<unsigned char> head = read_head(file, 4096);
  std::string text;
  std::ranges::copy_if(head, std::back_inserter(text), [](unsigned char c) { return c != 0; });  // UTF-16
  const std::size_t at = text.find("<" + std::string(element)), end = at + 1 + element.size();
  if (at == text.npos || end >= text.size()) return false;
  return std::string_view(" \t\r\n>/").find(text[end]) != std::string_view::npos;
}

}  // namespace doppel::dataset
