// RUN: nnq-opt %s --convert-vector-to-dot-product=target=x86-avx512vbmi | FileCheck %s --check-prefixes=CHECK,X86
// RUN: nnq-opt %s --convert-vector-to-dot-product=target=aarch64-neon | FileCheck %s --check-prefixes=CHECK,ARM

// The widest shuffle of bytes that divides a vector; a constant table is repeated in it.
// CHECK-LABEL: func.func @whole(
// X86: %[[TABLE:.*]] = arith.constant dense<[-127, 0, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -127, {{.*}}]> : vector<64xi8>
// X86: llvm.call_intrinsic "llvm.x86.avx512.pshuf.b.512"(%[[TABLE]], %{{.*}}) : (vector<64xi8>, vector<64xi8>) -> vector<64xi8>
// ARM-COUNT-4: llvm.call_intrinsic "llvm.aarch64.neon.tbl1.v16i8"(%{{.*}}, %{{.*}}) : (vector<16xi8>, vector<16xi8>) -> vector<16xi8>
func.func @whole(%i: vector<64xi8>) -> vector<64xi8> {
  %t = arith.constant dense<[-127, 0, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : vector<16xi8>
  %0 = nnq_kernel.lookup %i in %t : vector<64xi8>, vector<16xi8>
  return %0 : vector<64xi8>
}

// Less than the smallest of them is filled up.
// CHECK-LABEL: func.func @part(
// X86: llvm.call_intrinsic "llvm.x86.ssse3.pshuf.b.128"
// ARM: llvm.call_intrinsic "llvm.aarch64.neon.tbl1.v16i8"
// CHECK: vector.extract_strided_slice %{{.*}} {offsets = [0], sizes = [4], strides = [1]} : vector<16xi8> to vector<4xi8>
func.func @part(%i: vector<4xi8>, %t: vector<16xi8>) -> vector<4xi8> {
  %0 = nnq_kernel.lookup %i in %t : vector<4xi8>, vector<16xi8>
  return %0 : vector<4xi8>
}

// Of inputs, 8 that are in both halves of a table of 16, and 64.
// CHECK-LABEL: func.func @inputs(
// X86: llvm.call_intrinsic "llvm.x86.avx512.pshuf.b.512"
// X86: llvm.call_intrinsic "llvm.x86.avx512.permvar.qi.512"
// No table of Arm has 64.
// ARM: nnq_kernel.lookup %{{.*}} in %{{.*}} : vector<64xi8>, vector<64xi8>
func.func @inputs(%i: vector<64xi8>, %a: vector<8xi8>, %b: vector<64xi8>) -> (vector<64xi8>, vector<64xi8>) {
  %0 = nnq_kernel.lookup %i in %a : vector<64xi8>, vector<8xi8>
  %1 = nnq_kernel.lookup %i in %b : vector<64xi8>, vector<64xi8>
  return %0, %1 : vector<64xi8>, vector<64xi8>
}
