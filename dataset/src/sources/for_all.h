// Work on many samples at once.
#pragma once

#include <cstddef>
#include <functional>

namespace doppel::dataset {

/// Does `work` for every index below `count`, on all cores; in a forked process, which has none of oneTBB's
/// threads, in order.
void for_all(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace doppel::dataset
