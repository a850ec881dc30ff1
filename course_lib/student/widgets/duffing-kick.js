// A ball at rest in the right one of two valleys, x' = v, v' = x - x^3 - damping v: push it once, of a strength and in a
// direction of position and velocity, and see where it rests. `courseDuffingKick` offers the numerics to tests and `mount`
// to the page; the rest is kit.js and net.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, DT = 0.02, RATE = 175, LONG = 3000, MOST = 1.8, DEGREE = Math.PI / 180, BALL = [1, 0];
  const CENTRE = 0.4, HALF = 2.1, FLOOR = -0.25, SUNK = -0.125, CELLS = 96, COARSE = 0.05;
  const ENDS = { left: "It came to rest in the left valley.", right: "It came back to the right valley.",
    hovers: "It still hovers at the hilltop." };

  const hill = (x) => x * x * (x * x / 4 - 0.5);  // its top, at x = 0, is at 0, the valleys at -1/4
  const energy = ([x, v]) => v * v / 2 + hill(x);
  const field = ([x, v], damping) => [v, x - x * x * x - damping * v];
  const rk4 = (s, damping, dt = DT) => kit.rk4((q) => field(q, damping), s, dt);
  // The valley, -1 or 1, in which a start ends: below the hilltop's energy there is no way back over it. 0: undecided.
  function side([x, v], damping) {
    const h = COARSE, push = (p, q) => p - p * p * p - damping * q;  // numbers and no lists: thousands of starts a picture
    for (let i = 0; i < LONG * DT / h && energy([x, v]) >= 0; i += 1) {
      const a = push(x, v), v2 = v + h / 2 * a, b = push(x + h / 2 * v, v2), v3 = v + h / 2 * b;
      const c = push(x + h / 2 * v2, v3), v4 = v + h * c, d = push(x + h * v3, v4);
      x += h / 6 * (v + 2 * v2 + 2 * v3 + v4);
      v += h / 6 * (a + 2 * b + 2 * c + d);
    }
    return energy([x, v]) < 0 ? Math.sign(x) : 0;
  }

  // options: psi (see net.js), learnt at the damping learnt_at
  function mount(box, options) {
    const psi = root.courseNet.eigenfunction(options.psi), at = options.learnt_at;
    const s = { size: 0.6, angle: 180, damping: at, basins: false, gauge: false, tries: 0, best: null };
    const two = (v) => v.toFixed(2), degrees = (v) => kit.minus(`${v.toFixed(0)}°`);
    const w = kit.open(box, {
      name: "duffing-kick", label: "A push to a ball that rests in the right one of two valleys.", state: s,
      pictures: { plane: [drawPlane, "The plane of position and velocity with the push as an arrow from the ball."],
        height: [drawHeight, "The two valleys, and the energy of the ball against its position."],
        gauge: [drawGauge, () => (known() ? `Psi at the tip of the arrow: ${two(psi(tip()))}.` : "Psi is not shown.")] },
      sliders: [["size", "strength of the push", 0, MOST, 0.01, two, 10],
        ["angle", "direction", -180, 180, 1, degrees, 15], ["damping", "damping δ", 0.2, 1, 0.05, two, 4]],
      changed: (name) => { if (name === "damping") Object.assign(s, { best: null, tries: 0 }); back(); },
      buttons: [["push", "Let go (Enter)", "", push], ["back", "Back to rest", "b", back],
        ["basins", "Basins", "h", () => { s.basins = !s.basins; mark(); }],
        ["gauge", "ψ at the tip", "s", () => { s.gauge = !s.gauge; mark(); }], ["play", "Pause", " "]],
      keys: { enter: push, arrowup: () => change("size", 0.01), arrowdown: () => change("size", -0.01),
        arrowleft: () => change("angle", 3), arrowright: () => change("angle", -3) },
      help: ["drag in the plane: the arrow", "↑ and ↓ make it longer and shorter, ← and → turn it",
        "Enter lets go, B puts the ball back",
        "H shows the basins or hides them, S shows ψ at the tip",
        "0°: outwards, 180°: at the left valley, 90° and −90°: velocity to the right and to the left"],
      pace: () => RATE, advance, say,
      read: () => {
        const best = s.best ? `; best push so far ${two(s.best[0])} at ${degrees(s.best[1])}` : "";
        const now = s.path ? `, energy ${energy(s.x).toFixed(3)} (hilltop 0)` : "";
        return `strength ${two(s.size)} at ${degrees(s.angle)}${now}${best}`;
      }
    });

    const known = () => s.gauge && s.damping === at;
    function tip() {
      return [BALL[0] + s.size * Math.cos(s.angle * DEGREE), BALL[1] + s.size * Math.sin(s.angle * DEGREE)];
    }
    function mark() { w.mark("basins", s.basins); w.mark("gauge", s.gauge); }
    function change(name, by) {
      s[name] = name === "size" ? kit.clamp(s.size + by, 0, MOST) : (s.angle + by + 540) % 360 - 180;
      back();
      w.link();
    }
    function back() { Object.assign(s, { x: BALL, path: null, verdict: null, ended: false }); }
    function push() {
      back();
      s.x = tip();
      s.path = [s.x];
      if (w.still || !s.playing) advance(LONG);
    }
    function advance(steps) {
      for (let i = 0; i < steps && s.path && !s.ended; i += 1) {
        s.x = rk4(s.x, s.damping);
        s.path.push(s.x);
        const height = energy(s.x), late = s.path.length > LONG;
        if (!s.verdict && (height < SUNK || late)) judge(height < 0 ? (s.x[0] < 0 ? "left" : "right") : "hovers");
        s.ended = late || height < FLOOR + 1e-4;
      }
    }
    function judge(verdict) {
      s.verdict = verdict;
      s.tries += 1;
      if (verdict === "left" && (!s.best || s.size < s.best[0])) s.best = [s.size, s.angle];
    }
    function words() {
      const off = (to) => Math.abs((s.angle - to + 540) % 360 - 180) < 5;
      if (off(0)) return "outwards, away from the left valley";
      if (off(180)) return "straight at the left valley";
      return off(90) ? "of velocity to the right" : off(-90) ? "of velocity to the left" : `at ${degrees(s.angle)}`;
    }
    function say() {
      const end = s.verdict ? ENDS[s.verdict] : s.path ? "On its way." : "The ball is at rest.";
      const best = s.best ? ` The best push so far is ${two(s.best[0])}.` : "";
      return `A push of ${two(s.size)} ${words()}. ${end}${best}`;
    }

    function span(canvas) {  // of positions, so that a unit of velocity is as long as one of position
      const half = HALF * (canvas.clientWidth - 62) / (canvas.clientHeight - 60);
      return [CENTRE - half, CENTRE + half, 1];
    }
    let shade = {}, plane = null;
    function shaded(f, x) {
      const key = `${x},${f.low},${s.damping}`, n = Math.round(CELLS * (f.low - f.top) / (f.right - f.left));
      if (shade.key === key) return shade.cells;
      const cells = [], wide = (x[1] - x[0]) / CELLS, high = 2 * HALF / n;
      for (let i = 0; i < CELLS; i += 1) {
        for (let j = 0; j < n; j += 1) {
          const left = x[0] + i * wide, top = HALF - j * high, which = side([left + wide / 2, top - high / 2], s.damping);
          const [px, py, qx, qy] = [f.X(left), f.Y(top), f.X(left + wide), f.Y(top - high)].map(Math.round);
          cells.push([which, px, py, qx - px, qy - py]);
        }
      }
      shade = { key, cells };
      return cells;
    }
    function drawPlane() {
      const x = span(w.canvas.plane);
      plane = w.axes(w.canvas.plane, { title: "velocity v", name: "position x", x, y: [-HALF, HALF, 1] });
      const { c, X, Y } = plane;
      const to = (p) => [X(p[0]), Y(p[1])], end = tip();
      if (s.basins) {
        const inks = { "-1": w.ink("--cw-b"), 0: w.ink("--cw-soft"), 1: w.ink("--cw-a") };
        c.globalAlpha = 0.35;
        for (const [which, ...where] of shaded(plane, x)) {
          c.fillStyle = inks[which];
          c.fillRect(...where);
        }
        c.globalAlpha = 1;
      }
      if (s.path) w.path(c, s.path.map(to), "--cw-d", 2);
      const tail = to(BALL), head = to(end), way = Math.atan2(head[1] - tail[1], head[0] - tail[0]);
      const barb = (by) => [head[0] - 11 * Math.cos(way + by), head[1] - 11 * Math.sin(way + by)];
      w.path(c, [tail, head], "--cw-ink", 2.5);
      if (s.size > 0.02) w.path(c, [barb(0.45), head, barb(-0.45)], "--cw-ink", 2.5);
      w.dot(c, to([-1, 0]), 7, "--cw-b", true);
      w.dot(c, tail, 7, "--cw-a", true);
      w.dot(c, s.path ? to(s.x) : tail, 5, "--cw-d");
      c.restore();
    }
    function drawHeight() {
      const x = span(w.canvas.plane);
      const { c, X, Y } = w.axes(w.canvas.height, { title: "energy: violet; landscape: line", name: "position x", x,
        y: [-0.5, 2, 0.5], yText: (v) => kit.minus(v.toFixed(1)) });
      const line = Array.from({ length: 161 }, (_, i) => x[0] + (x[1] - x[0]) * i / 160);
      w.path(c, line.map((p) => [X(p), Y(hill(p))]), "--cw-ink", 2);
      if (s.path) w.path(c, s.path.map((p) => [X(p[0]), Y(energy(p))]), "--cw-d", 2);
      const now = s.path ? s.x : tip();
      w.path(c, [[X(now[0]), Y(hill(now[0]))], [X(now[0]), Y(energy(now))]], "--cw-d", 1.5, [3, 3]);
      w.dot(c, [X(now[0]), Y(energy(now))], 3.5, "--cw-d", true);
      w.dot(c, [X(now[0]), Y(hill(now[0])) - 6], 6, "--cw-d");
      c.restore();
    }
    function drawGauge() {
      const [c, width] = w.paper(w.canvas.gauge, ""), X = (v) => width / 2 + v * (width / 2 - 18), on = known();
      const title = on ? `ψ at the tip ${kit.minus(two(psi(tip())))}` :
        s.gauge ? `ψ was learnt at δ = ${two(at)}; put the slider back` : "ψ at the tip is hidden";
      c.textAlign = "center";
      c.fillText(title, width / 2, 15);
      w.path(c, [[X(-1), 28], [X(0), 28]], "--cw-b", 6);
      w.path(c, [[X(0), 28], [X(1), 28]], "--cw-a", 6);
      for (const [v, text, align] of [[-1, "−1: left valley", "left"], [0, "0", "center"], [1, "right valley: 1", "right"]]) {
        c.textAlign = align;
        c.fillText(text, X(v) + 12 * v, 50);
        w.path(c, [[X(v), 23], [X(v), 33]], "--cw-ink", 2);
      }
      if (on) w.dot(c, [X(psi(tip())), 28], 8, "--cw-ink");
      c.textAlign = "left";
    }

    w.drag(w.canvas.plane, (px, py) => {
      const [a, b] = plane.at(px, py).map((v, i) => v - BALL[i]);
      s.size = kit.clamp(Math.round(Math.hypot(a, b) * 100) / 100, 0, MOST);
      s.angle = Math.round(Math.atan2(b, a) / DEGREE);
      back();
    }, w.link);
    back();
    mark();
    w.show();
    return w.live;
  }

  root.courseDuffingKick = { energy, field, rk4, side, mount, DT };
})(typeof window === "undefined" ? globalThis : window);
