// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-plan-memory))' | FileCheck %s

// The first and the last buffer never live at once.
// CHECK: func.func @main(%{{.*}}: memref<64xi8>, %{{.*}}: memref<64xi8>, %[[ARENA:.*]]: memref<128xi8> {nnq.arena}) attributes {nnq.arena_bytes = 128 : i64}
// CHECK-COUNT-3: memref.view %[[ARENA]]
// CHECK-NOT: memref.alloc

func.func @main(%x: memref<64xi8>, %y: memref<64xi8>) {
  %a = memref.alloc() : memref<64xi8>
  %b = memref.alloc() : memref<64xi8>
  %c = memref.alloc() : memref<64xi8>
  call @layer(%x, %a) : (memref<64xi8>, memref<64xi8>) -> ()
  call @layer(%a, %b) : (memref<64xi8>, memref<64xi8>) -> ()
  call @layer(%b, %c) : (memref<64xi8>, memref<64xi8>) -> ()
  call @layer(%c, %y) : (memref<64xi8>, memref<64xi8>) -> ()
  return
}
func.func private @layer(memref<64xi8>, memref<64xi8>) attributes {nnq.kernel}
