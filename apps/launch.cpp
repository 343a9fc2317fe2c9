// doppel launch -n 4 -- train DATA …
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "child.h"
#include "command.h"
#include "common_options.h"
#include "doppel/base/clock.h"
#include "doppel/base/cores.h"
#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

/// After a signal they have so long to end in order.
constexpr std::chrono::seconds kTimeToEnd{60};
/// For the others to name who failed, once one has.
constexpr std::chrono::seconds kTimeToNotice{6};

volatile std::sig_atomic_t caught = 0;  ///< a signal to pass on

/// Where each process runs, and as which.
struct Places {
  int world = 1;
  Words hosts;  ///< empty: this machine
  std::string address, port;

  int per_host() const { return hosts.empty() ? world : world / static_cast<int>(hosts.size()); }
  std::string host_of(int rank) const {
    return hosts.empty() ? "" : hosts[static_cast<std::size_t>(rank / per_host())];
  }
};

Words split_at_commas(const std::string& text) {
  Words parts;
  for (std::size_t from = 0; from <= text.size() && !text.empty();) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

Places places_of(const CommandLine& line) {
  Places places;
  if (line.has("hosts")) places.hosts = split_at_commas(line.get<std::string>("hosts"));
  const int hosts = static_cast<int>(places.hosts.size());
  if (std::ranges::find(places.hosts, "") != places.hosts.end())
    throw UsageError(fmt::format("--hosts '{}' has an empty name", line.get<std::string>("hosts")));
  places.world = line.mentions("processes") ? line.get<int>("processes") : std::max(1, hosts);
  if (hosts > 0 && places.world % hosts != 0)
    throw UsageError(fmt::format("{} processes can't be shared out evenly to {} hosts", places.world, hosts));
  places.address = places.hosts.empty() ? "127.0.0.1" : places.hosts[0].substr(places.hosts[0].find('@') + 1);
  places.port = line.mentions("port")  ? std::to_string(line.get<int>("port"))
                : places.hosts.empty() ? free_port()
                                       : "29400";
  return places;
}

std::vector<std::pair<std::string, std::string>> environment_of(const Places& places, int rank) {
  return {{"RANK", std::to_string(rank)},
          {"WORLD_SIZE", std::to_string(places.world)},
          {"LOCAL_RANK", std::to_string(rank % places.per_host())},
          {"LOCAL_WORLD_SIZE", std::to_string(places.per_host())},
          {"MASTER_ADDR", places.address},
          {"MASTER_PORT", places.port}};
}

/// For a shell: what can't be misread.
std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// The words that a shell on another host runs, in a folder that is called the same there.
Words remote_words(const CommandLine& line, const Places& places, int rank, const Words& words) {
  std::string text = fmt::format("cd {} && exec env", quoted(std::filesystem::current_path().string()));
  for (const auto& [name, value] : environment_of(places, rank))
    text += fmt::format(" {}={}", name, quoted(value));
  text += " " + quoted(line.get<std::string>("remote-doppel"));
  for (const std::string& word : words) text += " " + quoted(word);
  Words all = split_at_spaces(line.get<std::string>("ssh"));
  all.push_back(places.host_of(rank));
  all.push_back(text);
  return all;
}

/// The cores of one of several processes of this machine: a share of those that there are, or one that it
/// shares.
std::vector<int> cores_of(const Places& places, int rank) {
  const std::vector<int> all = allowed_cores();
  const int cores = static_cast<int>(all.size()), n = places.world;
  if (n >= cores) return {all[static_cast<std::size_t>(rank % cores)]};
  return {all.begin() + rank * cores / n, all.begin() + (rank + 1) * cores / n};
}

Child start(const CommandLine& line, const Places& places, int rank, const Words& words) {
  const std::string prefix = fmt::format("[{}] ", rank);
  if (!places.hosts.empty()) return Child(prefix, remote_words(line, places, rank, words), {}, {}, true);
  Words own{std::filesystem::read_symlink("/proc/self/exe").string()};
  own.insert(own.end(), words.begin(), words.end());
  return Child(prefix, own, environment_of(places, rank), cores_of(places, rank), false);
}

void signal_all(std::vector<Child>& children, int signal) {
  for (Child& child : children) child.signal(signal);
}

/// Until all have ended; the first exit code that isn't 0. Where one failed that the others can't do without,
/// they are ended, too: who waits for it before they have met would wait for long.
int wait_for_all(std::vector<Child>& children, bool is_elastic) {
  int code = 0;
  int signals = 0;
  auto stop_at = Clock::time_point::max(), until = stop_at;
  while (pass_on_output(children, std::chrono::milliseconds(200))) {
    const auto now = Clock::now();
    if (const int signal = caught) {
      caught = 0;
      signal_all(children, ++signals == 1 ? signal : SIGKILL);
      until = std::min(until, now + kTimeToEnd);
    }
    for (const Child& child : children)
      if (code == 0) code = child.exit_code().value_or(0);
    if (code != 0 && !is_elastic) stop_at = std::min(stop_at, now + kTimeToNotice);
    if (signals == 0 && now >= stop_at) {
      ++signals;
      signal_all(children, SIGTERM);
      until = std::min(until, now + kTimeToEnd);
    }
    if (now < until) continue;
    signal_all(children, SIGKILL);
    until = Clock::time_point::max();
  }
  return code;
}

/// Those that take --group.
Words sharing_commands() {
  Words names;
  for (const Command& command : commands())
    for (const OptionGroup& group : command.groups)
      if (std::ranges::find(group.options, "group", &Option::name) != group.options.end())
        names.push_back(command.name);
  return names;
}

int run_launch(const CommandLine& line) {
  const Places places = places_of(line);
  const Words words = line.get<Words>("command");
  const Words all = sharing_commands();
  if (std::ranges::find(all, words[0]) == all.end())
    throw UsageError(fmt::format("'{}' doesn't share its work among processes: launch starts {}", words[0],
                                 fmt::join(all, ", ")));
  std::signal(SIGINT, [](int signal) { caught = signal; });
  std::signal(SIGTERM, [](int signal) { caught = signal; });
  std::signal(SIGHUP, [](int) { caught = SIGTERM; });
  std::signal(SIGPIPE, SIG_IGN);  // a connection of ssh's may have ended
  std::vector<Child> children;
  for (int rank = 0; rank < places.world; ++rank) children.push_back(start(line, places, rank, words));
  const bool is_elastic =
      std::ranges::any_of(words, [](const std::string& word) { return word.starts_with("--elastic"); });
  const int code = wait_for_all(children, is_elastic);
  // A group that can do with fewer has done well where its first process has.
  return is_elastic ? children[0].exit_code().value_or(code) : code;
}

}  // namespace

