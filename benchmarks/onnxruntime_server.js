#!/usr/bin/env node
// ONNX Runtime as a peer: one model, one session, commands on standard input, one JSON object per command on standard output.
//
//   node onnxruntime_server.js MODEL.onnx [THREADS [CONFIG]]        NODE_PATH names a node_modules with onnxruntime-node
//
//   CONFIG: JSON object of session options, such as {"session": {"qdqisint8allowed": "1"}}
//
//   evaluate IN.npy OUT_DIR [COUNT]   IN is (N, ...) float32 without the batch axis of 1; writes OUT_DIR/NAME.npy, (N, ...) float32
//   time REPS                         {"ms": [...]}, each run's time on a fixed pseudo-random input
//
// The first line printed is {"inputs": [...], "outputs": [...]}. An error is {"error": "..."} and ends the process.
const fs = require('fs');
const readline = require('readline');
const ort = require('onnxruntime-node');

function readNpy(path) {
  const file = fs.readFileSync(path), long = file[6] > 1;
  const start = (long ? 12 : 10) + (long ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.toString('latin1', 10, start);
  if (!/'descr':\s*'<f4'/.test(header) || /'fortran_order':\s*True/.test(header)) throw new Error(`${path}: needs float32 in C order`);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)[1].split(',').map(s => s.trim()).filter(Boolean).map(Number);
  const bytes = file.subarray(start), copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return { shape, data: new Float32Array(copy) };
}

function writeNpy(path, shape, data) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
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

async function evaluate(session, input, folder, count) {
  const { shape, data } = readNpy(input), samples = Math.min(shape[0], count || shape[0]), each = elements(shape.slice(1));
  const meta = session.inputMetadata[0], results = {};
  for (let i = 0; i < samples; i++) {
    const tensor = new ort.Tensor('float32', data.subarray(i * each, (i + 1) * each), meta.shape);
    const outputs = await session.run({ [meta.name]: tensor });
    for (const [name, output] of Object.entries(outputs)) {
      const size = output.data.length, dims = output.dims[0] === 1 ? output.dims.slice(1) : output.dims;
      results[name] = results[name] || { dims, values: new Float32Array(samples * size) };
      results[name].values.set(output.data, i * size);
    }
  }
  for (const [name, { dims, values }] of Object.entries(results))
    writeNpy(`${folder}/${name.replace(/\//g, '_')}.npy`, [samples, ...dims], values);
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
    if (command === 'evaluate') say(await evaluate(session, words[0], words[1], +words[2]));
    else if (command === 'time') say(await time(session, +words[0]));
    else throw new Error(`unknown command ${command}`);
  }
}

main().catch(error => {
  process.stdout.write(JSON.stringify({ error: String(error.message || error) }) + '\n');
  process.exitCode = 1;
});
