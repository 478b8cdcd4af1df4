// Signing on the screen with finger, pen or mouse: <form data-sign> holds a <canvas>, a button [data-clear] and the
// hidden field of the strokes. Strokes are kept as shares of the width, so that they stay when the tablet is turned.
// Without this file the page offers the way on paper alone.
"use strict";

(() => {
  const WIDTH = 1200; // of the picture that is sent
  const RATIO = 0.375; // height to width, as in the style sheet

  const start = (form) => {
    const canvas = form.querySelector("canvas");
    const field = form.querySelector("input[name=strokes]");
    const status = form.querySelector("[data-sign-status]");
    const strokes = [];
    let stroke = null;

    const draw = (target, width) => {
      const pen = target.getContext("2d");
      pen.clearRect(0, 0, target.width, target.height);
      pen.lineCap = "round";
      pen.lineJoin = "round";
      pen.lineWidth = Math.max(2, width / 260);
      pen.strokeStyle = "#000";
      for (const points of strokes) {
        pen.beginPath();
        pen.moveTo(points[0][0] * width, points[0][1] * width);
        for (const [x, y] of points) pen.lineTo(x * width, y * width);
        pen.stroke();
      }
    };
    const show = () => {
      const width = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1));
      if (canvas.width !== width) {
        canvas.width = width;
        canvas.height = Math.round(width * RATIO);
      }
      draw(canvas, canvas.width);
    };
    const say = () => {
      status.textContent = strokes.length ? status.dataset.drawn : status.dataset.empty;
    };
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.width];
    };

    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      stroke = [place(event)];
      strokes.push(stroke);
      show();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!stroke || !event.isPrimary) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) stroke.push(place(one));
      show();
    });
    const end = () => {
      if (!stroke) return;
      stroke = null;
      say();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    form.querySelector("[data-clear]").addEventListener("click", () => {
      strokes.length = 0;
      field.value = "";
      show();
      say();
      canvas.focus();
    });
    new ResizeObserver(show).observe(canvas);

    form.addEventListener("submit", () => {
      if (!strokes.length) return; // the server says what is missing
      const picture = document.createElement("canvas");
      picture.width = WIDTH;
      picture.height = Math.round(WIDTH * RATIO);
      draw(picture, WIDTH);
      field.value = picture.toDataURL("image/png");
    });
    form.hidden = false;
    say();
    show();
  };

  for (const form of document.querySelectorAll("form[data-sign]")) start(form);
})();
