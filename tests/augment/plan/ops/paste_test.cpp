#include "doppel/augment/plan/ops/paste.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(PasteFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Overlay: {file: 'a b.png', x: -1, y: 2, size: [3, 4], opacity: 0.5}",
            op::Overlay{"a b.png", -1, 2, {3, 4}, 0.5}},
           {"Text: {words: '7: \"no\" #', x: 1, y: 2, height: 3, color: [1, 0, 0], opacity: 0.5}",
            op::Text{"7: \"no\" #", 1, 2, 3, {1, 0, 0}, 0.5}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(PasteFields, BoundsAreChecked) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Overlay: {size: [0, 4]}", "p:3: Overlay: size is 0, but must be 1 to 1048576 pixels"},
           {"Overlay: {opacity: 2}", "p:3: Overlay: opacity is 2, but must be 0 to 1"},
           {"Text: {height: 0}", "p:3: Text: height is 0, but must be 1 to 100000 pixels"},
           {"Text: {color: [1]}", "p:3: Text: color needs 3 numbers, not 1"},
           {"Text: {text: hello}", "p:3: Text has no field 'text'"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
