// A plotly figure in space that weighs little until it is wanted: a plain picture of its points and lines turns slowly,
// with a button that stops it; plotly itself is fetched at the first click, tap or key on the other button. Where reduced
// motion is asked for it waits. `courseSpace` offers the projection to tests and `mount` to the page.
(function (root) {
  "use strict";
  const LOADING = {}, TURN = Math.PI / 18, ROUND = 24, TILT = 0.35;  // ROUND: seconds for a whole turn

  // Every trace's points on the picture: across, up, in halves of the box that holds them all; null is a gap.
  function project(data, yaw) {
    const rows = data.map((trace) => trace.x.map((x, i) => (x === null ? null : [x, trace.y[i], trace.z[i]])));
    const all = rows.flat().filter(Boolean), c = Math.cos(yaw), s = Math.sin(yaw);
    const low = [0, 1, 2].map((k) => Math.min(...all.map((p) => p[k])));
    const high = [0, 1, 2].map((k) => Math.max(...all.map((p) => p[k])));
    return rows.map((row) => row.map((p) => {
      if (!p) return null;
      const [x, y, z] = p.map((v, k) => (2 * v - low[k] - high[k]) / (high[k] - low[k] || 1));
      return [x * c - y * s, z * Math.cos(TILT) - (x * s + y * c) * Math.sin(TILT)];
    }));
  }
  function draw(canvas, data, yaw) {
    const w = canvas.clientWidth, h = canvas.clientHeight, ratio = root.devicePixelRatio || 1;
    Object.assign(canvas, { width: Math.round(w * ratio), height: Math.round(h * ratio) });
    const c = canvas.getContext("2d"), scale = Math.min(w, h) / 3.6;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    project(data, yaw).forEach((row, i) => {
      const lines = data[i].mode === "lines", marker = data[i].marker || {};
      c.strokeStyle = c.fillStyle = lines ? data[i].line.color : marker.color;
      c.lineWidth = lines ? 1.4 : 2;
      if (lines) c.beginPath();
      row.forEach((p, k) => {
        if (!p) return;
        const x = w / 2 + p[0] * scale, y = h / 2 - p[1] * scale;
        if (!lines) mark(c, x, y, marker.symbol || "circle");
        else if (k && row[k - 1]) c.lineTo(x, y);
        else c.moveTo(x, y);
      });
      if (lines) c.stroke();
    });
  }
  function mark(c, x, y, symbol) {
    c.beginPath();
    if (symbol.startsWith("diamond")) [[0, -8], [7, 0], [0, 8], [-7, 0]].forEach(([a, b]) => c.lineTo(x + a, y + b));
    else if (symbol.startsWith("square")) c.rect(x - 6, y - 6, 12, 12);
    else if (symbol === "cross") [[-7, 0], [7, 0], [0, 0], [0, -7], [0, 7]].forEach(([a, b]) => c.lineTo(x + a, y + b));
    else c.arc(x, y, 6, 0, 7);
    c.closePath();
    if (symbol === "circle") c.fill(); else c.stroke();
  }

  function load(address) {
    const script = document.createElement("script"), base = document.documentElement.dataset.content_root || "";
    LOADING[address] = LOADING[address] || new Promise((done, failed) => {
      Object.assign(script, { src: /^https?:/.test(address) ? address : base + address, onload: done, onerror: failed });
      document.head.append(script);
    });
    return LOADING[address];
  }
  function make(tag, what, parent, marks) {
    const node = Object.assign(document.createElement(tag), what);
    for (const [name, value] of Object.entries(marks || {})) node.setAttribute(name, value);
    parent.append(node);
    return node;
  }

  function mount(box, figure, address) {
    const still = box.querySelector(".cs-still"), alt = still.querySelector("img").alt;
    const s = { yaw: 0.6, playing: !root.matchMedia("(prefers-reduced-motion: reduce)").matches, seen: false, last: 0 };
    const canvas = make("canvas", { className: "cs-turning" }, box, { role: "img", "aria-label": alt });
    const row = make("div", { className: "cw-row" }, box);
    const pause = make("button", { type: "button" }, row), hand = make("button", { type: "button", textContent: "Turn it by hand" }, row);
    const say = make("p", { className: "cs-say" }, box, { role: "status" });
    box.classList.add("cs-on");
    box.courseSpace = s;
    const name = () => { pause.textContent = s.playing ? "Stop turning" : "Let it turn"; };
    pause.addEventListener("click", () => { s.playing = !s.playing; name(); });
    name();
    function frame(now) {
      if (s.stage) return;
      root.requestAnimationFrame(frame);
      const passed = Math.min(0.1, (now - s.last) / 1000);
      s.last = now;
      if (!s.seen || (!s.playing && !s.stale)) return;
      if (s.playing) s.yaw += 2 * Math.PI / ROUND * passed;
      s.stale = false;
      draw(canvas, figure.data, s.yaw);
    }
    const stale = () => { s.stale = true; };
    new IntersectionObserver((all) => { s.seen = all[all.length - 1].isIntersecting; stale(); }).observe(canvas);
    new ResizeObserver(stale).observe(canvas);
    root.requestAnimationFrame(frame);

    const ink = (colour) => getComputedStyle(box).getPropertyValue(colour).trim();
    function colours() {
      const all = { paper_bgcolor: "rgba(0,0,0,0)", "font.color": ink("--cw-ink") };
      for (const axis of ["xaxis", "yaxis", "zaxis"]) {
        Object.assign(all, { [`scene.${axis}.color`]: ink("--cw-ink"), [`scene.${axis}.gridcolor`]: ink("--cw-line"),
          [`scene.${axis}.zerolinecolor`]: ink("--cw-line"), [`scene.${axis}.showbackground`]: false });
      }
      return all;
    }
    async function open() {
      hand.disabled = true;
      say.textContent = "Fetching the script.";
      try { await load(address); } catch (error) {
        say.textContent = "The script could not be fetched. The picture above shows the same points.";
        delete LOADING[address];
        hand.disabled = false;
        return;
      }
      s.stage = make("div", { className: "cs-stage", tabIndex: 0 }, box, { role: "group", "aria-label": `${alt} Arrow keys turn it.` });
      box.insertBefore(s.stage, row);
      canvas.hidden = row.hidden = true;
      const layout = { ...figure.layout, margin: { l: 0, r: 0, t: 10, b: 0 }, autosize: true };
      layout.scene = { camera: { eye: { x: 1.35, y: -1.85, z: 0.8 } }, ...layout.scene };
      await root.Plotly.newPlot(s.stage, figure.data, layout, { responsive: true, displayModeBar: false });
      await root.Plotly.relayout(s.stage, colours());
      say.textContent = "Drag it, or turn it with the arrow keys. A name in the legend switches its points off.";
      s.stage.focus();
    }
    function turn(yaw, tilt) {
      const eye = s.stage.layout.scene.camera.eye, far = Math.hypot(eye.x, eye.y, eye.z);
      const round = Math.atan2(eye.y, eye.x) + yaw, high = Math.max(-1.4, Math.min(1.4, Math.asin(eye.z / far) + tilt));
      const flat = far * Math.cos(high);
      root.Plotly.relayout(s.stage, { "scene.camera": { eye: { x: flat * Math.cos(round), y: flat * Math.sin(round), z: far * Math.sin(high) } } });
    }
    hand.addEventListener("click", open);
    box.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, TURN], ArrowDown: [0, -TURN] }[event.key];
      if (!way || event.target !== s.stage) return;
      event.preventDefault();
      turn(...way);
    });
    new MutationObserver(() => { if (s.stage) root.Plotly.relayout(s.stage, colours()); })
      .observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  root.courseSpace = { project, mount };
})(typeof window === "undefined" ? globalThis : window);
