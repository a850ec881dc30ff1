// Two tanh units, W = g times a rotation by theta, live: left as a flow, right as the map of Euler steps of length
// alpha, below the eigenvalue plane. `courseUnits` offers the numerics to tests and `mount` to the page; the rest is
// kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, EVERY = 0.05, TRAIL = 900, REACH = 1.5, DEGREE = Math.PI / 180;

  // p: g, theta [degrees], alpha.  x: two states.  Time in units of tau.
  function field(x, p) {
    const c = p.g * Math.cos(p.theta * DEGREE), s = p.g * Math.sin(p.theta * DEGREE);
    return [Math.tanh(c * x[0] - s * x[1]) - x[0], Math.tanh(s * x[0] + c * x[1]) - x[1]];
  }
  function euler(x, p) {
    const k = field(x, p);
    return [x[0] + p.alpha * k[0], x[1] + p.alpha * k[1]];
  }
  const rk4 = (x, p, dt) => kit.rk4((y) => field(y, p), x, dt);
  // Eigenvalue of the flow at the origin with the positive imaginary part, and the step beyond which the map lets go.
  function eigenvalue(p) { return [p.g * Math.cos(p.theta * DEGREE) - 1, p.g * Math.sin(p.theta * DEGREE)]; }
  function limit(p) {
    const m = eigenvalue(p);
    return m[0] < 0 ? -2 * m[0] / (m[0] * m[0] + m[1] * m[1]) : 0;
  }
  function modulus(p) { const m = eigenvalue(p); return Math.hypot(1 + p.alpha * m[0], p.alpha * m[1]); }

  function mount(box, options) {
    const s = { g: 1.5, theta: 60, alpha: 0.2, start: [0.8, 0], ...options };
    const short = (digits) => (v) => String(Number(v.toFixed(digits)));
    const move = (across, up) => put([s.start[0] + across, s.start[1] + up]);
    const change = (name, value) => { w.put(name, value); w.link(); };
    const w = kit.open(box, {
      name: "units", label: "Two units as a flow and as a map.", state: s,
      pictures: { flow: [() => drawPane("flow"), "Path of the two units as a flow."],
        map: [() => drawPane("map"), "Steps of the same two units as a map."],
        plane: [drawPlane, "Eigenvalues, with the half-plane of flows and the disc of the map."] },
      sliders: [["g", "gain g", 0, 3, 0.05, short(2), 10], ["theta", "angle θ in degrees", 0, 180, 1, short(0), 10],
        ["alpha", "step α", 0.01, 1, 0.005, short(4), 10]],
      changed: () => {
        again();  // from the common start: a state that has died down would take long to wake
        if (w.still) advance(40 / EVERY);
      },
      buttons: [["halve", "Halve α", "a", () => change("alpha", s.alpha / 2)],
        ["double", "Double α", "d", () => change("alpha", s.alpha * 2)],
        ["hopf", "To the flow's line", "h", hopf], ["line", "To the map's line", "m", line],
        ["play", "Pause", " "], ["step", "Step", "", () => advance(Math.ceil(s.alpha / EVERY - 1e-9))], ["again", "Restart", "r", again]],
      keys: { arrowleft: () => move(-0.1, 0), arrowright: () => move(0.1, 0), arrowup: () => move(0, 0.1),
        arrowdown: () => move(0, -0.1) },
      help: ["A or D halves or doubles α", "H turns g until the flow is on its line of stability",
        "M sets α to the map's line", "Space pause or go on",
        "R both again from the start", "arrows, or drag in either pane: move the common start"],
      pace: () => 4 / EVERY, advance, say: outcome,  // four time constants a second
      read: () => {
        const m = eigenvalue(s), far = (x) => Math.hypot(x[0], x[1]).toFixed(3);
        return `μ = ${m[0].toFixed(2)} ± ${Math.abs(m[1]).toFixed(2)}i, |1 + αμ| = ${modulus(s).toFixed(3)}; ` +
          `distance from 0: flow ${far(s.flow)}, map ${far(s.map)}`;
      }
    });

    function hopf() {
      const c = Math.cos(s.theta * DEGREE);
      if (c > 1 / 3) change("g", 1 / c); else w.tell("No gain up to 3 reaches the line at this angle.");
    }
    function line() {
      const edge = limit(s);
      if (edge > 0.01 && edge <= 1) change("alpha", edge); else w.tell("The map has no such step.");
    }
    function again() {
      Object.assign(s, { t: 0, k: 0, flow: s.start.slice(), map: s.start.slice() });
      s.trails = { flow: [s.flow], map: [s.map] };
    }
    function put(x) {
      s.start = x.map((v) => kit.clamp(v, -REACH, REACH));
      again();
    }
    // Both panes have the same clock, in time constants: the map steps when alpha has gone by.
    function advance(steps) {
      for (let i = 0; i < steps; i += 1) {
        s.t += EVERY;
        s.flow = rk4(s.flow, s, EVERY);
        s.trails.flow.push(s.flow);
        for (; s.k + s.alpha <= s.t + 1e-9; s.k += s.alpha) {
          s.map = euler(s.map, s);
          s.trails.map.push(s.map);
        }
      }
      for (const name of ["flow", "map"]) s.trails[name] = s.trails[name].slice(-TRAIL);
    }
    function outcome() {
      const m = eigenvalue(s), edge = limit(s);
      const verdict = (on, stable) => on ? "is on its line" : stable ? "settles" : "leaves the origin";
      const map = verdict(Math.abs(s.alpha - edge) < 1e-6, modulus(s) < 1);
      return `The flow ${verdict(Math.abs(m[0]) < 1e-9, m[0] < 0)}; the map ${map}.`;
    }

    const scaleOf = (canvas) => Math.min(canvas.clientWidth, canvas.clientHeight - 26) / 2 / REACH;
    function cut(c, width, height) {
      c.save();
      c.beginPath();
      c.rect(0, 24, width, height - 24);
      c.clip();
    }
    function drawPane(name) {
      const title = name === "flow" ? "flow" : `map, steps of α = ${Number(s.alpha.toFixed(4))}`;
      const [c, width, height] = w.paper(w.canvas[name], title), scale = scaleOf(w.canvas[name]), x = s[name];
      const at = (p) => [width / 2 + p[0] * scale, height / 2 + 12 - p[1] * scale];
      const colour = name === "flow" ? "--cw-b" : "--cw-a";
      cut(c, width, height);
      w.path(c, [at([-REACH, 0]), at([REACH, 0]), null, at([0, -REACH]), at([0, REACH])], "--cw-line", 1);
      if (name === "flow" || s.alpha < 0.15) w.path(c, s.trails[name].map(at), colour, 1.6);
      else s.trails[name].forEach((p) => w.dot(c, at(p), 1.8, colour));
      w.dot(c, at(s.start), 7, "--cw-ink", true);
      w.dot(c, at(x), 5, colour);
    }
    // Around -1/alpha the disc of the map, left of zero the half-plane of the flow.
    function drawPlane() {
      const [c, width, height] = w.paper(w.canvas.plane, "eigenvalues; blue: flows, orange: map");
      const scale = Math.min(width / 7, (height - 24) / 6.6), zero = width * 0.66, mid = height / 2 + 10;
      const X = (v) => zero + v * scale, m = eigenvalue(s);
      cut(c, width, height);
      c.globalAlpha = 0.14;
      c.fillStyle = w.ink("--cw-b");
      c.fillRect(0, 24, zero, height);
      c.globalAlpha = 0.22;
      w.dot(c, [X(-1 / s.alpha), mid], scale / s.alpha, "--cw-a");
      c.globalAlpha = 1;
      w.dot(c, [X(-1 / s.alpha), mid], scale / s.alpha, "--cw-a", true);
      w.path(c, [[0, mid], [width, mid]], "--cw-line", 1);
      w.path(c, [[zero, 24], [zero, height]], "--cw-b", 1.6);
      for (const sign of [1, -1]) w.dot(c, [X(m[0]), mid - sign * m[1] * scale], 6, "--cw-ink");
    }

    for (const canvas of [w.canvas.flow, w.canvas.map]) {
      w.drag(canvas, (x, y) => {
        const scale = scaleOf(canvas);
        put([(x - canvas.clientWidth / 2) / scale, (canvas.clientHeight / 2 + 12 - y) / scale]);
      });
    }
    again();
    return w.live;
  }

  root.courseUnits = { field, euler, rk4, eigenvalue, limit, mount };
})(typeof window === "undefined" ? globalThis : window);
