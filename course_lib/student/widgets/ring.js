// A ring of rectified cells that holds an angle, live: the bump, its slide since the cue, and the map of drift with the
// angles at which it rests. `courseRing` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, H = 0.1, CUE = 0.5, STARTS = 256, SETTLE = 80, TURN = Math.PI / 180, MOST = 3000;

  // options: n, j0, j1, draws (see mount). (j0 + j1 cos(distance)) / n + jitter * draw / sqrt(n), rows receive.
  function weights(options, draw, jitter) {
    const n = options.n, bytes = Uint8Array.from(atob(options.draws[draw]), (c) => c.charCodeAt(0));
    const spread = new Float32Array(bytes.buffer);
    return Float64Array.from(spread, (v, k) => (options.j0 + options.j1 *
      Math.cos(2 * Math.PI * (Math.floor(k / n) - k % n) / n)) / n + jitter * v / Math.sqrt(n));
  }
  // What the cells would settle at: max(W x + 1 + u, 0).
  function target(W, x, u) {
    const n = x.length, r = new Float64Array(n);
    for (let i = 0; i < n; i += 1) {
      let sum = 1 + (u ? u[i] : 0);
      for (let j = 0; j < n; j += 1) sum += W[i * n + j] * x[j];
      r[i] = sum > 0 ? sum : 0;
    }
    return r;
  }
  // One Euler step of x' = -x + max(W x + 1 + u, 0), times in units of the time constant.
  const step = (W, x, u) => target(W, x, u).map((r, i) => x[i] + H * (r - x[i]));
  const cue = (n, angle) => Float64Array.from({ length: n }, (_, i) => CUE * Math.cos(2 * Math.PI * i / n - angle));
  const wave = (x) => x.reduce((z, v, i) => {
    const place = 2 * Math.PI * i / x.length;
    return [z[0] + v * Math.cos(place), z[1] + v * Math.sin(place)];
  }, [0, 0]);
  const heading = (x) => { const [c, s] = wave(x); return Math.atan2(s, c); };
  function turning(W, x) {  // speed of the heading
    const [c, s] = wave(x), [dc, ds] = wave(target(W, x).map((r, i) => r - x[i]));
    return (c * ds - s * dc) / (c * c + s * s);
  }
  // The drift of bumps at all angles, a while after they were let go, and where it vanishes.
  function drift(W, n) {
    const angle = [], speed = [], rests = [];
    for (let k = 0; k < STARTS; k += 1) {
      const at = 2 * Math.PI * k / STARTS - Math.PI;
      let x = Float64Array.from({ length: n }, (_, i) => 0.5 + 0.5 * Math.cos(2 * Math.PI * i / n - at));
      for (let t = 0; t < SETTLE; t += 1) x = step(W, x);
      angle.push(heading(x));
      speed.push(turning(W, x));
    }
    speed.forEach((v, k) => {
      const next = (k + 1) % STARTS;
      if ((v > 0) === (speed[next] > 0)) return;
      const gap = Math.atan2(Math.sin(angle[next] - angle[k]), Math.cos(angle[next] - angle[k]));
      rests.push({ angle: angle[k] + gap * v / (v - speed[next]), stable: v > 0 });
    });
    return { angle, speed, rests };
  }

  // options: n, j0, j1; draws, base64 of little-endian float32, (n, n) each, of standard deviation 1
  function mount(box, options) {
    const n = options.n, uniform = kit.random(5);
    const s = { cue: 40, jitter: 0, noise: 0, draw: 0, shown: false, held: 0, t: 0, past: [], x: null };
    let W = null, map = null;
    const w = kit.open(box, {
      name: "ring", label: "A ring of cells that holds an angle.", state: s,
      pictures: { dial: [drawDial, "The bump of activity on the ring."],
        slide: [drawSlide, "The angle held against time."], drift: [drawDrift, "Drift against angle."] },
      sliders: [["cue", "angle of the cue", -180, 180, 5, degrees],
        ["jitter", "jitter of the weights", 0, 0.3, 0.02, (v) => v.toFixed(2)],
        ["noise", "noise on the cells", 0, 0.5, 0.05, (v) => v.toFixed(2)]],
      changed: (name) => { if (name === "jitter") wire(); else if (name === "cue") s.shown = true; },
      buttons: [["cue", "Show, let go", "c", () => (s.shown ? letGo() : show())],
        ["wait", "Wait 1000 τ", "w", () => { letGo(); w.advance(1000 / H); }], ["draw", "Other jitter", "d", other],
        ["play", "Pause", " "], ["again", "Start over", "0", again]],
      keys: { arrowleft: () => turn(-5), arrowright: () => turn(5), enter: letGo },
      help: ["← and → show a cue and turn it", "C shows the cue or lets go, Enter lets go",
        "W waits a thousand time constants", "D draws the jitter anew", "Space pause or go on",
        "0 starts over", "drag on the dial: show a cue, let go of it",
        "filled: rests, open: watershed"],
      pace: () => 12 / H, advance, say,
      read: () => (s.shown ? "cue on" : `${s.t.toFixed(0)} τ since the cue, slid by ${degrees(apart() / TURN)}`)
    });

    function gauss() { return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()); }
    function degrees(v) { return kit.minus(`${Math.round(v)}°`); }
    function apart() { const d = heading(s.x) - s.held * TURN; return Math.atan2(Math.sin(d), Math.cos(d)); }
    function wire() {
      W = weights(options, s.draw, s.jitter);
      map = drift(W, n);
      s.rests = map.rests.filter((rest) => rest.stable).length;
    }
    function other() {
      s.draw = (s.draw + 1) % options.draws.length;
      if (!s.jitter) s.jitter = 0.1;
      wire();
    }
    function again() {
      s.x = new Float64Array(n);
      s.shown = true;
      wire();
      advance(300);
      letGo();
    }
    function show() { s.shown = true; if (w.still) advance(300); }
    function turn(by) { s.cue = (s.cue + by + 540) % 360 - 180; show(); }
    function letGo() {
      if (!s.shown) return;
      advance(200);  // the bump has reached the cue, however short the press
      Object.assign(s, { shown: false, held: s.cue, t: 0, past: [[0, heading(s.x)]] });
      if (w.still) advance(500);
    }
    function advance(steps) {
      const u = s.shown ? cue(n, s.cue * TURN) : new Float64Array(n), size = s.noise / Math.sqrt(H);
      for (let k = 0; k < steps; k += 1) {
        const now = size ? u.map((v) => v + size * gauss()) : u;
        s.x = step(W, s.x, now);
        if (s.shown) continue;
        s.t += H;
        if (s.t - s.past[s.past.length - 1][0] >= 1) s.past.push([s.t, heading(s.x)]);
      }
      if (s.past.length > MOST) s.past = s.past.filter((_, k) => k % 2 === 0);
    }
    function say() {
      if (s.shown) return `A cue shows ${degrees(s.cue)}.`;
      return `Shown ${degrees(s.held)}, held now ${degrees(heading(s.x) / TURN)}. ` +
        `${s.rests} angles rest, with as many watersheds between them.`;
    }

    function drawDial() {
      const [c, width, height] = w.paper(w.canvas.dial, "rates on the ring");
      const r = Math.min(width, height - 24) / 4.2;
      const at = (angle, far) => [width / 2 + r * far * Math.cos(angle), height / 2 + 12 - r * far * Math.sin(angle)];
      w.path(c, Array.from({ length: 73 }, (_, k) => at(k * 5 * TURN, 1)), "--cw-line", 1.5);
      s.x.forEach((v, i) => {
        const angle = 2 * Math.PI * i / n;
        w.path(c, [at(angle, 1), at(angle, 1 + 0.6 * Math.min(v, 1.7))], "--cw-b", 5);
      });
      const few = map.rests.length < 30 ? map.rests : [];
      for (const rest of few) w.dot(c, at(rest.angle, 0.86), 4, "--cw-soft", !rest.stable);
      w.path(c, [at(0, 0), at(heading(s.x), 0.78)], "--cw-d", 3);
      w.dot(c, at(s.cue * TURN, 0.5), 7, "--cw-a", !s.shown);
    }
    function drawSlide() {
      const every = [20, 50, 200, 500, 2000].find((v) => s.t <= 6 * v) || 5000;
      const { c, X, Y } = w.axes(w.canvas.slide, { title: "angle held; dashed: shown",
        name: "time constants since the cue", x: [0, Math.max(100, s.t), every], y: [-180, 180, 90] });
      w.path(c, [[X(0), Y(s.held)], [X(1e5), Y(s.held)]], "--cw-a", 1.4, [5, 4]);
      const line = [];
      s.past.forEach(([t, angle], k) => {
        if (k && Math.abs(angle - s.past[k - 1][1]) > Math.PI) line.push(null);
        line.push([X(t), Y(angle / TURN)]);
      });
      w.path(c, line, "--cw-d", 2);
      c.restore();
    }
    function drawDrift() {
      const most = Math.max(...map.speed.map(Math.abs)) / TURN;
      const top = [0.2, 0.5, 1, 2, 5, 10, 20].find((v) => v > most) || 50;
      const { c, X, Y } = w.axes(w.canvas.drift, { title: "drift [degrees per time constant]",
        name: "angle held [degrees]", x: [-180, 180, 90], y: [-top, top, top / 2] });
      const line = [];
      map.angle.forEach((angle, k) => {
        if (k && Math.abs(angle - map.angle[k - 1]) > Math.PI) line.push(null);
        line.push([X(angle / TURN), Y(map.speed[k] / TURN)]);
      });
      w.path(c, line, "--cw-b", 2);
      const wrap = (angle) => Math.atan2(Math.sin(angle), Math.cos(angle)) / TURN;
      for (const { angle, stable } of map.rests) {
        w.dot(c, [X(wrap(angle)), Y(0)], 5, stable ? "--cw-b" : "--cw-a", !stable);
      }
      if (!s.shown) w.dot(c, [X(heading(s.x) / TURN), Y(0)], 6, "--cw-d");
      c.restore();
    }

    w.drag(w.canvas.dial, (x, y) => {
      const { clientWidth: width, clientHeight: height } = w.canvas.dial;
      s.cue = Math.round(Math.atan2(height / 2 + 12 - y, x - width / 2) / TURN);
      show();
    }, () => { letGo(); w.show(); });
    again();
    return w.live;
  }

  root.courseRing = { weights, step, cue, heading, turning, drift, mount };
})(typeof window === "undefined" ? globalThis : window);
