// Where oneDNN 2 and 3 differ: the second describes an operation first and then its kernel, the third both at
// once.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <utility>

namespace doppel::nn::engine {

/// The kernel of a Primitive whose descriptor takes `arguments`. Throws dnnl::error where there is none.
template <class Primitive, class... Arguments>
typename Primitive::primitive_desc describe(const dnnl::engine& engine, const dnnl::primitive_attr& attr,
                                            Arguments&&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, std::forward<Arguments>(arguments)..., attr};
#else
  return {typename Primitive::desc(std::forward<Arguments>(arguments)...), attr, engine};
#endif
}

/// The same for a way back, which reads what the kernel `forward` left.
template <class Primitive, class Forward, class... Arguments>
typename Primitive::primitive_desc describe_backward(const dnnl::engine& engine,
                                                     const dnnl::primitive_attr& attr, const Forward& forward,
                                                     Arguments&&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, std::forward<Arguments>(arguments)..., forward, attr};
#else
  return {typename Primitive::desc(std::forward<Arguments>(arguments)...), attr, engine, forward};
#endif
}

/// f(x), what is read and what is written lying alike.
inline dnnl::eltwise_forward::primitive_desc describe_eltwise(const dnnl::engine& engine,
                                                              const dnnl::primitive_attr& attr,
                                                              dnnl::prop_kind kind, dnnl::algorithm algorithm,
                                                              const dnnl::memory::desc& values, float alpha,
                                                              float beta) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, kind, algorithm, values, values, alpha, beta, attr};
#else
  return describe<dnnl::eltwise_forward>(engine, attr, kind, algorithm, values, alpha, beta);
#endif
}

/// Its way back: gradients lie as the values do.
inline dnnl::eltwise_backward::primitive_desc describe_eltwise_backward(
    const dnnl::engine& engine, const dnnl::primitive_attr& attr,
    const dnnl::eltwise_forward::primitive_desc& forward, dnnl::algorithm algorithm,
    const dnnl::memory::desc& values, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, algorithm, values, values, values, alpha, beta, forward, attr};
#else
  return describe_backward<dnnl::eltwise_backward>(engine, attr, forward, algorithm, values, values, alpha,
                                                   beta);
#endif
}

/// Pooling windows without gaps.
struct PoolGeometry {
  dnnl::memory::dims strides, kernel, low, high;
};

inline dnnl::pooling_forward::primitive_desc describe_pooling(const dnnl::engine& engine,
                                                              const dnnl::primitive_attr& attr,
                                                              dnnl::prop_kind kind, dnnl::algorithm algorithm,
                                                              const dnnl::memory::desc& in,
                                                              const dnnl::memory::desc& out,
                                                              const PoolGeometry& g) {
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::memory::dims no_gaps(g.kernel.size(), 0);
  return {engine, kind, algorithm, in, out, g.strides, g.kernel, no_gaps, g.low, g.high, attr};
#else
  return describe<dnnl::pooling_forward>(engine, attr, kind, algorithm, in, out, g.strides, g.kernel, g.low,
                                         g.high);
#endif
}

inline dnnl::pooling_backward::primitive_desc describe_pooling_backward(
    const dnnl::engine& engine, const dnnl::primitive_attr& attr,
    const dnnl::pooling_forward::primitive_desc& forward, dnnl::algorithm algorithm,
    const dnnl::memory::desc& in, const dnnl::memory::desc& out, const PoolGeometry& g) {
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::memory::dims no_gaps(g.kernel.size(), 0);
  return {engine, algorithm, in, out, g.strides, g.kernel, no_gaps, g.low, g.high, forward, attr};
#else
  return describe_backward<dnnl::pooling_backward>(engine, attr, forward, algorithm, in, out, g.strides,
                                                   g.kernel, g.low, g.high);
#endif
}

/// A rectifier on what comes out; below 0 it multiplies by `slope`.
inline void append_rectifier(dnnl::post_ops& post, float slope) {
#if DNNL_VERSION_MAJOR >= 3
  post.append_eltwise(dnnl::algorithm::eltwise_relu, slope, 0.F);
#else
  post.append_eltwise(1.F, dnnl::algorithm::eltwise_relu, slope, 0.F);
#endif
}

inline dnnl::memory::dims dims_of(const dnnl::memory::desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_dims();
#else
  return desc.dims();
#endif
}
inline dnnl::memory::data_type type_of(const dnnl::memory::desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_data_type();
#else
  return desc.data_type();
#endif
}

}  // namespace doppel::nn::engine
