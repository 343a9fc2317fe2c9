#include "distributed/frame.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

TEST(Frame, IsTakenOnceItIsWhole) {
  const std::string whole = frame_text(FrameKind::Set, "name"), two = whole + frame_text(FrameKind::Beat, "");
  std::string received = whole.substr(0, kFrameHead + 3);
  EXPECT_FALSE(take_frame(received));
  received = two;
  const auto first = take_frame(received), second = take_frame(received);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->kind, FrameKind::Set);
  EXPECT_EQ(first->body, "name");
  EXPECT_EQ(second->kind, FrameKind::Beat);
  EXPECT_EQ(received, "");
}

TEST(Frame, OfMoreThan16MegabytesOrOfAnUnknownKindIsAnError) {
  const auto head = [](std::uint32_t kind, std::uint32_t size) {
    std::string text(kFrameHead, '\0');
    std::memcpy(text.data(), &kind, sizeof kind);
    std::memcpy(text.data() + sizeof kind, &size, sizeof size);
    return text;
  };
  EXPECT_EQ(frame_body_bytes(head(0, 1 << 24)), std::size_t{1} << 24);
  EXPECT_THROW(frame_body_bytes(head(0, (1 << 24) + 1)), Error);
  EXPECT_THROW(frame_body_bytes(head(7, 0)), Error);
  std::string received = head(2, 0xffffffff);
  EXPECT_THROW(take_frame(received), Error);
}

TEST(Frame, WithTooFewNumbersIsAnError) {
  std::string body;
  put_number(body, 5);
  EXPECT_EQ(number_at(body, 0), 5U);
  EXPECT_THROW(number_at(body, 1), Error);
  EXPECT_THROW(loss_of({FrameKind::Lost, body}), Error);
}

}  // namespace
}  // namespace doppel::nn
