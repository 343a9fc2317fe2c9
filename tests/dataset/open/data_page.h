// The examples of docs/data.md, as they stand there.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <opencv2/core.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/open/open_data.h"
#include "npy_bytes.h"

namespace doppel::dataset {

inline cv::Mat example_image(int seed = 0) { return {24, 32, CV_8UC3, cv::Scalar(40 + seed, 90, 200)}; }

inline void write_example(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  write_file(file, text);
}

inline void write_example_image(const std::filesystem::path& file) {
  std::filesystem::create_directories(file.parent_path());
  if (file.string().find("asks/") != std::string::npos ||
      file.string().find("labelsTr/") != std::string::npos) {
    cv::Mat mask(24, 32, CV_8UC1, cv::Scalar(0));
    mask(cv::Rect(4, 4, 10, 10)).setTo(3);
    return write_png(file, mask);
  }
  if (file.extension() == ".jpg") return write_file(file, encode_jpeg(example_image(), 95));
  write_png(file, example_image());  // its first bytes say what it is, whatever its name
}

/// A ustar member.
inline std::string example_member(const std::string& name, std::string_view content, char type = '0') {
  std::string header(512, '\0');
  name.copy(header.data(), 100);
  std::snprintf(header.data() + 100, 8, "%07o", 0644);
  std::snprintf(header.data() + 124, 12, "%011zo", content.size());
  header[156] = type;
  std::string("ustar").copy(header.data() + 257, 5);
  header.replace(263, 2, "00");
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(header.data() + 148, 8, "%06o", sum);
  std::string whole = header + std::string(content);
  whole.resize((whole.size() + 511) / 512 * 512, '\0');
  return whole;
}

inline std::string example_png() {
  const auto bytes = encode_png(example_image());
  return {bytes.begin(), bytes.end()};
}

/// A block's lines: a member's name, and its content unless it is an image.
inline std::string example_tar(const std::string& block) {
  std::istringstream lines(block);
  std::string tar;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    tar += blank == line.npos ? example_member(line, example_png())
                              : example_member(line.substr(0, blank), line.substr(blank + 1));
  }
  return tar + std::string(1024, '\0');
}

/// A block's lines: a .npy's name, its type and its shape. Numbers count 0, 1, 2 ….
inline void write_example_arrays(const std::filesystem::path& folder, const std::string& block) {
  std::istringstream lines(block);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, type;
    words >> name >> type;
    std::vector<std::size_t> shape;
    std::size_t count = 1;
    for (std::size_t size; words >> size; count *= size) shape.push_back(size);
    std::vector<std::int64_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0);
    write_example(folder / name, type == "|u1"
                                     ? npy_of(type, shape, std::vector<char>(numbers.begin(), numbers.end()))
                                     : npy_of(type, shape, numbers));
  }
}

/// Writes the examples of docs/data.md below `root`, a folder for each heading.
inline void write_examples(const std::filesystem::path& root) {
  std::ifstream page(DOPPEL_DATA_PAGE);
  ASSERT_TRUE(page);
  std::string heading, kind, file, block;
  for (std::string line; std::getline(page, line);) {
    if (kind.empty() && line.starts_with("## ")) heading = line.substr(3);
    if (!line.starts_with("```")) {
      if (!kind.empty()) block += line + "\n";
      continue;
    }
    if (kind.empty()) {
      kind = line.substr(3, line.find(' ') - 3);
      const std::size_t named = line.find("file=");
      file = named == line.npos ? "" : line.substr(named + 5);
      block.clear();
      continue;
    }
    const std::filesystem::path folder = root / heading;
    std::istringstream lines(block);
    if (kind == "tree")
      for (std::string name; std::getline(lines, name);) write_example_image(folder / name);
    else if (kind == "arrays")
      write_example_arrays(folder, block);
    else if (kind == "made")  // by another tool: where it goes, and where it is below tests/dataset/data
      for (std::string to, from; lines >> to >> from;) {
        std::filesystem::create_directories((folder / to).parent_path());
        std::filesystem::copy_file(std::filesystem::path(DOPPEL_DATASET_DATA) / from, folder / to);
      }
    else if (kind == "tar")
      write_example(folder / file, example_tar(block));
    else
      write_example(folder / file, block);
    kind.clear();
  }
}

class Layouts : public testing::Test {
 protected:
  void SetUp() override { write_examples(root_.path()); }
  OpenedData open(const std::string& data) { return open_data((root_.path() / data).string()); }
  TemporaryFolder root_;
};

using PageNames = std::vector<std::string>;
inline augment::Box page_box(double x0, double y0, double x1, double y1, int label, int instance = -1) {
  return {x0, y0, x1, y1, label, 1, instance};
}

}  // namespace doppel::dataset
