// doppel serve DATA
#include "serve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "command.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "serve/api.h"
#include "serve/inspection_api.h"
#include "serve/page.h"
#include "serve/runs_api.h"
#include "serve/server.h"

namespace doppel::apps {
namespace {

std::vector<WebRoute> joined(std::vector<WebRoute> routes, std::vector<WebRoute> more) {
  std::ranges::move(more, std::back_inserter(routes));
  return routes;
}

/// Until SIGINT or SIGTERM.
int serve_routes(int port, std::vector<WebRoute> routes) {
  Server server(port, std::move(routes));
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

/// Whether a run may begin there: an empty folder, or one that could be made. Nothing that is data.
bool may_hold_runs(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return std::filesystem::is_empty(folder, error);
  const std::filesystem::path above = folder.parent_path();
  return !std::filesystem::exists(folder, error) && folder.extension().empty() &&
         folder.string().find(':') == std::string::npos &&
         (above.empty() || std::filesystem::is_directory(above, error));
}

/// Whether the words are folders of runs, or will be; all are, or none. Throws UsageError.
bool are_runs(const Words& words) {
  const auto runs = std::ranges::count_if(
      words, [](const std::string& word) { return holds_runs(word) || may_hold_runs(word); });
  if (runs > 0 && std::cmp_less(runs, words.size()))
    throw UsageError("some of these are folders of runs, some are data; serve one or the other");
  return runs > 0;
}

int run_serve(const CommandLine& line) {
  const auto words = line.get<Words>("data");
  if (are_runs(words)) {
    if (line.has("recipe"))
      throw UsageError(
          holds_runs(words[0])
              ? "--recipe is for data; these are folders of runs"
              : fmt::format("{} is empty or isn't there: no data that --recipe could be seen on", words[0]));
    for (const std::string& word : words)
      if (!holds_runs(word))
        fmt::print(stderr, "{}: no run is there yet; the page shows the first one that begins\n", word);
    RunsApi api({words.begin(), words.end()});
    return serve_routes(line.get<int>("port"), joined(page_routes("runs.html"), api.routes()));
  }
  return serve_recipe(Images(words, data_options(line)), line.get<std::string>("recipe"),
                      line.get<int>("port"));
}

}  // namespace

int serve_recipe(const Images& images, const std::string& recipe, int port) {
  RecipeApi api(images, recipe);
  InspectionApi inspection(images);
  return serve_routes(port, joined(joined(page_routes("index.html"), api.routes()), inspection.routes()));
}

Command serve_command() {
  return {
      .name = "serve",
      .brief = "shape a recipe, or watch training, in the browser",
      .about =
          "Prints an address on this machine that a browser here opens: a page on which a recipe is put "
          "together "
          "with the mouse, and what it does to the images is seen at once. Nothing is written but the "
          "recipe's own "
          "file, where that is asked for. Of folders of runs: how they go, while they do. Ends at Ctrl-C. "
          "From another machine: ssh -L PORT:127.0.0.1:PORT.",
      .words = {{"data", data_text(), "a data set, image files, or folders of runs", Presence::Repeated}},
      .groups = {{"Options",
                  {recipe_option("standard",
                                 "what the page begins with: a YAML file, which it may write, or a preset"),
                   {"port", Whole{.initial = 0, .least = 0, .most = 65535},
                    "of 127.0.0.1; 0: one that is free"}}},
                 data_group()},
      .examples = {"serve sample:photos --recipe strong", "serve runs"},
      .run = run_serve};
}

}  // namespace doppel::apps
