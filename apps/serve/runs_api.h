// What the page of runs may ask for: docs/serve.md lists it.
#pragma once

#include <filesystem>
#include <vector>

#include "serve/run_folder.h"
#include "serve/server.h"

namespace doppel::apps {

/// Runs as they go on: in folders that are named at the start, and wherever below them a run begins later.
class RunsApi {
 public:
  /// Throws UsageError where a folder has no run.
  explicit RunsApi(const std::vector<std::filesystem::path>& folders);
  /// Each answer refers to this.
  std::vector<WebRoute> routes();

 private:
  WebResponse list();
  WebResponse lines(const WebRequest& request) const;
  WebResponse picture(const WebRequest& request) const;
  WebResponse stop(const WebRequest& request) const;

  RunList runs_;
};

}  // namespace doppel::apps
