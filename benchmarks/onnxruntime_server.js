#!/usr/bin/env node
// ONNX Runtime as a peer: one model, one session, commands on standard input, one JSON object per command on standard output.
//
//   node onnxruntime_server.js MODEL.onnx [THREADS [CONFIG]]        NODE_PATH names a node_modules with onnxruntime-node
//
//   CONFIG: JSON object of session options, such as {"session": {"qdqisint8allowed": "1"}}
//
//   evaluate OUT_DIR IN.npy...   a file for each input, (N, ...), a batch axis of 1 left out or not; writes OUT_DIR/K.npy, (N, ...) without
//                                one, for each output K
//   time REPS                    {"ms": [...]}, each run's time on a fixed pseudo-random input
//
// The first line printed is {"inputs": [...], "outputs": [...]}. An error is {"error": "..."} and ends the process.
const fs = require('fs');
const readline = require('readline');
const ort = require('onnxruntime-node');

const ARRAYS = {
  float32: ['<f4', Float32Array], int8: ['|i1', Int8Array], uint8: ['|u1', Uint8Array], int16: ['<i2', Int16Array], uint16: ['<u2', Uint16Array],
  int32: ['<i4', Int32Array], int64: ['<i8', BigInt64Array], bool: ['|b1', Uint8Array],
};

function readNpy(path) {
  const file = fs.readFileSync(path), long = file[6] > 1;
  const start = (long ? 12 : 10) + (long ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.toString('latin1', 10, start), descr = /'descr':\s*'([^']*)'/.exec(header)[1];
  const type = Object.keys(ARRAYS).find(name => ARRAYS[name][0] === descr);
  if (!type || /'fortran_order':\s*True/.test(header)) throw new Error(`${path}: ${descr} in this order is not read`);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)[1].split(',').map(s => s.trim()).filter(Boolean).map(Number);
  const bytes = file.subarray(start), copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return { shape, type, data: new ARRAYS[type][1](copy) };
}

function writeNpy(path, type, shape, data) {
  const text = `{'descr': '${ARRAYS[type][0]}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = text + ' '.repeat(63 - (10 + text.length) % 64) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY', 'latin1');
  head[6] = 1;
  head.writeUInt16LE(header.length, 8);
  fs.writeFileSync(path, Buffer.concat([head, Buffer.from(header, 'latin1'), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));
}

function noise(count) {
  const data = new Float32Array(count);
  let state = 12345;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    data[i] = (state / 0x7fffffff - 0.5) * 4;
  }
  return data;
}

const elements = shape => shape.reduce((product, size) => product * size, 1);

// The tensor of sample i, with as many axes of 1 in front as the model's input has more.
function sampleOf({ shape, type, data }, meta, i) {
  const dims = shape.slice(1), each = elements(dims);
  while (dims.length < meta.shape.length) dims.unshift(1);
  return new ort.Tensor(type, data.subarray(i * each, (i + 1) * each), dims);
}

async function evaluate(session, folder, paths) {
  const inputs = paths.map(readNpy), samples = inputs[0].shape[0], results = {};
  for (let i = 0; i < samples; i++) {
    const feeds = inputs.map((input, k) => [session.inputNames[k], sampleOf(input, session.inputMetadata[k], i)]);
    const outputs = await session.run(Object.fromEntries(feeds));
    for (const [name, output] of Object.entries(outputs)) {
      const size = output.data.length, dims = output.dims[0] === 1 ? output.dims.slice(1) : output.dims;
      results[name] = results[name] || { type: output.type, dims, values: new ARRAYS[output.type][1](samples * size) };
      results[name].values.set(output.data, i * size);
    }
  }
  session.outputNames.forEach((name, k) => writeNpy(`${folder}/${k}.npy`, results[name].type, [samples, ...results[name].dims], results[name].values));
  return { samples };
}

async function time(session, reps) {
  const feeds = {}, ms = [];
  for (const meta of session.inputMetadata) feeds[meta.name] = new ort.Tensor('float32', noise(elements(meta.shape)), meta.shape);
  await session.run(feeds);
  for (let i = 0; i < reps; i++) {
    const start = process.hrtime.bigint();
    await session.run(feeds);
    ms.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return { ms };
}

async function main() {
  const [model, threads, config] = process.argv.slice(2);
  const options = { extra: JSON.parse(config || '{}'), intraOpNumThreads: +(threads || 1), interOpNumThreads: 1, graphOptimizationLevel: 'all', logSeverityLevel: 3 };
  const session = await ort.InferenceSession.create(model, options);
  const say = object => process.stdout.write(JSON.stringify(object) + '\n');
  say({ inputs: session.inputNames, outputs: session.outputNames });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [command, ...words] = line.trim().split('\t');
    if (command === 'evaluate') say(await evaluate(session, words[0], words.slice(1)));
    else if (command === 'time') say(await time(session, +words[0]));
    else throw new Error(`unknown command ${command}`);
  }
}

main().catch(error => {
  process.stdout.write(JSON.stringify({ error: String(error.message || error) }) + '\n');
  process.exitCode = 1;
});
