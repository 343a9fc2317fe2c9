#include "doppel/nn/distributed/place.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include "doppel/base/error.h"
#include "doppel/base/plug_in.h"
#include "exchange.h"

namespace doppel::nn {
namespace {

bool is_number(std::string_view digits, int& n) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return error == std::errc() && end == digits.data() + digits.size();
}

/// A variable of the environment; empty where it isn't set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int number_of(const char* name) {
  int n = 0;
  if (const std::string text = variable(name); !is_number(text, n))
    throw UsageError(fmt::format("the environment's {} is '{}', which is no number", name, text));
  return n;
}

GroupPlace checked(GroupPlace place, const char* rank, const char* world) {
  if (place.world < 1 || place.rank < 0 || place.rank >= place.world)
    throw UsageError(
        fmt::format("the environment has {}={} and {}={}: ranks are 0 to the number of processes less 1",
                    rank, place.rank, world, place.world));
  return place;
}

/// torchrun's variables, which other launchers set as well.
std::optional<GroupPlace> of_torchrun() {
  constexpr std::array kNames{"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"};
  std::string missing;
  std::size_t there = 0;
  for (const char* name : kNames) {
    if (!variable(name).empty())
      ++there;
    else
      missing += (missing.empty() ? "" : ", ") + std::string(name);
  }
  if (variable("RANK").empty() && variable("WORLD_SIZE").empty()) return {};
  if (there < kNames.size())
    throw UsageError(fmt::format(
        "the environment has RANK or WORLD_SIZE, as launchers set them, but not {}: set all four, "
        "or none, or say --group",
        missing));
  int port = number_of("MASTER_PORT");
  if (variable("TORCHELASTIC_USE_AGENT_STORE") == "True") ++port;
  return checked({number_of("RANK"), number_of("WORLD_SIZE"), variable("MASTER_ADDR"), std::to_string(port)},
                 "RANK", "WORLD_SIZE");
}

/// The first of Slurm's hosts: "node01" of "node[01-03,07],other".
std::string first_host(const std::string& hosts) {
  const std::size_t end = hosts.find_first_of("[,");
  std::string first = hosts.substr(0, end);
  if (end != std::string::npos && hosts[end] == '[')
    first += hosts.substr(end + 1, hosts.find_first_of("-,]", end) - end - 1);
  return first;
}

/// What srun sets. The shell of a job has no SLURM_PROCID beside a SLURM_STEP_ID.
std::optional<GroupPlace> of_slurm() {
  if (variable("SLURM_PROCID").empty() || variable("SLURM_STEP_ID").empty()) return {};
  const int world =
      number_of(variable("SLURM_STEP_NUM_TASKS").empty() ? "SLURM_NTASKS" : "SLURM_STEP_NUM_TASKS");
  if (world == 1) return {};
  // Jobs that share a machine have numbers that lie close together.
  constexpr int kFirstPort = 20'000, kPorts = 10'000;
  const int port = kFirstPort + number_of("SLURM_JOB_ID") % kPorts;
  const std::string host = first_host(variable("SLURM_STEP_NODELIST"));
  if (host.empty())
    throw UsageError("the environment has SLURM_PROCID, but no SLURM_STEP_NODELIST: say --group");
  return checked({number_of("SLURM_PROCID"), world, host, std::to_string(port)}, "SLURM_PROCID",
                 "SLURM_NTASKS");
}

}  // namespace

GroupPlace GroupPlace::parse(std::string_view text) {
  GroupPlace place;
  const std::size_t slash = text.find('/'), at = text.find('@'), colon = text.rfind(':');
  const bool whole = slash < at && at < colon && colon != text.npos && at + 1 < colon &&
                     colon + 1 < text.size() && is_number(text.substr(0, slash), place.rank) &&
                     is_number(text.substr(slash + 1, at - slash - 1), place.world);
  int port = 0;
  constexpr int kMostPort = 65'535, kMostProcesses = 10'000;
  if (!whole || place.world < 1 || place.rank < 0 || place.rank >= place.world ||
      !is_number(text.substr(colon + 1), port) || port < 1 || port > kMostPort)
    throw UsageError(fmt::format(
        "'{}' isn't RANK/WORLD@HOST:PORT, as 0/2@127.0.0.1:7000, with a port from 1 to {}", text, kMostPort));
  if (place.world > kMostProcesses)
    throw UsageError(fmt::format("{} processes, where a group has at most {}", place.world, kMostProcesses));
  place.host = text.substr(at + 1, colon - at - 1);
  if (place.host.front() == '[' && place.host.back() == ']')
    place.host = place.host.substr(1, place.host.size() - 2);
  place.port = text.substr(colon + 1);
  return place;
}

GroupPlace GroupPlace::of_mpi() {
  void* const function = plug_in_function("libdoppel_mpi.so", "doppel_exchange_place");
  if (!function) throw Error("doppel was built without MPI: libdoppel_mpi.so is missing");
  ExchangePlace place;
  try {
    reinterpret_cast<FindPlace>(function)(place);
  } catch (const std::exception& error) { throw Error(fmt::format("MPI doesn't begin: {}", error.what())); }
  return {place.rank, place.world, place.host, place.port};
}

bool GroupPlace::is_under_mpi() {
  const std::string world = variable("OMPI_COMM_WORLD_SIZE");
  return !world.empty() && world != "1";
}

std::optional<GroupPlace> GroupPlace::of_environment() {
  if (auto place = of_torchrun()) return place;
  return of_slurm();
}

}  // namespace doppel::nn
