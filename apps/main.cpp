// The doppel program: one binary, a command per file.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <new>
#include <stdexcept>

#include "command.h"
#include "common_words.h"
#include "doppel/base/error.h"
#include "doppel/base/fields.h"
#include "doppel/nn/engine/kernel_notes.h"
#include "help.h"

namespace doppel::apps {
namespace {

/// "bench" of "bench load"; empty where a command's name is one word.
std::string family_of(const Command& command) {
  const std::size_t space = command.name.find(' ');
  return space == std::string::npos ? "" : command.name.substr(0, space);
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h"; }

bool wants_help(const Words& words) {
  return std::any_of(words.begin(), std::ranges::find(words, "--"), is_help);
}

/// Who begins with options means the same as who begins with the command.
void bring_command_forward(Words& words, const std::vector<Command>& all) {
  if (words[0].empty() || words[0][0] != '-' || words[0] == "--version" || is_help(words[0])) return;
  const auto first = std::ranges::find_if(words, [&](const std::string& word) {
    return std::ranges::any_of(
        all, [&](const Command& command) { return command.name == word || family_of(command) == word; });
  });
  if (first == words.end())
    throw UsageError(
        fmt::format("'{}' is no command; the first word says what to do, see doppel --help", words[0]));
  const bool family = std::ranges::any_of(all, [&](const Command& c) { return family_of(c) == *first; });
  const auto last = first + 1 + (family && first + 1 != words.end());
  std::rotate(words.begin(), first, last);
}

[[noreturn]] void fail_unknown(const std::string& name, const Words& names, const std::string& list) {
  throw UsageError(
      fmt::format("there is no command '{}'{}", name, did_you_mean(name, names, "; see " + list)));
}

int run_command(const Command& command, const Words& words) {
  if (wants_help(words)) {
    fmt::print("{}", help_of(command));
    return 0;
  }
  struct Telling {
    ~Telling() {
      tell_network();
      for (const std::string& note : nn::kernel_notes()) std::cerr << note << '\n';
    }
  } at_the_end;
  return command.run(CommandLine(command, words));
}

/// A command whose name is two words.
int run_family(const std::string& family, const Words& words, const std::vector<Command>& all) {
  Words names;
  for (const Command& command : all)
    if (family_of(command) == family) names.push_back(command.name);
  if (words.empty()) throw UsageError(fmt::format("{} what? There are {}", family, fmt::join(names, ", ")));
  if (is_help(words[0]) || words[0] == "help") {
    fmt::print("{}", family_help(family));
    return 0;
  }
  for (const Command& command : all)
    if (command.name == family + " " + words[0])
      return run_command(command, {words.begin() + 1, words.end()});
  fail_unknown(family + " " + words[0], names, fmt::format("doppel {} --help", family));
}

int run(const Words& all_words) {
  Words words = without_common(all_words);
  if (words.empty() || is_help(words[0]) ||
      (words[0] == "help" && (words.size() == 1 || is_help(words[1]) || words[1] == "help"))) {
    fmt::print("{}", program_help());
    return words.empty() ? 2 : 0;
  }
  if (words[0] == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  const std::vector<Command> all = commands();
  bring_command_forward(words, all);
  if (words[0] == "--version") words[0] = "version";
  const Words rest(words.begin() + 1, words.end());
  Words names;
  for (const Command& command : all) {
    if (command.name == words[0]) return run_command(command, rest);
    if (family_of(command) == words[0]) return run_family(words[0], rest, all);
    names.push_back(family_of(command).empty() ? command.name : family_of(command));
  }
  fail_unknown(words[0], names, "doppel --help");
}

/// What a process may lack, and none of ours expects: a file that is opened is never the terminal's, and a
/// file that may grow no further is an error as others are.
void settle_in() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR))
    if (fd > STDERR_FILENO) {
      ::close(fd);
      break;
    }
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit files{};  // a pack of thousands of shards keeps each open
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

/// Throws Error where what was printed can't be written; who reads no further knows it.
void expect_printed() {
  errno = 0;
  if (std::fflush(stdout) != 0 && errno != EPIPE)
    throw Error(fmt::format("can't write what is printed: {}", std::strerror(errno)));
}

int say_no_memory() {
  std::cerr << "doppel: there isn't the memory for that: more is asked for than this system gives\n";
  return 1;
}

}  // namespace
}  // namespace doppel::apps

int main(int argc, char** argv) {
  try {
    doppel::apps::settle_in();
    const int code = doppel::apps::run({argv + 1, argv + argc});
    doppel::apps::expect_printed();
    return code;
  } catch (const doppel::UsageError& error) {
    std::cerr << "doppel: " << error.what() << '\n';
    return 2;
  } catch (const std::bad_alloc&) {
    return doppel::apps::say_no_memory();
  } catch (const std::length_error&) {  // of a vector that no memory could hold
    return doppel::apps::say_no_memory();
  } catch (const std::exception& error) {
    std::cerr << "doppel: " << error.what() << '\n';
    return 1;
  }
}
