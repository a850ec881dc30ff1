// Networks that follow Lorenz while they are shown it, and then feed themselves: both butterflies, and the error.
// Plain script without dependencies; `courseLetgo` offers the numerics to tests and `mount` to the page.
(function (root) {
  "use strict";
  const TRAIL = 700, SPAN = 14, LOW = -7, HIGH = 1, LIMIT = 0.4, NUDGE = 0.1;

  // base64 of single precision numbers, little-endian, to doubles
  function decode(text) {
    const raw = atob(text), view = new DataView(new ArrayBuffer(raw.length));
    for (let i = 0; i < raw.length; i += 1) view.setUint8(i, raw.charCodeAt(i));
    return Float64Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }
  // spec: n, alpha, data = W (n, n), U (n, 3), b (n), C (3, n), d (3), row by row
  function network(spec) {
    const all = decode(spec.data), n = spec.n;
    let at = 0;
    const take = (size) => all.subarray(at, at += size);
    const net = { n: n, alpha: spec.alpha, W: take(n * n), U: take(3 * n), b: take(n), C: take(3 * n), d: take(3) };
    net.back = inverse(net.C, n);
    return net;
  }
  function step(net, x, u) {
    const next = new Float64Array(net.n);
    for (let i = 0; i < net.n; i += 1) {
      let sum = net.b[i] + net.U[3 * i] * u[0] + net.U[3 * i + 1] * u[1] + net.U[3 * i + 2] * u[2];
      for (let j = 0; j < net.n; j += 1) sum += net.W[i * net.n + j] * x[j];
      next[i] = x[i] + net.alpha * (Math.tanh(sum) - x[i]);
    }
    return next;
  }
  function readout(net, x) {
    return [0, 1, 2].map((k) => {
      let sum = net.d[k];
      for (let j = 0; j < net.n; j += 1) sum += net.C[k * net.n + j] * x[j];
      return sum;
    });
  }
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
  function rk4(q, h) {
    const shift = (k, f) => q.map((v, i) => v + f * k[i]);
    const a = field(q), b = field(shift(a, h / 2)), c = field(shift(b, h / 2)), d = field(shift(c, h));
    return q.map((v, i) => v + h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]));
  }

  const HTML = `
<div class="cw-stage"><canvas class="cw-phase" role="img"></canvas><canvas class="cw-strip" role="img"></canvas></div>
<p class="cw-read" aria-hidden="true"></p><p class="cw-say" role="status" aria-live="polite"></p>
<div class="cw-row cw-nets"></div>
<div class="cw-row"><button type="button" data-do="toggle" aria-pressed="false">Let go (Space)</button>
<button type="button" data-do="play">Pause (P)</button><button type="button" data-do="step">Step</button>
<button type="button" data-do="again">Restart (R)</button></div>
<div class="cw-row"><button type="button" data-do="left">Nudge x − (←)</button>
<button type="button" data-do="right">Nudge x + (→)</button><button type="button" data-do="down">Nudge z − (↓)</button>
<button type="button" data-do="up">Nudge z + (↑)</button>
<button type="button" data-do="keys" aria-expanded="false">Keys (?)</button></div>
<p class="cw-keys" hidden>Space lets the network go, or shows it the truth again · 1, 2, 3 choose a network · arrows nudge
its state, so that the readout moves by 0.1 standard deviations · P pause or go on · R back to the moment before letting go · ? this line. Keys
act while the widget has the focus.</p>`;

  // options: nets [{name, n, alpha, data}], start (raw state), mean, std, dt, substeps, exponent
  function mount(box, options) {
    const nets = options.nets.map(network), names = options.nets.map((spec) => spec.name);
    const live = document.createElement("div");
    live.className = "cw-live";
    live.tabIndex = 0;
    live.setAttribute("role", "group");
    live.setAttribute("aria-label", "A network that follows Lorenz until it is let go. Press question mark for the keys.");
    live.innerHTML = HTML;
    box.appendChild(live);
    box.classList.add("cw-on");
    const get = (name) => live.querySelector(name);
    const phase = get(".cw-phase"), strip = get(".cw-strip"), say = get(".cw-say"), read = get(".cw-read");
    const still = root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const s = { net: 0, free: false, playing: false, seen: true };
    const kept = /^#letgo:net=([0-9])/.exec(location.hash);
    if (kept) s.net = Math.min(nets.length, Math.max(1, Number(kept[1]))) - 1;
    let dirty = true, last = 0, owed = 0, spoken = 0;

    names.forEach((name, i) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: `${name} (${i + 1})` });
      button.dataset.net = i;
      get(".cw-nets").append(button);
    });
    const standard = (q) => q.map((v, i) => (v - options.mean[i]) / options.std[i]);
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
      const lt = s.steps * options.dt * options.exponent;
      if (s.parted === null && s.error > LIMIT) s.parted = lt;
      if (s.curve.length < 4000) s.curve.push([lt, s.error]);
    }
    function advance(n) {
      for (let i = 0; i < n; i += 1) once();
      s.truth = s.truth.slice(-TRAIL);
      s.said = s.said.slice(-TRAIL);
      dirty = true;
    }
    function again() {
      Object.assign(s, { x: new Float64Array(nets[s.net].n), q: options.start.slice(), free: false, steps: 0, error: 0 });
      Object.assign(s, { u: standard(options.start), truth: [], said: [], curve: [], parted: null });
      advance(200);  // the truth washes out the start from zero
      s.playing = false;  // so that letting go from here is the same for everybody
      marks();
    }
    function marks() {
      get("[data-do=toggle]").setAttribute("aria-pressed", String(s.free));
      get("[data-do=toggle]").textContent = (s.free ? "Show it the truth" : "Let go") + " (Space)";
      get("[data-do=play]").textContent = (s.playing ? "Pause" : "Go") + " (P)";
      live.querySelectorAll("[data-net]").forEach((b) => {
        const on = Number(b.dataset.net) === s.net;
        b.setAttribute("aria-pressed", String(on));
        b.style.outline = on ? "2px solid currentColor" : "";
      });
      dirty = true;
    }
    function choose(i) {
      s.net = i;
      try { root.history.replaceState(null, "", `#letgo:net=${i + 1}`); } catch (error) { live.dataset.fragment = "not available"; }
      again();
    }
    function nudge(k, way) {
      s.x = s.x.map((v, j) => v + way * NUDGE * nets[s.net].back[k][j]);
      s.y = readout(nets[s.net], s.x);
      dirty = true;
      if (still) advance(50);
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

    function ink(name) { return getComputedStyle(live).getPropertyValue(name).trim() || "#777"; }
    function prepare(canvas, title) {
      const w = canvas.clientWidth, h = canvas.clientHeight, ratio = root.devicePixelRatio || 1;
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
      const c = canvas.getContext("2d");
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.font = "14px system-ui, sans-serif";
      c.fillStyle = ink("--cw-soft");
      c.fillText(title, 8, 16);
      return [c, w, h];
    }
    function path(c, points, colour, width) {
      c.strokeStyle = colour;
      c.lineWidth = width;
      c.beginPath();
      points.forEach((p, i) => { if (i) c.lineTo(p[0], p[1]); else c.moveTo(p[0], p[1]); });
      c.stroke();
    }
    function drawPhase() {
      const [c, w, h] = prepare(phase, "x and z: truth grey, network violet");
      const at = (v) => [w / 2 + v[0] * w / 5.4, h / 2 + 8 - v[2] * h / 6.4];
      path(c, s.truth.map(at), ink("--cw-soft"), 1);
      path(c, s.said.map(at), ink("--cw-d"), 1.5);
      for (const [v, colour, size] of [[s.u, "--cw-soft", 7], [s.y, "--cw-d", 5]]) {
        c.fillStyle = ink(colour);
        c.beginPath(); c.arc(...at(v), size, 0, 7); c.fill();
      }
    }
    function drawStrip() {
      const [c, w, h] = prepare(strip, "error [std], log scale"), left = 40, low = h - 36, top = 28, right = w - 10;
      const now = s.curve.length ? s.curve[s.curve.length - 1][0] : 0, from = Math.max(0, now - SPAN);
      const X = (v) => left + (v - from) / SPAN * (right - left);
      const Y = (v) => low - (Math.max(LOW, Math.min(HIGH, Math.log10(v))) - LOW) / (HIGH - LOW) * (low - top);
      c.textAlign = "right";
      for (let e = LOW + 1; e <= HIGH; e += 2) {
        c.fillText("10" + String(e).replace(/./g, (v) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(v)]), left - 4, Y(10 ** e) + 5);
        path(c, [[left, Y(10 ** e)], [right, Y(10 ** e)]], ink("--cw-line"), 1);
      }
      c.textAlign = "center";
      for (let v = Math.ceil(from / 2) * 2; v <= from + SPAN; v += 2) c.fillText(String(v), X(v), h - 20);
      c.fillText("Lyapunov times since letting go", (left + right) / 2, h - 4);
      c.textAlign = "left";
      c.setLineDash([5, 4]);
      path(c, [[left, Y(LIMIT)], [right, Y(LIMIT)]], ink("--cw-a"), 1.3);
      c.setLineDash([]);
      if (s.curve.length > 5 && from === 0) {
        const first = s.curve[4], end = Math.min(SPAN, first[0] + Math.log(10 ** HIGH / first[1]));
        path(c, [[X(first[0]), Y(first[1])], [X(end), Y(first[1] * Math.exp(end - first[0]))]], ink("--cw-soft"), 1.3);
      }
      path(c, s.curve.filter((p) => p[0] >= from).map((p) => [X(p[0]), Y(p[1])]), ink("--cw-d"), 2);
    }
    function frame(time) {
      const elapsed = Math.min(0.1, (time - last) / 1000);
      last = time;
      if (s.playing && s.seen) {
        owed += elapsed * 120;
        const n = Math.floor(owed);
        owed -= n;
        if (n) advance(n);
      }
      if (dirty) {
        dirty = false;
        drawPhase();
        drawStrip();
        read.textContent = `error ${s.error.toExponential(1).replace("-", "−")} std` +
          (s.free ? `, ${(s.steps * options.dt * options.exponent).toFixed(1)} LT since letting go` : ", one step ahead");
      }
      if (time - spoken > 1000 && say.textContent !== outcome()) {
        spoken = time;
        say.textContent = outcome();
        phase.setAttribute("aria-label", `Two butterflies, the true one and the network's. ${outcome()}`);
        strip.setAttribute("aria-label", `Error against time since letting go, on a log scale. ${outcome()}`);
      }
      root.requestAnimationFrame(frame);
    }

    const actions = {
      toggle: () => {
        s.free = !s.free;
        Object.assign(s, { steps: 0, curve: [], parted: null });
        s.playing = !still;
        if (still) advance(800);
        marks();
      },
      play: () => { s.playing = !s.playing; marks(); },
      step: () => advance(25), again: again,
      left: () => nudge(0, -1), right: () => nudge(0, 1), down: () => nudge(2, -1), up: () => nudge(2, 1),
      keys: () => {
        const keys = get(".cw-keys");
        keys.hidden = !keys.hidden;
        get("[data-do=keys]").setAttribute("aria-expanded", String(!keys.hidden));
      }
    };
    live.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button && button.dataset.do) actions[button.dataset.do]();
      else if (button) choose(Number(button.dataset.net));
    });
    live.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const name = { " ": "toggle", p: "play", r: "again", "?": "keys", arrowleft: "left", arrowright: "right",
        arrowdown: "down", arrowup: "up" }[event.key.toLowerCase()], i = "123".indexOf(event.key);
      if (event.key === " " && event.target.tagName === "BUTTON") return;
      if (name) actions[name]();
      else if (i >= 0 && i < nets.length) choose(i);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const redraw = () => { dirty = true; };
    if (root.IntersectionObserver) {
      new IntersectionObserver((seen) => { s.seen = seen[seen.length - 1].isIntersecting; dirty = true; }).observe(live);
    }
    if (root.ResizeObserver) new ResizeObserver(redraw).observe(live);
    new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
    again();
    root.requestAnimationFrame(frame);
    live.courseWidget = { state: s, nets: nets, advance: advance, actions: actions, outcome: outcome, choose: choose };
    return live;
  }

  root.courseLetgo = { network: network, step: step, readout: readout, rk4: rk4, mount: mount };
})(typeof window === "undefined" ? globalThis : window);
