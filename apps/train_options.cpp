#include "train_options.h"

#include "choice.h"
#include "common_options.h"
#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

using Optimizer = nn::OptimizerOptions::Kind;
using Schedule = nn::Schedule::Kind;
using OnError = dataset::LoaderOptions::OnError;
using InitialWeights = nn::Initialisation::Weights;
enum class Weights { None, Balanced };
enum class LossKind { CrossEntropy, Focal, Binary };

constexpr Meaning<Optimizer> kOptimizers[] = {{"adamw", Optimizer::AdamW},     {"adam", Optimizer::Adam},
                                              {"sgd", Optimizer::Sgd},         {"nesterov", Optimizer::Sgd},
                                              {"rmsprop", Optimizer::RmsProp}, {"lamb", Optimizer::Lamb},
                                              {"muon", Optimizer::Muon}};
constexpr Meaning<Schedule> kSchedules[] = {{"cosine", Schedule::Cosine},
                                            {"constant", Schedule::Constant},
                                            {"steps", Schedule::Steps, "a tenth every 30 epochs"},
                                            {"onecycle", Schedule::OneCycle}};
constexpr Meaning<LossKind> kLosses[] = {
    {"cross-entropy", LossKind::CrossEntropy}, {"focal", LossKind::Focal}, {"binary", LossKind::Binary}};
constexpr Meaning<Weights> kWeights[] = {{"none", Weights::None, "all alike"},
                                         {"balanced", Weights::Balanced, "rare ones more, in proportion"}};
constexpr Meaning<InitialWeights> kInitialisations[] = {{"he", InitialWeights::He},
                                                        {"xavier", InitialWeights::Xavier},
                                                        {"orthogonal", InitialWeights::Orthogonal},
                                                        {"dirac", InitialWeights::Dirac}};
constexpr Meaning<OnError> kOnErrors[] = {{"skip", OnError::Skip}, {"fail", OnError::Fail}};

/// A share of the training data, or a data set of its own.
Text data_part() {
  Text part = data_text();
  part.placeholder = "SHARE|DATA";
  return part;
}

/// True where decay doesn't go through the gradient.
bool decouples(Optimizer kind) {
  return kind == Optimizer::AdamW || kind == Optimizer::Lamb || kind == Optimizer::Muon;
}

std::vector<double> class_weights(const CommandLine& line, const dataset::Source& train) {
  if (chosen(line, "class-weights", kWeights) == Weights::None) return {};
  std::vector<std::size_t> counts(train.classes().size());
  for (std::size_t i = 0; i < train.size(); ++i)
    if (const int label = train.label(i); label >= 0 && static_cast<std::size_t>(label) < counts.size())
      ++counts[static_cast<std::size_t>(label)];
  return nn::balanced_weights(counts);
}

nn::Loss loss_of(const CommandLine& line, const dataset::Source& train) {
  const double smoothing = line.get<double>("label-smoothing");
  auto weights = class_weights(line, train);
  switch (chosen(line, "loss", kLosses)) {
    case LossKind::Focal:
      return nn::focal(2, std::move(weights));
    case LossKind::Binary:
      return nn::binary_cross_entropy(smoothing, std::move(weights));
    case LossKind::CrossEntropy:
      break;
  }
  return nn::cross_entropy(smoothing, std::move(weights));
}

OptionGroup run_group() {
  return {"The run",
          {{"out", folder(), "the run's folder; else runs/ and the data's name"},
           {"resume", Flag{}, "go on from the run's checkpoint"},
           {"tensorboard", Flag{}, "also write event files to the run's folder"},
           {"verbose", Flag{}, "print each layer, and what computes it"},
           json_option()}};
}

OptionGroup data_group() {
  return {
      "Data",
      {recipe_option("auto",
                     "a YAML file or a preset; auto: digits for grey pictures of the classes 0 to 9, else "
                     "standard"),
       {"valid", data_part(), "what to measure with: a share of the training data, or a data set"},
       {"per-class", Whole{.initial = 0}, "learn from so many images of each class only; 0: all"},
       {"size", Whole{.placeholder = "PIXELS", .initial = 0, .most = 4096},
        "side of the network's input; 0: as the pictures are, else 64"},
       {"on-error", choice(kOnErrors, "skip"), "what to do about a broken picture"}}};
}

OptionGroup network_group() {
  return {
      "Network",
      {net_option("small28", "a name (lenet5, vgg16, resnet18_cifar, any of nn/zoo) or notation"),
       {"weights", file(),
        "begin with these: a .safetensors, or torchvision's .pth of that network; other classes leave the "
        "last layer new"},
       {"init", choice(kInitialisations, "he"), "how weights begin"},
       {"whiten", Flag{}, "the first convolution is made from the pictures"},
       {"zero-gamma", Flag{}, "branches of sums that end in bn give 0 at first"},
       {"freeze", Flag{}, "only the last layer learns"}}};
}

