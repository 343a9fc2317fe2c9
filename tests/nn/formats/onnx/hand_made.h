// ONNX files for tests, made by hand.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/formats/onnx.h"
#include "error_of.h"
#include "formats/onnx/onnx_file.h"
#include "formats/protobuf.h"

namespace doppel::nn {

/// A graph that is written node by node.
struct HandMade {
  HandMade& node(const char* op, const std::vector<std::string>& inputs, const std::string& output,
                 const std::vector<Message>& attributes = {}) {
    Message n;
    for (const std::string& input : inputs) n.text(kNodeInput, input);
    n.text(kNodeOutput, output).text(kOpType, op).text(kNodeName, std::string(op) + "_" + output);
    for (const Message& a : attributes) n.message(kAttribute, a);
    graph.message(kNode, n);
    return *this;
  }
  HandMade& without_output(const char* op, const std::string& input) {
    graph.message(kNode, Message().text(kNodeInput, input).text(kOpType, op).text(kNodeName, op));
    return *this;
  }
  HandMade& reals(const std::string& name, std::vector<std::int64_t> sides,
                  const std::vector<float>& values) {
    Message t;
    for (const std::int64_t side : sides) t.integer(kDims, side);
    t.integer(kDataType, 1).text(kTensorName, name);
    t.text(kRaw, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
    graph.message(kInitializer, t);
    return *this;
  }
  HandMade& wholes(const std::string& name, const std::vector<std::int64_t>& values) {
    Message t;
    t.integer(kDims, static_cast<std::int64_t>(values.size())).integer(kDataType, 7).text(kTensorName, name);
    for (const std::int64_t v : values) t.integer(kInt64Data, v);
    graph.message(kInitializer, t);
    return *this;
  }
  static Message ints(const char* name, std::initializer_list<std::int64_t> values) {
    Message m = Message().text(kAttributeName, name);
    for (const std::int64_t v : values) m.integer(kInts, v);
    return m.integer(kType, 7);
  }
  static Message number(const char* name, std::int64_t value) {
    return Message().text(kAttributeName, name).integer(kInt, value).integer(kType, 2);
  }
  static Message word(const char* name, const char* value) {
    return Message().text(kAttributeName, name).text(kString, value).integer(kType, 3);
  }
  static Message value(const std::string& name, std::initializer_list<std::int64_t> sides) {
    Message shape;
    for (const std::int64_t side : sides)
      shape.message(1, side > 0 ? Message().integer(1, side) : Message().text(2, "N"));
    return Message().text(1, name).message(2,
                                           Message().message(1, Message().integer(1, 1).message(2, shape)));
  }
  std::vector<unsigned char> file(std::initializer_list<std::int64_t> input, const std::string& output) {
    graph.message(kInput, value("x", input)).message(kOutput, value(output, {-1, 2}));
    const std::string bytes = Message().integer(kIrVersion, 8).message(kGraph, graph).bytes();
    return {bytes.begin(), bytes.end()};
  }
  Message graph;
};

/// What a graph that `make` writes gives for an image whose numbers are 1, 2, 3 …
inline std::vector<float> logits_of_made(auto make, std::initializer_list<std::int64_t> input) {
  HandMade made;
  make(made);
  OnnxNetwork found = from_onnx(made.file(input, "y"));
  std::vector<float> image(static_cast<std::size_t>(found.model->graph().input.count()));
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i + 1);
  Executor executor(*found.model, {.batch = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto logits = executor.predict(image, 1);
  return {logits.begin(), logits.end()};
}

/// Why a graph that `make` writes isn't read; empty where it is.
inline std::string problem_of_made(auto make, std::initializer_list<std::int64_t> input = {-1, 1, 4, 4}) {
  HandMade made;
  make(made);
  const std::vector<unsigned char> bytes = made.file(input, "y");
  return error_of([&] { from_onnx(bytes); });
}

}  // namespace doppel::nn
