// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-plan-memory))' | FileCheck %s

func.func private @kernel(memref<64xi8>, memref<64xi8>) attributes {nnq.kernel}

// Three buffers of 64 bytes; the first and the third never live at once.
// CHECK-LABEL: @buffers_that_do_not_live_at_once_share_memory
// CHECK-SAME: memref<128xi8> {nnq.arena}
// CHECK-SAME: nnq.arena_bytes = 128
// CHECK-DAG: %[[LOW:.*]] = arith.constant 0 : index
// CHECK-DAG: memref.view %{{.*}}[%[[LOW]]][]
// CHECK-DAG: %[[HIGH:.*]] = arith.constant 64 : index
// CHECK-DAG: memref.view %{{.*}}[%[[HIGH]]][]
// CHECK-NOT: memref.alloc
func.func @buffers_that_do_not_live_at_once_share_memory(%x: memref<64xi8>, %y: memref<64xi8>) {
  %a = memref.alloc() : memref<64xi8>
  %b = memref.alloc() : memref<64xi8>
  %c = memref.alloc() : memref<64xi8>
  call @kernel(%x, %a) : (memref<64xi8>, memref<64xi8>) -> ()
  call @kernel(%a, %b) : (memref<64xi8>, memref<64xi8>) -> ()
  call @kernel(%b, %c) : (memref<64xi8>, memref<64xi8>) -> ()
  call @kernel(%c, %y) : (memref<64xi8>, memref<64xi8>) -> ()
  return
}

// A view keeps its buffer alive.
// CHECK-LABEL: @a_view_keeps_its_buffer_alive
// CHECK-SAME: nnq.arena_bytes = 192
func.func @a_view_keeps_its_buffer_alive(%x: memref<64xi8>, %y: memref<64xi8>) {
  %a = memref.alloc() : memref<8x8xi8>
  %b = memref.alloc() : memref<64xi8>
  %c = memref.alloc() : memref<64xi8>
  %v = memref.collapse_shape %a [[0, 1]] : memref<8x8xi8> into memref<64xi8>
  call @kernel(%x, %v) : (memref<64xi8>, memref<64xi8>) -> ()
  call @kernel(%v, %b) : (memref<64xi8>, memref<64xi8>) -> ()
  call @kernel(%b, %c) : (memref<64xi8>, memref<64xi8>) -> ()
  call @kernel(%v, %y) : (memref<64xi8>, memref<64xi8>) -> ()
  return
}
