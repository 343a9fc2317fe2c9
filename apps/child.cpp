#include "child.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

constexpr char kInterruptKey = '\x03';

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(fmt::format("no pipe: {}", std::strerror(errno)));
  }
};

void write_all(int to, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(to, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    at += static_cast<std::size_t>(n);
  }
}

/// Between fork and exec nothing may be allocated.
[[noreturn]] void become(char* const* words, char* const* environment, const cpu_set_t* cores,
                         pid_t launcher) {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);                   // it doesn't outlive the launcher
  if (::getppid() != launcher) ::_exit(128 + SIGTERM);  // which has ended before
  ::setpgid(0, 0);  // a terminal's Ctrl-C comes by way of the launcher, once
  if (cores) ::sched_setaffinity(0, sizeof *cores, cores);
  ::execvpe(words[0], words, environment);
  constexpr int kNotFound = 127;
  const char* const said[] = {words[0], ": ", ::strerrordesc_np(errno), "\n"};
  for (const char* part : said)
    if (::write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  ::_exit(kNotFound);
}

/// What a terminal would show of a line that was written over.
std::string last_of_line(std::string line) {
  while (line.ends_with('\r')) line.pop_back();
  const std::size_t from = line.rfind('\r');
  return from == std::string::npos ? line : line.substr(from + 1);
}

std::vector<char*> pointers(Words& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

/// This process's variables, with others in place of those of the same names.
Words with_variables(const std::vector<std::pair<std::string, std::string>>& more) {
  Words all;
  for (char** variable = environ; *variable; ++variable) {
    const std::string text = *variable;
    const std::string name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& [other, value] : more) replaced = replaced || other == name;
    if (!replaced) all.push_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

}  // namespace

Child::Child(std::string prefix, const Words& words,
             const std::vector<std::pair<std::string, std::string>>& environment,
             const std::vector<int>& cores, bool remote)
    : prefix_(std::move(prefix)) {
  const Pipe keys, out, error;
  Words own_words = words, own_environment = with_variables(environment);
  const std::vector<char*> argv = pointers(own_words), envp = pointers(own_environment);
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  const pid_t launcher = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw Error(fmt::format("{} can't be started: {}", words[0], std::strerror(errno)));
  if (process_ == 0) {
    ::dup2(keys.ends[0], STDIN_FILENO);
    ::dup2(out.ends[1], STDOUT_FILENO);
    ::dup2(error.ends[1], STDERR_FILENO);
    become(argv.data(), envp.data(), cores.empty() ? nullptr : &set, launcher);
  }
  for (const int end : {keys.ends[0], out.ends[1], error.ends[1]}) ::close(end);
  if (remote)
    keys_ = keys.ends[1];
  else
    ::close(keys.ends[1]);
  for (const int end : {out.ends[0], error.ends[0]}) ::fcntl(end, F_SETFL, O_NONBLOCK);
  out_ = {out.ends[0], STDOUT_FILENO, {}};
  error_ = {error.ends[0], STDERR_FILENO, {}};
}

Child::Child(Child&& other) noexcept
    : prefix_(std::move(other.prefix_)),
      process_(std::exchange(other.process_, -1)),
      keys_(std::exchange(other.keys_, -1)),
      out_(std::exchange(other.out_, {})),
      error_(std::exchange(other.error_, {})),
      exit_code_(other.exit_code_) {}

Child::~Child() {
  for (const int end : {keys_, out_.from, error_.from})
    if (end >= 0) ::close(end);
  if (process_ < 0 || exit_code_) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

void Child::signal(int signal) {
  if (exit_code_) return;
  if (keys_ >= 0 && (signal == SIGINT || signal == SIGTERM))
    write_all(keys_, std::string(1, kInterruptKey));
  else
    ::kill(process_, signal);
}

void Child::pass_on(Stream& stream) {
  std::array<char, 1 << 14> some;
  while (stream.from >= 0) {
    const ssize_t n = ::read(stream.from, some.data(), some.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      if (!stream.line.empty()) write_all(stream.to, prefix_ + stream.line + "\n");
      ::close(std::exchange(stream.from, -1));
      return;
    }
    stream.line.append(some.data(), static_cast<std::size_t>(n));
    for (std::size_t end; (end = stream.line.find('\n')) != std::string::npos;
         stream.line.erase(0, end + 1)) {
      write_all(stream.to, prefix_ + last_of_line(stream.line.substr(0, end)) + "\n");
    }
  }
}

void Child::look_for_end() {
  int status = 0;
  if (exit_code_ || ::waitpid(process_, &status, WNOHANG) != process_) return;
  constexpr int kBySignal = 128;
  exit_code_ = WIFSIGNALED(status) ? kBySignal + WTERMSIG(status) : WEXITSTATUS(status);
  pass_on(out_);
  pass_on(error_);
}

bool pass_on_output(std::vector<Child>& children, std::chrono::milliseconds within) {
  std::vector<pollfd> handles;
  bool works = false;
  for (Child& child : children) {
    for (Child::Stream* stream : {&child.out_, &child.error_})
      if (stream->from >= 0) handles.push_back({stream->from, POLLIN, 0});
    works = works || !child.exit_code_;
  }
  if (!works) return false;
  ::poll(handles.data(), handles.size(), static_cast<int>(within.count()));
  for (Child& child : children) {
    child.pass_on(child.out_);
    child.pass_on(child.error_);
    child.look_for_end();
  }
  return true;
}

std::string free_port() {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool found = ::bind(handle, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(handle);
  if (!found) throw Error(fmt::format("no port is free: {}", std::strerror(errno)));
  return std::to_string(ntohs(address.sin_port));
}

std::vector<int> allowed_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    for (int core = 0; core < CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &set)) cores.push_back(core);
  if (cores.empty()) cores.push_back(0);
  return cores;
}

Words split_at_spaces(const std::string& text) {
  std::istringstream words(text);
  Words all;
  for (std::string word; words >> word;) all.push_back(word);
  return all;
}

}  // namespace doppel::apps
