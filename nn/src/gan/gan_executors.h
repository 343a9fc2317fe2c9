// What a GAN's networks are compiled for.
#pragma once

#include "doppel/nn/gan/gan.h"

namespace doppel::nn {

/// For this process's part of a batch, by its part of the shards.
ExecutorOptions generator_executor_options(const GanOptions& o);
/// The same, of real images and as many generated ones.
ExecutorOptions discriminator_executor_options(const GanOptions& o);

}  // namespace doppel::nn
