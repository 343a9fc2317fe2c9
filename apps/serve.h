// The page on which a recipe is shaped.
#pragma once

#include <string>

#include "images.h"

namespace doppel::apps {

/// Prints the page's address and serves it until SIGINT or SIGTERM. `recipe`: a file or a preset; `port` 0:
/// one that is free. Returns the exit code.
int serve_recipe(const Images& images, const std::string& recipe, int port);

}  // namespace doppel::apps
