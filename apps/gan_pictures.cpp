#include "gan_pictures.h"

#include <algorithm>

namespace doppel::apps {

cv::Mat picture_of(std::span<const float> values, const nn::Shape& shape) {
  cv::Mat image(shape.height, shape.width, CV_8UC(shape.channels));
  const int pixels = shape.height * shape.width;
  for (int c = 0; c < shape.channels; ++c)
    for (int i = 0; i < pixels; ++i) {
      const float v = values[static_cast<std::size_t>(c * pixels + i)];
      image.ptr()[i * shape.channels + c] =
          static_cast<unsigned char>(std::clamp((v + 1) * 127.5F + 0.5F, 0.F, 255.F));
    }
  return image;
}

}  // namespace doppel::apps
