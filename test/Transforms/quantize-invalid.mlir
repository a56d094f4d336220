// RUN: not nnq-opt %s --nnq-quantize="rules=keep=nothing" 2>&1 | FileCheck %s --check-prefix=UNMATCHED
// RUN: not nnq-opt %s --nnq-quantize="rules=op:nnq.add=int3" 2>&1 | FileCheck %s --check-prefix=SCHEME
// RUN: not nnq-opt %s --nnq-quantize="rules=layer:add=float" 2>&1 | FileCheck %s --check-prefix=SELECTOR
// RUN: not nnq-opt %s --nnq-quantize="rules=index:x=float" 2>&1 | FileCheck %s --check-prefix=INDEX
// RUN: not nnq-opt %s --nnq-quantize="rules=name:(=float" 2>&1 | FileCheck %s --check-prefix=REGEX
// RUN: not nnq-opt %s --nnq-quantize="weight-bits=9" 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not nnq-opt %s --nnq-quantize="rules=op:nnq.add=bits1" 2>&1 | FileCheck %s --check-prefix=RULEBITS
// RUN: not nnq-opt %s --nnq-quantize="rules=op:nnq.add=block0" 2>&1 | FileCheck %s --check-prefix=BLOCK
// UNMATCHED: rule 'keep=nothing' matches no operation
// SCHEME: rule 'op:nnq.add=int3': scheme 'int3' is none of float, per_channel, per_tensor, blockN, bitsN, activationsN, asymmetric, symmetric
// BITS: weights of 9 bits; 2 to 8 are supported
// RULEBITS: rule 'op:nnq.add=bits1': weights of 1 bits; 2 to 8 are supported
// BLOCK: rule 'op:nnq.add=block0': scheme 'block0' is none of
// SELECTOR: rule 'layer:add=float': selector 'layer' is none of name:REGEX, exact:NAME, op:NAME, index:N, keep
// INDEX: rule 'index:x=float': index 'x' is no number
// REGEX: rule 'name:(=float': regular expression:

func.func @sum(%x: tensor<4xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<4xf32> {
  %0 = nnq.add %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
