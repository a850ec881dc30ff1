// Networks of tanh units for widgets that run one: x <- x + alpha (tanh(W x + U u + b) - x), y = C x + d.
(function (root) {
  "use strict";
  // spec: n, inputs (3 when absent), alpha, and data, base64 of little-endian float32: W (n, n), U (n, inputs), b (n),
  // C (inputs, n), d (inputs), row by row
  function network({ n, inputs = 3, alpha, data }) {
    const raw = atob(data), view = new DataView(Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer);
    const all = Float64Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
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

  root.courseNet = { network };
})(typeof window === "undefined" ? globalThis : window);
