// Maps, polygons and lines of a manifest.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "doppel/codec/tiff.h"
#include "doppel/dataset/sources/manifest.h"
#include "error_of.h"
#include "npy_bytes.h"

namespace doppel::dataset {
namespace {

using augment::FloatMap;
using augment::MapKind;

template <class T>
void append_bytes(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Images a.png and b.png of 4 x 6, and files beside them.
class ManifestTargets : public testing::Test {
 protected:
  ManifestTargets() {
    for (const char* image : {"a.png", "b.png"})
      put(image, encode_png(cv::Mat(4, 6, CV_8UC1, cv::Scalar(9))));
  }
  void put(const std::string& name, const auto& bytes) const { write_file(folder_.path() / name, bytes); }
  Manifest lines(std::string_view text) const {
    put("m.jsonl", text);
    return Manifest(folder_.path() / "m.jsonl");
  }
  augment::Sample first(std::string_view text) const { return load(lines(text), 0); }
  std::string error(std::string_view text) const {
    return error_of([&] { first(text); });
  }
  void expect_error(std::string_view text, const std::string& part) const {
    EXPECT_NE(error(text).find(part), std::string::npos) << error(text);
  }

  TemporaryFolder folder_;
};

cv::Mat counting(int channels) {
  cv::Mat numbers(4, 6, CV_32FC(channels));
  for (int i = 0; i < 24 * channels; ++i) numbers.ptr<float>()[i] = static_cast<float>(i) / 2 - 3;
  return numbers;
}

std::string floats_of(const cv::Mat& numbers) {
  return {reinterpret_cast<const char*>(numbers.data), numbers.total() * numbers.elemSize()};
}

TEST_F(ManifestTargets, MapsComeFromEveryForm) {
  const cv::Mat one = counting(1), two = counting(2);
  std::string pfm = "Pf\n6 4\n-1.0\n";
  for (int y = 3; y >= 0; --y)
    pfm.append(reinterpret_cast<const char*>(one.ptr(y)), 24);  // the last row first
  put("d.pfm", pfm);
  put("d.npy", npy_of("<f4", {4, 6}, std::vector<float>(one.begin<float>(), one.end<float>())));
  std::string flo = "PIEH";
  append_bytes(flo, std::int32_t{6});
  append_bytes(flo, std::int32_t{4});
  put("f.flo", flo + floats_of(two));
  std::vector<double> planes;
  for (int c = 0; c < 2; ++c)
    for (int i = 0; i < 24; ++i) planes.push_back(double(two.ptr<float>()[2 * i + c]));
  put("f.npy", npy_of("<f8", {2, 4, 6}, planes));
  const augment::Sample sample = first(
      R"({"path": "a.png", "maps": {"depth": "d.pfm", "again": "d.npy", "flow": "f.flo", "f2": {"file": "f.npy", "kind": "flow"}}})");
  ASSERT_EQ(sample.maps.size(), 4U);
  EXPECT_EQ(cv::norm(sample.maps[0].values, one, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(sample.maps[1].values, one, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(sample.maps[2].values, two, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(sample.maps[3].values, two, cv::NORM_INF), 0);
  EXPECT_EQ(sample.maps[0].kind, MapKind::Depth);
  EXPECT_EQ(sample.maps[0].filter, Filter::Nearest);
  EXPECT_EQ(sample.maps[1].kind, MapKind::Values);
  EXPECT_EQ(sample.maps[1].filter, Filter::Bilinear);
  EXPECT_EQ(sample.maps[2].kind, MapKind::Flow);
  EXPECT_EQ(sample.maps[3].kind, MapKind::Flow);
}

TEST_F(ManifestTargets, WholeNumbersAreScaledAndMoved) {
  cv::Mat wide(4, 6, CV_16UC1, cv::Scalar(512));
  put("d.png", encode_png(wide));
  const augment::Sample sample = first(
      R"({"path": "a.png", "maps": {"d": {"file": "d.png", "scale": 0.00390625, "offset": -1, "fill": -1, "filter": "nearest"}}})");
  EXPECT_EQ(sample.maps[0].values.at<float>(2, 3), 1);
  EXPECT_EQ(sample.maps[0].fill, -1);
  EXPECT_EQ(sample.maps[0].filter, Filter::Nearest);
}

TEST_F(ManifestTargets, AnImagesNumbersAreSharesInAnyForm) {
  put("n8.npy", npy_of("|u1", {4, 6}, std::vector<std::uint8_t>(24, 51)));
  put("n16.npy", npy_of("<u2", {4, 6}, std::vector<std::uint16_t>(24, 13107)));
  put("n.png", encode_png(cv::Mat(4, 6, CV_8UC1, cv::Scalar(51))));
  const augment::Sample sample = first(
      R"({"path": "a.png", "maps": {"a": {"file": "n8.npy", "kind": "image"}, "b": {"file": "n16.npy", "kind": "image"}, "c": {"file": "n.png", "kind": "image"}, "d": "n8.npy"}})");
  for (int m = 0; m < 3; ++m)
    EXPECT_FLOAT_EQ(sample.maps[static_cast<std::size_t>(m)].values.at<float>(2, 3), 0.2F) << m;
  EXPECT_EQ(sample.maps[3].values.at<float>(2, 3), 51);
}

TEST_F(ManifestTargets, NanInAMapIsKept) {
  cv::Mat depth = counting(1);
  depth.at<float>(1, 2) = std::numeric_limits<float>::quiet_NaN();
  std::string pfm = "Pf\n6 4\n-1.0\n";
  for (int y = 3; y >= 0; --y) pfm.append(reinterpret_cast<const char*>(depth.ptr(y)), 24);
  put("d.pfm", pfm);
  const augment::Sample sample = first(R"({"path": "a.png", "maps": {"depth": "d.pfm"}})");
  EXPECT_TRUE(std::isnan(sample.maps[0].values.at<float>(1, 2)));
  EXPECT_EQ(sample.maps[0].values.at<float>(1, 3), depth.at<float>(1, 3));
}

TEST_F(ManifestTargets, WrongMapsAreRefusedByName) {
  put("small.npy", npy_of("<f4", {3, 6}, std::vector<float>(18)));
  expect_error(R"({"path": "a.png", "maps": {"depth": "small.npy"}})",
               "small.npy: a map of 3 x 6 for an image of 4 x 6 (height x width)");
  expect_error(R"({"path": "a.png", "maps": {"depth": "gone.npy"}})", "gone.npy");
  put("one.npy", npy_of("<f4", {4, 6}, std::vector<float>(24)));
  expect_error(R"({"path": "a.png", "maps": {"flow": "one.npy"}})", "a flow, which needs two channels");
  expect_error(R"({"path": "a.png", "maps": {"flow": {"kind": "flow"}}})", "'flow' names no file");
  expect_error(R"({"path": "a.png", "maps": {"x": {"file": "one.npy", "kind": "deep"}}})",
               "kind of 'x' must be one of values, depth, heatmap, flow, image");
  expect_error(R"({"path": "a.png", "maps": {"x": {"file": "one.npy", "colour": 1}}})",
               "'x' has no use for 'colour'; there are file, kind, filter");
  expect_error(R"({"path": "a.png", "maps": {"x": {"file": "one.npy", "scale": "2"}}})",
               "scale of 'x' must be a number");
  expect_error(R"({"path": "a.png", "maps": ["one.npy"]})", "`maps` must be an object");
  expect_error(
      "{\"path\": \"a.png\", \"maps\": {\"x\": \"one.npy\"}}\n{\"path\": \"a.png\", \"maps\": {\"x\": "
      "\"one.npy\"}}",
      "line 2: 'a.png' has two maps called 'x'");
  expect_error(R"({"path": "a.png", "maps": {"x": "../one.npy"}})", "leaves the folder");
  put("f.flo", std::string("PIEH") + std::string(8, '\1'));
  expect_error(R"({"path": "a.png", "maps": {"flow": "f.flo"}})", "f.flo: a map of");
}

TEST_F(ManifestTargets, PolygonsAndLinesComeWithTheirLabels) {
  const Manifest manifest = lines(
      R"({"path": "a.png", "label": "road", "polygons": [[0, 0, 5, 0, 5, 3], {"points": [[1, 1], [2, 1], [2, 2]], "label": "car", "instance": 7}], "polylines": [{"points": [0, 0, 6, 4], "label": "lane"}]})");
  EXPECT_EQ(manifest.classes(), (std::vector<std::string>{"car", "lane", "road"}));
  const augment::Sample sample = load(manifest, 0);
  ASSERT_EQ(sample.outlines.size(), 3U);
  EXPECT_EQ(sample.outlines[0],
            (augment::Outline{.points = {{0, 0}, {5, 0}, {5, 3}}, .closed = true, .label = 2}));
  EXPECT_EQ(
      sample.outlines[1],
      (augment::Outline{.points = {{1, 1}, {2, 1}, {2, 2}}, .closed = true, .label = 0, .instance = 7}));
  EXPECT_EQ(sample.outlines[2], (augment::Outline{.points = {{0, 0}, {6, 4}}, .closed = false, .label = 1}));
}

TEST_F(ManifestTargets, WrongPolygonsAreRefused) {
  expect_error(R"({"path": "a.png", "polygons": [[0, 0, 5, 0]]})",
               "a polygon of 2 points; it needs 3 or more");
  expect_error(R"({"path": "a.png", "polylines": [[[0, 0]]]})", "a line of 1 point; it needs 2 or more");
  expect_error(R"({"path": "a.png", "polygons": [[0, 0, 5, 0, 5]]})", "an odd number of coordinates");
  expect_error(R"({"path": "a.png", "polygons": [[0, 0, 5, 0, 5, "x"]]})", "points of two numbers");
  expect_error(R"({"path": "a.png", "polygons": [{"points": [0, 0, 5, 0, 5, 5], "id": 3}]})", "not 'id'");
  expect_error(R"({"path": "a.png", "polygons": {}})", "`polygons` must be a list");
}

TEST_F(ManifestTargets, ATablesColumnsOfThoseNamesAreFields) {
  put("m.csv", std::string_view("path,maps\na.png,x\n"));
  const augment::Sample sample = load(Manifest(folder_.path() / "m.csv"), 0);
  ASSERT_EQ(sample.fields.size(), 1U);
  EXPECT_EQ(sample.fields[0].name, "maps");
}

}  // namespace
}  // namespace doppel::dataset
