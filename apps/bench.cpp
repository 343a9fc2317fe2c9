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
    RunInfo info = describe_data(*data.train, shape.height);
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

void add_network_options(CommandLine& line) {
  line.add()("net", po::value<std::string>()->default_value("lenet"), "a name or notation")(
      "shape", po::value<std::string>()->default_value("1x28x28"), "")(
      "batch", po::value<std::size_t>()->default_value(128), "")("classes",
                                                                 po::value<int>()->default_value(10), "")(
      "precision", po::value<std::string>()->default_value("f32"), "f32 or bf16")(
      "seconds", po::value<double>()->default_value(8), "how long to measure")(
      "threads", po::value<int>()->default_value(0), "0: all cores")(
      "shards", po::value<int>()->default_value(2), "")("kernels", "also list what each layer runs")(
      "json", po::value<std::string>(), "also write the result here");
}

nn::Model network_model(const CommandLine& line) {
  const auto batch = line.get<std::size_t>("batch");
  if (batch < 1 || batch > 65536) throw UsageError("--batch must be 1 to 65536");
  return {nn::build_graph(nn::parse_network(nn::network_of(line.get<std::string>("net"))),
                          parse_shape(line.get<std::string>("shape")), line.get<int>("classes")),
          1};
}

nn::Executor network_executor(const CommandLine& line, nn::Model& model, nn::ExecutorOptions::Mode mode) {
  return {model,
          {.batch = static_cast<int>(line.get<std::size_t>("batch")),
           .shards = line.get<int>("shards"),
           .threads = line.get<int>("threads"),
           .mode = mode,
           .precision = precision_of(line)}};
}

/// `passes`: how often a forward pass' worth of multiplications an image takes.
void report_speeds(const CommandLine& line, const nn::Model& model, const nn::Executor& executor,
                   const std::vector<double>& speeds, int passes) {
  const double speed = median(speeds), best = *std::ranges::max_element(speeds),
               flops = passes * static_cast<double>(model.graph().flops());
  if (line.has("kernels"))
    for (const nn::KernelInfo& k : executor.kernels())
      fmt::print("{:<12} {:<8} {}\n", k.node, k.pass, k.implementation);
  const int digits = speed < 100 ? 1 : 0;
  fmt::print("median {:.{}f} images/s, best {:.{}f}; {} parameters, {:.1f} MFLOP an image, {:.0f} GFLOP/s\n",
             speed, digits, best, digits, model.graph().parameters(), flops / 1e6, speed * flops / 1e9);
  write_json(line,
             {{"images_per_second", speed}, {"best", best}, {"parameters", model.graph().parameters()}});
}

int bench_train(const Words& words) {
  CommandLine line("bench train --net N --shape CxHxW --batch B",
                   "Training steps per second (forward, loss, backward, SGD with momentum), on resident "
                   "random data, or on a data set that is augmented on the fly.");
  add_network_options(line);
  line.add()("data", po::value<std::string>(), "train on this instead of random numbers")(
      "recipe", po::value<std::string>()->default_value("none"), "for --data");
  if (!line.parse(words)) return 0;
  nn::Model model = network_model(line);
  nn::Executor executor = network_executor(line, model, nn::ExecutorOptions::Mode::Training);
  nn::Optimizer optimizer(model, {.kind = nn::OptimizerOptions::Kind::Sgd, .weight_decay = 5e-4});
  BatchFeed feed(line, model.graph().input, line.get<int>("classes"));
  std::uint64_t step = 0;
  const auto speeds = speeds_of(line.get<std::size_t>("batch"), line.get<double>("seconds"), [&] {
    const auto [images, labels] = feed.next();
    executor.train(images, labels, nn::cross_entropy(), step++);
    optimizer.step(model, executor, 0.01);
  });
  report_speeds(line, model, executor, speeds, 3);
  return 0;
}

int bench_predict(const Words& words) {
  CommandLine line("bench predict --net N --shape CxHxW --batch B",
                   "Forward passes per second, BatchNorm folded, on resident random data.");
  add_network_options(line);
  if (!line.parse(words)) return 0;
  nn::Model model = network_model(line);
  nn::Executor executor = network_executor(line, model, nn::ExecutorOptions::Mode::Inference);
  const auto batch = line.get<std::size_t>("batch");
  std::vector<float> images(batch * static_cast<std::size_t>(model.graph().input.count()));
  const augment::Stream stream{.seed = 1};
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(stream.split("x", i).uniform("x"));
  const auto speeds = speeds_of(line.get<std::size_t>("batch"), line.get<double>("seconds"),
                                [&] { executor.predict(images, static_cast<int>(batch)); });
  report_speeds(line, model, executor, speeds, 1);
  return 0;
}

}  // namespace

nn::Shape parse_shape(const std::string& text) {
  nn::Shape shape;
  int used = 0;
  if (std::sscanf(text.c_str(), "%dx%dx%d%n", &shape.channels, &shape.height, &shape.width, &used) != 3 ||
      used != static_cast<int>(text.size()) || shape.channels < 1 || shape.height < 1 || shape.width < 1 ||
      shape.count() > (1 << 24))
    throw UsageError(fmt::format("--shape must be channels x height x width, as 1x28x28, not '{}'", text));
  return shape;
}

int run_bench(const Words& words) {
  if (!words.empty()) {
    const Words rest(words.begin() + 1, words.end());
    if (words[0] == "load") return bench_load(rest);
    if (words[0] == "train") return bench_train(rest);
    if (words[0] == "predict") return bench_predict(rest);
    if (words[0] == "gan") return bench_gan(rest);
    if (words[0] == "--help" || words[0] == "-h") {
      fmt::print(
          "usage: doppel bench load DATA | doppel bench train --net N | doppel bench predict --net N | "
          "doppel bench "
          "gan; each explains itself with --help\n");
      return 0;
    }
  }
  throw UsageError(
      "bench what? `doppel bench load DATA`, `doppel bench train --net N`, `… predict …` or `doppel bench "
      "gan`");
}

}  // namespace doppel::apps
