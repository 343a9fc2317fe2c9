#include "seeds.h"

namespace doppel::fuzz {
namespace {

TEST(FuzzSeeds, EachReaderTakesItsSeedsAndWhatDamageMakesOfThem) { read_seeds(targets()); }

}  // namespace
}  // namespace doppel::fuzz
