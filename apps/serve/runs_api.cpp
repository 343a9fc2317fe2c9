#include "serve/runs_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "serve/web_json.h"

namespace doppel::apps {
namespace {

const RunFolder& run_of(const RunList& runs, const WebRequest& request, std::size_t segments) {
  if (request.rest.size() != segments) throw UsageError("a run is asked for by its number");
  return runs.at(number_of("the run", request.rest[0]));
}

std::string text_of(const WebRequest& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

}  // namespace

RunsApi::RunsApi(const std::vector<std::filesystem::path>& folders) : folders_(folders), runs_(folders) {}

std::vector<WebRoute> RunsApi::routes() {
  using enum WebRoute::Method;
  const auto to = [this](auto member) {
    return [this, member](const WebRequest& request) { return (this->*member)(request); };
  };
  return {{.path = "/api/runs", .answer = [this](const WebRequest&) { return list(); }},
          {.path = "/api/events", .changes = [this] { return changes(); }},
          {.path = "/api/runs/lines/", .answer = to(&RunsApi::lines)},
          {.path = "/api/runs/picture/", .answer = to(&RunsApi::picture)},
          {.method = Post, .path = "/api/runs/stop/", .answer = to(&RunsApi::stop)}};
}

WebResponse RunsApi::list() {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  const std::size_t count = runs_.look();
  for (std::size_t i = 0; i < count; ++i) all.push_back(runs_.at(i).summary());
  nlohmann::ordered_json folders = nlohmann::ordered_json::array();
  for (const std::filesystem::path& folder : folders_) folders.push_back(folder.string());
  return response_of({{"runs", std::move(all)}, {"folders", std::move(folders)}});
}

/// The runs of which there is more than at the last call, or that stand otherwise.
std::string RunsApi::changes() {
  constexpr std::size_t kEvery = 4;  // looks, after which it's found out whether a process still lives
  nlohmann::ordered_json changed = nlohmann::ordered_json::array();
  const bool asks_processes = looks_++ % kEvery == 0;
  seen_.resize(runs_.look());
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const std::uint64_t stamp = runs_.at(i).stamp();
    if (stamp == seen_[i].stamp && !(asks_processes && seen_[i].is_running)) continue;
    const nlohmann::ordered_json now = runs_.at(i).summary();
    std::string summary = dumped(now);
    if (summary != seen_[i].summary) changed.push_back(i);
    seen_[i] = {stamp, std::move(summary), now["state"] == "running"};
  }
  return changed.empty() ? "" : dumped({{"runs", std::move(changed)}});
}

WebResponse RunsApi::lines(const WebRequest& request) const {
  const RunFolder& run = run_of(runs_, request, 1);
  GrownLines grown = run.lines(queried(request, "from", 0, 0, UINT64_MAX), text_of(request, "first"));
  return response_of({{"lines", std::move(grown.lines)},
                      {"next", grown.next},
                      {"first", grown.first},
                      {"anew", grown.is_anew},
                      {"damaged", grown.damaged}});
}

WebResponse RunsApi::picture(const WebRequest& request) const {
  const RunFolder& run = run_of(runs_, request, 2);
  const std::vector<unsigned char> bytes = run.picture(request.rest[1]);
  return {.type = "image/png", .body = {bytes.begin(), bytes.end()}};
}

WebResponse RunsApi::stop(const WebRequest& request) const {
  const RunFolder& run = run_of(runs_, request, 1);
  run.stop();
  return response_of({{"stopping", run.name()}});
}

}  // namespace doppel::apps
