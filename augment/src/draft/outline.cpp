#include "outline.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "doppel/base/matrix.h"

namespace doppel::augment {
namespace {

using Points = std::vector<Point>;

/// A half-plane: the side of an upright or level line on which `sign` times the coordinate is more.
struct HalfPlane {
  bool across;  ///< the line is upright: x counts
  double at, sign;
  double side(Point p) const { return sign * ((across ? p.x : p.y) - at); }
  /// Where the line lies between two points at both sides of it.
  Point crossing(Point a, Point b) const {
    const double sa = side(a), sb = side(b), t = sa / (sa - sb);
    return across ? Point{at, a.y + t * (b.y - a.y)} : Point{a.x + t * (b.x - a.x), at};
  }
  double along(Point p) const { return across ? p.y : p.x; }
};

/// Cuts a polygon along a line. What is left of its edge are chains from line to line; between the first and
/// the second crossing along the line, the third and the fourth and so on, the polygon's inside reaches it,
/// and there chains are joined.
class LineCut {
 public:
  LineCut(const Points& polygon, const HalfPlane& half) : half_(half) { find_chains(polygon); }

  /// Adds the pieces inside.
  void pieces(std::vector<Points>& found) {
    pair_ends();
    for (std::size_t first = 0; first < chains_.size(); ++first) {
      if (used_[first]) continue;
      Points piece;
      for (std::size_t chain = first, begin = 2 * first; !used_[chain];) {
        used_[chain] = true;
        if (begin % 2 == 0)
          piece.insert(piece.end(), chains_[chain].begin(), chains_[chain].end());
        else
          piece.insert(piece.end(), chains_[chain].rbegin(), chains_[chain].rend());
        begin = partner_[begin ^ 1U];
        chain = begin / 2;
      }
      found.push_back(std::move(piece));
    }
  }
  bool is_cut() const { return !chains_.empty(); }

 private:
  void find_chains(const Points& polygon) {
    const std::size_t n = polygon.size();
    std::size_t begin = 0;  // a corner outside, behind which one is inside
    while (begin < n && !(half_.side(polygon[begin]) < 0 && half_.side(polygon[(begin + 1) % n]) >= 0))
      ++begin;
    if (begin == n) return;
    for (std::size_t k = 0; k < n; ++k) {
      const Point a = polygon[(begin + k) % n], b = polygon[(begin + k + 1) % n];
      const bool a_in = half_.side(a) >= 0, b_in = half_.side(b) >= 0;
      if (!a_in && b_in) chains_.push_back({half_.crossing(a, b)});
      if (b_in) chains_.back().push_back(b);
      if (a_in && !b_in) chains_.back().push_back(half_.crossing(a, b));
    }
  }
  /// Ends 2k and 2k + 1 are those of chain k.
  void pair_ends() {
    std::vector<std::size_t> ends(2 * chains_.size());
    for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = i;
    std::ranges::stable_sort(ends, {}, [this](std::size_t end) {
      return half_.along(end % 2 == 0 ? chains_[end / 2].front() : chains_[end / 2].back());
    });
    partner_.resize(ends.size());
    for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
      partner_[ends[i]] = ends[i + 1];
      partner_[ends[i + 1]] = ends[i];
    }
    used_.assign(chains_.size(), false);
  }
  const HalfPlane& half_;
  std::vector<Points> chains_;
  std::vector<std::size_t> partner_;
  std::vector<bool> used_;
};

std::array<HalfPlane, 4> sides_of(const Frame& frame) {
  return {{{true, frame.x0, 1}, {false, frame.y0, 1}, {true, frame.x1, -1}, {false, frame.y1, -1}}};
}

/// Without corners that are where the one before is.
Points without_repeats(const Points& points) {
  Points kept;
  for (const Point p : points)
    if (kept.empty() || !(kept.back() == p)) kept.push_back(p);
  return kept;
}

/// What of the step from a to b lies within, as shares of it; nothing where the first is above the second.
std::pair<double, double> share_within(Point a, Point b, const Frame& frame) {
  double from = 0, to = 1;
  for (const HalfPlane& half : sides_of(frame)) {
    const double sa = half.side(a), sb = half.side(b);
    if (sa < 0 && sb < 0) return {1, 0};
    if (sa < 0) from = std::max(from, sa / (sa - sb));
    if (sb < 0) to = std::min(to, sa / (sa - sb));
  }
  return {from, to};
}

Outline piece_of(const Outline& outline, Points points) {
  return {std::move(points), outline.closed, outline.label, outline.instance};
}

}  // namespace

