#include "doppel/nn/study/train_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

constexpr std::array<std::string_view, 4> kInitialisations{"he", "xavier", "orthogonal", "dirac"};
constexpr std::array<std::string_view, 2> kClassWeights{"none", "balanced"};

}  // namespace

void TrainSettings::fields(FieldVisitor& visit) {
  visit.heading("Data");
  visit({"data", {}, "DATA", "a data set; doppel --help lists the kinds"}, data);
  visit({"ignore", {}, "", "go on without labels that can't be read"}, ignore);
  visit({"columns", {}, "NAME=COLUMN,...", "of a table, as label=species,target=age+size,weight=w"}, columns);
  visit({"root", {}, "FOLDER", "where a table's files are; else beside it"}, root);
  visit({"range", {}, "LOW,HIGH", "of the images' numbers, as 0,4095 of 12 bits in 16; or measured"}, range);
  visit({"recipe",
         {},
         "RECIPE",
         "a file or preset; auto: digits for digits, masks for masks, none for numbers and bands, else "
         "standard"},
        recipe);
  visit({"valid", {}, "SHARE|DATA", "what to measure with: a share of the training data, or a data set"},
        valid);
  visit({"per_class", {0}, "N", "learn from so many images of each class only; 0: all"}, per_class);
  visit({"mix",
         {},
         "gan:RUN:SHARE",
         "that share of the images is made by a GAN as they are needed, none of them at the end; else 0.25"},
        mix);
  visit({"size", {0, 4096}, "PIXELS", "side of the input; 0: as the images are, else 64"}, size);
  visit_only(visit, loading, {"alpha", "on_error"});
  visit.heading("Network");
  visit(
      {"net", {}, "NET", "a name, as lenet5, resnet18_cifar or for masks unet_small, notation, or an .onnx"},
      net);
  visit({"weights",
         {},
         "FILE",
         "begin with these: a .safetensors, an .onnx, or torchvision's .pth of that network; other classes "
         "leave the last layer new"},
        weights);
  visit.choice({"init", {}, "", "how weights begin"}, initialisation.weights, kInitialisations);
  visit({"whiten", {}, "", "the first convolution is made from the images"}, whiten);
  visit({"zero_gamma", {}, "", "branches of sums that end in bn give 0 at first"}, initialisation.zero_gamma);
  visit({"freeze", {}, "", "only the last layer learns"}, freeze);
  visit({"freeze_until", {}, "LAYER", "it and what comes before it don't learn; --verbose lists the names"},
        freeze_until);
  visit.heading("Steps");
  visit_only(visit, loading, {"batch"});
  training.fields(visit);
  visit.heading("Steps");
  visit({"lr_head", {.low = 0, .above_low = true}, "NUMBER", "times the learning rate, for the last layer"},
        head_rate);
  visit({"lr_layers",
         {.low = 0, .high = 1, .above_low = true},
         "NUMBER",
         "times the learning rate, once for each later stage: one ends where the image gets smaller, and "
         "before the last layer"},
        layer_rate);
  visit.heading("Loss and measuring");
  visit.choice({"class_weights", {}, "", "how classes count"}, class_weights, kClassWeights);
  visit.heading("Machine");
  visit_only(visit, loading, {"workers"});
}

namespace {

/// For each node how many stages come after it.
std::vector<int> stages_after(const std::vector<Node>& nodes, std::size_t head) {
  const auto pixels = [](const Shape& shape) { return std::int64_t{shape.height} * shape.width; };
  std::vector<int> after(nodes.size(), 0);
  std::int64_t least = pixels(nodes[head].in);
  int stages = 0;
  for (std::size_t i = head; i-- > 0;) {
    // What has one pixel belongs to the stage that it is the mean of, or a factor for.
    const std::int64_t size = pixels(nodes[i].in);
    if (stages == 0) stages = 1;
    if (size > least && least > 1) ++stages;
    if (size > least) least = size;
    after[i] = stages;
  }
  return after;
}

}  // namespace

void set_rates(const TrainSettings& settings, Model& model) {
  const auto& nodes = model.graph().nodes;
  std::size_t head = nodes.size();
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].parameters > 0 && !nodes[i].side) head = i;
  if (head == nodes.size()) throw UsageError("the network has nothing to learn");
  const auto until = std::ranges::find(nodes, settings.freeze_until, &Node::name);
  if (!settings.freeze_until.empty() && until == nodes.end())
    throw UsageError(fmt::format("--freeze-until {0}: the network has no layer {0}; the last is {1}",
                                 settings.freeze_until, nodes[head].name));
  const std::size_t frozen = until == nodes.end() ? 0 : static_cast<std::size_t>(until - nodes.begin()) + 1;
  if (frozen > head)
    throw UsageError(fmt::format("--freeze-until {}: nothing is left to learn", settings.freeze_until));
  const std::vector<int> after = stages_after(nodes, head);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double rate = i == head                       ? settings.head_rate
                        : settings.freeze || i < frozen ? 0
                                                        : std::pow(settings.layer_rate, after[i]);
    for (Parameter& p : model.parameters())
      if (p.name.starts_with(nodes[i].name + ".")) p.rate *= rate;
  }
}

}  // namespace doppel::nn
