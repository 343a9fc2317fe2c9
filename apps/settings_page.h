// docs/settings.md.
#pragma once

#include <string>

namespace doppel::apps {

/// What train and gan may be told, as a page of Markdown.
std::string settings_page();

}  // namespace doppel::apps
