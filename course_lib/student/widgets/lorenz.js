// Two nearby starts in the Lorenz equations, live: butterfly, and log distance against time.
// `courseLorenz` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, SIGMA = 10, BETA = 8 / 3, DT = 0.01, EVERY = 5, SPAN = 40, TRAIL = 1600;

  function field(s, rho) {
    return [SIGMA * (s[1] - s[0]), s[0] * (rho - s[2]) - s[1], s[0] * s[1] - BETA * s[2]];
  }
  const rk4 = (s, rho, dt) => kit.rk4((q) => field(q, rho), s, dt);
  // Rest points with the number of their unstable directions (Routh-Hurwitz at the two outer ones).
  function restPoints(rho) {
    const points = [{ x: [0, 0, 0], unstable: rho > 1 ? 1 : 0 }];
    if (rho > 1) {
      const r = Math.sqrt(BETA * (rho - 1)), hopf = SIGMA * (SIGMA + BETA + 3) / (SIGMA - BETA - 1);
      for (const side of [-1, 1]) points.push({ x: [side * r, side * r, rho - 1], unstable: rho > hopf ? 2 : 0 });
    }
    return points;
  }
  const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);

  function mount(box, options) {
    const start = options.start || [-5.8, -7.3, 19.6], slope = options.slope || 0.9056;
    const s = { rho: 28, gap: -5, speed: 3, t: 0, yaw: -0.5, tilt: 0.12, cloud: [], parted: null };
    let ticks = 0;
    const w = kit.open(box, {
      name: "lorenz", label: "Lorenz widget: two nearby starts.", state: s, turns: "phase",
      pictures: { phase: [drawPhase, () => `Two orbits in state space at rho ${s.rho}.`],
        strip: [drawStrip, "Log distance of the two starts against time."] },
      sliders: [["rho", "ρ", 0, 40, 0.5, (v) => v.toFixed(1), 10], ["gap", "initial gap", -12, -1, 1, kit.power, 3],
        ["speed", "speed", 0.5, 8, 0.5, (v) => v.toFixed(1) + " time units/s", 10]],
      changed: (name) => { if (name !== "speed") again(); },
      buttons: [["play", "Pause", "p"], ["step", "Step", "", () => w.advance(50)], ["again", "Restart", "r", again],
        ["cloud", "Cloud", "s", cloud]],
      help: ["P pause or go on", "R restart", "S drop a cloud of 300 points round the start",
        "rest points: filled = stable, half = one unstable direction, open = two"],
      pace: () => s.speed / DT, advance,
      read: () => `t = ${s.t.toFixed(1)}, distance ${distance(s.a, s.b).toExponential(1)}; ` +
        `dashed: slope ${slope.toFixed(3)}`,
      say: outcome
    });

    function again() {
      s.a = start.slice();
      s.b = [start[0] + Math.pow(10, s.gap), start[1], start[2]];
      Object.assign(s, { t: 0, cloud: [], parted: null, settled: null });
      Object.assign(s, { trailA: [s.a], trailB: [s.b], curve: [[0, s.gap]] });
      ticks = 0;
    }
    function advance(steps) {
      for (let i = 0; i < steps; i += 1) {
        s.a = rk4(s.a, s.rho, DT);
        s.b = rk4(s.b, s.rho, DT);
        for (let j = 0; j < s.cloud.length; j += 1) s.cloud[j] = rk4(s.cloud[j], s.rho, DT);
        ticks += 1;
        s.t = ticks * DT;
        s.trailA.push(s.a);
        s.trailB.push(s.b);
        if (ticks % EVERY === 0) {
          const d = distance(s.a, s.b), speedA = Math.hypot(...field(s.a, s.rho));
          s.curve.push([s.t, Math.log10(Math.max(d, 1e-16))]);
          if (s.parted === null && d > 5) s.parted = s.t;
          if (s.settled === null && speedA < 1e-2) s.settled = s.t;
        }
      }
      s.trailA = s.trailA.slice(-TRAIL);
      s.trailB = s.trailB.slice(-TRAIL);
      s.curve = s.curve.filter((p) => p[0] >= s.t - SPAN - 1);
    }
    function cloud() {
      const draw = kit.random(0);  // one fixed cloud: the same picture for every reader
      s.cloud = Array.from({ length: 300 }, () => s.a.map((v) => v + draw() - 0.5));
    }
    function outcome() {
      if (s.settled !== null) return "Both starts have settled on a rest point.";
      if (s.parted !== null) return `The two starts parted after ${s.parted.toFixed(1)} time units.`;
      return s.t > 0 ? "The two starts still move together." : "Two starts, not yet moved.";
    }

    function drawPhase() {
      const [c, width, height] = w.paper(w.canvas.phase), scale = Math.min(width, height) / 58, turned = w.turner();
      const view = (x) => {
        const [across, up] = turned([x[0], x[1], x[2] - 25]);
        return [width / 2 + scale * across, height / 2 - scale * up];
      };
      for (const [trail, colour] of [[s.trailB, "--cw-b"], [s.trailA, "--cw-a"]]) {
        const seen = trail.map(view), n = seen.length / 4;
        for (let part = 0; part < 4; part += 1) {
          c.globalAlpha = 0.2 + 0.25 * part;
          w.path(c, seen.slice(Math.floor(n * part), Math.floor(n * (part + 1)) + 1), colour, 1.3);
        }
      }
      c.globalAlpha = 1;
      c.fillStyle = w.ink("--cw-ink");
      for (const p of s.cloud) { const [x, y] = view(p); c.fillRect(x - 1, y - 1, 2, 2); }
      w.dot(c, view(s.b), 5, "--cw-b");
      w.dot(c, view(s.a), 5, "--cw-a");
      for (const point of restPoints(s.rho)) {
        const at = view(point.x);
        w.dot(c, at, 6, "--cw-ink", true);
        if (point.unstable === 2) continue;
        c.beginPath();
        c.arc(at[0], at[1], 6, point.unstable ? Math.PI / 2 : 0, point.unstable ? 1.5 * Math.PI : 7);
        c.fill();
      }
    }
    function drawStrip() {
      const from = Math.max(0, s.t - SPAN), bottom = Math.min(-6, s.gap - 1);
      const { c, X, Y } = w.axes(w.canvas.strip, { title: "log₁₀ distance", name: "time", x: [from, from + SPAN, 10],
        y: [bottom, 2.5, 2] });
      const end = (1.3 - s.gap) * Math.LN10 / slope;
      w.path(c, [[X(0), Y(s.gap)], [X(end), Y(1.3)]], "--cw-soft", 1.6, [6, 5]);
      w.path(c, s.curve.map((p) => [X(p[0]), Y(p[1])]), "--cw-d", 2);
    }

    again();
    if (w.still) w.advance(2000);  // no motion: the whole curve at once
    return w.live;
  }

  root.courseLorenz = { field, rk4, restPoints, mount, DT };
})(typeof window === "undefined" ? globalThis : window);
