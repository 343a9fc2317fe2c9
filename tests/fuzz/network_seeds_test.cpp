#include "seeds.h"

namespace doppel::fuzz {
namespace {

TEST(FuzzSeeds, EachReaderOfNetworksTakesItsSeedsAndWhatDamageMakesOfThem) { read_seeds(network_targets()); }

}  // namespace
}  // namespace doppel::fuzz
