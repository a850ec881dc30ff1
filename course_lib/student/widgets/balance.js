// A balanced network of 2000 LIF cells, live: raster, currents of one cell, rates and theory.
// `courseBalance` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit;
  const TAU = 20, TAU_SYN = 5, DT = 0.5, SPIN_UP = 300, SPEED = 100, N_E = 1600, N_I = 400, ROWS_E = 48, ROWS_I = 12;
  const J = { EE: 1, EI: 2, IE: 1, II: 1.8, E0: 1, I0: 0.8 };

  // Every cell hears K different cells of each population, never itself. Kept as lists of who receives.
  function build(nE, nI, K, seed) {
    const n = nE + nI, draw = kit.random(seed), heard = new Int32Array(2 * K * n);
    for (const [first, size, shift] of [[0, nE, 0], [nE, nI, K]]) {
      const lot = Int32Array.from({ length: size }, (_, i) => first + i);
      for (let cell = 0; cell < n; cell += 1) {
        for (let k = 0, kept = 0; kept < K; k += 1) {
          const other = k + Math.floor(draw() * (size - k)), sender = lot[other];
          lot[other] = lot[k];
          lot[k] = sender;
          if (sender !== cell) heard[2 * K * cell + shift + kept++] = sender;
        }
      }
    }
    const from = new Int32Array(n + 1);
    for (const sender of heard) from[sender + 1] += 1;
    for (let i = 0; i < n; i += 1) from[i + 1] += from[i];
    const to = new Int32Array(heard.length), next = from.slice();
    heard.forEach((sender, place) => { to[next[sender]++] = Math.floor(place / (2 * K)); });
    const v = Float64Array.from({ length: n }, draw);
    return { n, nE, K, from, to, v };
  }
  const start = (net) => ({ v: net.v.slice(), iE: new Float64Array(net.n), iI: new Float64Array(net.n), fired: [] });
  const copy = (s) => ({ v: s.v.slice(), iE: s.iE.slice(), iI: s.iI.slice(), fired: s.fired.slice() });
  // One step of DT: currents jump, the membrane sees them, they decay, the threshold is tested, cells are reset.
  // watch: a cell whose two currents are returned, the external one with the excitatory.
  function step(net, s, m0, g, watch) {
    const { n, nE, K, from, to } = net, jump = TAU / TAU_SYN / Math.sqrt(K), outside = Math.sqrt(K) * m0;
    const hitE = new Int32Array(n), hitI = new Int32Array(n);
    for (const sender of s.fired) {
      const hit = sender < nE ? hitE : hitI;
      for (let k = from[sender]; k < from[sender + 1]; k += 1) hit[to[k]] += 1;
    }
    const fired = [], kept = 1 - DT / TAU_SYN;
    let seen = null;
    for (let i = 0; i < n; i += 1) {
      const e = i < nE;
      const exc = s.iE[i] + jump * (e ? J.EE : J.IE) * hitE[i];
      const inh = s.iI[i] - g * jump * (e ? J.EI : J.II) * hitI[i];
      const external = outside * (e ? J.E0 : J.I0);
      if (i === watch) seen = [exc + external, inh];
      s.v[i] += DT / TAU * (exc + inh + external - s.v[i]);
      [s.iE[i], s.iI[i]] = [kept * exc, kept * inh];
      if (s.v[i] <= 1) continue;
      s.v[i] = 0;
      fired.push(i);
    }
    s.fired = fired;
    return seen;
  }
  // Rates [Hz] of E and I at which the mean inputs cancel, on paper for these J.
  const theory = (m0, g) => [m0 * 1000 / TAU, m0 * 1000 / TAU / g];
  // Rates, mean CV of cells with at least ten intervals, mean currents of the watched cell.
  function tally(net) {
    const n = net.n;
    const zero = () => new Float64Array(n);
    return { steps: 0, count: [0, 0], last: zero(), k: zero(), sum: zero(), square: zero(), exc: 0, inh: 0 };
  }
  function count(net, tal, fired, seen) {
    tal.steps += 1;
    tal.exc += seen[0];
    tal.inh += seen[1];
    for (const i of fired) {
      tal.count[i < net.nE ? 0 : 1] += 1;
      if (tal.last[i]) {
        const gap = (tal.steps - tal.last[i]) * DT;
        [tal.k[i], tal.sum[i], tal.square[i]] = [tal.k[i] + 1, tal.sum[i] + gap, tal.square[i] + gap * gap];
      }
      tal.last[i] = tal.steps;
    }
  }
  function summary(net, tal) {
    const seconds = tal.steps * DT / 1000, cvs = [];
    for (let i = 0; i < net.n; i += 1) {
      if (tal.k[i] < 10) continue;
      const mean = tal.sum[i] / tal.k[i];
      cvs.push(Math.sqrt(Math.max(0, tal.square[i] / tal.k[i] - mean * mean)) / mean);
    }
    return { rates: [tal.count[0] / net.nE / seconds, tal.count[1] / (net.n - net.nE) / seconds],
      cv: cvs.reduce((a, b) => a + b, 0) / cvs.length,
      exc: tal.exc / tal.steps, inh: tal.inh / tal.steps };
  }

  function mount(box) {
    const s = { K: 80, m0: 0.25, g: 1, seed: 1, t: 0 };
    let net;
    const w = kit.open(box, {
      name: "balance", label: "Balanced network.", state: s,
      pictures: { raster: [drawRaster, "Spikes of sixty cells."],
        strip: [drawStrip, "Two currents of a cell and their sum."] },
      sliders: [["K", "inputs K", 20, 160, 20, String], ["m0", "drive m₀", 0.1, 0.8, 0.05, (v) => v.toFixed(2)],
        ["g", "inhibition", 0.8, 1.6, 0.1, (v) => "× " + v.toFixed(1)]],
      changed: (name) => { if (name === "K") again(); else settle(); },
      buttons: [["play", "Pause", "p"], ["step", "Step 5 ms", "s", () => w.advance(10)],
        ["flip", "Delete one spike", "f", flip], ["again", "Rewire", "r", () => { s.seed += 1; again(); }]],
      help: ["P pause or go on", "S five milliseconds", "F delete one spike; grey: the twin that kept it",
        "R draw new wires"],
      pace: () => SPEED / DT, advance, read: numbers, say: outcome
    });

    function settle() {  // numbers begin anew once the network has come to rest at its new setting
      Object.assign(s, { tally: tally(net), counted: s.t + SPIN_UP });
    }
    function again() {
      net = build(N_E, N_I, s.K, s.seed);
      Object.assign(s, { t: 0, steps: 0, own: start(net), twin: null, parted: null, flipped: 0 });
      Object.assign(s, { marks: [], grey: [], trace: [] });
      settle();
    }
    const row = (i) => (i < ROWS_E ? i : i >= N_E && i < N_E + ROWS_I ? ROWS_E + i - N_E : -1);
    const marks = (fired) => fired.map(row).filter((r) => r >= 0).map((r) => [s.t, r]);
    function advance(steps) {
      for (let k = 0; k < steps; k += 1) {
        const seen = step(net, s.own, s.m0, s.g, 0);
        s.steps += 1;
        s.t = s.steps * DT;
        s.trace.push([s.t, seen[0], seen[1]]);
        s.marks.push(...marks(s.own.fired));
        if (s.t > s.counted) count(net, s.tally, s.own.fired, seen);
        if (s.twin) compare();
      }
      const recent = (list, span) => list.filter((m) => m[0] > s.t - span);
      Object.assign(s, { marks: recent(s.marks, 400), grey: recent(s.grey, 400), trace: recent(s.trace, 200) });
    }
    function compare() {
      step(net, s.twin, s.m0, s.g, 0);
      const theirs = new Set(s.twin.fired), both = s.own.fired.filter((i) => theirs.has(i)).length;
      s.grey.push(...marks(s.twin.fired));
      s.window.push([s.own.fired.length + theirs.size, both]);
      if (s.window.length > 10) s.window.shift();
      const all = s.window.reduce((a, v) => a + v[0], 0), same = s.window.reduce((a, v) => a + 2 * v[1], 0);
      s.share = all ? 1 - same / all : 0;
      if (s.parted === null && s.window.length === 10 && s.share > 0.9) s.parted = s.t - s.flipped;
    }
    function flip() {
      for (let k = 0; k < 200 && !s.own.fired.length; k += 1) advance(1);
      if (!s.own.fired.length) return;  // a silent network has no spike to lose
      s.twin = copy(s.own);
      s.own.fired.shift();
      Object.assign(s, { flipped: s.t, window: [], share: 0, parted: null, grey: s.marks.slice() });
    }
    function outcome() {
      if (s.twin && s.parted === null) {
        return `One spike less: ${(100 * s.share).toFixed(0)} % of the spikes in the last 5 ms differ from the twin's.`;
      }
      if (s.twin) return `${s.parted.toFixed(0)} ms after the deletion nine spikes in ten differed from the twin's.`;
      if (s.tally.steps < 200) return "The network settles.";
      const found = summary(net, s.tally), text = [found.exc, found.inh, found.exc + found.inh].map(signed);
      if (!found.inh) return "The network is silent: the drive stays below the threshold.";
      return `At K = ${s.K} this cell receives ${text[0]} and ${text[1]}: ${text[2]} is left.`;
    }
    const signed = (v) => kit.minus(v.toFixed(1));
    function numbers() {
      const [e, i] = theory(s.m0, s.g), wanted = `theory ${e.toFixed(1)}, ${i.toFixed(1)} Hz`;
      if (s.tally.steps < 200) return wanted;
      const { rates, cv } = summary(net, s.tally);
      const spread = s.tally.steps < 2000 ? "…" : cv.toFixed(2);
      return `E ${rates[0].toFixed(1)}, I ${rates[1].toFixed(1)} Hz; ${wanted}; CV ${spread}`;
    }

    function drawRaster() {
      const from = Math.max(0, s.t - 400), rows = ROWS_E + ROWS_I;
      const { c, X, Y } = w.axes(w.canvas.raster, { title: "48 excitatory, 12 inhibitory cells", name: "time [ms]",
        left: 10, x: [from, from + 400, 100], y: [0, rows] });
      const tall = Math.max(2, Y(0) - Y(1) - 1), colours = ["--cw-a", "--cw-b", "--cw-edge"].map(w.ink);
      const mark = (list, wide, grey) => list.forEach(([t, r]) => {
        c.fillStyle = colours[grey ? 2 : Number(r >= ROWS_E)];
        c.fillRect(X(t) - wide / 2, Y(r + 1), wide, tall);
      });
      if (s.twin) mark(s.grey, 5, true);
      mark(s.marks, 2, false);
    }
    function drawStrip() {
      const size = Math.max(6, 1.2 * s.trace.reduce((a, p) => Math.max(a, p[1], -p[2]), 0));
      const from = Math.max(0, s.t - 200), title = "currents of one cell [threshold]";
      const { c, X, Y, left, right } = w.axes(w.canvas.strip, { title, name: "time [ms]", left: 36,
        x: [from, from + 200, 100], y: [-size, size, size > 12 ? 10 : 5] });
      const line = (value, colour, wide) => w.path(c, s.trace.map((p) => [X(p[0]), Y(value(p))]), colour, wide);
      w.path(c, [[left, Y(1)], [right, Y(1)]], "--cw-soft", 1.4, [6, 5]);
      line((p) => p[1], "--cw-a", 1.5);
      line((p) => p[2], "--cw-b", 1.5);
      line((p) => p[1] + p[2], "--cw-d", 2);
    }

    again();
    if (w.still) w.advance(1000);  // no motion: half a second, whole
    w.summary = () => summary(net, s.tally);
    return w.live;
  }
  root.courseBalance = { build, start, step, theory, mount, DT };
})(typeof window === "undefined" ? globalThis : window);
