// What a forked process can't use: threads stay behind, and what they had locked stays locked.
#pragma once

namespace doppel {

/// True in a process that was forked by one that had this library: oneTBB's threads aren't there, and its
/// locks may be held by them for ever. Whatever may run in such a process asks before it uses oneTBB.
/// OpenCV, whose threads are oneTBB's, works on one thread there from the fork on.
bool is_forked();

}  // namespace doppel
