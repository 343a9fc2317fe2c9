// What the page of runs may ask for: docs/serve.md lists it.
#pragma once

#include <filesystem>
#include <vector>

#include "serve/run_folder.h"
#include "serve/server.h"

namespace doppel::apps {

/// Runs as they go on: in folders that are named at the start, and wherever below them a run begins later.
/// A folder may be empty, or not be there yet.
class RunsApi {
 public:
  explicit RunsApi(const std::vector<std::filesystem::path>& folders);
  /// Each answer refers to this.
  std::vector<WebRoute> routes();

 private:
  WebResponse list();
  WebResponse lines(const WebRequest& request) const;
  WebResponse picture(const WebRequest& request) const;
  WebResponse stop(const WebRequest& request) const;
  std::string changes();

  /// How a run was when it was last looked at by changes().
  struct Seen {
    std::uint64_t stamp = 0;
    std::string summary;
    bool is_running = false;
  };
  std::vector<std::filesystem::path> folders_;
  RunList runs_;
  std::vector<Seen> seen_;  ///< by number
  std::size_t looks_ = 0;
};

}  // namespace doppel::apps
