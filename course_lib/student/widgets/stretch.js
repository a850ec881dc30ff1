// One Lorenz orbit with three tangent vectors, with and without QR; and pairs of states closer than a radius.
// Plain script without dependencies; `courseStretch` offers the numerics to tests and `mount` to the page.
(function (root) {
  "use strict";
  const SIGMA = 10, RHO = 28, BETA = 8 / 3, DT = 0.01, PACE = 2, SKIP = 20, TILT = 0.12;
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

  // [action, label, tab it belongs to, key]
  const BUTTONS = [["tab", "Show pairs (T)", "", "t"], ["qr", "QR (Q)", 0, "q"], ["play", "Run (Space)", 0, " "],
    ["skip", `+${SKIP} time units (F)`, 0, "f"], ["again", "Restart (R)", 0, "r"], ["next", "Mark (1, 2, 3)", 0],
    ["left", "Turn ←", ""], ["right", "Turn →", ""]];
  const HTML = `
<div class="cw-stage"><canvas class="cw-phase" role="img"></canvas><canvas class="cw-strip" role="img"></canvas></div>
<p class="cw-read" aria-hidden="true"></p><p class="cw-say" role="status" aria-live="polite"></p>
<div class="cw-row cw-sliders"></div><div class="cw-row">
${BUTTONS.map((b) => `<button type="button" data-do="${b[0]}" data-tab="${b[2]}">${b[1]}</button>`).join("")}
</div><p class="cw-keys">Keys act while the widget has the focus. Alt + Left, Alt + Right or drag: turn.</p>`;

  function mount(box, options) {
    const start = options.start || [-5.8, -7.3, 19.6], truth = options.spectrum || [0.9056, 0, -14.572];
    const make = (tag, what) => Object.assign(document.createElement(tag), what);
    const live = make("div", { className: "cw-live", tabIndex: 0, innerHTML: HTML });
    live.setAttribute("role", "group");
    live.setAttribute("aria-label", "Stretching widget: three arrows on one orbit, or pairs of states");
    box.appendChild(live);
    box.classList.add("cw-on");
    const get = (name) => live.querySelector(name);
    const phase = get(".cw-phase"), strip = get(".cw-strip"), say = get(".cw-say"), read = get(".cw-read");
    const still = root.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const s = { every: 2, r: -1, yaw: -0.5, playing: !still, seen: true, qr: true, tab: 0, pick: 0, t: 0 };
    let dirty = true, last = 0, owed = 0, spoken = 0, ticks = 0;
    const ground = cloud(start, 700, 0.31);
    const pairs = pairsOf(ground), curve = options.curve;
    s.z = [start, [1, 0, 0], [0, 1, 0], [0, 0, 1]];

    const sliders = [
      ["every", "QR every", 0, EVERY.length - 1, 1, (v) => EVERY[v] + " time units", 0],
      ["r", "radius r", -1.7, -0.24, 0.02, (v) => (10 ** v).toFixed(3) + " of the RMS radius", 1]];
    const inputs = {};
    for (const [name, text, min, max, step, show, tab] of sliders) {
      const label = make("label"), value = make("output");
      const input = make("input", { type: "range", min, max, step, name });
      input.value = s[name];
      const tell = () => { value.textContent = show(s[name]); input.setAttribute("aria-valuetext", show(s[name])); };
      input.addEventListener("input", () => {
        s[name] = Number(input.value);
        tell();
        if (name === "every") again();
        dirty = true;
      });
      label.dataset.tab = tab;
      label.append(text + " ", value, input);
      get(".cw-sliders").append(label);
      inputs[name] = input;
      tell();
    }

    function press() {
      get("[data-do=qr]").setAttribute("aria-pressed", s.qr);
      get("[data-do=play]").setAttribute("aria-pressed", s.playing);
    }
    // The arrows go on; only the count begins anew.
    function again() {
      press();
      Object.assign(s, { t: 0, sums: [0, 0, 0], counted: 0 });
      tidy(s.z, s.qr);
      ticks = 0;
      dirty = true;
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
      dirty = true;
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

    const minus = (v, n) => v.toFixed(n).replace("-", "−");
    const ink = (name) => getComputedStyle(live).getPropertyValue(name).trim();
    function prepare(canvas) {
      const w = canvas.clientWidth, h = canvas.clientHeight, ratio = root.devicePixelRatio || 1;
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
      const c = canvas.getContext("2d");
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.font = "14px system-ui, sans-serif";
      return [c, w, h];
    }
    function path(c, points, colour, width) {
      c.strokeStyle = colour;
      c.lineWidth = width;
      c.beginPath();
      points.forEach((p, i) => (i ? c.lineTo(p[0], p[1]) : c.moveTo(p[0], p[1])));
      c.stroke();
    }
    function drawPhase() {
      const [c, w, h] = prepare(phase), scale = Math.min(w, h) / 58;
      const cy = Math.cos(s.yaw), sy = Math.sin(s.yaw);
      const view = (x) => [w / 2 + scale * (x[0] * cy - x[1] * sy),
        h / 2 - scale * (x[2] - 25 - (x[0] * sy + x[1] * cy) * TILT)];
      c.fillStyle = ink("--cw-soft");
      for (const p of ground) { const [x, y] = view(p); c.fillRect(x - 1, y - 1, 2, 2); }
      if (s.tab) {
        const close = below(pairs, 10 ** s.r), skip = Math.ceil(close / 5000);
        c.globalAlpha = 0.55;
        for (let i = 0; i < close; i += skip) path(c, pairs[i].slice(1).map((j) => view(ground[j])), TINT[1], 1);
        return;
      }
      const [x, ...v] = s.z, unit = 9 / Math.max(...v.map(norm));
      const round = Array.from({ length: 49 }, (_, i) => [Math.cos(i * Math.PI / 24), Math.sin(i * Math.PI / 24)]);
      for (const [i, j] of [[0, 1], [0, 2], [1, 2]]) {
        const ring = round.map(([p, q]) => view(add(add(x, v[i], unit * p), v[j], unit * q)));
        path(c, ring, ink("--cw-soft"), 1);
      }
      v.forEach((a, i) => {
        const tip = view(add(x, a, unit)), wide = s.pick === i + 1 ? 6 : 3;
        path(c, [view(x), tip], TINT[i], wide);
        c.fillStyle = TINT[i];
        c.beginPath(); c.arc(tip[0], tip[1], wide + 1, 0, 7); c.fill();
      });
    }
    function drawBars() {
      const [c, w, h] = prepare(strip), row = (h - 20) / 4, left = 112;
      const X = (v) => left + (v + 17) / 21 * (w - left - 8);
      const values = rates(), sum = (a) => a[0] + a[1] + a[2];
      [...values, sum(values)].forEach((value, i) => {
        const y = row * i + 6, known = [...truth, sum(truth)][i], at = X(Math.max(-17, Math.min(4, value)));
        c.fillStyle = ink("--cw-ink");
        c.fillText(["λ₁", "λ₂", "λ₃", "sum"][i], 4, y + row / 2);
        c.textAlign = "right";
        c.fillText(minus(value, 3), left - 8, y + row / 2);
        c.textAlign = "left";
        c.fillStyle = TINT[i] || ink("--cw-soft");
        const edge = s.pick === i + 1 ? 0 : 6;
        c.fillRect(Math.min(X(0), at), y + edge, Math.max(1, Math.abs(at - X(0))), row - 6 - 2 * edge);
        path(c, [[X(0), y], [X(0), y + row - 6]], ink("--cw-soft"), 1);
        c.setLineDash([4, 3]);
        path(c, [[X(known), y], [X(known), y + row - 6]], ink("--cw-ink"), 1.6);
        c.setLineDash([]);
      });
      c.fillStyle = ink("--cw-soft");
      c.fillText("dashed: published", left, h - 4);
    }
    const R0 = -1.95, R1 = 0;
    function drawCurve() {
      const [c, w, h] = prepare(strip), left = 46, low = h - 38, bottom = -5;
      const X = (v) => left + (v - R0) / (R1 - R0) * (w - left - 10), Y = (v) => 24 + v / bottom * (low - 24);
      c.fillStyle = ink("--cw-soft");
      c.fillText("log₁₀ C(r)", left, 14);
      c.fillText("log₁₀ r", left + (w - left) / 2, h - 5);
      for (let v = bottom; v <= 0; v += 1) {
        path(c, [[left, Y(v)], [w - 10, Y(v)]], ink("--cw-line"), 1);
        c.fillText(minus(v, 0), left - 24, Y(v) + 4);
      }
      for (const v of [-1.5, -1, -0.5, 0]) c.fillText(minus(v, 1), X(v) - 12, h - 22);
      const seen = curve.map((p) => p.map(Math.log10)).filter((p) => p[0] > R0 && p[1] > bottom);
      path(c, seen.map((p) => [X(p[0]), Y(p[1])]), TINT[0], 2);
      const y = logC(curve, 10 ** s.r) / Math.LN10, slope = slopeAt(curve, 10 ** s.r);
      path(c, [-0.5, 0.5].map((d) => [X(s.r + d), Y(y + slope * d)]), TINT[1], 2);
      c.fillStyle = TINT[1];
      c.beginPath(); c.arc(X(s.r), Y(y), 7, 0, 7); c.fill();
    }
    function frame(now) {
      root.requestAnimationFrame(frame);
      const elapsed = Math.min(0.1, (now - last) / 1000);
      last = now;
      if (s.playing && s.seen && !s.tab) {
        owed += elapsed * PACE / DT;
        const steps = Math.floor(owed);
        owed -= steps;
        if (steps) advance(steps);
      }
      if (dirty) {
        dirty = false;
        drawPhase();
        (s.tab ? drawCurve : drawBars)();
        read.textContent = s.tab ? `r = ${(10 ** s.r).toFixed(3)}, slope ${slopeAt(curve, 10 ** s.r).toFixed(2)}` :
          `t = ${s.t.toFixed(1)}`;
      }
      if (now - spoken > 1000) {  // words, and a picture that fits a page turned or darkened meanwhile
        spoken = now;
        dirty = s.seen;
        if (say.textContent === outcome()) return;
        say.textContent = outcome();
        for (const canvas of [phase, strip]) canvas.setAttribute("aria-label", outcome());
      }
    }

    const turn = (yaw) => { s.yaw += yaw; dirty = true; };
    const pick = (n) => { s.pick = n; dirty = true; };
    function showTab(tab) {
      s.tab = tab;
      for (const part of live.querySelectorAll("[data-tab]")) part.hidden = part.dataset.tab === String(1 - tab);
      get("[data-do=tab]").textContent = tab ? "Show arrows (T)" : "Show pairs (T)";
      dirty = true;
    }
    const actions = {
      play: () => { s.playing = !s.playing; press(); },
      qr: () => { s.qr = !s.qr; again(); },
      skip: () => advance(SKIP / DT), again, tab: () => curve && showTab(1 - s.tab),
      next: () => pick((s.pick + 1) % 4), 1: () => pick(1), 2: () => pick(2), 3: () => pick(3),
      left: () => turn(-0.15), right: () => turn(0.15)
    };
    live.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) actions[button.dataset.do]();
    });
    live.addEventListener("keydown", (event) => {
      const arrows = { ArrowLeft: "left", ArrowRight: "right" };
      const plain = event.key.toLowerCase(), known = BUTTONS.find((b) => b[3] === plain);
      const name = event.altKey ? arrows[event.key] : known ? known[0] : actions[plain] && plain;
      if (!name || event.ctrlKey || event.metaKey || (event.key === " " && event.target.tagName === "BUTTON")) return;
      event.preventDefault();
      event.stopPropagation();
      actions[name]();
    });
    let held = null;
    phase.addEventListener("pointerdown", (event) => {
      held = event.clientX;
      phase.setPointerCapture(event.pointerId);
    });
    phase.addEventListener("pointermove", (event) => {
      if (held === null) return;
      turn((event.clientX - held) * 0.01);
      held = event.clientX;
    });
    for (const name of ["pointerup", "pointercancel"]) phase.addEventListener(name, () => { held = null; });
    new IntersectionObserver((seen) => { s.seen = seen[seen.length - 1].isIntersecting; }).observe(live);
    showTab(0);
    get("[data-do=tab]").hidden = !curve;
    again();
    if (still) advance(2 * SKIP / DT);  // no motion: settled bars
    root.requestAnimationFrame(frame);
    live.courseWidget = { state: s, inputs, advance, actions, rates };
    return live;
  }

  root.courseStretch = { rk4, tidy, cloud, pairsOf, below, slopeAt, mount };
})(typeof window === "undefined" ? globalThis : window);
