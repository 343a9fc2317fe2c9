#include "xml_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "text.h"

namespace doppel::dataset {

namespace {

std::string_view xml_fault(pugi::xml_parse_status status) {
  switch (status) {
    case pugi::status_bad_pi:
      return "a declaration <?…> that isn't closed";
    case pugi::status_bad_comment:
      return "a comment that isn't closed";
    case pugi::status_bad_cdata:
      return "a <![CDATA[…]]> that isn't closed";
    case pugi::status_bad_doctype:
      return "a <!DOCTYPE…> that isn't closed";
    case pugi::status_bad_start_element:
      return "an opening tag that isn't right or isn't closed";
    case pugi::status_bad_attribute:
      return "an attribute that isn't name=\"value\"";
    case pugi::status_bad_end_element:
      return "a closing tag that isn't right";
    case pugi::status_end_element_mismatch:
      return "a closing tag that isn't that of what is open, or none at the file's end";
    default:
      return "a tag that can't be read";
  }
}

[[noreturn]] void throw_in_xml(std::string_view bytes, std::ptrdiff_t offset, std::string_view what) {
  const auto place = std::min(bytes.size(), static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
  throw Error(fmt::format("line {}: {}", 1 + std::ranges::count(bytes.substr(0, place), '\n'), what));
}

/// Files that are written over longer ones go on after their end.
void check_one_root(const pugi::xml_document& document, std::string_view bytes) {
  pugi::xml_node root;
  for (const pugi::xml_node node : document.children()) {
    const bool is_element = node.type() == pugi::node_element;
    if (!is_element && node.type() != pugi::node_pcdata && node.type() != pugi::node_cdata) continue;
    if (root)
      throw_in_xml(bytes, node.offset_debug(),
                   fmt::format("not whole XML: something follows the end, </{}>", root.name()));
    if (!is_element) throw_in_xml(bytes, 0, "not XML: it begins with other text");
    root = node;
  }
  if (!root) throw Error("not XML: it holds no element");
}

}  // namespace

void load_xml(const std::filesystem::path& file, pugi::xml_document& document) {
  const std::vector<unsigned char> bytes = read_file(file);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (trimmed(text).empty())
    throw Error(text.find('\0') == text.npos ? "the file is empty" : "the file holds nothing but zero bytes");
  const bool is_wide = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") ||
                       text.substr(0, 2).find('\0') != text.npos;
  if (const std::size_t zero = text.find('\0'); !is_wide && zero != text.npos)
    throw_in_xml(text, static_cast<std::ptrdiff_t>(zero), "not whole XML: a zero byte");
  const pugi::xml_parse_result parsed =
      document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default | pugi::parse_fragment);
  if (!parsed) throw_in_xml(text, parsed.offset, fmt::format("not whole XML: {}", xml_fault(parsed.status)));
  check_one_root(document, text);
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
