// Images that other programs made, and what is in them: tests/augment/data/make_images.py and
// make_plugin_images.py.
#pragma once

#include <fstream>
#include <opencv2/core.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "doppel/base/files.h"

namespace doppel {

struct StoredImage {
  std::string name;
  std::vector<unsigned char> bytes;
  cv::Mat pixels;
  int bits = 0, orientation = 0, frames = 0, off = 0;
};

inline std::vector<unsigned char> stored_bytes(const std::string& name) {
  return read_file(std::string(DOPPEL_AUGMENT_DATA "/images/") + name);
}

/// All of them; a name with a colon is a file as it's asked for otherwise, as grey.
inline std::vector<StoredImage> stored_images() {
  std::vector<StoredImage> all;
  std::stringstream lists;
  for (const char* list : {"images.txt", "plugin_images.txt"})
    lists << std::ifstream(std::string(DOPPEL_AUGMENT_DATA "/") + list).rdbuf();
  for (std::string line; std::getline(lists, line);) {
    std::istringstream words(line);
    StoredImage one;
    int width = 0, height = 0, channels = 0;
    words >> one.name >> width >> height >> channels >> one.bits >> one.orientation >> one.frames >> one.off;
    one.pixels.create(height, width, CV_8UC(channels));
    for (std::size_t i = 0; i < one.pixels.total() * one.pixels.elemSize(); ++i) {
      int number = -1;
      words >> number;
      one.pixels.data[i] = static_cast<unsigned char>(number);
    }
    one.bytes = stored_bytes(one.name.substr(0, one.name.find(':')));
    all.push_back(std::move(one));
  }
  return all;
}

/// True for a TIFF, GIF and the like where the plug-in that reads it wasn't built.
inline bool lacks_plugin(const std::string& error) { return error.find("plug-in") != std::string::npos; }

}  // namespace doppel
