// doppel bench train, and the choice between the two
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench.h"
#include "choice.h"
#include "doppel/augment/error.h"
#include "doppel/augment/random.h"
#include "doppel/dataset/loader.h"
#include "doppel/dataset/sources.h"
#include "doppel/nn/notation.h"
#include "doppel/nn/optimizer.h"
#include "doppel/nn/zoo.h"
#include "run_info.h"

namespace doppel::apps {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

nn::Shape parse_shape(const std::string& text) {
  nn::Shape shape;
  int used = 0;
  if (std::sscanf(text.c_str(), "%dx%dx%d%n", &shape.channels, &shape.height, &shape.width, &used) != 3 ||
      used != static_cast<int>(text.size()) || shape.channels < 1 || shape.height < 1 || shape.width < 1 ||
      shape.count() > (1 << 24))
    throw UsageError(fmt::format("--shape must be channels x height x width, as 1x28x28, not '{}'", text));
  return shape;
}

/// Batches for bench train: the same random one again and again, or a loader's.
class BatchFeed {
 public:
  BatchFeed(const CommandLine& line, nn::Shape shape, int classes) {
    const auto batch = line.get<std::size_t>("batch");
    images_.resize(batch * static_cast<std::size_t>(shape.count()));
    labels_.resize(batch);
    const augment::Stream stream{.seed = 1};
    for (std::size_t i = 0; i < images_.size(); ++i)
      images_[i] = static_cast<float>(stream.split("x", i).uniform("x"));
    for (std::size_t i = 0; i < batch; ++i) labels_[i] = stream.split("y", i).integer("y", 0, classes - 1);
    if (!line.has("data")) return;
    const dataset::OpenedData data = dataset::open_data(line.get<std::string>("data"));
    RunInfo info = describe_data(*data.train);
    info.input = shape;
    dataset::LoaderOptions options = info.evaluation_options(batch);
    options.order = dataset::LoaderOptions::Order::Shuffled;
    options.last = dataset::LoaderOptions::LastBatch::Drop;
    options.epochs = 0;
    loader_.emplace(data.train, info.fitted(augment::Recipe::load(line.get<std::string>("recipe"))), options);
    at_.emplace(loader_->epoch(0).begin());
  }
  std::pair<std::span<const float>, std::span<const int>> next() {
    if (!loader_) return {images_, labels_};
    if (*at_ == std::default_sentinel)
      at_.emplace(loader_->epoch(++epoch_).begin());
    else if (started_)
      ++*at_;
    if (*at_ == std::default_sentinel) at_.emplace(loader_->epoch(++epoch_).begin());
    started_ = true;
    return {(*at_)->images.values<float>(), (*at_)->labels};
  }

 private:
  std::vector<float> images_;
  std::vector<int> labels_;
  std::optional<dataset::Loader> loader_;
  std::optional<dataset::Loader::Iterator> at_;
  std::uint64_t epoch_ = 0;
  bool started_ = false;
};

int bench_train(const Words& words) {
  CommandLine line("bench train --net N --shape CxHxW --batch B",
                   "Training steps per second (forward, loss, backward, SGD with momentum), on resident "
                   "random data, or on a data set that is augmented on the fly.");
  line.add()("net", po::value<std::string>()->default_value("lenet"), "a name or notation")(
      "shape", po::value<std::string>()->default_value("1x28x28"), "")(
      "batch", po::value<std::size_t>()->default_value(128), "")("classes",
                                                                 po::value<int>()->default_value(10), "")(
      "precision", po::value<std::string>()->default_value("f32"), "f32 or bf16")(
      "seconds", po::value<double>()->default_value(8), "how long to measure")(
      "threads", po::value<int>()->default_value(0), "0: all cores")(
      "shards", po::value<int>()->default_value(2), "")("data", po::value<std::string>(),
                                                        "train on this instead of random numbers")(
      "recipe", po::value<std::string>()->default_value("none"), "for --data")(
      "json", po::value<std::string>(), "also write the result here");
  if (!line.parse(words)) return 0;
  const auto batch = line.get<std::size_t>("batch");
  if (batch < 1 || batch > 65536) throw UsageError("--batch must be 1 to 65536");
  const nn::Shape shape = parse_shape(line.get<std::string>("shape"));
  const int classes = line.get<int>("classes");
  nn::Model model(
      nn::build_graph(nn::parse_network(nn::network_of(line.get<std::string>("net"))), shape, classes), 1);
  nn::Executor executor(model, {.batch = static_cast<int>(batch),
                                .shards = line.get<int>("shards"),
                                .threads = line.get<int>("threads"),
                                .precision = precision_of(line)});
  nn::Optimizer optimizer(model, {.kind = nn::OptimizerOptions::Kind::Sgd, .weight_decay = 5e-4});
  BatchFeed feed(line, shape, classes);
  std::uint64_t step = 0;
  const auto one = [&] {
    const auto [images, labels] = feed.next();
    executor.train(images, labels, 0, step++);
    optimizer.step(model, executor, 0.01);
  };
  const auto warm = Clock::now();
  while (step < 2 || seconds_since(warm) < 1) one();
  std::vector<double> speeds;
  const auto start = Clock::now();
  while (speeds.size() < 3 || seconds_since(start) < line.get<double>("seconds")) {
    const auto group = Clock::now();
    std::size_t images = 0;
    while (images == 0 || seconds_since(group) < 0.25) one(), images += batch;
    speeds.push_back(static_cast<double>(images) / seconds_since(group));
  }
  const double speed = median(speeds), flops = 3 * static_cast<double>(model.graph().flops());
  fmt::print(
      "median {:.{}f} images/s, best {:.{}f}; {} parameters, {:.1f} MFLOP an image and step, {:.0f} "
      "GFLOP/s\n",
      speed, speed < 100 ? 1 : 0, *std::ranges::max_element(speeds), speed < 100 ? 1 : 0,
      model.graph().parameters(), flops / 1e6, speed * flops / 1e9);
  write_json(line, {{"images_per_second", speed},
                    {"best", *std::ranges::max_element(speeds)},
                    {"parameters", model.graph().parameters()}});
  return 0;
}

}  // namespace

int run_bench(const Words& words) {
  if (!words.empty() && words[0] == "load") return bench_load(Words(words.begin() + 1, words.end()));
  if (!words.empty() && words[0] == "train") return bench_train(Words(words.begin() + 1, words.end()));
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
    fmt::print(
        "usage: doppel bench load DATA | doppel bench train --net N; each explains itself with --help\n");
    return 0;
  }
  throw UsageError("bench what? `doppel bench load DATA` or `doppel bench train --net N`");
}

}  // namespace doppel::apps
