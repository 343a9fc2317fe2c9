#include "group_options.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
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

nn::GroupOptions options_of(const CommandLine& line, const GroupWork& work) {
  nn::GroupOptions options;
  options.patience = seconds_of(line, "group-patience");
  options.meeting = seconds_of(line, "group-wait");
  options.engine = engine_of(line);
  options.stop = work.stop;
  options.apart = work.apart;
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

std::optional<nn::GroupPlace> group_place(const CommandLine& line) {
  std::optional<nn::GroupPlace> place;
  const bool is_mpi = engine_of(line) == "mpi";
  if (is_mpi && line.knows("elastic") && line.get<int>("elastic") > 0)
    throw UsageError("--elastic needs the engine gloo: MPI ends all processes where one is lost");
  if (line.has("group"))
    place = nn::GroupPlace::parse(line.get<std::string>("group"));
  else
    place = nn::GroupPlace::of_environment();
  const bool is_told = place && place->world > 1;
  if (is_mpi) place = nn::GroupPlace::of_mpi();
  if (is_mpi && is_told && place->world == 1)
    throw UsageError(
        "--group-engine mpi finds no other process: places are mpirun's or srun's there, not --group's or "
        "launch's");
  if (!is_mpi && !place && nn::GroupPlace::is_under_mpi())
    throw UsageError(
        "--group-engine gloo under mpirun wants a place: --group RANK/WORLD@HOST:PORT, or RANK, WORLD_SIZE, "
        "MASTER_ADDR and MASTER_PORT; without --group-engine MPI carries what is sent");
  if (place && place->world == 1) place.reset();
  return place;
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
           {"group-engine", Choice{{{"auto", ""}, {"gloo", "over TCP"}, {"mpi", "under mpirun"}}, "auto"},
            "what carries gradients"}}};
}

Option elastic_option() {
  return {"elastic", Whole{.placeholder = "MIN", .initial = 0},
          "so many at least go on without who is lost; 0: none does"};
}

GroupMember::GroupMember(const CommandLine& line, const GroupWork& work)
    : line_(line), work_(work), place_(group_place(line)) {}
GroupMember::~GroupMember() = default;

void GroupMember::meet() {
  if (!place_) return;
  std::signal(SIGPIPE, SIG_IGN);  // who is gone is told by an error
  std::cerr << fmt::format("process {} of {}, at {}:{}: waiting for the others\n", place_->rank,
                           place_->world, place_->host, place_->port);
  join(0);
  group_->agree("the command", line_.usage());
  if (!is_first() && !std::freopen("/dev/null", "w", stdout)) throw Error("/dev/null can't be written");
}

void GroupMember::meet_again(int least) { join(least); }

void GroupMember::join(int again) {
  group_.reset();
  nn::GroupOptions options = options_of(line_, work_);
  options.again = again;
  group_ = std::make_unique<nn::Group>(*place_, options);
  place_->rank = group_->rank();
  place_->world = group_->world();
}

}  // namespace doppel::apps