std::vector<Points> polygon_within(Points polygon, const Frame& frame) {
  std::vector<Points> pieces{std::move(polygon)};
  for (const HalfPlane& half : sides_of(frame)) {
    std::vector<Points> left;
    for (Points& piece : pieces) {
      LineCut cut(piece, half);
      if (cut.is_cut())
        cut.pieces(left);
      else if (std::ranges::any_of(piece, [&](Point p) { return half.side(p) >= 0; }))
        left.push_back(std::move(piece));
    }
    pieces = std::move(left);
  }
  for (Points& piece : pieces) {
    piece = without_repeats(piece);
    if (piece.size() > 1 && piece.front() == piece.back()) piece.pop_back();
  }
  std::erase_if(pieces, [](const Points& piece) { return piece.size() < 3 || polygon_area(piece) <= 0; });
  return pieces;
}

std::vector<Points> line_within(const Points& line, const Frame& frame) {
  std::vector<Points> pieces;
  bool goes_on = false;  // the last piece ends where this step begins
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Point a = line[i], b = line[i + 1];
    const auto [from, to] = share_within(a, b, frame);
    if (from > to || (from == to && !goes_on)) {
      goes_on = false;
      continue;
    }
    const auto at = [&](double t) {
      return Point{std::clamp(a.x + t * (b.x - a.x), frame.x0, frame.x1),
                   std::clamp(a.y + t * (b.y - a.y), frame.y0, frame.y1)};
    };
    if (!goes_on || from > 0) pieces.push_back({from > 0 ? at(from) : a});
    pieces.back().push_back(to < 1 ? at(to) : b);
    goes_on = to == 1;
  }
  for (Points& piece : pieces) piece = without_repeats(piece);
  std::erase_if(pieces, [](const Points& piece) { return piece.size() < 2; });
  return pieces;
}

std::vector<Outline> outline_within(const Outline& outline, const Frame& frame) {
  const bool inside = std::ranges::all_of(outline.points, [&](Point p) {
    return p.x >= frame.x0 && p.x <= frame.x1 && p.y >= frame.y0 && p.y <= frame.y1;
  });
  if (inside) return {outline};
  std::vector<Outline> pieces;
  for (Points& piece :
       outline.closed ? polygon_within(outline.points, frame) : line_within(outline.points, frame))
    pieces.push_back(piece_of(outline, std::move(piece)));
  return pieces;
}

std::vector<Outline> outline_outside(const Outline& outline, const Frame& frame) {
  constexpr double kFar = std::numeric_limits<double>::max() / 4;
  const std::array<Frame, 4> around{{{-kFar, -kFar, frame.x0, kFar},
                                     {frame.x1, -kFar, kFar, kFar},
                                     {frame.x0, -kFar, frame.x1, frame.y0},
                                     {frame.x0, frame.y1, frame.x1, kFar}}};
  std::vector<Outline> pieces;
  for (const Frame& part : around) {
    std::vector<Outline> there = outline_within(outline, part);
    if (there.size() == 1 && there[0] == outline) return there;
    std::ranges::move(there, std::back_inserter(pieces));
  }
  return pieces;
}

Outline subdivided(const Outline& outline, double longest) {
  constexpr double kMost = 4096;  // pieces of one edge
  const Points& corners = outline.points;
  Points points;
  const std::size_t edges = outline.closed ? corners.size() : corners.size() - 1;
  for (std::size_t i = 0; i < edges; ++i) {
    const Point a = corners[i], b = corners[(i + 1) % corners.size()];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    const int pieces = static_cast<int>(std::clamp(std::ceil(length / longest), 1.0, kMost));
    for (int k = 0; k < pieces; ++k)
      points.push_back({a.x + k * (b.x - a.x) / pieces, a.y + k * (b.y - a.y) / pieces});
  }
  if (!outline.closed) points.push_back(corners.back());
  return piece_of(outline, std::move(points));
}

}  // namespace doppel::augment
