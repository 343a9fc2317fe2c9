#include "group_options.h"

#include <fmt/format.h>

#include <iostream>

#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::apps {
namespace {

std::chrono::milliseconds seconds_of(const CommandLine& line, const char* name) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(1000 * line.get<double>(name)));
}

std::string engine_of(const CommandLine& line) {
  const auto engine = line.get<std::string>("group-engine");
  if (engine != "auto") return engine;
  const bool is_told = line.has("group") || nn::GroupPlace::of_environment();
  return !is_told && nn::GroupPlace::is_under_mpi() ? "mpi" : "gloo";
}

nn::GroupOptions options_of(const CommandLine& line, const std::atomic<bool>* stop) {
  nn::GroupOptions options;
  options.patience = seconds_of(line, "group-patience");
  options.meeting = seconds_of(line, "group-wait");
  options.engine = engine_of(line);
  options.stop = stop;
  if (line.has("group-key")) {
    const auto path = line.get<std::string>("group-key");
    const std::vector<unsigned char> bytes = read_file(path);
    options.key.assign(bytes.begin(), bytes.end());
    while (!options.key.empty() && (options.key.back() == '\n' || options.key.back() == '\r'))
      options.key.pop_back();
    if (options.key.empty()) throw Error(fmt::format("{}: is empty, and so no key", path));
  }
  return options;
}

}  // namespace

OptionGroup group_group() {
  const nn::GroupOptions initial;
  const auto seconds = [](std::chrono::milliseconds time) {
    return Real{.placeholder = "SECONDS",
                .initial = std::chrono::duration<double>(time).count(),
                .least = 0.1,
                .most = 1e6};
  };
  return {"Several processes",
          {{"group", Text{.placeholder = "PLACE"},
            "one of several: RANK/WORLD@HOST:PORT; else what a launcher has set"},
           {"group-wait", seconds(initial.meeting), "until all must have come"},
           {"group-patience", seconds(initial.patience), "until who is silent is given up"},
           {"group-key", file(), "a secret that all must show that they know"},
           {"elastic", Whole{.placeholder = "MIN", .initial = 0},
            "so many at least go on without who is lost; 0: none does"},
           {"group-engine", Choice{{{"auto", ""}, {"gloo", "over TCP"}, {"mpi", "under mpirun"}}, "auto"},
            "what carries gradients"}}};
}

std::optional<nn::GroupPlace> group_place(const CommandLine& line) {
  std::optional<nn::GroupPlace> place;
  if (engine_of(line) == "mpi" && line.get<int>("elastic") > 0)
    throw UsageError("--elastic needs the engine gloo: MPI ends all processes where one is lost");
  if (engine_of(line) == "mpi")
    place = nn::GroupPlace::of_mpi();
  else if (line.has("group"))
    place = nn::GroupPlace::parse(line.get<std::string>("group"));
  else
    place = nn::GroupPlace::of_environment();
  if (place && place->world == 1) place.reset();
  return place;
}

std::unique_ptr<nn::Group> join_group(const CommandLine& line, const nn::GroupPlace& place,
                                      const std::atomic<bool>* stop, int again) {
  nn::GroupOptions options = options_of(line, stop);
  options.again = again;
  if (again == 0)
    std::cerr << fmt::format("process {} of {}, at {}:{}: waiting for the others\n", place.rank, place.world,
                             place.host, place.port);
  return std::make_unique<nn::Group>(place, options);
}

}  // namespace doppel::apps