Command launch_command() {
  return {
      .name = "launch",
      .brief = "start a command as several processes that work together",
      .about =
          "Starts a command that shares its work (train, gan, eval, study or pack, with what follows --) "
          "several "
          "times, on this machine or by ssh on others, each as one process of a group (see its options "
          "\"Several "
          "processes\"). Lines of output begin with the process's "
          "number. A signal goes to all, a second one ends them; the exit code is that of the first process "
          "that failed, else 0. Processes of one machine share out its cores. On other hosts it runs in the "
          "folder of the same name, which must hold the same data and the same RUN.",
      .words = {{"command", Text{.placeholder = "COMMAND"}, "what runs, with its options",
                 Presence::Repeated}},
      .groups = {{"Processes",
                  {{"processes", Whole{.placeholder = "N", .initial = 1, .least = 1, .most = 4096},
                    "how many; one for each host unless told", Presence::Optional, "n"},
                   {"hosts", Text{.placeholder = "HOST,HOST"}, "where, by ssh; the first has process 0"},
                   {"port", Whole{.placeholder = "N", .least = 1, .most = 65535},
                    "where process 0 listens; a free one, on other hosts 29400"},
                   {"ssh", Text{.placeholder = "COMMAND", .initial = "ssh -tt"},
                    "what comes before a host and a shell's command"},
                   {"remote-doppel", Text{.placeholder = "PROGRAM", .initial = "doppel"},
                    "what doppel is called on the hosts"}}}},
      .examples = {"launch -n 4 -- train DATA --out RUN", "launch -n 4 -- eval RUN DATA",
                   "launch --hosts node1,node2 -- train DATA --out RUN --resume"},
      .run = run_launch};
}

}  // namespace doppel::apps
