#include "train_options.h"

#include <fmt/format.h>

#include <cmath>

#include "choice.h"
#include "doppel/augment/error.h"

namespace doppel::apps {
namespace {

/// True where decay doesn't go through the gradient.
bool decouples(nn::OptimizerOptions::Kind kind) {
  using Kind = nn::OptimizerOptions::Kind;
  return kind == Kind::AdamW || kind == Kind::Lamb || kind == Kind::Muon;
}

std::vector<double> class_weights(const CommandLine& line, const dataset::Source& train) {
  enum class Weights { None, Balanced };
  if (chosen<Weights>(line, "class-weights", {{"none", Weights::None}, {"balanced", Weights::Balanced}}) ==
      Weights::None)
    return {};
  std::vector<std::size_t> counts(train.classes().size());
  for (std::size_t i = 0; i < train.size(); ++i)
    if (const int label = train.label(i); label >= 0 && static_cast<std::size_t>(label) < counts.size())
      ++counts[static_cast<std::size_t>(label)];
  return nn::balanced_weights(counts);
}

nn::Loss loss_of(const CommandLine& line, const dataset::Source& train) {
  const double smoothing = line.get<double>("label-smoothing");
  if (!(smoothing >= 0 && smoothing < 1))
    throw UsageError("--label-smoothing must be at least 0 and below 1");
  enum class Kind { CrossEntropy, Focal, Binary };
  const Kind kind =
      chosen<Kind>(line, "loss",
                   {{"cross-entropy", Kind::CrossEntropy}, {"focal", Kind::Focal}, {"binary", Kind::Binary}});
  auto weights = class_weights(line, train);
  if (kind == Kind::Focal) return nn::focal(2, std::move(weights));
  if (kind == Kind::Binary) return nn::binary_cross_entropy(smoothing, std::move(weights));
  return nn::cross_entropy(smoothing, std::move(weights));
}

}  // namespace

void add_train_options(CommandLine& line) {
  line.add()("data", po::value<std::string>(), "a data set")(
      "out", po::value<std::string>(), "the run's folder; default: runs/ and the data's name")(
      "net", po::value<std::string>()->default_value("small28"),
      "a name (small28, lenet5, vgg16, resnet18_cifar, …: any of nn/zoo) or notation")(
      "weights", po::value<std::string>(),
      "begin with these: a .safetensors, or torchvision's .pth of that network; other classes leave the last "
      "layer new")(
      "recipe", po::value<std::string>()->default_value("auto"),
      "a YAML file or a preset; auto: digits for grey pictures of the classes 0 to 9, else standard")(
      "epochs", po::value<std::uint64_t>()->default_value(10), "")(
      "batch", po::value<std::size_t>()->default_value(128), "")(
      "optimizer", po::value<std::string>()->default_value("adamw"),
      "adamw, adam, sgd, nesterov, rmsprop, lamb or muon")(
      "lr", po::value<double>()->default_value(0),
      "peak learning rate; 0: 0.05 for sgd and nesterov, 0.01 for lamb, else 0.002")(
      "schedule", po::value<std::string>()->default_value("cosine"),
      "cosine, constant, steps (a tenth every 30 epochs) or onecycle")(
      "plateau", po::value<int>()->default_value(0),
      "a tenth of the rate after so many epochs without a lower loss; 0: never")(
      "patience", po::value<int>()->default_value(0),
      "stop after so many epochs without a better accuracy on what --valid holds out; 0: never")(
      "valid-every", po::value<std::uint64_t>()->default_value(0),
      "epochs between measurements; 0: by their cost")("accumulate", po::value<int>()->default_value(1),
                                                       "batches that make one step together")(
      "loss", po::value<std::string>()->default_value("cross-entropy"), "cross-entropy, focal or binary")(
      "class-weights", po::value<std::string>()->default_value("none"),
      "none, or balanced: rare classes count more, in proportion")("freeze", "only the last layer learns")(
      "init", po::value<std::string>()->default_value("he"),
      "how weights begin: he, xavier, orthogonal or dirac")(
      "whiten", "the first convolution is made from the pictures")(
      "zero-gamma", "branches of sums that end in bn give 0 at first")(
      "lr-head", po::value<double>()->default_value(1), "times the learning rate, for the last layer")(
      "clip", po::value<double>()->default_value(0), "longest gradient; 0: any")(
      "average", po::value<double>()->default_value(0),
      "decay of an average of the weights, as 0.999; 0: none")(
      "weight-decay", po::value<double>()->default_value(-1),
      "default 0.05 for adamw, lamb and muon, else 0.0005")("label-smoothing",
                                                            po::value<double>()->default_value(0.1), "")(
      "precision", po::value<std::string>()->default_value("f32"), "f32, or bf16: products of bfloat16")(
      "seed", po::value<std::uint64_t>()->default_value(1), "")(
      "valid", po::value<std::string>(), "a share of the training data, or a data set")(
      "per-class", po::value<std::size_t>()->default_value(0),
      "learn from so many images of each class only; 0: all")(
      "size", po::value<int>()->default_value(0),
      "side of the network's input; 0: as the pictures are, else 64")(
      "shards", po::value<int>()->default_value(0),
      "parts of a batch; results depend on it; 0: one per core")(
      "group", po::value<std::string>(), "RANK/WORLD@HOST:PORT: one process of several; 0 listens there")(
      "threads", po::value<int>()->default_value(0), "0: all cores; results don't depend on it")(
      "workers", po::value<int>()->default_value(-1), "loader tasks; -1: one per core")(
      "on-error", po::value<std::string>()->default_value("skip"),
      "what a broken picture does: skip or fail")("resume", "go on from the run's checkpoint")(
      "tensorboard", "also write event files to RUN/tensorboard")("json", po::value<std::string>(),
                                                                  "also write the result here");
  line.positional("data", 1);
}

nn::TrainerOptions trainer_options(const CommandLine& line, const dataset::Source& train) {
  nn::TrainerOptions o;
  const std::string optimizer = line.get<std::string>("optimizer");
  using Optimizer = nn::OptimizerOptions::Kind;
  using Schedule = nn::Schedule::Kind;
  o.optimizer.kind = chosen<Optimizer>(line, "optimizer",
                                       {{"adamw", Optimizer::AdamW},
                                        {"adam", Optimizer::Adam},
                                        {"sgd", Optimizer::Sgd},
                                        {"nesterov", Optimizer::Sgd},
                                        {"rmsprop", Optimizer::RmsProp},
                                        {"lamb", Optimizer::Lamb},
                                        {"muon", Optimizer::Muon}});
  o.optimizer.nesterov = optimizer == "nesterov";
  o.schedule = chosen<Schedule>(line, "schedule",
                                {{"cosine", Schedule::Cosine},
                                 {"constant", Schedule::Constant},
                                 {"steps", Schedule::Steps},
                                 {"onecycle", Schedule::OneCycle}});
  o.optimizer.clip_norm = line.get<double>("clip");
  o.average = line.get<double>("average");
  if (!(o.optimizer.clip_norm >= 0)) throw UsageError("--clip must not be negative");
  if (!(o.average >= 0 && o.average < 1)) throw UsageError("--average must be at least 0 and below 1");
  o.precision = precision_of(line);
  const double decay = line.get<double>("weight-decay");
  o.optimizer.weight_decay = decay >= 0 ? decay : decouples(o.optimizer.kind) ? 0.05 : 5e-4;
  o.rate = line.get<double>("lr");
  if (!(o.rate >= 0)) throw UsageError("--lr must not be negative");
  o.loss = loss_of(line, train);
  o.plateau = line.get<int>("plateau");
  o.patience = line.get<int>("patience");
  o.accumulate = line.get<int>("accumulate");
  if (o.plateau < 0 || o.patience < 0) throw UsageError("--plateau and --patience must not be negative");
  if (o.accumulate < 1) throw UsageError("--accumulate must be at least 1");
  if (o.patience > 0 && !line.has("valid"))
    throw UsageError("--patience needs --valid: what decides when to stop must not be the test set");
  o.epochs = line.get<std::uint64_t>("epochs");
  o.valid_every = line.get<std::uint64_t>("valid-every");
  o.shards = line.get<int>("shards");
  o.threads = line.get<int>("threads");
  if (o.shards < 0 || o.threads < 0) throw UsageError("--shards and --threads must not be negative");
  o.seed = line.get<std::uint64_t>("seed");
  return o;
}

dataset::LoaderOptions training_loader_options(const CommandLine& line, const RunInfo& info) {
  dataset::LoaderOptions o = info.evaluation_options(line.get<std::size_t>("batch"));
  o.order = dataset::LoaderOptions::Order::Shuffled;
  o.epochs = line.get<std::uint64_t>("epochs");
  o.seed = line.get<std::uint64_t>("seed");
  o.workers = line.get<int>("workers");
  const std::string on_error = line.get<std::string>("on-error");
  if (on_error != "skip" && on_error != "fail")
    throw UsageError(fmt::format("--on-error must be skip or fail, not '{}'", on_error));
  if (const auto place = group_place(line)) {
    o.rank = place->rank;
    o.world = place->world;
    o.last = dataset::LoaderOptions::LastBatch::Drop;  // else some would have nothing to do
  }
  o.on_error =
      on_error == "fail" ? dataset::LoaderOptions::OnError::Fail : dataset::LoaderOptions::OnError::Skip;
  return o;
}

std::optional<nn::GroupPlace> group_place(const CommandLine& line) {
  if (!line.has("group")) return {};
  return nn::GroupPlace::parse(line.get<std::string>("group"));
}

nn::Initialisation initialisation_of(const CommandLine& line) {
  using Weights = nn::Initialisation::Weights;
  return {chosen<Weights>(line, "init",
                          {{"he", Weights::He},
                           {"xavier", Weights::Xavier},
                           {"orthogonal", Weights::Orthogonal},
                           {"dirac", Weights::Dirac}}),
          line.has("zero-gamma")};
}

void set_rates(const CommandLine& line, nn::Model& model) {
  const double head_rate = line.get<double>("lr-head");
  if (!(head_rate > 0 && std::isfinite(head_rate))) throw UsageError("--lr-head must be above 0");
  const std::string* head = nullptr;
  for (const nn::Node& node : model.graph().nodes)
    if (node.parameters > 0) head = &node.name;
  if (!head) throw UsageError("the network has nothing to learn");
  for (nn::Parameter& p : model.parameters()) {
    const bool of_head = p.name.starts_with(*head + ".");
    p.rate *= of_head ? head_rate : line.has("freeze") ? 0 : 1;
  }
}

}  // namespace doppel::apps
