// What a page may ask of the data as it is: docs/serve.md lists it.
#pragma once

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "images.h"
#include "report/inspection.h"
#include "serve/server.h"

namespace doppel::apps {

/// All parts of all inputs, each image read once, in the background, when that is first asked for.
class InspectionApi {
 public:
  /// `images` must outlive it.
  explicit InspectionApi(const Images& images);
  /// Stops looking.
  ~InspectionApi();
  InspectionApi(const InspectionApi&) = delete;
  InspectionApi& operator=(const InspectionApi&) = delete;
  /// Each answer refers to this.
  std::vector<WebRoute> routes();

 private:
  WebResponse answer();
  WebResponse picture(const WebRequest& request) const;
  void look();

  std::vector<InspectedPart> parts_;
  std::size_t all_ = 0;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<bool> stops_ = false;
  std::mutex mutex_;
  nlohmann::ordered_json found_;  ///< null until all was looked at
  std::thread looking_;
};

}  // namespace doppel::apps
