// The doppel program: one binary, a subcommand per file.
#include <fmt/format.h>

#include <array>
#include <iostream>
#include <string_view>

#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/augment/fields.h"
#include "doppel/augment/recipe.h"

namespace {

using doppel::apps::Words;

struct Command {
  std::string_view name, help;
  int (*run)(const Words&);
};

constexpr std::array<Command, 14> kCommands{{
    {"transforms", "list the transforms, or explain one", doppel::apps::run_transforms},
    {"inspect", "classes, sizes, broken files, duplicates, mean and std of a data set",
     doppel::apps::run_inspect},
    {"preview", "see what a recipe does to your pictures", doppel::apps::run_preview},
    {"gallery", "the catalogue as a page with pictures", doppel::apps::run_gallery},
    {"train", "train a CNN with on-the-fly augmentation", doppel::apps::run_train},
    {"eval", "accuracy of a trained network, class by class", doppel::apps::run_eval},
    {"predict", "labels with probabilities for pictures", doppel::apps::run_predict},
    {"export", "hand a trained network to other runtimes", doppel::apps::run_export},
    {"gan", "train a GAN that makes pictures of each class", doppel::apps::run_gan},
    {"generate", "pictures of a trained GAN, with labels", doppel::apps::run_generate},
    {"study", "find out whether augmentation or a GAN helps on your data", doppel::apps::run_study},
    {"pack", "pack a data set into indexed tar shards", doppel::apps::run_pack},
    {"verify", "check every byte of a pack", doppel::apps::run_verify},
    {"bench", "measure loading and training on this machine", doppel::apps::run_bench},
}};

void print_help() {
  fmt::print("doppel makes training images go further.\n\nusage: doppel COMMAND [OPTIONS]\n\n");
  for (const Command& command : kCommands) fmt::print("  {:<11} {}\n", command.name, command.help);
  fmt::print(
      "\nDATA is a folder of class folders, IDX or CIFAR files, a .csv or .jsonl manifest, COCO's .json, "
      "VOC, YOLO,\n"
      "images/ with masks/, tar shards, a pack, or sample:digits, sample:photos.\n"
      "A recipe is a YAML file or a preset: {}.\n"
      "`doppel COMMAND --help` explains a command. Exit codes: 0 done, 1 failed, 2 wrong use.\n",
      fmt::join(doppel::augment::Recipe::presets(), ", "));
}

int run(int argc, char** argv) {
  const Words words(argv + 1, argv + argc);
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help();
    return words.empty() ? 2 : 0;
  }
  Words names;
  for (const Command& command : kCommands) {
    if (command.name == words[0]) return command.run(Words(words.begin() + 1, words.end()));
    names.emplace_back(command.name);
  }
  const std::string near = doppel::augment::nearest_name(words[0], names);
  throw doppel::UsageError(
      fmt::format("there is no command '{}'{}", words[0],
                  near.empty() ? "; see doppel --help" : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const doppel::UsageError& error) {
    std::cerr << "doppel: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "doppel: " << error.what() << '\n';
    return 1;
  }
}
