// What the page may ask for: docs/serve.md lists it.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "serve/pictures.h"
#include "serve/recipe_book.h"
#include "serve/server.h"

namespace doppel::apps {

/// Data sets, and the recipes that are tried on them.
class RecipeApi {
 public:
  /// `images` must outlive it. `recipe`: what the page begins with, a file or a preset; a file is the one
  /// that it may write.
  RecipeApi(const Images& images, const std::string& recipe);
  /// Each answer refers to this.
  std::vector<WebRoute> routes();

 private:
  WebResponse data() const;
  WebResponse read_recipe(const WebRequest& request);
  WebResponse save(const WebRequest& request);
  WebResponse list_images(const WebRequest& request) const;
  WebResponse tile(const WebRequest& request);
  WebResponse tiles(const WebRequest& request);
  WebResponse plan(const WebRequest& request);
  WebResponse drawn(const WebRequest& request);

  const Images& images_;
  RecipeBook book_;
  Pictures pictures_;
  BookedPtr start_;
  std::filesystem::path file_;  ///< empty: the recipe is a preset
  std::mutex saving_;
  std::string file_text_;   ///< what was last known to be in it
  std::string transforms_;  ///< the catalogue's JSON
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_class_;
};

/// The page's files, and "/", which is `first`: "index.html" or "runs.html".
std::vector<WebRoute> page_routes(std::string_view first);

}  // namespace doppel::apps
