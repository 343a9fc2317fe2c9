// What `doppel bench` is made of.
#pragma once

#include "command.h"

namespace doppel::apps {

int bench_load(const Words& words);

}  // namespace doppel::apps
