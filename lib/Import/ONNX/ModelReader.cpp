// From protobuf to a Model. The only file that includes ONNX's and protobuf's headers.

#include "ModelReader.h"

#include "TensorDecoder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

using namespace nnq::onnximport;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(std::make_error_code(std::errc::invalid_argument), message);
}

static std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  return shape.empty()
             ? "scalar"
             : llvm::join(llvm::map_range(shape, [](int64_t d) { return std::to_string(d); }), "x");
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

namespace {
/// Reads tensors of one model.
class TensorReader {
public:
  TensorReader(std::shared_ptr<const ::onnx::ModelProto> proto, llvm::StringRef folder)
      : proto(std::move(proto)), folder(folder) {}

  TensorOrReason read(const ::onnx::TensorProto &tensor) const {
    llvm::Expected<HostTensor> result = readOrFail(tensor);
    if (!result)
      return {{}, llvm::toString(result.takeError())};
    return {std::move(*result), {}};
  }

private:
  llvm::Expected<HostTensor> readOrFail(const ::onnx::TensorProto &tensor) const;
  llvm::Expected<HostTensor> readTyped(const ::onnx::TensorProto &tensor, DataType type,
                                       llvm::ArrayRef<int64_t> shape, int64_t count) const;
  llvm::Expected<HostTensor> readExternal(const ::onnx::TensorProto &tensor, DataType type,
                                          llvm::ArrayRef<int64_t> shape, int64_t bytes) const;
  llvm::Expected<std::string> resolveExternal(llvm::StringRef location) const;

  std::shared_ptr<const ::onnx::ModelProto> proto;
  llvm::StringRef folder;
};
} // namespace

llvm::Expected<HostTensor> TensorReader::readOrFail(const ::onnx::TensorProto &tensor) const {
  auto type = static_cast<DataType>(tensor.data_type());
  Shape shape(tensor.dims().begin(), tensor.dims().end());
  if (bitsOf(type) == 0)
    return makeError("is of " + nameOf(type) + ", which is not supported");
  std::optional<int64_t> count = countElements(shape);
  if (!count)
    return makeError("has the impossible shape " + shapeText(shape));
  if (tensor.has_segment())
    return makeError("is stored in segments, which are not supported");
  int64_t bytes = bytesOf(type, *count);
  if (tensor.data_location() == ::onnx::TensorProto::EXTERNAL)
    return readExternal(tensor, type, shape, bytes);
  if (!tensor.has_raw_data())
    return readTyped(tensor, type, shape, *count);
  if (static_cast<int64_t>(tensor.raw_data().size()) != bytes)
    return makeError("has " + llvm::Twine(tensor.raw_data().size()) +
                     " bytes of data, but the shape " + shapeText(shape) + " of " + nameOf(type) +
                     " needs " + llvm::Twine(bytes));
  return decodeRaw(type, shape, tensor.raw_data(), proto);
}

llvm::Expected<HostTensor> TensorReader::readTyped(const ::onnx::TensorProto &tensor, DataType type,
                                                   llvm::ArrayRef<int64_t> shape,
                                                   int64_t count) const {
  auto check = [&](int64_t found) -> llvm::Error {
    int64_t needed = bitsOf(type) < 8 ? bytesOf(type, count) : count;
    if (found == needed)
      return llvm::Error::success();
    return makeError("has " + llvm::Twine(found) + " values, but the shape " + shapeText(shape) +
                     " of " + nameOf(type) + " needs " + llvm::Twine(needed));
  };
  auto decode = [&](const auto &field) -> llvm::Expected<HostTensor> {
    if (llvm::Error error = check(field.size()))
      return error;
    std::vector<int64_t> codes(field.begin(), field.end());
    return decodeTyped(type, shape, codes);
  };
  auto decodeReal = [&](const auto &field) -> llvm::Expected<HostTensor> {
    if (llvm::Error error = check(field.size()))
      return error;
    return HostTensor::ofFloats(shape, std::vector<float>(field.begin(), field.end()));
  };
  switch (type) {
  case DataType::Float:
    return decodeReal(tensor.float_data());
  case DataType::Double:
    return decodeReal(tensor.double_data());
  case DataType::Int64:
    return decode(tensor.int64_data());
  case DataType::UInt32:
  case DataType::UInt64:
    return decode(tensor.uint64_data());
  default:
    return decode(tensor.int32_data());
  }
}

