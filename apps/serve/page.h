// The page, which is part of the program.
#pragma once

#include <span>
#include <string_view>

namespace doppel::apps {

/// A file of the page, as the browser asks for it.
struct PageFile {
  std::string_view name;  ///< "app.js"
  std::string_view type;  ///< what the browser is told that it is
  std::string_view bytes;
};

/// All of them; none where the program was built without (npm fetches two small libraries that it needs).
std::span<const PageFile> page_files();

}  // namespace doppel::apps
