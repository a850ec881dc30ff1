// A network of tanh units that holds bits, live: the cube of its memories in the space of its outputs, and the outputs
// against time under the pulses that the reader sends. `courseFlipflop` offers the numerics to tests and `mount` to the
// page; the rest is kit.js and net.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, TRAIL = 240, SPAN = 300, WAIT = 80, SCALE = 1.75;

  const sign = (v) => (v > 0 ? "+" : "−");
  // Box and Muller: two uniform numbers make a normal one.
  const normal = (draw) => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());

  // options: n, inputs, alpha, data (see net.js); corners (8, 3) and edges (12, points, 3), outputs at the stable
  // points and along the roads between them
  function mount(box, options) {
    const net = root.courseNet.network(options), draw = kit.random(7);
    const s = { height: 1, width: 5, noise: 0, yaw: 0.6, tilt: 0.35, verdict: "" };
    const w = kit.open(box, {
      name: "flipflop", label: "A network that holds three bits.", state: s,
      pictures: { cube: [drawCube, "The outputs as a point in the cube of the memories."],
        strip: [drawStrip, "The three outputs against time, with the pulses below."] },
      sliders: [["height", "height of a pulse", 0, 2, 0.1], ["width", "its length in steps", 1, 10, 1, (v) => v.toFixed(0), 2],
        ["noise", "noise a step", 0, 0.3, 0.01, (v) => v.toFixed(2)]],
      turns: "cube",
      buttons: [[1, 1], [2, 1], [3, 1], [1, -1], [2, -1], [3, -1]].map(([bit, way], i) =>
        [`pulse${i + 1}`, `Bit ${bit} ${sign(way)}`, String(i + 1), () => pulse(bit - 1, way)])
        .concat([["play", "Pause", " "], ["step", "Step", "", () => advance(1)], ["again", "Restart", "0", again]]),
      help: ["1, 2, 3 send a + pulse to a bit, 4, 5, 6 a − pulse", "a key that is held makes a longer pulse",
        "Space pause or go on", "0 writes + + + anew"],
      pace: () => 60, advance, say,
      read: () => `outputs ${s.y.map((v) => v.toFixed(2)).join(", ")}; step ${s.t}`
    });

    function again() {
      Object.assign(s, { x: new Float64Array(net.n), t: 0, left: [0, 0, 0], way: [0, 0, 0], asked: null, verdict: "" });
      s.y = net.readout(s.x);
      Object.assign(s, { trail: [], curve: [] });
      for (let bit = 0; bit < 3; bit += 1) Object.assign(s.left, { [bit]: 5 }), (s.way[bit] = 1);
      for (let i = 0; i < 60; i += 1) tick(1, 0);  // written at full height, without noise
      Object.assign(s, { t: 0, trail: [], curve: [] });
    }
    function pulse(bit, way) {
      const running = s.left[bit] > 0 && s.way[bit] === way;
      if (!running) s.asked = { bit, way, before: s.y.map(sign), height: s.height, steps: 0, at: null };
      s.left[bit] = Math.max(s.left[bit], Math.round(s.width));
      s.way[bit] = way;
      s.verdict = "";
      if (w.still || !s.playing) advance(Math.round(s.width) + WAIT + 1);
    }
    function tick(height, noise) {
      const u = s.left.map((left, bit) => (left > 0 ? s.way[bit] * height : 0));
      s.x = net.step(s.x, u);
      if (noise) for (let i = 0; i < net.n; i += 1) s.x[i] += noise * normal(draw);
      s.left = s.left.map((left) => Math.max(0, left - 1));
      s.y = net.readout(s.x);
      s.t += 1;
      s.trail.push(s.y);
      s.curve.push([s.t, s.y, u]);
      return u;
    }
    function advance(steps) {
      for (let i = 0; i < steps; i += 1) {
        const u = tick(s.height, s.noise), asked = s.asked;
        if (!asked) continue;
        if (u[asked.bit]) asked.steps += 1;
        else if (asked.at === null) asked.at = s.t;
        if (asked.at !== null && s.t - asked.at >= WAIT) judge(asked);
      }
      s.trail = s.trail.slice(-TRAIL);
      s.curve = s.curve.slice(-SPAN);
    }
    function judge(asked) {
      const now = s.y.map(sign), { bit, way } = asked, others = now.some((v, k) => k !== bit && v !== asked.before[k]);
      const what = asked.before[bit] === sign(way) ? (now[bit] === sign(way) ? "left it as it was" : "was lost") :
        now[bit] === sign(way) ? "flipped it" : "climbed and slid back";
      s.verdict = ` The pulse on bit ${bit + 1}, height ${asked.height.toFixed(1)}, ${asked.steps} steps, ${what}` +
        (others ? ", and another bit changed." : ".");
      s.asked = null;
    }
    function say() { return `Bits: ${s.y.map(sign).join(" ")}.${s.verdict}`; }

    function drawCube() {
      const [c, width, height] = w.paper(w.canvas.cube, "the outputs, among the memories");
      const scale = Math.min(width, height - 24) / 2 / SCALE, turn = w.turner();
      const at = (p) => { const q = turn(p); return [width / 2 + q[0] * scale, height / 2 + 12 - q[1] * scale]; };
      for (const edge of options.edges) w.path(c, edge.map(at), "--cw-edge", 1.2);
      c.font = "12px system-ui, sans-serif";
      for (const corner of options.corners) {
        const p = at(corner);
        w.dot(c, p, 5, "--cw-b");
        c.fillStyle = w.ink("--cw-soft");
        c.fillText(corner.map(sign).join(""), p[0] + 8, p[1] - 6);
      }
      w.path(c, s.trail.map(at), "--cw-d", 1.6);
      w.dot(c, at(s.y), 7, "--cw-a");
    }
    function drawStrip() {
      const from = Math.max(0, s.t - SPAN), rows = 3;
      const { c, X, Y } = w.axes(w.canvas.strip, { title: "outputs, and the pulses in grey", name: "step",
        x: [from, from + SPAN, 100], y: [0, rows, 1], yText: () => "" });
      for (let k = 0; k < 3; k += 1) {
        const mid = rows - k - 0.5, up = (v) => Y(mid + kit.clamp(v, -1.3, 1.3) * 0.36);
        w.path(c, [[X(from), up(0)], [X(from + SPAN), up(0)]], "--cw-line", 1);
        w.path(c, s.curve.map((q) => [X(q[0]), up(q[2][k] * 0.6)]), "--cw-soft", 1);
        w.path(c, s.curve.map((q) => [X(q[0]), up(q[1][k])]), ["--cw-a", "--cw-b", "--cw-d"][k], 2);
      }
      c.restore();
      c.fillStyle = w.ink("--cw-soft");
      for (let k = 0; k < 3; k += 1) c.fillText(`bit ${k + 1}`, 4, Y(rows - k - 0.5) + 4);
    }

    again();
    return w.live;
  }

  root.courseFlipflop = { mount };
})(typeof window === "undefined" ? globalThis : window);
