// BMP and TIFF by OpenCV's imgcodecs, which brings 130 libraries: loaded when the first such picture is met.
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

/// Any depth and order that the file has; 0 where it can't be read. Nothing is thrown across the border.
extern "C" int doppel_formats_decode(const unsigned char* bytes, std::size_t size, cv::Mat& image) noexcept {
  try {
    const cv::Mat input(1, static_cast<int>(size), CV_8U, const_cast<unsigned char*>(bytes));
    image = cv::imdecode(input, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION);
    return image.empty() ? 0 : 1;
  } catch (...) { return 0; }
}
