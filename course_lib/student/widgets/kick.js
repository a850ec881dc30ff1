// A network that holds one bit, live: push its state out of a memory in a chosen direction, and see on which side of
// psi = 0 it lands and where it settles. The numerics are those of net.js, `courseKick.mount` is for the page, the
// rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, LONG = 200, CELLS = 44, LEFT = -0.45, RIGHT = 1.25, DEGREE = Math.PI / 180, HAND = 3, HOME = 0.02;
  const WORDS = ["towards the other memory", "in a random direction", "in the smallest direction", "by hand"];
  const ENDS = { held: "It came back.", flipped: "It flipped the memory.", hovers: "It still hovers at the border." };

  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const norm = (a) => Math.sqrt(dot(a, a));
  const scaled = (a, by) => a.map((v) => v * by);
  const added = (a, b, by = 1) => a.map((v, i) => v + by * b[i]);
  // options: n, inputs (1), alpha, data (see net.js); psi (see net.js); memories (2, n), the first one the start;
  // least (n), the smallest kick that was found from there
  function mount(box, options) {
    const net = root.courseNet.network(options), psi = root.courseNet.eigenfunction(options.psi), draw = kit.random(5);
    const [start, other] = options.memories.map((x) => Float64Array.from(x)), across = added(other, start, -1);
    const apart = norm(across), e1 = scaled(across, 1 / apart), least = Float64Array.from(options.least);
    const beside = added(least, e1, -dot(least, e1)), e2 = scaled(beside, 1 / norm(beside));
    const s = { way: 0, size: 0.3, angle: 40, tries: [], note: "" };
    const share = (v) => v.toFixed(2), top = Math.abs(psi(other)) < 0.45 ? 0.5 : 1;  // the scale of psi is open
    const w = kit.open(box, {
      name: "kick", label: "A kick to the state of a network that holds one bit.", state: s,
      pictures: { plane: [drawPlane, "The plane of both memories and the smallest kick, shaded by psi, with the kick."],
        strip: [drawStrip, "Psi of the state against time."] },
      choices: { name: "way", label: "direction of the kick", texts: ["To the other", "Random", "Smallest", "By hand"] },
      sliders: [["size", "size of the kick, in distances of the memories", 0, 1.2, 0.01, share, 10],
        ["angle", "angle by hand, in degrees", -180, 180, 1, (v) => v.toFixed(0), 15]],
      changed: (name) => { if (name === "angle") s.way = HAND; if (name === "way" && s.way === 1) another(); back(); },
      buttons: [["kick", "Kick (Enter)", "", kick], ["back", "Back to the memory", "b", back],
        ["exact", "Exactly to ψ = 0", "z", exact], ["half", "Half the size", "h", () => { s.size /= 2; back(); }],
        ["other", "Another random one", "n", () => { s.way = 1; another(); back(); }], ["play", "Pause", " "]],
      keys: { enter: kick, arrowleft: () => grow(-0.01), arrowright: () => grow(0.01) },
      help: ["1 to 4 choose the direction, ← and → the size", "Enter kicks, B goes back",
        "Z sets the size at which ψ changes sign on the way", "H halves it, N draws another random direction",
        "drag in the plane: a kick by hand"],
      pace: () => 40, advance, say, keep: () => ({ way: s.way, size: Number(s.size.toFixed(4)), angle: s.angle }),
      read: () => `size ${share(s.size)}, ψ at the tip ${kit.minus(psi(tip()).toFixed(3))}` +
        (s.path ? `; ψ now ${kit.minus(s.curve[s.curve.length - 1].toFixed(3))}` : "")
    });

    function another() {
      const v = Float64Array.from({ length: net.n }, () => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw()));
      s.random = scaled(v, 1 / norm(v));
    }
    function direction() {
      if (s.way === 1) return s.random;
      if (s.way === 2) return scaled(least, 1 / norm(least));
      const angle = s.way === HAND ? s.angle * DEGREE : 0;
      return added(scaled(e1, Math.cos(angle)), e2, Math.sin(angle));
    }
    function tip(size = s.size) { return added(start, direction(), size * apart); }
    function grow(by) { s.size = kit.clamp(s.size + by, 0, 1.2); back(); }
    function back() { Object.assign(s, { path: null, curve: [], x: start, note: "", verdict: null }); }
    function exact() {  // the first change of sign on the way, by halving
      const side = psi(start) > 0;
      let high = 0.01;
      while (high < 1.2 && (psi(tip(high)) > 0) === side) high += 0.01;
      if (high >= 1.2) { back(); s.note = " ψ does not change sign on this way."; return; }
      let low = high - 0.01;
      for (let i = 0; i < 40; i += 1) {
        const middle = (low + high) / 2;
        if ((psi(tip(middle)) > 0) === side) low = middle; else high = middle;
      }
      s.size = high;
      back();
    }
    function kick() {
      back();
      s.x = tip();
      s.path = [s.x];
      s.curve = [psi(s.x)];
      if (w.still || !s.playing) advance(LONG);
    }
    function advance(steps) {
      for (let i = 0; i < steps && s.path && !s.verdict; i += 1) {
        s.x = net.step(s.x, new Float64Array(net.inputs));
        s.path.push(s.x);
        s.curve.push(psi(s.x));
        judge();
      }
    }
    function judge() {  // once it is home, or has taken too long
      const home = (memory) => norm(added(s.x, memory, -1)) < HOME * apart;
      if (home(other)) s.verdict = "flipped"; else if (home(start)) s.verdict = "held";
      else if (s.path.length > LONG) s.verdict = "hovers"; else return;
      s.tries.push(`${share(s.size)} ${WORDS[s.way]}: ${s.verdict}`);
    }
    function say() {
      const over = (psi(tip()) > 0) !== (psi(start) > 0), side = over ? "across ψ = 0" : "on the memory's own side";
      const now = s.verdict ? " " + ENDS[s.verdict] : s.path ? " On its way." : "";
      const last = s.tries.length ? ` Last tries: ${s.tries.slice(-3).join("; ")}.` : "";
      return `A kick of ${share(s.size)} ${WORDS[s.way]} lands ${side}.${now}${s.note}${last}`;
    }

    // A state in the plane, in distances of the memories.
    const flat = (x) => { const v = added(x, start, -1); return [dot(v, e1) / apart, dot(v, e2) / apart]; };
    function frame(canvas) {
      const width = canvas.clientWidth, height = canvas.clientHeight, scale = width / (RIGHT - LEFT);
      const middle = height / 2 + 12;
      return { scale, at: ([a, b]) => [(a - LEFT) * scale, middle - b * scale],
        back: (px, py) => [px / scale + LEFT, (middle - py) / scale] };
    }
    let shade = [];
    function shaded(f, width, height) {
      const key = `${width},${height}`;
      if (shade.key !== key) {
        const side = Math.ceil(width / CELLS);
        shade = [];
        for (let px = 0; px < width; px += side) {
          for (let py = 24; py < height; py += side) {
            const [a, b] = f.back(px + side / 2, py + side / 2);
            shade.push([px, py, side, psi(added(added(start, across, a), e2, b * apart)) / top]);
          }
        }
        shade.key = key;
      }
      return shade;
    }
    function drawPlane() {
      const canvas = w.canvas.plane, f = frame(canvas);
      const [c, width, height] = w.paper(canvas, "shade: ψ; across: to the other memory");
      const inks = [w.ink("--cw-a"), w.ink("--cw-b")], own = psi(start) > 0;
      for (const [px, py, side, value] of shaded(f, width, height)) {
        c.globalAlpha = 0.08 + 0.4 * Math.abs(value);
        c.fillStyle = inks[Number((value > 0) === own)];
        c.fillRect(px, py, side, side);
      }
      c.globalAlpha = 1;
      const from = f.at([0, 0]), to = f.at(flat(tip()));
      w.path(c, [from, to], "--cw-ink", 2.5);
      if (s.path) w.path(c, s.path.map((x) => f.at(flat(x))), "--cw-d", 2);
      w.dot(c, from, 7, "--cw-b");
      w.dot(c, f.at([1, 0]), 7, "--cw-a");
      w.dot(c, to, 5, "--cw-ink", true);
      if (s.path) w.dot(c, f.at(flat(s.x)), 5, "--cw-d");
    }
    function drawStrip() {
      const { c, X, Y } = w.axes(w.canvas.strip, { title: "ψ of the state", name: "steps after the kick", x: [-4, LONG, 50],
        y: [-top, top, top] });
      w.path(c, [[X(0), Y(0)], [X(LONG), Y(0)]], "--cw-soft", 1.5, [4, 4]);
      w.path(c, (s.curve.length ? s.curve : [psi(tip())]).map((v, i) => [X(i), Y(v)]), "--cw-d", 2);
      w.dot(c, [X(Math.max(s.curve.length - 1, 0)), Y(s.curve.length ? s.curve[s.curve.length - 1] : psi(tip()))], 4, "--cw-d");
      c.restore();
    }

    w.drag(w.canvas.plane, (px, py) => {
      const [a, b] = frame(w.canvas.plane).back(px, py);
      Object.assign(s, { way: HAND, size: kit.clamp(Math.hypot(a, b), 0, 1.2), angle: Math.round(Math.atan2(b, a) / DEGREE) });
      back();
    });
    for (const [key, low, high] of [["way", 0, HAND], ["size", 0, 1.2], ["angle", -180, 180]]) {
      if (key in w.kept) s[key] = kit.clamp(key === "way" ? Math.round(w.kept.way) : w.kept[key], low, high);
    }
    another();
    back();
    w.show();
    return w.live;
  }

  root.courseKick = { mount };
})(typeof window === "undefined" ? globalThis : window);
