// Options that several commands have.
#pragma once

#include "command.h"
#include "doppel/nn/engine/executor.h"

namespace doppel::apps {

Text file(std::string placeholder = "FILE");
Text folder(std::string placeholder = "FOLDER");

/// A data set, as open_data() takes it.
Text data_text();
/// The bare word that names one.
Option data_word();
/// The bare word that names a trained network, as open_run() takes it.
Option run_word();
/// --json.
Option json_option();
/// --threads.
Option threads_option(std::string help = "threads that work; 0: all cores");
/// --seed.
Option seed_option(std::string help);
/// --recipe, with what else it may be.
Option recipe_option(std::string initial, std::string help = "a YAML file or a preset");
/// --preset of a GAN.
Option preset_option(std::string help);
/// --generator and --discriminator, as notation.
Option generator_option();
Option discriminator_option();

/// --net.
Option net_option(std::string initial, std::string help);
/// What --net stands for, as notation. Throws UsageError, naming the nearest network, for a single word that
/// is neither a network nor a layer.
std::string network_text(const CommandLine& line);

/// --precision: f32 or bf16.
Option precision_option(std::string initial);
/// The same, or what is the faster.
Option timed_precision_option();
/// Throws UsageError for bf16 where the processor has none.
nn::Precision precision_of(const CommandLine& line);

}  // namespace doppel::apps
