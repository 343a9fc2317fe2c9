#include "exact_math.h"

#include <array>
#include <cmath>

namespace doppel::exact {
namespace {

constexpr double kLn2 = 0.693147180559945309417232121458;
constexpr double kPi = 3.141592653589793238462643383279503;

double polynomial(double x, const auto& coefficients) {
  double sum = 0;
  for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) sum = sum * x + *c;
  return sum;
}

/// sin(x) for |x| <= pi/4, by its Taylor series.
double small_sin(double x) {
  double term = x, sum = x;
  for (int k = 1; k < 12; ++k) {
    term *= -x * x / ((2.0 * k) * (2.0 * k + 1));
    sum += term;
  }
  return sum;
}

double small_cos(double x) {
  double term = 1, sum = 1;
  for (int k = 1; k < 12; ++k) {
    term *= -x * x / ((2.0 * k - 1) * (2.0 * k));
    sum += term;
  }
  return sum;
}

/// sin(x + quarter * pi/2), quadrant by quadrant.
double sine_in_quadrant(double x, int quarter) {
  const double quadrant = std::floor(x / (kPi / 2) + 0.5);
  const double rest = x - quadrant * (kPi / 2);
  const int which = static_cast<int>(std::fmod(std::fmod(quadrant, 4.0) + quarter + 8, 4.0));
  switch (which) {
    case 0:
      return small_sin(rest);
    case 1:
      return small_cos(rest);
    case 2:
      return -small_sin(rest);
    default:
      return -small_cos(rest);
  }
}

}  // namespace

double log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // m in [0.5, 1)
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double z = (m - 1) / (m + 1);
  double power = z, sum = 0;
  for (int k = 1; k < 40; k += 2) {
    sum += power / k;
    power *= z * z;
  }
  return exponent * kLn2 + 2 * sum;
}

double exp(double x) {
  const double n = std::floor(x / kLn2 + 0.5);
  const double r = x - n * kLn2;
  double term = 1, sum = 1;
  for (int k = 1; k < 20; ++k) {
    term *= r / k;
    sum += term;
  }
  return std::ldexp(sum, static_cast<int>(n));
}

double sin(double radians) { return sine_in_quadrant(radians, 0); }
double cos(double radians) { return sine_in_quadrant(radians, 1); }

double inverse_normal(double p) {
  static constexpr std::array a{3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr std::array b{1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
  static constexpr std::array c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                5.76949722146069140550e0,  3.64784832476320460504e0,
                                1.27045825245236838258e0,  2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr std::array d{1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
  static constexpr std::array e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr std::array f{1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(r, a) / polynomial(r, b);
  }
  const double tail = q < 0 ? p : 1 - p;
  const double r = std::sqrt(-exact::log(tail));
  const double z =
      r <= 5 ? polynomial(r - 1.6, c) / polynomial(r - 1.6, d) : polynomial(r - 5, e) / polynomial(r - 5, f);
  return q < 0 ? -z : z;
}

}  // namespace doppel::exact