llvm::Expected<std::string> TensorReader::resolveExternal(llvm::StringRef location) const {
  if (folder.empty())
    return makeError("has external data, but the model was not read from a folder");
  if (location.empty())
    return makeError("has external data without a location");
  if (path::is_absolute(location) ||
      llvm::is_contained(llvm::make_range(path::begin(location), path::end(location)), ".."))
    return makeError("has external data at '" + location + "', outside the model's folder");
  llvm::SmallString<256> file(folder), realFolder, realFile;
  path::append(file, location);
  if (std::error_code code = fs::real_path(file, realFile))
    return makeError("has external data in '" + location +
                     "', which can't be opened: " + code.message());
  if (std::error_code code = fs::real_path(folder, realFolder))
    return makeError("has external data, but the model's folder can't be opened: " +
                     code.message());
  // A link inside the folder must not lead out of it.
  llvm::StringRef rest = realFile;
  if (!rest.consume_front(realFolder) ||
      !(rest.starts_with("/") || realFolder.str().ends_with("/")))
    return makeError("has external data at '" + location +
                     "', a link that leads outside the model's folder");
  if (!fs::is_regular_file(realFile))
    return makeError("has external data in '" + location + "', which is not a regular file");
  return realFile.str().str();
}

llvm::Expected<HostTensor> TensorReader::readExternal(const ::onnx::TensorProto &tensor,
                                                      DataType type, llvm::ArrayRef<int64_t> shape,
                                                      int64_t bytes) const {
  llvm::StringRef location;
  uint64_t offset = 0, length = bytes;
  for (const ::onnx::StringStringEntryProto &entry : tensor.external_data()) {
    llvm::StringRef key = entry.key(), value = entry.value();
    if (key == "location")
      location = value;
    else if ((key == "offset" && value.getAsInteger(10, offset)) ||
             (key == "length" && value.getAsInteger(10, length)))
      return makeError("has external data with the " + key + " '" + value +
                       "', which is not a number");
  }
  if (length != static_cast<uint64_t>(bytes))
    return makeError("has " + llvm::Twine(length) + " bytes of external data, but the shape " +
                     shapeText(shape) + " of " + nameOf(type) + " needs " + llvm::Twine(bytes));
  llvm::Expected<std::string> file = resolveExternal(location);
  if (!file)
    return file.takeError();
  uint64_t fileSize = 0;
  if (std::error_code code = fs::file_size(*file, fileSize))
    return makeError("has external data in '" + location +
                     "', which can't be opened: " + code.message());
  if (offset > fileSize || length > fileSize - offset)
    return makeError("needs bytes " + llvm::Twine(offset) + " to " + llvm::Twine(offset) + " + " +
                     llvm::Twine(length) + " of '" + location + "', which has only " +
                     llvm::Twine(fileSize) + " bytes");
  if (length == 0)
    return decodeRaw(type, shape, "", nullptr);
  auto buffer = llvm::MemoryBuffer::getFileSlice(*file, length, offset);
  if (!buffer)
    return makeError("has external data in '" + location +
                     "', which can't be read: " + buffer.getError().message());
  std::shared_ptr<const llvm::MemoryBuffer> owner = std::move(*buffer);
  return decodeRaw(type, shape, owner->getBuffer(), owner);
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

static Graph readGraph(const ::onnx::GraphProto &proto, const TensorReader &tensors);

static NodeAttribute readAttribute(const ::onnx::AttributeProto &proto,
                                   const TensorReader &tensors) {
  using Proto = ::onnx::AttributeProto;
  NodeAttribute attribute;
  auto is = [&](Proto::AttributeType type, bool hasValue) {
    return proto.has_type() ? proto.type() == type
                            : hasValue; // files before IR version 2 leave out the type
  };
  if (is(Proto::INT, proto.has_i())) {
    attribute.kind = NodeAttribute::Kind::Int;
    attribute.ints = {proto.i()};
  } else if (is(Proto::FLOAT, proto.has_f())) {
    attribute.kind = NodeAttribute::Kind::Float;
    attribute.floats = {proto.f()};
  } else if (is(Proto::STRING, proto.has_s())) {
    attribute.kind = NodeAttribute::Kind::String;
    attribute.string = proto.s();
  } else if (is(Proto::TENSOR, proto.has_t())) {
    attribute.kind = NodeAttribute::Kind::Tensor;
    attribute.tensor = tensors.read(proto.t());
  } else if (is(Proto::INTS, proto.ints_size() > 0)) {
    attribute.kind = NodeAttribute::Kind::Ints;
    attribute.ints.assign(proto.ints().begin(), proto.ints().end());
  } else if (is(Proto::FLOATS, proto.floats_size() > 0)) {
    attribute.kind = NodeAttribute::Kind::Floats;
    attribute.floats.assign(proto.floats().begin(), proto.floats().end());
  } else if (is(Proto::STRINGS, proto.strings_size() > 0)) {
    attribute.kind = NodeAttribute::Kind::Strings;
    attribute.strings.assign(proto.strings().begin(), proto.strings().end());
  } else if (is(Proto::GRAPH, proto.has_g())) {
    attribute.kind = NodeAttribute::Kind::Graph;
    attribute.graph = std::make_shared<Graph>(readGraph(proto.g(), tensors));
  }
  return attribute;
}

static std::string readDomain(const std::string &domain) {
  return domain == "ai.onnx" ? "" : domain;
}

static Node readNode(const ::onnx::NodeProto &proto, const TensorReader &tensors) {
  Node node;
  node.name = proto.name();
  node.opType = proto.op_type();
  node.domain = readDomain(proto.domain());
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  for (const std::string &output : node.outputs)
    if (node.name.empty())
      node.name = output;
  for (const ::onnx::AttributeProto &attribute : proto.attribute())
    node.attributes.try_emplace(attribute.name(), readAttribute(attribute, tensors));
  return node;
}

static ValueInfo readValueInfo(const ::onnx::ValueInfoProto &proto) {
  ValueInfo info;
  info.name = proto.name();
  if (!proto.type().has_tensor_type())
    return info;
  const ::onnx::TypeProto::Tensor &tensor = proto.type().tensor_type();
  info.type = static_cast<DataType>(tensor.elem_type());
  info.hasShape = tensor.has_shape();
  for (const ::onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim())
    info.shape.push_back(
        {dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value() : -1, dim.dim_param()});
  return info;
}

/// Bodies nest as deep as protobuf lets messages nest.
static Graph readGraph(const ::onnx::GraphProto &proto, const TensorReader &tensors) {
  Graph graph;
  graph.name = proto.name();
  for (const ::onnx::ValueInfoProto &input : proto.input())
    graph.inputs.push_back(readValueInfo(input));
  for (const ::onnx::ValueInfoProto &output : proto.output())
    graph.outputs.push_back(readValueInfo(output));
  for (const ::onnx::ValueInfoProto &value : proto.value_info())
    graph.declarations[value.name()] = readValueInfo(value);
  for (const ::onnx::TensorProto &tensor : proto.initializer())
    graph.initializers.push_back({tensor.name(), tensors.read(tensor)});
  for (const ::onnx::SparseTensorProto &tensor : proto.sparse_initializer())
    graph.initializers.push_back(
        {tensor.values().name(), {{}, "is sparse, which is not supported"}});
  for (const ::onnx::NodeProto &node : proto.node())
    graph.nodes.push_back(readNode(node, tensors));
  return graph;
}

llvm::Expected<Model> nnq::onnximport::readModel(llvm::MemoryBufferRef bytes,
                                                 llvm::StringRef folder) {
  google::protobuf::LogSilencer silence; // the errors are ours to tell
  auto proto = std::make_shared<::onnx::ModelProto>();
  if (bytes.getBufferSize() > std::numeric_limits<int32_t>::max())
    return makeError("has " + llvm::Twine(bytes.getBufferSize()) +
                     " bytes, more than protobuf can read; save it with external data");
  if (!proto->ParseFromArray(bytes.getBufferStart(), static_cast<int>(bytes.getBufferSize())))
    return makeError("is not an ONNX model, or is truncated");
  if (!proto->has_graph())
    return makeError("is not an ONNX model: it has no graph");
  TensorReader tensors(proto, folder);
  Model model;
  for (const ::onnx::OperatorSetIdProto &opset : proto->opset_import())
    model.opsets[readDomain(opset.domain())] = opset.version();
  model.graph = readGraph(proto->graph(), tensors);
  return model;
}
