#include "doppel/nn/study/train_settings.h"

#include <array>
#include <string_view>

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
  visit({"recipe", {}, "RECIPE", "a file or preset; auto: digits for digits, else standard"}, recipe);
  visit({"valid", {}, "SHARE|DATA", "what to measure with: a share of the training data, or a data set"},
        valid);
  visit({"per_class", {0}, "N", "learn from so many images of each class only; 0: all"}, per_class);
  visit({"size", {0, 4096}, "PIXELS", "side of the input; 0: as the images are, else 64"}, size);
  visit_only(visit, loading, {"alpha", "on_error"});
  visit.heading("Network");
  visit({"net", {}, "NET", "a name, as lenet5, vgg16 or resnet18_cifar, or notation"}, net);
  visit({"weights",
         {},
         "FILE",
         "begin with these: a .safetensors, or torchvision's .pth of that network; other classes leave the "
         "last "
         "layer new"},
        weights);
  visit.choice({"init", {}, "", "how weights begin"}, initialisation.weights, kInitialisations);
  visit({"whiten", {}, "", "the first convolution is made from the images"}, whiten);
  visit({"zero_gamma", {}, "", "branches of sums that end in bn give 0 at first"}, initialisation.zero_gamma);
  visit({"freeze", {}, "", "only the last layer learns"}, freeze);
  visit.heading("Steps");
  visit_only(visit, loading, {"batch"});
  training.fields(visit);
  visit.heading("Steps");
  visit({"lr_head", {.low = 0, .above_low = true}, "NUMBER", "times the learning rate, for the last layer"},
        head_rate);
  visit.heading("Loss and measuring");
  visit.choice({"class_weights", {}, "", "how classes count"}, class_weights, kClassWeights);
  visit.heading("Machine");
  visit_only(visit, loading, {"workers"});
}

}  // namespace doppel::nn
