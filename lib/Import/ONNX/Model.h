// An ONNX model in plain C++, so that only the reader knows protobuf.

#ifndef NNQ_LIB_IMPORT_ONNX_MODEL_H
#define NNQ_LIB_IMPORT_ONNX_MODEL_H

#include "HostTensor.h"

#include "llvm/ADT/StringMap.h"
#include <string>
#include <vector>

namespace nnq::onnximport {

/// A tensor, or the reason why it can't be read. The reason becomes an error where the tensor is
/// needed.
struct TensorOrReason {
  HostTensor tensor;
  std::string reason;
};

struct Graph;

struct NodeAttribute {
  enum class Kind { Int, Float, String, Ints, Floats, Strings, Tensor, Graph, Other };
  Kind kind = Kind::Other;
  std::vector<int64_t> ints; ///< of Int (one) and Ints
  std::vector<float> floats; ///< of Float (one) and Floats
  std::string string;
  std::vector<std::string> strings;
  TensorOrReason tensor;
  std::shared_ptr<const Graph> graph; ///< the body of an If, Loop or Scan
};

struct Node {
  std::string name; ///< the node's, or its first output's if it has none
  std::string opType;
  std::string domain;                       ///< empty for ai.onnx
  std::vector<std::string> inputs, outputs; ///< an empty name is an operand left out
  llvm::StringMap<NodeAttribute> attributes;

  llvm::StringRef getDomain() const { return domain.empty() ? "ai.onnx" : llvm::StringRef(domain); }
};

struct Dimension {
  int64_t size = -1; ///< -1 if dynamic
  std::string symbol;
};

/// An input or output as it is declared.
struct ValueInfo {
  std::string name;
  DataType type = DataType::Undefined;
  bool hasShape = false;
  std::vector<Dimension> shape;
};

struct Initializer {
  std::string name;
  TensorOrReason value;
};

/// The model's graph, or the body of an If, Loop or Scan, whose nodes see the values around it too.
struct Graph {
  std::string name;
  std::vector<ValueInfo> inputs, outputs;
  std::vector<Initializer> initializers;
  std::vector<Node> nodes;
  llvm::StringMap<ValueInfo>
      declarations; ///< of values between nodes, as far as the model has them
};

struct Model {
  llvm::StringMap<int64_t> opsets; ///< by domain, "" for ai.onnx
  Graph graph;
};

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_MODEL_H
