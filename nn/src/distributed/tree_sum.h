// The one order in which a group's numbers, and a batch's shards', are added up.
#pragma once

namespace doppel::nn {

/// Calls add(to, from) for 0 <= to < from < leaves until all is in 0, by a balanced binary tree: of 8, 0 and
/// 1, 2 and 3, …, then 0 and 2, 4 and 6, then 0 and 4. Where the number of leaves has an odd factor, trees of
/// the power of 2 that is left over follow each other. So the sum of m · 2^k leaves is that of m · 2^j leaves
/// which are sums of 2^(k-j) each: the same bits, whoever made them.
template <class Add>
void sum_by_tree(int leaves, Add add) {
  int whole = 1;  // leaves of each tree
  while (leaves % (2 * whole) == 0) whole *= 2;
  for (int step = 1; step < whole; step *= 2)
    for (int i = 0; i < leaves; i += 2 * step) add(i, i + step);
  for (int i = whole; i < leaves; i += whole) add(0, i);
}

/// The same, of leaves that are made one after the other: leaf(i, buffer) makes one in a buffer, add(to,
/// from) adds one buffer to another. The sum is in buffer 0; tree_buffers() says how many are needed.
template <class Leaf, class Add>
void make_by_tree(int first, int leaves, int buffer, Leaf leaf, Add add) {
  if (leaves == 1) return leaf(first, buffer);
  int whole = 1;
  while (leaves % (2 * whole) == 0) whole *= 2;
  const int each = whole == leaves ? leaves / 2 : whole;
  make_by_tree(first, each, buffer, leaf, add);
  for (int i = each; i < leaves; i += each) {
    make_by_tree(first + i, each, buffer + 1, leaf, add);
    add(buffer, buffer + 1);
  }
}
/// Of make_by_tree().
constexpr int tree_buffers(int leaves) {
  int depth = 1;
  while (leaves % 2 == 0 && leaves > 1) leaves /= 2, ++depth;
  return depth + (leaves > 1 ? 1 : 0);
}

}  // namespace doppel::nn
