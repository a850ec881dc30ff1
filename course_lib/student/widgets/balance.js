// A balanced network of 2000 LIF cells, live: raster, currents of one cell, rates and theory.
// `courseBalance` offers the numerics to tests and `mount` to the page.
(function (root) {
"use strict";
const TAU = 20, TAU_SYN = 5, DT = 0.5, SPIN_UP = 300, SPEED = 100, N_E = 1600, N_I = 400, ROWS_E = 48, ROWS_I = 12;
const J = { EE: 1, EI: 2, IE: 1, II: 1.8, E0: 1, I0: 0.8 };

function random(seed) {  // Lehmer's generator
  let a = 1 + seed % 2147483646;
  return () => (a = (a * 48271) % 2147483647) / 2147483647;
}
// Every cell hears K different cells of each population, never itself. Kept as lists of who receives.
function build(nE, nI, K, seed) {
  const n = nE + nI, draw = random(seed), heard = new Int32Array(2 * K * n);
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

const HTML = `
<div class="cw-stage"><canvas class="cw-raster" role="img"></canvas><canvas class="cw-strip" role="img"></canvas></div>
<p class="cw-read" aria-hidden="true"></p><p class="cw-say" role="status" aria-live="polite"></p>
<div class="cw-row cw-sliders"></div>
<div class="cw-row">
<button type="button" data-do="play">Pause (P)</button><button type="button" data-do="step">Step 5 ms (S)</button>
<button type="button" data-do="flip">Delete one spike (F)</button><button type="button" data-do="again">Rewire (R)</button>
<button type="button" data-do="keys" aria-expanded="false">Keys (?)</button></div>
<p class="cw-keys" hidden>P pause or go on · S five milliseconds · F delete one spike; grey: the twin that kept it ·
R draw new wires · ? this line. Keys act while the widget has the focus.</p>`;

function mount(box) {
  const live = document.createElement("div");
  live.className = "cw-live";
  live.tabIndex = 0;
  live.setAttribute("role", "group");
  live.setAttribute("aria-label", "Balanced network. Press ? for the keys.");
  live.innerHTML = HTML;
  box.appendChild(live);
  box.classList.add("cw-on");
  const get = (name) => live.querySelector(name);
  const raster = get(".cw-raster"), strip = get(".cw-strip"), say = get(".cw-say"), read = get(".cw-read");
  const still = root.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const s = { K: 80, m0: 0.25, g: 1, seed: 1, t: 0, playing: !still, seen: true };
  let net, dirty = true, last = 0, owed = 0, spoken = 0;

  const sliders = [["K", "inputs K", 20, 160, 20, (v) => String(v)],
    ["m0", "drive m₀", 0.1, 0.8, 0.05, (v) => v.toFixed(2)],
    ["g", "inhibition", 0.8, 1.6, 0.1, (v) => "× " + v.toFixed(1)]];
  const inputs = {};
  function hash() {
    const text = "#balance:" + sliders.map(([n]) => n + "=" + s[n]).join(",");
    try { root.history.replaceState(null, "", text); } catch (error) { live.dataset.fragment = "none"; }
  }
  for (const [name, text, min, max, by, show] of sliders) {
    const label = document.createElement("label"), input = document.createElement("input");
    const value = document.createElement("output");
    Object.assign(input, { type: "range", min, max, step: by, name });
    const kept = new RegExp("^#balance:.*\\b" + name + "=([0-9.]+)").exec(location.hash);
    if (kept) s[name] = Math.min(max, Math.max(min, Number(kept[1])));
    input.value = s[name];
    const tell = () => { value.textContent = show(s[name]); input.setAttribute("aria-valuetext", show(s[name])); };
    input.addEventListener("input", () => {
      s[name] = Number(input.value);
      tell();
      if (name === "K") again();
      else settle();
    });
    input.addEventListener("change", hash);
    label.append(text + " ", value, input);
    get(".cw-sliders").append(label);
    inputs[name] = input;
    tell();
  }

  function settle() {  // numbers begin anew once the network has come to rest at its new setting
    Object.assign(s, { tally: tally(net), counted: s.t + SPIN_UP });
  }
  function again() {
    net = build(N_E, N_I, s.K, s.seed);
    Object.assign(s, { t: 0, steps: 0, own: start(net), twin: null, marks: [], grey: [], trace: [], parted: null, flipped: 0 });
    settle();
    dirty = true;
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
    dirty = true;
  }
  function compare() {
    step(net, s.twin, s.m0, s.g, 0);
    const theirs = new Set(s.twin.fired), both = s.own.fired.filter((i) => theirs.has(i)).length;
    s.grey.push(...marks(s.twin.fired));
    s.window.push([s.own.fired.length + theirs.size, both]);
    if (s.window.length > 10) s.window.shift();
    const all = s.window.reduce((a, w) => a + w[0], 0), same = s.window.reduce((a, w) => a + 2 * w[1], 0);
    s.share = all ? 1 - same / all : 0;
    if (s.parted === null && s.window.length === 10 && s.share > 0.9) s.parted = s.t - s.flipped;
  }
  function flip() {
    for (let k = 0; k < 200 && !s.own.fired.length; k += 1) advance(1);
    if (!s.own.fired.length) return;  // a silent network has no spike to lose
    s.twin = copy(s.own);
    s.own.fired.shift();
    Object.assign(s, { flipped: s.t, window: [], share: 0, parted: null, grey: s.marks.slice() });
    dirty = true;
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

  const signed = (v) => v.toFixed(1).replace("-", "−");
  function ink(name) { return getComputedStyle(live).getPropertyValue(name).trim() || "#777"; }
  function prepare(canvas) {
    const w = canvas.clientWidth, h = canvas.clientHeight, ratio = root.devicePixelRatio || 1;
    Object.assign(canvas, { width: Math.round(w * ratio), height: Math.round(h * ratio) });
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.font = "14px system-ui, sans-serif";
    c.fillStyle = ink("--cw-soft");
    return [c, w, h];
  }
  function clock(c, w, h, left, from, span) {
    const X = (t) => left + (t - from) / span * (w - left - 10);
    for (let t = Math.ceil(from / 100) * 100; t < from + span - 40; t += 100) c.fillText(t + " ms", X(t), h - 8);
    return X;
  }
  function drawRaster() {
    const [c, w, h] = prepare(raster), left = 10, top = 24, low = h - 28, rows = ROWS_E + ROWS_I;
    c.fillText("48 excitatory, 12 inhibitory cells", left, 16);
    const X = clock(c, w, h, left, Math.max(0, s.t - 400), 400), tall = (low - top) / rows;
    const colours = [ink("--cw-a"), ink("--cw-b"), ink("--cw-edge")];
    const mark = (list, wide, grey) => list.forEach(([t, r]) => {
      c.fillStyle = colours[grey ? 2 : Number(r >= ROWS_E)];
      c.fillRect(X(t) - wide / 2, low - (r + 1) * tall, wide, Math.max(2, tall - 1));
    });
    if (s.twin) mark(s.grey, 5, true);
    mark(s.marks, 2, false);
  }
  function drawStrip() {
    const [c, w, h] = prepare(strip), left = 36, top = 24, low = h - 28;
    const size = Math.max(6, 1.2 * s.trace.reduce((a, p) => Math.max(a, p[1], -p[2]), 0));
    c.fillText("currents of one cell [threshold]", left, 16);
    const X = clock(c, w, h, left, Math.max(0, s.t - 200), 200), Y = (v) => (top + low) / 2 - v / size * (low - top) / 2;
    const line = (points, colour, wide) => {
      c.strokeStyle = colour;
      c.lineWidth = wide;
      c.beginPath();
      points.forEach((p, i) => (i ? c.lineTo(X(p[0]), Y(p[1])) : c.moveTo(X(p[0]), Y(p[1]))));
      c.stroke();
    };
    const by = size > 12 ? 10 : 5, from = Math.max(0, s.t - 200);
    for (const v of [-by, 0, by]) {
      c.fillText(signed(v).slice(0, -2), 4, Y(v) + 4);
      line([[from, v], [from + 200, v]], ink("--cw-line"), 1);
    }
    c.setLineDash([6, 5]);
    line([[from, 1], [from + 200, 1]], ink("--cw-soft"), 1.4);
    c.setLineDash([]);
    line(s.trace.map((p) => [p[0], p[1]]), ink("--cw-a"), 1.5);
    line(s.trace.map((p) => [p[0], p[2]]), ink("--cw-b"), 1.5);
    line(s.trace.map((p) => [p[0], p[1] + p[2]]), ink("--cw-d"), 2);
  }
  function numbers() {
    const [e, i] = theory(s.m0, s.g), wanted = `theory ${e.toFixed(1)}, ${i.toFixed(1)} Hz`;
    if (s.tally.steps < 200) return wanted;
    const { rates, cv } = summary(net, s.tally);
    return `E ${rates[0].toFixed(1)}, I ${rates[1].toFixed(1)} Hz; ${wanted}; CV ${s.tally.steps < 2000 ? "…" : cv.toFixed(2)}`;
  }
  function frame(now) {
    const elapsed = Math.min(0.1, (now - last) / 1000);
    last = now;
    if (s.playing && s.seen) {
      owed += elapsed * SPEED / DT;
      const steps = Math.floor(owed);
      owed -= steps;
      if (steps) advance(steps);
    }
    if (dirty) {
      dirty = false;
      drawRaster();
      drawStrip();
      read.textContent = numbers();
    }
    if (now - spoken > 1000 && say.textContent !== outcome()) {
      spoken = now;
      say.textContent = outcome();
      raster.setAttribute("aria-label", "Spikes of sixty cells. " + outcome());
      strip.setAttribute("aria-label", "Two currents of a cell and their sum. " + outcome());
    }
    root.requestAnimationFrame(frame);
  }

  const name = () => { get("[data-do=play]").textContent = s.playing ? "Pause (P)" : "Go (P)"; };
  const actions = {
    play: () => { s.playing = !s.playing; name(); },
    step: () => advance(10), flip, again: () => { s.seed += 1; again(); },
    keys: () => {
      const keys = get(".cw-keys");
      keys.hidden = !keys.hidden;
      get("[data-do=keys]").setAttribute("aria-expanded", String(!keys.hidden));
    }
  };
  live.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) actions[button.dataset.do]();
  });
  live.addEventListener("keydown", (event) => {
    const action = { p: "play", s: "step", f: "flip", r: "again", "?": "keys" }[event.key.toLowerCase()];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    actions[action]();
  });
  const redraw = () => { dirty = true; };
  new IntersectionObserver((all) => { s.seen = all[all.length - 1].isIntersecting; dirty = true; }).observe(live);
  new ResizeObserver(redraw).observe(live);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
  name();
  again();
  if (still) advance(1000);  // no motion: half a second, whole
  root.requestAnimationFrame(frame);
  live.courseWidget = { state: s, inputs, advance, actions, summary: () => summary(net, s.tally) };
  return live;
}

root.courseBalance = { build, start, step, theory, mount, DT };
})(typeof window === "undefined" ? globalThis : window);
