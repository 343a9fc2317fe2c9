// A GAN's folder, and its images among those that are learned from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "doppel/nn/gan/generative_model.h"
#include "doppel/nn/gan/generator.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::nn {

/// The file of a GAN's run that generates: the best state, or the last where none was measured. Throws Error
/// where there is neither.
std::filesystem::path gan_file(const std::filesystem::path& run);

/// A file's name and the checksum of its bytes, which tells one state of a network from another.
std::string identity_of(const std::filesystem::path& file);

/// A GAN, opened to generate.
struct OpenedGan {
  RunInfo info;                          ///< its images and classes
  std::shared_ptr<Generator> generator;  ///< that makes them
  std::string identity;  ///< see identity_of(); with the steps that a flow takes, where they were asked for
};
/// Of a run's folder. Throws Error where there is none, or doppel gan didn't make it.
OpenedGan open_gan(const std::filesystem::path& run, const GeneratorOptions& options = {});

/// Begins with the weights of a run's GAN: see GenerativeModel::begin_from(). `classes` are the names of
/// `gan`'s. Returns what was taken, in words. Throws UsageError where that GAN makes images of other channels
/// or sizes, or has other networks.
std::string begin_from_run(GenerativeModel& gan, const std::filesystem::path& run,
                           const std::vector<std::string>& classes);

/// "gan:RUN:SHARE": images of a GAN in training.
struct GanMix {
  std::string run;  ///< the GAN's folder
  double share =
      0.25;  ///< of the images, above 0 and below 1, for four fifths of training; then it falls to 0
  std::string text() const;  ///< as parse_mix() reads it
};
/// "gan:RUN" or "gan:RUN:SHARE". Throws UsageError for other texts.
GanMix parse_mix(const std::string& text);

/// Who reads what is mixed: one of several processes, each with its part of every batch (LoaderOptions::rank,
/// world), for which no other's images are made.
struct MixReader {
  int rank = 0;             ///< 0 to world - 1
  int world = 1;            ///< processes
  std::size_t batch = 128;  ///< images in a batch of all of them
};

/// What `epochs` epochs of `train` are with a GAN's images among its own, to be read in order
/// (LoaderOptions::epoch_samples): an epoch has as many images as `train`, whose own come as often as each
/// other; image k of the GAN's is its number k with this seed, of all classes in turn, made ahead by a thread
/// of its own. Throws UsageError where the GAN's classes aren't those of `train`, or its images have other
/// than `channels` channels.
dataset::SourcePtr with_generated(const dataset::SourcePtr& train, const OpenedGan& gan, const GanMix& mix,
                                  int channels, std::uint64_t epochs, std::uint64_t seed,
                                  const MixReader& reader = {});

}  // namespace doppel::nn
