// The processor's tiles (AMX) on processors without them: each of their instructions raises an illegal
// instruction's signal, whose handler does what the processor would. So the same machine code is tested
// everywhere, if slowly.
#pragma once

namespace doppel::nn::engine {

/// While alive, instructions of tiles work on this thread; by the processor itself where it has them.
class EmulatedTiles {
 public:
  EmulatedTiles();
  ~EmulatedTiles();
  EmulatedTiles(const EmulatedTiles&) = delete;
  EmulatedTiles& operator=(const EmulatedTiles&) = delete;

 private:
  bool emulates_;
};

}  // namespace doppel::nn::engine
