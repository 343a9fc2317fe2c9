// doppel bench train, doppel bench predict
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench.h"
#include "bench_explain.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/optimizer.h"
#include "live_line.h"
#include "telling.h"

namespace doppel::apps {
namespace {

/// Numbers of an image.
constexpr std::int64_t kMost = 1 << 24;

/// Batches for bench train: the same random one again and again, or a loader's.
class BatchFeed {
 public:
  BatchFeed(const CommandLine& line, nn::Shape shape, int classes) {
    const auto batch = line.get<std::size_t>("batch");
    images_.resize(batch * static_cast<std::size_t>(shape.count()));
    labels_.resize(batch);
    const Stream stream{.seed = 1};
    for (std::size_t i = 0; i < images_.size(); ++i)
      images_[i] = static_cast<float>(stream.split("x", i).uniform("x"));
    for (std::size_t i = 0; i < batch; ++i) labels_[i] = stream.split("y", i).integer("y", 0, classes - 1);
    if (!line.has("data")) return;
    const dataset::OpenedData data = open_data(line.get<std::string>("data"));
    nn::RunInfo info = describe_data(*data.train, shape.height);
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

std::vector<OptionGroup> speed_groups() {
  OptionGroup measuring{
      "Measuring",
      {seconds_option(),
       {"kernels", Flag{}, "also list what each layer runs"},
       {"explain", Flag{}, "also list what each layer takes, and what this machine could do"},
       json_option()}};
  for (Option& option : executor_options()) measuring.options.push_back(std::move(option));
  return {network_group(), std::move(measuring)};
}

/// Speeds of call(), a pass over a batch, and why they are what they are. `passes`: how often a forward pass'
/// worth of multiplications an image takes.
template <class Call>
void report_speeds(const CommandLine& line, const nn::Model& model, nn::Executor& executor, int passes,
                   Call call) {
  const double seconds = line.get<double>("seconds");
  const auto speeds = speeds_of(line.get<std::size_t>("batch"), seconds, call);
  const double speed = median(speeds), best = *std::ranges::max_element(speeds),
               flops = passes * static_cast<double>(model.graph().flops());
  if (line.has("kernels"))
    for (const nn::KernelInfo& k : executor.kernels())
      fmt::print("{:<12} {:<8} {}\n", k.node, k.pass, k.implementation);
  const int digits = speed < 100 ? 1 : 0;
  fmt::print("median {:.{}f} images/s, best {:.{}f}; {} parameters, {:.1f} MFLOP an image, {:.0f} GFLOP/s\n",
             speed, digits, best, digits, model.graph().parameters(), flops / 1e6, speed * flops / 1e9);
  nlohmann::json result{
      {"images_per_second", speed}, {"best", best}, {"parameters", model.graph().parameters()}};
  if (line.has("explain")) {
    const nn::MachineLimits limits = nn::measure_limits(line.get<int>("threads"));
    executor.time_steps(true);
    const double whole = median(seconds_of(std::min(seconds, 2.0), call));
    result["explanation"] = explain_steps(executor.step_times(), limits, whole);
  }
  write_json(line, result);
}

/// Masks for a batch, of all classes by turns; none where the network tells classes of images.
std::vector<float> made_masks(const nn::Graph& graph, std::size_t batch) {
  if (!nn::gives_masks(graph.network)) return {};
  const nn::Shape& out = graph.output();
  std::vector<float> masks(batch * static_cast<std::size_t>(out.height) *
                           static_cast<std::size_t>(out.width));
  for (std::size_t i = 0; i < masks.size(); ++i)
    masks[i] = static_cast<float>(i % static_cast<std::size_t>(out.channels));
  return masks;
}

int bench_train(const CommandLine& line) {
  nn::Model model = network_model(line);
  nn::Executor executor = network_executor(line, model, nn::ExecutorOptions::Mode::Training);
  nn::Optimizer optimizer(model, nn::Sgd{.weight_decay = 5e-4});
  BatchFeed feed(line, model.graph().input, line.get<int>("classes"));
  const auto batch = line.get<std::size_t>("batch");
  const std::vector<float> masks = made_masks(model.graph(), batch);
  std::uint64_t step = 0;
  report_speeds(line, model, executor, 3, [&] {
    const auto [images, labels] = feed.next();
    if (masks.empty())
      executor.train(images, labels, nn::CrossEntropy{.smoothing = 0}, step++);
    else
      executor.train(images, std::span(masks).first(masks.size() / batch * labels.size()), nn::Segmentation{},
                     step++);
    optimizer.step(model, executor, 0.01);
  });
  return 0;
}

int bench_predict(const CommandLine& line) {
  nn::Model model = network_model(line);
  nn::Executor executor = network_executor(line, model, nn::ExecutorOptions::Mode::Inference);
  const auto batch = line.get<std::size_t>("batch");
  std::vector<float> images(batch * static_cast<std::size_t>(model.graph().input.count()));
  const Stream stream{.seed = 1};
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(stream.split("x", i).uniform("x"));
  report_speeds(line, model, executor, 1, [&] { executor.predict(images, static_cast<int>(batch)); });
  return 0;
}

}  // namespace

OptionGroup network_group() {
  return {"Network",
          {net_option("lenet", "a name or notation"),
           shape_option(),
           {"classes", Whole{.initial = 10, .least = 1}, "that it tells apart"},
           {"batch", Whole{.initial = 128, .least = 1, .most = 65536}, "images in a batch"}}};
}

std::vector<Option> executor_options() {
  return {precision_option("f32"),
          threads_option(),
          {"shards", Whole{.initial = 2, .least = 1}, "parts of a batch"}};
}

nn::Model network_model(const CommandLine& line) {
  return {nn::build_graph(nn::parse_network(network_text(line.get<std::string>("net"))), shape_of(line),
                          line.get<int>("classes")),
          1};
}

nn::Executor network_executor(const CommandLine& line, nn::Model& model, nn::ExecutorOptions::Mode mode,
                              bool time_kernels) {
  LiveLine timing(nn::kTimingKernels);
  return {model,
          {.batch = static_cast<int>(line.get<std::size_t>("batch")),
           .shards = line.get<int>("shards"),
           .threads = line.get<int>("threads"),
           .mode = mode,
           .precision = precision_of(line),
           .time_kernels = time_kernels,
           .timing = timing.counter()}};
}

Option seconds_option() {
  return {"seconds", Real{.placeholder = "SECONDS", .initial = 8, .least = 0}, "how long to measure"};
}

Option shape_option() {
  return {"shape", Text{.placeholder = "CxHxW", .initial = "1x28x28"},
          "of an image: channels, height, width"};
}

nn::Shape shape_of(const CommandLine& line) {
  const auto text = line.get<std::string>("shape");
  std::vector<std::int64_t> sides;
  std::istringstream parts(text + "x");
  for (std::string part; std::getline(parts, part, 'x');) sides.push_back(parse_whole(part).value_or(0));
  std::int64_t count = 1;
  for (const std::int64_t side : sides)
    count = side < 1 || side > kMost ? 0 : std::min(kMost + 1, count * side);
  if (sides.size() != 3 || count < 1 || count > kMost)
    throw UsageError(fmt::format("--shape must be channels x height x width, as 1x28x28, not '{}'", text));
  return {static_cast<int>(sides[0]), static_cast<int>(sides[1]), static_cast<int>(sides[2])};
}

Command bench_train_command() {
  std::vector<OptionGroup> groups = speed_groups();
  groups.insert(groups.begin() + 1, {"Data",
                                     {{"data", data_text(), "train on this instead of random numbers"},
                                      recipe_option("none", "for --data: a YAML file or a preset")}});
  return {.name = "bench train",
          .brief = "training steps of a network per second",
          .about =
              "Training steps per second (forward, loss, backward, SGD with momentum), on resident "
              "random data, or on a data set that is augmented on the fly.",
          .groups = std::move(groups),
          .examples = {"bench train --net vgg_small --shape 3x32x32",
                       "bench train --net resnet18_cifar --shape 3x32x32 --explain"},
          .run = bench_train};
}

Command bench_predict_command() {
  return {.name = "bench predict",
          .brief = "forward passes of a network per second",
          .about = "Forward passes per second, BatchNorm folded, on resident random data.",
          .groups = speed_groups(),
          .examples = {"bench predict --net resnet18 --shape 3x224x224 --batch 64 --classes 1000"},
          .run = bench_predict};
}

}  // namespace doppel::apps
