// RUN: split-file %s %t
// RUN: nnq-opt %t/network.mlir --nnq-widen-inputs=calibration=%t/on-grid.json -o %t/out.mlir 2>&1 | FileCheck %s --check-prefix=ONGRID
// RUN: FileCheck %s --check-prefix=NARROW --input-file=%t/out.mlir
// RUN: nnq-opt %t/network.mlir --nnq-widen-inputs=calibration=%t/many.json 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: nnq-opt %t/network.mlir --nnq-widen-inputs="calibration=%t/on-grid.json rules=exact:first=float" | FileCheck %s --check-prefix=WIDE
// RUN: nnq-opt %t/network.mlir --nnq-widen-inputs=always=true | FileCheck %s --check-prefix=WIDE
// RUN: nnq-opt %t/large.mlir --nnq-widen-inputs=calibration=%t/many.json 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: nnq-opt %t/scaled.mlir --nnq-widen-inputs=calibration=%t/on-grid.json 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: nnq-opt %t/inner.mlir --nnq-widen-inputs=calibration=%t/on-grid.json 2>&1 | FileCheck %s --check-prefix=INNER

// Values that codes of 8 bits stand for stay in 8. An input that is read in float is on no grid that is known, nor is one that is scaled.
// ONGRID: remark: inputs are read in 8 bits: codes of 8 bits stand for all of their values
// NARROW-NOT: nnq.bit_width

// What the copy that was quantized remarked is not said.
// WIDE-NOT: remark
// WIDE: nnq.fully_connected %{{.*}} {nnq.bit_width = "w8a16"} : tensor<1x2xf32>, tensor<2x2xf32>
// WIDE-NOT: nnq.bit_width

// LARGE: remark: inputs are read in 8 bits: the layers that read them do 5% of the products
// INNER: remark: inputs are read in 8 bits: no layer with constant weights reads one

//--- on-grid.json
{"nnq-calibration": 1, "tensors": {
"x": {"count": 4, "min": 0, "max": 127.5, "samples": [[0, 0, 127.5]], "histogram": [[0, 2], [17151, 2]], "values": [0, 127.5]},
"first": {"count": 4, "min": 0, "max": 127.5, "samples": [[0, 0, 127.5]], "histogram": [[0, 2], [17151, 2]]},
"scale": {"count": 4, "min": 0, "max": 127.5, "samples": [[0, 0, 127.5]], "histogram": [[0, 2], [17151, 2]]},
"second": {"count": 4, "min": 0, "max": 127.5, "samples": [[0, 0, 127.5]], "histogram": [[0, 2], [17151, 2]]}
}}
//--- many.json
{"nnq-calibration": 1, "tensors": {
"x": {"count": 4, "min": 0, "max": 127.5, "samples": [[0, 0, 127.5]], "histogram": [[0, 2], [17151, 2]]},
"first": {"count": 4, "min": 0, "max": 127.5, "samples": [[0, 0, 127.5]], "histogram": [[0, 2], [17151, 2]]},
"second": {"count": 4, "min": 0, "max": 127.5, "samples": [[0, 0, 127.5]], "histogram": [[0, 2], [17151, 2]]}
}}
//--- network.mlir
func.func @main(%x: tensor<1x2x1x1xf32> {nnq.name = "x"}) -> tensor<1x40xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<0.5> : tensor<40x2xf32> -> tensor<40x2xf32>
  %flat = nnq.reshape %x : tensor<1x2x1x1xf32> -> tensor<1x2xf32>
  %0 = nnq.fully_connected %flat, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("first")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<40x2xf32> -> tensor<1x40xf32> loc("second")
  return %1 : tensor<1x40xf32>
}
//--- large.mlir
func.func @main(%x: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x37xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<0.5> : tensor<37x2xf32> -> tensor<37x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("first")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<37x2xf32> -> tensor<1x37xf32> loc("second")
  return %1 : tensor<1x37xf32>
}
//--- scaled.mlir
func.func @main(%x: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x40xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<0.5> : tensor<40x2xf32> -> tensor<40x2xf32>
  %half = nnq.constant dense<[0.3, 0.5]> : tensor<2xf32> -> tensor<2xf32>
  %scaled = nnq.mul %x, %half : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32> loc("scale")
  %0 = nnq.fully_connected %scaled, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("first")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<40x2xf32> -> tensor<1x40xf32> loc("second")
  return %1 : tensor<1x40xf32>
}
//--- inner.mlir
func.func @main(%x: tensor<2x2xf32> {nnq.name = "x"}) -> tensor<2x2xf32> {
  %0 = nnq.matmul %x, %x : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32> loc("first")
  return %0 : tensor<2x2xf32>
}
