// Feeds augmented batches to a network of OpenCV's dnn. A batch is the blob, without a copy: [N, C, H, W]
// floats. Debian's libopencv-dnn-dev has what this needs.
#include <doppel/augment/transforms/color/color_jitter.h>
#include <doppel/augment/transforms/crop/random_resized_crop.h>
#include <doppel/base/error.h>
#include <doppel/dataset/loader/loader.h>
#include <doppel/dataset/open/open_data.h>

#include <cstdio>
#include <opencv2/dnn.hpp>

namespace aug = doppel::augment;
namespace ds = doppel::dataset;

/// What a file would bring: here, the mean of each channel.
cv::dnn::Net channel_means() {
  cv::dnn::Net net;
  cv::dnn::LayerParams pool;
  pool.set("pool", "ave");
  pool.set("global_pooling", true);
  net.addLayerToPrev("means", "Pooling", pool);
  return net;
}

int main() try {
  ds::Loader loader{ds::open_data("sample:photos").train,
                    aug::Recipe{aug::RandomResizedCrop{.size = {96, 128}}, aug::ColorJitter{}},
                    {.batch = 5, .seed = 1, .epochs = 1}};
  cv::dnn::Net net = channel_means();
  for (const ds::Batch& batch : loader.epoch(0)) {
    const auto& shape = batch.images.shape();
    const std::vector<int> sizes(shape.begin(), shape.end());
    const cv::Mat blob(sizes, CV_32F, batch.images.data());
    net.setInput(blob);
    const cv::Mat means = net.forward().reshape(1, sizes[0]);
    for (int row = 0; row < means.rows; ++row)
      std::printf("%s: red %.3f, green %.3f, blue %.3f\n",
                  loader.source().name(batch.indices[static_cast<std::size_t>(row)]).c_str(),
                  static_cast<double>(means.at<float>(row, 0)), static_cast<double>(means.at<float>(row, 1)),
                  static_cast<double>(means.at<float>(row, 2)));
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "stream_to_opencv: %s\n", error.what());
  return 1;
}
