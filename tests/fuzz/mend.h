// Checksums put right, so that damage reaches what lies behind them.
#pragma once

#include <span>
#include <string_view>

namespace doppel::fuzz {

/// Puts right the checksums that the format has where they are: those of tar's headers, PNG's chunks, ZIP's
/// stored members, and a shard's index and header; likewise a greeting's first words, and the lengths of
/// messages and of a request's body. Formats without any are left as they are, and so are
/// records of TFRecord, whose target adds them. `reader`: a target's name. Never reads or writes beyond the
/// bytes, whatever they hold.
void mend_checksums(std::string_view reader, std::span<unsigned char> bytes);

}  // namespace doppel::fuzz
