// doppel serve DATA
#include "serve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "command.h"
#include "common_options.h"
#include "serve/api.h"
#include "serve/page.h"
#include "serve/server.h"

namespace doppel::apps {
namespace {

std::vector<WebRoute> joined(std::vector<WebRoute> routes, std::vector<WebRoute> more) {
  std::ranges::move(more, std::back_inserter(routes));
  return routes;
}

int run_serve(const CommandLine& line) {
  return serve_recipe(Images(line.get<Words>("data"), data_options(line)), line.get<std::string>("recipe"),
                      line.get<int>("port"));
}

}  // namespace

int serve_recipe(const Images& images, const std::string& recipe, int port) {
  RecipeApi api(images, recipe);
  Server server(port, joined(page_routes(), api.routes()));
  if (page_files().empty())
    fmt::print(
        stderr,
        "this program was built without its page, since npm's packages weren't there (see docs/building.md): "
        "only /api answers, with the header X-Doppel-Token\n");
  fmt::print("{}\n", server.address());
  std::fflush(stdout);
  server.run();
  return 0;
}

Command serve_command() {
  return {
      .name = "serve",
      .brief = "shape a recipe in the browser, on your own images",
      .about =
          "Prints an address on this machine that a browser here opens: a page on which a recipe is put "
          "together "
          "with the mouse, and what it does to the images is seen at once. Nothing is written but the "
          "recipe's own "
          "file, where that is asked for. Ends at Ctrl-C. From another machine: ssh -L PORT:127.0.0.1:PORT.",
      .words = {{"data", data_text(), "a data set, or image files", Presence::Repeated}},
      .groups = {{"Options",
                  {recipe_option("standard",
                                 "what the page begins with: a YAML file, which it may write, or a preset"),
                   {"port", Whole{.initial = 0, .least = 0, .most = 65535},
                    "of 127.0.0.1; 0: one that is free"},
                   {"open", Flag{}, "in the browser at once"}}},
                 data_group()},
      .examples = {"serve sample:photos --recipe strong"},
      .run = run_serve};
}

}  // namespace doppel::apps
