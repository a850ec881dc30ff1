// The search for the fixed points of a network that holds three bits, live: drop a seed, run damped Newton steps, count
// what was found by its unstable directions, and see whether the signed count can be right. `courseHunt` offers the
// numerics to tests and `mount` to the page; the rest is kit.js and net.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, SCALE = 1.75, REST = 1e-10, SAME = 1e-4, MOST = 60, NEAR = 1e-2, VECTORS = 6;
  const COLOURS = ["--cw-b", "--cw-a", "#2e9e5b", "--cw-d"], WORDS = ["none", "one", "two", "three"];

  // Solves A X = B in place by elimination with pivots. A: rows of length n, B: rows of any length. Returns B.
  function solve(A, B) {
    const n = A.length;
    for (let k = 0; k < n; k += 1) {
      let p = k;
      for (let i = k + 1; i < n; i += 1) if (Math.abs(A[i][k]) > Math.abs(A[p][k])) p = i;
      [A[k], A[p], B[k], B[p]] = [A[p], A[k], B[p], B[k]];
      for (let i = k + 1; i < n; i += 1) {
        const f = A[i][k] / A[k][k];
        if (!f) continue;
        for (let j = k; j < n; j += 1) A[i][j] -= f * A[k][j];
        for (let j = 0; j < B[i].length; j += 1) B[i][j] -= f * B[k][j];
      }
    }
    for (let k = n - 1; k >= 0; k -= 1) {
      for (let j = 0; j < B[k].length; j += 1) {
        for (let i = k + 1; i < n; i += 1) B[k][j] -= A[k][i] * B[i][j];
        B[k][j] /= A[k][k];
      }
    }
    return B;
  }
  // The flow -x + tanh(W x + b), in units of tau, without input.
  const field = (net, x) => Float64Array.from(x, (v, i) => Math.tanh(net.drive(x, i)) - v);
  const half = (f) => f.reduce((sum, v) => sum + v * v, 0) / 2;
  function jacobian(net, x) {
    return Array.from(x, (_, i) => {
      const gain = 1 - Math.tanh(net.drive(x, i)) ** 2;
      return Float64Array.from(x, (_, j) => gain * net.W[i * net.n + j] - (i === j ? 1 : 0));
    });
  }
  // One step of Levenberg and Marquardt on q = |f|^2 / 2: (J'J + damping) d = -J'f. Returns { x, q, damping }.
  function newton(net, s) {
    const n = net.n, f = field(net, s.x), q = half(f), J = jacobian(net, s.x);
    const normal = Array.from({ length: n }, () => new Float64Array(n)), slope = new Float64Array(n);
    for (let k = 0; k < n; k += 1) {
      for (let i = 0; i < n; i += 1) {
        slope[i] -= J[k][i] * f[k];
        for (let j = 0; j < n; j += 1) normal[i][j] += J[k][i] * J[k][j];
      }
    }
    for (let damping = s.damping; damping < 1e6; damping *= 10) {
      const A = normal.map((row, i) => { const copy = row.slice(); copy[i] += damping; return copy; });
      const step = solve(A, Array.from(slope, (v) => [v])), x = s.x.map((v, i) => v + step[i][0]);
      const trial = half(field(net, x));
      if (trial < q) return { x, q: trial, damping: Math.max(damping / 10, 1e-14) };
    }
    return { x: s.x, q, damping: 1e6 };
  }
  // Unstable directions, by subspace iteration with (1 - J)^-1 (1 + J), which carries Re > 0 outside the unit circle.
  // Returns { index, vectors }, the vectors orthonormal, the fastest first.
  function unstable(net, x) {
    const n = net.n, J = jacobian(net, x), draw = kit.random(3);
    const shifted = (way) => J.map((row, i) => row.map((v, j) => (i === j ? 1 : 0) + way * v));
    const M = solve(shifted(-1), shifted(1));
    let V = Array.from({ length: VECTORS }, () => Float64Array.from({ length: n }, () => draw() - 0.5)), sizes = [];
    for (let turn = 0; turn < 40; turn += 1) {
      V = V.map((v) => Float64Array.from(M, (row) => row.reduce((sum, m, j) => sum + m * v[j], 0)));
      sizes = [];
      V.forEach((v, k) => {
        for (let i = 0; i < k; i += 1) {
          const part = v.reduce((sum, a, j) => sum + a * V[i][j], 0);
          for (let j = 0; j < n; j += 1) v[j] -= part * V[i][j];
        }
        const size = Math.sqrt(v.reduce((sum, a) => sum + a * a, 0));
        for (let j = 0; j < n; j += 1) v[j] /= size;
        sizes.push(size);
      });
    }
    const index = sizes.filter((size) => size > 1).length;
    return { index, vectors: V.slice(0, index) };
  }

  // options: n, inputs, alpha, data (see net.js); edges (12, points, 3), outputs along the roads, drawn faintly
  function mount(box, options) {
    const net = root.courseNet.network(options), draw = kit.random(11);
    const s = { yaw: 0.6, tilt: 0.35, found: [], seed: null, paths: [], note: "", tried: 0, picked: -1 };
    const w = kit.open(box, {
      name: "hunt", label: "The search for fixed points.", state: s,
      pictures: { cube: [drawCube, "Points found, in the space of the outputs."],
        fall: [drawFall, "How q falls from step to step of the present seed."] },
      turns: "cube",
      buttons: [["random", "Random seed", "n", () => drop(random())], ["visited", "Seed from a path", "t", () => drop(visited())],
        ["mean", "Mean of memories", "s", mean], ["newton", "One step (Enter)", "", () => run(1)],
        ["play", "Pause", " "], ["ten", "Ten seeds from paths", "v", () => { for (let i = 0; i < 10; i += 1) all(visited()); }],
        ["leave", "Leave it both ways", "g", leave], ["next", "Next point", "p", () => { s.picked = (s.picked + 1) % (s.found.length || 1); }],
        ["again", "Start over", "0", again]],
      keys: { enter: () => run(1) },
      help: ["N, T, S drop a seed: anywhere, on a path of the network, or at a mean of memories found",
        "Enter one Newton step, Space lets it run or stops it", "V hunts with ten seeds from paths",
        "P picks a point found, G lets the state go beside it", "0 forgets all"],
      pace: () => 12, advance: (steps) => { if (s.seed) run(steps); }, say,
      read: () => (s.seed ? `q = ${s.seed.q.toExponential(1)} after ${s.seed.falls.length - 1} steps` : `${s.tried} seeds tried`)
    });

    function again() {
      Object.assign(s, { found: [], seed: null, paths: [], note: "", tried: 0, picked: -1 });
    }
    function random() { return Float64Array.from({ length: net.n }, () => 2 * draw() - 1); }
    // Pulses for a while, then up to thirty steps of peace, and a little noise.
    function visited() {
      let x = new Float64Array(net.n), u = [0, 0, 0];
      const end = 20 + Math.floor(120 * draw());
      for (let t = 0; t < end; t += 1) {
        if (t % 12 === 0) u = u.map(() => (draw() < 0.5 ? (draw() < 0.5 ? -1 : 1) : 0));
        x = net.step(x, t % 12 < 5 ? u : [0, 0, 0]);
      }
      return x.map((v) => v + 0.1 * (draw() - 0.5));
    }
    function mean() {
      const nodes = s.found.filter((p) => p.index === 0);
      if (nodes.length < 2) { s.note = " Two memories are needed for a mean."; return; }
      for (let i = 0; i < 40; i += 1) {  // a cell of the cube: each bit +, - or free
        const cell = [0, 1, 2].map(() => Math.floor(3 * draw()) - 1);
        const corners = nodes.filter((p) => cell.every((v, k) => v === 0 || v * p.y[k] > 0));
        const x = Float64Array.from({ length: net.n }, (_, j) =>
          corners.reduce((sum, p) => sum + p.x[j], 0) / Math.max(corners.length, 1));
        if (corners.length > 1 && !s.found.some((p) => near(p.y, net.readout(x), 0.3))) return drop(x);
      }
      drop(random());
    }
    const near = (a, b, by) => a.every((v, k) => Math.abs(v - b[k]) <= by);
    function drop(x) {
      s.tried += 1;
      s.seed = { x, q: half(field(net, x)), damping: NEAR, falls: [] };
      s.seed.falls.push(s.seed.q);
      s.note = "";
    }
    function all(x) { drop(x); run(MOST); }
    function run(steps) {
      for (let i = 0; i < steps && s.seed; i += 1) {
        const next = newton(net, s.seed), stuck = next.damping >= 1e6;
        Object.assign(s.seed, next);
        s.seed.falls.push(s.seed.q);
        if (Math.sqrt(2 * s.seed.q) < REST) keep();
        else if (stuck || s.seed.falls.length > MOST) s.note = " This seed came to rest nowhere.";
        else continue;
        s.last = s.seed.falls;
        s.seed = null;
      }
    }
    function keep() {
      const x = s.seed.x, known = s.found.findIndex((p) => p.x.every((v, j) => Math.abs(v - x[j]) <= SAME));
      if (known >= 0) { s.note = " Found before."; s.picked = known; return; }
      s.found.push({ x, y: net.readout(x), ...unstable(net, x) });
      s.picked = s.found.length - 1;
      s.note = ` New, with ${WORDS[s.found[s.picked].index]} unstable.`;
    }
    function leave() {
      const point = s.found[s.picked];
      if (!point) { s.note = " No point yet."; return; }
      if (!point.index) { s.note = " From a memory no small kick leads away."; return; }
      const ends = [1, -1].map((way) => {
        let x = point.x.map((v, j) => v + way * NEAR * point.vectors[0][j]);
        const path = [net.readout(x)];
        for (let t = 0; t < 400; t += 1) { x = net.step(x, [0, 0, 0]); path.push(net.readout(x)); }
        s.paths.push(path);
        return path[path.length - 1].map((v) => (v > 0 ? "+" : "−")).join("");
      });
      s.note = ` It leads to ${ends[0]} and to ${ends[1]}.`;
    }
    const counts = () => [0, 1, 2, 3].map((k) => s.found.filter((p) => p.index === k).length);
    const signed = () => counts().reduce((sum, n, k) => sum + (k % 2 ? -n : n), 0);
    function say() {
      const n = counts();
      const verdict = signed() === 1 ? "1, as a complete list must have" : `${kit.minus(signed())}, so the list is not complete`;
      return s.found.length ? `${s.found.length} points: ${n.join(", ")} with 0, 1, 2, 3 unstable; signed count ${verdict}.${s.note}` :
        `Nothing found yet.${s.note}`;
    }

    function drawCube() {
      const [c, width, height] = w.paper(w.canvas.cube, "disc 0, triangle 1, square 2, star 3 unstable");
      const scale = Math.min(width, height - 24) / 2 / SCALE, turn = w.turner();
      const at = (p) => { const q = turn(p); return [width / 2 + q[0] * scale, height / 2 + 12 - q[1] * scale]; };
      for (const edge of options.edges) w.path(c, edge.map(at), "--cw-line", 1);
      for (const path of s.paths) w.path(c, path.map(at), "--cw-d", 1.6);
      s.found.forEach((p, i) => shape(c, at(p.y), p.index, i === s.picked ? 9 : 6));
      if (s.seed) w.dot(c, at(net.readout(s.seed.x)), 6, "--cw-ink", true);
    }
    function shape(c, [x, y], index, r) {
      if (index === 0) return w.dot(c, [x, y], r, COLOURS[0]);
      const n = [0, 3, 4, 10][index], turn = index === 2 ? Math.PI / 4 : -Math.PI / 2;
      const points = Array.from({ length: n + 1 }, (_, i) => {
        const far = index === 3 && i % 2 ? r / 2 : r * 1.2, angle = turn + 2 * Math.PI * i / n;
        return [x + far * Math.cos(angle), y + far * Math.sin(angle)];
      });
      return w.path(c, points, COLOURS[index], 2);
    }
    function drawFall() {
      const falls = s.seed ? s.seed.falls : s.last || [];
      const { c, X, Y } = w.axes(w.canvas.fall, { title: "q after each step", name: "step", x: [0, 30, 10],
        y: [-32, 4, 8], yText: kit.power });
      w.path(c, [[X(0), Y(-20.3)], [X(30), Y(-20.3)]], "--cw-soft", 1, [4, 4]);
      const line = falls.slice(0, 31).map((q, i) => [X(i), Y(Math.log10(Math.max(q, 1e-32)))]);
      w.path(c, line, "--cw-a", 2);
      line.forEach((p) => w.dot(c, p, 3, "--cw-a"));
      c.restore();
    }

    again();
    return w.live;
  }

  root.courseHunt = { solve, field, newton, unstable, mount };
})(typeof window === "undefined" ? globalThis : window);
