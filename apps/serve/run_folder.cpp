#include "serve/run_folder.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <regex>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/hash.h"
#include "doppel/base/json_fields.h"
#include "serve/file_stamps.h"
#include "step_log.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;
using RunJson = nlohmann::ordered_json;

constexpr std::size_t kMostAtOnce = 1 << 19;
constexpr std::size_t kMostTail = 1 << 14;
constexpr std::size_t kMostPictures = 2000;
constexpr std::size_t kDeepest = 2;

bool is_there_quietly(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// Bytes of a file, fewer at its end; none where it can't be read, or is a pipe that one would wait for.
std::string bytes_at(const fs::path& path, std::uint64_t from, std::size_t most) {
  if (!is_file(path)) return {};
  std::ifstream file(path, std::ios::binary);
  std::string bytes(most, '\0');
  if (!file.seekg(static_cast<std::streamoff>(from))) return {};
  file.read(bytes.data(), static_cast<std::streamsize>(most));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

/// The line's object; nothing for what is none.
std::optional<RunJson> object_in(std::string_view line) {
  RunJson json = RunJson::parse(line, nullptr, false);
  if (!json.is_object()) return {};
  return json;
}

std::string first_line(const fs::path& log) {
  const std::string head = bytes_at(log, 0, kMostTail);
  return head.substr(0, head.find('\n'));
}

/// What run.yaml says of it; empty where it can't be read.
RunJson facts_in(const fs::path& file) {
  RunJson facts = RunJson::object();
  const std::string text = bytes_at(file, 0, 1 << 16);
  try {
    const YAML::Node node = YAML::Load(text);
    if (!node.IsMap()) return facts;
    for (const char* key : {"command", "data", "net", "recipe", "loss", "preset", "augment", "epochs",
                            "steps", "batch", "precision", "learning_rate", "seed", "classes"})
      if (const YAML::Node value = node[key]; value && value.IsScalar())
        facts[key] = value.as<std::string>();
      else if (value && value.IsSequence())
        facts[key] = value.size();
  } catch (const YAML::Exception&) {}
  return facts;
}

/// Names of pictures that may be asked for: no name leads anywhere else.
bool is_picture_name(std::string_view name) {
  static const std::regex form("[A-Za-z0-9_]{1,64}\\.png");
  return std::regex_match(name.begin(), name.end(), form);
}

/// Its process: of our own user, and the very one that began the run.
bool goes_on(const RunJson& begin) {
  const auto pid = json_whole_or<pid_t>(begin, "pid", 0);
  const auto started = json_whole_or<std::uint64_t>(begin, "started", 0);
  return pid > 1 && started > 0 && process_start(pid) == started;
}

bool is_ours(pid_t pid) {
  struct stat about{};
  return ::stat(fmt::format("/proc/{}", pid).c_str(), &about) == 0 && about.st_uid == ::getuid();
}

}  // namespace

bool is_run(const fs::path& folder) {
  return std::ranges::any_of(std::array{"run.yaml", "steps.jsonl", "metrics.jsonl", "study.json"},
                             [&](const char* file) { return is_there_quietly(folder / file); });
}

namespace {

void find_runs(const fs::path& folder, std::size_t depth, std::vector<fs::path>& found) {
  if (is_run(folder)) return found.push_back(folder);
  if (depth == kDeepest) return;
  std::error_code error;
  std::vector<fs::path> below;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (std::error_code ignored; entry->is_directory(ignored) && !entry->is_symlink(ignored))
      below.push_back(entry->path());
  std::ranges::sort(below);
  for (const fs::path& one : below) find_runs(one, depth + 1, found);
}

}  // namespace

bool holds_runs(const fs::path& folder) {
  std::vector<fs::path> found;
  find_runs(folder, 0, found);
  return !found.empty();
}

RunFolder::RunFolder(fs::path folder, std::string name)
    : folder_(std::move(folder)), name_(std::move(name)) {}

fs::path RunFolder::log() const {
  for (const char* name : {"steps.jsonl", "metrics.jsonl", "gan.jsonl", "results.jsonl"})
    if (is_there_quietly(folder_ / name)) return folder_ / name;
  return folder_ / "steps.jsonl";
}

/// The last whole lines: of each kind, by its first key, the last.
RunFolder::Tail RunFolder::tail() const {
  Tail tail;
  const fs::path file = log();
  const std::uint64_t size = size_of(file), from = size > kMostTail ? size - kMostTail : 0;
  const std::string text = bytes_at(file, from, kMostTail);
  const std::size_t begin = from == 0 ? 0 : text.find('\n') + 1;
  if (begin == 0 && from > 0) return tail;
  for (std::size_t at = begin, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1)
    if (auto line = object_in(std::string_view(text).substr(at, end - at)); line && !line->empty()) {
      const std::string kind = line->begin().key();
      if (kind == "begin") tail.has_ended.clear(), tail.begin = *line;
      if (kind == "end") tail.has_ended = json_text_or_none(*line, "end");
      if (kind == "step") tail.step = *line;
      if (kind == "epoch") tail.epoch = *line;
    }
  if (tail.begin.is_null())
    if (auto first = object_in(first_line(file)); first && first->contains("begin")) tail.begin = *first;
  return tail;
}

RunJson RunFolder::summary() const {
  RunJson json{{"name", name_}};
  if (!is_there_quietly(folder_)) {
    json["state"] = "gone";
    return json;
  }
  const RunJson facts = facts_in(folder_ / "run.yaml");
  const Tail last = tail();
  const auto text = [](const RunJson& from, const char* key) {
    return from.is_object() && from.contains(key) && from[key].is_string() ? from[key].get<std::string>()
                                                                           : "";
  };
  std::string kind = text(last.begin, "begin");
  if (kind.empty()) kind = text(facts, "command");
  if (kind.empty() && is_there_quietly(folder_ / "study.json")) kind = "study";
  json["kind"] = kind.empty() ? "unknown" : kind;
  const bool runs = last.begin.is_object() && last.has_ended.empty() && goes_on(last.begin);
  json["state"] = runs ? "running" : last.has_ended.empty() ? "ended" : last.has_ended;
  json["facts"] = facts;
  if (last.step.is_object()) json["step"] = last.step;
  if (last.epoch.is_object()) json["epoch"] = last.epoch;
  json["lines"] = size_of(log());
  json["pictures"] = pictures();
  return json;
}

std::uint64_t RunFolder::stamp() const {
  std::string all;
  for (const fs::path& path : {folder_, folder_ / "run.yaml", log()}) {
    const FileStamp stamp = stamp_of(path);
    all += fmt::format("{} {} {} ", stamp.written, stamp.size, stamp.number);
  }
  return fnv1a(all);
}

std::vector<std::string> RunFolder::pictures() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (is_picture_name(name) && fs::is_regular_file(entry->symlink_status(ignored)) &&
        names.size() < kMostPictures)
      names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

GrownLines RunFolder::lines(std::uint64_t from, std::string_view first) const {
  const fs::path file = log();
  GrownLines grown;
  grown.first = fmt::format("{:016x}", fnv1a(file.filename().string() + first_line(file)));
  const std::uint64_t size = size_of(file);
  if (from > size || (!first.empty() && first != grown.first)) grown.is_anew = true, from = 0;
  const std::string text = bytes_at(file, from, kMostAtOnce);
  std::size_t at = 0;
  for (std::size_t end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1)
    if (auto line = object_in(std::string_view(text).substr(at, end - at)))
      grown.lines.push_back(std::move(*line));
    else
      ++grown.damaged;
  // A line that is longer than all that is read at once can be none of ours.
  if (at == 0 && text.size() == kMostAtOnce) at = text.size(), ++grown.damaged;
  grown.next = from + at;
  return grown;
}

std::vector<unsigned char> RunFolder::picture(std::string_view name) const {
  const std::vector<std::string> names = pictures();
  if (std::ranges::find(names, name) == names.end())
    throw UsageError(fmt::format("{} has no picture '{}'", name_, name));
  return read_file(folder_ / name);
}

void RunFolder::stop() const {
  const Tail last = tail();
  if (!last.begin.is_object() || !last.has_ended.empty() || !goes_on(last.begin))
    throw UsageError(fmt::format("{} isn't running", name_));
  const auto pid = json_whole_or<pid_t>(last.begin, "pid", 0);
  if (!is_ours(pid)) throw UsageError(fmt::format("{} is somebody else's process", name_));
  if (::kill(pid, SIGINT) != 0) throw Error(fmt::format("{} can't be stopped", name_));
}

RunList::RunList(std::vector<fs::path> folders) : folders_(std::move(folders)) { look(); }

std::size_t RunList::look() {
  std::vector<std::pair<fs::path, std::string>> found;
  for (const fs::path& folder : folders_) {
    std::vector<fs::path> runs;
    find_runs(folder, 0, runs);
    const fs::path above = folder.has_filename() ? folder : folder.parent_path();
    for (const fs::path& run : runs) {
      const std::string below = run.lexically_relative(folder).string();
      const std::string own = above.filename().string();
      found.emplace_back(run, below == "." ? own : folders_.size() > 1 ? own + "/" + below : below);
    }
  }
  const std::lock_guard lock(mutex_);
  for (auto& [run, name] : found)
    if (std::ranges::find(known_, run) == known_.end()) {
      known_.push_back(run);
      runs_.push_back(std::make_unique<RunFolder>(run, std::move(name)));
    }
  return runs_.size();
}

const RunFolder& RunList::at(std::size_t number) const {
  const std::lock_guard lock(mutex_);
  if (number >= runs_.size()) throw UsageError(fmt::format("there is no run {}", number));
  return *runs_[number];
}

}  // namespace doppel::apps
