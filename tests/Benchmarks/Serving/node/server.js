// The Open Inference Protocol's REST JSON and binary requests for one model, as one would write it with Node's http and onnxruntime-node.
// node server.js MODEL PORT THREADS PROCESSES
'use strict';
const cluster = require('node:cluster');
const http = require('node:http');
const ort = require('onnxruntime-node');

const [model, port, threads, processes] = process.argv.slice(2);
const typeNames = { int64: 'INT64', float32: 'FP32' };

function readJson(body) {
  return JSON.parse(body).inputs.map(({ name, shape, data }) => [name, new ort.Tensor('float32', Float32Array.from(data), shape)]);
}

function readBinary(body, headerLength) {
  let offset = headerLength;
  return JSON.parse(body.subarray(0, headerLength)).inputs.map(({ name, shape, parameters }) => {
    const end = offset + parameters.binary_data_size;
    const bytes = body.buffer.slice(body.byteOffset + offset, body.byteOffset + end);
    offset = end;
    return [name, new ort.Tensor('float32', new Float32Array(bytes), shape)];
  });
}

function writeJson(response, outputs) {
  const text = JSON.stringify({
    model_name: 'model',
    model_version: '1',
    outputs: Object.entries(outputs).map(([name, { type, dims, data }]) => ({
      name, datatype: typeNames[type], shape: dims, data: Array.from(data, Number),
    })),
  });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function writeBinary(response, outputs) {
  const blobs = [];
  const described = Object.entries(outputs).map(([name, { type, dims, data }]) => {
    blobs.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return { name, datatype: typeNames[type], shape: dims, parameters: { binary_data_size: data.byteLength } };
  });
  const header = Buffer.from(JSON.stringify({ model_name: 'model', model_version: '1', outputs: described }));
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Inference-Header-Content-Length': header.length,
    'Content-Length': header.length + blobs.reduce((total, blob) => total + blob.length, 0),
  });
  response.write(header);
  blobs.forEach((blob) => response.write(blob));
  response.end();
}

async function serve() {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: Number(threads), interOpNumThreads: 1 });
  http.createServer({ keepAliveTimeout: 60000 }, (request, response) => {
    if (request.method === 'GET') {
      response.end();
      return;
    }
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks);
      const headerLength = Number(request.headers['inference-header-content-length']);
      const outputs = await session.run(Object.fromEntries(headerLength ? readBinary(body, headerLength) : readJson(body)));
      (headerLength ? writeBinary : writeJson)(response, outputs);
    });
  }).listen(Number(port), '127.0.0.1');
}

if (Number(processes) > 1 && cluster.isPrimary) {
  for (let i = 0; i < Number(processes); i++) {
    cluster.fork();
  }
} else {
  serve();
}
