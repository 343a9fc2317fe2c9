#include "frame.h"

#include <cstring>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 24;

std::uint32_t word_at(std::string_view text, std::size_t at) {
  std::uint32_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

}  // namespace

std::string frame_text(FrameKind kind, std::string_view body) {
  std::string text(kFrameHead, '\0');
  const std::uint32_t size = static_cast<std::uint32_t>(body.size());
  std::memcpy(text.data(), &kind, sizeof kind);
  std::memcpy(text.data() + sizeof kind, &size, sizeof size);
  return text.append(body);
}

std::size_t frame_body_bytes(std::string_view head) {
  const std::uint32_t kind = word_at(head, 0), size = word_at(head, 4);
  if (kind > static_cast<std::uint32_t>(FrameKind::Leave) || size > kMostBytes)
    throw Error("a message of a group that isn't one");
  return size;
}

std::optional<Frame> take_frame(std::string& received) {
  if (received.size() < kFrameHead) return {};
  const std::uint32_t kind = word_at(received, 0);
  const std::size_t size = frame_body_bytes(received);
  if (received.size() < kFrameHead + size) return {};
  Frame frame{static_cast<FrameKind>(kind), received.substr(kFrameHead, size)};
  received.erase(0, kFrameHead + size);
  return frame;
}

void put_number(std::string& to, std::uint64_t number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::uint64_t number_at(std::string_view body, std::size_t index) {
  std::uint64_t number = 0;
  if (body.size() < (index + 1) * sizeof number) throw Error("a message of a group is too short");
  std::memcpy(&number, body.data() + index * sizeof number, sizeof number);
  return number;
}

std::string lost_frame(const Meeting::Loss& loss, FrameKind kind) {
  std::string body;
  put_number(body, static_cast<std::uint64_t>(loss.rank));
  put_number(body, loss.steps);
  put_number(body, loss.left ? 1 : 0);
  return frame_text(kind, body + loss.why);
}

Meeting::Loss loss_of(const Frame& frame) {
  return {static_cast<int>(number_at(frame.body, 0)), number_at(frame.body, 1), number_at(frame.body, 2) != 0,
          frame.body.substr(3 * sizeof(std::uint64_t))};
}

}  // namespace doppel::nn
