// Streams augmented batches of a data set, as an outsider would: find_package(doppel), then this.
#include <doppel/augment/transforms/color/color_jitter.h>
#include <doppel/augment/transforms/crop/random_resized_crop.h>
#include <doppel/augment/transforms/flip/horizontal_flip.h>
#include <doppel/base/error.h>
#include <doppel/dataset/loader/loader.h>
#include <doppel/dataset/open/open_data.h>

#include <cstdio>

namespace aug = doppel::augment;
namespace ds = doppel::dataset;

int main(int argc, char** argv) try {
  const ds::OpenedData data = ds::open_data(argc > 1 ? argv[1] : "sample:photos");
  const aug::Recipe recipe{
      aug::RandomResizedCrop{.size = {64, 64}},
      aug::HorizontalFlip{},
      aug::ColorJitter{.brightness = {0.6, 1.4}, .contrast = {0.6, 1.4}},
  };
  ds::Loader loader{data.train, recipe, {.batch = 4, .seed = 1, .epochs = 2}};
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch)
    for (const ds::Batch& batch : loader.epoch(epoch)) {
      const auto& shape =
          batch.images.shape();  // [N, C, H, W], float, ready for any framework: batch.images.to_dlpack()
      std::printf("epoch %llu step %llu: %lld x %lld x %lld x %lld, digest %016llx\n",
                  static_cast<unsigned long long>(batch.epoch), static_cast<unsigned long long>(batch.step),
                  static_cast<long long>(shape[0]), static_cast<long long>(shape[1]),
                  static_cast<long long>(shape[2]), static_cast<long long>(shape[3]),
                  static_cast<unsigned long long>(digest(batch)));
    }
  return 0;
} catch (const doppel::Error& error) {
  std::fprintf(stderr, "stream_batches: %s\n", error.what());
  return 1;
}
