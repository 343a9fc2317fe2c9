#include "doppel/nn/study/gan_settings.h"

#include <array>

namespace doppel::nn {
namespace {

constexpr std::array<std::string_view, 3> kGanPrecisions{"f32", "bf16", "auto"};

}  // namespace

void GanSettings::fields(FieldVisitor& visit) {
  visit.heading("The run");
  visit({"data", {}, "DATA", "a data set; doppel --help lists the kinds"}, data);
  visit({"ignore", {}, "", "go on without labels that can't be read"}, ignore);
  visit({"columns", {}, "NAME=COLUMN,...", "of a table, as path=img,label=species"}, columns);
  visit({"root", {}, "FOLDER", "where a table's files are; else beside it"}, root);
  visit({"range", {}, "LOW,HIGH", "of the images' numbers, as 0,4095 of 12 bits in 16; or measured"}, range);
  visit({"size",
         {},
         "HEIGHTxWIDTH",
         "of the images, multiples of 4 from 8 to 256, or one number for both; else their own, or 64x64"},
        size);
  visit.choice({"alpha", {}, "", "what becomes of transparency in RGB and grey"}, alpha, kAlphaOverNames);
  visit({"every", {1}, "N", "steps between sheets and checkpoints", {}, MayDiffer::Yes}, every);
  visit({"score_steps",
         {0},
         "N",
         "batches of 64 that the classifiers which measure the images learn from; 0: nothing is measured"},
        score_steps);
  visit({"features",
         {},
         "FILE",
         "weights of Inception v3 (.pth, .safetensors), to measure at the end as is published, too",
         {},
         MayDiffer::Yes},
        features);
  visit({"no_copies",
         {},
         "",
         "fail where images are copies of training images, and say how many",
         {},
         MayDiffer::Yes},
        no_copies);
  visit.heading("Networks");
  visit({"weights", {}, "RUN", "begin with this GAN's weights; classes are taken by their names"}, weights);
  visit.one_of({"preset", {}, "", "known networks and settings"}, preset, gan_presets());
  visit({"unconditional", {}, "", "images of no class: labels serve only the measures, where there are some"},
        unconditional);
  visit.heading("Learning");
  visit({"per_class", {0}, "N", "learn from so many of each class; 0: all"}, per_class);
  visit({"augment", {}, "RECIPE", "before the discriminator: a recipe, none, or auto: where images are few"},
        augment);
  visit.heading("Machine");
  visit.choice({"precision", {}, "", "how numbers are multiplied; auto: bf16 where the processor has it"},
               precision, kGanPrecisions);
  visit_except(visit, options, {"precision"});
}

std::span<const std::string_view> GanSettings::preset_fields() {
  static constexpr std::array<std::string_view, 9> kNames{"generator", "discriminator",   "loss",
                                                          "penalty",   "penalty_between", "critic_steps",
                                                          "lr",        "beta1",           "beta2"};
  return kNames;
}

}  // namespace doppel::nn