OptionGroup step_group() {
  return {
      "Steps",
      {{"epochs", Whole{.initial = 10, .least = 1}, "times that all of the data is learned from"},
       {"batch", Whole{.initial = 128, .least = 1}, "images in a batch"},
       {"accumulate", Whole{.initial = 1, .least = 1}, "batches that make one step together"},
       {"optimizer", choice(kOptimizers, "adamw"), "how weights follow the gradient"},
       {"lr", Real{.placeholder = "RATE", .initial = 0, .least = 0},
        "peak learning rate; 0: 0.05 for sgd and nesterov, 0.01 for lamb, else 0.002"},
       {"lr-head", Real{.initial = 1, .above = 0}, "times that rate for the last layer"},
       {"schedule", choice(kSchedules, "cosine"), "how the rate goes"},
       {"plateau", Whole{.initial = 0}, "a tenth of the rate after N epochs without a lower loss; 0: never"},
       {"clip", Real{.initial = 0, .least = 0}, "longest gradient; 0: any"},
       {"weight-decay", Real{.placeholder = "RATE", .least = 0},
        "how weights shrink; else 0.05 for adamw, lamb and muon, 0.0005 for others"},
       {"average", Real{.placeholder = "RATE", .initial = 0, .least = 0, .below = 1},
        "decay of an average of the weights, as 0.999; 0: none"},
       seed_option("of weights, order and augmentation")}};
}

OptionGroup loss_group() {
  return {"Loss and measuring",
          {{"loss", choice(kLosses, "cross-entropy"), "what is made small"},
           {"label-smoothing", Real{.placeholder = "SHARE", .initial = 0.1, .least = 0, .below = 1},
            "of a label that goes to the other classes"},
           {"class-weights", choice(kWeights, "none"), "how much classes count"},
           {"valid-every", Whole{.initial = 0}, "epochs between measurements; 0: by their cost"},
           {"patience", Whole{.initial = 0},
            "stop after N epochs without a better accuracy on what --valid holds out; 0: never"}}};
}

OptionGroup machine_group() {
  return {"Machine",
          {precision_option("f32"),
           threads_option("threads that work, on which results don't depend; 0: all cores"),
           {"workers", Whole{.initial = -1, .least = -1}, "tasks of the loader; -1: one per core"},
           {"shards", Whole{.initial = 0}, "parts of a batch, on which results depend; 0: one per core"},
           {"group", Text{.placeholder = "PLACE"},
            "one process of several: RANK/WORLD@HOST:PORT; rank 0 listens there"}}};
}

}  // namespace

std::vector<OptionGroup> train_options() {
  return {run_group(), data_group(), network_group(), step_group(), loss_group(), machine_group()};
}

nn::TrainerOptions trainer_options(const CommandLine& line, const dataset::Source& train) {
  nn::TrainerOptions o;
  o.optimizer.kind = chosen(line, "optimizer", kOptimizers);
  o.optimizer.nesterov = line.get<std::string>("optimizer") == "nesterov";
  o.schedule = chosen(line, "schedule", kSchedules);
  o.optimizer.clip_norm = line.get<double>("clip");
  o.average = line.get<double>("average");
  o.precision = precision_of(line);
  o.optimizer.weight_decay = line.has("weight-decay")      ? line.get<double>("weight-decay")
                             : decouples(o.optimizer.kind) ? 0.05
                                                           : 5e-4;
  o.rate = line.get<double>("lr");
  o.loss = loss_of(line, train);
  o.plateau = line.get<int>("plateau");
  o.patience = line.get<int>("patience");
  o.accumulate = line.get<int>("accumulate");
  if (o.patience > 0 && !line.has("valid"))
    throw UsageError("--patience needs --valid: what decides when to stop must not be the test set");
  o.epochs = line.get<std::uint64_t>("epochs");
  o.valid_every = line.get<std::uint64_t>("valid-every");
  o.shards = line.get<int>("shards");
  o.threads = line.get<int>("threads");
  o.seed = line.get<std::uint64_t>("seed");
  return o;
}

dataset::LoaderOptions training_loader_options(const CommandLine& line, const RunInfo& info) {
  dataset::LoaderOptions o = info.evaluation_options(line.get<std::size_t>("batch"));
  o.order = dataset::LoaderOptions::Order::Shuffled;
  o.epochs = line.get<std::uint64_t>("epochs");
  o.seed = line.get<std::uint64_t>("seed");
  o.workers = line.get<int>("workers");
  o.on_error = chosen(line, "on-error", kOnErrors);
  if (const auto place = group_place(line)) {
    o.rank = place->rank;
    o.world = place->world;
    o.last = dataset::LoaderOptions::LastBatch::Drop;  // else some would have nothing to do
  }
  return o;
}

std::optional<nn::GroupPlace> group_place(const CommandLine& line) {
  if (!line.has("group")) return {};
  return nn::GroupPlace::parse(line.get<std::string>("group"));
}

nn::Initialisation initialisation_of(const CommandLine& line) {
  return {chosen(line, "init", kInitialisations), line.has("zero-gamma")};
}

void set_rates(const CommandLine& line, nn::Model& model) {
  const double head_rate = line.get<double>("lr-head");
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
