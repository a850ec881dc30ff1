// Spiking cells in closed loop on the Lorenz system: raster, decoded butterfly, lobe changes; cells can be silenced and
// the slow synapse bypassed. `courseSpikeLorenz` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, SPAN = 2000, TRAIL = 1500, EVERY = 10, SHOWN = 100, SHARE = 0.05, MOST = 0.5;

  function bytes(text) {
    const raw = atob(text), all = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) all[i] = raw.charCodeAt(i);
    return all.buffer;
  }
  // spec: n, nE, K, leaks {mem, syn, slow, traces}, weights [EE, EI, IE, II], wires: base64 of uint16 (n, 2 K), senders
  // of each cell, E first; data: base64 of float32: v0 (n), Win (n, 3), b (n), then C (3, traces n), d (3) of the slow
  // synapse and of the naive loop
  function network(spec) {
    const senders = new Uint16Array(bytes(spec.wires)), all = new Float32Array(bytes(spec.data)), n = spec.n;
    let at = 0;
    const take = (size) => all.subarray(at, at += size), size = 3 * spec.leaks.traces.length * n;
    const net = { ...spec, v0: take(n), Win: take(3 * n), b: take(n), out: Array.from({ length: n }, () => []) };
    net.decoders = [0, 1].map(() => ({ C: take(size), d: take(3) }));
    for (let i = 0; i < n; i += 1) {
      for (let k = 0; k < 2 * spec.K; k += 1) net.out[senders[2 * spec.K * i + k]].push(i);
    }
    return net;
  }
  function rest(net, x) {
    const zeros = () => new Float64Array(net.n);
    const decoded = net.decoders.map(() => net.leaks.traces.map(() => [0, 0, 0]));
    return { x: x.slice(), u: x.slice(), v: Float64Array.from(net.v0), i: zeros(), arriving: zeros(), dead: new Set(), decoded };
  }
  // One step of 1 ms under the input s.u; returns the cells that fired and moves s. What the decoders say is in s.said.
  function step(net, s) {
    const { mem, syn, traces } = net.leaks, fired = [], u = s.u, [ee, ei, ie, ii] = net.weights;
    for (let k = 0; k < net.n; k += 1) {
      const i = s.i[k] + s.arriving[k] + net.Win[3 * k] * u[0] + net.Win[3 * k + 1] * u[1] + net.Win[3 * k + 2] * u[2] + net.b[k];
      s.v[k] += mem * (i - s.v[k]);
      s.i[k] = (1 - syn) * i;
      if (s.v[k] <= 1) continue;
      s.v[k] = 0;
      if (!s.dead.has(k)) fired.push(k);
    }
    s.arriving.fill(0);
    for (const j of fired) {
      const toE = j < net.nE ? ee : ei, toI = j < net.nE ? ie : ii;
      for (const k of net.out[j]) s.arriving[k] += k < net.nE ? toE : toI;
    }
    s.said = net.decoders.map(({ C, d }, m) => [0, 1, 2].map((o) => traces.reduce((sum, leak, q) => {
      let now = 0;
      for (const j of fired) now += C[(o * traces.length + q) * net.n + j];
      s.decoded[m][q][o] += leak * (now - s.decoded[m][q][o]);
      return sum + s.decoded[m][q][o];
    }, d[o])));
    return fired;
  }
  // The loop closed: through the slow synapse, or naively.
  function advance(net, s, naive) {
    s.u = naive ? s.x : s.x.slice();
    const fired = step(net, s);
    s.x = naive ? s.said[1].slice() : s.x.map((v, o) => v + net.leaks.slow * (s.said[0][o] - v));
    return fired;
  }

  // options: the network's spec, start (standardised state), unit (ms of one time unit), lobes (changes a time unit, true)
  function mount(box, options) {
    const net = network(options), s = { naive: 0, yaw: 0.6, tilt: 0.2 };
    const order = Array.from({ length: SHOWN }, (_, k) => Math.floor(k * net.n / SHOWN));
    order.sort((a, b) => net.Win[3 * a] - net.Win[3 * b]);  // rows by how x drives them
    const w = kit.open(box, {
      name: "spike-lorenz", label: "Spiking cells that run the Lorenz system.", state: s, turns: "phase",
      pictures: { phase: [drawPhase, "The decoded orbit, from two sides of the butterfly."],
        raster: [drawRaster, "Spikes of a hundred cells, sorted by how x drives them."] },
      choices: { name: "naive", label: "How the loop is closed", texts: ["slow synapse", "naive"] },
      changed: forget, keep: () => ({ naive: s.naive + 1 }),
      buttons: [["kill", "Silence 5 %", "k", silence], ["play", "Pause", " "], ["step", "Step", "", () => w.advance(400)],
        ["again", "Restart", "r", again]],
      help: ["K silences one cell in twenty", "1 and 2 choose how the loop is closed", "Space pause or go on",
        "R all cells again, from the start"],
      pace: () => 2000, advance: run, read, say: outcome
    });
    if (w.kept.naive) s.naive = kit.clamp(Math.round(w.kept.naive), 1, 2) - 1;

    function forget() { Object.assign(s, { side: 0, changes: 0, counted: 0, smooth: s.loop ? s.loop.x[0] : 0 }); }
    function again() {
      Object.assign(s, { loop: rest(net, options.start), t: 0, trail: [], spikes: [] });
      for (let k = 0; k < 400; k += 1) { s.loop.u = options.start; step(net, s.loop); }
      forget();
      if (w.still) run(8000);
    }
    function silence() {
      const left = net.n - s.loop.dead.size, draw = kit.random(1 + s.loop.dead.size);
      if (s.loop.dead.size >= MOST * net.n) return;
      for (let k = Math.round(SHARE * net.n); k > 0 && left > k;) {
        const cell = Math.floor(draw() * net.n);
        if (!s.loop.dead.has(cell)) { s.loop.dead.add(cell); k -= 1; }
      }
      forget();
    }
    function run(steps) {
      for (let k = 0; k < steps; k += 1) {
        for (const j of advance(net, s.loop, s.naive === 1)) s.spikes.push([s.t, j]);
        s.t += 1;
        s.smooth += (s.loop.x[0] - s.smooth) / (0.1 * options.unit);
        if (s.side && Math.sign(s.smooth) === -s.side) s.changes += 1;
        s.side = Math.sign(s.smooth) || s.side;
        s.counted += 1;
        if (s.t % EVERY === 0) s.trail.push(s.loop.x.map((v) => kit.clamp(v, -9, 9)));
      }
      s.trail = s.trail.slice(-TRAIL);
      s.spikes = s.spikes.filter((p) => p[0] > s.t - SPAN);
    }
    const changes = () => s.changes / (s.counted / options.unit);
    function read() {
      const rate = 1000 * s.spikes.length / Math.min(SPAN, s.t || 1) / net.n;
      return `${rate.toFixed(0)} Hz a cell, ${s.loop.dead.size} of ${net.n} silenced; ${s.counted < 2 * options.unit ? "…" :
        changes().toFixed(2)} lobe changes a time unit (true ${options.lobes.toFixed(2)})`;
    }
    function outcome() {
      const how = s.naive ? "Fed back as it is decoded" : "Through the slow synapse";
      if (s.counted < 2 * options.unit) return `${how}: counting.`;
      const now = changes(), size = Math.max(...s.trail.slice(-400).map((p) => Math.abs(p[0])));
      if (size > 5) return `${how}: it has left the attractor.`;
      if (now > 2 * options.lobes) return `${how}: it chatters between the lobes.`;
      return now < options.lobes / 4 ? `${how}: it hardly changes lobes.` : `${how}: it goes round as Lorenz does.`;
    }

    function drawPhase() {
      const [c, width, height] = w.paper(w.canvas.phase, "decoded orbit"), turn = w.turner();
      const at = (p) => { const q = turn(p); return [width / 2 + q[0] * width / 6.4, height / 2 + 8 - q[1] * height / 6.4]; };
      w.path(c, s.trail.map(at), "--cw-d", 1.3);
      if (s.trail.length) w.dot(c, at(s.trail[s.trail.length - 1]), 5, "--cw-a");
    }
    function drawRaster() {
      const from = Math.max(0, s.t - SPAN), place = new Map(order.map((cell, row) => [cell, row]));
      const { c, X, Y } = w.axes(w.canvas.raster, { title: "cells", name: "time [ms]", x: [from, from + SPAN, 500],
        y: [0, SHOWN, 50] });
      c.fillStyle = w.ink("--cw-b");
      for (const [t, j] of s.spikes) if (place.has(j)) c.fillRect(X(t), Y(place.get(j)) - 1, 1.6, 2.4);
    }

    again();
    w.show();
    return w.live;
  }

  root.courseSpikeLorenz = { network, rest, step, advance, mount };
})(typeof window === "undefined" ? globalThis : window);
