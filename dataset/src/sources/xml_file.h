// Annotations in XML.
#pragma once

#include <filesystem>
#include <pugixml.hpp>
#include <string_view>

namespace doppel::dataset {

/// Reads a whole file. Throws Error with the line where it's damaged, without the file's name.
void load_xml(const std::filesystem::path& file, pugi::xml_document& document);
/// Whether this element opens within a file's first bytes, which may be UTF-16.
bool xml_begins_with(const std::filesystem::path& file, std::string_view element);

}  // namespace doppel::dataset
