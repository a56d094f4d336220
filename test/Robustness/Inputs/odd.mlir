// Modules that are valid MLIR and no network that nnq makes, one behind each line of dashes. They meet every pass.

// an empty module

// -----

// a declaration
func.func private @main(tensor<4xf32>) -> tensor<4xf32>

// -----

// nothing in, nothing out
func.func @main() {
  return
}

// -----

// no argument
func.func @main() -> tensor<2xf32> {
  %0 = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// no result
func.func @main(%x: tensor<1x2xf32>) {
  %0 = nnq.add %x, %x : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  return
}

// -----

// an argument as result, twice
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  return %x, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

// a scalar
func.func @main(%x: f32) -> f32 {
  return %x : f32
}

// -----

// scalars among tensors
func.func @main(%x: tensor<1x4xf32>, %n: index, %f: f32, %i: i1) -> (tensor<1x4xf32>, index, i1) {
  %0 = nnq.unary silu %x : tensor<1x4xf32> -> tensor<1x4xf32>
  return %0, %n, %i : tensor<1x4xf32>, index, i1
}

// -----

// an unranked tensor
func.func @main(%x: tensor<*xf32>) -> tensor<*xf32> {
  return %x : tensor<*xf32>
}

// -----

// dynamic dimensions
func.func @main(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  return %x : tensor<?x4xf32>
}

// -----

// a dynamic dimension among operations of other dialects
func.func @main(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = arith.addf %x, %x : tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// memory
func.func @main(%x: memref<4x?xf32>, %y: memref<*xf32>, %z: memref<4xf32, strided<[2], offset: ?>>, %v: vector<4xf32>) -> memref<4x?xf32> {
  return %x : memref<4x?xf32>
}

// -----

// what lowering makes, by hand
func.func @main(%x: memref<4xf32>, %y: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %0 = memref.load %x[%c0] : memref<4xf32>
  %1 = memref.alloc() : memref<4xf32>
  memref.store %0, %1[%c0] : memref<4xf32>
  memref.copy %1, %y : memref<4xf32> to memref<4xf32>
  memref.dealloc %1 : memref<4xf32>
  return
}

// -----

// tuples, functions and a type of no dialect
func.func @main(%x: tuple<tensor<2xf32>, i32>, %f: (tensor<2xf32>) -> tensor<2xf32>, %o: !odd.type, %c: complex<f32>, %n: none) -> !odd.type {
  return %o : !odd.type
}

// -----

// rank 0
func.func @main(%x: tensor<f32>) -> tensor<f32> {
  %0 = nnq.unary exp %x : tensor<f32> -> tensor<f32>
  %1 = nnq.add %0, %x : tensor<f32>, tensor<f32> -> tensor<f32>
  return %1 : tensor<f32>
}

// -----

// nothing in a tensor
func.func @main(%x: tensor<0x4xf32>) -> tensor<0x4xf32> {
  %0 = nnq.unary silu %x : tensor<0x4xf32> -> tensor<0x4xf32>
  %1 = nnq.add %0, %x : tensor<0x4xf32>, tensor<0x4xf32> -> tensor<0x4xf32>
  return %1 : tensor<0x4xf32>
}

// -----

// sums of nothing
func.func @main(%x: tensor<2x0xf32>, %w: tensor<3x0xf32>, %e: tensor<0x5xf32>) -> (tensor<2x3xf32>, tensor<2x5xf32>) {
  %0 = nnq.fully_connected %x, %w : tensor<2x0xf32>, tensor<3x0xf32> -> tensor<2x3xf32>
  %1 = nnq.matmul %x, %e : tensor<2x0xf32>, tensor<0x5xf32> -> tensor<2x5xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x5xf32>
}

// -----

// batches and channels that there are none of
func.func @main(%x: tensor<0x5x5x4xf32>, %y: tensor<1x5x5x0xf32>, %w: tensor<2x3x3x4xf32>) -> (tensor<0x3x3x2xf32>, tensor<1x3x3x0xf32>) {
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<0x5x5x4xf32>, tensor<2x3x3x4xf32> -> tensor<0x3x3x2xf32>
  %1 = nnq.max_pool2d %y kernel = [3, 3] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x5x5x0xf32> -> tensor<1x3x3x0xf32>
  return %0, %1 : tensor<0x3x3x2xf32>, tensor<1x3x3x0xf32>
}

// -----

// several blocks
func.func @main(%x: tensor<4xf32>, %c: i1) -> tensor<4xf32> {
  cf.cond_br %c, ^left(%x : tensor<4xf32>), ^right
^left(%l: tensor<4xf32>):
  %0 = nnq.unary silu %l : tensor<4xf32> -> tensor<4xf32>
  cf.br ^end(%0 : tensor<4xf32>)
^right:
  %1 = nnq.add %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  cf.br ^end(%1 : tensor<4xf32>)
^end(%y: tensor<4xf32>):
  return %y : tensor<4xf32>
}

// -----

// no end
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^loop(%x : tensor<4xf32>)
^loop(%y: tensor<4xf32>):
  %0 = nnq.add %y, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  cf.br ^loop(%0 : tensor<4xf32>)
}

// -----

// a value from outside a region
func.func @main(%x: tensor<4xf32>, %c: i1) -> tensor<4xf32> {
  %0 = scf.if %c -> tensor<4xf32> {
    %1 = nnq.unary silu %x : tensor<4xf32> -> tensor<4xf32>
    scf.yield %1 : tensor<4xf32>
  } else {
    scf.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// a loop around a layer
func.func @main(%x: tensor<1x4xf32>, %w: tensor<4x4xf32>, %n: index) -> tensor<1x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%y = %x) -> tensor<1x4xf32> {
    %1 = nnq.fully_connected %y, %w : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
    scf.yield %1 : tensor<1x4xf32>
  }
  return %0 : tensor<1x4xf32>
}

// -----

// functions that call each other
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @silu(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = call @silu(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
func.func private @silu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.unary silu %x : tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// recursion
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @other(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.unary silu %x : tensor<4xf32> -> tensor<4xf32>
  %1 = call @main(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// a call of what is elsewhere, and a function as a value
func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %f = constant @elsewhere : (tensor<4xf32>) -> tensor<4xf32>
  %1 = call_indirect %f(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// modules in modules
module @outer {
  module @inner {
    func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
      %w = nnq.constant dense<0.5> : tensor<4x4xf32> -> tensor<4x4xf32>
      %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
      return %0 : tensor<1x4xf32>
    }
  }
  module @hollow {
  }
}

// -----

// main is no function
memref.global @main : memref<4xf32> = dense<1.0>
func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.unary silu %x : tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// main is LLVM's
llvm.func @main(%x: !llvm.ptr) -> i32 {
  %0 = llvm.load %x : !llvm.ptr -> i32
  llvm.return %0 : i32
}

// -----

// operations of no dialect
func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %w = "odd.weights"() : () -> tensor<4x4xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
  %1 = "odd.op"(%0) ({
    %2 = "odd.inner"() : () -> tensor<1x4xf32>
    "odd.end"(%2) : (tensor<1x4xf32>) -> ()
  }) {odd.attribute = @main} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// operations of other dialects between layers
func.func @main(%x: tensor<1x4xf32>) -> tensor<2x2xf32> {
  %w = arith.constant dense<0.5> : tensor<4x4xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
  %1 = math.exp %0 : tensor<1x4xf32>
  %2 = tensor.collapse_shape %1 [[0, 1]] : tensor<1x4xf32> into tensor<4xf32>
  %3 = tensor.expand_shape %2 [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  %4 = nnq.unary silu %3 : tensor<2x2xf32> -> tensor<2x2xf32>
  return %4 : tensor<2x2xf32>
}

// -----

// element types of no network
func.func @main(%a: tensor<2xf64>, %b: tensor<2xf16>, %c: tensor<2xbf16>, %d: tensor<2xi1>, %e: tensor<2xi128>, %f: tensor<2xindex>, %g: tensor<2xcomplex<f32>>, %h: tensor<2xf8E4M3FN>, %i: tensor<2xvector<2xf32>>, %j: tensor<2xi3>) -> (tensor<2xf64>, tensor<2xi128>, tensor<2xcomplex<f32>>, tensor<2xf8E4M3FN>) {
  return %a, %e, %g, %h : tensor<2xf64>, tensor<2xi128>, tensor<2xcomplex<f32>>, tensor<2xf8E4M3FN>
}

// -----

// an encoding
func.func @main(%x: tensor<1x4xf32, #odd<"encoding">>) -> tensor<1x4xf32, #odd<"encoding">> {
  return %x : tensor<1x4xf32, #odd<"encoding">>
}

// -----

// quantized types of many kinds at the boundary
func.func @main(%a: tensor<2x!quant.uniform<i8:f32, 0.5>>, %b: tensor<2x!quant.uniform<u8:f32, 1.0e-30:255>>, %c: tensor<2x!quant.uniform<i2:f32, 0.5>>, %d: tensor<2x!quant.uniform<i32:f32, 0.5:7>>, %e: tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>, %f: tensor<2x!quant.any<i8:f32>>, %g: tensor<2x!quant.uniform<i8:f64, 0.5>>, %h: tensor<2x!quant.uniform<i5:f32, 0.5>>) -> (tensor<2x!quant.uniform<i8:f32, 0.5>>, tensor<2x!quant.any<i8:f32>>, tensor<2x!quant.uniform<i8:f64, 0.5>>) {
  return %a, %f, %g : tensor<2x!quant.uniform<i8:f32, 0.5>>, tensor<2x!quant.any<i8:f32>>, tensor<2x!quant.uniform<i8:f64, 0.5>>
}

// -----

// quantized types that nothing computes with
func.func @main(%x: tensor<1x4x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x4xf32> {
  %0 = nnq.requantize %x : tensor<1x4x!quant.uniform<i8:f32, 0.5>> -> tensor<1x4x!quant.uniform<u16:f32, 0.001:3>>
  %1 = nnq.requantize %0 : tensor<1x4x!quant.uniform<u16:f32, 0.001:3>> -> tensor<1x4x!quant.uniform<i4:f32, 3.0e+30:-8>>
  %2 = nnq.requantize %1 : tensor<1x4x!quant.uniform<i4:f32, 3.0e+30:-8>> -> tensor<1x4x!quant.uniform<u8<0:1>:f32, 1.0e-37>>
  %3 = nnq.requantize %2 : tensor<1x4x!quant.uniform<u8<0:1>:f32, 1.0e-37>> -> tensor<1x4xf32>
  return %3 : tensor<1x4xf32>
}

// -----

// weights of quantized types that are no constants
func.func @main(%x: tensor<1x4x!quant.uniform<u8:f32, 0.5:128>>, %w: tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>>, %b: tensor<2x!quant.uniform<i32:f32:0, {0.125, 0.25}>>) -> tensor<1x2x!quant.uniform<u8:f32, 0.25:3>> {
  %0 = nnq.fully_connected %x, %w, %b : tensor<1x4x!quant.uniform<u8:f32, 0.5:128>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>>, tensor<2x!quant.uniform<i32:f32:0, {0.125, 0.25}>> -> tensor<1x2x!quant.uniform<u8:f32, 0.25:3>>
  return %0 : tensor<1x2x!quant.uniform<u8:f32, 0.25:3>>
}

// -----

// attributes of nnq's passes in the wrong types and places
module attributes {nnq.float_islands = "none"} {
  func.func @main(%x: tensor<1x4xf32> {nnq.name = 1 : i32, nnq.range = "wide", nnq.observation = 2 : i32, nnq.type = "f32"}) -> (tensor<1x4xf32> {nnq.name = unit}) attributes {nnq.arena_bytes = "many", nnq.kernels = [1, 2], nnq.outputs = @main} {
    %w = nnq.constant dense<0.5> : tensor<4x4xf32> -> tensor<4x4xf32>
    %0 = nnq.fully_connected %x, %w {nnq.range = array<f32>, nnq.observation = [], nnq.bit_width = 4 : i32, nnq.float_island = 1.0 : f32} : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
    %1 = nnq.unary silu %0 {nnq.range = array<f32: 1.0, 0xFFC00000>, nnq.bit_width = "w99a99", nnq.layer = "first"} : tensor<1x4xf32> -> tensor<1x4xf32>
    return %1 : tensor<1x4xf32>
  }
}

// -----

// the same attributes in their types, with odd values
module attributes {nnq.float_islands = [1, {}, {name = 3 : i32}]} {
  func.func @main(%x: tensor<1x4xf32> {nnq.name = "", nnq.range = array<f32: 3.0, -3.0>, nnq.arena}, %y: tensor<1x4xf32> {nnq.name = "", nnq.output}) -> (tensor<1x4xf32> {nnq.name = "\0A*/\FF"}) attributes {nnq.arena_bytes = -1 : i64, nnq.kernels = ["a", "b", "c"]} {
    %w = nnq.constant dense<0.5> : tensor<4x4xf32> -> tensor<4x4xf32>
    %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0x7F800000, 0xFF800000>, nnq.observation = "", nnq.bit_width = "w2a16"} : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
    %1 = nnq.unary silu %0 {nnq.range = array<f32: 0x7FC00000, 0x7FC00000>, nnq.observation = ""} : tensor<1x4xf32> -> tensor<1x4xf32>
    return %1 : tensor<1x4xf32>
  }
}

// -----

// kernels and an entry that are none
func.func private @kernel(%a: memref<4xf32>, %b: memref<4xf32>) attributes {nnq.kernel} {
  return
}
func.func @main(%x: memref<4xf32>, %y: memref<4xf32> {nnq.output}, %arena: memref<?xi8> {nnq.arena}) attributes {nnq.kernel, nnq.arena_bytes = 64 : i64} {
  call @kernel(%x, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  call @kernel(%y, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}

// -----

// constants that are larger than any memory
func.func @main(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1048576x1048576xf32>) {
  %w = nnq.constant dense<0.5> : tensor<1048576x1048576xf32> -> tensor<1048576x1048576xf32>
  %0 = nnq.unary silu %x : tensor<1x4xf32> -> tensor<1x4xf32>
  return %0, %w : tensor<1x4xf32>, tensor<1048576x1048576xf32>
}

// -----

// weights that are larger than any memory
func.func @main(%x: tensor<1x1048576xf32>) -> tensor<1x16777216xf32> {
  %w = nnq.constant dense<0.5> : tensor<16777216x1048576xf32> -> tensor<16777216x1048576xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x1048576xf32>, tensor<16777216x1048576xf32> -> tensor<1x16777216xf32>
  return %0 : tensor<1x16777216xf32>
}

// -----

// a network of constants only, that is larger than any memory
func.func @main() -> tensor<16777216x1048576xf32> {
  %w = nnq.constant dense<0.5> : tensor<16777216x1048576xf32> -> tensor<16777216x1048576xf32>
  %0 = nnq.unary exp %w : tensor<16777216x1048576xf32> -> tensor<16777216x1048576xf32>
  %1 = nnq.add %0, %w : tensor<16777216x1048576xf32>, tensor<16777216x1048576xf32> -> tensor<16777216x1048576xf32>
  return %1 : tensor<16777216x1048576xf32>
}

// -----

// shapes of more elements than an integer counts
func.func @main(%x: tensor<4294967296x4294967296x4xf32>) -> tensor<4294967296x4294967296x4xf32> {
  %0 = nnq.unary silu %x : tensor<4294967296x4294967296x4xf32> -> tensor<4294967296x4294967296x4xf32>
  %1 = nnq.add %0, %x : tensor<4294967296x4294967296x4xf32>, tensor<4294967296x4294967296x4xf32> -> tensor<4294967296x4294967296x4xf32>
  return %1 : tensor<4294967296x4294967296x4xf32>
}

// -----

// constants of values that are none
func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %w = nnq.constant dense<[[0x7FC00000, 0x7F800000, 0xFF800000, 0.0], [1.0e-45, 3.4e+38, -3.4e+38, -0.0], [0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]> : tensor<4x4xf32> -> tensor<4x4xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -1.0, 1.0>} : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
  %1 = nnq.div %0, %0 {nnq.range = array<f32: -1.0e-40, 1.0e-40>} : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// one name for all
func.func @main(%x: tensor<1x4xf32> {nnq.name = "a"}) -> (tensor<1x4xf32> {nnq.name = "a"}, tensor<1x4xf32> {nnq.name = "a"}) {
  %w = nnq.constant dense<0.5> : tensor<4x4xf32> -> tensor<4x4xf32> loc("a")
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32> loc("a")
  %1 = nnq.fully_connected %0, %w : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32> loc("a")
  return %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

// a value that is observed, twice, and a layer that reads it
func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  nnq.observe %x name = "t" : tensor<1x4xf32>
  nnq.observe %x name = "t" : tensor<1x4xf32>
  %0 = nnq.softmax %x axis = 1 : tensor<1x4xf32> -> tensor<1x4xf32>
  nnq.observe %0 name = "" : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// dead code
func.func @main(%x: tensor<1x4xf32>, %unused: tensor<3xf32>) -> tensor<1x4xf32> {
  %w = nnq.constant dense<0.5> : tensor<4x4xf32> -> tensor<4x4xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
  %1 = nnq.softmax %0 axis = 1 : tensor<1x4xf32> -> tensor<1x4xf32>
  return %x : tensor<1x4xf32>
}

// -----

// a network as it should be, between the odd ones
func.func @main(%x: tensor<1x4xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x4xf32> {
  %w = nnq.constant dense<0.5> : tensor<4x4xf32> -> tensor<4x4xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>, nnq.observation = "t"} : tensor<1x4xf32>, tensor<4x4xf32> -> tensor<1x4xf32>
  %1 = nnq.softmax %0 axis = 1 : tensor<1x4xf32> -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}
