#include "onnx_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

constexpr int kNowhere = -2;
constexpr int kDeepestBranches = 100;  ///< brackets within each other, as the notation has them at most

/// The last piece that all ways to both pass; -1: the image.
int meet(const std::vector<int>& last, int a, int b) {
  while (a != b) {
    int& later = a > b ? a : b;
    later = last[static_cast<std::size_t>(later)];
  }
  return a;
}

/// For each piece the one that all ways from the image to it pass last; -1: the image. (Cooper, Harvey and
/// Kennedy 2001, of a graph without rings.)
std::vector<int> dominators(const std::vector<OnnxPiece>& pieces) {
  std::vector<int> last(pieces.size(), kNowhere);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    int common = pieces[i].inputs[0];
    for (const int input : pieces[i].inputs) common = meet(last, common, input);
    last[i] = common;
  }
  return last;
}

/// Writes chains down.
class ChainWriter {
 public:
  explicit ChainWriter(const OnnxPieces& pieces) : pieces_(pieces), last_(dominators(pieces.all())) {}

  /// What leads from one piece's value to another's, which passes it. Layers with weights are appended in the
  /// order in which they come.
  Network chain(int from, int to, std::vector<const OnnxPiece*>& weighted) {
    // Found from the back.
    std::vector<int> way;
    for (int at = to; at != from;
         at = is_join(at) ? last_[static_cast<std::size_t>(at)] : pieces_.at(at)->inputs[0]) {
      if (at < 0 || !written_.insert(at).second)
        throw Error(fmt::format("{}: its value goes two ways that part and meet across others",
                                at < 0 ? "the image" : pieces_.at(at)->node));
      way.push_back(at);
    }
    Network network;
    for (auto at = way.rbegin(); at != way.rend(); ++at) {
      if (is_join(*at)) {
        network.emplace_back(branches(*at, weighted));
        continue;
      }
      network.emplace_back(layer(*at));
      if (!pieces_.at(*at)->numbers.empty()) weighted.push_back(pieces_.at(*at));
    }
    return network;
  }

 private:
  bool is_join(int piece) const { return pieces_.at(piece)->inputs.size() > 1; }

  Branches branches(int piece, std::vector<const OnnxPiece*>& weighted) {
    const OnnxPiece& join = *pieces_.at(piece);
    const auto kind = std::holds_alternative<Add>(join.layer)      ? Branches::Join::Add
                      : std::holds_alternative<Concat>(join.layer) ? Branches::Join::Concat
                                                                   : Branches::Join::Multiply;
    return branches(last_[static_cast<std::size_t>(piece)], kind, join.inputs, weighted);
  }

  /// Neighbours that part after `from` only are joined first: sums and concatenations may be written flat.
  Branches branches(int from, Branches::Join join, const std::vector<int>& ends,
                    std::vector<const OnnxPiece*>& weighted) {
    if (++depth_ > kDeepestBranches)
      throw Error(fmt::format("its branches part within each other more than {} times", kDeepestBranches));
    Branches all{join, {}};
    for (std::size_t i = 0; i < ends.size();) {
      int common = ends[i];
      std::size_t next = i + 1;
      for (; next < ends.size() && join != Branches::Join::Multiply; ++next) {
        const int wider = meet(last_, common, ends[next]);
        if (wider == from) break;
        common = wider;
      }
      Network chained = chain(from, common, weighted);
      if (next > i + 1)
        chained.emplace_back(branches(
            common, join,
            {ends.begin() + static_cast<std::ptrdiff_t>(i), ends.begin() + static_cast<std::ptrdiff_t>(next)},
            weighted));
      all.chains.push_back(std::move(chained));
      i = next;
    }
    --depth_;
    return all;
  }

  Layer layer(int piece) const {
    const OnnxPiece& p = *pieces_.at(piece);
    if (p.is != OnnxPiece::Is::Plain && p.is != OnnxPiece::Is::Affine)
      throw Error(fmt::format("{}: no layer does what this operator does here", p.node));
    if (p.is == OnnxPiece::Is::Affine && p.out.flat)
      throw Error(fmt::format("{}: no layer changes a vector's numbers by factors and sums of their own here",
                              p.node));
    if (p.is == OnnxPiece::Is::Affine) return BatchNorm2d{};
    return p.layer;
  }

  const OnnxPieces& pieces_;
  std::vector<int> last_;
  std::set<int> written_;
  int depth_ = 0;  ///< of branches
};

}  // namespace

OnnxChain chain_of(const OnnxPieces& pieces, int end) {
  OnnxChain result;
  result.network = ChainWriter(pieces).chain(-1, end, result.weighted);
  return result;
}

}  // namespace doppel::nn
