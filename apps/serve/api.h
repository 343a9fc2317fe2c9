// What the page may ask for: docs/serve.md lists it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "serve/class_index.h"
#include "serve/example_pictures.h"
#include "serve/file_stamps.h"
#include "serve/pictures.h"
#include "serve/recipe_book.h"
#include "serve/recipe_file.h"
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
  std::pair<BookedPtr, std::string> first_recipe();
  WebResponse data();
  WebResponse read_recipe(const WebRequest& request);
  WebResponse read_file();
  WebResponse save(const WebRequest& request);
  WebResponse list_images(const WebRequest& request) const;
  WebResponse tile(const WebRequest& request);
  WebResponse tiles(const WebRequest& request);
  WebResponse plan(const WebRequest& request);
  WebResponse drawn(const WebRequest& request);
  WebResponse example(const WebRequest& request);
  std::string changes();

  const Images& images_;
  RecipeBook book_;
  Pictures pictures_;
  ExamplePictures examples_;
  ClassIndex classes_;
  BookedPtr start_;
  RecipeFile file_;
  std::string transforms_;         ///< the catalogue's JSON
  FileStamps stamps_;              ///< of what changes() looks at, as is the next
  std::set<std::string> folders_;  ///< that images lie in
};

/// The page's files, and "/", which is `first`: "index.html" or "runs.html".
std::vector<WebRoute> page_routes(std::string_view first);

}  // namespace doppel::apps
