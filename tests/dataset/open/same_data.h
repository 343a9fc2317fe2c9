// Two data sets that should be one.
#pragma once

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <string>

#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {

/// A text in which a place is DATA.
inline std::string without_place(std::string text, const std::string& place) {
  for (std::size_t at = text.find(place); at != text.npos; at = text.find(place, at))
    text.replace(at, place.size(), "DATA");
  return text;
}

inline void expect_same(const SourcePtr& a, const SourcePtr& b, const std::string& a_at,
                        const std::string& b_at) {
  ASSERT_EQ(a != nullptr, b != nullptr);
  if (!a) return;
  EXPECT_EQ(a->classes(), b->classes());
  ASSERT_EQ(a->size(), b->size());
  for (std::size_t i = 0; i < a->size(); ++i) {
    EXPECT_EQ(without_place(a->name(i), a_at), without_place(b->name(i), b_at));
    const augment::Sample one = load(*a, i), other = load(*b, i);
    EXPECT_EQ(one.label, other.label);
    EXPECT_EQ(one.boxes, other.boxes);
    EXPECT_EQ(one.rotated_boxes, other.rotated_boxes);
    EXPECT_EQ(one.keypoints, other.keypoints);
    EXPECT_EQ(one.label_shares, other.label_shares);
    EXPECT_EQ(cv::norm(one.image, other.image, cv::NORM_INF), 0);
    ASSERT_EQ(one.masks.size(), other.masks.size());
    for (std::size_t k = 0; k < one.masks.size(); ++k)
      EXPECT_EQ(cv::norm(one.masks[k], other.masks[k], cv::NORM_INF), 0);
  }
}

/// All parts, samples and remarks; `a_at` and `b_at`: where they lie.
inline void expect_same(const OpenedData& a, const OpenedData& b, const std::string& a_at,
                        const std::string& b_at) {
  EXPECT_EQ(a.layout, b.layout);
  expect_same(a.train, b.train, a_at, b_at);
  expect_same(a.test, b.test, a_at, b_at);
  expect_same(a.valid, b.valid, a_at, b_at);
  ASSERT_EQ(a.remarks.size(), b.remarks.size());
  for (std::size_t i = 0; i < a.remarks.size(); ++i)
    EXPECT_EQ(without_place(a.remarks[i].text(), a_at), without_place(b.remarks[i].text(), b_at));
}

}  // namespace doppel::dataset
