#include "doppel/base/json_fields.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "error_of.h"

namespace doppel {
namespace {

TEST(JsonFields, WholeNumbersAreThoseThatTheTypeHolds) {
  using Json = nlohmann::json;
  EXPECT_EQ(json_whole<int>(Json(-7)), -7);
  EXPECT_EQ(json_whole<std::uint64_t>(Json(std::numeric_limits<std::uint64_t>::max())),
            std::numeric_limits<std::uint64_t>::max());
  for (const Json& other : {Json(1.0), Json(1e300), Json("7"), Json(nullptr), Json(true), Json::array({7}),
                            Json(std::int64_t{1} << 40)})
    EXPECT_FALSE(json_whole<int>(other)) << other;
  EXPECT_FALSE(json_whole<unsigned>(Json(-1)));
}

TEST(JsonFields, MissingOrOtherIsAnErrorOrWhatStandsForIt) {
  const auto json = nlohmann::json::parse(R"({"n": 3, "x": 1e300, "s": "text"})");
  EXPECT_EQ(json_whole_at<int>(json, "n"), 3);
  for (const std::string name : {"x", "s", "none"}) {
    EXPECT_EQ(error_of([&] { (void)json_whole_at<int>(json, name.c_str()); }),
              "'" + name + "' isn't a whole number of its range");
    EXPECT_EQ(json_whole_or(json, name.c_str(), 9), 9);
  }
  EXPECT_EQ(json_whole_or(json, "n", 9), 3);
  EXPECT_EQ(json_text_or_none(json, "s"), "text");
  EXPECT_EQ(json_text_or_none(json, "n"), "");
  EXPECT_EQ(json_text_or_none(json, "none"), "");
}

}  // namespace
}  // namespace doppel
