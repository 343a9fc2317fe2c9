// Elementary functions from exactly rounded operations only (+ - * / sqrt), so that a plan has the same bits
// on every machine whatever its libm. Accurate to about 1e-15 relative; not for hot loops.
#pragma once

namespace doppel::exact {

constexpr double kRadians = 3.141592653589793238462643383279503 / 180;  ///< radians of a degree
constexpr double kDegrees = 57.295779513082320876798154814105;          ///< degrees of a radian

double log(double x);  ///< x > 0
double exp(double x);
double sin(double radians);
double cos(double radians);
double inverse_normal(
    double p);  ///< quantile of the standard normal, 0 < p < 1 (Wichura 1988, AS 241 PPND16)

}  // namespace doppel::exact
