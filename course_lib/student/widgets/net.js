// Networks of tanh units for widgets that run one: x <- x + alpha (tanh(W x + U u + b) - x), y = C x + d; and learnt
// functions psi of a state.
(function (root) {
  "use strict";
  function numbers(data) {  // base64 of little-endian float32
    const raw = atob(data), view = new DataView(Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer);
    return Float64Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }
  // spec: n, inputs (3 when absent), alpha, and data, base64 of little-endian float32: W (n, n), U (n, inputs), b (n),
  // C (inputs, n), d (inputs), row by row
  function network({ n, inputs = 3, alpha, data }) {
    const all = numbers(data);
    let at = 0;
    const take = (size) => all.subarray(at, at += size);
    const W = take(n * n), U = take(inputs * n), b = take(n), C = take(inputs * n), d = take(inputs);
    const times = (M, row, x) => {
      let sum = 0;
      for (let j = 0; j < x.length; j += 1) sum += M[row * x.length + j] * x[j];
      return sum;
    };
    const drive = (x, i) => b[i] + times(W, i, x);
    const step = (x, u) => x.map((v, i) => v + alpha * (Math.tanh(drive(x, i) + times(U, i, u)) - v));
    const readout = (x) => Array.from(d, (v, k) => v + times(C, k, x));
    return { n, inputs, alpha, W, U, b, C, d, drive, step, readout };
  }

  // spec: n, width, depth (2 when absent) and data as above: centre (n), size, then W and b of each layer, head. With z
  // the centred and scaled state, k_1 = tanh(W_1 z + b_1) and k_i = tanh(W_i (k_1 + ... + k_{i-1}) + b_i) the layers,
  // g = head . (z, k_1, ..., 1) and psi = g / sqrt(1 + g^2).
  function eigenfunction({ n, width, depth = 2, data }) {
    const all = numbers(data), dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
    let at = 0;
    const take = (size) => all.subarray(at, at += size);
    const centre = take(n), [size] = take(1), layers = [];
    for (let i = 0; i < depth; i += 1) {
      layers.push([Array.from({ length: width }, () => take(i ? width : n)), take(width)]);
    }
    const head = take(n + depth * width + 1);
    return (x) => {
      const z = Float64Array.from(x, (v, i) => (v - centre[i]) / size);
      let h = z, g = dot(z, head) + head[head.length - 1];
      layers.forEach(([W, b], i) => {
        const units = Float64Array.from(W, (row, j) => Math.tanh(b[j] + dot(row, h)));
        g += dot(units, head.subarray(n + i * width));
        h = i ? h.map((v, j) => v + units[j]) : units;
      });
      return g / Math.sqrt(1 + g * g);
    };
  }

  root.courseNet = { network, eigenfunction };
})(typeof window === "undefined" ? globalThis : window);
