// Images of 16 bits, of floats and of many channels that other programs made, and what is in them:
// tests/augment/data/make_deep_images.py and its like.
#pragma once

#include <fstream>
#include <opencv2/core.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "doppel/base/files.h"

namespace doppel {

struct DeepImage {
  std::string name;
  std::vector<unsigned char> bytes;
  cv::Mat pixels;
  int frame = 0, bits = 0, orientation = 0, frames = 0;
  bool alpha = false;
  double off = 0;
};

inline std::vector<unsigned char> deep_bytes(const std::string& name) {
  return read_file(std::string(DOPPEL_AUGMENT_DATA "/deep/") + name);
}

inline std::vector<DeepImage> deep_images() {
  std::vector<DeepImage> all;
  std::stringstream lists;
  for (const char* list : {"deep_images.txt", "exr_images.txt", "medical_images.txt"})
    lists << std::ifstream(std::string(DOPPEL_AUGMENT_DATA "/") + list).rdbuf();
  for (std::string line; std::getline(lists, line);) {
    std::istringstream words(line);
    DeepImage one;
    int width = 0, height = 0, channels = 0;
    std::string depth;
    words >> one.name >> one.frame >> width >> height >> channels >> depth >> one.bits >> one.orientation >>
        one.frames >> one.alpha >> one.off;
    cv::Mat numbers(height, width, CV_64FC(channels));
    for (std::size_t i = 0; i < numbers.total() * numbers.elemSize() / 8; ++i)
      words >> numbers.ptr<double>()[i];
    numbers.convertTo(one.pixels, depth == "8U" ? CV_8U : depth == "16U" ? CV_16U : CV_32F);
    one.bytes = deep_bytes(one.name);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace doppel
