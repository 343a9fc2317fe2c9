#include "telling.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

#include "live_line.h"

namespace doppel::apps {

dataset::OpenedData open_data(const std::string& data) {
  LiveLine live("looking through " + data);
  return dataset::open_data(data, live.counter());
}

nn::RunInfo describe_data(const dataset::Source& source, int side) {
  nn::RunInfo info = nn::describe_data(source, side, live_phases());
  if (!info.has_one_size) std::cerr << "pictures of several sizes become 64x64\n";
  return info;
}

nn::TrainTest train_and_test(const dataset::OpenedData& data) {
  nn::TrainTest parts = nn::train_and_test(data);
  if (parts.held_out)
    std::cerr << fmt::format("no test part: {} of {} pictures are held out to measure with\n",
                             parts.test->size(), data.train->size());
  return parts;
}

void fit_images_to_gan(nn::RunInfo& info) {
  const std::string before = info.input.text();
  if (nn::fit_to_gan(info))
    std::cerr << fmt::format("pictures of {} become {}x{}\n", before, info.input.height, info.input.width);
}

void report_changed(const std::vector<nn::KernelChange>& changes) {
  if (changes.empty()) return;
  std::vector<std::string> names;
  for (const nn::KernelChange& change : changes)
    names.push_back(fmt::format("{} ({} instead of {})", change.node, change.used, change.wanted));
  std::cerr << fmt::format(
      "this processor or this oneDNN has other kernels than where the run began: {}; it goes on, but no "
      "longer to "
      "the same bits\n",
      fmt::join(names, ", "));
}

}  // namespace doppel::apps
