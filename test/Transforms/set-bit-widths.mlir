// RUN: split-file %s %t
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/one.json | FileCheck %t/network.mlir --check-prefix=ONE
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/one.json --nnq-set-bit-widths=file=%t/other.json | FileCheck %t/network.mlir --check-prefix=BOTH
// RUN: nnq-opt %t/same-names.mlir --nnq-set-bit-widths=file=%t/one.json | FileCheck %t/same-names.mlir

//--- one.json
{"nnq-bit-widths": 1, "note": "written by hand", "layers": {"logits": "w3a16"}}
//--- other.json
{"nnq-bit-widths": 1, "totals": "not looked at", "layers": {"hidden": "w8a8"}}

//--- network.mlir
// Layers that the file does not name stay, with what another file said of them.
// ONE: nnq.fully_connected %arg0, %0 : tensor
// ONE: nnq.fully_connected %1, %0 {nnq.bit_width = "w3a16"} : tensor
// BOTH: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w8a8"} : tensor
// BOTH: nnq.fully_connected %1, %0 {nnq.bit_width = "w3a16"} : tensor
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}

//--- same-names.mlir
// Both layers of the name; an operation without weights has none.
// CHECK: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w3a16"}
// CHECK: nnq.clamp {{.*}} max = 6.000000e+00 : tensor
// CHECK: nnq.fully_connected %{{.*}}, %0 {nnq.bit_width = "w3a16"}
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  %r = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<1x2xf32> -> tensor<1x2xf32> loc("logits")
  %1 = nnq.fully_connected %r, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
