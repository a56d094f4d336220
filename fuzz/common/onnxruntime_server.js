#!/usr/bin/env node
// ONNX Runtime for many small models: one JSON object per line in, one out.
//
//   in   {"model": BASE64, "level": "all" or "disabled", "signed": BOOL, "runs": [{NAME: {"type": "uint8", "dims": [1, 2], "data": BASE64}}],
//        "save": a file for the optimized model, or ""}
//   out  {"runs": [{NAME: {"type", "dims", "data"}}]}, or {"error": "..."}
//
// NODE_PATH names a node_modules with onnxruntime-node.
const readline = require('readline');
const ort = require('onnxruntime-node');

const ARRAYS = {
  float32: Float32Array, uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, int32: Int32Array,
  int64: BigInt64Array, uint32: Uint32Array, bool: Uint8Array, float16: Uint16Array,
};

// The optimizer that is off merges conversions of different scales into one, which rounds otherwise than the model says.
// `signed`: signed codes stay signed, as on Arm.
function extra(signed) {
  const optimization = { disable_specified_optimizers: 'DoubleQDQPairsRemover' };
  return signed ? { optimization, session: { qdqisint8allowed: '1' } } : { optimization };
}

function decode({ type, dims, data }) {
  const bytes = Buffer.from(data, 'base64'), copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return new ort.Tensor(type, new ARRAYS[type](copy), dims);
}

function encode({ type, dims, data }) {
  return { type, dims, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

function convert(tensors, how) {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, how(tensor)]));
}

async function run({ model, level, signed, runs, save }) {
  const options = {
    intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: level, logSeverityLevel: 4, extra: extra(signed),
  };
  if (save) {
    options.optimizedModelFilePath = save;
  }
  const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'), options);
  try {
    const results = [];
    for (const inputs of runs) {
      results.push(convert(await session.run(convert(inputs, decode)), encode));
    }
    return { runs: results };
  } finally {
    await session.release();
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const answer = await run(JSON.parse(line)).catch(error => ({ error: String(error.message || error) }));
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}

main();
