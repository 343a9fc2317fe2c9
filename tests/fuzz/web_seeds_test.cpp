#include "seeds.h"

namespace doppel::fuzz {
namespace {

TEST(FuzzSeeds, ThePagesServerTakesItsSeedsAndWhatDamageMakesOfThem) { read_seeds(web_targets()); }

}  // namespace
}  // namespace doppel::fuzz
