// A network in one line of text.
//
//   text  := (NAME "(" (NAME ("," NAME)*)? ")" "=" chain ";")* chain (";" (NAME "=" value)*)?
//   chain := item (("->" | "-") item)*                      case-insensitive; spaces and newlines are free
//   item  := (layer | "[" chain "]" | join) ("*" (whole | NAME) (":" …)*)? ("?" NAME?)?
//   join  := ("add" | "cat" | "mul") "[" chain? ("|" chain?)* "]"    branches; an empty one is the value
//   itself
//          | "side" ("(" weight ")")? "[" chain "]"          a head that training alone runs, see layer.h
//   layer := NAME (K "x" K)? ("(" argument ("," argument)* ")")?
//   whole := digits; NAME's value comes from the bindings after ";": "… ; N=2 M=3 K=1 pool=yes"
//
//   input                     optional, only first; first in a branch: what the network is given
//   conv3x3(64, s2, p1)       64 filters, stride 2, 1 zero at every side; else `same` (default) or `valid`;
//                             p1x0x0x1: zeros at the top, left, bottom and right
//                             d2: taps 2 apart; g4: 4 groups; `bias` keeps the bias before a bn, `nobias` has
//                             none
//   conv3x3(depthwise, s2)    a filter for each channel
//   conv1x1(classes)          as many filters as there are classes, for masks
//   maxpool3x3(s2, p1, ceil)  avgpool2x2  avgpool3x3(s1, p1, padded)  pool (= maxpool2x2)  gap
//   deconv4x4(64, s2, p1)     without a padding: as large as stride times the image;  resize(2)
//   dropout2d(0.1) fc(128)  fc               the last fc may leave its size to the number of classes bn
//   adaptpool7x7  prelu  resize(2, bilinear)
//   groupnorm(32, eps=1e-5)  layernorm(eps=1e-6)  layerscale(1e-6)  droppath(0.1)  shuffle(2)  chunk(1, 2)
//   slice(5, 8)  slice(5)     channels 5 to 8; from 5 on;  batchstd(4)
//   bn(eps=0.001, momentum=0.1)  relu  lrelu(0.2)  silu  gelu  relu6  hardswish  hardsigmoid  sigmoid  tanh
//   softmax dropout(0.5) flatten
//
// A block has a name and is used as a layer is: "block(c) = add[conv3x3(c)-bn|]-relu;
// block(64)-block(64)-gap-fc".
//
// An argument a:b:c, or a repeat *a:b:c, takes one value per turn of the outermost enclosing repeat that has
// as many turns. CONV without filters has 32, doubled in each further turn of the outermost repeat; FC
// without units, but for the last, 128. So the textbook's pattern runs as it stands:
//   INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=2 M=2 K=1 pool=yes
#pragma once

#include <map>
#include <string>
#include <vector>

#include "doppel/nn/model/layer.h"

namespace doppel::nn {

/// Parses and expands. `bindings` are added to those in the text. Throws UsageError with the column, what was
/// met and what would be right; unknown layers get the nearest name.
Network parse_network(const std::string& text, std::map<std::string, std::string> bindings = {});

/// Text that parses to the same network.
std::string network_text(const Network& network);

/// One layer as text: "conv3x3(64,s2)".
std::string layer_text(const Layer& layer);

}  // namespace doppel::nn
