// Networks that follow Lorenz while they are shown it, and then feed themselves: both butterflies, and the error.
// `courseLetgo` offers the numerics to tests and `mount` to the page; the rest is kit.js and net.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, TRAIL = 700, SPAN = 14, LOW = -7, HIGH = 1, LIMIT = 0.4, NUDGE = 0.1;

  function network(spec) {
    const net = root.courseNet.network(spec);
    return Object.assign(net, { back: inverse(net.C, net.n) });
  }
  const step = (net, x, u) => net.step(x, u), readout = (net, x) => net.readout(x);
  // Rows: the least change of the state that moves one readout by one and no other, C' (C C')^-1.
  function inverse(C, n) {
    const G = [0, 1, 2].map((a) => [0, 1, 2].map((b) => {
      let sum = 0;
      for (let j = 0; j < n; j += 1) sum += C[a * n + j] * C[b * n + j];
      return sum;
    }));
    const minor = (a, b) => {
      const r = [0, 1, 2].filter((i) => i !== a), c = [0, 1, 2].filter((i) => i !== b);
      return ((a + b) % 2 ? -1 : 1) * (G[r[0]][c[0]] * G[r[1]][c[1]] - G[r[0]][c[1]] * G[r[1]][c[0]]);
    };
    const det = G[0][0] * minor(0, 0) + G[0][1] * minor(0, 1) + G[0][2] * minor(0, 2);
    return [0, 1, 2].map((a) => Float64Array.from({ length: n }, (_, j) =>
      [0, 1, 2].reduce((sum, b) => sum + minor(a, b) / det * C[b * n + j], 0)));
  }
  const field = (q) => [10 * (q[1] - q[0]), q[0] * (28 - q[2]) - q[1], q[0] * q[1] - 8 / 3 * q[2]];
  const rk4 = (q, h) => kit.rk4(field, q, h);

  // options: nets [{name, n, alpha, data}], start (raw state), mean, std, dt, substeps, exponent
  function mount(box, options) {
    const nets = options.nets.map(network), names = options.nets.map((spec) => spec.name);
    const s = { net: 0, free: false };
    const w = kit.open(box, {
      name: "letgo", label: "A network that follows Lorenz until it is let go.", state: s,
      pictures: { phase: [drawPhase, "Two butterflies, the true one and the network's."],
        strip: [drawStrip, "Error against time since letting go, on a log scale."] },
      choices: { name: "net", label: "Which network", texts: names }, changed: again,
      keep: () => ({ net: s.net + 1 }),
      buttons: [["toggle", "Let go", " ", toggle], ["play", "Pause", "p"], ["step", "Step", "", () => w.advance(25)],
        ["again", "Restart", "r", again],
        ["left", "Nudge x −", "arrowleft", () => nudge(0, -1)], ["right", "Nudge x +", "arrowright", () => nudge(0, 1)],
        ["down", "Nudge z −", "arrowdown", () => nudge(2, -1)], ["up", "Nudge z +", "arrowup", () => nudge(2, 1)]],
      help: ["Space lets the network go, or shows it the truth again", "1, 2, 3 choose a network", "P pause or go on",
        "arrows nudge its state, so that the readout moves by 0.1 standard deviations",
        "R back to the moment before letting go"],
      pace: () => 120, advance, say: outcome,
      read: () => `error ${s.error.toExponential(1)} std` + (s.free ? `, ${times().toFixed(1)} LT since letting go` :
        ", one step ahead")
    });
    if (w.kept.net) s.net = kit.clamp(Math.round(w.kept.net), 1, nets.length) - 1;

    const standard = (q) => q.map((v, i) => (v - options.mean[i]) / options.std[i]);
    const times = () => s.steps * options.dt * options.exponent;
    function once() {
      const net = nets[s.net];
      s.x = step(net, s.x, s.free ? s.y : s.u);
      s.y = readout(net, s.x);
      for (let i = 0; i < options.substeps; i += 1) s.q = rk4(s.q, options.dt / options.substeps);
      s.u = standard(s.q);
      s.error = Math.sqrt(s.y.reduce((sum, v, i) => sum + (v - s.u[i]) ** 2, 0) / 3);
      s.truth.push(s.u);
      s.said.push(s.y);
      if (!s.free) return;
      s.steps += 1;
      if (s.parted === null && s.error > LIMIT) s.parted = times();
      if (s.curve.length < 4000) s.curve.push([times(), s.error]);
    }
    function advance(n) {
      for (let i = 0; i < n; i += 1) once();
      s.truth = s.truth.slice(-TRAIL);
      s.said = s.said.slice(-TRAIL);
    }
    function again() {
      Object.assign(s, { x: new Float64Array(nets[s.net].n), q: options.start.slice(), u: standard(options.start) });
      Object.assign(s, { free: false, steps: 0, error: 0, truth: [], said: [], curve: [], parted: null });
      advance(200);  // the truth washes out the start from zero
      s.playing = false;  // so that letting go from here is the same for everybody
      name();
    }
    function name() {
      w.mark("toggle", s.free);
      w.get("[data-do=toggle]").textContent = (s.free ? "Show it the truth" : "Let go") + " (Space)";
    }
    function toggle() {
      Object.assign(s, { free: !s.free, steps: 0, curve: [], parted: null, playing: !w.still });
      if (w.still) advance(800);
      name();
    }
    function nudge(k, way) {
      s.x = s.x.map((v, j) => v + way * NUDGE * nets[s.net].back[k][j]);
      s.y = readout(nets[s.net], s.x);
      if (w.still) advance(50);
    }
    function swing() {
      const tail = s.said.slice(-400), values = tail.map((y) => y[2]);
      return tail.length < 400 ? 9 : Math.max(...values) - Math.min(...values);
    }
    function outcome() {
      if (!s.free && !s.playing) return `${names[s.net]}: ready. Let it go, or go on showing it the truth.`;
      if (!s.free) return `${names[s.net]}: the truth feeds it.`;
      if (s.parted === null) return `${names[s.net]}: feeds itself, still on the true orbit.`;
      const where = swing() < 0.05 ? "it has come to rest" : "it goes on by itself";
      return `${names[s.net]}: parted after ${s.parted.toFixed(1)} Lyapunov times; ${where}.`;
    }

    function drawPhase() {
      const [c, width, height] = w.paper(w.canvas.phase, "x and z: truth grey, network violet");
      const at = (v) => [width / 2 + v[0] * width / 5.4, height / 2 + 8 - v[2] * height / 6.4];
      w.path(c, s.truth.map(at), "--cw-soft", 1);
      w.path(c, s.said.map(at), "--cw-d", 1.5);
      w.dot(c, at(s.u), 7, "--cw-soft");
      w.dot(c, at(s.y), 5, "--cw-d");
    }
    function drawStrip() {
      const from = Math.max(0, (s.curve.length ? s.curve[s.curve.length - 1][0] : 0) - SPAN);
      const { c, X, Y, left, right } = w.axes(w.canvas.strip, { title: "error [std], log scale", left: 40,
        name: "Lyapunov times since letting go", x: [from, from + SPAN, 2], y: [LOW, HIGH, 2], yText: kit.power });
      const L = (v) => Y(kit.clamp(Math.log10(v), LOW, HIGH));
      w.path(c, [[left, L(LIMIT)], [right, L(LIMIT)]], "--cw-a", 1.3, [5, 4]);
      if (s.curve.length > 5 && from === 0) {
        const first = s.curve[4], end = Math.min(SPAN, first[0] + Math.log(10 ** HIGH / first[1]));
        w.path(c, [[X(first[0]), L(first[1])], [X(end), L(first[1] * Math.exp(end - first[0]))]], "--cw-soft", 1.3);
      }
      w.path(c, s.curve.filter((p) => p[0] >= from).map((p) => [X(p[0]), L(p[1])]), "--cw-d", 2);
    }

    again();
    w.show();
    return w.live;
  }

  root.courseLetgo = { network, step, readout, rk4, mount };
})(typeof window === "undefined" ? globalThis : window);
