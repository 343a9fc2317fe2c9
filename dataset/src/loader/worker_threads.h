// Threads of oneTBB beside those that call.
#pragma once

namespace doppel::dataset {

/// Lets arenas have `threads` threads, the caller's among them. On its own oneTBB has no more than cores; whoever
/// asks for a worker on one core, as a loader beside its consumer does, is told so on standard error and gets
/// none. Lasts as long as the process; any thread may call.
void allow_threads(int threads);

}  // namespace doppel::dataset
