// One Lorenz orbit with three tangent vectors, with and without QR; and pairs of states closer than a radius.
// `courseStretch` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, SIGMA = 10, RHO = 28, BETA = 8 / 3, DT = 0.01, PACE = 2, SKIP = 20, R0 = -1.95;
  const EVERY = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5], TINT = ["#3584e4", "#d96f0e", "#2e9e5b"];

  const field = (s) => [SIGMA * (s[1] - s[0]), s[0] * (RHO - s[2]) - s[1], s[0] * s[1] - BETA * s[2]];
  const tangent = (s, v) => [SIGMA * (v[1] - v[0]), (RHO - s[2]) * v[0] - v[1] - s[0] * v[2],
    s[1] * v[0] + s[0] * v[1] - BETA * v[2]];
  const add = (p, q, h) => p.map((v, i) => v + h * q[i]);
  const dot = (p, q) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const norm = (p) => Math.sqrt(dot(p, p)), gap = (p, q) => norm(add(p, q, -1));
  // z = [state, vector, vector, ...]: one RK4 step of the state and of every tangent vector together.
  function rk4(z, h) {
    const f = (y) => y.map((v, i) => (i ? tangent(y[0], v) : field(v)));
    const move = (k, c) => z.map((v, i) => add(v, k[i], c));
    const a = f(z), b = f(move(a, h / 2)), c = f(move(b, h / 2)), d = f(move(c, h));
    return z.map((v, i) => v.map((w, j) => w + h / 6 * (a[i][j] + 2 * b[i][j] + 2 * c[i][j] + d[i][j])));
  }
  // Lengths back to 1, and with `qr` right angles too; returns the logarithms of the lengths.
  function tidy(z, qr) {
    const logs = [];
    for (let i = 1; i < z.length; i += 1) {
      let v = z[i];
      for (let j = 1; qr && j < i; j += 1) v = add(v, z[j], -dot(v, z[j]));
      const length = norm(v) || Number.MIN_VALUE;
      logs.push(Math.log(length));
      z[i] = v.map((w) => w / length);
    }
    return logs;
  }
  function cloud(start, n, apart) {
    const points = [];
    let z = [start];
    while (points.length < n) {
      for (let i = 0; i < apart / DT; i += 1) z = rk4(z, DT);
      points.push(z[0]);
    }
    return points;
  }
  // All pairs, sorted by distance in units of the RMS distance from the mean.
  function pairsOf(points) {
    const n = points.length, mean = points.reduce((m, p) => add(m, p, 1 / n), [0, 0, 0]);
    const size = Math.sqrt(points.reduce((q, p) => q + gap(p, mean) ** 2, 0) / n), pairs = [];
    for (let i = 0; i < n; i += 1) for (let j = 0; j < i; j += 1) pairs.push([gap(points[i], points[j]) / size, i, j]);
    return pairs.sort((p, q) => p[0] - q[0]);
  }
  function below(pairs, r) {
    let low = 0, high = pairs.length;
    while (low < high) { const mid = (low + high) >> 1; if (pairs[mid][0] < r) low = mid + 1; else high = mid; }
    return low;
  }
  // Curves are [[r, C], ...], read by lines in the logarithms; the slope is over a factor of 3 in r.
  function logC(curve, r) {
    let i = 1;
    while (i < curve.length - 1 && curve[i][0] < r) i += 1;
    const [p, q] = [curve[i - 1], curve[i]].map((c) => c.map(Math.log));
    return p[1] + (q[1] - p[1]) * (Math.log(r) - p[0]) / (q[0] - p[0]);
  }
  const slopeAt = (curve, r) => (logC(curve, r * Math.sqrt(3)) - logC(curve, r / Math.sqrt(3))) / Math.log(3);

  function mount(box, options) {
    const start = options.start || [-5.8, -7.3, 19.6], truth = options.spectrum || [0.9056, 0, -14.572];
    const ground = cloud(start, 700, 0.31), pairs = pairsOf(ground), curve = options.curve;
    const s = { every: 2, r: -1, yaw: -0.5, tilt: 0.12, qr: true, tab: 0, pick: 0, t: 0 };
    let ticks = 0;
    const pick = (n) => { s.pick = n; };
    const w = kit.open(box, {
      name: "stretch", label: "Stretching widget: three arrows on one orbit, or pairs of states.", state: s,
      turns: "phase",
      pictures: { phase: [drawPhase, () => s.tab ? "Pairs of states on the attractor." : "Three arrows on an orbit."],
        strip: [() => s.tab ? drawCurve() : drawBars(), () => s.tab ? "Correlation sum by radius." : "Three rates."] },
      sliders: [["every", "QR every", 0, EVERY.length - 1, 1, (v) => EVERY[v] + " time units", 2],
        ["r", "radius r", -1.7, -0.24, 0.02, (v) => (10 ** v).toFixed(3) + " of the RMS radius"]],
      changed: (name) => { if (name === "every") again(); },
      buttons: [["tab", "Show pairs", "t", () => curve && showTab(1 - s.tab)],
        ["qr", "QR", "q", () => { s.qr = !s.qr; again(); }], ["play", "Pause", " "],
        ["skip", `+${SKIP} time units`, "f", () => w.advance(SKIP / DT)],
        ["again", "Restart", "r", again], ["next", "Mark (1, 2, 3)", "", () => pick((s.pick + 1) % 4)]],
      keys: { 1: () => pick(1), 2: () => pick(2), 3: () => pick(3) },
      help: ["T the other picture", "Q with or without QR", "Space pause or go on", "F twenty time units at once",
        "R count anew", "1, 2, 3 mark an arrow"],
      pace: () => (s.tab ? 0 : PACE / DT), advance, say: outcome,
      read: () => s.tab ? `r = ${(10 ** s.r).toFixed(3)}, slope ${slopeAt(curve, 10 ** s.r).toFixed(2)}` :
        `t = ${s.t.toFixed(1)}`
    });
    s.z = [start, [1, 0, 0], [0, 1, 0], [0, 0, 1]];

    // The arrows go on; only the count begins anew.
    function again() {
      w.mark("qr", s.qr);
      Object.assign(s, { t: 0, sums: [0, 0, 0], counted: 0 });
      tidy(s.z, s.qr);
      ticks = 0;
    }
    function advance(steps) {
      const every = Math.round(EVERY[s.every] / DT);
      for (let i = 0; i < steps; i += 1) {
        s.z = rk4(s.z, DT);
        ticks += 1;
        s.t = ticks * DT;
        if (ticks % every) continue;
        tidy(s.z, s.qr).forEach((v, k) => { s.sums[k] += v; });
        s.counted = s.t;
      }
    }
    const rates = () => s.sums.map((v) => (s.counted ? v / s.counted : 0));
    const collapsed = () => Math.abs(dot(s.z[1], s.z[3])) > 0.99 * norm(s.z[1]) * norm(s.z[3]);
    function outcome() {
      if (s.tab) return `${below(pairs, 10 ** s.r)} pairs of ${ground.length} states are closer than r.`;
      if (!s.qr && collapsed()) return "Without QR all arrows lie on one line: every bar reads the first exponent.";
      if (!s.qr) return "QR is off: nothing keeps the arrows apart.";
      if (EVERY[s.every] > 2) return "QR comes too late: rounding has eaten the third direction.";
      return "QR keeps the three arrows at right angles.";
    }

    const minus = (v, n) => kit.minus(v.toFixed(n));
    function drawPhase() {
      const [c, width, height] = w.paper(w.canvas.phase), scale = Math.min(width, height) / 58, turned = w.turner();
      const view = (x) => {
        const [across, up] = turned([x[0], x[1], x[2] - 25]);
        return [width / 2 + scale * across, height / 2 - scale * up];
      };
      c.fillStyle = w.ink("--cw-soft");
      for (const p of ground) { const [x, y] = view(p); c.fillRect(x - 1, y - 1, 2, 2); }
      if (s.tab) {
        const close = below(pairs, 10 ** s.r), skip = Math.ceil(close / 5000);
        c.globalAlpha = 0.55;
        for (let i = 0; i < close; i += skip) w.path(c, pairs[i].slice(1).map((j) => view(ground[j])), TINT[1], 1);
        return;
      }
      const [x, ...v] = s.z, unit = 9 / Math.max(...v.map(norm));
      const round = Array.from({ length: 49 }, (_, i) => [Math.cos(i * Math.PI / 24), Math.sin(i * Math.PI / 24)]);
      for (const [i, j] of [[0, 1], [0, 2], [1, 2]]) {
        const ring = round.map(([p, q]) => view(add(add(x, v[i], unit * p), v[j], unit * q)));
        w.path(c, ring, "--cw-soft", 1);
      }
      v.forEach((a, i) => {
        const tip = view(add(x, a, unit)), wide = s.pick === i + 1 ? 6 : 3;
        w.path(c, [view(x), tip], TINT[i], wide);
        w.dot(c, tip, wide + 1, TINT[i]);
      });
    }
    function drawBars() {
      const [c, width, height] = w.paper(w.canvas.strip), row = (height - 20) / 4, left = 112;
      const X = (v) => left + (v + 17) / 21 * (width - left - 8);
      const values = rates(), sum = (a) => a[0] + a[1] + a[2];
      [...values, sum(values)].forEach((value, i) => {
        const y = row * i + 6, known = [...truth, sum(truth)][i], at = X(kit.clamp(value, -17, 4));
        c.fillStyle = w.ink("--cw-ink");
        c.fillText(["λ₁", "λ₂", "λ₃", "sum"][i], 4, y + row / 2);
        c.textAlign = "right";
        c.fillText(minus(value, 3), left - 8, y + row / 2);
        c.textAlign = "left";
        c.fillStyle = TINT[i] || w.ink("--cw-soft");
        const edge = s.pick === i + 1 ? 0 : 6;
        c.fillRect(Math.min(X(0), at), y + edge, Math.max(1, Math.abs(at - X(0))), row - 6 - 2 * edge);
        w.path(c, [[X(0), y], [X(0), y + row - 6]], "--cw-soft", 1);
        w.path(c, [[X(known), y], [X(known), y + row - 6]], "--cw-ink", 1.6, [4, 3]);
      });
      c.fillStyle = w.ink("--cw-soft");
      c.fillText("dashed: published", left, height - 4);
    }
    function drawCurve() {
      const { c, X, Y } = w.axes(w.canvas.strip, { title: "log₁₀ C(r)", name: "log₁₀ r", x: [R0, 0, 0.5], y: [-5, 0, 1],
        xText: (v) => minus(v, 1) });
      w.path(c, curve.map((p) => p.map(Math.log10)).map((p) => [X(p[0]), Y(p[1])]), TINT[0], 2);
      const y = logC(curve, 10 ** s.r) / Math.LN10, slope = slopeAt(curve, 10 ** s.r);
      w.path(c, [-0.5, 0.5].map((d) => [X(s.r + d), Y(y + slope * d)]), TINT[1], 2);
      w.dot(c, [X(s.r), Y(y)], 7, TINT[1]);
    }

    const parts = [["[data-do=qr]", 0], ["[data-do=play]", 0], ["[data-do=skip]", 0], ["[data-do=again]", 0],
      ["[data-do=next]", 0], ["label:has([name=every])", 0], ["label:has([name=r])", 1]];
    function showTab(tab) {
      s.tab = tab;
      for (const [part, own] of parts) w.get(part).hidden = own !== tab;
      w.get("[data-do=tab]").textContent = tab ? "Show arrows (T)" : "Show pairs (T)";
    }
    showTab(0);
    w.get("[data-do=tab]").hidden = !curve;
    again();
    if (w.still) w.advance(2 * SKIP / DT);  // no motion: settled bars
    w.rates = rates;
    return w.live;
  }

  root.courseStretch = { rk4, tidy, cloud, pairsOf, below, slopeAt, mount };
})(typeof window === "undefined" ? globalThis : window);
