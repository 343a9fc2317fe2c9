// What goes over a group's meeting place once all are in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "meeting.h"

namespace doppel::nn {

/// What a message is.
enum class FrameKind : std::uint32_t {
  Set,    ///< a name, 0, its value
  Get,    ///< a name
  Value,  ///< as Set: the answer to Get
  Beat,   ///< how many steps this process has reached
  Beats,  ///< of all, by rank
  Lost,   ///< who is no longer there, and why
  Leave   ///< the same, of oneself
};

/// A message as it was received.
struct Frame {
  FrameKind kind{};
  std::string body;
};

/// Bytes before a message's body.
inline constexpr std::size_t kFrameHead = 8;
/// How long the body is of the message that begins so. Throws Error where none can.
std::size_t frame_body_bytes(std::string_view head);

/// As it is sent.
std::string frame_text(FrameKind kind, std::string_view body);
/// Takes the first message off what was received; nothing where it isn't whole yet. Throws Error where there
/// can't be one.
std::optional<Frame> take_frame(std::string& received);

std::string lost_frame(const Meeting::Loss& loss, FrameKind kind = FrameKind::Lost);
/// Throws Error where the body isn't that of one.
Meeting::Loss loss_of(const Frame& frame);
/// A number in 8 bytes, at the end of `to`.
void put_number(std::string& to, std::uint64_t number);
/// The number in place `index`. Throws Error where there is none.
std::uint64_t number_at(std::string_view body, std::size_t index);

}  // namespace doppel::nn
